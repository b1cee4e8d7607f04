package backfill_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/backfill"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/cputime"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// What the sealing of history promises: memory that does not grow with the
// records, and a million of them no more than a fifth slower than a hundred
// thousand. That is held to on PostgreSQL, which is for histories of such a size.
// SQLite reaches 0.66 and 0.72 at a million (docs/backfill.md says why), and what
// is held there is that it does not get worse.
const (
	few        = 100_000
	mostMemory = 300 << 20
)

var leastOfRate = map[storetest.Engine]float64{storetest.Durable: 0.8, storetest.SQLite: 0.6}

// many is how many records few are compared with: a million takes half an hour.
func many() int {
	if os.Getenv("FENGCUN_SOAK") != "" {
		return 1_000_000
	}
	return 300_000
}

// BenchmarkHistory takes a made-up history in, two events a record, says what a
// wave would seal, and seals: with 100,000 records and with 300,000, or a million
// where FENGCUN_SOAK is set. Memory is the peak of what the process held, as the
// system counts it. On PostgreSQL, whose server works in a process of its own,
// what is compared is time by the clock; on SQLite processor time, which the other
// work of a machine does not move.
func BenchmarkHistory(b *testing.B) {
	for _, on := range []storetest.Engine{storetest.SQLite, storetest.Durable} {
		var small course
		b.Run(string(on)+"/records="+strconv.Itoa(few), func(b *testing.B) {
			for b.Loop() {
				small = history(b, on, few)
			}
			small.report(b)
		})
		b.Run(string(on)+"/records="+strconv.Itoa(many()), func(b *testing.B) {
			var large course
			for b.Loop() {
				large = history(b, on, many())
			}
			large.report(b)
			if small.take.records > 0 {
				compare(b, on, "take", small.take, large.take)
				compare(b, on, "wave", small.wave, large.wave)
			}
		})
	}
}

// course is the three legs of one history.
type course struct{ take, dry, wave leg }

// leg is one of them.
type leg struct {
	records int
	clock   time.Duration
	cpu     time.Duration
	peak    int64 // bytes
}

func history(b *testing.B, on storetest.Engine, records int) (c course) {
	b.Helper()
	w := registrytest.New(b, registrytest.Options{Engine: on})
	s := &synthetic{records: records}
	s.enrol(b, w)
	c.take = run(b, records, func() { s.take(b, w, 500) })
	w.Reopen() // each leg is a program of its own
	b.Logf("take: %s", c.take)
	var foretold, done *registry.Report
	c.dry = run(b, records, func() {
		r := &backfill.Runner{Registry: w.Reg, Moved: func(int64, int64) {}}
		var err error
		if foretold, err = r.Foretell(context.Background(), registry.WaveWaiting, civil.Of(w.Now)); err != nil {
			b.Fatal(err)
		}
	})
	b.Logf("dry run: %s", c.dry)
	w.Reopen()
	c.wave = run(b, records, func() { done = s.wave(b, w, 250) })
	b.Logf("wave: %s; %v", c.wave, done.All)
	if done.Records != int64(records) || done.All["seal"] != foretold.All["seal"] || done.All["keep"] != foretold.All["keep"] || done.All["seal"] == 0 {
		b.Errorf("foretold %v, done %v", foretold.All, done.All)
	}
	return c
}

func run(b *testing.B, records int, do func()) (l leg) {
	b.Helper()
	// 5 resets the peak: proc_pid_clear_refs(5).
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	l.cpu = cputime.Spent(do)
	l.records, l.clock, l.peak = records, time.Since(start), peak(b)
	if l.peak > mostMemory {
		b.Errorf("%d MiB, want at most %d", l.peak>>20, mostMemory>>20)
	}
	return l
}

// peak is the most memory the process held since it was reset.
func peak(b *testing.B) int64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb << 10
}

func (l leg) rate() float64 { return float64(l.records) / l.clock.Seconds() }

func (l leg) String() string {
	return strconv.Itoa(l.records) + " records, " + strconv.Itoa(int(l.rate())) + " records/s, " +
		strconv.Itoa(int(l.cpu.Microseconds())/l.records) + " µs of processor each, peak " + strconv.Itoa(int(l.peak>>20)) + " MiB"
}

func (c *course) report(b *testing.B) {
	b.ReportMetric(0, "ns/op")
	for name, l := range map[string]leg{"take": c.take, "dry": c.dry, "wave": c.wave} {
		b.ReportMetric(l.rate(), name+"-records/s")
		b.ReportMetric(float64(l.peak>>20), name+"-MiB")
	}
}

// compare holds the speed with many records to that with few.
func compare(b *testing.B, on storetest.Engine, name string, small, large leg) {
	b.Helper()
	clock := large.rate() / small.rate()
	each := func(l leg) float64 { return float64(l.cpu) / float64(l.records) }
	x := each(small) / each(large)
	if on == storetest.Durable {
		x = clock
	} else {
		b.ReportMetric(clock, "x-"+name+"-by-the-clock")
	}
	b.ReportMetric(x, "x-"+name)
	if least := leastOfRate[on]; x < least {
		b.Errorf("%s: %.2f of the speed with %d records, want %.1f", name, x, small.records, least)
	}
}
