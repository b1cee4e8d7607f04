package policy

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"cel.dev/cel-go/cel"
	celfn "cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// packsFolder is where the packs that come with the program lie.
const packsFolder = "../../packs"

func loadPack(t testing.TB, id string) *Pack {
	t.Helper()
	p, err := Load(os.DirFS(filepath.Join(packsFolder, id)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func packIDs(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(packsFolder, "*", "policy.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no packs", err)
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = filepath.Base(filepath.Dir(f))
	}
	return ids
}

// The closures must answer as CEL's own interpreter does, unknowns included:
// every condition of every pack, on 100,000 random dossiers, and so must the
// reasons of a decision.
func TestClosuresAgreeWithCEL(t *testing.T) {
	ids := packIDs(t)
	for k, id := range ids {
		p := loadPack(t, id)
		peers := newPeers(t, p)
		c := seeded(uint64(k))
		for range rounds() / len(ids) {
			d := c.dossier()
			decided := p.Decide(d, d.On)
			s := p.scope(d, d.On)
			for i := range d.Records {
				s.rec = &d.Records[i]
				vars := peers.activation(t, s)
				said := heldBy(decided.Records[i].Reasons)
				for r, rule := range peers.rules {
					want := peers.ask(t, r, vars)
					if got := rule.holds(s); got != want {
						t.Fatalf("%s/%s: closure %s, CEL %s on %+v", id, rule.ID, got, want, d.Records[i])
					}
					if got, asked := said[rule.ID]; asked && got != want {
						t.Fatalf("%s/%s: the decision says %s, CEL %s on %+v", id, rule.ID, got, want, d.Records[i])
					}
				}
			}
			s.release()
		}
	}
}

func heldBy(reasons []Reason) map[string]Truth {
	out := make(map[string]Truth, len(reasons))
	for _, r := range reasons {
		out[r.Rule] = r.Holds
	}
	return out
}

// peers runs a pack's expressions in cel-go.
type peers struct {
	rules    []Rule
	programs []cel.Program
	defs     []string
	defProgs []cel.Program
	params   map[string]ref.Val
	labels   map[string]any
}

func newPeers(t *testing.T, p *Pack) *peers {
	t.Helper()
	typed, values := map[string]*types.Type{}, map[string]ref.Val{}
	for _, param := range p.Parameters {
		typed[param.Name] = paramCELType(param.Value)
		values[param.Name] = types.DefaultTypeAdapter.NativeToValue(param.Value)
	}
	env, err := newEnv(typed)
	if err != nil {
		t.Fatal(err)
	}
	out := &peers{params: values}
	for _, d := range p.source.Define {
		program, kind := out.program(t, env, d.CEL)
		out.defs, out.defProgs = append(out.defs, d.ID), append(out.defProgs, program)
		if env, err = env.Extend(cel.Variable(d.ID, kind)); err != nil {
			t.Fatal(err)
		}
	}
	for _, rule := range append(append([]Rule{}, p.rules...), p.triggers...) {
		program, _ := out.program(t, env, rule.CEL)
		out.rules, out.programs = append(out.rules, rule), append(out.programs, program)
	}
	return out
}

func (p *peers) program(t *testing.T, env *cel.Env, source string) (cel.Program, *cel.Type) {
	t.Helper()
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}
	program, err := env.Program(checked, cel.Functions(p.functions()...), cel.EvalOptions(cel.OptPartialEval)) //nolint:staticcheck // the bindings belong to the test alone
	if err != nil {
		t.Fatal(err)
	}
	return program, checked.OutputType()
}

func (p *peers) activation(t *testing.T, s *scope) map[string]any {
	t.Helper()
	p.labels = s.d.Labels
	var others []ref.Val
	for i := range s.d.Records {
		if &s.d.Records[i] != s.rec {
			others = append(others, recordObject(s, &s.d.Records[i]))
		}
	}
	vars := map[string]any{
		"record": recordObject(s, s.rec),
		"others": types.NewRefValList(types.DefaultTypeAdapter, others),
		"person": object("Person", map[string]ref.Val{"birth": peerDate(s.d.Person.Birth), "sex": peerText(s.d.Person.Sex)}),
		"param":  object("Param", p.params),
		"on":     peerDate(s.on),
	}
	for i, name := range p.defs {
		v, _, err := p.defProgs[i].Eval(vars)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		vars[name] = v
	}
	return vars
}

func (p *peers) ask(t *testing.T, rule int, vars map[string]any) Truth {
	t.Helper()
	v, _, err := p.programs[rule].Eval(vars)
	switch {
	case err != nil:
		t.Fatalf("%s: %v", p.rules[rule].ID, err)
	case types.IsUnknown(v):
		return Unknown
	}
	return truthOf(v == types.True)
}

var unknown = types.NewUnknown(1, nil)

func peerText(s string) ref.Val {
	if s == "" {
		return unknown
	}
	return types.String(s)
}

func peerBool(b *bool) ref.Val {
	if b == nil {
		return unknown
	}
	return types.Bool(*b)
}

func peerInt(n *int) ref.Val {
	if n == nil {
		return unknown
	}
	return types.Int(*n)
}

func peerDate(d civil.Date) ref.Val {
	if d.IsZero() {
		return unknown
	}
	return dateVal(d.Days())
}

func recordObject(s *scope, r *Record) ref.Val {
	crimes := unknown
	var list ref.Val = crimes
	if known, ok := r.crimesKnown(); ok {
		var vals []ref.Val
		for i := range known {
			vals = append(vals, crimeObject(s, &known[i]))
		}
		list = types.NewRefValList(types.DefaultTypeAdapter, vals)
	}
	status := r.Status
	if status == "" {
		status = docket.Open
	}
	var probationEnd ref.Val = unknown
	if r.Sentence != nil && r.Sentence.ProbationMonths != nil && !r.EffectiveDate.IsZero() {
		probationEnd = peerDate(r.EffectiveDate.AddMonths(*r.Sentence.ProbationMonths))
	}
	o := object("Record", map[string]ref.Val{
		"id": peerText(r.ID), "kind": peerText(string(r.Kind)), "status": types.String(status),
		"offence_date": peerDate(r.OffenceDate), "judgment_date": peerDate(r.JudgmentDate),
		"effective_date": peerDate(r.EffectiveDate), "completed_date": peerDate(r.CompletedDate), "probation_end": probationEnd,
		"crimes": list, "sentence": sentenceObject(r.Sentence), "flags": flagsObject(r.Flags),
	})
	o.native, o.scope = r, s
	return o
}

func sentenceObject(s *docket.Sentence) ref.Val {
	o := object("Sentence", map[string]ref.Val{})
	o.native = s
	if s == nil {
		s = &docket.Sentence{}
	}
	o.fields["kind"], o.fields["months"], o.fields["days"] = peerText(string(kindOf(s))), peerInt(s.Months), peerInt(s.Days)
	o.fields["suspended"], o.fields["probation_months"] = peerBool(suspended(s)), peerInt(s.ProbationMonths)
	o.fields["exempt"], o.fields["rights_months"] = peerBool(s.Exempt), peerInt(s.RightsMonths)
	return o
}

func flagsObject(f docket.Flags) ref.Val {
	return object("Flags", map[string]ref.Val{
		"recidivist": peerBool(f.Recidivist), "drug_recidivist": peerBool(f.DrugRecidivist), "pleads_guilty": peerBool(f.PleadsGuilty),
		"victim_forgives": peerBool(f.VictimForgives), "compensation_paid": peerBool(f.CompensationPaid),
		"surrender": peerBool(f.Surrender), "applied": peerBool(f.Applied),
	})
}

func crimeObject(s *scope, c *docket.Crime) ref.Val {
	o := object("Crime", map[string]ref.Val{
		"name": peerText(c.Name), "mens_rea": peerText(string(c.MensRea)), "offence_date": peerDate(c.OffenceDate),
		"victim_minor": peerBool(c.VictimMinor), "by_official": peerBool(c.ByOfficial), "sentence": sentenceObject(c.Sentence),
	})
	o.native, o.scope = c, s
	return o
}

// objectVal is a value of one of our types for the interpreter.
type objectVal struct {
	typ    *types.Type
	fields map[string]ref.Val
	native any
	scope  *scope
}

func object(name string, fields map[string]ref.Val) *objectVal {
	return &objectVal{typ: types.NewObjectType(name, traits.IndexerType), fields: fields}
}

func (o *objectVal) ConvertToNative(reflect.Type) (any, error) { return o, nil }
func (o *objectVal) ConvertToType(ref.Type) ref.Val            { return o }
func (o *objectVal) Equal(other ref.Val) ref.Val               { return types.Bool(o == other) }
func (o *objectVal) Type() ref.Type                            { return o.typ }
func (o *objectVal) Value() any                                { return o }
func (o *objectVal) Get(index ref.Val) ref.Val {
	return o.fields[string(index.(types.String))]
}

type dateVal int64

func (d dateVal) ConvertToNative(reflect.Type) (any, error) { return d, nil }
func (d dateVal) ConvertToType(ref.Type) ref.Val            { return d }
func (d dateVal) Equal(other ref.Val) ref.Val               { return types.Bool(d == other) }
func (d dateVal) Type() ref.Type                            { return dateType }
func (d dateVal) Value() any                                { return d }

// peerFunctions binds our functions for the interpreter, written apart from the
// closures where there is anything to get wrong.
func (p *peers) functions() []*celfn.Overload {
	truth := func(t Truth) ref.Val {
		if t == Unknown {
			return unknown
		}
		return types.Bool(t == True)
	}
	out := []*celfn.Overload{
		{Operator: "less_date", Binary: func(a, b ref.Val) ref.Val { return types.Bool(a.(dateVal) < b.(dateVal)) }},
		{Operator: "less_equals_date", Binary: func(a, b ref.Val) ref.Val { return types.Bool(a.(dateVal) <= b.(dateVal)) }},
		{Operator: "greater_date", Binary: func(a, b ref.Val) ref.Val { return types.Bool(a.(dateVal) > b.(dateVal)) }},
		{Operator: "greater_equals_date", Binary: func(a, b ref.Val) ref.Val { return types.Bool(a.(dateVal) >= b.(dateVal)) }},
		{Operator: "latest_date", Binary: func(a, b ref.Val) ref.Val { return max(a.(dateVal), b.(dateVal)) }},
		{Operator: "date_of_string", Unary: func(a ref.Val) ref.Val { return peerDate(civil.MustParse(string(a.(types.String)))) }},
		{Operator: "date_plus_months", Binary: func(a, b ref.Val) ref.Val {
			return peerDate(civil.FromDays(int(a.(dateVal))).AddMonths(int(b.(types.Int))))
		}},
		{Operator: "date_plus_years", Binary: func(a, b ref.Val) ref.Val {
			return peerDate(civil.FromDays(int(a.(dateVal))).AddYears(int(b.(types.Int))))
		}},
		{Operator: "record_under_age", Binary: func(a, b ref.Val) ref.Val {
			o := a.(*objectVal)
			return truth(o.scope.underAge(o.native.(*Record), int64(b.(types.Int))))
		}},
		{Operator: "crime_category", Binary: func(a, b ref.Val) ref.Val {
			o := a.(*objectVal)
			return truth(o.scope.inCategory(o.native.(*docket.Crime), norm.Category(b.(types.String)), nil))
		}},
		{Operator: "crime_is", Binary: func(a, b ref.Val) ref.Val {
			name := a.(*objectVal).native.(*docket.Crime).Name
			if name == "" || norm.Crimes().Several(name) {
				return unknown
			}
			return types.Bool(norm.Crimes().Is(name, string(b.(types.String))))
		}},
		{Operator: "label_or_bool", Binary: func(a, b ref.Val) ref.Val {
			v, there := p.labels[string(a.(types.String))]
			if !there {
				return b
			}
			return types.DefaultTypeAdapter.NativeToValue(v)
		}},
	}
	for name, by := range comparisons() {
		out = append(out,
			&celfn.Overload{Operator: "sentence_" + name, Function: func(args ...ref.Val) ref.Val {
				return truth(by.holds(compare(args[0].(*objectVal).native.(*docket.Sentence), docket.Penalty(args[1].(types.String)), int64(args[2].(types.Int)))))
			}},
			&celfn.Overload{Operator: "sentence_" + name + "_kind", Binary: func(a, b ref.Val) ref.Val {
				return truth(by.holds(compare(a.(*objectVal).native.(*docket.Sentence), docket.Penalty(b.(types.String)), -1)))
			}})
	}
	return out
}
