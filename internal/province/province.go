// Package province makes up a province for the demonstration and the tests:
// its agencies and officers, its people and ten years of their cases, as the
// events that the agencies would report. Nobody and nothing in it exists: the
// division codes, the court codes and the names are invented.
//
// Everything follows from a seed; the same seed gives the same events.
package province

import (
	"container/heap"
	"iter"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Province is the invented province between two days.
type Province struct {
	seed     uint64
	from, to civil.Date
	counties []county
	crimes   []offence
	persons  []docket.Identity
	plans    []*plan
	serials  []int
	cast     Cast
	faulty   bool // see WithFaults
}

// New makes a province of about size persons whose offences lie between from
// and to. Persons and the outline of their cases are drawn here, events when
// they are asked for.
func New(seed uint64, size int, from, to civil.Date) *Province {
	p := &Province{seed: seed, from: from, to: to, counties: counties(), crimes: offences()}
	p.serials = make([]int, len(p.counties))
	p.people(size)
	p.castStory()
	return p
}

// Agencies is every agency of the province, without keys.
func (p *Province) Agencies() []agency.Agency { return agencies() }

// Officers is the accounts of the demonstration, without keys; the first
// twelve cover the twelve duties.
func (p *Province) Officers() []agency.Officer { return officers() }

// Cast is the people of the guided tour.
func (p *Province) Cast() Cast { return p.cast }

// Persons is everybody who appears in the events.
func (p *Province) Persons() []docket.Identity { return slices.Clone(p.persons) }

// Events is what the agencies reported until the end of the last day, in the
// order of Event.Time. A few reports come twice; of the last weeks, part has
// not been reported yet (see Live).
func (p *Province) Events() iter.Seq[*docket.Event] {
	return func(yield func(*docket.Event) bool) {
		end := p.to.AddDays(1).Time()
		for r := range p.reports() {
			if r.event.Time.Before(end) && !r.held && !yield(r.event) {
				return
			}
		}
	}
}

// report is one event on its way; a held one is still to be reported when the
// ten years end.
type report struct {
	event *docket.Event
	held  bool
}

// reports tells all cases, merged in the order of their times. Only the cases
// under way are in memory.
func (p *Province) reports() iter.Seq[report] {
	plans := slices.Clone(p.plans)
	slices.SortStableFunc(plans, func(a, b *plan) int { return a.offence.Compare(b.offence) })
	return func(yield func(report) bool) {
		var waiting queue
		release := func(until time.Time) bool {
			for len(waiting) > 0 && waiting[0].event.Time.Before(until) {
				if !yield(heap.Pop(&waiting).(report)) {
					return false
				}
			}
			return true
		}
		for _, pl := range plans {
			if !release(pl.offence.Time()) { // nothing of a case is reported before its offence
				return
			}
			for _, e := range p.reported(pl) {
				heap.Push(&waiting, report{e, p.held(pl, e)})
			}
		}
		release(time.Unix(1<<40, 0))
	}
}

// held keeps back a third of the cases' newest acts for the live stream.
func (p *Province) held(pl *plan, e *docket.Event) bool {
	return pl.script == nil && pl.index%3 == 0 && e.Data.Date.After(p.to.AddDays(-heldDays)) && !e.Data.Date.After(p.to)
}

const heldDays = 60

// queue is a heap of reports, the earliest first; ties by source and id.
type queue []report

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	a, b := q[i].event, q[j].event
	if !a.Time.Equal(b.Time) {
		return a.Time.Before(b.Time)
	}
	return a.Source+a.ID < b.Source+b.ID
}

// Push and Pop are for container/heap.
func (q *queue) Push(x any) { *q = append(*q, x.(report)) }

// Pop is for container/heap.
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
