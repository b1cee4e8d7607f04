package pagestest

import (
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func simulation() pages.Simulation {
	cells := func(shown int, values ...string) []pages.SimulationCell {
		out := make([]pages.SimulationCell, len(values))
		for i, v := range values {
			out[i] = pages.SimulationCell{Percent: v, Shown: i == shown}
		}
		return out
	}
	return pages.Simulation{
		Persons: 1_600_000, Cases: 1_199_913,
		Rows: []pages.SimulationRow{
			{
				Title: locale.Both{Zh: "第一种意见", En: "First opinion"}, Pack: "cn-adult-opinion-1", Reported: ">60%",
				Cells:     cells(0, "59.99%", "39.95%", "62.77%", "41.00%"),
				Agreement: locale.T("simulation.prediction"), Note: locale.Both{Zh: "取决于过失犯罪的刑期分布", En: "Rests on the terms of negligent crimes"},
			},
			{
				Title: locale.Both{Zh: "试点：危险驾驶罪", En: "Pilot: dangerous driving"}, Pack: "cn-pilot-dangerous-driving", Reported: "=22.96%",
				Cells:     cells(2, "17.22%", "9.51%", "22.96%", "12.68%"),
				Agreement: locale.T("simulation.calibrated"), Note: locale.Both{Zh: "案件口径为校准所用", En: "Calibrated by cases"},
			},
		},
		Form: []parts.Field{{
			Name: "a", Control: parts.Choice, Label: locale.T("simulation.pack-a"), Value: "cn-adult-opinion-1",
			Options: []parts.Option{{Value: "cn-adult-opinion-1", Label: locale.Plain("cn-adult-opinion-1")}},
		}},
		Packs: []pages.SimulationPack{{
			Title: locale.Both{Zh: "第一种意见", En: "First opinion"}, Pack: "cn-adult-opinion-1", Observed: "—",
			Layers: []locale.Text{locale.T("simulation.exclusions")}, Cells: cells(-1, "55.48%", "36.10%", "57.20%", "37.00%"),
		}},
		Funnel: []pages.SimulationLine{
			{Key: locale.T("simulation.threshold"), Cells: cells(-1, "59.99%")},
			{Key: locale.T("simulation.exclusions"), Cells: []pages.SimulationCell{{Percent: "55.48%", Open: "0.55%", Bar: 55.48}}},
		},
		Crosses: []pages.SimulationCrossing{{Pack: "cn-adult-opinion-1", Value: "6", Line: "30"}, {Pack: "cn-adult-opinion-3", Line: "30"}},
		Parts: []pages.SimulationPart{{
			ID: "by-suspended", Title: locale.T("simulation.by-suspended"), More: 2,
			Lines: []pages.SimulationLine{{Key: locale.T("simulation.suspended"), Total: "402,560", Cells: cells(-1, "74.81%")}},
		}},
		Judged: 3312, CSV: "/simulate/data.csv", JSON: "/simulate/data.json",
		Sweep: &parts.Chart{ID: "sweep", Title: locale.T("simulation.sweep"), Data: parts.ChartData{
			Kind: "line", Labels: []string{"6", "12", "24", "36"},
			Series: []parts.Series{{Name: "人", Values: []float64{31.3, 58, 77.2, 86.5}}, {Name: "30%", Values: []float64{30, 30, 30, 30}}},
		}},
	}
}
