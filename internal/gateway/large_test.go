package gateway

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
)

func policeMapping(tb testing.TB) *mapping.Mapping {
	tb.Helper()
	m, err := mapping.Parse([]byte(filings))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// all reads a feed to its end and counts.
func all(tb testing.TB, feed Feed) (good int, bad []int64) {
	tb.Helper()
	defer feed.Close()
	for {
		e, err := feed.Next()
		if errors.Is(err, io.EOF) {
			return good, bad
		}
		if err != nil {
			tb.Fatal(err)
		}
		if len(e.Faults) > 0 {
			bad = append(bad, e.Row)
			continue
		}
		good++
	}
}

// TestLine70001: one bad line far down costs itself alone, and is told by its
// number.
func TestLine70001(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	file := t.TempDir() + "/a.csv"
	var b strings.Builder
	b.WriteString(head)
	for n := 2; n <= 70_100; n++ {
		if n == 70_001 {
			b.WriteString("\"P-x,2026-01-02,申屠\n")
			continue
		}
		fmt.Fprintf(&b, "P-%d,2026-01-02,申屠,,1,盗窃罪\n", n)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	feed, err := OpenFeed(file, policeMapping(t), "urn:fengcun:agency:police-990101", "", civil.MustParse("2026-11-23"))
	if err != nil {
		t.Fatal(err)
	}
	if good, bad := all(t, feed); good != 70_098 || len(bad) != 1 || bad[0] != 70_001 {
		t.Errorf("%d good, bad lines %v", good, bad)
	}
}

// TestHugeLine: a line of two gigabytes is told and passed over in little
// memory, and the line after it is read. The file is sparse: its bytes are
// zeros that take no room.
func TestHugeLine(t *testing.T) {
	size := int64(64 << 20)
	if os.Getenv("FENGCUN_SOAK") != "" {
		size = 2 << 30
	}
	file := t.TempDir() + "/a.ndjson"
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := f.WriteString("{}\n")
	_, err2 := f.WriteAt([]byte("\n{}\n"), size)
	if err := errors.Join(err1, err2, f.Close()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	feed, err := OpenFeed(file, mapping.Plain(), "", "", civil.Date{})
	if err != nil {
		t.Fatal(err)
	}
	good, bad := all(t, feed)
	runtime.ReadMemStats(&after)
	if good != 2 || len(bad) != 1 || bad[0] != 2 {
		t.Errorf("%d good, bad lines %v", good, bad)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8*sheet.MaxRecord {
		t.Errorf("%d MiB went into it", used>>20)
	}
}

// BenchmarkFeed is rows of a table read, mapped and checked.
func BenchmarkFeed(b *testing.B) {
	const rows = 20_000
	file := b.TempDir() + "/a.csv"
	var text strings.Builder
	text.WriteString(head)
	for n := range rows {
		text.WriteString(line(n % 1000))
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	m := policeMapping(b)
	for b.Loop() {
		feed, err := OpenFeed(file, m, "urn:fengcun:agency:police-990101", "", civil.MustParse("2026-11-23"))
		if err != nil {
			b.Fatal(err)
		}
		if good, bad := all(b, feed); good != rows {
			b.Fatal(good, bad)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
