package registry_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// linked is a made-up history of several cases that links join and part. The
// same seed gives the same history in every world, but for codes and keys.
type linked struct {
	cases   []*registrytest.Case
	people  []docket.Identity
	events  []*docket.Event
	without map[string]bool // ids of links that are taken back in the end
	terms   []docket.Sentence
}

func linkedHistory(w *world, seed uint64, terms ...docket.Sentence) *linked {
	r := rand.New(rand.NewPCG(seed, 7))
	h := &linked{without: map[string]bool{}, terms: terms}
	for range 2 + r.IntN(3) {
		h.cases = append(h.cases, w.Case())
	}
	for range 2 + r.IntN(2) {
		h.people = append(h.people, w.Adult())
	}
	nameless := h.people[len(h.people)-1] // known by name alone
	h.people[len(h.people)-1] = docket.Identity{Name: nameless.Name}
	for _, c := range h.cases {
		for range 1 + r.IntN(3) {
			h.act(c, r)
		}
	}
	for range 1 + r.IntN(3) {
		h.link(r)
	}
	return h
}

// act is an event of a case, perhaps corrected or taken back.
func (h *linked) act(c *registrytest.Case, r *rand.Rand) {
	ps := slices.Clone(h.people)
	r.Shuffle(len(ps), func(i, j int) { ps[i], ps[j] = ps[j], ps[i] })
	var e *docket.Event
	switch r.IntN(4) {
	case 0, 1:
		e = filed(c, ps[:1+r.IntN(2)]...)
	case 2:
		e = judged(c, ps[0], h.terms[r.IntN(len(h.terms))])
	default:
		e = c.Event(registrytest.Court, docket.PropertyPerformed, "2025-08-01", docket.Part{Identity: ps[0], Property: &docket.Property{Kind: "罚金"}})
	}
	h.events = append(h.events, e)
	switch r.IntN(6) {
	case 0:
		if len(h.terms) > 1 && e.Type == docket.JudgmentRendered {
			break // taken back in the vault it touches other cases' open records when their day comes only
		}
		h.events = append(h.events, c.Retraction(e))
	case 1:
		again := c.Correction(e, e)
		again.Data.Date = again.Data.Date.AddDays(1)
		h.events = append(h.events, again)
	}
}

// link joins two cases, perhaps by mistake.
func (h *linked) link(r *rand.Rand) {
	i, j := r.IntN(len(h.cases)), r.IntN(len(h.cases)-1)
	if j >= i {
		j++
	}
	kinds := docket.LinkKinds()
	c := h.cases[i]
	e := c.Link(registrytest.Court, kinds[r.IntN(len(kinds))], "2025-03-01", h.cases[j].Number())
	h.events = append(h.events, e)
	switch r.IntN(4) {
	case 0, 1:
		back := c.Retraction(e)
		if r.IntN(2) == 0 {
			back.Data.Numbers = []docket.Number{h.cases[j].Number()}
		}
		h.events = append(h.events, back)
		h.without[e.ID] = true
	case 2:
		to := (i + 1) % len(h.cases)
		h.events = append(h.events, c.Correction(e, c.Link(registrytest.Court, docket.Consolidated, "2025-03-02", h.cases[to].Number())))
		h.without[e.ID] = true
	}
}

// send delivers events in their order, some twice, several in one delivery and
// several deliveries in one transaction, as chance has it; nil: one by one.
func send(w *world, events []*docket.Event, r *rand.Rand) {
	w.Helper()
	if r == nil {
		for _, e := range events {
			wantTaken(w, w.Send(e))
		}
		return
	}
	for len(events) > 0 {
		var batch []*registry.Delivery
		for range 1 + r.IntN(3) {
			n := 1
			for n < len(events) && n < 4 && events[n].Source == events[0].Source && r.IntN(3) > 0 {
				n++
			}
			by, _ := agency.IDOf(events[0].Source)
			batch = append(batch, w.Delivery(by, events[:n]...))
			if events = events[n:]; len(events) == 0 {
				break
			}
		}
		receipts, err := w.Reg.ReceiveAll(context.Background(), batch, w.Now)
		if err != nil {
			w.Fatal(err)
		}
		for i, of := range receipts {
			for _, got := range of {
				wantTaken(w, got)
				w.Counted(batch[i].Agency, got)
			}
		}
		w.Check()
	}
}

func wantTaken(w *world, r registry.Receipt) {
	w.Helper()
	if r.Outcome == registry.Refused {
		w.Fatalf("event %s is refused: %v", r.ID, r.Problems)
	}
}

// oneCase is what must not depend on the order of arrival: which cases are one,
// and of each person where the record stands and what there is to read of it.
type oneCase struct {
	Cases   []int
	Records map[string]outcome
}

func (h *linked) end(w *world) (out []oneCase) {
	w.Helper()
	at := map[docket.Code]int{}
	for i, c := range h.cases {
		code := w.CodeOf(c.Number())
		n, known := at[code]
		if !known {
			n = len(out)
			at[code], out = n, append(out, oneCase{Records: map[string]outcome{}})
			for _, id := range w.Standing(code) {
				o := outcomeOf(w, id)
				who := fmt.Sprint(slices.IndexFunc(h.people, func(p docket.Identity) bool { return p.Name == o.State.Identity.Name }))
				if o.State.Stage == "" {
					who = "nobody " + who // all was taken back
				}
				if _, twice := out[n].Records[who]; twice && o.State.Stage != "" {
					w.Fatalf("person %s has two records in one case", who)
				}
				out[n].Records[who] = o
			}
		}
		out[n].Cases = append(out[n].Cases, i)
	}
	return out
}

// Whatever the order in which events, links and what takes them back arrive, the
// books end in the same state, up to codes: with each other, and with what they
// were had links that are taken back never been sent.
func TestLinksInAnyOrder(t *testing.T) {
	t.Parallel()
	engines := []storetest.Engine{storetest.SQLite}
	if os.Getenv("FENGCUN_SOAK") != "" {
		engines = storetest.Engines()
	}
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			runs := 0
			rapid.Check(t, func(rt *rapid.T) {
				if runs++; runs > worlds(25) { // each is three worlds
					return
				}
				linksInAnyOrder(t, rt, engine)
			})
		})
	}
}

func linksInAnyOrder(t *testing.T, rt *rapid.T, engine storetest.Engine) {
	seed, order := rapid.Uint64().Draw(rt, "history"), rapid.Uint64().Draw(rt, "order")
	play := func(arrange func(h *linked) ([]*docket.Event, *rand.Rand)) []oneCase {
		w := registrytest.New(t, registrytest.Options{Engine: engine})
		h := linkedHistory(w, seed, years)
		events, r := arrange(h)
		send(w, events, r)
		return h.end(w)
	}
	inOrder := play(func(h *linked) ([]*docket.Event, *rand.Rand) { return h.events, nil })
	shuffled := play(func(h *linked) ([]*docket.Event, *rand.Rand) {
		r := rand.New(rand.NewPCG(order, 9))
		all := append(slices.Clone(h.events), h.events[r.IntN(len(h.events))])
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all, r
	})
	without := play(func(h *linked) ([]*docket.Event, *rand.Rand) {
		return slices.DeleteFunc(slices.Clone(h.events), func(e *docket.Event) bool { return h.without[e.ID] }), nil
	})
	for what, got := range map[string][]oneCase{"in another order": shuffled, "without what was taken back": without} {
		if diff := cmp.Diff(inOrder, got, sameEnd()...); diff != "" {
			rt.Fatalf("%s, another end (- in order, + so):\n%s", what, diff)
		}
	}
}

// With sentences that policy seals at once the end may differ by what is sealed
// and by what waits for a human: the checker sees after every step that it does.
// Once everything is unsealed, lawfully, the books say the same, but for whom
// links that were taken back had reached: a sealed record cannot be asked.
func TestLinksAndSealingInAnyOrder(t *testing.T) {
	t.Parallel()
	runs, sealed := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		if runs++; runs > worlds(15) { // each is two worlds
			return
		}
		seed, order := rapid.Uint64().Draw(rt, "history"), rapid.Uint64().Draw(rt, "order")
		var ends [2][]oneCase
		for i := range ends {
			w := registrytest.New(t, registrytest.Options{})
			h := linkedHistory(w, seed, years, registrytest.Months(docket.Detention, 2), registrytest.Months(docket.Detention, 2))
			events, r := h.events, (*rand.Rand)(nil)
			if i == 1 {
				r = rand.New(rand.NewPCG(order, 9))
				r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			}
			send(w, events, r)
			sealed += unsealAll(w)
			ends[i] = h.end(w)
		}
		if diff := cmp.Diff(ends[0], ends[1], append(sameEnd(), cmpopts.IgnoreFields(outcome{}, "Status"), cmpopts.IgnoreFields(docket.State{}, "Numbers", "Holders"))...); diff != "" {
			rt.Fatalf("another order, another end (- in order, + so):\n%s", diff)
		}
	})
	if sealed == 0 && !t.Failed() && !testing.Short() {
		t.Error("nothing was ever sealed")
	}
}

// unsealAll unseals every record, those too that are sealed again by themselves
// when they part, and counts them.
func unsealAll(w *world) (n int) {
	w.Helper()
	for {
		sealed := w.Sealings()
		if len(sealed) == 0 {
			return n
		}
		for _, id := range sealed {
			n++
			if err := w.Unseal(wrongSealing(w, id)); err != nil {
				w.Fatalf("unsealing %s: %v", id, err)
			}
		}
	}
}

func sameEnd() cmp.Options {
	return cmp.Options{
		cmp.Comparer(func(a, b civil.Date) bool { return a == b }), cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(docket.Identity{}, "Name", "Number", "Address"),
		cmpopts.IgnoreMapEntries(func(who string, _ outcome) bool { return who[0] == 'n' }),
	}
}

// Events and links of one history that several senders deliver at once, in
// transactions of their own, end as one by one: homes are locked in one order,
// and who links waits for who opens.
func TestLinksAtOnce(t *testing.T) {
	t.Parallel()
	for round := range uint64(worlds(8)) {
		one := registrytest.New(t, registrytest.Options{Engine: storetest.Postgres})
		h := linkedHistory(one, round, years)
		send(one, h.events, nil)
		want := h.end(one)

		w := registrytest.New(t, registrytest.Options{Engine: storetest.Postgres})
		h = linkedHistory(w, round, years)
		var deliveries []*registry.Delivery
		for _, e := range h.events {
			by, _ := agency.IDOf(e.Source)
			deliveries = append(deliveries, w.Delivery(by, e))
		}
		linksAtOnce(w, deliveries)
		w.Acknowledged(deliveries...)
		w.Check()
		if diff := cmp.Diff(want, h.end(w), sameEnd()...); diff != "" {
			t.Fatalf("round %d: at once, another end (- one by one, + so):\n%s", round, diff)
		}
	}
}

// linksAtOnce delivers from several senders, of whom each takes the next.
func linksAtOnce(w *world, deliveries []*registry.Delivery) {
	w.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(deliveries) {
					return
				}
				receipts, err := w.Reg.ReceiveAll(context.Background(), deliveries[i:i+1], w.Now)
				if err != nil || receipts[0][0].Outcome != registry.Accepted {
					w.Errorf("delivery %d: %v, %v", i, receipts, err)
				}
			}
		})
	}
	wg.Wait()
}
