package simulate

import (
	"fmt"
	"strings"

	"github.com/fengcun/fengcun/internal/policy"
)

// Sweep is the share a pack reaches as one of its parameters is turned, and
// where it crosses a line.
type Sweep struct {
	Pack      string  `json:"pack"`
	Parameter string  `json:"parameter"`
	Line      float64 `json:"line_percent"`
	Crosses   *int64  `json:"crosses,omitempty"` // the first value whose share of persons is at or over the line
	Points    []Point `json:"points"`
}

// Point is one value of a sweep.
type Point struct {
	Value   int64   `json:"value"`
	Persons float64 `json:"persons_percent"`
	Cases   float64 `json:"cases_percent"`
	Apart   float64 `json:"persons_suspended_apart_percent"`
}

// ReportLine is the share that the report's second opinion is measured against,
// in percent.
const ReportLine = 30

// Threshold names the parameter of a pack that is its limit in months, "" if it
// has none: limit_months, or else intentional_months.
func Threshold(p *policy.Pack) string {
	for _, want := range []string{"limit_months", "intentional_months"} {
		if HasParameter(p, want) {
			return want
		}
	}
	return ""
}

// HasParameter says that the pack has a parameter of that name which is a
// number.
func HasParameter(p *policy.Pack, name string) bool {
	for _, param := range p.Parameters {
		if _, number := param.Value.(int64); number && param.Name == name {
			return true
		}
	}
	return false
}

// Sweep evaluates the pack with the parameter at from, from+step and so on up
// to to.
func (f *Facts) Sweep(p *policy.Pack, parameter string, from, to, step int64, by Conventions, workers int) (*Sweep, error) {
	if step < 1 || from > to || (to-from)/step > 1000 {
		return nil, fmt.Errorf("sweep of %s from %d to %d by %d: from is not after to, the step at least 1, the values at most 1000", parameter, from, to, step)
	}
	out := &Sweep{Pack: p.ID, Parameter: parameter, Line: ReportLine}
	for v := from; v <= to; v += step {
		changed, err := p.WithParameters(map[string]any{parameter: v})
		if err != nil {
			return nil, fmt.Errorf("sweep: %w", err)
		}
		a := f.Ask(changed, by, workers)
		all, apart := a.by(func(*profile) int { return 0 })[0].line(""), a.apart().line("")
		out.Points = append(out.Points, Point{v, all.Persons.Percent, all.Cases.Percent, apart.Persons.Percent})
		if out.Crosses == nil && all.Persons.Percent >= out.Line {
			out.Crosses = &v
		}
	}
	return out, nil
}

// layer is the stage of a name under which it is laid over a pack.
func layer(name string) (policy.Stage, bool) {
	switch name {
	case "exclusions":
		return policy.Exclusions, true
	case "first-offender":
		return policy.FirstOffence, true
	case "extra":
		return policy.Extra, true
	}
	return "", false
}

// Lay lays layers of another pack over p: exclusions, first-offender, extra. A
// stage that p has already is left as it is.
func Lay(p, from *policy.Pack, names []string) (*policy.Pack, []string, error) {
	var laid []string
	for _, name := range names {
		stage, ok := layer(name)
		if !ok {
			return nil, nil, fmt.Errorf("%q is no layer; the layers are exclusions, first-offender and extra", name)
		}
		if hasStage(p, stage) {
			continue
		}
		over, err := p.Overlay(from, stage)
		if err != nil {
			return nil, nil, err
		}
		p, laid = over, append(laid, strings.Join([]string{name, from.ID}, " of "))
	}
	return p, laid, nil
}

func hasStage(p *policy.Pack, stage policy.Stage) bool {
	for _, r := range p.Rules() {
		if r.Stage == stage {
			return true
		}
	}
	return false
}
