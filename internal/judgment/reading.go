package judgment

import (
	"encoding/json"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Word is a text that may be unknown: "" is null in JSON.
type Word string

// MarshalJSON gives null for the unknown.
func (w Word) MarshalJSON() ([]byte, error) {
	if w == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(w))
}

// Day is a date that may be unknown: no date is null in JSON.
type Day struct{ civil.Date }

// MarshalJSON gives null for the unknown.
func (d Day) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(d.String())
}

// UnmarshalJSON takes null for the unknown.
func (d *Day) UnmarshalJSON(raw []byte) error {
	d.Date = civil.Date{}
	if string(raw) == "null" {
		return nil
	}
	return json.Unmarshal(raw, &d.Date)
}

// Reading is what a document tells. Null is unknown throughout.
type Reading struct {
	File       string      `json:"file"`
	Kind       Word        `json:"kind"`      // 判决, 裁定, 减刑, 假释, 决定, 调解
	CaseNo     Word        `json:"case_no"`   // wide brackets, narrow digits
	Court      Word        `json:"court"`     // as printed
	Date       Day         `json:"date"`      // of the document
	Instance   Word        `json:"instance"`  // 一审, 二审, 再审
	Procedure  Word        `json:"procedure"` // 速裁, 简易, 普通; of first instance only
	Indicted   Day         `json:"indicted"`  // 提起公诉
	Defendants []Defendant `json:"defendants"`
	Notes      []string    `json:"notes,omitempty"` // what does not fit together
	Confidence float64     `json:"confidence"`      // of the least certain field that is known
	Spans      []Span      `json:"spans,omitempty"`
}

// Span says where a field stands: rune offsets into the text as given, the end
// exclusive. A field that rests on the absence of words has no span.
type Span struct {
	Field      string  `json:"field"` // such as defendants[0].sentence.months
	Start      int     `json:"start"`
	End        int     `json:"end"`
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"`
}

// Defendant is one person or unit tried.
type Defendant struct {
	Name       string   `json:"name"`
	Unit       bool     `json:"unit"` // 被告单位
	Sex        Word     `json:"sex"`
	Birth      Day      `json:"birth"`
	Number     Word     `json:"number"`  // resident identity number, where a whole and valid one is printed
	Outcome    Word     `json:"outcome"` // 有罪, 无罪, 维持原判 and the like, as docket names them
	Crimes     []string `json:"crimes"`  // as printed, with 罪
	Sentence   Sentence `json:"sentence"`
	Counts     []Count  `json:"counts"`    // the declared sentence of each crime (宣告刑)
	TermFrom   Day      `json:"term_from"` // the printed first and last day of the term
	TermTo     Day      `json:"term_to"`
	Flags      Flags    `json:"flags"`
	Confidence float64  `json:"confidence"`
}

// Count is one crime with the sentence declared for it.
type Count struct {
	Crime    string   `json:"crime"`
	Official Word     `json:"official"` // its name in the catalogue in force
	Sentence Sentence `json:"sentence"`
}

// Sentence is docket.Sentence with the unknown written out. Months and days are
// of the principal penalty and zero where there is none (免予刑事处罚, a fine
// alone); null for 无期徒刑 and 死刑, which have none.
type Sentence struct {
	Kind              Word   `json:"kind"`
	Months            *int   `json:"months"`
	Days              *int   `json:"days"`
	Suspended         *bool  `json:"suspended"`
	ProbationMonths   *int   `json:"probation_months"` // null too where nothing is suspended
	FineYuan          *int64 `json:"fine_yuan"`
	RightsMonths      *int   `json:"rights_months"`      // 剥夺政治权利; -1 for life
	ConfiscationYuan  *int64 `json:"confiscation_yuan"`  // 没收财产 of an amount
	ConfiscationWhole *bool  `json:"confiscation_whole"` // 没收个人全部财产
	Deported          *bool  `json:"deported"`           // 驱逐出境
	Exempt            *bool  `json:"exempt"`
}

// Docket is the sentence as the record of a case holds it.
func (s Sentence) Docket() docket.Sentence {
	out := docket.Sentence{
		Kind: docket.Penalty(s.Kind), Suspended: s.Suspended, ProbationMonths: s.ProbationMonths,
		FineYuan: s.FineYuan, RightsMonths: positive(s.RightsMonths), Exempt: s.Exempt,
	}
	if out.Kind.Gravity() > docket.Fine.Gravity() {
		out.Months, out.Days = s.Months, positive(s.Days)
	}
	return out
}

// positive drops a zero, which in a record says no more than its absence.
func positive(n *int) *int {
	if n == nil || *n == 0 {
		return nil
	}
	return n
}

// Flags are the findings of the court on a defendant.
type Flags struct {
	PriorConviction      *bool `json:"prior_conviction"`       // 前科: any earlier conviction
	Recidivist           *bool `json:"recidivist"`             // 累犯 (刑法 65, 66)
	DrugRecidivist       *bool `json:"drug_recidivist"`        // 毒品再犯 (刑法 356)
	Surrender            *bool `json:"surrender"`              // 自首 (刑法 67Ⅰ, Ⅱ)
	Confession           *bool `json:"confession"`             // 坦白 without 自首 (刑法 67Ⅲ)
	PleaLeniency         *bool `json:"plea_leniency"`          // 认罪认罚 (刑诉法 15)
	VictimForgiveness    *bool `json:"victim_forgiveness"`     // 谅解
	CompensationOrRefund *bool `json:"compensation_or_refund"` // 赔偿, 退赃, 退赔
	MinorAtOffence       *bool `json:"minor_at_offence"`       // under 18 at the offence (刑法 17)
	ProbationRevoked     *bool `json:"probation_revoked"`      // 撤销缓刑 (刑法 77)
}

func ptr[T any](v T) *T { return &v }
