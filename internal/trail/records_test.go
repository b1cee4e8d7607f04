package trail

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fengcun/fengcun/internal/suite"
)

// TestRecordsFile: what is written for an auditor reads back, and opens every
// commitment of the log.
func TestRecordsFile(t *testing.T) {
	m := newMemory(t, suite.Intl())
	key, err := suite.GM().GenerateDecryptKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wrapped := map[string][]byte{}
	for range 3 {
		e, err := NewEpoch(rand.Reader, key.Public())
		if err != nil {
			t.Fatal(err)
		}
		wrapped[e.ID()] = e.Wrapped()
		for i := range 5 {
			c, err := Commit(suite.GM(), rand.Reader, entry(i))
			if err != nil {
				t.Fatal(err)
			}
			m.sealed = append(m.sealed, e.Seal(rand.Reader, c))
			m.add(t, c.Leaf())
		}
	}
	var file bytes.Buffer
	w := NewRecordWriter(&file, func(id string) ([]byte, error) { return wrapped[id], nil })
	for _, s := range m.sealed {
		if err := w.Write(s); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(file.String(), "wrapped"); n != 3 {
		t.Errorf("%d epochs were written", n)
	}
	read := func(text string) Report {
		r := NewRecordReader(strings.NewReader(text))
		auditor := NewAuditor(key, func(_ context.Context, id string) ([]byte, error) { return r.Wrapped(id) })
		return verify(t, m.save(t), m.signer.Verifier(), Check{Records: r.All(), Auditor: auditor})
	}
	if r := read(file.String()); r.Err() != nil || r.Records != 15 {
		t.Errorf("%+v", r)
	}
	lines := strings.SplitAfter(file.String(), "\n")
	for name, text := range map[string]string{
		"a record is missing":      strings.Join(slices.Concat(lines[:3], lines[4:]), ""),
		"the end is missing":       strings.Join(lines[:9], ""),
		"an epoch's key is absent": strings.Join(lines[1:], ""),
		"two stand in other order": strings.Join(slices.Concat(lines[:2], lines[3:4], lines[2:3], lines[4:]), ""),
	} {
		if r := read(text); r.Err() == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestRecordsFileFails(t *testing.T) {
	boom := errors.New("boom")
	w := NewRecordWriter(io.Discard, func(string) ([]byte, error) { return nil, boom })
	if err := w.Write(Sealed{Epoch: "e"}); !errors.Is(err, boom) {
		t.Error(err)
	}
	for _, text := range []string{
		"{", `{"epoch":""}`, `{"epoch":"e","leaf":"AA==","box":"AA=="}`, `{"epoch":"e"}`, strings.Repeat(" ", maxRecord+1),
		`{"epoch":"e","wrapped":"AA=="}` + "\n" + `{"epoch":"e","wrapped":"AA=="}`,
	} {
		var err error
		for _, e := range NewRecordReader(strings.NewReader(text)).All() {
			err = e
		}
		if err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

// TestMirror: a copy verifies like the log; a log that lacks a file is not
// copied, and the copy has no checkpoint then.
func TestMirror(t *testing.T) {
	m := newMemory(t, suite.GM())
	m.add(t, leaves(0, 700)...)
	files := m.save(t)
	out := fstest.MapFS{}
	put := func(path string, data []byte) error {
		out[path] = &fstest.MapFile{Data: data}
		return nil
	}
	cp, err := Mirror(t.Context(), Dir(files), m.signer.Verifier(), put)
	if err != nil || cp.Size != 700 || len(out) != len(files) {
		t.Fatalf("%d files of %d: %v", len(out), len(files), err)
	}
	if r := verify(t, out, m.signer.Verifier(), Check{}); r.Err() != nil || r.Entries != 700 {
		t.Errorf("%+v", r)
	}
	clear(out)
	delete(files, "tile/0/001")
	if _, err := Mirror(t.Context(), Dir(files), m.signer.Verifier(), put); !errors.Is(err, fs.ErrNotExist) || out["checkpoint"] != nil {
		t.Errorf("a log with a hole: %v", err)
	}
	if _, err := Mirror(t.Context(), Dir(files), newSigner(t, suite.Intl()).Verifier(), put); !errors.Is(err, ErrSignature) {
		t.Errorf("another log: %v", err)
	}
	if _, err := Mirror(t.Context(), Dir(fstest.MapFS{}), m.signer.Verifier(), put); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	full := errors.New("no space left on device")
	files = m.save(t)
	if _, err := Mirror(t.Context(), Dir(files), m.signer.Verifier(), func(string, []byte) error { return full }); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
}

func FuzzReadRecords(f *testing.F) {
	f.Add(`{"epoch":"e","wrapped":"AA=="}` + "\n" + `{"epoch":"e","leaf":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","box":"AA=="}` + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := NewRecordReader(strings.NewReader(text))
		for s, err := range r.All() {
			if err == nil && (s.Epoch == "" || len(s.Box) == 0) {
				t.Fatalf("half a record: %+v", s)
			}
		}
	})
}
