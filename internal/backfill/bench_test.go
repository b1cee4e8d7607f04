package backfill_test

import (
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

func BenchmarkTry(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	batch, _ := strconv.Atoi(os.Getenv("BATCH"))
	persons, _ := strconv.Atoi(os.Getenv("PERSONS"))
	for b.Loop() {
		w := registrytest.New(b, registrytest.Options{})
		s := &synthetic{records: n}
		s.enrol(b, w)
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
		start := time.Now()
		c0 := cpu()
		s.take(b, w, batch)
		b.Logf("take cpu %v", cpu()-c0)
		took := time.Since(start)
		b.Logf("take: %d records, %.0f records/s, peak %d MiB", n, float64(n)/took.Seconds(), peak()>>20)
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
		f, _ := os.Create("/tmp/bfwave.prof")
		_ = pprof.StartCPUProfile(f)
		c := cpu()
		start = time.Now()
		r := s.wave(b, w, persons)
		took = time.Since(start)
		pprof.StopCPUProfile()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.Logf("heap sys %d MiB, inuse %d, next %d, released %d", m.HeapSys>>20, m.HeapInuse>>20, m.NextGC>>20, m.HeapReleased>>20)
		b.Logf("wave cpu %v", cpu()-c)
		b.Logf("wave: %d persons, %v, %.0f records/s, peak %d MiB", r.Persons, r.All, float64(n)/took.Seconds(), peak()>>20)
	}
}

func peak() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
