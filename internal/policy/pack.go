package policy

import (
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// Regime is one of the three bodies of sealing law that live side by side.
type Regime string

// The regimes.
const (
	Adult       Regime = "adult"        // adults' minor crimes
	Minor       Regime = "minor"        // under 18 at the offence (刑事诉讼法 286)
	PublicOrder Regime = "public_order" // 治安管理处罚法 136
)

// Regimes lists them.
func Regimes() []Regime { return []Regime{Adult, Minor, PublicOrder} }

// Standing is what a pack rests on: a statute, a pilot or a proposal.
type Standing string

// The standings.
const (
	Law      Standing = "law"
	Pilot    Standing = "pilot"
	Proposal Standing = "proposal"
)

// Role is the part a rule plays in a decision.
type Role string

// The roles. A record is sealable where the scope and every condition hold and
// no exclusion and no trigger does.
const (
	ScopeRole     Role = "scope"
	ConditionRole Role = "condition"
	ExclusionRole Role = "exclusion"
	ClockRole     Role = "clock"
	LaterRole     Role = "later" // what a later conviction does to the clock
	StartRole     Role = "start"
	TriggerRole   Role = "trigger" // of unsealing
)

// Stage is where a rule stands in the funnel that the simulator shows.
type Stage string

// The stages, in the order of the funnel.
const (
	Threshold    Stage = "threshold"
	Exclusions   Stage = "exclusions"
	FirstOffence Stage = "first_offence"
	Extra        Stage = "extra"
)

// Stages lists them in order.
func Stages() []Stage { return []Stage{Threshold, Exclusions, FirstOffence, Extra} }

// Text is a title in both languages.
type Text struct {
	Zh string `yaml:"zh" json:"zh"`
	En string `yaml:"en" json:"en"`
}

// Rule is one named rule of a pack, with its citation.
type Rule struct {
	ID    string
	Role  Role
	Stage Stage // of conditions and exclusions
	Text
	Basis string
	CEL   string

	cite  *Citation
	kinds kindSet
	holds func(*scope) Truth
}

// Parameter is a number, flag or text of a pack that policy may turn, with the
// source of its value.
type Parameter struct {
	Name   string
	Value  any // int64, bool or string
	Source string
	Mark   string // "unverified" where the source was not read
	Text
}

// Pack is a loaded policy pack. It is immutable and safe for concurrent use.
type Pack struct {
	ID       string
	Version  string
	Regime   Regime
	Standing Standing
	Title    Text
	Basis    string
	Remark   string
	Seals    []string // what is sealed: parts of the file, by name
	Digest   string   // "sha256:" over the files of the folder
	Cases    []Case

	Parameters []Parameter
	Dates      Dates

	coverage  Rule // the scope as a rule
	kinds     kindSet
	fortiori  kindSet
	rules     []Rule // conditions, then exclusions
	triggers  []Rule
	clock     clock
	start     start
	catalogue *norm.Catalogue
	source    spec // for the same pack under other parameters
}

// start is how sealing begins.
type start struct {
	rule        Rule
	application bool
}

// Rules lists scope, conditions, exclusions, clock and triggers in order.
func (p *Pack) Rules() []Rule {
	out := append([]Rule{p.coverage}, p.rules...)
	out = append(out, p.clock.rule)
	if p.clock.later != nil {
		out = append(out, p.clock.later.rule)
	}
	if p.start.application {
		out = append(out, p.start.rule)
	}
	return append(out, p.triggers...)
}

// kindSet is a set of kinds of record, for a test without allocation.
type kindSet uint8

func kindBit(k docket.Kind) kindSet {
	switch k {
	case docket.Conviction:
		return 1
	case docket.NonProsecution:
		return 2
	case docket.Withdrawn:
		return 4
	case docket.Acquittal:
		return 8
	case docket.PublicOrder:
		return 16
	}
	return 0
}

func (s kindSet) has(k docket.Kind) bool { return s&kindBit(k) != 0 }
