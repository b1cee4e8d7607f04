package indistinct_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
)

// invented is the province whose cases the worlds are made of.
var invented = sync.OnceValue(func() *province.Province {
	return province.New(20260301, 600, civil.MustParse("2019-01-01"), civil.MustParse("2025-12-31"))
})

// lawsuit is one case with all its reports, in the order of their times.
type lawsuit struct {
	number  string // 立案号
	events  []*docket.Event
	persons map[string]docket.Identity // by document number
}

// lawsuits are the province's cases that are told to their end.
var lawsuits = sync.OnceValue(func() []*lawsuit {
	byNumber := map[string]*lawsuit{}
	var out []*lawsuit
	for e := range invented().Events() {
		n := e.Data.Numbers[0].No
		l := byNumber[n]
		if l == nil {
			l = &lawsuit{number: n, persons: map[string]docket.Identity{}}
			byNumber[n] = l
			out = append(out, l)
		}
		l.events = append(l.events, e)
		for _, p := range e.Data.Persons {
			if len(l.persons[p.Identity.Number].Address) == 0 {
				l.persons[p.Identity.Number] = p.Identity
			}
		}
	}
	return slices.DeleteFunc(out, func(l *lawsuit) bool { return len(l.events) < 2 || len(l.persons) == 0 })
})

// history is what happens in a pair of worlds: cases that both have, and one
// more that only the second has, all of whose records come to be sealed.
type history struct {
	seed   string
	shared []*lawsuit
	extra  *lawsuit
	under  *lawsuit // the shared case in which the extra person is a defendant who came later; nil for a case of its own
	end    time.Time
	rng    *rand.Rand
}

// act is one thing that agencies report together.
type act struct {
	events []*docket.Event
	extra  bool
}

// draw makes the history of one pair of worlds. Cases that are not to be the
// extra one stand in not, by their numbers.
func draw(seed uint64, not map[string]bool) *history {
	rng := rand.New(rand.NewPCG(seed, 7))
	all := lawsuits()
	h := &history{
		seed: fmt.Sprint("world ", seed), rng: rng,
		end: civil.MustParse("2026-03-02").Time().Add(10*time.Hour + time.Duration(seed)*time.Minute),
	}
	seen := map[string]bool{} // persons
	pick := func() *lawsuit {
		for {
			l := all[rng.IntN(len(all))]
			if h.extra == nil && not[l.number] || slices.ContainsFunc(l.numbers(), func(n string) bool { return seen[n] }) {
				continue
			}
			for _, n := range l.numbers() {
				seen[n] = true
			}
			return l
		}
	}
	h.extra = pick()
	for range 1 + rng.IntN(2) {
		h.shared = append(h.shared, pick())
	}
	if rng.IntN(4) == 0 {
		h.join(h.shared[0])
	}
	for _, l := range append([]**lawsuit{&h.extra}, pointers(h.shared)...) {
		if rng.IntN(3) == 0 {
			*l = (*l).mistaken()
		}
	}
	return h
}

func pointers(list []*lawsuit) (out []**lawsuit) {
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

// mistaken is the case with a mistake in what was reported first: a day of birth
// that contradicts the document.
func (l *lawsuit) mistaken() *lawsuit {
	wrong := *l
	first := *l.events[0]
	first.Data.Persons = slices.Clone(first.Data.Persons)
	first.Data.Persons[0].Identity.Birth = first.Data.Persons[0].Identity.Born().AddDays(1)
	wrong.events = append([]*docket.Event{&first}, l.events[1:]...)
	return &wrong
}

// join makes the extra person a later defendant of a shared case.
func (h *history) join(under *lawsuit) {
	if !h.extra.events[0].Time.After(under.events[0].Time) {
		return
	}
	h.under = under
	joined := *h.extra
	joined.events = nil
	for _, e := range h.extra.events {
		moved := *e
		moved.Data.Numbers = under.events[0].Data.Numbers[:1]
		joined.events = append(joined.events, &moved)
	}
	h.extra = &joined
}

// acts are the reports in the order of time: those of the shared cases
// together as far as no report of the extra case comes between.
func (h *history) acts() []act {
	type timed struct {
		event *docket.Event
		extra bool
	}
	var all []timed
	for _, l := range h.shared {
		for _, e := range l.events {
			all = append(all, timed{e, false})
		}
	}
	for _, e := range h.extra.events {
		all = append(all, timed{e, true})
	}
	slices.SortStableFunc(all, func(a, b timed) int { return a.event.Time.Compare(b.event.Time) })
	const together = 12
	var out []act
	for _, t := range all {
		last := len(out) - 1
		if !t.extra && last >= 0 && !out[last].extra && len(out[last].events) < together {
			out[last].events = append(out[last].events, t.event)
			continue
		}
		out = append(out, act{events: []*docket.Event{t.event}, extra: t.extra})
	}
	return out
}

// numbers are the documents of those concerned.
func (l *lawsuit) numbers() []string { return slices.Sorted(maps.Keys(l.persons)) }

// person is somebody of a case, the same one each time.
func (l *lawsuit) person() docket.Identity { return l.persons[l.numbers()[0]] }
