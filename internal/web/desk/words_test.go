package desk

import (
	"regexp"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/web/locale"
)

func ptr[T any](v T) *T { return &v }

func TestSentenceWords(t *testing.T) {
	for _, c := range []struct {
		s      *docket.Sentence
		zh, en string
	}{
		{nil, "", ""},
		{
			&docket.Sentence{Kind: docket.Detention, Months: ptr(2), Suspended: ptr(true), ProbationMonths: ptr(3), FineYuan: ptr(int64(4000))},
			"拘役 2 个月，缓刑 3 个月，罚金 4,000 元", "short-term detention of 2 months, suspended for 3 months, fine of 4,000 yuan",
		},
		{&docket.Sentence{Kind: docket.FixedTerm, Months: ptr(25)}, "有期徒刑 2 年 1 个月", "fixed-term imprisonment of 2 years 1 month"},
		{
			&docket.Sentence{Kind: docket.FixedTerm, Months: ptr(12), RightsMonths: ptr(12)},
			"有期徒刑 1 年，剥夺政治权利 1 年", "fixed-term imprisonment of 1 year, deprived of political rights for 1 year",
		},
		{&docket.Sentence{Kind: docket.Fine, FineYuan: ptr(int64(1234567))}, "罚金 1,234,567 元", "fine of 1,234,567 yuan"},
	} {
		if got := sentenceWords(c.s); got != (locale.Both{Zh: c.zh, En: c.en}) {
			t.Errorf("got %q", got)
		}
	}
}

var chinese = regexp.MustCompile(`\p{Han}`)

// TestEveryWordHasEnglish walks the vocabularies: nothing of ours is said in
// Chinese to those who read English.
func TestEveryWordHasEnglish(t *testing.T) {
	check := func(what string, b locale.Both) {
		t.Helper()
		if b.En == "" || b.Zh == "" || chinese.MatchString(b.En) {
			t.Errorf("%s: %q", what, b)
		}
	}
	for _, typ := range docket.Types() {
		check(string(typ), typeWords(typ))
		check(string(typ), reasonWords(typ.Chinese()))
	}
	for _, p := range docket.Penalties() {
		check(string(p), sentenceWords(&docket.Sentence{Kind: p}))
	}
	for _, d := range []string{docket.DeclinedByLaw, docket.DeclinedDiscretionary, docket.DeclinedEvidence, docket.DeclinedConditional} {
		check(d, penaltyWords(&docket.State{Declined: d}))
	}
	for _, k := range []docket.Kind{docket.Acquittal, docket.Withdrawn} {
		check(string(k), penaltyWords(&docket.State{Kind: k}))
	}
	for _, o := range []string{docket.Acquitted, docket.NotLiable, docket.Upheld, docket.Remanded, docket.Terminated} {
		check(o, judgmentWords(&docket.Judgment{Instance: "一审", Outcome: o}))
	}
	for _, m := range []string{"拘传", "取保候审", "监视居住", "拘留", "逮捕"} {
		check(m, measureWords(&docket.Measure{Kind: m}))
	}
	for _, k := range []string{"罚金", "没收财产", "附带民事赔偿", "退赔"} {
		check(k, propertyWords(&docket.Property{Kind: k, PaidYuan: ptr(int64(1)), Performed: ptr(true)}))
	}
	for _, r := range []string{"seal", "observe", "keep", "review: first-offence, age", "unseal", "confirmed", "rejected", "superseded"} {
		check(r, reasonWords(r))
	}
	for _, a := range []string{"person.birth", "records[r1].flags.recidivist", "records[r1].crimes[0].name (not in the catalogue of crimes)"} {
		check(a, attribute(a))
	}
	check("order", orderWords(&docket.Order{Penalties: []string{"行政拘留", "罚款"}, Days: ptr(5), FineYuan: ptr(int64(200))}))
}

func TestMasked(t *testing.T) {
	for in, want := range map[string]string{"990101199306210689": "990101********0689", "E1234": "*****", "": ""} {
		if got := masked(in); got != want {
			t.Errorf("masked(%q) = %q", in, got)
		}
	}
}
