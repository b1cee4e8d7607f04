package simulate

import (
	"cmp"
	"math"
	"slices"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
)

// Count is how many of some persons, or cases, a pack reaches. Reached is
// sealed at once or after an observation; what an unknown attribute leaves open
// is Review, so the truth lies between Percent and Percent + ReviewPercent.
type Count struct {
	Total         float64 `json:"total"`
	Reached       float64 `json:"reached"`
	Observed      float64 `json:"after_observation"` // of those reached
	Review        float64 `json:"review"`
	Percent       float64 `json:"percent"` // of the total, reached
	ReviewPercent float64 `json:"review_percent"`
}

// Line is one line of a breakdown: counted by persons and by cases. A person
// counts for as much of a case as falls to each of its defendants.
type Line struct {
	Key     string `json:"key"`
	Persons Count  `json:"persons"`
	Cases   Count  `json:"cases"`
}

// Step is one step of the funnel: who passes it and all before it. Open is who
// might, if what is unknown were known.
type Step struct {
	Stage       policy.Stage `json:"stage"`
	Persons     float64      `json:"persons"`
	Percent     float64      `json:"percent"`
	Open        float64      `json:"open"`
	OpenPercent float64      `json:"open_percent"`
	Cases       float64      `json:"cases"`
}

// Result is what one pack reaches.
type Result struct {
	Pack      string      `json:"pack"`
	Version   string      `json:"version"`
	Digest    string      `json:"digest"`
	Title     policy.Text `json:"title"`
	Layers    []string    `json:"layers,omitempty"`
	On        civil.Date  `json:"on"`
	All       Line        `json:"all"`             // suspended sentences counted as what they are
	Apart     Line        `json:"suspended_apart"` // suspended sentences in a class of their own, never reached
	Funnel    []Step      `json:"funnel"`
	Crime     []Line      `json:"by_crime"`
	Penalty   []Line      `json:"by_penalty"`
	Suspended []Line      `json:"by_suspended"`
	Region    []Line      `json:"by_region"`
	Year      []Line      `json:"by_year"`
}

// tally counts outcomes.
type tally [outcomeCount]total

func (t *tally) line(key string) Line {
	l := Line{Key: key}
	for _, c := range []struct {
		to *Count
		of func(total) float64
	}{
		{&l.Persons, func(t total) float64 { return float64(t.persons) }},
		{&l.Cases, func(t total) float64 { return float64(t.cases) / caseUnit }},
	} {
		at, later, review := c.of(t[sealNow]), c.of(t[sealLater]), c.of(t[toReview])
		sum := at + later + review + c.of(t[kept])
		*c.to = Count{
			Total: round(sum, 2), Reached: round(at+later, 2), Observed: round(later, 2), Review: round(review, 2),
			Percent: percent(at+later, sum), ReviewPercent: percent(review, sum),
		}
	}
	return l
}

func round(x float64, digits int) float64 {
	p := math.Pow10(digits)
	return math.Round(x*p) / p
}

// percent is part of whole in percent, to four places; 0 of nothing is 0.
func percent(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return round(100*part/whole, 4)
}

// Result sums the answers up.
func (a *Answers) Result(p *policy.Pack, on civil.Date) *Result {
	all := a.by(func(*profile) int { return 0 })[0]
	apart := a.apart()
	r := &Result{
		Pack: p.ID, Version: p.Version, Digest: p.Digest, Title: p.Title, On: on,
		All: all.line("all"), Apart: apart.line("suspended apart"), Funnel: a.funnel(),
		Crime:   a.lines(func(p *profile) int { return mainCrime(p) }, a.crimeName),
		Penalty: a.lines(func(p *profile) int { return int(p.kinds) }, penaltyName),
		Suspended: a.lines(func(p *profile) int { return int(p.suspended) }, func(k int) string {
			return [...]string{"unknown", "not suspended", "suspended"}[k]
		}),
		Year:   a.lines(func(p *profile) int { return int(p.year) }, yearName),
		Region: a.regions(),
	}
	slices.SortStableFunc(r.Crime, func(x, y Line) int { return cmp.Compare(y.Persons.Total, x.Persons.Total) })
	return r
}

// by tallies the profiles by a property.
func (a *Answers) by(of func(*profile) int) map[int]*tally {
	out := map[int]*tally{0: {}}
	for i := range a.of {
		p := &a.facts.profiles[i]
		t := out[of(p)]
		if t == nil {
			t = &tally{}
			out[of(p)] = t
		}
		t[a.of[i].outcome].add(a.facts.totals[i])
	}
	return out
}

func (a *Answers) lines(of func(*profile) int, name func(int) string) []Line {
	tallies := a.by(of)
	keys := make([]int, 0, len(tallies))
	for k, t := range tallies {
		if *t != (tally{}) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	lines := make([]Line, len(keys))
	for i, k := range keys {
		lines[i] = tallies[k].line(name(k))
	}
	return lines
}

// apart is the counting in which suspended sentences stand in a column of their
// own: whoever is reached there is not counted as reached here.
func (a *Answers) apart() *tally {
	var t tally
	for i, ans := range a.of {
		to := ans.outcome
		switch s := a.facts.profiles[i].suspended; {
		case to == kept || s == policy.False || !a.facts.profiles[i].suspendable():
		case s == policy.True:
			to = kept
		default:
			to = toReview
		}
		t[to].add(a.facts.totals[i])
	}
	return &t
}

// suspendable says that 缓刑 is possible at all: only for 拘役 and 有期徒刑
// (刑法 72).
func (p *profile) suspendable() bool {
	return p.kinds == 0 || p.kinds&(penaltyBit(docket.Detention)|penaltyBit(docket.FixedTerm)) != 0
}

func (a *Answers) funnel() []Step {
	steps := make([]Step, stages)
	var sum total
	var sure, open [stages]total
	for i, ans := range a.of {
		t := a.facts.totals[i]
		sum.add(t)
		for k, passed := range ans.passed {
			switch passed {
			case policy.True:
				sure[k].add(t)
			case policy.Unknown:
				open[k].add(t)
			case policy.False:
			}
		}
	}
	for k, stage := range policy.Stages() {
		persons, maybe := float64(sure[k].persons), float64(open[k].persons)
		steps[k] = Step{
			Stage: stage, Persons: persons, Percent: percent(persons, float64(sum.persons)),
			Open: maybe, OpenPercent: percent(maybe, float64(sum.persons)), Cases: round(float64(sure[k].cases)/caseUnit, 2),
		}
	}
	return steps
}

func (a *Answers) regions() []Line {
	var lines []Line
	for i := range a.region {
		t := tally(a.region[i])
		if t == (tally{}) {
			continue
		}
		name := regions[i].name
		if i == 0 {
			name = "unknown"
		}
		lines = append(lines, t.line(name))
	}
	return lines
}

func mainCrime(p *profile) int {
	if p.charges == "" {
		return 0
	}
	return int(chargeAt(p.charges, 0).crime)
}

func (a *Answers) crimeName(n int) string {
	if n == 0 {
		return "unknown"
	}
	return a.facts.names[n]
}
