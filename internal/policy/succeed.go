package policy

import (
	"errors"
	"fmt"

	"github.com/fengcun/fengcun/internal/civil"
)

// Term is the time of one pack in force, with who signed it off: what must be
// remembered of a [Set] so that the next one can be held to it.
type Term struct {
	Regime Regime     `json:"regime"`
	Pack   string     `json:"pack"`
	Digest string     `json:"digest"`
	From   civil.Date `json:"from"`
	To     civil.Date `json:"to"` // the last day; none: until further notice
	Note   string     `json:"note,omitempty"`
	Signed []Signoff  `json:"signed"`

	at string // where it was read
}

// in says whether the term covers a day.
func (t *Term) in(on civil.Date) bool {
	return !on.Before(t.From) && (t.To.IsZero() || !on.After(t.To))
}

// Terms lists the enactments by regime and time.
func (s *Set) Terms() []Term {
	var all []Term
	for _, regime := range Regimes() {
		for _, t := range s.terms[regime] {
			all = append(all, t.Term)
		}
	}
	return all
}

// Succeed says whether the set may take the place of earlier terms on a day:
// whatever has been in force before that day stays as it was, the same bytes for
// the same days. A pack in force may be ended from that day on, and what has not
// begun may be changed or dropped. So a decision can be replayed under the pack
// that made it.
func (s *Set) Succeed(earlier []Term, on civil.Date) error {
	var faults []error
	for i := range earlier {
		if earlier[i].From.Before(on) {
			faults = append(faults, s.keeps(&earlier[i], on))
		}
	}
	for _, is := range s.Terms() {
		if is.From.Before(on) && !covered(earlier, is.Regime, is.From) {
			faults = append(faults, fmt.Errorf("%s: %s would be in force since %s, a day that has passed; let it begin on %s or later",
				is.at, is.Pack, is.From, on))
		}
	}
	return errors.Join(faults...)
}

func covered(terms []Term, regime Regime, on civil.Date) bool {
	for i := range terms {
		if terms[i].Regime == regime && terms[i].in(on) {
			return true
		}
	}
	return false
}

// keeps says that a term that has begun is still there. Its end may come
// nearer, or be put off, as long as both ends lie on the day or after it.
func (s *Set) keeps(was *Term, on civil.Date) error {
	passed := func(end civil.Date) bool { return !end.IsZero() && end.Before(on.AddDays(-1)) }
	for _, is := range s.terms[was.Regime] {
		switch {
		case is.From != was.From:
			continue
		case is.Digest != was.Digest:
			return fmt.Errorf("%s: %s has been in force since %s as %s and would become %s; a pack in force never changes: end it and enact another folder",
				is.at, was.Pack, was.From, was.Digest, is.Digest)
		case is.To != was.To && (passed(is.To) || passed(was.To)):
			return fmt.Errorf("%s: the days on which %s was in force have passed and do not change", is.at, was.Pack)
		}
		return nil
	}
	return fmt.Errorf("%s has been in force since %s and is gone from the list; end it with a day (to:) instead", was.Pack, was.From)
}
