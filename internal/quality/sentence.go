package quality

import (
	"fmt"
	"strconv"

	"github.com/fengcun/fengcun/internal/docket"
)

// Accuracy of sentences: what the Criminal Law does not know for a kind.

// sentences gives f the judgment that stands and each of its sentences: that
// to be executed, and those of the crimes where they are stated.
func (c *course) sentences(f func(e *docket.Event, s *docket.Sentence, combined bool)) {
	e := c.judgmentOfSentence()
	if e == nil {
		return
	}
	f(e, c.state.Sentence, len(c.state.Crimes) > 1)
	for _, crime := range c.state.Crimes {
		if crime.Sentence != nil && len(c.state.Crimes) > 1 {
			f(e, crime.Sentence, false)
		}
	}
}

// judgmentOfSentence is the judgment whose sentence stands; nil where there is
// none.
func (c *course) judgmentOfSentence() *docket.Event {
	if c.state.Kind != docket.Conviction || c.state.Sentence == nil {
		return nil
	}
	for i := len(c.events) - 1; i >= 0; i-- {
		if j := part(c.events[i]).Judgment; c.events[i].Type == docket.JudgmentRendered && j != nil && j.Sentence == c.state.Sentence {
			return c.events[i]
		}
	}
	return nil
}

// spelt is a sentence as the statements print it.
func spelt(s *docket.Sentence) string {
	if s == nil {
		return ""
	}
	text := string(s.Kind)
	if s.Months != nil {
		text += " " + months(*s.Months)
	}
	if s.Days != nil && *s.Days > 0 {
		text += strconv.Itoa(*s.Days) + "日"
	}
	if is(s.Suspended) {
		text += "，缓刑"
		if s.ProbationMonths != nil {
			text += " " + months(*s.ProbationMonths)
		}
	}
	return text
}

func months(n int) string { return strconv.Itoa(n) + "个月" }

func termOfKind(c *course, r *Rule) {
	c.sentences(func(e *docket.Event, s *docket.Sentence, combined bool) {
		if s.Months == nil {
			return
		}
		least, most, known := c.bounds(r, s.Kind, combined)
		over := *s.Months > most || (*s.Months == most && s.Days != nil && *s.Days > 0)
		if known && (*s.Months < least || over) {
			c.wrong(r, e, "judgment/sentence/months", fmt.Sprintf("%s %d–%s", s.Kind, least, months(most)), spelt(s))
		}
	})
}

// bounds are the shortest and the longest term of a kind, in months; of one
// crime or of several together.
func (c *course) bounds(r *Rule, kind docket.Penalty, combined bool) (least, most int, known bool) {
	switch kind {
	case docket.PublicSurveillance:
		least, most = r.limit("surveillance_min"), r.limit("surveillance_max")
		if combined {
			most = r.limit("surveillance_combined")
		}
	case docket.Detention:
		least, most = r.limit("detention_min"), r.limit("detention_max")
		if combined {
			most = r.limit("detention_combined")
		}
	case docket.FixedTerm:
		least, most = r.limit("term_min"), r.limit("term_max")
		if combined {
			most = r.limit("term_combined")
			if total, known := c.total(); !known || total >= r.limit("long_total") {
				most = r.limit("term_combined_long")
			}
		}
	default:
		return 0, 0, false
	}
	return least, most, true
}

// total is the sum of the crimes' terms; unknown where one of them is.
func (c *course) total() (sum int, known bool) {
	for _, crime := range c.state.Crimes {
		if crime.Sentence == nil || crime.Sentence.Months == nil {
			return 0, false
		}
		if crime.Sentence.Kind == docket.FixedTerm {
			sum += *crime.Sentence.Months
		}
	}
	return sum, true
}

func termWithoutKind(c *course, r *Rule) {
	c.sentences(func(e *docket.Event, s *docket.Sentence, _ bool) {
		switch s.Kind { //nolint:exhaustive // those that have no term
		case docket.Fine, docket.Confiscation, docket.Deportation, docket.ExemptFromPunishment, docket.LifeImprisonment, docket.Death:
			if s.Months != nil && *s.Months > 0 {
				c.wrong(r, e, "judgment/sentence/months", string(s.Kind), spelt(s))
			}
		}
	})
}

func combinedTooShort(c *course, r *Rule) {
	e, s := c.judgmentOfSentence(), c.state.Sentence
	if e == nil || s.Months == nil || len(c.state.Crimes) < 2 {
		return
	}
	longest := 0
	for _, crime := range c.state.Crimes {
		if one := crime.Sentence; one != nil && one.Kind == s.Kind && one.Months != nil {
			longest = max(longest, *one.Months)
		}
	}
	if *s.Months < longest {
		c.wrong(r, e, "judgment/sentence/months", "≥ "+months(longest), spelt(s))
	}
}

func suspensionImpossible(c *course, r *Rule) {
	c.sentences(func(e *docket.Event, s *docket.Sentence, _ bool) {
		if !is(s.Suspended) || s.Kind == "" {
			return
		}
		most := r.limit("months")
		long := s.Months != nil && (*s.Months > most || (*s.Months == most && s.Days != nil && *s.Days > 0))
		if (s.Kind != docket.Detention && s.Kind != docket.FixedTerm) || (s.Kind == docket.FixedTerm && long) {
			c.wrong(r, e, "judgment/sentence/suspended", fmt.Sprintf("%s、%s ≤ %s", docket.Detention, docket.FixedTerm, months(most)), spelt(s))
		}
	})
}

func probationLength(c *course, r *Rule) {
	c.sentences(func(e *docket.Event, s *docket.Sentence, _ bool) {
		if !is(s.Suspended) || s.ProbationMonths == nil {
			return
		}
		var least, most int
		switch s.Kind {
		case docket.Detention:
			least, most = r.limit("detention_min"), r.limit("detention_max")
		case docket.FixedTerm:
			least, most = r.limit("term_min"), r.limit("term_max")
		default:
			return
		}
		if s.Months != nil {
			least = max(least, *s.Months)
		}
		if n := *s.ProbationMonths; n < least || n > most {
			c.wrong(r, e, "judgment/sentence/probation_months", fmt.Sprintf("%d–%s", least, months(most)), months(n))
		}
	})
}

func recidivistSuspended(c *course, r *Rule) {
	if e := c.judgmentOfSentence(); e != nil && is(c.state.Flags.Recidivist) && is(c.state.Sentence.Suspended) {
		c.wrong(r, e, "judgment/sentence/suspended", "累犯不适用缓刑", spelt(c.state.Sentence))
	}
}

func exemptPunished(c *course, r *Rule) {
	e, s := c.judgmentOfSentence(), c.state.Sentence
	if e == nil || !is(s.Exempt) {
		return
	}
	if (s.Kind != "" && s.Kind != docket.ExemptFromPunishment) || (s.FineYuan != nil && *s.FineYuan > 0) || is(s.Suspended) {
		c.wrong(r, e, "judgment/sentence/exempt", string(docket.ExemptFromPunishment), spelt(s))
	}
}

func rightsLength(c *course, r *Rule) {
	if len(c.state.Crimes) > 1 {
		return
	}
	e, s := c.judgmentOfSentence(), c.state.Sentence
	if e == nil || s.RightsMonths == nil || *s.RightsMonths == 0 {
		return
	}
	least, most := r.limit("min"), r.limit("max")
	switch s.Kind {
	case docket.PublicSurveillance:
		if s.Months == nil {
			return
		}
		least, most = *s.Months, *s.Months
	case docket.Detention, docket.FixedTerm, docket.DeprivationOfRights:
	default:
		return
	}
	if n := *s.RightsMonths; n < least || n > most {
		c.wrong(r, e, "judgment/sentence/rights_months", fmt.Sprintf("%d–%s", least, months(most)), months(n))
	}
}
