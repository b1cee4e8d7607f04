package quality_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
)

const (
	police  = "police-990101"
	proc    = "procuratorate-990101"
	court   = "court-990101"
	higher  = "court-990100"
	prison  = "prison-990100"
	correct = "corrections-990101"
)

func directory() *quality.Directory {
	of := func(id string, kind agency.Kind) *agency.Agency {
		return &agency.Agency{ID: id, Kind: kind, Division: id[len(id)-6:]}
	}
	return quality.NewDirectory([]*agency.Agency{
		of(police, agency.Police), of(proc, agency.Procuratorate), of(court, agency.Court), of(higher, agency.Court),
		of(prison, agency.Prison), of(correct, agency.Corrections),
	})
}

func ptr[T any](v T) *T { return &v }

func day(s string) civil.Date { return civil.MustParse(s) }

// who is the person of all records here: born 1990-01-02, a man.
func who() docket.Identity {
	digits := "99010119900102301"
	return docket.Identity{Name: "冯予安", Document: docket.ResidentID, Number: digits + string(docket.ResidentCheckCharacter(digits))}
}

// life writes the events of one record, one line an act.
type life []*docket.Event

func (l life) add(source string, typ docket.Type, date string, part docket.Part) life {
	if part.Identity.Name == "" {
		part.Identity = who()
	}
	on := day(date)
	return append(slices.Clip(l), &docket.Event{
		ID: fmt.Sprint(len(l) + 1), Source: agency.SourceOf(source), Type: typ, Time: on.Time().Add(10 * time.Hour),
		Data: docket.Data{Date: on, Numbers: []docket.Number{{Kind: "立案号", No: "1"}}, Persons: []docket.Part{part}},
	})
}

func (l life) filed(date string) life {
	return l.add(police, docket.CaseFiled, date, docket.Part{Suspected: []docket.Crime{{Name: "盗窃罪", OffenceDate: day(date)}}})
}

func (l life) measure(kind, date string) life {
	return l.add(police, docket.MeasureImposed, date, docket.Part{Measure: &docket.Measure{Kind: kind, From: day(date)}})
}

func (l life) referred(date string) life {
	return l.add(police, docket.CaseReferred, date, docket.Part{Suspected: []docket.Crime{{Name: "盗窃罪"}}})
}

func (l life) charged(date string) life {
	return l.add(proc, docket.ProsecutionFiled, date, docket.Part{Charged: []docket.Crime{{Name: "盗窃罪"}}})
}

func judgment(s *docket.Sentence, crimes ...docket.Crime) *docket.Judgment {
	if len(crimes) == 0 {
		crimes = []docket.Crime{{Name: "盗窃罪", Sentence: s}}
	}
	return &docket.Judgment{Instance: "一审", Outcome: docket.Convicted, Crimes: crimes, Sentence: s}
}

func (l life) judged(date string, j *docket.Judgment) life {
	return l.add(court, docket.JudgmentRendered, date, docket.Part{Judgment: j})
}

func (l life) effective(date string) life {
	return l.add(court, docket.JudgmentEffective, date, docket.Part{})
}

func (l life) act(source string, typ docket.Type, date string, x docket.Execution) life {
	return l.add(source, typ, date, docket.Part{Execution: &x})
}

func span(place, start, end string) docket.Execution {
	return docket.Execution{Place: place, Start: day(start), End: day(end)}
}

func term(kind docket.Penalty, months int) *docket.Sentence {
	return &docket.Sentence{Kind: kind, Months: &months, Suspended: ptr(false)}
}

func suspended(kind docket.Penalty, months, probation int) *docket.Sentence {
	return &docket.Sentence{Kind: kind, Months: &months, Suspended: ptr(true), ProbationMonths: &probation}
}

// sentenced is a record whose judgment of one crime is in effect, with the
// execution that keeps the other rules quiet.
func sentenced(s *docket.Sentence) life {
	return life{}.filed("2024-01-10").judged("2024-05-06", judgment(s)).effective("2024-05-17").
		act(prison, docket.ExecutionCompleted, "2024-05-20", docket.Execution{})
}

// verdict is a record judged and no more.
func verdict(j *docket.Judgment) life { return life{}.filed("2024-01-10").judged("2024-05-06", j) }

func flagged(s *docket.Sentence) *docket.Judgment {
	j := judgment(s)
	j.Flags.Recidivist = ptr(true)
	return j
}

func dated(effective string) *docket.Judgment {
	j := judgment(term(docket.FixedTerm, 8))
	j.Effective = day(effective)
	return j
}

func several(combined *docket.Sentence, months ...int) *docket.Judgment {
	var crimes []docket.Crime
	for i, n := range months {
		crimes = append(crimes, docket.Crime{Name: fmt.Sprint("罪", i), Sentence: term(docket.FixedTerm, n)})
	}
	return judgment(combined, crimes...)
}

func stated(change func(*docket.Identity)) docket.Identity {
	p := who()
	change(&p)
	return p
}

func born(s string) docket.Identity {
	return stated(func(p *docket.Identity) { p.Birth = day(s) })
}

// revived is a conditional non-prosecution that came to a judgment after all.
func revived() life {
	return life{}.filed("2024-01-10").add(proc, docket.ProsecutionDeclined, "2024-02-01", docket.Part{
		Decision: docket.DeclinedConditional, Execution: &docket.Execution{Of: docket.DeclinedConditional, Start: day("2024-02-01"), End: day("2024-08-01")},
	}).charged("2024-03-01").judged("2024-05-06", judgment(term(docket.FixedTerm, 8)))
}

// example is a rule, a record that breaks it on a day and whose fault that is,
// and records that keep to it by a hair.
type example struct {
	rule   string
	on     string
	breaks life
	fault  string
	keeps  []life
	before string // a day on which breaks does not yet break it
}

func examples() []example {
	eight := term(docket.FixedTerm, 8)
	return []example{
		{rule: "custody-follow-up", on: "2024-03-01", before: "2024-02-26", fault: police, breaks: life{}.filed("2024-01-10").measure("拘留", "2024-01-10"), keeps: []life{
			life{}.filed("2024-01-10").measure("拘留", "2024-01-10").add(proc, docket.ArrestDecided, "2024-01-20", docket.Part{Decision: "不批准逮捕"}),
			life{}.filed("2024-01-10").add(police, docket.MeasureImposed, "2024-01-10", docket.Part{Measure: &docket.Measure{Kind: "拘留", From: day("2024-01-10"), To: day("2024-01-12")}}),
		}},
		{rule: "arrest-referral", on: "2024-09-01", before: "2024-08-30", fault: police, breaks: life{}.filed("2024-01-10").add(proc, docket.ArrestDecided, "2024-01-20", docket.Part{Decision: "批准逮捕"}), keeps: []life{
			life{}.filed("2024-01-10").add(proc, docket.ArrestDecided, "2024-01-20", docket.Part{Decision: "不批准逮捕"}),
		}},
		{rule: "bail-follow-up", on: "2025-01-21", before: "2025-01-20", fault: police, breaks: life{}.filed("2024-01-10").measure("取保候审", "2024-01-10"), keeps: []life{
			life{}.filed("2024-01-10").measure("取保候审", "2024-01-10").referred("2024-12-20"),
			life{}.filed("2024-01-10").measure("拘传", "2024-01-10"),
		}},
		{rule: "referral-decision", on: "2024-09-20", before: "2024-08-28", fault: proc, breaks: life{}.filed("2024-01-10").referred("2024-02-10"), keeps: []life{
			life{}.filed("2024-01-10").referred("2024-02-10").charged("2024-03-01"),
		}},
		{rule: "prosecution-judgment", on: "2024-09-12", before: "2024-09-11", fault: court, breaks: life{}.filed("2024-01-10").referred("2024-02-10").charged("2024-03-01"), keeps: []life{
			life{}.filed("2024-01-10").charged("2024-03-01").judged("2024-05-06", judgment(eight)),
		}},
		{rule: "judgment-effect", on: "2024-10-05", before: "2024-10-04", fault: court, breaks: verdict(judgment(eight)), keeps: []life{
			sentenced(eight), verdict(judgment(&docket.Sentence{Kind: docket.Death})),
		}},
		{rule: "effect-execution", on: "2024-06-07", before: "2024-06-06", fault: court, breaks: verdict(judgment(eight)).effective("2024-05-17"), keeps: []life{
			sentenced(eight), verdict(judgment(&docket.Sentence{Kind: docket.Fine, FineYuan: ptr(int64(1000))})).effective("2024-05-17"),
			verdict(judgment(nil)).effective("2024-05-17"),
		}},
		{
			rule: "term-end", on: "2025-01-27", before: "2025-01-26", fault: prison,
			breaks: verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-20", span("监狱", "2024-05-17", "2025-01-16")), keeps: []life{
				revived().effective("2024-05-17"), // the end that was foreseen is that of another probation
				verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-20", span("监狱", "2024-05-17", "2025-01-16")).
					act(prison, docket.ExecutionCompleted, "2025-01-16", docket.Execution{Place: "监狱"}),
				verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-20", docket.Execution{Place: "监狱"}),
			},
		},
		{
			rule: "probation-end", on: "2025-05-28", before: "2025-05-27", fault: correct,
			breaks: verdict(judgment(suspended(docket.FixedTerm, 8, 12))).effective("2024-05-17").act(correct, docket.ExecutionStarted, "2024-05-20", span("社区矫正", "2024-05-17", "2025-05-17")), keeps: []life{
				verdict(judgment(suspended(docket.FixedTerm, 8, 12))).effective("2024-05-17").act(correct, docket.ExecutionStarted, "2024-05-20", span("社区矫正", "2024-05-17", "2025-05-17")).
					act(correct, docket.ProbationCompleted, "2025-05-17", docket.Execution{Of: docket.OfSuspension}),
			},
		},
		{
			rule: "conditional-end", on: "2025-01-12", before: "2025-01-11", fault: proc,
			breaks: life{}.filed("2024-01-10").add(proc, docket.ProsecutionDeclined, "2024-03-01", docket.Part{
				Decision: docket.DeclinedConditional, Execution: &docket.Execution{Of: docket.DeclinedConditional, Start: day("2024-03-01"), End: day("2025-01-01")},
			}), keeps: []life{
				life{}.filed("2024-01-10").add(proc, docket.ProsecutionDeclined, "2024-03-01", docket.Part{Decision: docket.DeclinedDiscretionary}),
			},
		},
		{rule: "judgment-missing", on: "2024-05-28", before: "2024-05-27", fault: court, breaks: life{}.filed("2024-01-10").charged("2024-03-01").effective("2024-05-17"), keeps: []life{
			sentenced(eight), life{}.filed("2024-01-10").charged("2024-03-01"),
		}},
		{
			rule: "birth-differs", on: "2024-03-01", fault: police,
			breaks: life{}.add(police, docket.CaseFiled, "2024-01-10", docket.Part{Identity: born("1990-01-03")}).add(court, docket.JudgmentRendered, "2024-02-10", docket.Part{Identity: born("1990-01-02"), Judgment: judgment(eight)}), keeps: []life{
				life{}.add(police, docket.CaseFiled, "2024-01-10", docket.Part{Identity: born("1990-01-02")}).add(court, docket.JudgmentRendered, "2024-02-10", docket.Part{Judgment: judgment(eight)}),
				life{}.add(police, docket.CaseFiled, "2024-01-10", docket.Part{Identity: born("1990-01-03")}).add(police, docket.CaseReferred, "2024-02-10", docket.Part{Identity: born("1990-01-02")}),
			},
		},
		{
			rule: "sex-differs", on: "2024-03-01", fault: proc,
			breaks: life{}.add(police, docket.CaseFiled, "2024-01-10", docket.Part{Identity: stated(func(p *docket.Identity) { p.Sex = "男" })}).
				add(proc, docket.ProsecutionFiled, "2024-02-10", docket.Part{Identity: stated(func(p *docket.Identity) { p.Sex = "女" })}), keeps: []life{
				life{}.add(police, docket.CaseFiled, "2024-01-10", docket.Part{Identity: stated(func(p *docket.Identity) { p.Sex = "男" })}).charged("2024-02-10"),
			},
		},
		{
			rule: "name-differs", on: "2024-03-01", fault: proc,
			breaks: life{}.filed("2024-01-10").add(proc, docket.ProsecutionFiled, "2024-02-10", docket.Part{Identity: stated(func(p *docket.Identity) { p.Name = "冯子安" })}), keeps: []life{
				life{}.filed("2024-01-10").add(proc, docket.ProsecutionFiled, "2024-02-10", docket.Part{Identity: stated(func(p *docket.Identity) { p.Name = "冯 予安" })}),
				life{}.filed("2024-01-10").add(proc, docket.ProsecutionFiled, "2024-02-10", docket.Part{Identity: stated(func(p *docket.Identity) { p.Name, p.Aliases = "冯子安", []string{"冯子安"} })}),
				life{}.add(police, docket.CaseFiled, "2024-01-10", docket.Part{Identity: docket.Identity{Name: "甲"}}).add(proc, docket.ProsecutionFiled, "2024-02-10", docket.Part{Identity: docket.Identity{Name: "乙"}}),
			},
		},
		{rule: "number-contradicts", on: "2024-03-01", fault: police, breaks: life{}.add(police, docket.CaseFiled, "2024-01-10", docket.Part{Identity: born("1990-01-03")}), keeps: []life{
			life{}.add(court, docket.JudgmentRendered, "2024-02-10", docket.Part{Identity: born("1990-01-03"), Judgment: judgment(eight)}), // its own finding
		}},
		{rule: "effect-differs", on: "2024-05-20", fault: court, breaks: verdict(dated("2024-05-17")).effective("2024-05-18"), keeps: []life{verdict(dated("2024-05-17")).effective("2024-05-17")}},
		{rule: "acts-out-of-order", on: "2024-05-20", fault: court, breaks: verdict(judgment(eight)).effective("2024-05-05"), keeps: []life{verdict(judgment(eight)).effective("2024-05-06")}},
		{
			rule: "span-backwards", on: "2024-05-20", fault: prison,
			breaks: verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-18", span("监狱", "2024-05-17", "2023-05-16")), keeps: []life{
				verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-18", span("监狱", "2024-05-17", "2024-05-17")),
			},
		},
		{
			rule: "term-span", on: "2024-05-20", fault: prison,
			breaks: verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-18", span("监狱", "2024-05-17", "2025-01-20")), keeps: []life{
				verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-18", span("监狱", "2024-05-17", "2025-01-16")),
				verdict(judgment(eight)).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-18", span("监狱", "2024-05-17", "2024-10-01")), // held since the offence
				verdict(judgment(&docket.Sentence{Kind: docket.FixedTerm, Months: ptr(8)})).effective("2024-05-17").act(prison, docket.ExecutionStarted, "2024-05-18", span("监狱", "2024-05-17", "2026-01-20")),
			},
		},
		{
			rule: "probation-span", on: "2024-05-20", fault: correct,
			breaks: verdict(judgment(suspended(docket.FixedTerm, 8, 12))).effective("2024-05-17").act(correct, docket.ExecutionStarted, "2024-05-18", span("社区矫正", "2024-05-17", "2025-01-17")), keeps: []life{
				verdict(judgment(suspended(docket.FixedTerm, 8, 12))).effective("2024-05-17").act(correct, docket.ExecutionStarted, "2024-05-18", span("社区矫正", "2024-05-17", "2025-05-16")),
			},
		},
		{rule: "term-of-kind", on: "2024-05-20", fault: court, breaks: verdict(judgment(term(docket.Detention, 7))), keeps: []life{
			verdict(judgment(term(docket.Detention, 6))), verdict(judgment(term(docket.PublicSurveillance, 24))), verdict(judgment(term(docket.FixedTerm, 180))),
			verdict(several(term(docket.FixedTerm, 240), 180, 100)), verdict(several(term(docket.FixedTerm, 300), 180, 180, 60)),
		}},
		{rule: "term-without-kind", on: "2024-05-20", fault: court, breaks: verdict(judgment(term(docket.Fine, 2))), keeps: []life{verdict(judgment(term(docket.Fine, 0)))}},
		{rule: "combined-too-short", on: "2024-05-20", fault: court, breaks: verdict(several(term(docket.FixedTerm, 35), 36, 12)), keeps: []life{verdict(several(term(docket.FixedTerm, 36), 36, 12))}},
		{rule: "suspension-impossible", on: "2024-05-20", fault: court, breaks: verdict(judgment(suspended(docket.FixedTerm, 37, 48))), keeps: []life{
			verdict(judgment(suspended(docket.FixedTerm, 36, 48))), verdict(judgment(suspended(docket.Detention, 2, 3))),
		}},
		{rule: "probation-length", on: "2024-05-20", fault: court, breaks: verdict(judgment(suspended(docket.Detention, 5, 4))), keeps: []life{
			verdict(judgment(suspended(docket.Detention, 5, 5))), verdict(judgment(suspended(docket.FixedTerm, 8, 12))), verdict(judgment(suspended(docket.FixedTerm, 36, 60))),
		}},
		{rule: "recidivist-suspended", on: "2024-05-20", fault: court, breaks: verdict(flagged(suspended(docket.FixedTerm, 8, 12))), keeps: []life{verdict(flagged(eight)), verdict(judgment(suspended(docket.FixedTerm, 8, 12)))}},
		{rule: "exempt-punished", on: "2024-05-20", fault: court, breaks: verdict(judgment(&docket.Sentence{Kind: docket.FixedTerm, Months: ptr(8), Exempt: ptr(true)})), keeps: []life{
			verdict(judgment(&docket.Sentence{Kind: docket.ExemptFromPunishment, Exempt: ptr(true)})),
		}},
		{rule: "rights-length", on: "2024-05-20", fault: court, breaks: verdict(judgment(&docket.Sentence{Kind: docket.FixedTerm, Months: ptr(80), RightsMonths: ptr(61)})), keeps: []life{
			verdict(judgment(&docket.Sentence{Kind: docket.FixedTerm, Months: ptr(80), RightsMonths: ptr(60)})), verdict(judgment(&docket.Sentence{Kind: docket.LifeImprisonment, RightsMonths: ptr(-1)})),
		}},
		{rule: "age-at-offence", on: "2024-05-20", fault: court, breaks: verdict(judgment(eight, docket.Crime{Name: "盗窃罪", OffenceDate: day("2002-01-02")})), keeps: []life{
			verdict(judgment(eight, docket.Crime{Name: "盗窃罪", OffenceDate: day("2002-01-03")})), // twelve from the day after the birthday
		}},
	}
}

func of(found []quality.Finding, rule string) (out []quality.Finding) {
	for _, f := range found {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

// TestEachRule: each finds what breaks it, names who is at fault and what it
// rests on, and finds nothing in what keeps to it.
func TestEachRule(t *testing.T) {
	tested := make(map[string]bool)
	for _, x := range examples() {
		t.Run(x.rule, func(t *testing.T) {
			tested[x.rule] = true
			found, _ := quality.Standard().Examine(x.breaks, day(x.on), directory())
			mine := of(found, x.rule)
			if len(mine) != 1 || mine[0].Agency != x.fault || len(mine[0].Statements) == 0 || mine[0].Since.IsZero() || mine[0].Since.After(day(x.on)) {
				t.Errorf("found %+v, want one of %s", found, x.fault)
			}
			for i, l := range x.keeps {
				if found, _ := quality.Standard().Examine(l, day(x.on), directory()); len(of(found, x.rule)) > 0 {
					t.Errorf("in what keeps to it (%d): %+v", i, found)
				}
			}
			if x.before == "" {
				return
			}
			found, next := quality.Standard().Examine(x.breaks, day(x.before), directory())
			if len(of(found, x.rule)) > 0 {
				t.Errorf("before its time: %+v", found)
			}
			if next.IsZero() || next.After(day(x.on)) || !next.After(day(x.before)) {
				t.Errorf("to be looked at again on %s", next)
			}
		})
	}
	for _, r := range quality.Standard().Rules() {
		if !tested[r.ID] {
			t.Errorf("%s: no example", r.ID)
		}
	}
}

// TestNothingIsMissingOfWhoSaysNothing: unknown is never a finding.
func TestNothingIsMissingOfWhoSaysNothing(t *testing.T) {
	unknown := life{}.filed("2020-01-10").judged("2020-05-06", &docket.Judgment{Instance: "一审", Outcome: docket.Convicted}).effective("2020-05-17")
	found, next := quality.Standard().Examine(unknown, day("2026-01-01"), directory())
	if len(found) > 0 || !next.IsZero() {
		t.Errorf("%+v, again on %s", found, next)
	}
}

// TestTheOrderOfArrivalDoesNotMatter, and looking on the day that was named
// finds what was named, never earlier.
func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	all := examples()
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SampledFrom(all).Draw(t, "example")
		events := slices.Concat(x.breaks, x.breaks[:rapid.IntRange(0, len(x.breaks)).Draw(t, "doubled")])
		shuffled := rapid.Permutation([]*docket.Event(events)).Draw(t, "order")
		on := day("2024-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, "day"))
		want, next := quality.Standard().Examine(x.breaks, on, directory())
		got, again := quality.Standard().Examine(shuffled, on, directory())
		if fmt.Sprint(want) != fmt.Sprint(got) || next != again {
			t.Fatalf("%v, next %s\nand in another order %v, next %s", want, next, got, again)
		}
		if next.IsZero() {
			return
		}
		before, _ := quality.Standard().Examine(x.breaks, next.AddDays(-1), directory())
		if fmt.Sprint(before) != fmt.Sprint(want) {
			t.Fatalf("something comes up before %s: %v, then %v", next, want, before)
		}
		if then, _ := quality.Standard().Examine(x.breaks, next, directory()); len(then) <= len(before) {
			t.Fatalf("nothing comes up on %s: %v", next, then)
		}
	})
}

// TestWhoOwes: where nobody of the kind has spoken it is the one at the same
// seat, and where there is none the one that handed the case on.
func TestWhoOwes(t *testing.T) {
	referred := life{}.filed("2024-01-10").referred("2024-02-10")
	elsewhere := quality.NewDirectory([]*agency.Agency{
		{ID: police, Kind: agency.Police, Division: "990101"}, {ID: "procuratorate-990102", Kind: agency.Procuratorate, Division: "990102"},
	})
	for want, d := range map[string]*quality.Directory{proc: directory(), police: elsewhere} {
		found, _ := quality.Standard().Examine(referred, day("2024-12-01"), d)
		if len(found) != 1 || found[0].Agency != want {
			t.Errorf("%+v, want %s", found, want)
		}
	}
}
