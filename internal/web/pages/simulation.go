package pages

import (
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Simulation sets what the simulator finds beside what the research report
// prints, and one rule beside another, for those who decide on a rule. It shows
// no record of the platform.
type Simulation struct {
	Persons  int // in the facts it is counted on
	Cases    int
	Rows     []SimulationRow
	Labelled []SimulationRow // the same over judgments to which nothing was calibrated
	Judged   int             // how many those are
	Form     []parts.Field   // which rules, which layers
	Packs    []SimulationPack
	Funnel   []SimulationLine
	Steps    *parts.Chart
	Sweep    *parts.Chart // nil where no rule has a threshold to turn
	Crosses  []SimulationCrossing
	Parts    []SimulationPart
	CSV      string // addresses of the same as files
	JSON     string
}

// SimulationRow is one number of the report and four ways of counting it.
type SimulationRow struct {
	Title     locale.Both
	Pack      string
	Reported  string // "≈58%"
	Cells     []SimulationCell
	Agreement locale.Text // what it means that the two agree
	Sure      bool        // the agreement tells something
	Note      locale.Both
}

// SimulationCell is one share; Open is what unknown attributes leave open, or
// "". Shown marks the counting that the report's number is of. Bar is the share
// as a number from 0 to 100.
type SimulationCell struct {
	Percent string
	Open    string
	Shown   bool
	Bar     float64
}

// SimulationPack is one rule and what it reaches, in the four countings.
type SimulationPack struct {
	Title    locale.Both
	Pack     string
	Layers   []locale.Text
	Cells    []SimulationCell
	Observed string // of the persons reached, those after an observation
}

// SimulationLine is one line of a table with a share for each rule.
type SimulationLine struct {
	Key   locale.Text
	Total string // persons; "" in the funnel
	Cells []SimulationCell
}

// SimulationCrossing says at which threshold a rule first reaches the report's
// line; Value is "" where it never does.
type SimulationCrossing struct{ Pack, Value, Line string }

// SimulationPart is one way of dividing the persons.
type SimulationPart struct {
	ID    string // unique in the page
	Title locale.Text
	Lines []SimulationLine
	More  int // lines that only the files have
}

// Name of the template.
func (Simulation) Name() string { return "simulation" }

// Header of the page.
func (p Simulation) Header() parts.Header {
	h := parts.Header{
		Title: locale.T("simulation.title"), Lead: locale.T("simulation.lead"), Section: "/simulate", Charts: true,
		Crumbs: []parts.Link{crumb("nav.home", "/")},
	}
	if p.CSV != "" {
		h.Actions = []parts.Link{
			{Text: locale.T("simulation.csv"), Href: p.CSV, Icon: "download"}, {Text: locale.T("simulation.json"), Href: p.JSON, Icon: "download"},
		}
	}
	return h
}
