package policy

import "github.com/fengcun/fengcun/internal/civil"

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

// span is the time of one record's clock, from its start to the first day on
// which it may be sealed.
type span struct {
	start, end civil.Date
	wait       Wait
	known      bool
	never      bool  // a later record that is never sealed holds it open for ever
	moved      Truth // a later record moved the end
}

// from is the first date on which the record may be sealed, no date if that is
// unknown; and whether a later record bars it for ever.
func (c *clock) from(p *Pack, s *scope, i int, why *[]Reason) (civil.Date, bool) {
	sp := c.span(p, s, i)
	if why != nil {
		*why = append(*why, c.reason(p, s, sp))
		if c.later != nil {
			*why = append(*why, c.later.reason(p, s, i, sp))
		}
	}
	if sp.never {
		return civil.Date{}, true
	}
	return sp.end, false
}

func (c *clock) span(p *Pack, s *scope, i int) span {
	if c.later == nil {
		return c.own(p, s)
	}
	if s.spans == nil {
		s.spans = c.later.spans(p, s)
	}
	s.rec = &s.d.Records[i]
	return s.spans[i]
}

// own is the span that the record alone gives. A record that follows a
// fortiori has no wait.
func (c *clock) own(p *Pack, s *scope) span {
	if p.fortiori.has(s.rec.Kind) {
		day := s.rec.EffectiveDate
		if day.IsZero() {
			s.miss(ownPlace, ".effective_date")
		}
		return span{start: day, end: day, known: !day.IsZero(), moved: False}
	}
	for i := range c.steps {
		st := &c.steps[i]
		if st.when != nil {
			switch st.when(s) {
			case False:
				continue
			case Unknown:
				return span{moved: False}
			case True:
			}
		}
		day, ok := st.start(s)
		if !ok {
			return span{moved: False}
		}
		start := civil.FromDays(int(day))
		return span{start: start, end: p.Dates.after(start, st.wait), wait: st.wait, known: true, moved: False}
	}
	return span{moved: False}
}

func (c *clock) reason(p *Pack, s *scope, sp span) Reason {
	switch {
	case sp.known && !sp.never:
		return c.rule.reason(truthOf(!s.on.Before(sp.end)))
	case sp.never:
		return c.rule.reason(False)
	}
	r := c.rule.reason(Unknown)
	_, r.Missing = s.trace(func(s *scope) Truth {
		c.own(p, s)
		return Unknown
	})
	return r
}
