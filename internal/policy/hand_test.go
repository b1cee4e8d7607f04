package policy

import (
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// The preferred pack written as Go by hand, for every kind of record and with
// the unknown: what the engine is measured against, and one more opinion on
// what the pack means.
func byHand(d *Dossier, i int, on civil.Date) (Outcome, civil.Date) {
	r, none := &d.Records[i], civil.Date{}
	sealed := r.Status == docket.Sealed
	var bars, unseals Truth
	switch r.Kind {
	case docket.Conviction:
		light := handLight(r)
		unseals = light.Not().Or(handLater(d, r, on))
		bars = unseals
		if !sealed {
			bars = bars.Or(handCategory(d, r)).Or(truthOfPtr(r.Flags.Recidivist)).Or(handOthers(d, r, on))
		}
	case docket.NonProsecution:
		unseals, bars = False, handCategory(d, r)
	case docket.Withdrawn, docket.Acquittal:
		unseals, bars = False, False
	case docket.PublicOrder:
		if sealed {
			return Review, none
		}
		return Keep, none
	default:
		return Review, none
	}
	switch {
	case sealed && unseals == True:
		return Unseal, none
	case sealed && unseals == Unknown:
		return Review, none
	case sealed:
		return Seal, r.EffectiveDate
	case bars == True:
		return Keep, none
	case bars == Unknown || r.EffectiveDate.IsZero():
		return Review, none
	case on.Before(r.EffectiveDate):
		return Observe, r.EffectiveDate
	}
	return Seal, r.EffectiveDate
}

func handLight(r *Record) Truth {
	s := r.Sentence
	if s == nil || s.Kind == "" {
		return Unknown
	}
	within := func(limit int) Truth {
		switch {
		case s.Kind == docket.LifeImprisonment || s.Kind == docket.Death:
			return False
		case s.Kind != docket.FixedTerm:
			return True
		case s.Months == nil:
			return Unknown
		}
		return truthOf(*s.Months < limit || (*s.Months == limit && (s.Days == nil || *s.Days == 0)))
	}
	negligent := True
	if len(r.Crimes) == 0 {
		negligent = Unknown
	}
	for i := range r.Crimes {
		switch r.Crimes[i].MensRea {
		case docket.Intent:
			negligent = False
		case "":
			negligent = negligent.And(Unknown)
		case docket.Negligence:
		}
	}
	return within(12).Or(negligent.And(within(36)))
}

func handCategory(d *Dossier, r *Record) Truth {
	if len(r.Crimes) == 0 {
		if r.Crimes != nil && r.Kind != docket.Conviction {
			return False // there are none
		}
		return Unknown
	}
	out := False
	for i := range r.Crimes {
		c := &r.Crimes[i]
		m, ok := norm.Crimes().Find(c.Name)
		if !ok {
			out = out.Or(Unknown)
			continue
		}
		for _, of := range []norm.Category{norm.NationalSecurity, norm.Terrorism, norm.Sexual, norm.Drug, norm.Mafia, norm.Duty} {
			switch m.Mark(of) {
			case norm.Always:
				return True
			case norm.IfVictimMinor:
				out = out.Or(truthOfPtr(c.VictimMinor))
			case norm.IfOfficial, norm.BesideOffice:
				out = out.Or(truthOfPtr(c.ByOfficial))
			case norm.Related, norm.IfVariant:
				out = out.Or(handLabel(d, string(of)))
			case norm.Never:
			}
		}
	}
	return out
}

func handLabel(d *Dossier, name string) Truth {
	if b, ok := d.Labels[name].(bool); ok {
		return truthOf(b)
	}
	return Unknown
}

// handCounts: another conviction in effect on the day.
func handCounts(o *Record, on civil.Date) Truth {
	kind, effect := truthOf(o.Kind == docket.Conviction), truthOf(!o.EffectiveDate.After(on))
	if o.Kind == "" {
		kind = Unknown
	}
	if o.EffectiveDate.IsZero() {
		effect = Unknown
	}
	return kind.And(effect)
}

func handOthers(d *Dossier, r *Record, on civil.Date) Truth {
	out := False
	for i := range d.Records {
		if o := &d.Records[i]; o != r {
			out = out.Or(handCounts(o, on).And(handYoung(d, o).Not()))
		}
	}
	return out
}

// handLater: a crime after this judgment took effect, or one before it that was
// judged later.
func handLater(d *Dossier, r *Record, on civil.Date) Truth {
	after := func(a, b civil.Date) Truth {
		if a.IsZero() || b.IsZero() {
			return Unknown
		}
		return truthOf(a.After(b))
	}
	out := False
	for i := range d.Records {
		o := &d.Records[i]
		if o == r {
			continue
		}
		again := after(o.OffenceDate, r.EffectiveDate)
		missed := after(o.EffectiveDate, r.EffectiveDate).And(again.Not())
		counts := handCounts(o, on)
		out = out.Or(counts.And(again)).Or(counts.And(missed))
	}
	return out
}

// handYoung: under eighteen at the offence.
func handYoung(d *Dossier, r *Record) Truth {
	dates := []civil.Date{r.OffenceDate}
	for i := range r.Crimes {
		if i == 0 {
			dates = dates[:0]
		}
		if c := &r.Crimes[i]; c.OffenceDate.IsZero() {
			dates = append(dates, r.OffenceDate)
		} else {
			dates = append(dates, c.OffenceDate)
		}
	}
	young, grown, open := false, false, false
	for _, day := range dates {
		switch age := civil.AgeOn(d.Person.Birth, day); {
		case age < 0:
			open = true
		case age < 18:
			young = true
		default:
			grown = true
		}
	}
	switch {
	case young && grown:
		return handLabel(d, "main_offence_under_age."+r.ID)
	case open:
		return Unknown
	}
	return truthOf(young)
}

// On 100,000 random dossiers the pack answers as the Go by hand does.
func TestByHandAgrees(t *testing.T) {
	p, c := loadPack(t, "cn-adult-preferred"), seeded(11)
	seen := map[Outcome]int{}
	for k := range rounds() {
		c.full = k%3 == 0
		d := c.dossier()
		for i := range d.Records {
			want, wantFrom := byHand(d, i, d.On)
			if got, from := p.Verdict(d, i, d.On); got != want || from != wantFrom {
				t.Fatalf("record %s: pack %s from %s, by hand %s from %s\n%s", d.Records[i].ID, got, from, want, wantFrom, asJSON(d))
			}
			seen[want]++
		}
	}
	t.Log(seen)
	if len(seen) != len(Outcomes()) {
		t.Errorf("not every answer was met: %v", seen)
	}
}

// rounds is how many random dossiers the tests of agreement take.
func rounds() int {
	if testing.Short() {
		return 5_000
	}
	return 100_000
}
