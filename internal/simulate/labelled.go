package simulate

import "github.com/fengcun/fengcun/internal/policy"

// LabelledPersons is how many labelled judgments Labelled was counted on.
const LabelledPersons = 3312

// Labelled is the report's table over the labelled judgments, to which nothing
// was calibrated: a development set, flattened by its makers, in which each
// document has one defendant and suspension is not recorded. The judgments
// themselves are no part of the program; docs/calibration.md says more, and a
// test counts again where they are at hand. like gives the titles of the packs.
func Labelled(like *ReportTable) *ReportTable {
	counted := [...][2]ReportCell{ // persons, suspended apart
		{{Percent: 55.3744, ReviewPercent: 0.9964}, {Percent: 6.0386, ReviewPercent: 50.3321}},
		{{Percent: 54.1667, ReviewPercent: 0}, {Percent: 6.0386, ReviewPercent: 48.128}},
		{{Percent: 19.1425, ReviewPercent: 10.6582}, {Percent: 6.0386, ReviewPercent: 23.7621}},
		{{Percent: 13.1039, ReviewPercent: 16.6969}, {Percent: 0, ReviewPercent: 29.8007}},
		{{Percent: 5.314, ReviewPercent: 0.0302}, {Percent: 0.0604, ReviewPercent: 5.2838}},
	}
	table := &ReportTable{Facts: "labelled judgments", On: like.On, Rows: reported()}
	for i := range table.Rows {
		row := &table.Rows[i]
		row.Title, row.Note = like.Rows[i].Title, policy.Text{Zh: "未作任何校准", En: "nothing was calibrated"}
		for _, name := range Countings() {
			cell := counted[i][0]
			if name == "persons_apart" || name == "cases_apart" {
				cell = counted[i][1]
			}
			cell.Agreement = Measured
			*row.Cell(name) = cell
		}
	}
	return table
}
