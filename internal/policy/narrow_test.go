package policy

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// additions are facts that speak against sealing the first record.
func additions() map[string]func(*rapid.T, *Dossier) {
	yes, no := true, false
	flag := func(set func(*docket.Flags)) func(*rapid.T, *Dossier) {
		return func(_ *rapid.T, d *Dossier) { set(&d.Records[0].Flags) }
	}
	crimes := func(change func(*docket.Crime)) func(*rapid.T, *Dossier) {
		return func(_ *rapid.T, d *Dossier) {
			for i := range d.Records[0].Crimes {
				change(&d.Records[0].Crimes[i])
			}
		}
	}
	return map[string]func(*rapid.T, *Dossier){
		"recidivist":      flag(func(f *docket.Flags) { f.Recidivist = &yes }),
		"drug recidivist": flag(func(f *docket.Flags) { f.DrugRecidivist = &yes }),
		"no plea":         flag(func(f *docket.Flags) { f.PleadsGuilty = &no }),
		"not forgiven":    flag(func(f *docket.Flags) { f.VictimForgives = &no }),
		"not applied":     flag(func(f *docket.Flags) { f.Applied = &no }),
		"a minor victim":  crimes(func(c *docket.Crime) { c.VictimMinor = &yes }),
		"by an official":  crimes(func(c *docket.Crime) { c.ByOfficial = &yes }),
		"intent":          crimes(func(c *docket.Crime) { c.MensRea = docket.Intent }),
		// Of the day of one that is there: an act of another age speaks for a minor.
		"an excluded crime": func(t *rapid.T, d *Dossier) {
			if all := d.Records[0].Crimes; all != nil {
				more := docket.Crime{Name: rapid.SampledFrom(excludedCrimes()).Draw(t, "crime"), MensRea: docket.Intent}
				if len(all) > 0 {
					more.OffenceDate = all[0].OffenceDate
				}
				d.Records[0].Crimes = append(all, more)
			}
		},
		"a longer sentence": func(_ *rapid.T, d *Dossier) {
			if s := d.Records[0].Sentence; s != nil && s.Months != nil && s.Kind == docket.FixedTerm {
				more := *s.Months + 24
				s.Months = &more
			}
		},
		"imprisonment for life": func(_ *rapid.T, d *Dossier) {
			if s := d.Records[0].Sentence; s != nil && s.Kind != "" {
				s.Kind, s.Months, s.Suspended = docket.LifeImprisonment, nil, &no
			}
		},
		"a retrial": func(_ *rapid.T, d *Dossier) {
			labels := map[string]any{"retrial_raised": true}
			for k, v := range d.Labels {
				if k != "retrial_raised" {
					labels[k] = v
				}
			}
			d.Labels = labels
		},
		"a later conviction": func(_ *rapid.T, d *Dossier) {
			d.Records = append(d.Records, grave(d.On.AddDays(-400), d.On.AddDays(-100)))
		},
		"an earlier one": func(_ *rapid.T, d *Dossier) {
			d.Records = append(d.Records, grave(d.On.AddDays(-4000), d.On.AddDays(-3900)))
		},
	}
}

func grave(offence, effect civil.Date) Record {
	months := 72
	return Record{
		ID: "more", Kind: docket.Conviction, OffenceDate: offence, EffectiveDate: effect,
		Crimes:   []docket.Crime{{Name: "盗窃罪", MensRea: docket.Intent}},
		Sentence: &docket.Sentence{Kind: docket.FixedTerm, Months: &months},
	}
}

// excludedCrimes belong always to a category that packs exclude.
func excludedCrimes() []string {
	var names []string
	for _, c := range norm.Crimes().All() {
		for _, of := range []norm.Category{norm.NationalSecurity, norm.Terrorism, norm.Sexual, norm.Drug, norm.Mafia, norm.Duty} {
			if c.Mark(of) == norm.Always {
				names = append(names, c.Name)
				break
			}
		}
	}
	return names
}

// Over every pack of the program and every addition: what could not be sealed
// cannot be sealed with one fact more against it, and the day on which it can
// comes no earlier. The packs of testdata are left out: where clocks move each
// other, a graver sentence can outlast another record's unknown period and so
// settle it.
func TestAnExcludingFactNeverMakesARecordSealable(t *testing.T) {
	packs, facts := everyPack(t)[:len(packIDs(t))], additions()
	rapid.Check(t, func(t *rapid.T) {
		before := drawn(t, rapid.IntRange(0, 1).Draw(t, "full") == 0).dossier()
		for name, add := range facts {
			after := clone(t, before)
			add(t, after)
			for _, p := range packs {
				a, from := p.Verdict(before, 0, before.On)
				b, later := p.Verdict(after, 0, after.On)
				if b == Seal && a != Seal {
					t.Fatalf("%s, %s: %s before, seal after\n%s", p.ID, name, a, asJSON(after))
				}
				if !from.IsZero() && !later.IsZero() && later.Before(from) {
					t.Fatalf("%s, %s: from %s before, from %s after\n%s", p.ID, name, from, later, asJSON(after))
				}
			}
		}
	})
}

// The outcome follows from the reasons that are given for it, and from nothing
// else: what is unknown never seals and never refuses, a known bar decides
// whatever else is unknown. (A clock that a later record holds open for ever, as
// in testdata, cannot be told from one that runs.)
func TestTheOutcomeFollowsFromItsReasons(t *testing.T) {
	packs := everyPack(t)[:len(packIDs(t))]
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t, false).dossier()
		for _, p := range packs {
			decided := p.Decide(d, d.On)
			for i := range decided.Records {
				r := &decided.Records[i]
				if want := concluded(r.Reasons, d.Records[i].Status == docket.Sealed, p.start.application); r.Decision != want {
					t.Fatalf("%s, %s: %s, from the reasons follows %s\n%s", p.ID, r.ID, r.Decision, want, asJSON(r))
				}
			}
		}
	})
}

// concluded draws the conclusion from reasons alone.
func concluded(reasons []Reason, sealed, application bool) Outcome {
	barred, trigger, scope, due, applied := False, False, True, True, True
	for i := range reasons {
		r := &reasons[i]
		switch r.Role {
		case ScopeRole:
			scope = r.Holds
		case ConditionRole:
			barred = barred.Or(r.Holds.Not())
		case ExclusionRole:
			barred = barred.Or(r.Holds)
		case TriggerRole:
			trigger = trigger.Or(r.Holds)
		case ClockRole:
			due = r.Holds
		case LaterRole:
		case StartRole:
			applied = r.Holds
		}
	}
	if sealed {
		switch {
		case scope != True || trigger == Unknown:
			return Review
		case trigger == True:
			return Unseal
		}
		return Seal
	}
	barred = barred.Or(trigger).Or(scope.Not())
	switch {
	case scope == Unknown:
		return Review
	case barred == True:
		return Keep
	case application && due == True && applied == False:
		return Keep
	case barred == Unknown || due == Unknown:
		return Review
	case due == False:
		return Observe
	case applied == Unknown:
		return Review
	}
	return Seal
}

// The exclusions, the first-offender test and the extra conditions laid over a
// pack only ever narrow it, and a higher limit only ever widens it.
func TestLayersNarrowAndLimitsWiden(t *testing.T) {
	layer := loadPack(t, "cn-adult-preferred")
	type pair struct {
		what       string
		wide, slim *Pack
	}
	var pairs []pair
	for _, id := range []string{"cn-adult-opinion-1", "cn-adult-opinion-2", "cn-adult-opinion-3", "cn-pilot-light-penalty", "cn-pilot-dangerous-driving"} {
		p := loadPack(t, id)
		for _, stage := range []Stage{Exclusions, FirstOffence, Extra} {
			over, err := p.Overlay(layer, stage)
			if err != nil {
				t.Fatal(err)
			}
			pairs = append(pairs, pair{id + " under " + string(stage), p, over})
		}
	}
	for _, limit := range []int64{3, 12, 24} {
		slim, err := loadPack(t, "cn-adult-opinion-2").WithParameters(map[string]any{"limit_months": limit})
		if err != nil {
			t.Fatal(err)
		}
		wide, err := loadPack(t, "cn-adult-opinion-2").WithParameters(map[string]any{"limit_months": limit + 12})
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, pair{"a limit a year higher", wide, slim})
	}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t, false).dossier()
		for i := range d.Records {
			if d.Records[i].Status == docket.Sealed {
				d.Records[i].Status = docket.Open // layers say nothing of what is sealed
			}
		}
		for _, x := range pairs {
			wide, _ := x.wide.Verdict(d, 0, d.On)
			slim, _ := x.slim.Verdict(d, 0, d.On)
			if (slim == Seal && wide != Seal) || (wide == Keep && slim != Keep) || (slim == Observe && wide != Observe) {
				t.Fatalf("%s: %s, without %s\n%s", x.what, slim, wide, asJSON(d))
			}
		}
	})
}

// What is to be sealed from a day on is observed until the day before and sealed
// on the day, as long as nothing else happens in between.
func TestTheDayItself(t *testing.T) {
	packs := everyPack(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t, true).dossier()
		for _, p := range packs {
			for i := range d.Records {
				outcome, from := p.Verdict(d, i, d.On)
				if outcome != Observe || eventful(d, from) {
					continue
				}
				if got, again := p.Verdict(d, i, from.AddDays(-1)); from.AddDays(-1).After(d.On) && (got != Observe || again != from) {
					t.Fatalf("%s: to be sealed from %s, the day before %s from %s\n%s", p.ID, from, got, again, asJSON(d))
				}
				if got, _ := p.Verdict(d, i, from); got != Seal && (got != Keep || !p.start.application) {
					t.Fatalf("%s: to be sealed from %s, on the day %s\n%s", p.ID, from, got, asJSON(d))
				}
			}
		}
	})
}

// eventful says that a date of the dossier lies after the evaluation and up to a
// day, so that something happens before it.
func eventful(d *Dossier, to civil.Date) bool {
	for i := range d.Records {
		r := &d.Records[i]
		for _, day := range []civil.Date{r.OffenceDate, r.JudgmentDate, r.EffectiveDate} {
			if day.After(d.On) && !day.After(to) {
				return true
			}
		}
	}
	return false
}
