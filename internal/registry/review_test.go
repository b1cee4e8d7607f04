package registry_test

import (
	"context"
	"errors"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
)

// unknown is a conviction of which something decisive is not known: the form of
// guilt, the sentence.
func unknown(w *world, p docket.Identity) (*registrytest.Case, docket.RecordID) {
	w.Helper()
	c := w.Case()
	part := registrytest.Convict(p, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 6), "2025-06-20")
	part.Judgment.Sentence.Months = nil
	part.Judgment.Crimes[0].Sentence = nil
	return c, docket.RecordID{Code: w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09", part)), Seq: 1}
}

// Where something decisive is unknown a human of the custodian court decides,
// and is asked once.
func TestTheUnknownGoesToAHuman(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c, id := unknown(w, p)
		w.Wants(id, docket.Open)
		item := openItem(w, id, store.KindSeal)
		w.Push(c.Event(registrytest.Court, docket.PropertyPerformed, "2026-03-01", propertyOf(p)))
		if again := openItem(w, id, store.KindSeal); again.ID != item.ID {
			w.Error("a second item for the same question")
		}
		view, err := w.Reg.ReviewItem(context.Background(), registrytest.OfficerID(registrytest.Court, agency.SealClerk), id.Code, item.ID)
		if err != nil || view.Proposal == nil || len(view.Proposal.Missing()) == 0 || view.State.Identity.Name != p.Name {
			w.Errorf("the item shows %+v, %v", view, err)
		}
		settle := func(by string) error {
			defer w.Check()
			return w.Reg.Review(context.Background(), by, id.Code, item.ID, true, "", w.Now)
		}
		for name, c := range map[string]struct {
			by   string
			want error
		}{
			"another court":    {registrytest.OfficerID(registrytest.OtherCourt, agency.SealReviewer), registry.ErrNotFound},
			"without the duty": {registrytest.OfficerID(registrytest.Court, agency.QueryApprover), registry.ErrForbidden},
			"nobody":           {"nobody", registry.ErrForbidden},
		} {
			if err := settle(c.by); !errors.Is(err, c.want) {
				w.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Reg.ReviewItem(context.Background(), registrytest.OfficerID(registrytest.OtherCourt, agency.SealClerk), id.Code, item.ID); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("another court reads the item: %v", err)
		}
		settleItem(w, id, true)
		w.Wants(id, docket.Sealed)
		if err := settle(registrytest.OfficerID(registrytest.Court, agency.SealReviewer)); !errors.Is(err, registry.ErrState) {
			w.Errorf("settled twice: %v", err)
		}
	})
}

// What was unknown and becomes known needs no human any more.
func TestAnItemThatTheFactsOvertake(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c, id := unknown(w, p)
		openItem(w, id, store.KindSeal)
		w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-10",
			registrytest.Convict(p, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20")))
		w.Wants(id, docket.Open)
		if n := w.Count(`SELECT COUNT(*) FROM review WHERE outcome = 'superseded'`); n != 1 {
			w.Errorf("%d items superseded", n)
		}
	})
}

// A platform that has every sealing confirmed puts the record into waiting, and
// the reviewer's word decides.
func TestSealingsThatAHumanConfirms(t *testing.T) {
	for _, o := range []registrytest.Options{
		{Engine: storetest.SQLite, Suite: suite.GM(), ConfirmSealing: true}, {Engine: storetest.Postgres, ConfirmSealing: true},
	} {
		t.Run(string(o.Engine), func(t *testing.T) {
			t.Parallel()
			w := registrytest.New(t, o)
			yes, no, overtaken := w.Adult(), w.Adult(), w.Adult()
			convict := func(p docket.Identity) (*registrytest.Case, docket.RecordID) {
				c, id := w.Convicted(p, registrytest.DrunkDriving, "2025-04-01", registrytest.Months(docket.Detention, 2), "2025-06-20")
				w.Wants(id, docket.Pending)
				return c, id
			}
			_, a := convict(yes)
			settleItem(w, a, true)
			w.Wants(a, docket.Sealed)
			_, b := convict(no)
			settleItem(w, b, false)
			w.Wants(b, docket.Open)
			c, d := convict(overtaken)
			w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2026-03-01", retrialOf(overtaken, 60)))
			w.Wants(d, docket.Open)
			w.CheckFile()
		})
	}
}

// A judgment that takes effect only later is looked at again on its day, and
// not before.
func TestSweeping(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c := w.Case()
		part := registrytest.Convict(p, registrytest.DrunkDriving, "2026-01-01", registrytest.Months(docket.Detention, 2), "2026-03-20")
		id := docket.RecordID{Code: w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2026-03-01", part)), Seq: 1}
		w.Wants(id, docket.Open)
		w.On("2026-03-19")
		if n := w.Sweep(); n != 0 {
			w.Errorf("%d records were due", n)
		}
		w.On("2026-03-20")
		if n := w.Sweep(); n != 1 {
			w.Errorf("%d records were due", n)
		}
		w.Wants(id, docket.Sealed)
		if n := w.Sweep(); n != 0 {
			w.Errorf("%d records are due again", n)
		}
	})
}
