package policy

import "github.com/fengcun/fengcun/internal/civil"

// effect is what a later conviction does to the clock of an earlier one.
type effect string

const (
	// extend: not before the later record may be sealed, too.
	extend effect = "extend"
	// restart: the same wait once more, from the start of the later clock.
	restart effect = "restart"
)

// clock says from when a record may be sealed: the first step that applies, and
// what later convictions do to it.
type clock struct {
	rule  Rule
	steps []step
	later *later
}

type step struct {
	when  func(*scope) Truth // nil: always
	start func(*scope) (int64, bool)
	wait  Wait
}

// later is the rule for a conviction that falls into the time between the
// start of the clock and its end.
type later struct {
	rule   Rule
	effect effect
	at     func(*scope) (int64, bool) // the date of the other record that must fall into it
}

// from is the first date on which the record may be sealed, no date if that is
// unknown. A record that follows a fortiori has no wait.
func (c *clock) from(p *Pack, s *scope, i int, why *[]Reason) civil.Date {
	from := c.base(p, s)
	if why != nil {
		*why = append(*why, c.reason(p, s, from))
	}
	return from
}

func (c *clock) base(p *Pack, s *scope) civil.Date {
	if p.fortiori.has(s.rec.Kind) {
		if s.rec.EffectiveDate.IsZero() {
			s.miss(func(*scope) string { return recordPath(s.rec) }, ".effective_date")
		}
		return s.rec.EffectiveDate
	}
	for i := range c.steps {
		st := &c.steps[i]
		if st.when != nil {
			switch st.when(s) {
			case False:
				continue
			case Unknown:
				return civil.Date{}
			case True:
			}
		}
		day, ok := st.start(s)
		if !ok {
			return civil.Date{}
		}
		return p.Dates.after(civil.FromDays(int(day)), st.wait)
	}
	return civil.Date{}
}

func (c *clock) reason(p *Pack, s *scope, from civil.Date) Reason {
	if !from.IsZero() {
		return c.rule.reason(truthOf(!s.on.Before(from)))
	}
	r := c.rule.reason(Unknown)
	_, r.Missing = s.trace(func(s *scope) Truth {
		c.base(p, s)
		return Unknown
	})
	return r
}
