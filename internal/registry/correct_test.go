package registry_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// A correction replaces what it corrects; policy decides anew.
func TestCorrections(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c := w.Case()
		filed := c.Event(registrytest.Police, docket.CaseFiled, "2025-01-02", registrytest.Suspect(p, registrytest.Injury, "2025-01-01"))
		long := c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(p, registrytest.Injury, "2025-01-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20"))
		id := docket.RecordID{Code: w.Push(filed, long), Seq: 1}
		w.Wants(id, docket.Open) // five years are not minor

		short := c.Correction(long, c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(p, registrytest.Injury, "2025-01-01", registrytest.Months(docket.FixedTerm, 6), "2025-06-20")))
		w.Push(short)
		w.Wants(id, docket.Sealed)

		w.Push(c.Correction(short, c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(p, registrytest.Injury, "2025-01-01", registrytest.Months(docket.FixedTerm, 61), "2025-06-20"))))
		w.Wants(id, docket.Sealed) // no machine unseals
		if item := openItem(w, id, store.KindUnseal); item.Custodian != registrytest.Court {
			w.Errorf("the proposal lies with %s", item.Custodian)
		}
	})
}

// A retraction takes an event back, wherever its record lies.
func TestRetractions(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c := w.Case()
		events := c.DrunkDriver(p)
		id := docket.RecordID{Code: w.Push(events[:4]...), Seq: 1}
		w.Push(c.Retraction(events[3]))
		if s := w.State(id); s.Kind != "" {
			w.Errorf("after the judgment was taken back: %+v", s)
		}
		again := *events[3]
		again.ID += "-2"
		w.Push(&again, events[4])
		w.Wants(id, docket.Sealed)
		w.Push(c.Retraction(&again)) // in the vault now
		a := w.Inspect(w.ForRecord(id))
		if len(a.Records) != 1 || a.Records[0].State.Kind != "" {
			w.Errorf("the sealed record does not know that its judgment was taken back: %+v", a.Records)
		}
	})
}

// A correction that no longer names somebody takes back what was said of them.
func TestCorrectionsThatLeaveSomebodyOut(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		a, b := w.Adult(), w.Adult()
		c := w.Case()
		both := c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(a, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20"),
			registrytest.Convict(b, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20"))
		code := w.Push(both)
		w.Push(c.Correction(both, c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(a, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, 48), "2025-06-20"))))
		first, second := w.State(docket.RecordID{Code: code, Seq: 1}), w.State(docket.RecordID{Code: code, Seq: 2})
		if *first.Sentence.Months != 48 || second.Kind != "" {
			w.Errorf("%+v\n%+v", first, second)
		}
		if w.Certify(b).Text == nil {
			w.Error("who was convicted by mistake gets no certificate")
		}
	})
}

// worlds is how many worlds a property is tried in: few in a short run, as
// under the race detector, which is after other faults.
func worlds(n int) int {
	if testing.Short() {
		return 3
	}
	return n
}

// outcome is what must not depend on the order in which events arrive: where
// the record stands and what there is to read of it.
type outcome struct {
	Status docket.Status
	Kind   docket.Kind
	State  docket.State
}

func outcomeOf(w *world, id docket.RecordID) outcome {
	w.Helper()
	o := outcome{Status: w.Status(id)}
	if o.Status == docket.Sealed {
		a := w.Inspect(w.ForRecord(id))
		if len(a.Records) != 1 {
			w.Fatalf("%d records", len(a.Records))
		}
		o.State = a.Records[0].State
	} else {
		o.State = w.State(id)
	}
	return o
}

// Whatever the order in which the events of two cases of one person arrive,
// with a correction, a retraction and a repetition among them, the books end in
// the same state.
func TestEventsInAnyOrder(t *testing.T) {
	sameDay := cmp.Comparer(func(a, b civil.Date) bool { return a == b })
	for _, engine := range storetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var want outcome
			runs := 0
			rapid.Check(t, func(rt *rapid.T) {
				if runs++; runs > worlds(12) { // each is a world of its own
					return
				}
				w := registrytest.New(t, registrytest.Options{Engine: engine})
				p := w.Adult()
				c := w.Case()
				events := c.DrunkDriver(p)
				wrong := *events[3]
				wrong.ID, wrong.Data.Persons = "wrong", []docket.Part{
					registrytest.Convict(p, registrytest.DrunkDriving, "2025-04-01", registrytest.Months(docket.FixedTerm, 61), ""),
				}
				events[3].Corrects = wrong.ID
				stray := c.Event(registrytest.Procuratorate, docket.ProsecutionDeclined, "2025-09-01", docket.Part{Identity: p, Decision: docket.DeclinedDiscretionary})
				events = append(events, &wrong, stray, c.Retraction(stray), events[0])
				if runs > 1 {
					seed := rapid.Uint64().Draw(rt, "order")
					rand.New(rand.NewPCG(seed, 1)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				}
				var id docket.RecordID
				for _, e := range events {
					id = docket.RecordID{Code: w.Send(e).Code, Seq: 1}
				}
				got := outcomeOf(w, id)
				slices.SortFunc(got.State.Numbers, func(a, b docket.Number) int { return len(a.No) - len(b.No) })
				if runs == 1 {
					want = got
					if want.Status != docket.Sealed || want.State.Kind != docket.Conviction {
						rt.Fatalf("in order: %+v", want)
					}
				}
				ids := cmpopts.IgnoreFields(docket.Identity{}, "Name", "Number", "Address")
				if diff := cmp.Diff(want, got, sameDay, cmpopts.EquateEmpty(), ids); diff != "" {
					rt.Fatalf("another order, another end (- want, + got):\n%s", diff)
				}
			})
		})
	}
}

// The same for two defendants of one case, of whom a correction leaves one out
// and a retraction takes back what was said of both.
func TestEventsOfTwoInAnyOrder(t *testing.T) {
	sameDay := cmp.Comparer(func(a, b civil.Date) bool { return a == b })
	ids := cmpopts.IgnoreFields(docket.Identity{}, "Name", "Number", "Address")
	var want []outcome
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		if runs++; runs > worlds(25) { // each is a world of its own
			return
		}
		w := registrytest.New(t, registrytest.Options{})
		a, b := w.Adult(), w.Adult()
		c := w.Case()
		events := twoDefendants(c, a, b)
		if runs > 1 {
			seed := rapid.Uint64().Draw(rt, "order")
			rand.New(rand.NewPCG(seed, 2)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		}
		var code docket.Code
		for _, e := range events {
			code = w.Send(e).Code
		}
		seqs := []int{1, 2}
		if n := w.Count(`SELECT COUNT(*) FROM record`); n != 2 {
			rt.Fatalf("%d records", n)
		}
		got := []outcome{outcomeOf(w, docket.RecordID{Code: code, Seq: seqs[0]}), outcomeOf(w, docket.RecordID{Code: code, Seq: seqs[1]})}
		if got[0].State.Identity.Name == b.Name { // who is first to be named is first
			got[0], got[1] = got[1], got[0]
		}
		for i := range got { // the order of what was only ever retracted may differ
			got[i].State.Numbers, got[i].State.Holders = nil, nil
		}
		if runs == 1 {
			want = got
			if got[0].Status != docket.Sealed || got[1].Status != docket.Open || got[1].State.Kind != "" {
				rt.Fatalf("in order: %+v", got)
			}
		}
		if diff := cmp.Diff(want, got, sameDay, cmpopts.EquateEmpty(), ids); diff != "" {
			rt.Fatalf("another order, another end (- want, + got):\n%s", diff)
		}
	})
}

// twoDefendants is sealed for the first, and for the second nothing: the
// correction names the first alone.
func twoDefendants(c *registrytest.Case, a, b docket.Identity) []*docket.Event {
	guilty := func(p docket.Identity, months int) docket.Part {
		return registrytest.Convict(p, registrytest.Theft, "2025-01-01", registrytest.Months(docket.FixedTerm, months), "2025-06-20")
	}
	handed := func(p docket.Identity) docket.Part {
		return docket.Part{Identity: p, Execution: &docket.Execution{Place: "监狱"}}
	}
	filed := c.Event(registrytest.Police, docket.CaseFiled, "2025-01-05",
		registrytest.Suspect(a, registrytest.Theft, "2025-01-01"), registrytest.Suspect(b, registrytest.Theft, "2025-01-01"))
	both := c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09", guilty(a, 60), guilty(b, 60))
	onlyA := c.Correction(both, c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09", guilty(a, 6)))
	stray := c.Event(registrytest.Prison, docket.ExecutionStarted, "2025-07-01", handed(a), handed(b))
	served := c.Event(registrytest.Prison, docket.ExecutionCompleted, "2025-12-20", registrytest.Served(a, "监狱"))
	return []*docket.Event{filed, both, onlyA, stray, c.Retraction(stray), served}
}
