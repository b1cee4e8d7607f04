package province_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
)

// census is the records of the province, folded from its events.
type census struct {
	records     []docket.State
	cases       map[string]int // persons by case
	drunk       map[string]bool
	events      int
	convictions []docket.State
}

func count(p *province.Province) *census {
	type key struct{ number, person string }
	of := make(map[key][]*docket.Event)
	var order []key
	c := &census{cases: make(map[string]int), drunk: make(map[string]bool)}
	for e := range p.Events() {
		c.events++
		for i := range e.Data.Persons {
			k := key{e.Data.Numbers[0].No, e.Data.Persons[i].Identity.Number}
			if of[k] == nil {
				order = append(order, k)
			}
			of[k] = append(of[k], e.About(i))
		}
	}
	for _, k := range order {
		s := docket.Fold(of[k])
		c.records = append(c.records, s)
		c.cases[k.number]++
		if s.Kind == docket.Conviction {
			c.convictions = append(c.convictions, s)
			if s.Crimes[0].Name == "危险驾驶罪" {
				c.drunk[k.number] = true
			}
		}
	}
	return c
}

func (c *census) share(of func(docket.State) bool) float64 {
	n := 0
	for _, s := range c.convictions {
		if of(s) {
			n++
		}
	}
	return 100 * float64(n) / float64(len(c.convictions))
}

func months(s docket.State) int {
	if s.Sentence == nil || s.Sentence.Months == nil {
		return 0
	}
	return *s.Sentence.Months
}

func yes(b *bool) bool { return b != nil && *b }

// TestSharesResembleTheNation holds the province against national figures.
// The bounds are wide: the figures themselves are known to a point or two.
//
//   - at most one year of imprisonment, suspended or not: 58% of persons, more
//     than half; at most 拘役 and not suspended: 16.1% (research report)
//   - more than three years: 13.48% in 2023
//   - suspended: 25% to 30% of all punished
//   - dangerous driving: 22.96% of first-instance cases in 2024
//   - acquitted: 4 to 6 of 10,000, here a little more
func TestSharesResembleTheNation(t *testing.T) {
	c := count(province.New(1, 20000, first, last))
	judged := make(map[string]bool)
	several, negligent := 0, 0
	for number, persons := range c.cases {
		if persons > 1 {
			several++
		}
		judged[number] = true
	}
	for _, s := range c.convictions {
		if s.Crimes[0].MensRea == docket.Negligence {
			negligent++
		}
	}
	kinds := make(map[docket.Kind]int)
	for _, s := range c.records {
		kinds[s.Kind]++
	}
	t.Logf("%d events, %d records, %d cases, %d convictions; kinds %v; several defendants %d; negligent %d",
		c.events, len(c.records), len(c.cases), len(c.convictions), kinds, several, negligent)
	gravity := func(s docket.State) int { return s.Sentence.Kind.Gravity() }
	term := docket.FixedTerm.Gravity()
	for _, m := range []struct {
		what     string
		low, top float64
		of       func(docket.State) bool
	}{
		{"at most one year", 53, 64, func(s docket.State) bool { return gravity(s) < term || (gravity(s) == term && months(s) <= 12) }},
		{"at most three years", 82, 89, func(s docket.State) bool { return gravity(s) < term || (gravity(s) == term && months(s) <= 36) }},
		{"more than three years", 11, 16, func(s docket.State) bool { return gravity(s) > term || (gravity(s) == term && months(s) > 36) }},
		{"at most 拘役, not suspended", 13, 20, func(s docket.State) bool { return gravity(s) < term && !yes(s.Sentence.Suspended) }},
		{"suspended", 25, 34, func(s docket.State) bool { return yes(s.Sentence.Suspended) }},
		{"管制", 0.2, 2, func(s docket.State) bool { return s.Sentence.Kind == docket.PublicSurveillance }},
		{"单处罚金", 0.5, 3, func(s docket.State) bool { return s.Sentence.Kind == docket.Fine }},
		{"免予刑事处罚", 0.2, 1.5, func(s docket.State) bool { return s.Sentence.Kind == docket.ExemptFromPunishment }},
		{"drugs", 2, 6, func(s docket.State) bool {
			return s.Crimes[0].Name == "贩卖毒品罪" || s.Crimes[0].Name == "容留他人吸毒罪"
		}},
		{"累犯", 1, 8, func(s docket.State) bool { return yes(s.Flags.Recidivist) }},
		{"completion known", 50, 85, func(s docket.State) bool { return !s.CompletedDate.IsZero() }},
	} {
		if got := c.share(m.of); got < m.low || got > m.top {
			t.Errorf("%s: %.1f%% of the convicted, want %.0f to %.0f", m.what, got, m.low, m.top)
		} else {
			t.Logf("%s: %.1f%%", m.what, got)
		}
	}
	drunk := 100 * float64(len(c.drunk)) / float64(casesWith(c))
	within(t, "dangerous driving among judged cases", drunk, 20, 27)
	within(t, "cases with several defendants", 100*float64(several)/float64(len(c.cases)), 11, 20)
	within(t, "not prosecuted among records", 100*float64(kinds[docket.NonProsecution])/float64(len(c.records)), 9, 20)
	within(t, "public order among records", 100*float64(kinds[docket.PublicOrder])/float64(len(c.records)), 5, 10)
	within(t, "acquitted among records", 100*float64(kinds[docket.Acquittal])/float64(len(c.records)), 0.01, 0.3)
	within(t, "events a person", float64(c.events)/20000, 5.5, 7.5)
	within(t, "events of the ten years", float64(c.events), 120000, 145000)
}

func casesWith(c *census) int {
	judged := make(map[string]bool)
	for _, s := range c.convictions {
		judged[s.Numbers[0].No] = true
	}
	return len(judged)
}

func within(t *testing.T, what string, got, low, top float64) {
	t.Helper()
	if got < low || got > top {
		t.Errorf("%s: %.2f, want %.2f to %.2f", what, got, low, top)
	} else {
		t.Logf("%s: %.2f", what, got)
	}
}
