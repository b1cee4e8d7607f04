package registry_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

// years is a sentence that no policy in force seals.
var years = registrytest.Months(docket.FixedTerm, 60)

func filed(c *registrytest.Case, ps ...docket.Identity) *docket.Event {
	var parts []docket.Part
	for _, p := range ps {
		parts = append(parts, registrytest.Suspect(p, registrytest.Theft, "2025-01-01"))
	}
	return c.Event(registrytest.Police, docket.CaseFiled, "2025-01-05", parts...)
}

func judged(c *registrytest.Case, p docket.Identity, s docket.Sentence) *docket.Event {
	return c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09", registrytest.Convict(p, registrytest.Theft, "2025-01-01", s, "2025-06-20"))
}

// wantOne wants a case to have this many records that stand by themselves.
func wantRecords(w *world, code docket.Code, n int) []docket.RecordID {
	w.Helper()
	ids := w.Standing(code)
	if len(ids) != n {
		w.Fatalf("the case of %s has %d records, want %d: %v", code, len(ids), n, ids)
	}
	return ids
}

// 并案: two cases that both have codes become one; the person of both has one
// record; taken back, they are two again.
func TestConsolidation(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		both, other := w.Adult(), w.Adult()
		a, b := w.Case(), w.Case()
		codeA := w.Push(filed(a, both))
		codeB := w.Push(filed(b, both, other), judged(b, both, years))
		join := a.Link(registrytest.Court, docket.Consolidated, "2025-03-01", b.Number())
		if got := w.Push(join); got != codeA {
			w.Errorf("the receipt says %s, the case into which the other came is %s", got, codeA)
		}
		wantRecords(w, codeB, 2)
		one := docket.RecordID{Code: codeA, Seq: 1}
		if s := w.State(one); s.Kind != docket.Conviction || len(s.Suspected) == 0 || len(s.Numbers) != 4 {
			w.Errorf("record %s: %+v", one, s)
		}
		w.Wants(docket.RecordID{Code: codeB, Seq: 1}, docket.Merged)
		for _, number := range []docket.Number{a.Number(), b.Number()} { // either leads to the one case
			e := b.Event(registrytest.Police, docket.MeasureImposed, "2025-02-01", docket.Part{Identity: both, Measure: &docket.Measure{Kind: "拘留"}})
			e.Data.Numbers = []docket.Number{number}
			if got := w.Push(e); got != codeA {
				w.Errorf("%s leads to %s", number.No, got)
			}
		}
		wantRecords(w, codeA, 2)
		w.Push(a.Retraction(join))
		if s := w.State(wantRecords(w, codeA, 1)[0]); s.Kind != "" {
			w.Errorf("the judgment of the other case stays: %+v", s)
		}
		again := wantRecords(w, codeB, 2)[0]
		if s := w.State(again); again != (docket.RecordID{Code: codeB, Seq: 1}) || s.Kind != docket.Conviction {
			w.Errorf("record %s: %+v", again, s)
		}
		w.Wants(again, docket.Open)
	})
}

// 移送管辖, 发回重审, 再审, 分案: the new number is one more of the case; it does not
// matter whether it is heard of before the link or after.
func TestACaseThatMovesKeepsItsCode(t *testing.T) {
	for _, kind := range docket.LinkKinds() {
		if kind.TakesOver() {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			w := registrytest.New(t, registrytest.Options{})
			p := w.Adult()
			first, known, unknown := w.Case(), w.Case(), w.Case()
			code := w.Push(filed(first, p))
			w.Push(judged(known, p, years)) // under a code of its own, as yet
			for _, next := range []*registrytest.Case{known, unknown} {
				if got := w.Push(next.Link(registrytest.Court, kind, "2025-05-01", first.Number())); got != code {
					t.Errorf("the case goes on under %s, it began as %s", got, code)
				}
			}
			if got := w.Push(unknown.Event(registrytest.Court, docket.JudgmentEffective, "2025-06-30", registrytest.Only(p))); got != code {
				t.Errorf("the new number leads to %s", got)
			}
			s := w.State(wantRecords(w, code, 1)[0])
			if s.Kind != docket.Conviction || s.EffectiveDate.String() != "2025-06-30" || len(s.Numbers) != 5 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// An event with numbers of two cases is refused and told what to send first.
func TestNumbersOfTwoCases(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		a, b := w.Case(), w.Case()
		w.Push(filed(a, p), filed(b, p))
		e := filed(a, p)
		e.Data.Numbers = append(e.Data.Numbers, b.Number())
		r := w.Send(e)
		if r.Outcome != registry.Refused || len(r.Problems) != 1 || r.Problems[0].Path != "/data/numbers" {
			w.Fatalf("%+v", r)
		}
		w.Push(a.Link(registrytest.Police, docket.Consolidated, "2025-03-01", b.Number()))
		again := *e
		again.ID += "-2"
		w.Push(&again)
	})
}

// A link that comes after what takes it back joins nothing.
func TestALinkTakenBackBeforeItComes(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		a, b := w.Case(), w.Case()
		codeA, codeB := w.Push(filed(a, p)), w.Push(filed(b, p))
		join := a.Link(registrytest.Court, docket.Consolidated, "2025-03-01", b.Number())
		back := a.Retraction(join)
		back.Data.Numbers = []docket.Number{b.Number()}
		w.Push(back, join)
		for _, code := range []docket.Code{codeA, codeB} {
			if s := w.State(wantRecords(w, code, 1)[0]); len(s.Numbers) != 1 {
				w.Errorf("case %s: %+v", code, s.Numbers)
			}
		}
	})
}

// A correction of a link parts what it joined and joins what it says now.
func TestALinkCorrected(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		a, b, c := w.Case(), w.Case(), w.Case()
		codeA, codeB, codeC := w.Push(filed(a, p)), w.Push(filed(b, p)), w.Push(filed(c, p))
		wrong := a.Link(registrytest.Court, docket.Consolidated, "2025-03-01", b.Number())
		w.Push(wrong, a.Correction(wrong, a.Link(registrytest.Court, docket.Consolidated, "2025-03-01", c.Number())))
		wantRecords(w, codeB, 1)
		if w.Surviving(codeC) != codeA || w.Surviving(codeB) != codeB {
			w.Errorf("case %s is %s, case %s is %s", codeC, w.Surviving(codeC), codeB, w.Surviving(codeB))
		}
	})
}

// A sealed record is neither opened to be joined nor shown: it stays sealed, and
// a human is asked. Unsealed lawfully, it is joined.
func TestLinkingASealedCase(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		a, sealed := w.Sealed(p)
		b := w.Case()
		open := docket.RecordID{Code: w.Push(filed(b, p)), Seq: 1}
		if got := w.Push(b.Link(registrytest.Court, docket.Transferred, "2025-07-01", a.Number())); got != sealed.Code {
			w.Errorf("the case goes on under %s, it began as %s", got, sealed.Code)
		}
		w.Wants(sealed, docket.Sealed)
		w.Wants(open, docket.Open)
		openItem(w, sealed, store.KindUnseal)

		w.Push(b.Event(registrytest.Court, docket.PropertyPerformed, "2025-07-02", docket.Part{Identity: p, Property: &docket.Property{Kind: "罚金"}}))
		w.Wants(open, docket.Open)
		openItem(w, sealed, store.KindUnseal) // policy has no say in that

		r := wrongSealing(w, sealed)
		if err := w.Unseal(r); err != nil {
			w.Fatal(err)
		}
		w.Wants(sealed, docket.Pending) // policy would have it sealed again: a human decides
		w.Wants(open, docket.Merged)
		if s := w.State(sealed); s.Kind != docket.Conviction || s.Stage != docket.PropertyPerformed || len(s.Numbers) != 4 {
			w.Errorf("%+v", s)
		}
	})
}

// What comes for a new number of a sealed case is absorbed where the record
// lies; when the link is taken back, a human is asked, and unsealing parts it.
func TestALinkToASealedCaseTakenBack(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		a, sealed := w.Sealed(p)
		b := w.Case()
		join := b.Link(registrytest.Court, docket.Reopened, "2025-07-01", a.Number())
		if got := w.Push(join, filed(b, p)); got != sealed.Code {
			w.Errorf("the case goes on under %s, it began as %s", got, sealed.Code)
		}
		w.Wants(sealed, docket.Sealed)
		if n := w.Count(`SELECT COUNT(*) FROM slip WHERE seq > 0`) + w.Count(`SELECT COUNT(*) FROM holding`); n != 0 {
			w.Errorf("%d rows of the person lie in the ledger", n)
		}
		if n := w.Count(`SELECT COUNT(*) FROM review WHERE kind = 'unseal'`); n != 0 {
			w.Errorf("%d proposals to unseal: nothing is to be joined or parted", n)
		}
		w.Push(b.Retraction(join))
		w.Wants(sealed, docket.Sealed)
		openItem(w, sealed, store.KindUnseal)
		w.Push(judged(b, p, years)) // found where it lies, until it is parted
		w.Wants(sealed, docket.Sealed)

		r := wrongSealing(w, sealed)
		if err := w.Unseal(r); err != nil {
			w.Fatal(err)
		}
		w.Wants(sealed, docket.Unsealed)
		if s := w.State(sealed); *s.Sentence.Months != 2 || len(s.Numbers) != 2 {
			w.Errorf("what is left: %+v", s)
		}
		var other docket.RecordID
		for _, id := range w.Standing(w.CodeOf(b.Number())) {
			other = id
		}
		if s := w.State(other); *s.Sentence.Months != 60 || len(s.Numbers) != 2 {
			w.Errorf("what was parted: %+v", s)
		}
	})
}

// Sealed as one, joined cases stay one; who else is in them is not touched.
func TestSealingOverJoinedCases(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p, q := w.Adult(), w.Adult()
		a, b := w.Case(), w.Case()
		codeA := w.Push(filed(a, p))
		codeB := w.Push(filed(b, q))
		link := b.Link(registrytest.Court, docket.Retried, "2025-05-01", a.Number())
		w.Push(link)
		w.Push(judged(b, p, registrytest.Months(docket.Detention, 2)))
		one := docket.RecordID{Code: codeA, Seq: 1}
		w.Wants(one, docket.Sealed)
		w.Wants(docket.RecordID{Code: codeB, Seq: 2}, docket.Merged)
		w.Wants(docket.RecordID{Code: codeB, Seq: 1}, docket.Open)
		w.Push(judged(b, q, registrytest.Months(docket.Detention, 2)))
		w.Wants(docket.RecordID{Code: codeB, Seq: 1}, docket.Sealed)
		if n := w.Count(`SELECT COUNT(*) FROM slip`) + w.Count(`SELECT COUNT(*) FROM alias`); n != 0 {
			w.Errorf("%d rows of two sealed records lie in the ledger", n)
		}
		inspected := w.Inspect(w.ForRecord(one))
		if len(inspected.Records) != 1 || len(inspected.Records[0].State.Suspected) == 0 || inspected.Records[0].State.Kind != docket.Conviction {
			w.Errorf("%+v", inspected.Records)
		}
		w.Push(b.Retraction(link))
		openItem(w, one, store.KindUnseal)
		r := wrongSealing(w, one)
		if err := w.Unseal(r); err != nil {
			w.Fatal(err)
		}
		if s := w.State(one); s.Kind != "" {
			w.Errorf("the judgment of the other case stays: %+v", s)
		}
		w.Wants(docket.RecordID{Code: codeB, Seq: 2}, docket.Sealed) // by itself a record that policy seals
	})
}
