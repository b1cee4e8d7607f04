package docket

import "github.com/fengcun/fengcun/internal/civil"

// Penalty is a kind of penalty as the Criminal Law names it (刑法 33, 34, 35),
// or the conviction without one (刑法 37).
type Penalty string

// The kinds. The order of the constants is no order of gravity: use
// Penalty.Gravity.
const (
	Death                Penalty = "死刑"
	LifeImprisonment     Penalty = "无期徒刑"
	FixedTerm            Penalty = "有期徒刑"
	Detention            Penalty = "拘役"
	PublicSurveillance   Penalty = "管制"
	Fine                 Penalty = "罚金"
	DeprivationOfRights  Penalty = "剥夺政治权利"
	Confiscation         Penalty = "没收财产"
	Deportation          Penalty = "驱逐出境"
	ExemptFromPunishment Penalty = "免予刑事处罚"
)

// Penalties lists the kinds from the lightest to the gravest.
func Penalties() []Penalty {
	return []Penalty{
		ExemptFromPunishment, Deportation, Fine, DeprivationOfRights, Confiscation,
		PublicSurveillance, Detention, FixedTerm, LifeImprisonment, Death,
	}
}

// Gravity orders kinds from light to heavy: exemption 0, a supplementary
// penalty imposed alone 1 (刑法 34), then the principal penalties in the order
// of 刑法 33: 管制 2, 拘役 3, 有期徒刑 4, 无期徒刑 5, 死刑 6. An unknown kind
// is -1. Compare by kind first; months compare only within one kind.
func (p Penalty) Gravity() int {
	switch p {
	case ExemptFromPunishment:
		return 0
	case Fine, DeprivationOfRights, Confiscation, Deportation:
		return 1
	case PublicSurveillance:
		return 2
	case Detention:
		return 3
	case FixedTerm:
		return 4
	case LifeImprisonment:
		return 5
	case Death:
		return 6
	}
	return -1
}

// Valid says that p is one of the kinds.
func (p Penalty) Valid() bool { return p.Gravity() >= 0 }

// Sentence is one sentence: that for one crime (宣告刑) or the combined one to
// be executed (决定执行的刑期). A nil field is unknown, which is not zero.
type Sentence struct {
	Kind            Penalty `json:"kind,omitempty"`             // the gravest penalty; "" is unknown
	Months          *int    `json:"months,omitempty"`           // of the principal penalty
	Days            *int    `json:"days,omitempty"`             // beyond the months
	Suspended       *bool   `json:"suspended,omitempty"`        // 缓刑
	ProbationMonths *int    `json:"probation_months,omitempty"` // 缓刑考验期; not the sentence
	FineYuan        *int64  `json:"fine_yuan,omitempty"`        // 罚金 beside or instead of the principal penalty
	RightsMonths    *int    `json:"rights_months,omitempty"`    // 剥夺政治权利; -1 is for life
	Exempt          *bool   `json:"exempt,omitempty"`           // 免予刑事处罚 (刑法 37)
}

// MensRea is the form of guilt (刑法 14, 15).
type MensRea string

// The two forms of guilt.
const (
	Intent     MensRea = "intent"
	Negligence MensRea = "negligence"
)

// Crime is one crime of a judgment.
type Crime struct {
	Name        string     `json:"name"` // with 罪, as the judgment prints it
	MensRea     MensRea    `json:"mens_rea,omitempty"`
	OffenceDate civil.Date `json:"offence_date,omitzero"`
	VictimMinor *bool      `json:"victim_minor,omitempty"`
	ByOfficial  *bool      `json:"by_official,omitempty"`
	Sentence    *Sentence  `json:"sentence,omitempty"`
}

// Flags are the findings that policies ask about; nil is unknown.
type Flags struct {
	Recidivist       *bool `json:"recidivist,omitempty"`      // 累犯 (刑法 65, 66)
	DrugRecidivist   *bool `json:"drug_recidivist,omitempty"` // 毒品再犯 (刑法 356)
	PleadsGuilty     *bool `json:"pleads_guilty,omitempty"`   // 认罪认罚
	VictimForgives   *bool `json:"victim_forgives,omitempty"` // 谅解
	CompensationPaid *bool `json:"compensation_paid,omitempty"`
	Surrender        *bool `json:"surrender,omitempty"` // 自首
	Applied          *bool `json:"applied,omitempty"`   // the person has applied for sealing
}
