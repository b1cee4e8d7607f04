package simulate

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

const tenMillion = 10_000_000

// many is n facts: the synthetic year over and over, in regions and shuffled so
// that neighbours are as different as in a real file.
func many(tb testing.TB, n int) *Facts {
	tb.Helper()
	f, c := national(tb), seeded(3)
	from := f.Len()
	f.Grow(n - from)
	for f.Len() < n {
		i := c.IntN(from)
		f.row(f.profile[i], 1, uint8(1+c.IntN(31)), f.defendants[i])
	}
	return f
}

// columns are the same facts as one would lay them out for one rule alone.
type columns struct {
	kind, negligent, region, defendants []uint8
	months                              []uint16
	persons                             []uint16
}

func columnsOf(f *Facts) *columns {
	c := &columns{region: f.region, defendants: f.defendants, persons: f.persons}
	for _, n := range f.profile {
		p := &f.profiles[n]
		g, neg := uint8(0), uint8(0)
		for i, k := range docket.Penalties() {
			if p.kinds == 1<<i {
				g = uint8(k.Gravity())
			}
		}
		if chargeAt(p.charges, 0).mensRea == 2 {
			neg = 1
		}
		c.kind, c.negligent, c.months = append(c.kind, g), append(c.negligent, neg), append(c.months, uint16(max(0, p.months)))
	}
	return c
}

// byHand is the first opinion as a loop written for it: persons and cases
// reached, and the same by region, which the simulator counts as well.
func (c *columns) byHand() (reached total, region [256]total) {
	share := caseShares()
	for i, k := range c.kind {
		if k > 4 || (k == 4 && c.months[i] > 12 && (c.negligent[i] == 0 || c.months[i] > 36)) {
			continue
		}
		w := int64(c.persons[i])
		t := &region[c.region[i]]
		t.persons += w
		t.cases += w * share[c.defendants[i]]
	}
	for _, t := range region {
		reached.add(t)
	}
	return reached, region
}

// leanest is byHand without the regions.
func (c *columns) leanest() (reached total) {
	share := caseShares()
	for i, k := range c.kind {
		if k > 4 || (k == 4 && c.months[i] > 12 && (c.negligent[i] == 0 || c.months[i] > 36)) {
			continue
		}
		w := int64(c.persons[i])
		reached.persons += w
		reached.cases += w * share[c.defendants[i]]
	}
	return reached
}

// cpu is the processor time this process has used.
func cpu(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// least is the least processor time and the least time by the clock of some
// runs.
func least(tb testing.TB, runs int, do func()) (used, wall time.Duration) {
	for i := range runs {
		c, w := cpu(tb), time.Now()
		do()
		c, d := cpu(tb)-c, time.Since(w)
		if i == 0 || c < used {
			used = c
		}
		if i == 0 || d < wall {
			wall = d
		}
	}
	return used, wall
}

// spin is arithmetic that nothing but a second processor makes faster: what two
// workers can gain on this machine at this moment.
func spin(workers int) {
	inParts(40_000_000, workers, func(from, to int) {
		x := uint64(from) | 1
		for range to - from {
			x = x*6364136223846793005 + 1
		}
		runtime.KeepAlive(x)
	})
}

// BenchmarkBulk evaluates a pack over ten million facts and compares, in the
// same run, with the loops by hand (limit 4), one worker with two (at least 1.7
// where the machine has two processors free) and the first pack, for which the
// facts are summed up as well.
func BenchmarkBulk(b *testing.B) {
	f := many(b, tenMillion)
	hand := columnsOf(f)
	p, by := open(b, "cn-adult-opinion-1"), Conventions{On: civil.New(2024, 12, 31)}
	_, _ = f.Ask(p, by, 1), hand
	runtime.GC()
	for b.Loop() {
		const runs = 9
		var reached total
		byHand, _ := least(b, runs, func() { reached, _ = hand.byHand() })
		lean, _ := least(b, runs, func() { reached = hand.leanest() })
		one, wall1 := least(b, runs, func() { checkReached(b, f.Ask(p, by, 1), reached) })
		two, wall2 := least(b, runs, func() { checkReached(b, f.Ask(p, by, 2), reached) })
		_, spin1 := least(b, runs, func() { spin(1) })
		_, spin2 := least(b, runs, func() { spin(2) })
		sum, _ := least(b, 2, func() { f.sum(1) })
		b.ReportMetric(float64(one)/float64(byHand), "x-by-hand")
		b.ReportMetric(float64(one)/float64(lean), "x-leanest")
		b.ReportMetric(float64(one+sum)/float64(byHand), "x-by-hand-first-pack")
		b.ReportMetric(float64(wall1)/float64(wall2), "x-two-workers")
		b.ReportMetric(float64(spin1)/float64(spin2), "x-two-workers-possible")
		b.ReportMetric(float64(two)/float64(one), "x-cpu-of-two-workers")
		b.ReportMetric(float64(one.Nanoseconds())/tenMillion, "ns/fact")
		b.ReportMetric(float64(byHand.Nanoseconds())/tenMillion, "ns/fact-by-hand")
	}
}

func checkReached(tb testing.TB, a *Answers, want total) {
	var got total
	for r := range a.region {
		got.add(a.region[r][sealNow])
	}
	if got != want {
		tb.Fatalf("reached %+v, by hand %+v", got, want)
	}
}

// BenchmarkMemory reports the bytes that thirty million facts hold (limit 0.5
// GB) with their answers.
func BenchmarkMemory(b *testing.B) {
	p, by := open(b, "cn-adult-opinion-1"), Conventions{On: civil.New(2024, 12, 31)}
	for b.Loop() {
		debug.FreeOSMemory()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f := many(b, 3*tenMillion)
		a := f.Ask(p, by, 2)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-held")
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), "MiB-allocated")
		runtime.KeepAlive(f)
		runtime.KeepAlive(a)
	}
}

// BenchmarkNational makes the synthetic year.
func BenchmarkNational(b *testing.B) {
	for b.Loop() {
		national(b)
	}
}

// BenchmarkReadFacts reads the project's own format.
func BenchmarkReadFacts(b *testing.B) {
	b.SetBytes(int64(len(factLine)))
	for b.Loop() {
		if _, err := DecodeFact([]byte(factLine)); err != nil {
			b.Fatal(err)
		}
	}
}
