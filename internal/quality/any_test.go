package quality_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
)

// anyAct draws an act of any type by any agency, saying anything, on any day.
func anyAct(t *rapid.T, l life) life {
	kinds := append(docket.Penalties(), "")
	months := rapid.Custom(func(t *rapid.T) *int {
		if n := rapid.IntRange(-1, 400).Draw(t, "months"); n >= 0 {
			return &n
		}
		return nil
	})
	truth := rapid.SampledFrom([]*bool{nil, ptr(true), ptr(false)})
	date := rapid.Custom(func(t *rapid.T) string {
		return day("2000-01-01").AddDays(rapid.IntRange(0, 9000).Draw(t, "day")).String()
	})
	sentence := func() *docket.Sentence {
		return &docket.Sentence{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Months: months.Draw(t, "months"), Days: months.Draw(t, "days"),
			Suspended: truth.Draw(t, "suspended"), ProbationMonths: months.Draw(t, "probation"), RightsMonths: months.Draw(t, "rights"), Exempt: truth.Draw(t, "exempt"),
		}
	}
	p := docket.Part{Identity: born(date.Draw(t, "birth"))}
	if rapid.Bool().Draw(t, "with a measure") {
		p.Measure = &docket.Measure{Kind: rapid.SampledFrom([]string{"拘留", "逮捕", "取保候审", "监视居住", "拘传"}).Draw(t, "measure")}
		if rapid.Bool().Draw(t, "from") {
			p.Measure.From = day(date.Draw(t, "from"))
		}
	}
	if rapid.Bool().Draw(t, "with a judgment") {
		outcomes := []string{docket.Convicted, docket.Acquitted, docket.Upheld, docket.Remanded, docket.Terminated}
		p.Judgment = &docket.Judgment{
			Instance: rapid.SampledFrom([]string{"一审", "二审", "再审"}).Draw(t, "instance"), Outcome: rapid.SampledFrom(outcomes).Draw(t, "outcome"),
			Flags: docket.Flags{Recidivist: truth.Draw(t, "recidivist")},
		}
		if rapid.Bool().Draw(t, "with a sentence") {
			p.Judgment.Sentence = sentence()
		}
		for range rapid.IntRange(0, 2).Draw(t, "crimes") {
			p.Judgment.Crimes = append(p.Judgment.Crimes, docket.Crime{Name: "盗窃罪", OffenceDate: day(date.Draw(t, "offence")), Sentence: sentence()})
		}
	}
	if rapid.Bool().Draw(t, "with an execution") {
		x := span(rapid.SampledFrom([]string{"", "监狱", "看守所", "社区矫正"}).Draw(t, "place"), date.Draw(t, "start"), date.Draw(t, "end"))
		x.Of = rapid.SampledFrom([]string{"", docket.OfSuspension, docket.OfParole, docket.OfRights, docket.DeclinedConditional}).Draw(t, "of")
		p.Execution = &x
	}
	p.Decision = rapid.SampledFrom([]string{"", "批准逮捕", "不批准逮捕", docket.DeclinedConditional, docket.DeclinedDiscretionary}).Draw(t, "decision")
	source := rapid.SampledFrom([]string{police, proc, court, higher, prison, correct, "nobody-990199"}).Draw(t, "source")
	return l.add(source, rapid.SampledFrom(docket.Types()).Draw(t, "type"), date.Draw(t, "date"), p)
}

// TestWhateverIsReported: no report makes a rule fall over or find a fault of
// nobody's, and the order of arrival says nothing.
func TestWhateverIsReported(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l life
		for range rapid.IntRange(0, 9).Draw(t, "acts") {
			l = anyAct(t, l)
		}
		on := day("2000-01-01").AddDays(rapid.IntRange(0, 12000).Draw(t, "on"))
		found, next := quality.Standard().Examine(l, on, directory())
		again, later := quality.Standard().Examine(rapid.Permutation([]*docket.Event(l)).Draw(t, "order"), on, directory())
		if fmt.Sprint(found) != fmt.Sprint(again) || next != later {
			t.Fatalf("%v, %s\nin another order %v, %s", found, next, again, later)
		}
		if !next.IsZero() && !next.After(on) {
			t.Fatalf("to be looked at again on %s, and it is %s", next, on)
		}
		seen := make(map[[2]string]bool)
		for _, f := range found {
			key := [2]string{f.Rule, f.Agency}
			if f.Agency == "" || seen[key] || f.Since.IsZero() {
				t.Fatalf("%+v", f)
			}
			seen[key] = true
		}
	})
}
