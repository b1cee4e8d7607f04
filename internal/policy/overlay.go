package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// WithParameters is the same pack under other values of its parameters: what
// the simulator sweeps. Its digest names the change, its cases are dropped.
func (p *Pack) WithParameters(values map[string]any) (*Pack, error) {
	s := p.source
	s.Parameters = make(map[string]paramSpec, len(p.source.Parameters))
	for name, old := range p.source.Parameters {
		if v, ok := values[name]; ok {
			old.Value = v
		}
		s.Parameters[name] = old
	}
	for name := range values {
		if _, ok := s.Parameters[name]; !ok {
			return nil, fmt.Errorf("pack %s has no parameter %s", p.ID, name)
		}
	}
	changed, err := build(s, nil)
	if err != nil {
		return nil, err
	}
	changed.Digest = fmt.Sprintf("%s with %v", p.Digest, values)
	return changed, nil
}

// Overlay is the pack with the rules of another laid over it: those of the
// stages named, with the parameters and definitions they use. It is how an
// exclusion list or a first-offender test is tried on a bare threshold.
func (p *Pack) Overlay(layer *Pack, stages ...Stage) (*Pack, error) {
	s := p.source
	s.Conditions = append(slices.Clone(s.Conditions), inStages(layer.source.Conditions, stages, Threshold)...)
	s.Exclusions = append(slices.Clone(s.Exclusions), inStages(layer.source.Exclusions, stages, Exclusions)...)
	added := append(slices.Clone(s.Conditions[len(p.source.Conditions):]), s.Exclusions[len(p.source.Exclusions):]...)
	if err := s.borrow(layer.source, added); err != nil {
		return nil, fmt.Errorf("laying %s over %s: %w", layer.ID, p.ID, err)
	}
	out, err := build(s, nil)
	if err != nil {
		return nil, fmt.Errorf("laying %s over %s: %w", layer.ID, p.ID, err)
	}
	out.Digest = fmt.Sprintf("%s with %v of %s", p.Digest, stages, layer.Digest)
	return out, nil
}

func inStages(rules []ruleSpec, stages []Stage, standard Stage) []ruleSpec {
	var out []ruleSpec
	for _, r := range rules {
		stage := r.Stage
		if stage == "" {
			stage = standard
		}
		if slices.Contains(stages, stage) {
			out = append(out, r)
		}
	}
	return out
}

// borrow takes over the parameters and definitions that the added rules name.
func (s *spec) borrow(from spec, added []ruleSpec) error {
	var faults []error
	params := make(map[string]paramSpec, len(s.Parameters))
	for name, p := range s.Parameters {
		params[name] = p
	}
	s.Parameters, s.Define = params, slices.Clone(s.Define)
	uses := func(name string) bool {
		return slices.ContainsFunc(added, func(r ruleSpec) bool { return strings.Contains(r.CEL, name) })
	}
	for _, d := range from.Define {
		mine := slices.IndexFunc(s.Define, func(x defineSpec) bool { return x.ID == d.ID })
		switch {
		case !uses(d.ID):
		case mine < 0:
			s.Define = append(s.Define, d)
		case s.Define[mine].CEL != d.CEL:
			faults = append(faults, fmt.Errorf("both define %s, differently", d.ID))
		}
	}
	for name, p := range from.Parameters {
		switch mine, ok := params[name]; {
		case !uses("param." + name):
		case !ok:
			params[name] = p
		case mine.Value != p.Value:
			faults = append(faults, fmt.Errorf("both have the parameter %s, with different values", name))
		}
	}
	return errors.Join(faults...)
}
