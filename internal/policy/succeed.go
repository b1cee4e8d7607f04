package policy

import (
	"errors"
	"fmt"

	"github.com/fengcun/fengcun/internal/civil"
)

// Succeed says whether next may take the place of s on a day: whatever has been
// in force before that day stays as it was, the same bytes for the same days. A
// pack in force may be ended from that day on, and what has not begun may be
// changed or dropped. So a decision can be replayed under the pack that made it.
func (s *Set) Succeed(next *Set, on civil.Date) error {
	var faults []error
	for _, regime := range Regimes() {
		for _, was := range s.terms[regime] {
			if was.from.Before(on) {
				faults = append(faults, next.keeps(regime, was, on))
			}
		}
		for _, is := range next.terms[regime] {
			if is.from.Before(on) && s.InForce(regime, is.from) == nil {
				faults = append(faults, fmt.Errorf("%s: %s would be in force since %s, a day that has passed; let it begin on %s or later",
					is.at, is.pack.ID, is.from, on))
			}
		}
	}
	return errors.Join(faults...)
}

// keeps says that a term that has begun is still there. Its end may come
// nearer, or be put off, as long as both ends lie on the day or after it.
func (s *Set) keeps(regime Regime, was term, on civil.Date) error {
	passed := func(end civil.Date) bool { return !end.IsZero() && end.Before(on.AddDays(-1)) }
	for _, is := range s.terms[regime] {
		switch {
		case is.from != was.from:
			continue
		case is.pack.Digest != was.pack.Digest:
			return fmt.Errorf("%s: %s has been in force since %s as %s and would become %s; a pack in force never changes: end it and enact another folder",
				is.at, was.pack.ID, was.from, was.pack.Digest, is.pack.Digest)
		case is.to != was.to && (passed(is.to) || passed(was.to)):
			return fmt.Errorf("%s: the days on which %s was in force have passed and do not change", is.at, was.pack.ID)
		}
		return nil
	}
	return fmt.Errorf("%s has been in force since %s and is gone from the list; end it with a day (to:) instead", was.pack.ID, was.from)
}
