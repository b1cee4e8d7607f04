package simulate

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
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

// docs/calibration.md prints the shares of the synthetic year to a hundredth of
// a point; so far the year must answer as the page says, in all four countings,
// and where the page says "by calibration" as the report does.
func TestNationalSharesAreThoseOfTheDocs(t *testing.T) {
	f := national(t)
	on := civil.New(2024, 12, 31)
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.0051 { // half of the last digit printed
			t.Errorf("%s: %.4f, the page says %.2f", what, got, want)
		}
	}
	rows := documented(t, `\| ([>≈=]) ([\d.]+) \| \*?([\d.]+) \| \*?([\d.]+) \| \*?([\d.]+) \| \*?([\d.]+) \| (\**a prediction|by calibration)`)
	if len(rows) != len(ReportPacks()) {
		t.Fatalf("%d rows in the page, want %d", len(rows), len(ReportPacks()))
	}
	for i, id := range ReportPacks() {
		row := rows[i]
		if row[1] != id || row[2] != reported()[i].Relation || decimal(t, row[3]) != reported()[i].Reported {
			t.Errorf("row %d of the page is %v", i, row)
		}
		r := f.Ask(open(t, id), Conventions{On: on}, 0).Result(open(t, id), on)
		countings := map[string]float64{
			"persons": r.All.Persons.Percent, "persons_apart": r.Apart.Persons.Percent,
			"cases": r.All.Cases.Percent, "cases_apart": r.Apart.Cases.Percent,
		}
		for k, name := range Countings() {
			near(id+" "+name, countings[name], decimal(t, row[4+k]))
		}
		shown := countings[reported()[i].Counting]
		if strings.HasPrefix(row[8], "by") && math.Abs(shown-reported()[i].Reported) > 0.01 {
			t.Errorf("%s: %.4f by calibration, the report has %v", id, shown, reported()[i].Reported)
		}
		if r.All.Persons.Review != 0 || r.Funnel[3].Persons != r.All.Persons.Reached {
			t.Errorf("%s: a bare threshold leaves nothing open and has no other stage: %+v", id, r.Funnel)
		}
	}
}

// documented gives the rows of docs/calibration.md that begin with a pack and go
// on as the pattern says.
func documented(t *testing.T, pattern string) [][]string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/calibration.md")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile("(?m)^\\| `(cn-[a-z0-9-]+)` "+pattern).FindAllStringSubmatch(string(raw), -1)
}

func decimal(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// The packs that add exclusions and the first-offender test, with the funnel as
// the page prints it.
func TestNationalFunnelsAreThoseOfTheDocs(t *testing.T) {
	f := national(t)
	on := civil.New(2024, 12, 31)
	rows := documented(t, `\| ([\d.]+) \| ([\d.]+) \+([\d.]+) \| ([\d.]+) \+([\d.]+) \| ([\d.]+) \|`)
	if len(rows) != 3 {
		t.Fatalf("%d rows in the page, want 3", len(rows))
	}
	for _, row := range rows {
		p := open(t, row[1])
		r := f.Ask(p, Conventions{On: on}, 0).Result(p, on)
		later := percent(r.All.Persons.Observed, r.All.Persons.Total)
		got := []float64{r.Funnel[0].Percent, r.Funnel[1].Percent, r.Funnel[1].OpenPercent, r.Funnel[2].Percent, r.Funnel[2].OpenPercent, later}
		for k, x := range got {
			if math.Abs(x-decimal(t, row[2+k])) > 0.0051 {
				t.Errorf("%s, column %d: %.4f, the page says %s", p.ID, k+1, x, row[2+k])
			}
		}
		if r.Funnel[3] != (Step{Stage: policy.Extra, Persons: r.Funnel[2].Persons, Percent: r.Funnel[2].Percent, Open: r.Funnel[2].Open, OpenPercent: r.Funnel[2].OpenPercent, Cases: r.Funnel[2].Cases}) {
			t.Errorf("%s: the extra conditions are off, yet they change the funnel: %+v", p.ID, r.Funnel)
		}
	}
}
