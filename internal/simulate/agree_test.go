package simulate

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

// chance draws random facts and dossiers.
type chance struct{ *rand.Rand }

func seeded(n uint64) chance { return chance{rand.New(rand.NewPCG(n, 9))} }

func oneOf[T any](c chance, xs ...T) T { return xs[c.IntN(len(xs))] }

func (c chance) flag() *bool {
	if c.IntN(3) == 0 {
		return nil
	}
	b := c.IntN(2) == 0
	return &b
}

func (c chance) int(unknown int, values ...int) *int {
	if c.IntN(unknown) == 0 {
		return nil
	}
	v := oneOf(c, values...)
	return &v
}

func (c chance) crimes() []Charge {
	all := norm.Crimes().All()
	out := make([]Charge, c.IntN(4))
	for i := range out {
		x := oneOf(c, all...)
		out[i] = Charge{Name: x.Name, MensRea: docket.MensRea(x.MensRea), VictimMinor: c.flag(), ByOfficial: c.flag()}
		switch c.IntN(8) {
		case 0:
			out[i].Name = ""
		case 1:
			out[i].MensRea = ""
		case 2:
			out[i].MensRea = docket.Negligence
		case 3:
			out[i].Name = oneOf(c, "危险驾驶罪", "制造、贩卖、传播淫秽物品罪", "贩卖毒品罪", "交通肇事")
		}
	}
	return out
}

func (c chance) fact() *Fact {
	f := &Fact{
		Year: oneOf(c, 0, 2019, 2021, 2023, 2024), Region: oneOf(c, "", "45", "62", "11"), Crimes: c.crimes(),
		Kind: oneOf(c, docket.Conviction, docket.Conviction, docket.Conviction, docket.NonProsecution, docket.PublicOrder, ""),
		Age:  oneOf(c, AgeBands()...), Sex: oneOf(c, "", "男", "女"), Completed: c.flag(),
		Others: Others(c.IntN(4)), Flags: c.flags(), Defendants: 1 + c.IntN(9), Persons: 1 + c.IntN(30),
	}
	f.Sentence = Sentence{
		Kind: oneOf(c, docket.Penalties()...), Months: c.int(6, 1, 5, 6, 12, 13, 24, 36, 37, 60, 61), Days: c.int(2, 0, 1),
		Suspended: c.flag(), ProbationMonths: c.int(3, 2, 12, 24),
	}
	switch c.IntN(8) {
	case 0:
		f.Sentence.Kind = ""
	case 1:
		f.Sentence.Kind, f.Sentence.Kinds = "", []docket.Penalty{docket.Detention, docket.FixedTerm}
	case 2, 3, 4:
		f.Sentence.Kind = docket.FixedTerm
	}
	if young := f.Age < "18"; young && f.Others == OthersAdult {
		f.Others = OthersNone
	}
	return f
}

func (c chance) flags() docket.Flags {
	return docket.Flags{
		Recidivist: c.flag(), DrugRecidivist: c.flag(), PleadsGuilty: c.flag(), VictimForgives: c.flag(), CompensationPaid: c.flag(),
		Surrender: c.flag(), Applied: c.flag(),
	}
}

// merged is what policy.Decide says of the dossiers that stand for one fact.
func merged(p *policy.Pack, all []*policy.Dossier, on civil.Date) policy.Outcome {
	var out policy.Outcome
	for _, d := range all {
		decision := p.Decide(d, on)
		switch got := decision.Record("r").Decision; {
		case out == "":
			out = got
		case out != got:
			return policy.Review
		}
	}
	return out
}

// What is counted in bulk is what policy.Decide says of the dossier that stands
// for each fact, under every pack, by one worker or by several.
func TestBulkAgreesWithDecide(t *testing.T) {
	all, err := packs.Load()
	if err != nil {
		t.Fatal(err)
	}
	total := 100_000 / len(all)
	if testing.Short() {
		total /= 10
	}
	for k, p := range all {
		c, f := seeded(uint64(k)), NewFacts()
		for range total {
			if err := f.Add(c.fact()); err != nil {
				t.Fatal(err)
			}
		}
		by := Conventions{On: civil.New(2024, 12, 31), Strict: k%2 == 0}
		a := f.Ask(p, by, 1+k%3)
		seen := map[policy.Outcome]int{}
		for i := range f.Len() {
			want := merged(p, f.Dossier(i, by), by.On)
			if got := a.Outcome(i); got != want {
				t.Fatalf("%s, fact %d %+v: counted as %s, decided %s", p.ID, i, f.profiles[f.profile[i]], got, want)
			}
			seen[want]++
		}
		t.Logf("%s: %v", p.ID, seen)
	}
}

// dossier is one that facts can hold: its dates follow the conventions.
func (c chance) dossier(n int) *policy.Dossier {
	d := &policy.Dossier{ID: fmt.Sprint("d", n), Person: policy.Person{Sex: "男"}}
	year := oneOf(c, 2019, 2021, 2023, 2024)
	r := policy.Record{ID: "r", Kind: docket.Conviction, EffectiveDate: civil.New(year, 7, 1), Flags: c.flags()}
	r.OffenceDate = civil.New(year-1, 1+7, 1+c.IntN(28))
	d.Person.Birth = civil.New(year-1-oneOf(c, 17, 19, 30, 50), 3, 5)
	for _, x := range c.crimes() {
		r.Crimes = append(r.Crimes, docket.Crime{Name: x.Name, MensRea: x.MensRea, VictimMinor: x.VictimMinor, ByOfficial: x.ByOfficial})
	}
	kind := oneOf(c, docket.FixedTerm, docket.FixedTerm, docket.Detention, docket.Fine, docket.ExemptFromPunishment, "")
	r.Sentence = &docket.Sentence{Kind: kind, Months: c.int(8, 3, 6, 12, 13, 24, 25, 36, 37), Suspended: c.flag(), ProbationMonths: c.int(3, 12, 36)}
	served := r.Sentence.Suspended != nil && !*r.Sentence.Suspended && r.Sentence.Months != nil && kind != "" && c.IntN(3) > 0
	switch {
	case served && kind.Gravity() > 1:
		r.CompletedDate = r.EffectiveDate.AddMonths(*r.Sentence.Months)
	case served:
		r.CompletedDate = r.EffectiveDate
	}
	d.Records = append(d.Records, r)
	switch adult := civil.AgeOn(d.Person.Birth, r.OffenceDate.AddYears(-1)) >= 18; c.IntN(4) {
	case 0:
		d.Records = append(d.Records, policy.Record{ID: "x"})
	case 1:
		if adult {
			d.Records = append(d.Records, earlier(r.OffenceDate.AddYears(-1)))
		}
	case 2:
		d.Records = append(d.Records, earlier(d.Person.Birth.AddYears(15)))
	}
	return d
}

// A dossier read as facts gets the answer that the dossier itself gets, as long
// as its dates are those that facts stand for.
func TestDossiersReadAsFactsAgreeWithDecide(t *testing.T) {
	all, err := packs.Load()
	if err != nil {
		t.Fatal(err)
	}
	on := civil.New(2024, 12, 31)
	total := 4000
	if testing.Short() {
		total = 400
	}
	for k, p := range all {
		if p.Regime != policy.Adult {
			continue
		}
		c, f := seeded(uint64(100+k)), NewFacts()
		var want []policy.Outcome
		for n := range total {
			d := c.dossier(n)
			decision := p.Decide(d, on)
			want = append(want, decision.Record("r").Decision)
			if err := f.Add(factOf(d, 0, on)); err != nil {
				t.Fatal(err)
			}
		}
		a := f.Ask(p, Conventions{On: on, Strict: true}, 0)
		for i := range want {
			if got := a.Outcome(i); got != want[i] {
				t.Fatalf("%s, dossier %d: counted as %s, decided %s\n%+v", p.ID, i, got, want[i], f.profiles[f.profile[i]])
			}
		}
	}
}
