package province

import (
	"slices"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

func TestBandsLieInsideTheStatutes(t *testing.T) {
	law := statutes()
	names := make(map[string]bool)
	for _, o := range offences() {
		if names[o.name] {
			t.Errorf("%s twice", o.name)
		}
		names[o.name] = true
		st, known := law[o.article]
		if !known {
			t.Errorf("%s: no statute for article %s", o.name, o.article)
		}
		for _, b := range o.bands {
			if why := st.refuses(b); why != "" {
				t.Errorf("%s: %+v: %s", o.name, b, why)
			}
		}
	}
}

func (st statute) refuses(b band) string {
	may := func(letter string) bool { return strings.Contains(st.allows, letter) }
	switch b.kind {
	case dt:
		if !may("d") || b.from < 1 || b.to > 6 {
			return "拘役 1 to 6 months where the article has it (刑法 42)"
		}
	case ps:
		if !may("s") || b.from < 3 || b.to > 24 {
			return "管制 3 to 24 months where the article has it (刑法 38)"
		}
	case fn:
		if !may("f") {
			return "no 单处罚金 in the article"
		}
	case ft:
		if b.from < st.min || b.to > st.max {
			return "outside the article's range"
		}
	case docket.LifeImprisonment, docket.Death:
		if !may("L") {
			return "no such penalty in the article"
		}
	case ex: // 刑法 37
	default:
		return "not a penalty the province uses"
	}
	return ""
}

// TestEverySentenceIsLegal reads every judgment of the province.
func TestEverySentenceIsLegal(t *testing.T) {
	p := New(11, 4000, civil.MustParse("2016-11-01"), civil.MustParse("2026-10-31"))
	of := make(map[string]offence)
	for _, o := range p.crimes {
		of[o.name] = o
	}
	n := 0
	for e := range p.Events() {
		for _, part := range e.Data.Persons {
			j := part.Judgment
			if j == nil || j.Outcome != docket.Convicted {
				continue
			}
			n++
			for _, why := range faults(of, j, part.Identity.Birth) {
				t.Errorf("%s, %s: %s", e.ID, j.Crimes[0].Name, why)
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d judgments were read", n)
	}
}

func faults(of map[string]offence, j *docket.Judgment, birth civil.Date) []string {
	var why []string
	law := statutes()
	minor := civil.AgeOn(birth, j.Crimes[0].OffenceDate) < 18
	for _, c := range j.Crimes {
		o := of[c.Name]
		why = append(why, termFaults(c.Sentence, 1)...)
		if f := law[o.article].refuses(band{kind: c.Sentence.Kind, from: value(c.Sentence.Months), to: value(c.Sentence.Months)}); f != "" {
			why = append(why, f)
		}
		if o.fine == noFine && c.Sentence.FineYuan != nil {
			why = append(why, "a fine that the article does not have")
		}
		if o.fine == mustFine && c.Sentence.Kind.Gravity() > 0 && c.Sentence.Kind.Gravity() < 5 && value(c.Sentence.FineYuan) < 1000 {
			why = append(why, "the article's fine is missing")
		}
		if minor && (c.Sentence.Kind.Gravity() > ft.Gravity() || civil.AgeOn(birth, c.OffenceDate) < 16) {
			why = append(why, "too grave or too young (刑法 17, 49)")
		}
	}
	why = append(why, termFaults(j.Sentence, 2)...)
	why = append(why, suspensionFaults(j)...)
	if yes := j.Flags.Recidivist; is(yes) && (minor || j.Sentence.Kind.Gravity() < ft.Gravity()) {
		why = append(why, "累犯 below imprisonment or as a minor (刑法 65)")
	}
	return why
}

func value[T int | int64](v *T) T {
	if v == nil {
		return 0
	}
	return *v
}

// termFaults checks the range of a kind, doubled for combined sentences where
// 刑法 69 raises it.
func termFaults(s *docket.Sentence, times int) []string {
	ranges := map[docket.Penalty][2]int{dt: {1, 6 * times}, ps: {3, 24 + 12*(times-1)}, ft: {6, 180 + 120*(times-1)}}
	r, timed := ranges[s.Kind]
	switch m := value(s.Months); {
	case timed && (m < r[0] || m > r[1]):
		return []string{"the term is outside the kind's range"}
	case !timed && m != 0:
		return []string{"a term for a kind that has none"}
	case is(s.Exempt) != (s.Kind == ex):
		return []string{"exempt says other than the kind"}
	}
	return nil
}

func suspensionFaults(j *docket.Judgment) []string {
	s := j.Sentence
	if !is(s.Suspended) {
		if s.ProbationMonths != nil {
			return []string{"probation without suspension"}
		}
		return nil
	}
	var why []string
	p := value(s.ProbationMonths)
	if s.Kind != dt && (s.Kind != ft || value(s.Months) > 36) {
		why = append(why, "a sentence that cannot be suspended (刑法 72)")
	}
	if s.Kind == dt && (p < 2 || p > 12 || p < *s.Months) || s.Kind == ft && (p < 12 || p > 60 || p < *s.Months) {
		why = append(why, "probation outside 刑法 73")
	}
	if is(j.Flags.Recidivist) {
		why = append(why, "suspension for a 累犯 (刑法 74)")
	}
	return why
}

func TestExecutionFollowsTheSentence(t *testing.T) {
	p := New(12, 3000, civil.MustParse("2016-11-01"), civil.MustParse("2026-10-31"))
	for _, pl := range p.plans {
		for _, e := range p.tell(pl).events {
			for _, part := range e.Data.Persons {
				x := part.Execution
				if x == nil {
					continue
				}
				if !x.Start.IsZero() && !x.End.IsZero() && x.End.Before(x.Start) {
					t.Errorf("%s %s: ends before it starts", e.ID, e.Type)
				}
				if e.Type == docket.ParoleGranted && x.RemainingUntil.Before(e.Data.Date) {
					t.Errorf("%s: parole after the term", e.ID)
				}
			}
		}
	}
}

// TestCrimeNamesAreOfficial: the names are of the official list, or one of the
// choices that a 选择性罪名 of the list offers.
func TestCrimeNamesAreOfficial(t *testing.T) {
	choices := map[string]string{
		"贩卖毒品罪":       "走私、贩卖、运输、制造毒品罪",
		"掩饰、隐瞒犯罪所得罪":  "掩饰、隐瞒犯罪所得、犯罪所得收益罪",
		"参加黑社会性质组织罪":  "组织、领导、参加黑社会性质组织罪",
		"虚开增值税专用发票罪":  "虚开增值税专用发票、用于骗取出口退税、抵扣税款发票罪",
		"引诱、容留、介绍卖淫罪": "引诱、容留、介绍卖淫罪",
	}
	official := officialCrimes(t)
	for _, o := range offences() {
		name := o.name
		if whole, chosen := choices[name]; chosen {
			name = whole
		}
		if !slices.Contains(official, name) {
			t.Errorf("%s is no official name", name)
		}
	}
}
