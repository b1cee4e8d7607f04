package quality

import (
	"slices"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// course is one record while it is examined: the events that count, in the
// order of the acts, and what they add up to.
type course struct {
	set    *Set
	events []*docket.Event
	state  docket.State
	on     civil.Date
	who    *Directory

	found []Finding
	next  civil.Date
}

func newCourse(s *Set, events []*docket.Event, on civil.Date, who *Directory) *course {
	c := &course{set: s, state: docket.Fold(events), on: on, who: who}
	for _, e := range docket.InOrder(events) {
		if e.Type != docket.ReportRetracted && len(e.Data.Persons) > 0 {
			c.events = append(c.events, e)
		}
	}
	return c
}

func part(e *docket.Event) *docket.Part { return &e.Data.Persons[0] }

// last is the index of the last event of one of the types; -1 for none.
func (c *course) last(types ...docket.Type) int {
	for i, e := range slices.Backward(c.events) {
		if slices.Contains(types, e.Type) {
			return i
		}
	}
	return -1
}

// first is the first event of one of the types; nil for none.
func (c *course) first(types ...docket.Type) *docket.Event {
	for _, e := range c.events {
		if slices.Contains(types, e.Type) {
			return e
		}
	}
	return nil
}

// any says that an event of one of the types was reported.
func (c *course) any(types ...docket.Type) bool { return c.last(types...) >= 0 }

// goesOn says that after the event at i there is one of other types than those
// given.
func (c *course) goesOn(i int, but ...docket.Type) bool {
	return slices.ContainsFunc(c.events[i+1:], func(e *docket.Event) bool { return !slices.Contains(but, e.Type) })
}

// missing finds that something is missing once the legal time, which ends on a
// day, and that of reporting have passed; until then it is looked at again.
func (c *course) missing(r *Rule, owes string, end civil.Date, after *docket.Event, types ...docket.Type) {
	since := end.AddDays(c.set.ReportingDays + 1)
	switch {
	case end.IsZero():
		return
	case c.on.Before(since):
		if c.next.IsZero() || since.Before(c.next) {
			c.next = since
		}
		return
	}
	f := Finding{Rule: r.ID, Agency: owes, Since: since, Missing: types, Expected: end.String()}
	if after != nil {
		f.Statements = []Statement{say(after, "")}
	}
	c.report(f)
}

// report keeps a finding; one that is nobody's fault is none.
func (c *course) report(f Finding) {
	if f.Agency != "" {
		c.found = append(c.found, f)
	}
}

// wrong reports that an event states what cannot be.
func (c *course) wrong(r *Rule, e *docket.Event, field, expected, stated string) {
	c.report(Finding{
		Rule: r.ID, Agency: idOf(e.Source), Since: e.Data.Date, Field: field, Expected: expected, Stated: stated,
		Statements: []Statement{say(e, stated)},
	})
}

func say(e *docket.Event, what string) Statement {
	return Statement{Source: e.Source, Event: e.ID, Type: e.Type, Date: e.Data.Date, Says: what}
}

// owed is the agency that owes a report: the last of the kinds that spoke in
// the record; where none has, the one at the seat of the agency that handed the
// case on; else that agency itself, which alone knows to whom.
func (c *course) owed(from string, kinds ...agency.Kind) string {
	for _, e := range slices.Backward(c.events) {
		if slices.Contains(kinds, c.who.kind(e.Source)) {
			return idOf(e.Source)
		}
	}
	for _, k := range kinds {
		if id := c.who.near(k, idOf(from)); id != "" {
			return id
		}
	}
	return idOf(from)
}
