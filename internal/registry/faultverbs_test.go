package registry_test

import (
	"context"
	"fmt"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

func certifyAct(w *world) func() deed {
	n := 0
	return func() deed {
		n++
		before := w.Count(`SELECT COUNT(*) FROM certificate`)
		a := &registry.Application{
			ID: fmt.Sprintf("a%d", n), By: registrytest.OfficerID(registrytest.Police, agency.CertWindow), Subject: w.Adult(), Purpose: "就业",
		}
		return deed{do: func() error { _, err := w.Reg.Certify(context.Background(), a, w.Now); return err }, done: func() {
			if now := w.Count(`SELECT COUNT(*) FROM certificate`); now != before+1 {
				w.Fatalf("one application, %d certificates", now-before)
			}
		}}
	}
}

func reviewAct(w *world) func() deed {
	return func() deed {
		_, id := w.Convicted(w.Adult(), registrytest.DrunkDriving, "2025-04-01", registrytest.Months(docket.Detention, 2), "2025-06-20")
		item := openItem(w, id, store.KindSeal).ID
		by := registrytest.OfficerID(registrytest.Court, agency.SealReviewer)
		return deed{do: func() error {
			return w.Reg.Review(context.Background(), by, id.Code, item, true, "同意", w.Now)
		}, done: func() { w.Wants(id, docket.Sealed) }}
	}
}

// sweepAct lets the day come on which a graver sentence may be sealed.
func sweepAct(w *world) func() deed {
	return func() deed {
		_, id := w.Convicted(w.Adult(), registrytest.Theft, "2025-04-01", registrytest.Months(docket.FixedTerm, 18), "2025-06-20")
		w.Exec(`UPDATE record SET due = $1 WHERE code = $2`, w.Today().Days(), string(id.Code))
		return deed{do: func() error { _, err := w.Reg.Sweep(context.Background(), w.Now, 10); return err }, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM record WHERE due <= $1`, w.Today().Days()); n != 0 {
				w.Fatalf("%d records still wait", n)
			}
		}}
	}
}

func acknowledgeAct(w *world) func() deed {
	return func() deed {
		_, id := w.Sealed(w.Adult())
		letters, err := w.Reg.Notices(context.Background(), registrytest.OfficerID(registrytest.Police, agency.NoticeClerk), 1, 0)
		if err != nil || len(letters) == 0 || letters[0].Record != id {
			w.Fatalf("the police's letters: %v, %v", letters, err)
		}
		return deed{do: func() error {
			return w.Reg.Acknowledge(context.Background(), registrytest.OfficerID(registrytest.Police, agency.NoticeClerk), id.Code, letters[0].ID, w.Now)
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM notice WHERE id = $1 AND acked IS NOT NULL`, letters[0].ID); n != 1 {
				w.Fatal("the letter is not answered")
			}
		}}
	}
}

func acknowledgeAllAct(w *world) func() deed {
	return func() deed {
		w.Sealed(w.Adult())
		from := w.Now.AddDate(0, 0, -1)
		return deed{do: func() error {
			return w.Reg.AcknowledgeAll(context.Background(), []string{registrytest.Police, registrytest.Court}, from, w.Now, w.Now)
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM notice WHERE acked IS NULL AND issued <= $1`, w.Now.UnixMicro()); n != 0 {
				w.Fatalf("%d letters are not answered", n)
			}
		}}
	}
}

func unsealAct(w *world) func() deed {
	return func() deed {
		_, id := w.Sealed(w.Adult())
		r := wrongSealing(w, id)
		w.Approve(r, w.Ask(r))
		return deed{do: func() error { _, err := w.Reg.Unseal(context.Background(), r.Officer, r.ID, w.Now); return err }, done: func() {
			w.Wants(id, docket.Unsealed)
		}}
	}
}

func publishAct(w *world) func() deed {
	return func() deed {
		w.Ask(w.About(w.Adult()))
		return deed{do: func() error { _, err := w.Reg.Publish(context.Background()); return err }, done: func() {
			if w.Count(`SELECT size FROM trail_head`) != w.Count(`SELECT MAX(size) FROM trail_checkpoint`) {
				w.Fatal("the checkpoint does not cover the trail")
			}
		}}
	}
}

func enrolAct(w *world) func() deed {
	return func() deed {
		return deed{do: func() error { return w.Reg.Enrol(context.Background(), nil, nil, w.Now) }, done: func() {}}
	}
}
