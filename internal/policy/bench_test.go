package policy

import (
	"runtime"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/cputime"
	"github.com/fengcun/fengcun/internal/docket"
)

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
	const again = 100 // long beside the kernel's tick
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
	// One processor: a second one would spend its time waiting for garbage.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
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
