package registry_test

import (
	"context"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

// Minors: five years are sealed, and a new crime unseals only where it is
// grave; the seal of one of several minors' records does not lean on the rest.
func TestMinors(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Person("2008-05-01")
		_, five := w.Convicted(p, registrytest.Injury, "2025-01-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20")
		w.Wants(five, docket.Sealed)
		_, again := w.Convicted(p, registrytest.Theft, "2025-08-01", registrytest.Months(docket.FixedTerm, 12), "2025-12-20")
		w.Wants(again, docket.Sealed)
		w.Wants(five, docket.Sealed)
		if n := w.Count(`SELECT COUNT(*) FROM review`); n != 0 {
			w.Errorf("%d proposals", n)
		}
		_, grave := w.Convicted(p, registrytest.Injury, "2026-01-02", registrytest.Months(docket.FixedTerm, 84), "2026-02-20")
		w.Wants(grave, docket.Open)
		openItem(w, five, store.KindUnseal)
		openItem(w, again, store.KindUnseal)

		adult := w.Person("2008-01-01") // eighteen from the day after the birthday
		_, onBirthday := w.Convicted(adult, registrytest.Injury, "2026-01-01", registrytest.Months(docket.FixedTerm, 60), "2026-02-20")
		w.Wants(onBirthday, docket.Sealed)
		adult = w.Person("2008-01-01")
		_, dayAfter := w.Convicted(adult, registrytest.Injury, "2026-01-02", registrytest.Months(docket.FixedTerm, 60), "2026-02-20")
		w.Wants(dayAfter, docket.Open)
	})
}

// A decision on a violation of public order is sealed at once, from the day the
// law came into force; it never stood on a certificate.
func TestPublicOrder(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		decided := func(p docket.Identity, day string) docket.RecordID {
			w.Helper()
			five := 5
			e := w.Case().Event(registrytest.Police, docket.PublicOrderDecided, day, docket.Part{
				Identity: p, Order: &docket.Order{Acts: []string{"殴打他人"}, Penalties: []string{"行政拘留"}, Days: &five},
			})
			return docket.RecordID{Code: w.Push(e), Seq: 1}
		}
		p := w.Adult()
		id := decided(p, "2026-02-02")
		w.Wants(id, docket.Sealed)
		if w.Certify(p).Text == nil {
			w.Error("a violation of public order stands on the certificate")
		}
		w.On("2025-12-30")
		before := decided(w.Adult(), "2025-12-29")
		w.Wants(before, docket.Open)
		w.On("2026-01-01")
		w.Sweep()
		w.Wants(before, docket.Sealed)

		r := w.About(p)
		r.Ground, r.Officer, r.Agency, r.Approver = "organ-case", registrytest.OfficerID(registrytest.OtherPolice, agency.QueryOfficer), registrytest.OtherPolice, registrytest.Procuratorate
		w.On("2026-03-05")
		r.Filed, r.Expires = w.Now, w.Now.AddDate(0, 0, 1)
		if a := w.Inspect(r); len(a.Records) != 1 || a.Records[0].State.Order == nil {
			w.Errorf("%+v", a.Records)
		}
	})
}

// Non-prosecution, withdrawal and acquittal follow the conviction a fortiori.
// Where the suspicion was never reported, nobody knows whether it is one of the
// crimes that bar: a human of the procuratorate decides.
func TestEndsWithoutAConviction(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		declined := func(c *registrytest.Case, p docket.Identity) *docket.Event {
			return c.Event(registrytest.Procuratorate, docket.ProsecutionDeclined, "2025-03-01", docket.Part{Identity: p, Decision: docket.DeclinedDiscretionary})
		}
		for _, last := range []func(*registrytest.Case, docket.Identity) *docket.Event{
			declined,
			func(c *registrytest.Case, p docket.Identity) *docket.Event {
				return c.Event(registrytest.Police, docket.CaseWithdrawn, "2025-03-01", registrytest.Only(p))
			},
			func(c *registrytest.Case, p docket.Identity) *docket.Event {
				part := registrytest.Convict(p, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 6), "2025-03-12")
				part.Judgment.Outcome, part.Judgment.Sentence, part.Judgment.Crimes[0].Sentence = docket.Acquitted, nil, nil
				return c.Event(registrytest.Court, docket.JudgmentRendered, "2025-03-01", part)
			},
		} {
			p, c := w.Adult(), w.Case()
			filed := c.Event(registrytest.Police, docket.CaseFiled, "2025-01-02", registrytest.Suspect(p, registrytest.Theft, "2025-01-01"))
			w.Wants(docket.RecordID{Code: w.Push(filed, last(c, p)), Seq: 1}, docket.Sealed)
		}
		p, c := w.Adult(), w.Case()
		id := docket.RecordID{Code: w.Push(c.Event(registrytest.Police, docket.CaseFiled, "2025-01-02", registrytest.Only(p)), declined(c, p)), Seq: 1}
		w.Wants(id, docket.Open)
		reviewer := w.Colleague(registrytest.Procuratorate, agency.SealReviewer)
		items, err := w.Reg.Reviews(context.Background(), reviewer, 10, 0)
		if err != nil || len(items) != 1 || items[0].Item.Record != id || len(items[0].Proposal.Missing()) == 0 {
			w.Fatalf("%+v, %v", items, err)
		}
		if err := w.Reg.Review(context.Background(), reviewer, id.Code, items[0].Item.ID, true, "", w.Now); err != nil {
			w.Fatal(err)
		}
		w.Check()
		w.Wants(id, docket.Sealed)
	})
}
