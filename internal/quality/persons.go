package quality

import (
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
)

// Accuracy of who it is: an agency's last word counts, and one value stands.

func birthDiffers(c *course, r *Rule) {
	c.differ(r, "identity/birth", func(p docket.Identity) string { return p.Birth.String() })
}

func sexDiffers(c *course, r *Rule) {
	c.differ(r, "identity/sex", func(p docket.Identity) string { return p.Sex })
}

// nameDiffers compares names for one document number alone: without one the
// name is what made them one.
func nameDiffers(c *course, r *Rule) {
	for _, e := range c.events {
		if part(e).Identity.MatchKey() == "" {
			return
		}
	}
	known := c.state.Identity.Aliases
	c.differ(r, "identity/name", func(p docket.Identity) string {
		if slices.Contains(known, p.Name) {
			return ""
		}
		return plainName(p.Name)
	})
}

// plainName leaves out what is written one way or another in a name.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '·' || r == '・' || r == '　' || r == '.' {
			return -1
		}
		return r
	}, name)
}

// differ reports each agency whose last word is another than the one that
// stands.
func (c *course) differ(r *Rule, field string, of func(docket.Identity) string) {
	words := c.words(of)
	stands := c.stands(words)
	for _, w := range words {
		if w.Says == stands {
			continue
		}
		f := Finding{Rule: r.ID, Agency: idOf(w.Source), Since: w.Date, Field: field, Expected: stands, Stated: w.Says, Statements: []Statement{w}}
		for _, o := range words {
			if o.Says == stands {
				f.Statements = append(f.Statements, o)
			}
		}
		c.report(f)
	}
}

// words are the last thing that each agency says, in the order in which they
// first said something.
func (c *course) words(of func(docket.Identity) string) (out []Statement) {
	for _, e := range c.events {
		value := of(part(e).Identity)
		if value == "" {
			continue
		}
		i := slices.IndexFunc(out, func(s Statement) bool { return s.Source == e.Source })
		if i < 0 {
			out = append(out, say(e, value))
		} else {
			out[i] = say(e, value)
		}
	}
	return out
}

// stands is the value that stands: a court's, else that of most, else the first.
func (c *course) stands(words []Statement) (value string) {
	votes := make(map[string]int)
	for _, w := range words {
		if c.who.kind(w.Source) == agency.Court {
			votes[w.Says] += len(words)
		}
		votes[w.Says]++
	}
	for _, w := range words {
		if value == "" || votes[w.Says] > votes[value] {
			value = w.Says
		}
	}
	return value
}

func numberContradicts(c *course, r *Rule) {
	for _, e := range c.events {
		p := part(e).Identity
		if c.who.kind(e.Source) == agency.Court || p.Number == "" {
			continue
		}
		numbered := docket.Identity{Unit: p.Unit, Document: p.Document, Number: p.Number}
		if born := numbered.Born(); !born.IsZero() && !p.Birth.IsZero() && born != p.Birth {
			c.wrong(r, e, "identity/birth", born.String(), p.Birth.String())
		}
		if sex := numbered.Gender(); sex != "" && p.Sex != "" && sex != p.Sex {
			c.wrong(r, e, "identity/sex", sex, p.Sex)
		}
	}
}

func ageAtOffence(c *course, r *Rule) {
	s := &c.state
	if s.Kind != docket.Conviction {
		return
	}
	e := c.lastJudgment()
	if e == nil {
		return
	}
	born := s.Identity.Born()
	if !born.IsZero() && !s.OffenceDate.IsZero() && s.OffenceDate.Before(born.AddYears(r.limit("years")).AddDays(1)) {
		c.wrong(r, e, "judgment/crimes/offence_date", "≥ "+born.AddYears(r.limit("years")).AddDays(1).String(), s.OffenceDate.String())
	}
}
