package province

import (
	"iter"
	"math/rand/v2"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// liveStep parts the reports of the live stream; the caller may pace them as
// it likes.
const liveStep = 4 * time.Second

// Live goes on after Events without end: the reports of the last weeks that
// were still missing, new cases, and whole cases reported late of people who
// have a light record already, so that unsealing comes up for decision.
// Event.Time begins at from and grows; no act lies later than from's day.
// Live needs from to be no earlier than the last day of the province. A later
// start brings other new cases, but the same missing reports again.
func (p *Province) Live(from time.Time) iter.Seq[*docket.Event] {
	return func(yield func(*docket.Event) bool) {
		at := from
		send := func(e *docket.Event) bool {
			now := *e
			now.Time = at
			at = at.Add(liveStep)
			return yield(&now)
		}
		run := int(from.Sub(p.to.Time()) / time.Minute)
		rng := p.rng(1<<40 + uint64(run)) //nolint:gosec // minutes since the end
		fresh := p.fresh(rng, civil.Of(from), run)
		relapse := p.relapses(rng, civil.Of(from), run)
		for late := range p.backlog(fresh, relapse) {
			if !send(late) {
				return
			}
		}
	}
}

// backlog mixes the held reports with the other two streams, and goes on with
// those alone when the held ones are used up.
func (p *Province) backlog(fresh, relapse func() *docket.Event) iter.Seq[*docket.Event] {
	return func(yield func(*docket.Event) bool) {
		turn := 0
		other := func() bool {
			turn++
			if turn%3 == 0 {
				return yield(fresh())
			}
			return yield(relapse())
		}
		for r := range p.reports() {
			if r.held && (!yield(r.event) || !other()) {
				return
			}
		}
		for other() {
		}
	}
}

// liveIndex is where the case numbers of a run begin, even for new people, odd
// for relapses. A hundred a minute is more than a run uses.
func liveIndex(run int) int { return 1_000_000 + 100*run }

// fresh gives the events of new cases of new people, filed today.
func (p *Province) fresh(rng *rand.Rand, today civil.Date, run int) func() *docket.Event {
	m := newMaker(rng)
	m.base = 500 + 2*(run%200) // above the numbers of the people of the ten years
	index := liveIndex(run)
	return func() *docket.Event {
		index += 2
		pl := p.newPlan(rng)
		pl.offence = today.AddDays(-20 - rng.IntN(20))
		pl.index, pl.serial = index, index
		q := *p // the new people are in no list
		q.persons = nil
		q.addPersons(rng, m, pl, 1)
		pl.revoked = make([]revocation, 1)
		first := q.tell(pl).events[0]
		if first.Data.Date.After(today) {
			first.Data.Date = today
		}
		return first
	}
}

// relapses gives, event by event, the new cases of people with a light record.
// The first is that of the cast.
func (p *Province) relapses(rng *rand.Rand, today civil.Date, run int) func() *docket.Event {
	var queue []*docket.Event
	first := liveIndex(run) + 1
	serial := first
	last := p.place(p.cast.Relapsing)
	candidates := p.lightly(rng)
	return func() *docket.Event {
		for len(queue) == 0 {
			serial += 2
			who := last
			if serial > first+2 {
				who = candidates[rng.IntN(len(candidates))]
			}
			queue = p.relapse(who, serial, today)
		}
		next := queue[0]
		queue = queue[1:]
		return next
	}
}

// lightly is people whose first case ended lightly long ago.
func (p *Province) lightly(rng *rand.Rand) []int {
	var list []int
	for _, pl := range p.plans {
		if pl.crime < 0 || pl.script != nil || len(pl.persons) > 1 || !pl.offence.Before(p.to.AddDays(-700)) || rng.IntN(8) > 0 {
			continue
		}
		end := p.tell(pl).endings[0]
		if end.kind == docket.Conviction && end.sentence.Kind == dt && end.effective.Before(p.to.AddDays(-300)) {
			list = append(list, pl.persons[0])
		}
	}
	return append(list, p.place(p.cast.DrunkDriver))
}

// relapse tells a whole case of theft that ended lately and is reported only
// now.
func (p *Province) relapse(who, serial int, today civil.Date) []*docket.Event {
	l := light{crime: "盗窃罪", custody: true, sentence: docket.Sentence{
		Kind: ft, Months: ptr(7 + serial%5), Suspended: ptr(false), FineYuan: ptr(int64(3000)), Exempt: ptr(false),
	}}
	crime := 0
	for i := range p.crimes {
		if p.crimes[i].name == l.crime {
			crime = i
		}
	}
	pl := &plan{
		index: serial, serial: serial, crime: crime, offence: today.AddDays(-76), persons: []int{who},
		stands: []standing{{}}, script: l.play, revoked: make([]revocation, 1), county: serial % len(p.counties),
	}
	var told []*docket.Event
	for _, e := range p.tell(pl).events {
		if !e.Data.Date.After(today) {
			told = append(told, e)
		}
	}
	return told
}
