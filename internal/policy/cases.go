package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
)

// Case is one worked case: a dossier and the answer a lawyer expects.
type Case struct {
	Name    string
	Line    int // in tests.yaml
	Dossier *Dossier
	Want    map[string]Expectation // by record id
}

// Expectation is the answer expected on one record.
type Expectation struct {
	Decision Outcome
	From     *string          // nil: not asked; "" for none
	Because  map[string]Truth // rules and whether they hold
}

// casesSpec is tests.yaml. Every case states only what differs from the base:
// maps are merged, all else replaces, null makes an attribute unknown.
type casesSpec struct {
	Base  map[string]any `yaml:"base"`
	Cases []caseSpec     `yaml:"cases"`
}

type caseSpec struct {
	Name    string                `yaml:"name"`
	On      string                `yaml:"on"`
	Person  map[string]any        `yaml:"person"`
	Record  map[string]any        `yaml:"record"` // over base.record; its id is r1
	Others  []map[string]any      `yaml:"others"` // each over base.record, too; r2, r3, …
	Labels  map[string]any        `yaml:"labels"`
	Expect  string                `yaml:"expect"`  // of r1
	From    *string               `yaml:"from"`    // of r1: a date or "never"
	Because map[string]*bool      `yaml:"because"` // of r1
	Also    map[string]expectSpec `yaml:"also"`    // of the others
}

type expectSpec struct {
	Expect  string           `yaml:"expect"`
	From    *string          `yaml:"from"`
	Because map[string]*bool `yaml:"because"`
}

func readCases(folder fs.FS) ([]Case, error) {
	src, err := readSource(folder, testsFile)
	if err != nil {
		return nil, err
	}
	var s casesSpec
	if err := src.decode(&s); err != nil {
		return nil, err
	}
	if len(s.Cases) == 0 {
		return nil, &PackError{File: testsFile, Err: errors.New("no cases; a pack is proved on worked cases")}
	}
	out := make([]Case, len(s.Cases))
	for i := range s.Cases {
		path := fmt.Sprintf("$.cases[%d]", i)
		c, err := s.Cases[i].build(s.Base, i)
		if err != nil {
			return nil, src.at(path, err)
		}
		if node := src.find(path + ".name"); node != nil {
			c.Line = node.GetToken().Position.Line
		}
		out[i] = c
	}
	return out, nil
}

func (c *caseSpec) build(base map[string]any, i int) (Case, error) {
	if c.Name == "" {
		return Case{}, errors.New("a case without a name")
	}
	d, err := c.dossier(base, i)
	if err != nil {
		return Case{}, err
	}
	out := Case{Name: c.Name, Dossier: d, Want: map[string]Expectation{}}
	all := map[string]expectSpec{"r1": {Expect: c.Expect, From: c.From, Because: c.Because}}
	for id, e := range c.Also {
		all[id] = e
	}
	for id, e := range all {
		want, err := e.build()
		if err != nil {
			return Case{}, fmt.Errorf("case %q, record %s: %w", c.Name, id, err)
		}
		out.Want[id] = want
	}
	return out, nil
}

func (e expectSpec) build() (Expectation, error) {
	want := Expectation{Decision: Outcome(e.Expect), From: e.From, Because: map[string]Truth{}}
	known := false
	for _, o := range Outcomes() {
		known = known || o == want.Decision
	}
	if !known {
		return want, fmt.Errorf("expect %q is none of %v", e.Expect, Outcomes())
	}
	if e.From != nil && *e.From == "never" {
		none := ""
		want.From = &none
	} else if e.From != nil {
		if _, err := civil.Parse(*e.From); err != nil {
			return want, fmt.Errorf("from: %w; write never for no date", err)
		}
	}
	for rule, holds := range e.Because {
		want.Because[rule] = truthOfPtr(holds)
	}
	return want, nil
}

func (c *caseSpec) dossier(base map[string]any, i int) (*Dossier, error) {
	record, _ := base["record"].(map[string]any)
	records := []any{merge(merge(record, map[string]any{"id": "r1"}), c.Record)}
	for n, other := range c.Others {
		records = append(records, merge(merge(record, map[string]any{"id": fmt.Sprintf("r%d", n+2)}), other))
	}
	person, _ := base["person"].(map[string]any)
	tree := map[string]any{"id": fmt.Sprintf("case-%d", i+1), "person": merge(person, c.Person), "records": records, "labels": c.Labels}
	if tree["on"] = base["on"]; c.On != "" {
		tree["on"] = c.On
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	d, err := Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("case %q: %w", c.Name, err)
	}
	if d.On.IsZero() {
		return nil, fmt.Errorf("case %q: no date to evaluate on", c.Name)
	}
	return d, nil
}

// merge lays b over a; neither is changed.
func merge(a, b map[string]any) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		below, okBelow := out[k].(map[string]any)
		above, okAbove := v.(map[string]any)
		if okBelow && okAbove {
			v = merge(below, above)
		}
		out[k] = v
	}
	return out
}

// CaseError is a worked case whose answer is another than expected.
type CaseError struct {
	Pack, Name string
	Line       int
	Diff       []string
}

func (f *CaseError) Error() string {
	return fmt.Sprintf("%s:%d:1: %s: case %q: %s", testsFile, f.Line, f.Pack, f.Name, strings.Join(f.Diff, "; "))
}

// RunCases decides every worked case and gives those that fail.
func (p *Pack) RunCases() []*CaseError {
	var failed []*CaseError
	for i := range p.Cases {
		if diff := p.Cases[i].run(p); len(diff) > 0 {
			failed = append(failed, &CaseError{Pack: p.ID, Name: p.Cases[i].Name, Line: p.Cases[i].Line, Diff: diff})
		}
	}
	return failed
}

func (c *Case) run(p *Pack) []string {
	got := p.Decide(c.Dossier, c.Dossier.On)
	ids := make([]string, 0, len(c.Want))
	for id := range c.Want {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	var diff []string
	for _, id := range ids {
		r := got.Record(id)
		if r == nil {
			diff = append(diff, "no record "+id)
			continue
		}
		diff = append(diff, c.Want[id].compare(r)...)
	}
	return diff
}

func (e Expectation) compare(r *RecordDecision) []string {
	var diff []string
	if r.Decision != e.Decision {
		diff = append(diff, fmt.Sprintf("%s: decided %s, want %s (missing: %v)", r.ID, r.Decision, e.Decision, r.Missing()))
	}
	from := r.From.String()
	if e.From != nil && from != *e.From {
		diff = append(diff, fmt.Sprintf("%s: from %q, want %q", r.ID, from, *e.From))
	}
	for rule, want := range e.Because {
		found := false
		for _, reason := range r.Reasons {
			if reason.Rule != rule {
				continue
			}
			if found = true; reason.Holds != want {
				diff = append(diff, fmt.Sprintf("%s: rule %s is %s, want %s", r.ID, rule, reason.Holds, want))
			}
		}
		if !found {
			diff = append(diff, fmt.Sprintf("%s: rule %s was not asked", r.ID, rule))
		}
	}
	sort.Strings(diff)
	return diff
}
