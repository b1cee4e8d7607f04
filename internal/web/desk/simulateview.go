package desk

import (
	"fmt"
	"strings"

	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/simulate"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
	"github.com/fengcun/fengcun/packs"
)

// longest is how many lines of a breakdown the page shows.
const longest = 15

func (s *simulator) page(q question) (pages.Page, error) {
	c, err := s.compare(q)
	if err != nil {
		return nil, err
	}
	query := "?" + q.values().Encode()
	page := pages.Simulation{
		Persons: int(c.Facts.Persons), Cases: int(c.Facts.Cases), Judged: simulate.LabelledPersons,
		CSV: "/simulate/data.csv" + query, JSON: "/simulate/data.json" + query,
		Rows: reportRows(c.Report), Labelled: reportRows(simulate.Labelled(c.Report)),
		Steps: stepsChart(c.Packs), Sweep: sweepChart(c.Sweeps), Funnel: funnelLines(c.Packs),
	}
	if page.Form, err = simulationForm(q); err != nil {
		return nil, err
	}
	for _, r := range c.Packs {
		page.Packs = append(page.Packs, simulationPack(r))
	}
	for _, sw := range c.Sweeps {
		x := pages.SimulationCrossing{Pack: sw.Pack, Line: fmt.Sprint(sw.Line)}
		if sw.Crosses != nil {
			x.Value = fmt.Sprint(*sw.Crosses)
		}
		page.Crosses = append(page.Crosses, x)
	}
	for _, b := range []struct {
		id string
		of func(*simulate.Result) []simulate.Line
	}{
		{"penalty", func(r *simulate.Result) []simulate.Line { return r.Penalty }},
		{"suspended", func(r *simulate.Result) []simulate.Line { return r.Suspended }},
		{"crime", func(r *simulate.Result) []simulate.Line { return r.Crime }},
		{"region", func(r *simulate.Result) []simulate.Line { return r.Region }},
		{"year", func(r *simulate.Result) []simulate.Line { return r.Year }},
	} {
		page.Parts = append(page.Parts, simulationPart(b.id, c.Packs, b.of))
	}
	return page, nil
}

// simulationForm offers the packs and the layers.
func simulationForm(q question) ([]parts.Field, error) {
	known, err := packs.Load()
	if err != nil {
		return nil, err
	}
	var options []parts.Option
	for _, p := range known {
		options = append(options, parts.Option{Value: p.ID, Label: locale.Plain(p.ID + " " + p.Title.Zh)})
	}
	second := ""
	if len(q.packs) > 1 {
		second = q.packs[1]
	}
	var layers []parts.Option
	for _, l := range layerNames() {
		layers = append(layers, parts.Option{Value: l, Label: layerText(l), Hint: locale.T("simulation.hint-" + l)})
	}
	return []parts.Field{
		{Name: "a", Control: parts.Choice, Label: locale.T("simulation.pack-a"), Value: q.packs[0], Options: options},
		{
			Name: "b", Control: parts.Choice, Label: locale.T("simulation.pack-b"), Value: second,
			Options: append([]parts.Option{{Label: locale.T("simulation.none")}}, options...),
		},
		{
			Name: "layer", Control: parts.Checks, Label: locale.T("simulation.layers"), Hint: locale.T("simulation.layers-hint"),
			Values: q.layers, Options: layers,
		},
	}, nil
}

func layerText(name string) locale.Text {
	switch name {
	case "exclusions":
		return locale.T("simulation.exclusions")
	case "first-offender":
		return locale.T("simulation.first-offence")
	}
	return locale.T("simulation.extra")
}

func reportRows(table *simulate.ReportTable) []pages.SimulationRow {
	rows := make([]pages.SimulationRow, len(table.Rows))
	for i := range table.Rows {
		rows[i] = simulationRow(&table.Rows[i])
	}
	return rows
}

func simulationRow(r *simulate.ReportRow) pages.SimulationRow {
	out := pages.SimulationRow{
		Title: locale.Both(r.Title), Pack: r.Pack, Reported: fmt.Sprintf("%s%v%%", r.Relation, r.Reported), Note: locale.Both(r.Note),
	}
	for _, name := range simulate.Countings() {
		c := r.Cell(name)
		cell := share(c.Percent, c.ReviewPercent)
		cell.Shown = name == r.Counting
		out.Cells = append(out.Cells, cell)
	}
	switch r.Shown().Agreement {
	case simulate.ByCalibration:
		out.Agreement = locale.T("simulation.calibrated")
	case simulate.Prediction:
		out.Agreement, out.Sure = locale.T("simulation.prediction"), true
	case simulate.Measured:
		out.Agreement, out.Sure = locale.T("simulation.measured"), true
	}
	return out
}

func percent(x float64) string { return fmt.Sprintf("%.2f%%", x) }

func share(known, open float64) pages.SimulationCell {
	c := pages.SimulationCell{Percent: percent(known), Bar: known}
	if open > 0 {
		c.Open = percent(open)
	}
	return c
}

func shareOf(c simulate.Count) pages.SimulationCell { return share(c.Percent, c.ReviewPercent) }

func simulationPack(r *simulate.Result) pages.SimulationPack {
	out := pages.SimulationPack{Title: locale.Both(r.Title), Pack: r.Pack, Observed: "—"}
	for _, c := range []simulate.Count{r.All.Persons, r.Apart.Persons, r.All.Cases, r.Apart.Cases} {
		out.Cells = append(out.Cells, shareOf(c))
	}
	if all := r.All.Persons; all.Observed > 0 {
		out.Observed = percent(100 * all.Observed / all.Total)
	}
	for _, l := range r.Layers {
		name, _, _ := strings.Cut(l, " ")
		out.Layers = append(out.Layers, layerText(name))
	}
	return out
}

func stageText(s policy.Stage) locale.Text {
	switch s {
	case policy.Threshold:
		return locale.T("simulation.threshold")
	case policy.Exclusions:
		return locale.T("simulation.exclusions")
	case policy.FirstOffence:
		return locale.T("simulation.first-offence")
	case policy.Extra:
	}
	return locale.T("simulation.extra")
}

func funnelLines(results []*simulate.Result) []pages.SimulationLine {
	lines := make([]pages.SimulationLine, len(results[0].Funnel))
	for i := range lines {
		lines[i].Key = stageText(results[0].Funnel[i].Stage)
		for _, r := range results {
			lines[i].Cells = append(lines[i].Cells, share(r.Funnel[i].Percent, r.Funnel[i].OpenPercent))
		}
	}
	return lines
}

// stepsChart draws the funnel. A chart's data has no translation, so its words
// stand in both languages.
func stepsChart(results []*simulate.Result) *parts.Chart {
	data := parts.ChartData{Kind: "bar", Labels: []string{"门槛 threshold", "排除 exclusions", "初犯 first offence", "附加 extra"}}
	for _, r := range results {
		s := parts.Series{Name: r.Pack}
		for _, step := range r.Funnel {
			s.Values = append(s.Values, step.Percent)
		}
		data.Series = append(data.Series, s)
	}
	return &parts.Chart{ID: "steps", Title: locale.T("simulation.steps"), Data: data, Height: "low"}
}

// sweepChart draws the shares against the threshold, with the line.
func sweepChart(sweeps []*simulate.Sweep) *parts.Chart {
	if len(sweeps) == 0 {
		return nil
	}
	data := parts.ChartData{Kind: "line"}
	line := parts.Series{Name: fmt.Sprintf("%v%%", sweeps[0].Line)}
	for _, p := range sweeps[0].Points {
		data.Labels, line.Values = append(data.Labels, fmt.Sprint(p.Value)), append(line.Values, sweeps[0].Line)
	}
	for _, s := range sweeps {
		inside, apart := parts.Series{Name: s.Pack}, parts.Series{Name: s.Pack + " 缓刑另计 apart"}
		for _, p := range s.Points {
			inside.Values, apart.Values = append(inside.Values, p.Persons), append(apart.Values, p.Apart)
		}
		data.Series = append(data.Series, inside, apart)
	}
	data.Series = append(data.Series, line)
	return &parts.Chart{ID: "sweep", Title: locale.T("simulation.sweep"), Data: data}
}

func simulationPart(id string, results []*simulate.Result, of func(*simulate.Result) []simulate.Line) pages.SimulationPart {
	lines := of(results[0])
	out := pages.SimulationPart{ID: "by-" + id, Title: locale.T("simulation.by-" + id), More: max(0, len(lines)-longest)}
	for i, l := range lines[:min(len(lines), longest)] {
		line := pages.SimulationLine{Key: keyText(l.Key), Total: grouped(int64(l.Persons.Total))}
		for _, r := range results {
			line.Cells = append(line.Cells, shareOf(of(r)[i].Persons))
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// keyText is a key of a breakdown in words: crimes, penalties, provinces and
// years say themselves.
func keyText(key string) locale.Text {
	switch key {
	case "unknown":
		return locale.T("simulation.unknown")
	case "suspended":
		return locale.T("simulation.suspended")
	case "not suspended":
		return locale.T("simulation.not-suspended")
	}
	return locale.Plain(key)
}
