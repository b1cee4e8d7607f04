package desk

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/simulate"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
	"github.com/fengcun/fengcun/packs"
)

// simulateRoutes shows the report's table. It is counted on synthetic facts
// and is the same for everybody, so it is made once, when first asked for.
func (o *Office) simulateRoutes(mux *http.ServeMux) {
	page := sync.OnceValues(simulation)
	o.show(mux, "/simulate", func(*http.Request) (pages.Page, error) { return page() })
}

func simulation() (pages.Page, error) {
	facts, err := simulate.National(simulate.DefaultAssumptions())
	if err != nil {
		return nil, err
	}
	by := simulate.Conventions{On: civil.New(simulate.NationalYear, 12, 31)}
	source := facts.Source("", "")
	page := pages.Simulation{Persons: int(source.Persons), Cases: int(source.Cases)}
	var all []*policy.Pack
	for _, id := range append(simulate.ReportPacks(), "cn-adult-preferred") {
		p, err := packs.Open(id)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	preferred := all[len(all)-1]
	table := facts.Report("", true, all[:len(all)-1], by, 0)
	for i := range table.Rows {
		page.Rows = append(page.Rows, simulationRow(&table.Rows[i]))
	}
	result := facts.Ask(preferred, by, 0).Result(preferred, by.On)
	for _, s := range result.Funnel {
		page.Funnel = append(page.Funnel, simulationStep(s))
	}
	second, err := packs.Open("cn-adult-opinion-2")
	if err != nil {
		return nil, err
	}
	sweep, err := facts.Sweep(second, simulate.Threshold(second), 3, 36, 3, by, 0)
	if err != nil {
		return nil, err
	}
	page.Sweep = sweepChart(sweep)
	return page, nil
}

func simulationRow(r *simulate.ReportRow) pages.SimulationRow {
	out := pages.SimulationRow{
		Title: locale.Both(r.Title), Pack: r.Pack, Reported: fmt.Sprintf("%s%v%%", r.Relation, r.Reported), Note: locale.Both(r.Note),
	}
	for _, name := range simulate.Countings() {
		c := r.Cell(name)
		out.Cells = append(out.Cells, pages.SimulationCell{Percent: percent(c.Percent), Shown: name == r.Counting})
	}
	switch r.Shown().Agreement {
	case simulate.ByCalibration:
		out.Agreement = locale.T("simulation.calibrated")
	case simulate.Prediction:
		out.Agreement = locale.T("simulation.prediction")
	case simulate.Measured:
		out.Agreement = locale.T("simulation.measured")
	}
	return out
}

func percent(x float64) string { return fmt.Sprintf("%.2f%%", x) }

func simulationStep(s simulate.Step) pages.SimulationStep {
	out := pages.SimulationStep{Percent: percent(s.Percent)}
	if s.Open > 0 {
		out.Open = percent(s.OpenPercent)
	}
	switch s.Stage {
	case policy.Threshold:
		out.Stage = locale.T("simulation.threshold")
	case policy.Exclusions:
		out.Stage = locale.T("simulation.exclusions")
	case policy.FirstOffence:
		out.Stage = locale.T("simulation.first-offence")
	case policy.Extra:
		out.Stage = locale.T("simulation.extra")
	}
	return out
}

// sweepChart draws the share against the threshold, with the line. The names
// of its series are said in both languages: a chart's data has no translation.
func sweepChart(s *simulate.Sweep) *parts.Chart {
	data := parts.ChartData{Kind: "line", Series: []parts.Series{
		{Name: "含缓刑 / suspended inside"}, {Name: "缓刑另计 / apart"}, {Name: fmt.Sprintf("%v%%", s.Line)},
	}}
	for _, p := range s.Points {
		data.Labels = append(data.Labels, fmt.Sprint(p.Value))
		for i, v := range []float64{p.Persons, p.Apart, s.Line} {
			data.Series[i].Values = append(data.Series[i].Values, v)
		}
	}
	return &parts.Chart{ID: "sweep", Title: locale.T("simulation.sweep"), Data: data}
}
