package policy

import "github.com/fengcun/fengcun/internal/civil"

// effect is what a later conviction does to the clock of an earlier one.
type effect string

const (
	// extend: not before the later record may be sealed, too; never, if that
	// is never.
	extend effect = "extend"
	// restart: the same wait once more, from the start of the later clock.
	restart effect = "restart"
)

// later is the rule for a conviction that falls into the time between the
// start of a record's clock and its end. The end moves with it, so one more
// may fall into the longer time: ends are moved until none moves.
type later struct {
	rule   Rule
	effect effect
	at     func(*scope) (int64, bool) // the date of the other record that must fall into it
}

// spans computes the spans of all records of the dossier.
func (l *later) spans(p *Pack, s *scope) []span {
	rec := s.rec
	tracing := s.tracing
	s.tracing = false
	defer func() { s.rec, s.other, s.tracing = rec, nil, tracing }()
	all := make([]span, len(s.d.Records))
	barred := make([]Truth, len(all))
	for i := range all {
		s.rec = &s.d.Records[i]
		all[i] = p.clock.own(p, s)
		barred[i] = p.sealable(s, nil).Not()
	}
	l.settle(p, s, all, barred, l.move)
	l.settle(p, s, all, barred, l.doubt)
	return all
}

// settle applies a step to every pair of records until nothing changes. Ends
// only grow and doubts only spread, so the order of the records is of no
// consequence and the end is reached.
func (l *later) settle(p *Pack, s *scope, all []span, barred []Truth, act func(p *Pack, a, b *span, hit, barred Truth) bool) {
	for again := true; again; {
		again = false
		for i := range all {
			for j := range all {
				if a := &all[i]; i != j && a.known && !a.never {
					hit := l.falls(s, a, i, j)
					again = (hit != False && act(p, a, &all[j], hit, barred[j])) || again
				}
			}
		}
	}
}

// reach is the end that b gives a; never where b is never sealed.
func (l *later) reach(p *Pack, a, b *span) civil.Date {
	if l.effect == restart {
		return p.Dates.after(b.start, a.wait)
	}
	return b.end
}

// move is the certain step: b falls into the time of a, and all that counts of
// b is known.
func (l *later) move(p *Pack, a, b *span, hit, barred Truth) bool {
	if hit != True {
		return false
	}
	if l.effect == extend && (barred == True || b.never) {
		a.never, a.moved = true, True
		return true
	}
	if !b.known {
		return false
	}
	end := l.reach(p, a, b)
	if !end.After(a.end) {
		return false
	}
	a.end, a.moved = end, True
	return true
}

// doubt is the step for what is unknown, taken when all certain ones are: a is
// unknown where b could still move it.
func (l *later) doubt(p *Pack, a, b *span, hit, barred Truth) bool {
	sure := b.known && (l.effect == restart || (barred == False && !b.never))
	if sure && (hit == True || !l.reach(p, a, b).After(a.end)) {
		return false
	}
	*a = span{start: a.start, wait: a.wait, moved: Unknown}
	return true
}

// falls says whether record j falls into the time of record i.
func (l *later) falls(s *scope, a *span, i, j int) Truth {
	s.rec, s.other = &s.d.Records[i], &s.d.Records[j]
	day, ok := l.at(s)
	inside := Unknown
	if ok {
		at := civil.FromDays(int(day))
		inside = truthOf(!at.Before(a.start) && at.Before(a.end))
	}
	if inside == False {
		return False
	}
	return inside.And(l.rule.holds(s))
}

// reason says whether a later record moved the clock. What is missing is
// gathered over all the others: of the relation to them, and of their clocks.
func (l *later) reason(p *Pack, s *scope, i int, sp span) Reason {
	r := l.rule.reason(sp.moved)
	if sp.moved != Unknown {
		return r
	}
	_, r.Missing = s.trace(func(s *scope) Truth {
		for j := range s.d.Records {
			if j == i {
				continue
			}
			s.rec, s.other = &s.d.Records[i], &s.d.Records[j]
			if l.rule.holds(s) == False {
				continue
			}
			l.at(s)
			s.rec = s.other
			p.clock.own(p, s)
			if l.effect == extend {
				p.sealable(s, nil)
			}
		}
		return Unknown
	})
	s.rec, s.other = &s.d.Records[i], nil
	return r
}
