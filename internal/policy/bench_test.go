package policy

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/cputime"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// The preferred pack written as Go by hand: what the engine is measured
// against, and one more opinion on what the pack means.
func byHand(d *Dossier, i int, on civil.Date) (Outcome, civil.Date) {
	r := &d.Records[i]
	switch r.Kind {
	case docket.Conviction:
	case docket.PublicOrder:
		return Keep, civil.Date{}
	default:
		return Review, civil.Date{} // not what is measured
	}
	light := handLight(r)
	bad := handCategory(r).Or(truthOfPtr(r.Flags.Recidivist)).Or(light.Not())
	bad = bad.Or(handOthers(d, r, on))
	switch {
	case bad == True:
		return Keep, civil.Date{}
	case bad == Unknown || r.EffectiveDate.IsZero():
		return Review, civil.Date{}
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

func handCategory(r *Record) Truth {
	if len(r.Crimes) == 0 {
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
				out = out.Or(Unknown)
			case norm.Never:
			}
		}
	}
	return out
}

func handOthers(d *Dossier, r *Record, on civil.Date) Truth {
	for i := range d.Records {
		if o := &d.Records[i]; o != r && o.Kind == docket.Conviction && !o.EffectiveDate.After(on) {
			return True
		}
	}
	return False
}

// benchDossiers are convictions of one record each, all known, as most are.
func benchDossiers() []*Dossier {
	c := seeded(1)
	c.full = true
	out := make([]*Dossier, 1024)
	for i := range out {
		d := c.dossier()
		d.Records = d.Records[:1]
		d.Labels = nil
		d.Records[0].Kind, d.Records[0].Status = docket.Conviction, docket.Open
		d.Records[0].Flags.Recidivist = new(bool)
		d.Records[0].Crimes = d.Records[0].Crimes[:1]
		out[i] = d
	}
	return out
}

func TestByHandAgrees(t *testing.T) {
	p := loadPack(t, "cn-adult-preferred")
	for _, d := range benchDossiers() {
		want, wantFrom := byHand(d, 0, d.On)
		if got, from := p.Verdict(d, 0, d.On); got != want || from != wantFrom {
			t.Fatalf("pack %s from %s, by hand %s from %s\n%s", got, from, want, wantFrom, asJSON(d))
		}
	}
}

func TestVerdictDoesNotAllocate(t *testing.T) {
	p := loadPack(t, "cn-adult-preferred")
	d := benchDossiers()[0]
	if n := testing.AllocsPerRun(1000, func() { p.Verdict(d, 0, d.On) }); n > 0.1 {
		t.Errorf("%.1f allocations a verdict, want none", n)
	}
}

// BenchmarkDecide compares three ways to decide the same records in one run, in
// processor time: by hand in Go, the pack's verdict, the pack's explained
// decision. The limits are x-by-hand ≤ 60 and x-explained ≤ 5.
func BenchmarkDecide(b *testing.B) {
	p, dossiers := loadPack(b, "cn-adult-preferred"), benchDossiers()
	const again = 20
	run := func(f func(*Dossier)) func() {
		return func() {
			for range again {
				for _, d := range dossiers {
					f(d)
				}
			}
		}
	}
	hand := run(func(d *Dossier) { byHand(d, 0, d.On) })
	verdict := run(func(d *Dossier) { p.Verdict(d, 0, d.On) })
	explained := run(func(d *Dossier) { p.Decide(d, d.On) })
	for b.Loop() {
		slow, why := cputime.Compare(15, verdict, hand), cputime.Compare(15, explained, verdict)
		each := func(d time.Duration) float64 { return float64(d) / float64(again*len(dossiers)) }
		b.ReportMetric(slow.X, "x-by-hand")
		b.ReportMetric(why.X, "x-explained")
		b.ReportMetric(each(slow.B), "cpu-ns/by-hand")
		b.ReportMetric(each(slow.A), "cpu-ns/verdict")
		b.ReportMetric(each(why.A), "cpu-ns/explained")
	}
}

func BenchmarkVerdict(b *testing.B) {
	p, dossiers := loadPack(b, "cn-adult-preferred"), benchDossiers()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d := dossiers[i%len(dossiers)]
		p.Verdict(d, 0, d.On)
	}
}

func BenchmarkExplained(b *testing.B) {
	p, dossiers := loadPack(b, "cn-adult-preferred"), benchDossiers()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d := dossiers[i%len(dossiers)]
		p.Decide(d, d.On)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		loadPack(b, "cn-adult-preferred")
	}
}

func BenchmarkDecode(b *testing.B) {
	line := []byte(asJSON(benchDossiers()[0]))
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := Decode(line); err != nil {
			b.Fatal(err)
		}
	}
}
