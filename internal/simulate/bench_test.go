package simulate

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/cputime"
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

// fastest is the least time by the clock of some runs.
func fastest(runs int, do func()) time.Duration {
	least := time.Duration(math.MaxInt64)
	for range runs {
		start := time.Now()
		do()
		least = min(least, time.Since(start))
	}
	return least
}

// gain is how many times faster two workers are than one: the two run in turn,
// and of each the fastest run counts, for all that disturbs makes it slower.
func gain(rounds int, do func(workers int)) float64 {
	one, two := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for range rounds {
		one = min(one, fastest(1, func() { do(1) }))
		two = min(two, fastest(1, func() { do(2) }))
	}
	return float64(one) / float64(two)
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
// same run and in processor time, with the loops by hand (x-by-hand ≤ 4; the
// first pack pays for summing the facts up as well), and one worker with two by
// the clock (x-two-workers ≥ 1.7 where x-two-workers-possible says that the
// machine has two processors free).
func BenchmarkBulk(b *testing.B) {
	f := many(b, tenMillion)
	hand := columnsOf(f)
	p, by := open(b, "cn-adult-opinion-1"), Conventions{On: civil.New(2024, 12, 31)}
	f.Ask(p, by, 1)
	runtime.GC()
	reached, _ := hand.byHand()
	ask := func(workers int) { checkReached(b, f.Ask(p, by, workers), reached) }
	for b.Loop() {
		const rounds = 9
		whole := cputime.Compare(rounds, func() { ask(1) }, func() { hand.byHand() })
		lean := cputime.Compare(rounds, func() { ask(1) }, func() { hand.leanest() })
		first := cputime.Compare(3, func() { f.sum(1); ask(1) }, func() { hand.byHand() })
		b.ReportMetric(whole.X, "x-by-hand")
		b.ReportMetric(lean.X, "x-leanest")
		b.ReportMetric(first.X, "x-by-hand-first-pack")
		b.ReportMetric(cputime.Compare(rounds, func() { ask(2) }, func() { ask(1) }).X, "x-cpu-of-two-workers")
		b.ReportMetric(gain(2*rounds, ask), "x-two-workers")
		b.ReportMetric(gain(2*rounds, spin), "x-two-workers-possible")
		b.ReportMetric(float64(whole.A.Nanoseconds())/tenMillion, "cpu-ns/fact")
		b.ReportMetric(float64(whole.B.Nanoseconds())/tenMillion, "cpu-ns/fact-by-hand")
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

// BenchmarkMemory reports the bytes that thirty million facts hold with their
// answers, and as a part of the limit of 0.5 GB: x-half-a-gigabyte ≤ 1.
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
		held := float64(after.HeapAlloc - before.HeapAlloc)
		b.ReportMetric(held/0.5e9, "x-half-a-gigabyte")
		b.ReportMetric(held/(1<<20), "MiB-held")
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
