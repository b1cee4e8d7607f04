// Package quality says what is wrong with what agencies report of one record:
// a stage is missing past its legal time (completeness), agencies disagree or
// state what cannot be (accuracy). It is pure: events and a day in, findings
// out. The rules are data with their articles (rules.yaml, docs/quality.md).
// What is unknown is never a finding.
package quality

import (
	"slices"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Kind is what sort of fault a rule looks for.
type Kind string

// The kinds of rule.
const (
	Completeness Kind = "completeness"
	Accuracy     Kind = "accuracy"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Completeness, Accuracy} }

// Statement is an event that a finding rests on.
type Statement struct {
	Source string      `json:"source"`
	Event  string      `json:"event"` // its id
	Type   docket.Type `json:"type"`
	Date   civil.Date  `json:"date"`
	Says   string      `json:"says,omitempty"` // what it states, where that matters
}

// Finding is one fault in what was reported of a record.
type Finding struct {
	Rule   string `json:"rule"`   // id
	Agency string `json:"agency"` // id of the one at fault
	// Since is from when it is a fault: the first day after the time ran out,
	// or the day of the act that states what cannot be.
	Since      civil.Date    `json:"since,omitzero"`
	Missing    []docket.Type `json:"missing,omitempty"` // one of these would mend it
	Field      string        `json:"field,omitempty"`   // of an event's data, as its JSON Schema names it
	Expected   string        `json:"expected,omitempty"`
	Stated     string        `json:"stated,omitempty"`
	Statements []Statement   `json:"statements,omitempty"`
}

// Examine looks at all that was reported of one record, on a day. next is the
// first later day on which something more may be found missing; zero for none.
// Each event must concern one person at most, as for docket.Fold.
func (s *Set) Examine(events []*docket.Event, on civil.Date, who *Directory) (found []Finding, next civil.Date) {
	c := newCourse(s, events, on, who)
	for _, r := range s.rules {
		r.check(c, r)
	}
	return merged(c.found), c.next
}

// merged is one finding for each rule and agency: an agency mends what it said
// in one go.
func merged(found []Finding) (out []Finding) {
	for _, f := range found {
		i := slices.IndexFunc(out, func(o Finding) bool { return o.Rule == f.Rule && o.Agency == f.Agency })
		if i < 0 {
			out = append(out, f)
			continue
		}
		o := &out[i]
		o.Expected, o.Stated = joined(o.Expected, f.Expected), joined(o.Stated, f.Stated)
		for _, s := range f.Statements {
			if !slices.Contains(o.Statements, s) {
				o.Statements = append(o.Statements, s)
			}
		}
	}
	return out
}

func joined(a, b string) string {
	if a == b || b == "" {
		return a
	}
	return a + "；" + b
}
