package backfill_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/backfill"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/gateway"
	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// taking is a platform and the files of one court.
type taking struct {
	*testing.T
	w    *registrytest.World
	s    *synthetic
	told []string
	kept bytes.Buffer
	stop func(batches int) bool // after which batch the program dies
}

func newTaking(t *testing.T, records int) *taking {
	t.Helper()
	return &taking{T: t, w: registrytest.New(t, registrytest.Options{}), s: &synthetic{records: records}}
}

const court = registrytest.Court

// lines is the judgments of one court.
func (k *taking) lines(n int) (all [][]byte) {
	k.Helper()
	f := k.s.files()[0]
	f.by = court
	for range n {
		e, err := f.Next()
		if err != nil {
			k.Fatal(err)
		}
		all = append(all, e.Event)
	}
	return all
}

func (k *taking) file(name string, content []byte) string {
	k.Helper()
	path := filepath.Join(k.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		k.Fatal(err)
	}
	return path
}

// take takes a file in, as the court's.
func (k *taking) take(path string, batch int) (registry.HistoryFile, error) {
	k.Helper()
	feed, err := gateway.OpenFeed(path, mapping.Plain(), agency.SourceOf(court), "", civil.Of(k.w.Now))
	if err != nil {
		k.Fatal(err)
	}
	defer feed.Close()
	ctx, die := context.WithCancel(context.Background())
	defer die()
	batches := 0
	t := &backfill.Taker{
		Registry: k.w.Reg, Agency: court, Key: k.w.SystemKey(court), Rand: rand.Reader, Now: func() time.Time { return k.w.Now }, Batch: batch,
		Tell: func(line int64, pointer, message string) {
			k.told = append(k.told, fmt.Sprintf("%d %s %s", line, pointer, message))
		},
		Refused: func(line []byte) error { _, err := k.kept.Write(append(bytes.TrimSpace(line), '\n')); return err },
		Moved: func(int64) {
			if batches++; k.stop != nil && k.stop(batches) {
				die()
			}
		},
	}
	before := k.w.Count(`SELECT COUNT(*) FROM intake`)
	f, err := t.Take(ctx, feed, k.w.Reg.HistoryDigest(court, []byte(path)), false)
	k.w.Took(court, k.w.Count(`SELECT COUNT(*) FROM intake`)-before)
	return f, err
}

// wants takes a whole file in and sees how many lines went in, and what was told
// of the others.
func (k *taking) wants(path string, batch int, accepted int64, told ...string) {
	k.Helper()
	k.told = nil
	f, err := k.take(path, batch)
	if err != nil || f.Accepted != accepted || f.Finished.IsZero() {
		k.Errorf("%s: %+v, %v; want %d accepted", filepath.Base(path), f, err, accepted)
	}
	if len(k.told) != len(told) {
		k.Fatalf("%s: told %q, want %q", filepath.Base(path), k.told, told)
	}
	for i := range told {
		if !strings.HasPrefix(k.told[i], told[i]) {
			k.Errorf("%s: told %q, want %q", filepath.Base(path), k.told[i], told[i])
		}
	}
}

func joined(lines ...[]byte) []byte { return append(bytes.Join(lines, []byte{'\n'}), '\n') }

// Whatever is wrong with a line costs that line: it is told by its number, and
// the rest goes in.
func TestBadLinesCostThemselves(t *testing.T) {
	k := newTaking(t, 1000)
	l := k.lines(24)
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes(joined(l[4:8]...))
	if err != nil {
		t.Fatal(err)
	}
	k.wants(k.file("bom.ndjson", slices.Concat([]byte("\xef\xbb\xbf"), joined(l[0:4]...))), 3, 4)
	k.wants(k.file("gbk.ndjson", gbk), 3, 4)
	k.wants(k.file("truncated.ndjson", joined(l[8], l[9], l[10][:60])), 3, 2, "3  byte ")
	k.wants(k.file("latin.ndjson", joined(l[11], []byte("{\"caf\xe9\": 1}"), l[12])), 3, 2, "2  bytes that are not UTF-8")
	k.wants(k.file("blank.ndjson", joined(nil, l[13], nil, []byte("x"), l[14])), 3, 2, "4  byte 0: not JSON")
	k.wants(k.file("long.ndjson", joined(l[15], bytes.Repeat([]byte{'x'}, 2<<20), l[16])), 3, 2, "2  the line is longer than")
	k.wants(k.file("twice.ndjson", joined(l[17], l[17], bytes.Replace(l[17], []byte("一审"), []byte("再审"), 1))), 3, 1, "3 /id another event of this source has this id")
	k.wants(k.file("onlybad.ndjson", joined([]byte("x"), []byte("y"))), 1, 0, "1  byte 0: not JSON", "2  byte 0: not JSON")
	k.w.Check()
	if got := k.kept.String(); !strings.Contains(got, "x\n") || strings.Contains(got, "caf") {
		t.Errorf("lines kept to be mended: %.300q", got)
	}
}

// A file of 70,003 lines of which the 70,001st is bad.
func TestABadLineFarDown(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seventy thousand events in")
	}
	k := newTaking(t, counties*70_010)
	l := k.lines(70_003)
	l[70_000] = []byte(`{"specversion":`)
	k.wants(k.file("far.ndjson", joined(l...)), 2000, 70_002, "70001  byte ")
}

// A line of two gigabytes is read over.
func TestALineOfTwoGigabytes(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads two gigabytes")
	}
	k := newTaking(t, 100)
	l := k.lines(2)
	path := k.file("huge.ndjson", joined(l[0]))
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(slices.Concat([]byte("\n"), l[1], []byte("\n")), 2<<30); err != nil { // a hole before it
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	k.wants(path, 10, 2, "2  the line is longer than")
}

// However often the program dies, a file is taken in once: what went in is not
// read again, and what is wrong with a line is told at least once.
func TestTakingInResumes(t *testing.T) {
	k := newTaking(t, 1000)
	l := k.lines(60)
	for _, n := range []int{7, 8, 30, 59} {
		l[n] = []byte("bad")
	}
	path := k.file("history.ndjson", joined(l...))
	k.stop = func(batches int) bool { return batches == 2 }
	lives := 1
	var f registry.HistoryFile
	var err error
	for ; ; lives++ {
		before := f.Line
		if f, err = k.take(path, 5); err == nil {
			break
		}
		if f.Line <= before || lives > 20 {
			t.Fatalf("life %d comes no further: %+v, %v", lives, f, err)
		}
		k.w.Restart()
	}
	if lives < 4 || f.Accepted != 56 || f.Repeated != 0 || f.Refused != 4 || f.Line != 60 {
		t.Errorf("%d lives: %+v", lives, f)
	}
	for _, n := range []string{"8 ", "9 ", "31 ", "60 "} {
		if !slices.ContainsFunc(k.told, func(s string) bool { return strings.HasPrefix(s, n) }) {
			t.Errorf("line %s was never told: %q", n, k.told)
		}
	}
	if len(k.told) != 4 {
		t.Errorf("told %q, want each bad line once", k.told)
	}
	if n := k.w.Count(`SELECT COUNT(*) FROM intake`); n != 56 {
		t.Errorf("%d events are in", n)
	}
	again, err := k.take(path, 5)
	if err != nil || again.Line != 60 || again.Accepted != 56 || again.Finished.IsZero() {
		t.Errorf("taken in again: %+v, %v", again, err)
	}
	k.w.Check()
}
