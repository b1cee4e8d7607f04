package policy

import (
	"encoding/json"
	"testing"

	"cel.dev/cel-go/cel"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

func boolType() *cel.Type { return cel.BoolType }

func TestTruthTables(t *testing.T) {
	for _, c := range []struct{ a, b, and, or Truth }{
		{True, True, True, True},
		{True, False, False, True},
		{True, Unknown, Unknown, True},
		{False, False, False, False},
		{False, Unknown, False, Unknown},
		{Unknown, Unknown, Unknown, Unknown},
	} {
		if c.a.And(c.b) != c.and || c.b.And(c.a) != c.and || c.a.Or(c.b) != c.or || c.b.Or(c.a) != c.or {
			t.Errorf("%s, %s: and %s, or %s", c.a, c.b, c.a.And(c.b), c.a.Or(c.b))
		}
	}
	for _, x := range []Truth{True, False, Unknown} {
		b, err := json.Marshal(x)
		var back Truth
		if err != nil || json.Unmarshal(b, &back) != nil || back != x || x.Not().Not() != x {
			t.Errorf("%s does not survive JSON or two negations", x)
		}
	}
	var x Truth
	if json.Unmarshal([]byte("1"), &x) == nil {
		t.Error("1 is no truth")
	}
}

func TestPenaltiesAreComparedByKindFirst(t *testing.T) {
	months := func(n int) *int { return &n }
	yes := true
	for _, c := range []struct {
		name  string
		s     *docket.Sentence
		limit docket.Penalty
		n     int64
		want  order
	}{
		{"two years of 管制 under six months of 有期徒刑", &docket.Sentence{Kind: docket.PublicSurveillance, Months: months(24)}, docket.FixedTerm, 6, lighter},
		{"six months of 有期徒刑 over a year of 拘役", &docket.Sentence{Kind: docket.FixedTerm, Months: months(6)}, docket.Detention, 12, graver},
		{"the number itself", &docket.Sentence{Kind: docket.FixedTerm, Months: months(12)}, docket.FixedTerm, 12, equal},
		{"a day more", &docket.Sentence{Kind: docket.FixedTerm, Months: months(12), Days: months(1)}, docket.FixedTerm, 12, graver},
		{"a day less than the next month", &docket.Sentence{Kind: docket.FixedTerm, Months: months(11), Days: months(29)}, docket.FixedTerm, 12, lighter},
		{"the kind alone", &docket.Sentence{Kind: docket.Detention}, docket.Detention, -1, equal},
		{"a fine beside 没收财产: both imposed alone", &docket.Sentence{Kind: docket.Fine}, docket.Confiscation, -1, equal},
		{"exempt", &docket.Sentence{Exempt: &yes}, docket.Fine, -1, lighter},
		{"life", &docket.Sentence{Kind: docket.LifeImprisonment}, docket.FixedTerm, 300, graver},
		{"months unknown, kind lighter", &docket.Sentence{Kind: docket.Detention}, docket.FixedTerm, 6, lighter},
		{"months unknown, same kind", &docket.Sentence{Kind: docket.FixedTerm}, docket.FixedTerm, 6, noOrder},
		{"kind unknown", &docket.Sentence{Months: months(6)}, docket.FixedTerm, 6, noOrder},
		{"nothing known", nil, docket.FixedTerm, 6, noOrder},
	} {
		if got := compare(c.s, c.limit, c.n); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	for name, by := range comparisons() {
		want := map[string][3]Truth{"at_most": {True, True, False}, "under": {True, False, False}, "at_least": {False, True, True}, "over": {False, False, True}}[name]
		if got := [3]Truth{by.holds(lighter), by.holds(equal), by.holds(graver)}; got != want || by.holds(noOrder) != Unknown {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		from string
		wait Wait
		end  MonthEnd
		day  PeriodEnd
		want string
	}{
		{"2024-05-17", Wait{Years: 2}, LastDay, OnTheDay, "2026-05-17"},
		{"2024-05-17", Wait{Years: 2}, LastDay, DayBefore, "2026-05-16"},
		{"2024-05-17", Wait{Years: 2}, LastDay, DayAfter, "2026-05-18"},
		{"2024-05-17", Wait{}, LastDay, DayAfter, "2024-05-17"}, // no wait has passed at once
		{"2024-02-29", Wait{Years: 1}, LastDay, OnTheDay, "2025-02-28"},
		{"2024-02-29", Wait{Years: 1}, NextDay, OnTheDay, "2025-03-01"},
		{"2024-02-29", Wait{Years: 4}, NextDay, OnTheDay, "2028-02-29"},
		{"2024-01-31", Wait{Months: 1}, LastDay, OnTheDay, "2024-02-29"},
		{"2024-01-31", Wait{Months: 1}, NextDay, OnTheDay, "2024-03-01"},
		{"2024-01-31", Wait{Months: 1, Days: 10}, LastDay, OnTheDay, "2024-03-10"},
	} {
		d := Dates{MonthEnd: c.end, PeriodEnd: c.day}
		if got := d.after(civil.MustParse(c.from), c.wait).String(); got != c.want {
			t.Errorf("%s + %+v (%s, %s) = %s, want %s", c.from, c.wait, c.end, c.day, got, c.want)
		}
	}
}
