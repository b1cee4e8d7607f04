package desk

import (
	"math"
	"testing"

	"github.com/fengcun/fengcun/internal/web/pages"
)

// The page shows the report's five numbers, the whole funnel and a sweep that
// rises through its line.
func TestSimulationPage(t *testing.T) {
	page, err := simulation()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := page.(pages.Simulation)
	if !ok || len(p.Rows) != 5 || len(p.Funnel) != 4 || p.Persons != 1_600_000 {
		t.Fatalf("%+v", page)
	}
	for _, r := range p.Rows {
		shown := 0
		for _, c := range r.Cells {
			if c.Shown {
				shown++
			}
		}
		if len(r.Cells) != 4 || shown != 1 || r.Agreement.IsZero() || r.Title.Zh == "" {
			t.Errorf("%s: %+v", r.Pack, r)
		}
	}
	values := p.Sweep.Data.Series[0].Values
	if values[0] >= 30 || math.Abs(values[3]-58) > 0.1 || len(values) != len(p.Sweep.Data.Labels) {
		t.Errorf("sweep: %v", values)
	}
}
