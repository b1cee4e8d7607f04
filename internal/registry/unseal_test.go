package registry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

// reoffender is a drunk driver, sealed, who then stole; policy has proposed to
// unseal.
func reoffender(w *world) (p docket.Identity, first docket.RecordID) {
	w.Helper()
	p = w.Adult()
	_, first = w.Sealed(p)
	w.On("2026-06-01")
	_, second := w.Convicted(p, registrytest.Theft, "2026-03-15", registrytest.Months(docket.FixedTerm, 6), "2026-05-20")
	w.Wants(first, docket.Sealed)
	w.Wants(second, docket.Open) // no first offender any more
	return p, first
}

// Whoever unseals must be the custodian's clerk with the consent of a reviewer.
func TestUnsealingsThatAreRefused(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		_, id := reoffender(w)
		strange := w.ToUnseal(id, registrytest.OtherCourt)
		if err := w.Unseal(strange); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("by a court that does not keep it: %v", err)
		}
		alone := w.ToUnseal(id, registrytest.Court)
		w.Ask(alone)
		if _, err := w.Reg.Unseal(context.Background(), alone.Officer, alone.ID, w.Now); err == nil {
			w.Error("by a clerk alone")
		}
		w.Check()
		unknown := w.ToUnseal(docket.RecordID{Code: id.Code, Seq: 9}, registrytest.Court)
		if err := w.Unseal(unknown); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("a record that there is not: %v", err)
		}
		w.Wants(id, docket.Sealed)
		nothingOpened(w, "unsealings that are refused")
		if n := w.Count(`SELECT COUNT(*) FROM review WHERE kind = 'unseal' AND outcome = ''`); n != 1 {
			w.Errorf("%d open proposals", n)
		}
	})
}

// What came back is in the ledger with its numbers, and everything that was
// told of the sealing is told of its end.
func TestUnsealing(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p, id := reoffender(w)
		before := w.Count(`SELECT COUNT(*) FROM notice WHERE kind = 'seal'`)
		r := w.ToUnseal(id, registrytest.Court)
		r.Ground = "new-crime"
		if err := w.Unseal(r); err != nil {
			w.Fatal(err)
		}
		w.Wants(id, docket.Unsealed)
		if n := w.Count(`SELECT COUNT(*) FROM notice WHERE kind = 'unseal' AND code = $1`, string(id.Code)); n != before || n == 0 {
			w.Errorf("%d notices of the end, %d of the sealing", n, before)
		}
		if n := w.Count(`SELECT COUNT(*) FROM review WHERE outcome = ''`); n != 0 {
			w.Errorf("%d proposals still open", n)
		}
		if a := w.Inspect(w.About(p)); len(a.Records) != 0 {
			w.Errorf("the vault still shows %d records", len(a.Records))
		}
		if err := w.Unseal(w.ToUnseal(id, registrytest.Court)); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("unsealed a second time: %v", err)
		}
		for _, table := range []string{"vault_record", "vault_item", "vault_person", "vault_alias"} {
			if n := w.Count(`SELECT COUNT(*) FROM ` + table); n != 0 {
				w.Errorf("%d rows left in %s", n, table)
			}
		}
	})
}

// What was unsealed once is never sealed again without a human, whatever
// happens meanwhile: not when policy would, not while it waits, not after a
// reviewer said no.
func TestResealingNeedsAHuman(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c, id := w.Sealed(p)
		if err := w.Unseal(wrongSealing(w, id)); err != nil {
			w.Fatal(err)
		}
		w.Wants(id, docket.Unsealed)
		touch := func() {
			w.Helper()
			w.Push(c.Event(registrytest.Court, docket.PropertyPerformed, "2026-03-01", propertyOf(p)))
		}
		touch() // policy would seal it
		w.Wants(id, docket.Pending)
		touch()
		w.Wants(id, docket.Pending)
		settleItem(w, id, false)
		w.Wants(id, docket.Unsealed) // where it came from
		touch()
		w.Wants(id, docket.Pending)
		w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2026-03-01", retrialOf(p, 60)))
		w.Wants(id, docket.Unsealed) // policy keeps it now
		w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2026-03-02", retrialOf(p, 2)))
		w.Wants(id, docket.Pending)
		settleItem(w, id, true)
		w.Wants(id, docket.Sealed)
	})
}

// retrialOf is a judgment of 再审, in effect at once.
func retrialOf(p docket.Identity, months int) docket.Part {
	part := registrytest.Convict(p, registrytest.DrunkDriving, "2025-04-01", registrytest.Months(docket.FixedTerm, months), "2026-03-01")
	part.Judgment.Instance, part.Judgment.Procedure = "再审", ""
	return part
}

func settleItem(w *world, id docket.RecordID, confirm bool) {
	w.Helper()
	item := openItem(w, id, store.KindSeal)
	reviewer := registrytest.OfficerID(registrytest.Court, agency.SealReviewer)
	if err := w.Reg.Review(context.Background(), reviewer, id.Code, item.ID, confirm, "意见", w.Now); err != nil {
		w.Fatal(err)
	}
	w.Check()
}

// A sealing that should not have been is undone without a proposal of policy.
func TestAWrongSealing(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		_, id := w.Sealed(w.Adult())
		if err := w.Unseal(wrongSealing(w, id)); err != nil {
			w.Fatal(err)
		}
		w.Wants(id, docket.Unsealed)
	})
}

// Each agency that holds a copy gets a letter of its own that only it can read,
// with its own clock, and acknowledges it once.
func TestNotices(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c := w.Case()
		events := c.DrunkDriver(p)
		id := docket.RecordID{Code: w.Push(events[:5]...), Seq: 1}
		at := w.Now.Add(-time.Second)
		for _, holder := range []string{registrytest.Police, registrytest.Procuratorate, registrytest.Court} {
			clerk := registrytest.OfficerID(holder, agency.NoticeClerk)
			letters, err := w.Reg.Notices(context.Background(), clerk, 10, 0)
			if err != nil || len(letters) != 1 {
				w.Fatalf("%s has %d letters, %v", holder, len(letters), err)
			}
			n := letters[0]
			if n.Record != id || n.Kind != store.KindSeal || !n.Issued.Equal(at) || n.Due != w.Today().AddDays(notice.Days) {
				w.Errorf("%+v", n)
			}
			l, err := notice.Decrypt(w.AgencyKey(holder), holder, id, n.Body)
			if err != nil || len(l.Numbers) != 2 || l.Numbers[0] != c.Number() {
				w.Errorf("%s reads %+v, %v", holder, l, err)
			}
			if _, err := notice.Decrypt(w.AgencyKey(registrytest.Prison), holder, id, n.Body); err == nil {
				w.Errorf("another agency reads the letter to %s", holder)
			}
			acknowledge := func(by string) error {
				defer w.Check()
				return w.Reg.Acknowledge(context.Background(), by, id.Code, n.ID, w.Now)
			}
			if err := acknowledge(registrytest.OfficerID(registrytest.Prison, agency.NoticeClerk)); !errors.Is(err, registry.ErrNotFound) {
				w.Errorf("acknowledged by another agency: %v", err)
			}
			if err := acknowledge(registrytest.OfficerID(registrytest.Police, agency.CertWindow)); !errors.Is(err, registry.ErrForbidden) {
				w.Errorf("acknowledged without the duty: %v", err)
			}
			if err := acknowledge(clerk); err != nil {
				w.Errorf("acknowledging: %v", err)
			}
			if err := acknowledge(clerk); !errors.Is(err, registry.ErrState) {
				w.Errorf("acknowledged twice: %v", err)
			}
		}
		if n := w.Count(`SELECT COUNT(*) FROM notice WHERE acked IS NULL`); n != 0 {
			w.Errorf("%d unanswered", n)
		}
	})
}

// wrongSealing is the clerk's request on the ground that the sealing should not
// have been.
func wrongSealing(w *world, id docket.RecordID) *grant.Request {
	r := w.ToUnseal(id, registrytest.Court)
	r.Ground, r.Basis = "wrong-sealing", "封存有误"
	return r
}
