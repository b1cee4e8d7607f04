package judgment_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/judgment"
)

// BenchmarkRead reads the project's own judgments over and over and prints how
// many a second one core reads.
func BenchmarkRead(b *testing.B) { benchmark(b, filepath.Join("testdata", "*.txt")) }

// BenchmarkReadReal does so with the collection that may lie beside the project:
// those are some three times longer.
func BenchmarkReadReal(b *testing.B) { benchmark(b, filepath.Join(collection, "*.txt")) }

func benchmark(b *testing.B, pattern string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		b.Skipf("no judgments at %s", pattern)
	}
	texts, size := make([]string, len(files)), 0
	for i, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		texts[i], size = string(raw), size+len(raw)
	}
	judgment.Read(texts[0]) // loads the catalogue of crimes
	b.SetBytes(int64(size / len(texts)))
	b.ReportAllocs()
	n, before := 0, spent(b)
	for b.Loop() {
		judgment.Read(texts[n%len(texts)])
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "judgments/s")
	b.ReportMetric(float64(n)/(spent(b)-before).Seconds(), "judgments/cpu-s") // what others take of the machine left out
}

// spent is the processor time that the process has taken.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
