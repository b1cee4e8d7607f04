package province

import (
	"math/rand/v2"
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
)

// WithFaults makes some of the reports faulty, as they are: one of a case is
// lost, or a case is not reported on, or something in a report cannot be. What
// happened in the province stays as lawful as it was.
func (p *Province) WithFaults() *Province {
	p.faulty = true
	return p
}

// faultyCases is how many cases of a thousand have a fault in their reports.
const faultyCases = 30

// reported is what the agencies report of a case: what happened, and of some
// cases with a fault. The people of the guided tour have none.
func (p *Province) reported(pl *plan) []*docket.Event {
	events := p.tell(pl).events
	rng := p.rng(1<<50 + uint64(pl.index)) //nolint:gosec // an index
	if !p.faulty || pl.script != nil || rng.IntN(1000) >= faultyCases {
		return events
	}
	if rng.IntN(3) == 0 {
		return unreported(rng, events)
	}
	return misreported(rng, events)
}

// unreported loses an event, or all from one on.
func unreported(rng *rand.Rand, events []*docket.Event) []*docket.Event {
	i := rng.IntN(len(events))
	if rng.IntN(2) == 0 && i > 0 {
		return events[:i]
	}
	return slices.Delete(slices.Clone(events), i, i+1)
}

// misreported puts one mistake into the first report that can have it, the
// kinds of mistake in an order that is drawn.
func misreported(rng *rand.Rand, events []*docket.Event) []*docket.Event {
	kinds := mistakes()
	rng.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, spoil := range kinds {
		for _, e := range events {
			wrong := copyOf(e)
			if spoil(wrong, &wrong.Data.Persons[0]) {
				return replaced(events, e, wrong)
			}
		}
	}
	return events
}

// replaced puts one event in the place of another, wherever that was sent.
func replaced(events []*docket.Event, old, by *docket.Event) []*docket.Event {
	out := slices.Clone(events)
	for i := range out {
		if out[i] == old {
			out[i] = by
		}
	}
	return out
}

// copyOf is an event whose first person can be changed alone.
func copyOf(e *docket.Event) *docket.Event {
	c := *e
	c.Data.Persons = slices.Clone(e.Data.Persons)
	if len(c.Data.Persons) == 0 {
		c.Data.Persons = []docket.Part{{}} // a retraction: nothing fits it
		return &c
	}
	p := &c.Data.Persons[0]
	if p.Judgment != nil {
		j := *p.Judgment
		if j.Crimes = slices.Clone(j.Crimes); j.Sentence != nil {
			s := *j.Sentence
			j.Sentence = &s
		}
		p.Judgment = &j
	}
	if p.Execution != nil {
		x := *p.Execution
		p.Execution = &x
	}
	return &c
}

// mistakes are what clerks get wrong. Each says whether the report can have it.
func mistakes() []func(*docket.Event, *docket.Part) bool {
	sentence := func(p *docket.Part) *docket.Sentence {
		if p.Judgment == nil || p.Judgment.Sentence == nil {
			return nil
		}
		return p.Judgment.Sentence
	}
	return []func(*docket.Event, *docket.Part) bool{
		func(_ *docket.Event, p *docket.Part) bool { // a digit of the birthday
			had := !p.Identity.Birth.IsZero()
			p.Identity.Birth = p.Identity.Birth.AddYears(-10)
			return had
		},
		func(_ *docket.Event, p *docket.Part) bool {
			other := map[string]string{"男": "女", "女": "男"}[p.Identity.Sex]
			p.Identity.Sex = other
			return other != ""
		},
		func(_ *docket.Event, p *docket.Part) bool { // a nought too many
			s := sentence(p)
			if s == nil || s.Kind != ft || s.Months == nil || *s.Months < 20 || *s.Months > 30 { // more would be refused
				return false
			}
			s.Months = ptr(*s.Months * 10)
			return true
		},
		func(_ *docket.Event, p *docket.Part) bool { // the term where the probation belongs
			s := sentence(p)
			if s == nil || s.Kind != ft || !is(s.Suspended) || s.Months == nil || *s.Months >= 12 {
				return false
			}
			s.ProbationMonths = s.Months
			return true
		},
		func(e *docket.Event, p *docket.Part) bool { // the year of the end
			x := p.Execution
			if e.Type != docket.ExecutionStarted || x == nil || x.End.IsZero() {
				return false
			}
			x.End = x.End.AddYears(1)
			return true
		},
		func(e *docket.Event, _ *docket.Part) bool { // the year before
			if e.Type != docket.JudgmentEffective {
				return false
			}
			e.Data.Date = e.Data.Date.AddYears(-1)
			return true
		},
		func(_ *docket.Event, p *docket.Part) bool {
			s := sentence(p)
			if s == nil || !is(s.Suspended) || p.Judgment.Flags.Recidivist == nil {
				return false
			}
			p.Judgment.Flags.Recidivist = ptr(true)
			return true
		},
	}
}

// Slow says that an agency's system sends what was recorded once a week.
func (p *Province) Slow(agencyID string) bool {
	return p.faulty && slices.Contains([]string{p.counties[1].courtID(), p.counties[2].corrections(), prisonMenID}, agencyID)
}
