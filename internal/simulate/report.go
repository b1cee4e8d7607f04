package simulate

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
)

// Agreement says what it means that the simulator and the report agree.
type Agreement string

// The meanings.
const (
	ByCalibration Agreement = "calibrated" // the number went in, so it comes out
	Prediction    Agreement = "prediction" // it follows from other figures and assumptions
	Measured      Agreement = "measured"   // counted on facts to which nothing was fitted
)

// ReportTable sets the simulator's answers beside the report's numbers.
type ReportTable struct {
	Facts string      `json:"facts"` // on which facts
	On    civil.Date  `json:"on"`
	Rows  []ReportRow `json:"rows"`
}

// ReportRow is one number of the report and the four ways of counting it.
type ReportRow struct {
	Pack       string      `json:"pack"`
	Title      policy.Text `json:"title"`
	Reported   float64     `json:"reported_percent"`
	Relation   string      `json:"relation"`      // ">", "≈" or "="
	Counting   string      `json:"counting"`      // the cell below that the report's number is of
	CountingBy string      `json:"counting_by"`   // stated, or inferred
	Persons    ReportCell  `json:"persons"`       // suspended sentences inside
	Apart      ReportCell  `json:"persons_apart"` // suspended sentences apart
	Cases      ReportCell  `json:"cases"`
	CasesApart ReportCell  `json:"cases_apart"`
	Note       policy.Text `json:"note"`
}

// ReportCell is one counting. The truth lies between Percent and Percent +
// ReviewPercent.
type ReportCell struct {
	Percent       float64   `json:"percent"`
	ReviewPercent float64   `json:"review_percent"`
	Agreement     Agreement `json:"agreement"`
}

// Countings are the names of the four cells of a row, as in JSON.
func Countings() []string { return []string{"persons", "persons_apart", "cases", "cases_apart"} }

// Cell finds a cell by its name; nil if there is none.
func (r *ReportRow) Cell(name string) *ReportCell {
	switch name {
	case "persons":
		return &r.Persons
	case "persons_apart":
		return &r.Apart
	case "cases":
		return &r.Cases
	case "cases_apart":
		return &r.CasesApart
	}
	return nil
}

// Shown is the cell that the report's number is of.
func (r *ReportRow) Shown() ReportCell { return *r.Cell(r.Counting) }

// ReportPacks are the packs of the table, in its order.
func ReportPacks() []string {
	rows := reported()
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].Pack
	}
	return ids
}

// reported are the report's numbers for 2024. Whether suspended sentences are
// inside is not printed there; that they must be apart in the third opinion
// follows because drunk driving alone, which knows no penalty but 拘役, is more
// than that share of all persons.
func reported() []ReportRow {
	return []ReportRow{
		{
			Pack: "cn-adult-opinion-1", Reported: 60, Relation: ">", Counting: "persons", CountingBy: "inferred",
			Note: policy.Text{
				Zh: "预测：比第二种意见多出的部分，来自过失犯罪中一年以上三年以下的人，其人数由危害公共安全罪减去危险驾驶罪推得，刑期分布为假定",
				En: "A prediction: what exceeds the second opinion are negligent crimes of over one to three years; their number is derived, their terms are assumed",
			},
		},
		{
			Pack: "cn-adult-opinion-2", Reported: 58, Relation: "≈", Counting: "persons", CountingBy: "inferred",
			Note: policy.Text{Zh: "校准所用，相符不是证据；其余三种口径为预测", En: "Calibrated, so the agreement is no evidence; the other countings are predictions"},
		},
		{
			Pack: "cn-adult-opinion-3", Reported: 16.1, Relation: "≈", Counting: "persons_apart", CountingBy: "inferred",
			Note: policy.Text{
				Zh: "缓刑另计口径为校准所用；含缓刑的约26%为预测，取决于拘役缓刑比例的假定",
				En: "Calibrated with suspended sentences apart; with them inside it is a prediction that rests on the assumed shares of suspension",
			},
		},
		{
			Pack: "cn-pilot-light-penalty", Reported: 15.61, Relation: "≈", Counting: "persons_apart", CountingBy: "inferred",
			Note: policy.Text{
				Zh: "缓刑另计口径为校准所用；与16.1%的0.49个百分点之差按免予刑事处罚计，为假定",
				En: "Calibrated with suspended sentences apart; the 0.49 points to 16.1% are taken to be exemptions, an assumption",
			},
		},
		{
			Pack: "cn-pilot-dangerous-driving", Reported: 22.96, Relation: "=", Counting: "cases", CountingBy: "stated",
			Note: policy.Text{
				Zh: "案件口径为校准所用；人数口径约17%为预测，假定一案一人",
				En: "Calibrated by cases; the share of persons is a prediction that assumes one driver a case",
			},
		},
	}
}

// Report makes the table on some facts. calibrated says that they are the
// synthetic year; packs are those of ReportPacks, in their order.
func (f *Facts) Report(name string, calibrated bool, packs []*policy.Pack, by Conventions, workers int) *ReportTable {
	table := &ReportTable{Facts: name, On: by.On, Rows: reported()}
	for i := range table.Rows {
		row, p := &table.Rows[i], packs[i]
		r := f.Ask(p, by, workers).Result(p, by.On)
		row.Title = r.Title
		for name, c := range map[string]Count{
			"persons": r.All.Persons, "persons_apart": r.Apart.Persons, "cases": r.All.Cases, "cases_apart": r.Apart.Cases,
		} {
			*row.Cell(name) = ReportCell{Percent: c.Percent, ReviewPercent: c.ReviewPercent, Agreement: agreement(row, name, calibrated)}
		}
		if !calibrated {
			row.Note = policy.Text{Zh: "未作任何校准", En: "nothing was calibrated"}
		}
	}
	return table
}

func agreement(row *ReportRow, cell string, calibrated bool) Agreement {
	switch {
	case !calibrated:
		return Measured
	case cell == row.Counting && row.Relation != ">":
		return ByCalibration
	}
	return Prediction
}
