package registry_test

import (
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

// pair is two thieves in one case: the first is sealed, the other, with five
// years, stays open.
type pair struct {
	c           *registrytest.Case
	light, hard docket.Identity
	code        docket.Code
	judged      *docket.Event
}

func (p *pair) id(seq int) docket.RecordID { return docket.RecordID{Code: p.code, Seq: seq} }

// sealHard corrects the harder sentence to a light one, so that it is sealed too.
func (p *pair) sealHard(w *world) {
	again := p.c.Correction(p.judged, p.judged)
	again.Data.Persons = append([]docket.Part(nil), again.Data.Persons...)
	again.Data.Persons[1] = registrytest.Convict(p.hard, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 12), "2025-06-20")
	w.Push(again)
	w.Wants(p.id(2), docket.Sealed)
}

func twoThieves(w *world) *pair {
	w.Helper()
	p := &pair{c: w.Case(), light: w.Adult(), hard: w.Adult()}
	p.light.Aliases = []string{"外号跹跹"}
	filed := p.c.Event(registrytest.Police, docket.CaseFiled, "2025-01-05",
		registrytest.Suspect(p.light, registrytest.Theft, "2025-01-01"), registrytest.Suspect(p.hard, registrytest.Theft, "2025-01-01"))
	filed.Data.Text = p.light.Name + "（" + p.light.Number + "，住" + p.light.Address + "，外号跹跹）与" + p.hard.Name + "共同作案"
	p.judged = p.c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
		registrytest.Convict(p.light, registrytest.Theft, "2025-01-01", registrytest.Months(docket.Detention, 3), "2025-06-20"),
		registrytest.Convict(p.hard, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20"))
	p.judged.Data.Text = "被告人" + p.light.Name + "系从犯，被告人" + p.hard.Name + "系主犯"
	own := p.c.Event(registrytest.Procuratorate, docket.ArrestDecided, "2025-05-05",
		docket.Part{Identity: p.hard, Decision: "批准逮捕", Reason: "伙同" + p.light.Name})
	w.Push(filed, own)
	p.code = w.Push(p.judged)
	w.Wants(p.id(1), docket.Sealed)
	w.Wants(p.id(2), docket.Open)
	return p
}

// Sealing one of two defendants takes that person out of what stays: the
// other's record stands as it was, and shared text no longer names the sealed.
func TestCoDefendants(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := twoThieves(w)
		wantUnnamed(w, p)
		texts := strings.Join(w.Texts(p.code), "\n")
		if !strings.Contains(texts, p.hard.Name) || !strings.Contains(texts, registry.SealedCoDefendant+"系从犯") {
			w.Errorf("the texts that stay: %s", texts)
		}
		if s := w.State(p.id(2)); s.Identity.Name != p.hard.Name || *s.Sentence.Months != 60 || s.Stage != docket.JudgmentRendered {
			w.Errorf("the other's record: %+v", s)
		}
		a := w.Inspect(w.About(p.light))
		if len(a.Records) != 1 || !strings.Contains(a.Records[0].Timeline[0].Data.Text, p.light.Address) {
			w.Errorf("the sealed record lost its text: %+v", a.Records)
		}
		if w.Certify(p.light).Text == nil || w.Certify(p.hard).Text != nil {
			w.Error("the certificates do not follow the records")
		}
		// The bytes of the shared events are kept in the vault alone.
		if n := w.Count(`SELECT COUNT(*) FROM vault_original`); n != 2 {
			w.Errorf("%d originals", n)
		}
	})
}

func wantUnnamed(w *world, p *pair) {
	w.Helper()
	for _, text := range w.Texts(p.code) {
		for _, secret := range []string{p.light.Name, p.light.Number, p.light.Address, p.light.Aliases[0]} {
			if strings.Contains(text, secret) {
				w.Errorf("%q in the ledger still tells %q", text, secret)
			}
		}
	}
}

// What arrives later about both goes to each record where it lies, and does
// not bring the sealed person's name back into the ledger.
func TestALaterEventAboutASealedAndAnOpenRecord(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := twoThieves(w)
		later := p.c.Event(registrytest.Court, docket.ExecutionStarted, "2025-07-01",
			docket.Part{Identity: p.light, Execution: &docket.Execution{Place: "看守所"}},
			docket.Part{Identity: p.hard, Execution: &docket.Execution{Place: "监狱"}})
		later.Data.Text = "罪犯" + p.light.Name + "交付看守所，罪犯" + p.hard.Name + "交付监狱"
		if r := w.Send(later); r.Outcome != registry.Accepted || r.Code != p.code {
			w.Fatalf("%+v", r)
		}
		wantUnnamed(w, p)
		if s := w.State(p.id(2)); s.Clocks.ExecutionPlace != "监狱" {
			w.Errorf("the open record: %+v", s)
		}
		ofOne := p.c.Event(registrytest.Prison, docket.ExecutionCompleted, "2026-01-31", registrytest.Served(p.hard, "监狱"))
		ofOne.Data.Text = "同案犯" + p.light.Name + "（" + p.light.Number + "）已于此前释放"
		w.Push(ofOne)
		wantUnnamed(w, p)
		if texts := strings.Join(w.Texts(p.code), ""); !strings.Contains(texts, "同案犯"+registry.SealedCoDefendant+"（"+registry.SealedCoDefendant+"）") {
			w.Errorf("the texts that stay: %s", texts)
		}
		a := w.Inspect(w.ForRecord(p.id(1)))
		if len(a.Records) != 1 || a.Records[0].State.Clocks.ExecutionPlace != "看守所" {
			w.Errorf("the sealed record: %+v", a.Records)
		}
	})
}

// A retraction of a shared event reaches both records; a case whose records are
// all sealed keeps nothing in the ledger.
func TestRetractingASharedEvent(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := twoThieves(w)
		w.Push(p.c.Retraction(p.judged))
		if s := w.State(p.id(2)); s.Kind != "" {
			w.Errorf("the open record: %+v", s)
		}
		a := w.Inspect(w.ForRecord(p.id(1)))
		if len(a.Records) != 1 || a.Records[0].State.Kind != "" {
			w.Errorf("the sealed record: %+v", a.Records)
		}
		again := *p.judged
		again.ID += "-2"
		again.Data.Persons = append([]docket.Part(nil), again.Data.Persons...)
		again.Data.Persons[1] = registrytest.Convict(p.hard, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 12), "2025-06-20")
		w.Push(&again)
		w.Wants(p.id(2), docket.Sealed)
		for _, table := range []string{"slip", "holding", "person_record", "person", "alias"} {
			if n := w.Count(`SELECT COUNT(*) FROM ` + table); n != 0 {
				w.Errorf("%d rows of %s for a case that is sealed wholly", n, table)
			}
		}
		w.Push(p.c.Event(registrytest.Prison, docket.ExecutionCompleted, "2026-02-01", registrytest.Served(p.hard, "监狱")))
		if n := w.Count(`SELECT COUNT(*) FROM vault_item`); n < 2 {
			w.Errorf("%d events in the vault", n)
		}
	})
}

// One of two sealed defendants commits a new crime: the one record returns with
// the numbers that lead to it, the other stays where it is.
func TestUnsealingOneOfTwo(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := twoThieves(w)
		p.sealHard(w)
		w.Convicted(p.hard, registrytest.Injury, "2025-09-09", registrytest.Months(docket.FixedTerm, 36), "2026-02-01")
		if item := openItem(w, p.id(2), store.KindUnseal); item.Outcome != "" {
			w.Errorf("%+v", item)
		}
		if err := w.Unseal(w.ToUnseal(p.id(2), registrytest.Court)); err != nil {
			w.Fatal(err)
		}
		w.Wants(p.id(1), docket.Sealed)
		w.Wants(p.id(2), docket.Unsealed)
		wantUnnamed(w, p)
		late := p.c.Event(registrytest.Prison, docket.ExecutionCompleted, "2026-02-01", registrytest.Served(p.hard, "监狱"))
		if code := w.Push(late); code != p.code {
			w.Errorf("the case's number leads to %s, want %s", code, p.code)
		}
		if s := w.State(p.id(2)); s.Clocks.PrincipalEnd.String() != "2026-02-01" {
			w.Errorf("%+v", s)
		}
	})
}

// The first sealed of two returns to the ledger without the name of the other,
// who was sealed later.
func TestUnsealingTheFirstOfTwo(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := twoThieves(w)
		p.sealHard(w)
		w.Convicted(p.light, registrytest.Injury, "2025-09-09", registrytest.Months(docket.FixedTerm, 36), "2026-02-01")
		if err := w.Unseal(w.ToUnseal(p.id(1), registrytest.Court)); err != nil {
			w.Fatal(err)
		}
		texts := strings.Join(w.Texts(p.code), "\n")
		if strings.Contains(texts, p.hard.Name) || !strings.Contains(texts, p.light.Name) {
			w.Errorf("the texts that came back: %s", texts)
		}
	})
}

// Whoever names one person twice is asked which is meant; the rest of the
// delivery goes in.
func TestTheSamePersonTwiceInAnEvent(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		a := w.Adult()
		b := docket.Identity{Name: w.Adult().Name}
		c := w.Case()
		event := func(persons ...docket.Identity) *docket.Event {
			e := c.Event(registrytest.Police, docket.CaseFiled, "2026-02-01")
			for _, p := range persons {
				e.Data.Persons = append(e.Data.Persons, registrytest.Suspect(p, registrytest.Theft, "2026-01-01"))
			}
			return e
		}
		receipts, err := w.Receive(w.Delivery(registrytest.Police,
			event(a, a), event(b, b), event(a, docket.Identity{Name: a.Name}), event(a, b), event(docket.Identity{Name: a.Name}, b)))
		if err != nil {
			w.Fatal(err)
		}
		for i := range 3 {
			refused(w, receipts[i], "/data/persons/1/identity", "")
		}
		for _, r := range receipts[3:] {
			if r.Outcome != registry.Accepted {
				w.Errorf("%+v", r)
			}
		}
		if n := w.Count(`SELECT COUNT(*) FROM record`); n != 2 {
			w.Errorf("%d records, want 2", n)
		}
	})
}

// A sealed person whom a later report names without a document number is still
// the same person in that case.
func TestASealedPersonNamedWithoutANumber(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c, id := w.Sealed(p)
		w.Push(c.Event(registrytest.Detention, docket.ExecutionCompleted, "2026-02-20", registrytest.Served(docket.Identity{Name: p.Name}, "看守所")))
		if n := w.Count(`SELECT COUNT(*) FROM record`); n != 1 {
			w.Errorf("%d records of one person in one case", n)
		}
		a := w.Inspect(w.ForRecord(id))
		if len(a.Records) != 1 || len(a.Records[0].Timeline) != 3 {
			w.Errorf("%+v", a.Records)
		}
	})
}
