package quality

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/fengcun/fengcun/internal/strictyaml"
)

//go:embed rules.yaml
var rulesFile []byte

// Words are the same in the two languages of the pages.
type Words struct {
	Zh string `yaml:"zh"`
	En string `yaml:"en"`
}

// Rule is one thing a record is held to.
type Rule struct {
	ID     string
	Kind   Kind
	Title  Words
	Law    string         // the article
	Text   string         // its words, shortened; "" where the rule rests on no one sentence
	Limits map[string]int // the figures of the rule; days, months and years unless the name says otherwise
	// Parameter says why a figure is the platform's choice and not the law's;
	// empty where it is the law's.
	Parameter Words
	Mend      Words // what the agency at fault can do

	check func(*course, *Rule)
}

// limit is one of the rule's figures; that it is there is checked at load.
func (r *Rule) limit(name string) int { return r.Limits[name] }

// Set is the rules with the figures that are common to them.
type Set struct {
	rules         []*Rule
	ReportingDays int // beyond every legal time
	promise       Promise
}

// Rules lists the rules in the order of the file.
func (s *Set) Rules() []*Rule { return slices.Clone(s.rules) }

// Rule finds a rule by its id.
func (s *Set) Rule(id string) (*Rule, bool) {
	i := slices.IndexFunc(s.rules, func(r *Rule) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return s.rules[i], true
}

// Promise is within how long reports are to come in where a server's
// configuration says nothing else.
func (s *Set) Promise() Promise { return s.promise }

var standard = sync.OnceValues(func() (*Set, error) { return parse(rulesFile) })

// Standard is the set of rules that the program carries.
func Standard() *Set {
	s, err := standard()
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return s
}

// file is rules.yaml.
type file struct {
	ReportingDays int        `yaml:"reporting_days"`
	Rules         []fileRule `yaml:"rules"`
	Promise       Promise    `yaml:"promise"`
}

type fileRule struct {
	ID        string         `yaml:"id"`
	Kind      Kind           `yaml:"kind"`
	Zh        string         `yaml:"zh"`
	En        string         `yaml:"en"`
	Law       string         `yaml:"law"`
	Text      string         `yaml:"text"`
	Limits    map[string]int `yaml:"limits"`
	Parameter Words          `yaml:"parameter"`
	MendZh    string         `yaml:"mend_zh"`
	MendEn    string         `yaml:"mend_en"`
}

func parse(text []byte) (*Set, error) {
	var f file
	if err := strictyaml.Decode(text, &f); err != nil {
		return nil, fmt.Errorf("rules of quality: %s", strictyaml.Explain(err))
	}
	s := &Set{ReportingDays: f.ReportingDays, promise: f.Promise}
	known := checks()
	for _, r := range f.Rules {
		check, ok := known[r.ID]
		if !ok {
			return nil, fmt.Errorf("rules of quality: %s: unknown, or a second time", r.ID)
		}
		delete(known, r.ID)
		rule := &Rule{
			ID: r.ID, Kind: r.Kind, Title: Words{r.Zh, r.En}, Law: r.Law, Text: r.Text, Limits: r.Limits,
			Parameter: r.Parameter, Mend: Words{r.MendZh, r.MendEn}, check: check.do,
		}
		if err := rule.sound(check.limits); err != nil {
			return nil, fmt.Errorf("rules of quality: %s: %w", r.ID, err)
		}
		s.rules = append(s.rules, rule)
	}
	if len(known) > 0 {
		return nil, fmt.Errorf("rules of quality: %s: missing", strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	return s, s.promise.Check()
}

func (r *Rule) sound(limits []string) error {
	switch {
	case !slices.Contains(Kinds(), r.Kind):
		return fmt.Errorf("kind %q", r.Kind)
	case r.Title.Zh == "" || r.Title.En == "" || r.Mend.Zh == "" || r.Mend.En == "" || r.Law == "":
		return fmt.Errorf("title, law and how to mend it are needed")
	case (r.Parameter.Zh == "") != (r.Parameter.En == ""):
		return fmt.Errorf("parameter: both languages, or neither")
	}
	if have := slices.Sorted(maps.Keys(r.Limits)); !slices.Equal(have, limits) {
		return fmt.Errorf("limits %v, want %v", have, limits)
	}
	return nil
}

// check is the code of a rule and the figures it reads, sorted.
type check struct {
	do     func(*course, *Rule)
	limits []string
}

func rule(do func(*course, *Rule), limits ...string) check {
	slices.Sort(limits)
	return check{do, limits}
}

// checks are the rules' code by id.
func checks() map[string]check {
	return map[string]check{
		"custody-follow-up":    rule(custodyFollowUp, "days"),
		"arrest-referral":      rule(arrestReferral, "months"),
		"bail-follow-up":       rule(bailFollowUp, "bail_months", "surveillance_months"),
		"referral-decision":    rule(referralDecision, "months", "days"),
		"prosecution-judgment": rule(prosecutionJudgment, "months"),
		"judgment-effect":      rule(judgmentEffect, "months", "days"),
		"effect-execution":     rule(effectExecution, "days"),
		"term-end":             rule(termEnd, "days"),
		"probation-end":        rule(probationEnd, "days"),
		"conditional-end":      rule(conditionalEnd, "months"),
		"judgment-missing":     rule(judgmentMissing, "days"),
		"birth-differs":        rule(birthDiffers),
		"sex-differs":          rule(sexDiffers),
		"name-differs":         rule(nameDiffers),
		"number-contradicts":   rule(numberContradicts),
		"effect-differs":       rule(effectDiffers),
		"acts-out-of-order":    rule(actsOutOfOrder),
		"span-backwards":       rule(spanBackwards),
		"term-span":            rule(termSpan, "tolerance_days", "credit", "surveillance_credit"),
		"probation-span":       rule(probationSpan, "tolerance_days"),
		"term-of-kind": rule(termOfKind, "surveillance_min", "surveillance_max", "surveillance_combined", "detention_min", "detention_max",
			"detention_combined", "term_min", "term_max", "term_combined", "term_combined_long", "long_total"),
		"term-without-kind":     rule(termWithoutKind),
		"combined-too-short":    rule(combinedTooShort),
		"suspension-impossible": rule(suspensionImpossible, "months"),
		"probation-length":      rule(probationLength, "detention_min", "detention_max", "term_min", "term_max"),
		"recidivist-suspended":  rule(recidivistSuspended),
		"exempt-punished":       rule(exemptPunished),
		"rights-length":         rule(rightsLength, "min", "max"),
		"age-at-offence":        rule(ageAtOffence, "years"),
	}
}
