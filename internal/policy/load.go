package policy

import (
	"errors"
	"fmt"
	"io/fs"

	"cel.dev/cel-go/cel"

	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/strictyaml"
)

const (
	policyFile = "policy.yaml"
	testsFile  = "tests.yaml"
)

// Load reads a pack from its folder, compiles it and runs its worked cases. A
// pack with an unknown key or attribute, a type error, a rule too costly,
// without citation or whose case fails is refused; the error names file, line
// and column.
func Load(folder fs.FS) (*Pack, error) {
	p, err := Parse(folder)
	if err != nil {
		return nil, err
	}
	if failed := p.RunCases(); len(failed) > 0 {
		errs := make([]error, len(failed))
		for i := range failed {
			errs[i] = failed[i]
		}
		return nil, errors.Join(errs...)
	}
	return p, nil
}

// Parse is Load without running the worked cases.
func Parse(folder fs.FS) (*Pack, error) {
	src, err := readSource(folder, policyFile)
	if err != nil {
		return nil, err
	}
	var s spec
	if err := src.decode(&s); err != nil {
		return nil, err
	}
	p, err := build(s, src)
	if err != nil {
		return nil, err
	}
	if p.Digest, err = Digest(folder); err != nil {
		return nil, err
	}
	if p.Cases, err = readCases(folder); err != nil {
		return nil, err
	}
	return p, nil
}

// builder assembles a pack and gathers every fault, so that its author sees all
// of them at once.
type builder struct {
	compiler
	src    *source // nil where the text is not at hand
	pack   *Pack
	faults []error
	ids    map[string]bool
}

func build(s spec, src *source) (*Pack, error) {
	b := &builder{src: src, ids: map[string]bool{}, pack: &Pack{
		ID: s.ID, Version: s.Version, Regime: s.Regime, Standing: s.Standing, Title: s.Title,
		Basis: s.Basis, Remark: s.Remark, Seals: s.Seals, Dates: s.Dates,
		catalogue: norm.Crimes(), source: s,
	}}
	b.identity(s)
	b.parameters(s.Parameters)
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	if err := b.open(s); err != nil {
		return nil, err
	}
	b.define(s.Define)
	if len(b.faults) > 0 { // later faults would only repeat these
		return nil, errors.Join(b.faults...)
	}
	b.scopeRule(s.Scope)
	b.rules(s)
	b.clock(s.Clock)
	b.startRule(s.Start)
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	return b.pack, nil
}

func (b *builder) open(s spec) error {
	typed := make(map[string]*cel.Type, len(b.pack.Parameters))
	for _, p := range b.pack.Parameters {
		typed[p.Name] = paramCELType(p.Value)
	}
	env, err := newEnv(typed)
	if err != nil {
		return fmt.Errorf("%s: %w", policyFile, err)
	}
	b.compiler = compiler{env: env, dates: s.Dates, params: b.params, names: map[string]value{}, crimes: b.pack.catalogue}
	return nil
}

// fault notes what is wrong at a YAML path.
func (b *builder) fault(path, format string, args ...any) {
	b.faults = append(b.faults, b.src.at(path, fmt.Errorf(format, args...)))
}

// compiled compiles the expression at a path, or notes why it cannot.
func (b *builder) compiled(path, expression string, want *cel.Type) (value, bool) {
	v, err := b.compile(expression, want)
	if err != nil {
		b.faults = append(b.faults, b.src.at(path, err))
		return value{}, false
	}
	return v, true
}

// source is a YAML file of a pack, kept for the places of faults.
type source struct {
	name string
	raw  []byte
	file fileNode
}

func readSource(folder fs.FS, name string) (*source, error) {
	raw, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, fmt.Errorf("a pack needs %s: %w", name, err)
	}
	const most = 1 << 20
	if len(raw) > most {
		return nil, fmt.Errorf("%s: %d bytes, at most %d are read", name, len(raw), most)
	}
	return &source{name: name, raw: raw}, nil
}

func (s *source) decode(into any) error {
	if err := strictyaml.Decode(s.raw, into); err != nil {
		return s.fault(err)
	}
	return nil
}
