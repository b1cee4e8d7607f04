package policy

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/fengcun/fengcun/internal/docket"
)

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func (b *builder) identity(s spec) {
	if !idPattern.MatchString(s.ID) {
		b.fault("$.id", "%q is no id: lower-case words joined by hyphens", s.ID)
	}
	if s.Version == "" {
		b.fault("$.version", "missing; a pack never changes, so its version must be named")
	}
	if !slices.Contains(Regimes(), s.Regime) {
		b.fault("$.regime", "%q is no regime; the regimes are %v", s.Regime, Regimes())
	}
	if s.Standing != Law && s.Standing != Pilot && s.Standing != Proposal {
		b.fault("$.standing", "%q is neither law, pilot nor proposal", s.Standing)
	}
	if s.Title.Zh == "" || s.Title.En == "" {
		b.fault("$.title", "a title in both languages (zh, en) is missing")
	}
	if s.Basis == "" {
		b.fault("$.basis", "missing; say what the pack rests on")
	}
	if s.Dates.MonthEnd != LastDay && s.Dates.MonthEnd != NextDay {
		b.fault("$.dates.month_end", "say %s or %s", LastDay, NextDay)
	}
	if s.Dates.PeriodEnd != OnTheDay && s.Dates.PeriodEnd != DayBefore && s.Dates.PeriodEnd != DayAfter {
		b.fault("$.dates.period_end", "say %s, %s or %s", OnTheDay, DayBefore, DayAfter)
	}
}

func (b *builder) parameters(specs map[string]paramSpec) {
	b.params = make(map[string]value, len(specs))
	names := make([]string, 0, len(specs))
	for name := range specs {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		s, path := specs[name], "$.parameters."+name
		p := Parameter{Name: name, Source: s.Source, Mark: s.Mark, Text: Text{Zh: s.Zh, En: s.En}}
		switch v := s.Value.(type) {
		case bool:
			p.Value, b.params[name] = v, truthConst(v)
		case string:
			p.Value, b.params[name] = v, textConst(v)
		case int, int64, uint64:
			n, ok := wholeNumber(v)
			if !ok {
				b.fault(path, "%v is too large", v)
			}
			p.Value, b.params[name] = n, numConst(formInt, n)
		default:
			b.fault(path, "the value is a whole number, true, false or a text")
		}
		if s.Source == "" {
			b.fault(path, "the source of the value is missing")
		}
		b.pack.Parameters = append(b.pack.Parameters, p)
	}
}

func wholeNumber(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case uint64:
		return int64(n), n < 1<<62 //nolint:gosec // bounded by the second result
	}
	return 0, false
}

func paramCELType(v any) *cel.Type {
	switch v.(type) {
	case bool:
		return cel.BoolType
	case string:
		return cel.StringType
	}
	return cel.IntType
}

// define compiles the named parts of conditions, each of which may use those
// before it.
func (b *builder) define(specs []defineSpec) {
	for i, s := range specs {
		path := fmt.Sprintf("$.define[%d]", i)
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(s.ID) || b.names[s.ID].form != 0 {
			b.fault(path+".id", "%q is no new name: lower-case words joined by underscores", s.ID)
			continue
		}
		t, err := b.outputType(s.CEL)
		if err != nil {
			b.faults = append(b.faults, b.src.at(path+".cel", err))
			continue
		}
		v, ok := b.compiled(path+".cel", s.CEL, t)
		if !ok {
			continue
		}
		env, err := b.env.Extend(cel.Variable(s.ID, t))
		if err != nil {
			b.fault(path, "%v", err)
			continue
		}
		v.constant = false
		b.names[s.ID], b.env = v, env
	}
}

func (b *builder) scopeRule(s scopeSpec) {
	p := b.pack
	p.kinds = b.kindSet("$.scope.kinds", s.Kinds)
	p.fortiori = b.kindSet("$.scope.a_fortiori", s.AFortiori)
	if p.kinds == 0 {
		b.fault("$.scope.kinds", "missing; name the kinds of record the pack speaks of")
	}
	if p.kinds&p.fortiori != 0 {
		b.fault("$.scope.a_fortiori", "names a kind that is among the kinds, too")
	}
	p.coverage = b.rule("$.scope", ScopeRole, ruleSpec{ID: "scope", Zh: s.Zh, En: s.En, Basis: s.Basis})
}

func (b *builder) kindSet(path string, names []string) kindSet {
	var set kindSet
	for _, name := range names {
		bit := kindBit(docket.Kind(name))
		if bit == 0 {
			b.fault(path, "%q is no kind of record", name)
		}
		set |= bit
	}
	return set
}

// rule checks what every rule has: an id of its own, titles, a citation.
func (b *builder) rule(path string, role Role, s ruleSpec) Rule {
	switch {
	case !idPattern.MatchString(s.ID):
		b.fault(path+".id", "%q is no id: lower-case words joined by hyphens", s.ID)
	case b.ids[s.ID]:
		b.fault(path+".id", "%q is the id of another rule", s.ID)
	}
	b.ids[s.ID] = true
	if s.Zh == "" || s.En == "" {
		b.fault(path, "rule %s: a title in both languages (zh, en) is missing", s.ID)
	}
	if strings.TrimSpace(s.Basis) == "" {
		b.fault(path, "rule %s: the citation (basis) is missing", s.ID)
	}
	r := Rule{ID: s.ID, Role: role, Stage: s.Stage, Text: Text{Zh: s.Zh, En: s.En}, Basis: s.Basis, CEL: strings.TrimSpace(s.CEL), kinds: b.pack.kinds}
	r.cite = &Citation{Rule: s.ID, Role: role, Stage: s.Stage, Basis: s.Basis, Zh: s.Zh, En: s.En}
	if s.Kinds != nil {
		r.kinds = b.kindSet(path+".kinds", s.Kinds)
	}
	return r
}

func (b *builder) rules(s spec) {
	p := b.pack
	for i, c := range s.Conditions {
		p.rules = append(p.rules, b.asked(fmt.Sprintf("$.conditions[%d]", i), ConditionRole, Threshold, c))
	}
	for i, c := range s.Exclusions {
		p.rules = append(p.rules, b.asked(fmt.Sprintf("$.exclusions[%d]", i), ExclusionRole, Exclusions, c))
	}
	for i, c := range s.Unseal {
		p.triggers = append(p.triggers, b.asked(fmt.Sprintf("$.unseal[%d]", i), TriggerRole, "", c))
	}
}

// asked is a rule with an expression that is true or false.
func (b *builder) asked(path string, role Role, stage Stage, s ruleSpec) Rule {
	if s.Stage == "" {
		s.Stage = stage
	}
	if s.Stage != "" && !slices.Contains(Stages(), s.Stage) {
		b.fault(path+".stage", "%q is no stage; the stages are %v", s.Stage, Stages())
	}
	r := b.rule(path, role, s)
	v, ok := b.compiled(path+".cel", s.CEL, cel.BoolType)
	if ok {
		r.holds = v.truth
	}
	return r
}

func (b *builder) clock(s clockSpec) {
	c := &b.pack.clock
	c.rule = b.rule("$.clock", ClockRole, ruleSpec{ID: s.ID, Zh: s.Zh, En: s.En, Basis: s.Basis})
	if len(s.Steps) == 0 {
		b.fault("$.clock.steps", "missing; the last step says from when without a condition")
	}
	for i, st := range s.Steps {
		path, last := fmt.Sprintf("$.clock.steps[%d]", i), i == len(s.Steps)-1
		if (st.When == "") != last {
			b.fault(path+".when", "every step but the last has a condition, and the last has none")
			continue
		}
		if st.Wait.Years < 0 || st.Wait.Months < 0 || st.Wait.Days < 0 || st.Wait.Years > maxYears {
			b.fault(path+".wait", "a wait is not negative and at most %d years", maxYears)
		}
		var compiled step
		if st.When != "" {
			when, _ := b.compiled(path+".when", st.When, cel.BoolType)
			compiled.when = when.truth
		}
		from, _ := b.compiled(path+".start", st.Start, dateType)
		compiled.start, compiled.wait = from.num, st.Wait
		c.steps = append(c.steps, compiled)
	}
	if s.Later != nil {
		b.laterRule(s.Later)
	}
}

func (b *builder) laterRule(s *laterSpec) {
	if s.Effect != extend && s.Effect != restart {
		b.fault("$.clock.later.effect", "%q is neither %s nor %s", s.Effect, extend, restart)
	}
	b.beside = true
	defer func() { b.beside = false }()
	r := b.rule("$.clock.later", LaterRole, ruleSpec{ID: s.ID, Zh: s.Zh, En: s.En, Basis: s.Basis, CEL: s.When})
	when, _ := b.compiled("$.clock.later.when", s.When, cel.BoolType)
	at, _ := b.compiled("$.clock.later.at", s.At, dateType)
	r.holds = when.truth
	b.pack.clock.later = &later{rule: r, effect: s.Effect, at: at.num}
}

func (b *builder) startRule(s startSpec) {
	st := &b.pack.start
	switch s.Mode {
	case "automatic":
		return
	case "application":
		st.application = true
	default:
		b.fault("$.start.mode", "%q is neither automatic nor application", s.Mode)
		return
	}
	st.rule = b.rule("$.start", StartRole, ruleSpec{ID: "applied", Zh: s.Zh, En: s.En, Basis: s.Basis, CEL: "record.flags.applied"})
	if v, ok := b.compiled("$.start", st.rule.CEL, cel.BoolType); ok {
		st.rule.holds = v.truth
	}
}
