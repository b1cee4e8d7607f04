package simulate

import (
	"math"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

func national(t testing.TB) *Facts {
	t.Helper()
	f, err := National(DefaultAssumptions())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func open(t testing.TB, id string) *policy.Pack {
	t.Helper()
	p, err := packs.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The table that is raked meets its rows, and the columns the figures give.
func TestRakingMeetsTheFigures(t *testing.T) {
	crimes, table := crimePersons()
	columns := margins()
	var sums [bandCount]float64
	total := 0.0
	for i := range table {
		row := 0.0
		for b, x := range table[i] {
			if x < 0 {
				t.Errorf("%s, band %d: %f persons", crimes[i].name, b, x)
			}
			row, sums[b], total = row+x, sums[b]+x, total+x
		}
		if math.Abs(row-crimes[i].persons) > 1 {
			t.Errorf("%s: %f persons, want %f", crimes[i].name, row, crimes[i].persons)
		}
		if _, ok := norm.Crimes().Find(crimes[i].name); !ok {
			t.Errorf("%s is no crime", crimes[i].name)
		}
	}
	for b := range sums {
		t.Logf("band %d: %8.0f persons, %5.2f%%", b, sums[b], 100*sums[b]/total)
		if math.Abs(sums[b]-columns[b]) > 20 {
			t.Errorf("band %d: %f persons, want %f", b, sums[b], columns[b])
		}
	}
	if math.Abs(total-figure("persons")) > 1 {
		t.Errorf("%f persons", total)
	}
}

// The sum of what each figure says is in the facts.
func TestNationalYearMeetsTheFigures(t *testing.T) {
	f := national(t)
	var persons, suspended, minors, others, over3 float64
	cases := 0.0
	for i := range f.profile {
		p, w := &f.profiles[f.profile[i]], float64(f.persons[i])
		persons += w
		cases += w / float64(f.defendants[i])
		if p.suspended == policy.True {
			suspended += w
		}
		if p.age > 0 && p.age < firstAdultBand {
			minors += w
		}
		if p.others == OthersAdult {
			others += w
		}
		if p.months > 36 || p.kinds == penaltyBit(docket.LifeImprisonment) {
			over3 += w
		}
	}
	want := func(what string, got, want, near float64) {
		t.Helper()
		if math.Abs(got-want) > near {
			t.Errorf("%s: %.4f, want %.4f", what, got, want)
		}
	}
	want("persons", persons, figure("persons"), 0)
	want("cases", cases, figure("dangerous_driving_cases")/figure("dangerous_driving_share")*100, 100)
	want("suspended", 100*suspended/persons, figure("suspended"), 0.02)
	want("over three years", 100*over3/persons, figure("over_three_years"), 0.02)
	want("other convictions", 100*others/persons, figure("other_conviction"), 1)
	if p := 100 * minors / persons; p < 2.3 || p > figure("minors") {
		t.Errorf("minors: %.2f%%", p)
	}
	t.Logf("%d facts, %d profiles", f.Len(), f.Profiles())
}

// The same seed gives the same year.
func TestNationalYearIsDeterministic(t *testing.T) {
	a, b := national(t), national(t)
	for i := range a.profile {
		if a.profiles[a.profile[i]] != b.profiles[b.profile[i]] || a.defendants[i] != b.defendants[i] {
			t.Fatalf("fact %d differs", i)
		}
	}
}

func TestNationalShares(t *testing.T) {
	f := national(t)
	on := civil.New(2024, 12, 31)
	for _, id := range []string{"cn-adult-opinion-1", "cn-adult-opinion-2", "cn-adult-opinion-3", "cn-pilot-light-penalty", "cn-pilot-dangerous-driving", "cn-adult-preferred", "cn-adult-graded", "cn-adult-application"} {
		p := open(t, id)
		r := f.Ask(p, Conventions{On: on}, 0).Result(p, on)
		t.Logf("%-28s persons %6.2f apart %6.2f cases %6.2f apart %6.2f review %6.2f funnel %v", id,
			r.All.Persons.Percent, r.Apart.Persons.Percent, r.All.Cases.Percent, r.Apart.Cases.Percent, r.All.Persons.ReviewPercent, r.Funnel)
	}
}
