package opa

import (
	"context"
	_ "embed"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/cputime"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

//go:embed preferred.rego
var module string

// reference is the catalogue of crimes and the order of penalties as data.
func reference() map[string]any {
	word := map[norm.Mark]string{
		norm.Always: "always", norm.IfVictimMinor: "victim_minor", norm.IfOfficial: "official", norm.BesideOffice: "official",
		norm.Related: "facts", norm.IfVariant: "facts",
	}
	crimes, gravity := map[string]any{}, map[string]any{}
	for _, c := range norm.Crimes().All() {
		marks := map[string]any{}
		for _, of := range norm.Categories() {
			if m := c.Mark(of); m != norm.Never {
				marks[string(of)] = word[m]
			}
		}
		crimes[c.Name] = marks
	}
	for _, p := range docket.Penalties() {
		gravity[string(p)] = p.Gravity()
	}
	return map[string]any{"crimes": crimes, "gravity": gravity}
}

func prepare(tb testing.TB) rego.PreparedEvalQuery {
	tb.Helper()
	raw, err := json.Marshal(reference())
	if err != nil {
		tb.Fatal(err)
	}
	var data map[string]any
	if err := json.Unmarshal(raw, &data); err != nil {
		tb.Fatal(err)
	}
	q, err := rego.New(
		rego.Query("data.preferred.outcome"), rego.Module("preferred.rego", module), rego.Store(inmem.NewFromObject(data)),
	).PrepareForEval(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

// chance draws dossiers in which most is known, as in real ones.
type chance struct{ *rand.Rand }

func oneOf[T any](c chance, from ...T) T { return from[c.IntN(len(from))] }

// maybe is a pointer to one of the values; now and then nil, unknown.
func maybe[T any](c chance, from ...T) *T {
	if c.IntN(12) == 0 {
		return nil
	}
	v := oneOf(c, from...)
	return &v
}

func (c chance) date(first string, days int) civil.Date {
	if c.IntN(14) == 0 {
		return civil.Date{}
	}
	return civil.MustParse(first).AddDays(c.IntN(days))
}

func (c chance) dossier() *policy.Dossier {
	d := &policy.Dossier{
		ID: "d", On: civil.MustParse("2025-11-23").AddDays(c.IntN(400)), Person: policy.Person{Birth: c.date("1990-01-01", 6500)},
	}
	d.Records = []policy.Record{c.record("r1")}
	d.Records[0].Kind = docket.Conviction
	for n := range []int{0, 0, 0, 1, 2}[c.IntN(5)] {
		d.Records = append(d.Records, c.record([]string{"r2", "r3"}[n]))
	}
	return d
}

func (c chance) record(id string) policy.Record {
	r := policy.Record{
		ID: id, Kind: oneOf(c, docket.Conviction, docket.Conviction, docket.Conviction, docket.PublicOrder, ""),
		OffenceDate: c.date("2006-01-01", 7200), EffectiveDate: c.date("2018-06-01", 3000),
		Crimes: []docket.Crime{c.crime()}, Flags: docket.Flags{Recidivist: maybe(c, false, false, false, true)},
		Sentence: &docket.Sentence{
			Kind: oneOf(c, docket.FixedTerm, docket.FixedTerm, docket.FixedTerm, docket.Detention, docket.Fine, docket.LifeImprisonment, ""),
			Days: maybe(c, 0, 0, 0, 0, 1), Months: maybe(c, 3, 6, 8, 10, 12, 13, 24, 36, 37, 60),
		},
	}
	if c.IntN(4) == 0 {
		r.Crimes = append(r.Crimes, c.crime())
	}
	return r
}

func (c chance) crime() docket.Crime {
	all := norm.Crimes().All()
	name := oneOf(c, "盗窃罪", "危险驾驶罪", "交通肇事罪", "过失致人死亡罪", "故意伤害罪", "强奸罪", "受贿罪", "走私、贩卖、运输、制造毒品罪", "", oneOf(c, all...).Name)
	return docket.Crime{
		Name: name, MensRea: oneOf(c, docket.Intent, docket.Intent, docket.Negligence, docket.Negligence, ""),
		VictimMinor: maybe(c, true, false), ByOfficial: maybe(c, true, false),
	}
}

// question is one dossier in both forms. OPA gets its own parsed form, so that
// no conversion is charged to it.
type question struct {
	dossier *policy.Dossier
	input   ast.Value
}

func questions(tb testing.TB, n int, seed uint64) []question {
	tb.Helper()
	c := chance{rand.New(rand.NewPCG(seed, 5))}
	out := make([]question, n)
	for i := range out {
		d := c.dossier()
		raw, err := json.Marshal(d)
		if err != nil {
			tb.Fatal(err)
		}
		var tree map[string]any
		if err := json.Unmarshal(raw, &tree); err != nil {
			tb.Fatal(err)
		}
		prune(tree)
		tree["record"] = 0
		v, err := ast.InterfaceToValue(tree)
		if err != nil {
			tb.Fatal(err)
		}
		out[i] = question{d, v}
	}
	return out
}

// prune takes out what is null: unknown in the dossier, and in Rego undefined.
func prune(tree map[string]any) {
	for k, v := range tree {
		switch v := v.(type) {
		case nil:
			delete(tree, k)
		case map[string]any:
			prune(v)
		case []any:
			for _, x := range v {
				if m, ok := x.(map[string]any); ok {
					prune(m)
				}
			}
		}
	}
}

func ask(tb testing.TB, q rego.PreparedEvalQuery, input ast.Value) policy.Outcome {
	rs, err := q.Eval(context.Background(), rego.EvalParsedInput(input))
	if err != nil || len(rs) != 1 {
		tb.Fatal(len(rs), err)
	}
	s, _ := rs[0].Expressions[0].Value.(string)
	return policy.Outcome(s)
}

func preferred(tb testing.TB) *policy.Pack {
	tb.Helper()
	p, err := packs.Open("cn-adult-preferred")
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestSameAnswers(t *testing.T) {
	p, q := preferred(t), prepare(t)
	seen := map[policy.Outcome]int{}
	for i, x := range questions(t, 20_000, 1) {
		want, _ := p.Verdict(x.dossier, 0, x.dossier.On)
		if got := ask(t, q, x.input); got != want {
			t.Fatalf("dossier %d: Rego says %s, the pack %s\n%s", i, got, want, x.input)
		}
		seen[want]++
	}
	t.Log(seen)
	for _, o := range []policy.Outcome{policy.Seal, policy.Observe, policy.Keep, policy.Review} {
		if seen[o] < 50 {
			t.Errorf("only %d of the answers are %s", seen[o], o)
		}
	}
}

// BenchmarkAgainstOPA decides the same dossiers both ways in turn and reports
// how many times the processor time of a verdict OPA takes. Wanted are 20.
func BenchmarkAgainstOPA(b *testing.B) {
	p, q, all := preferred(b), prepare(b), questions(b, 1000, 2)
	const again = 100 // the verdict is too quick to be timed once
	for b.Loop() {
		r := cputime.Compare(9, func() {
			for i := range all {
				ask(b, q, all[i].input)
			}
		}, func() {
			for range again {
				for i := range all {
					p.Verdict(all[i].dossier, 0, all[i].dossier.On)
				}
			}
		})
		n := float64(len(all))
		b.ReportMetric(r.X*again, "x-opa")
		b.ReportMetric(float64(r.A)/n, "cpu-ns/opa")
		b.ReportMetric(float64(r.B)/n/again, "cpu-ns/verdict")
	}
}
