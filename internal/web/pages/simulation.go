package pages

import (
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Simulation sets what the simulator finds beside what the research report
// prints, for those who decide on a rule. It shows no record of the platform.
type Simulation struct {
	Persons int // in the facts it is counted on
	Cases   int
	Rows    []SimulationRow
	Funnel  []SimulationStep // of the research group's preference
	Sweep   *parts.Chart
}

// SimulationRow is one number of the report and four ways of counting it.
type SimulationRow struct {
	Title     locale.Both
	Pack      string
	Reported  string // "≈58%"
	Cells     []SimulationCell
	Agreement locale.Text // what it means that the two agree
	Note      locale.Both
}

// SimulationCell is one counting; Shown is the one the report's number is of.
type SimulationCell struct {
	Percent string
	Shown   bool
}

// SimulationStep is who passes a stage of the funnel and all before it.
type SimulationStep struct {
	Stage   locale.Text
	Percent string
	Open    string // what unknown attributes leave open, or ""
}

// Name of the template.
func (Simulation) Name() string { return "simulation" }

// Header of the page.
func (Simulation) Header() parts.Header {
	return parts.Header{
		Title: locale.T("simulation.title"), Lead: locale.T("simulation.lead"), Section: "/simulate", Charts: true,
		Crumbs: []parts.Link{crumb("nav.home", "/")},
	}
}
