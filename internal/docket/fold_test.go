package docket

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
)

const (
	police = "urn:fengcun:agency:police-990101"
	proc   = "urn:fengcun:agency:procuratorate-990101"
	court  = "urn:fengcun:agency:court-990101"
	higher = "urn:fengcun:agency:court-990100"
	prison = "urn:fengcun:agency:prison-990001"
	corr   = "urn:fengcun:agency:corrections-990101"
)

func ptr[T any](v T) *T { return &v }

// life writes the events of one record, one line an act.
type life []*Event

func (l life) add(source string, typ Type, date string, part Part) life {
	day := civil.MustParse(date)
	part.Identity = Identity{Name: "冯予安", Number: "990101199001023019"}
	return append(l, &Event{
		ID: fmt.Sprint(len(l) + 1), Source: source, Type: typ, Time: day.Time().Add(10 * time.Hour),
		Data: Data{Date: day, Numbers: []Number{{Kind: "立案号", No: "1"}}, Persons: []Part{part}},
	})
}

func (l life) charged(date, crime, offence string) life {
	return l.add(proc, ProsecutionFiled, date, Part{Charged: []Crime{{Name: crime, MensRea: Intent, OffenceDate: civil.MustParse(offence)}}})
}

func (l life) judged(source, date, instance, outcome string, s *Sentence, crimes ...Crime) life {
	if len(crimes) == 0 && outcome == Convicted {
		crimes = []Crime{{Name: "盗窃罪", Sentence: s}}
	}
	return l.add(source, JudgmentRendered, date, Part{Judgment: &Judgment{Instance: instance, Outcome: outcome, Crimes: crimes, Sentence: s}})
}

func (l life) effective(date string) life { return l.add(court, JudgmentEffective, date, Part{}) }

func (l life) executed(source string, typ Type, date string, x Execution) life {
	return l.add(source, typ, date, Part{Execution: &x})
}

func (l life) paid(date string, yuan int64, full bool) life {
	return l.add(court, PropertyPerformed, date, Part{Property: &Property{Kind: "罚金", PaidYuan: &yuan, Performed: &full}})
}

func term(kind Penalty, months int) *Sentence {
	return &Sentence{Kind: kind, Months: &months, Suspended: ptr(false)}
}

func suspended(kind Penalty, months, probation int) *Sentence {
	return &Sentence{Kind: kind, Months: &months, Suspended: ptr(true), ProbationMonths: &probation}
}

func withFine(s *Sentence, yuan int64) *Sentence { s.FineYuan = &yuan; return s }

func withRights(s *Sentence, months int) *Sentence { s.RightsMonths = &months; return s }

// TestLifeStories tells what the law makes of whole lives.
func TestLifeStories(t *testing.T) {
	start := life{}.charged("2020-02-01", "盗窃罪", "2020-01-05")
	first := func(s *Sentence) life {
		return start.judged(court, "2020-03-01", "一审", Convicted, s).effective("2020-03-12")
	}
	for _, c := range []struct {
		name                       string
		events                     life
		kind                       Kind
		judged, effective, settled string
	}{
		{
			"缓刑考验期满", first(suspended(Detention, 2, 3)).executed(corr, ProbationCompleted, "2020-06-12", Execution{Of: "缓刑"}),
			Conviction, "2020-03-01", "2020-03-12", "2020-06-12",
		},
		{"缓刑考验期内", first(suspended(Detention, 2, 3)), Conviction, "2020-03-01", "2020-03-12", ""},
		{
			"撤销缓刑后服刑期满", first(suspended(FixedTerm, 8, 12)).
				executed(court, ProbationRevoked, "2020-07-01", Execution{Of: "缓刑", Ground: "违反监督管理规定"}).
				executed(prison, ExecutionCompleted, "2021-02-28", Execution{}),
			Conviction, "2020-03-01", "2020-03-12", "2021-02-28",
		},
		{
			"撤销缓刑尚未服满", first(suspended(FixedTerm, 8, 12)).
				executed(court, ProbationRevoked, "2020-07-01", Execution{Of: "缓刑", Ground: "新罪"}),
			Conviction, "2020-03-01", "2020-03-12", "",
		},
		{
			"假释考验期满", first(term(FixedTerm, 36)).
				executed(higher, ParoleGranted, "2022-01-10", Execution{RemainingUntil: civil.MustParse("2023-02-28")}).
				executed(corr, ProbationCompleted, "2023-02-28", Execution{Of: "假释"}),
			Conviction, "2020-03-01", "2020-03-12", "2023-02-28",
		},
		{
			"撤销假释", first(term(FixedTerm, 36)).
				executed(higher, ParoleGranted, "2022-01-10", Execution{RemainingUntil: civil.MustParse("2023-02-28")}).
				executed(court, ProbationRevoked, "2022-05-01", Execution{Of: "假释", Ground: "违反监督管理规定"}).
				executed(prison, ExecutionCompleted, "2023-06-18", Execution{}),
			Conviction, "2020-03-01", "2020-03-12", "2023-06-18",
		},
		{
			"判决前已羁押期满", first(term(Detention, 1)).executed(prison, ExecutionCompleted, "2020-03-05", Execution{}),
			Conviction, "2020-03-01", "2020-03-12", "2020-03-12",
		},
		{
			"罚金未缴", first(withFine(term(Detention, 2), 3000)).executed(prison, ExecutionCompleted, "2020-05-11", Execution{}).paid("2020-06-01", 1000, false),
			Conviction, "2020-03-01", "2020-03-12", "",
		},
		{
			"罚金分期缴清", first(withFine(term(Detention, 2), 3000)).executed(prison, ExecutionCompleted, "2020-05-11", Execution{}).
				paid("2020-06-01", 1000, false).paid("2020-07-01", 2000, false),
			Conviction, "2020-03-01", "2020-03-12", "2020-07-01",
		},
		{
			"罚金判前预缴", start.paid("2020-02-20", 3000, true).judged(court, "2020-03-01", "一审", Convicted, withFine(term(Detention, 2), 3000)).
				effective("2020-03-12").executed(prison, ExecutionCompleted, "2020-05-11", Execution{}),
			Conviction, "2020-03-01", "2020-03-12", "2020-05-11",
		},
		{
			"单处罚金", first(&Sentence{Kind: Fine, FineYuan: ptr(int64(5000))}).paid("2020-03-20", 5000, true),
			Conviction, "2020-03-01", "2020-03-12", "2020-03-20",
		},
		{"单处罚金未缴", first(&Sentence{Kind: Fine, FineYuan: ptr(int64(5000))}), Conviction, "2020-03-01", "2020-03-12", ""},
		{
			"管制并剥夺政治权利同时执行", first(withRights(term(PublicSurveillance, 6), 6)).executed(corr, ExecutionCompleted, "2020-09-11", Execution{}),
			Conviction, "2020-03-01", "2020-03-12", "2020-09-11",
		},
		{
			"徒刑后剥夺政治权利一年", first(withRights(term(FixedTerm, 12), 12)).executed(prison, ExecutionCompleted, "2021-03-11", Execution{}),
			Conviction, "2020-03-01", "2020-03-12", "2022-03-11",
		},
		{
			"剥夺政治权利从假释之日起", first(withRights(term(FixedTerm, 60), 24)).
				executed(higher, ParoleGranted, "2023-03-12", Execution{RemainingUntil: civil.MustParse("2025-03-11")}).
				executed(corr, ProbationCompleted, "2025-03-11", Execution{Of: "假释"}),
			Conviction, "2020-03-01", "2020-03-12", "2025-03-12",
		},
		{
			"剥夺政治权利期满由公安报送", first(withRights(term(FixedTerm, 12), 12)).executed(prison, ExecutionCompleted, "2021-03-11", Execution{}).
				executed(police, ExecutionCompleted, "2022-03-10", Execution{Of: "剥夺政治权利"}),
			Conviction, "2020-03-01", "2020-03-12", "2022-03-10",
		},
		{
			"独立适用剥夺政治权利", first(&Sentence{Kind: DeprivationOfRights, RightsMonths: ptr(12)}),
			Conviction, "2020-03-01", "2020-03-12", "2021-03-12",
		},
		{
			"剥夺政治权利终身", first(withRights(&Sentence{Kind: LifeImprisonment}, -1)).executed(prison, ExecutionCompleted, "2040-01-01", Execution{}),
			Conviction, "2020-03-01", "2020-03-12", "",
		},
		{"免予刑事处罚", first(&Sentence{Kind: ExemptFromPunishment, Exempt: ptr(true)}), Conviction, "2020-03-01", "2020-03-12", "2020-03-12"},
		{
			"特赦", first(term(FixedTerm, 60)).add(higher, PardonGranted, "2022-07-01", Part{}),
			Conviction, "2020-03-01", "2020-03-12", "2022-07-01",
		},
		{"一审未生效", start.judged(court, "2020-03-01", "一审", Convicted, term(Detention, 2)), Conviction, "2020-03-01", "", ""},
		{
			"二审维持", start.judged(court, "2020-03-01", "一审", Convicted, term(Detention, 4)).judged(higher, "2020-05-20", "二审", Upheld, nil).
				executed(prison, ExecutionCompleted, "2020-06-30", Execution{}),
			Conviction, "2020-03-01", "2020-05-20", "2020-06-30",
		},
		{
			"二审改判", start.judged(court, "2020-03-01", "一审", Convicted, term(FixedTerm, 12)).
				judged(higher, "2020-05-20", "二审", Convicted, suspended(FixedTerm, 12, 18)),
			Conviction, "2020-05-20", "2020-05-20", "",
		},
		{
			"发回重审后宣告无罪", start.judged(court, "2020-03-01", "一审", Convicted, term(FixedTerm, 12)).judged(higher, "2020-05-20", "二审", Remanded, nil).
				judged(court, "2020-08-01", "一审", Acquitted, nil).effective("2020-08-12"),
			Acquittal, "2020-08-01", "2020-08-12", "2020-08-12",
		},
		{
			"发回重审期间", start.judged(court, "2020-03-01", "一审", Convicted, term(FixedTerm, 12)).judged(higher, "2020-05-20", "二审", Remanded, nil),
			"", "", "", "",
		},
		{
			"服刑期满后再审改判无罪", first(term(Detention, 4)).executed(prison, ExecutionCompleted, "2020-06-30", Execution{}).
				judged(court, "2023-03-01", "再审", Acquitted, nil).effective("2023-03-12"),
			Acquittal, "2023-03-01", "2023-03-12", "2023-03-12",
		},
		{
			"再审维持不改生效日期", first(term(Detention, 4)).executed(prison, ExecutionCompleted, "2020-06-30", Execution{}).
				judged(court, "2023-03-01", "再审", Upheld, nil),
			Conviction, "2020-03-01", "2020-03-12", "2020-06-30",
		},
		{
			"二审加重罚金后原缴不足", start.judged(court, "2020-03-01", "一审", Convicted, withFine(term(Detention, 2), 1000)).paid("2020-03-05", 1000, true).
				judged(higher, "2020-05-20", "二审", Convicted, withFine(term(Detention, 2), 5000)).executed(prison, ExecutionCompleted, "2020-06-01", Execution{}),
			Conviction, "2020-05-20", "2020-05-20", "",
		},
		{"酌定不起诉", life{}.add(proc, ProsecutionDeclined, "2020-02-01", Part{Decision: DeclinedDiscretionary}), NonProsecution, "2020-02-01", "2020-02-01", "2020-02-01"},
		{"存疑不起诉后又起诉", life{}.add(proc, ProsecutionDeclined, "2020-02-01", Part{Decision: DeclinedEvidence}).charged("2020-06-01", "盗窃罪", "2020-01-05"), "", "", "", ""},
		{"附条件不起诉考验期内", life{}.add(proc, ProsecutionDeclined, "2020-02-01", Part{Decision: DeclinedConditional}), "", "", "", ""},
		{"附条件不起诉考验期满", life{}.add(proc, ProsecutionDeclined, "2020-02-01", Part{Decision: DeclinedConditional}).
			executed(proc, ProbationCompleted, "2020-08-01", Execution{Of: "附条件不起诉"}), NonProsecution, "2020-08-01", "2020-08-01", "2020-08-01"},
		{
			"附条件不起诉被撤销后判刑", life{}.add(proc, ProsecutionDeclined, "2020-02-01", Part{Decision: DeclinedConditional}).
				charged("2020-05-01", "盗窃罪", "2020-01-05").judged(court, "2020-06-01", "一审", Convicted, term(Detention, 2)).effective("2020-06-12"),
			Conviction, "2020-06-01", "2020-06-12", "",
		},
		{"撤案后重新立案", life{}.add(police, CaseWithdrawn, "2020-02-01", Part{}).add(police, CaseFiled, "2020-05-01", Part{}), "", "", "", ""},
		{"撤案", life{}.add(police, CaseFiled, "2020-01-01", Part{}).add(police, CaseWithdrawn, "2020-02-01", Part{}), Withdrawn, "2020-02-01", "2020-02-01", "2020-02-01"},
		{
			"治安拘留", life{}.add(police, PublicOrderDecided, "2026-02-03", Part{Order: &Order{Acts: []string{"殴打他人"}, Performed: civil.MustParse("2026-02-08")}}),
			PublicOrder, "2026-02-03", "2026-02-03", "2026-02-08",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Fold(c.events)
			got := []string{string(s.Kind), s.JudgmentDate.String(), s.EffectiveDate.String(), s.CompletedDate.String()}
			want := []string{string(c.kind), c.judged, c.effective, c.settled}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("kind, judged, effective, completed:\n%s", diff)
			}
		})
	}
}

func TestCombinedSentenceCountsAndCrimesKeepTheirs(t *testing.T) {
	crimes := []Crime{{Name: "盗窃罪", Sentence: term(FixedTerm, 10)}, {Name: "诈骗罪", Sentence: term(FixedTerm, 8)}}
	s := Fold(life{}.charged("2020-02-01", "盗窃罪", "2020-01-05").judged(court, "2020-03-01", "一审", Convicted, term(FixedTerm, 15), crimes...))
	if *s.Sentence.Months != 15 || *s.Crimes[0].Sentence.Months != 10 || *s.Crimes[1].Sentence.Months != 8 {
		t.Errorf("combined and declared terms are mixed up: %+v", s)
	}
	if s.Crimes[0].OffenceDate.String() != "2020-01-05" || s.Crimes[0].MensRea != Intent {
		t.Error("what the indictment says of the crime is lost in the judgment")
	}
	if s.OffenceDate.String() != "2020-01-05" {
		t.Errorf("offence date %s", s.OffenceDate)
	}
}

func TestLaterFindingsKeepEarlierOnes(t *testing.T) {
	l := life{}.judged(court, "2020-03-01", "一审", Convicted, term(FixedTerm, 12)).judged(higher, "2020-05-20", "二审", Convicted, term(FixedTerm, 10))
	l[0].Data.Persons[0].Judgment.Flags = Flags{Recidivist: ptr(true), Surrender: ptr(true)}
	l[1].Data.Persons[0].Judgment.Flags = Flags{Surrender: ptr(false)}
	s := Fold(l)
	if !is(s.Flags.Recidivist) || is(s.Flags.Surrender) {
		t.Errorf("flags of two instances: %+v", s.Flags)
	}
	if s.Decider != higher {
		t.Errorf("the deciding court is %s", s.Decider)
	}
}

func TestRetractedAndCorrectedEventsDoNotCount(t *testing.T) {
	l := life{}.judged(court, "2020-03-01", "一审", Convicted, term(FixedTerm, 12)).judged(court, "2020-03-01", "一审", Convicted, term(FixedTerm, 10)).effective("2020-03-12")
	l[1].Corrects = "1"
	if s := Fold(l); *s.Sentence.Months != 10 {
		t.Errorf("the corrected term counts: %d months", *s.Sentence.Months)
	}
	back := &Event{ID: "9", Source: court, Type: ReportRetracted, Corrects: "2", Data: Data{Date: civil.MustParse("2020-04-01")}}
	if s := Fold(append(l, back)); s.Kind != "" || s.Sentence != nil {
		t.Errorf("the retracted judgment counts: %+v", s)
	}
	foreign := *back
	foreign.Source = higher
	if s := Fold(append(l, &foreign)); s.Kind != Conviction {
		t.Error("another source took the judgment back")
	}
}

// TestFoldKnowsNoOrder: any permutation, any doubling, and a wrong version with
// its correction give the same state as the plain history.
func TestFoldKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := randomLife(t)
		want := Fold(plain)
		var sent []*Event
		for i, e := range plain {
			sent = append(sent, e)
			if rapid.Bool().Draw(t, "twice") {
				sent = append(sent, e)
			}
			if rapid.IntRange(0, 3).Draw(t, "corrected") == 0 {
				right, wrong := *e, *e
				wrong.ID = fmt.Sprint("wrong", i)
				wrong.Data.Date = e.Data.Date.AddDays(rapid.IntRange(-400, 400).Draw(t, "off"))
				right.Corrects = wrong.ID
				sent[len(sent)-1] = &right
				sent = append(sent, &wrong, &right)
				for k := range sent {
					if sent[k].key() == right.key() {
						sent[k] = &right
					}
				}
			}
		}
		sent = rapid.Permutation(sent).Draw(t, "order")
		if diff := cmp.Diff(want, Fold(sent), sameDay); diff != "" {
			t.Fatalf("the order of arrival shows:\n%s", diff)
		}
	})
}

func randomLife(t *rapid.T) life {
	var l life
	day := civil.MustParse("2020-01-01")
	for range rapid.IntRange(1, 12).Draw(t, "acts") {
		day = day.AddDays(rapid.IntRange(0, 120).Draw(t, "days")) // also several on one day
		source := rapid.SampledFrom([]string{police, proc, court, higher, prison, corr}).Draw(t, "source")
		typ := rapid.SampledFrom(Types()).Draw(t, "type")
		part := Part{}
		switch typ {
		case JudgmentRendered:
			outcome := rapid.SampledFrom([]string{Convicted, Acquitted, Upheld, Remanded}).Draw(t, "outcome")
			part.Judgment = &Judgment{
				Instance: rapid.SampledFrom([]string{"一审", "二审", "再审"}).Draw(t, "instance"), Outcome: outcome,
				Crimes:   []Crime{{Name: "盗窃罪"}},
				Sentence: withFine(suspended(Detention, 2, 3), int64(rapid.IntRange(0, 3).Draw(t, "fine"))*1000),
			}
		case ProsecutionDeclined:
			part.Decision = rapid.SampledFrom([]string{DeclinedConditional, DeclinedByLaw}).Draw(t, "decision")
		case PropertyPerformed:
			part.Property = &Property{Kind: "罚金", PaidYuan: ptr(int64(1000)), Performed: ptr(rapid.Bool().Draw(t, "full"))}
		case ProbationRevoked, ProbationCompleted, ExecutionCompleted:
			part.Execution = &Execution{Of: rapid.SampledFrom([]string{"缓刑", "假释", "附条件不起诉", "剥夺政治权利", ""}).Draw(t, "of")}
		default:
		}
		l = l.add(source, typ, day.String(), part)
	}
	return l
}
