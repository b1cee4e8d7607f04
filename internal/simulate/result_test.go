package simulate

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

func loadOpinion() (*policy.Pack, error) { return packs.Open("cn-adult-opinion-2") }

// Five facts that can be counted on the fingers.
const handful = `{"year":2023,"region":"45","crimes":[{"name":"危险驾驶罪","mens_rea":"intent"}],"sentence":{"kind":"拘役","months":2,"suspended":true}}
{"year":2024,"region":"45","crimes":[{"name":"盗窃罪","mens_rea":"intent"}],"sentence":{"kind":"有期徒刑","months":12,"suspended":false},"others":"adult","flags":{"recidivist":true},"defendants":2}
{"year":2024,"region":"62","crimes":[{"name":"盗窃罪","mens_rea":"intent"}],"sentence":{"kind":"有期徒刑","months":13,"suspended":false},"defendants":2}
{"year":2024,"crimes":[{"name":"交通肇事罪","mens_rea":"negligence"}],"sentence":{"kind":"有期徒刑","months":36},"others":"none","persons":2}
{"year":2024,"crimes":[{"name":"贩卖毒品罪","mens_rea":"intent"}],"sentence":{"kind":"有期徒刑"},"defendants":4,"persons":4}
`

func result(t *testing.T, f *Facts, p *policy.Pack) *Result {
	t.Helper()
	on := civil.New(2024, 12, 31)
	return f.Ask(p, Conventions{On: on}, 2).Result(p, on)
}

func TestResultCountsByHand(t *testing.T) {
	f, _, err := read(t, handful)
	if err != nil {
		t.Fatal(err)
	}
	r := result(t, f, open(t, "cn-adult-opinion-1"))
	all := Line{
		Key:     "all",
		Persons: Count{Total: 9, Reached: 4, Review: 4, Percent: 44.4444, ReviewPercent: 44.4444},
		Cases:   Count{Total: 5, Reached: 3.5, Review: 1, Percent: 70, ReviewPercent: 20},
	}
	if diff := cmp.Diff(all, r.All); diff != "" {
		t.Error("all:", diff)
	}
	apart := Count{Total: 9, Reached: 1, Review: 6, Percent: 11.1111, ReviewPercent: 66.6667}
	if diff := cmp.Diff(apart, r.Apart.Persons); diff != "" {
		t.Error("suspended apart:", diff)
	}
	keys := func(lines []Line) string {
		var s []string
		for _, l := range lines {
			s = append(s, l.Key)
		}
		return strings.Join(s, " ")
	}
	for what, pair := range map[string][2]string{
		"crime":     {keys(r.Crime), "走私、贩卖、运输、制造毒品罪 交通肇事罪 盗窃罪 危险驾驶罪"},
		"penalty":   {keys(r.Penalty), "拘役 有期徒刑"},
		"suspended": {keys(r.Suspended), "unknown not suspended suspended"},
		"region":    {keys(r.Region), "unknown 广西 甘肃"},
		"year":      {keys(r.Year), "2023 2024"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("by %s: %s, want %s", what, pair[0], pair[1])
		}
	}
	if got := r.Region[1].Cases; got.Reached != 1.5 || got.Total != 1.5 {
		t.Errorf("广西: %+v", got)
	}
}

func TestFunnelByHand(t *testing.T) {
	f, _, err := read(t, handful)
	if err != nil {
		t.Fatal(err)
	}
	p, laid, err := Lay(open(t, "cn-adult-opinion-1"), open(t, "cn-adult-preferred"), []string{"exclusions", "first-offender"})
	if err != nil || len(laid) != 2 {
		t.Fatal(laid, err)
	}
	var got [][2]float64
	for _, s := range result(t, f, p).Funnel {
		got = append(got, [2]float64{s.Persons, s.Open})
	}
	// the drug dealers' term is unknown; they are excluded. Nothing says whether
	// the drunk driver and those who caused an accident are recidivists.
	want := [][2]float64{{4, 4}, {0, 3}, {0, 3}, {0, 3}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLayersLeaveWhatIsThere(t *testing.T) {
	preferred := open(t, "cn-adult-preferred")
	p, laid, err := Lay(preferred, preferred, []string{"exclusions", "first-offender"})
	if err != nil || p != preferred || laid != nil {
		t.Error(p.Digest, laid, err)
	}
	if _, _, err := Lay(preferred, preferred, []string{"age"}); err == nil || !strings.Contains(err.Error(), "no layer") {
		t.Error(err)
	}
}

// Every breakdown adds up to the whole, and neither the order of the facts nor
// the number of workers matters.
func TestBreakdownsAddUp(t *testing.T) {
	p := open(t, "cn-adult-preferred")
	by := Conventions{On: civil.New(2024, 12, 31)}
	rapid.Check(t, func(rt *rapid.T) {
		c := seeded(rapid.Uint64().Draw(rt, "seed"))
		facts := make([]*Fact, rapid.IntRange(1, 40).Draw(rt, "facts"))
		one, other := NewFacts(), NewFacts()
		for i := range facts {
			facts[i] = c.fact()
			if err := one.Add(facts[i]); err != nil {
				rt.Fatal(err)
			}
		}
		for _, i := range c.Perm(len(facts)) {
			if err := other.Add(facts[i]); err != nil {
				rt.Fatal(err)
			}
		}
		a, b := one.Ask(p, by, 1).Result(p, by.On), other.Ask(p, by, 3).Result(p, by.On)
		less := cmpopts.SortSlices(func(x, y Line) bool { return x.Key < y.Key })
		if diff := cmp.Diff(a, b, less, cmp.Comparer(func(x, y civil.Date) bool { return x == y })); diff != "" {
			rt.Fatal(diff)
		}
		for _, bd := range breakdowns() {
			var total, reached, review float64
			for _, l := range bd.of(a) {
				total, reached, review = total+l.Persons.Total, reached+l.Persons.Reached, review+l.Persons.Review
			}
			if total != a.All.Persons.Total || reached != a.All.Persons.Reached || review != a.All.Persons.Review {
				rt.Fatalf("by %s: %v of %v, %v in review; all %+v", bd.name, reached, total, review, a.All.Persons)
			}
		}
		for k := 1; k < len(a.Funnel); k++ {
			if a.Funnel[k].Persons > a.Funnel[k-1].Persons {
				rt.Fatalf("the funnel widens: %+v", a.Funnel)
			}
		}
	})
}

// The share grows with the threshold, and crosses the line once.
func TestSweep(t *testing.T) {
	f := national(t)
	by := Conventions{On: civil.New(2024, 12, 31)}
	s, err := f.Sweep(open(t, "cn-adult-opinion-2"), "limit_months", 3, 36, 3, by, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(s.Points); i++ {
		if s.Points[i].Persons < s.Points[i-1].Persons {
			t.Errorf("from %d to %d months the share falls", s.Points[i-1].Value, s.Points[i].Value)
		}
	}
	if s.Crosses == nil || *s.Crosses != 6 {
		t.Errorf("the line of %v%% is crossed at %v: %+v", s.Line, s.Crosses, s.Points)
	}
	if last := s.Points[len(s.Points)-1].Persons; math.Abs(last-86.52) > 0.05 {
		t.Errorf("up to three years: %v%%", last)
	}
	for _, bad := range []func() (*Sweep, error){
		func() (*Sweep, error) { return f.Sweep(open(t, "cn-adult-opinion-2"), "limit", 1, 2, 1, by, 1) },
		func() (*Sweep, error) { return f.Sweep(open(t, "cn-adult-opinion-2"), "limit_months", 2, 1, 1, by, 1) },
		func() (*Sweep, error) { return f.Sweep(open(t, "cn-adult-opinion-2"), "limit_months", 1, 2, 0, by, 1) },
	} {
		if _, err := bad(); err == nil {
			t.Error("a sweep that cannot be was made")
		}
	}
}

// The report's table: what was calibrated agrees to a hundredth of a point.
func TestReportTable(t *testing.T) {
	f := national(t)
	var all []*policy.Pack
	for _, id := range ReportPacks() {
		all = append(all, open(t, id))
	}
	table := f.Report("synthetic", true, all, Conventions{On: civil.New(2024, 12, 31)}, 0)
	calibrated := 0
	for i := range table.Rows {
		row := &table.Rows[i]
		if row.Pack != all[i].ID {
			t.Errorf("row %d is of %s", i, row.Pack)
		}
		shown := row.Shown()
		if shown.Agreement == ByCalibration {
			calibrated++
			if math.Abs(shown.Percent-row.Reported) > 0.011 {
				t.Errorf("%s: %v, the report has %v", row.Pack, shown.Percent, row.Reported)
			}
		}
	}
	if first := table.Rows[0].Shown(); calibrated != 4 || first.Agreement != Prediction || math.Abs(first.Percent-60) > 1 {
		t.Errorf("%d rows calibrated; the first opinion: %+v", calibrated, first)
	}
	for _, row := range f.Report("x", false, all, Conventions{On: civil.New(2024, 12, 31)}, 0).Rows {
		if row.Shown().Agreement != Measured {
			t.Errorf("%s on other facts: %+v", row.Pack, row.Shown())
		}
	}
}
