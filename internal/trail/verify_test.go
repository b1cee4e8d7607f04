package trail

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fengcun/fengcun/internal/suite"
)

// save writes a log to files, as a mirror would.
func (m *memory) save(tb testing.TB) fstest.MapFS {
	tb.Helper()
	files := fstest.MapFS{"checkpoint": {Data: bytes.Clone(m.checkpoint.Signed)}}
	for _, tile := range Tiles(m.head.Size()) {
		var data []byte
		var err error
		if tile.Level == EntryLevel {
			data = Bundle(m.leaves[tile.N*tileWidth : tile.N*tileWidth+int64(tile.Width)])
		} else if data, err = HashTile(tile, m); err != nil {
			tb.Fatal(err)
		}
		files[tile.Path()] = &fstest.MapFile{Data: data}
	}
	return files
}

// verify walks files and says what was found.
func verify(tb testing.TB, files fs.FS, v *Verifier, check Check) Report {
	tb.Helper()
	r, _, err := VerifyLog(context.Background(), Dir(files), v, check)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestVerifyLog(t *testing.T) {
	for _, size := range []int{0, 1, 2, 255, 256, 257, 1000, 70_000} {
		m := newMemory(t, suite.GM())
		seen := m.add(t, leaves(0, size/2)...)
		m.add(t, leaves(size/2, size-size/2)...)
		check := Check{Seen: [][]byte{seen.Signed, m.checkpoint.Signed}}
		if size > 0 {
			r, err := m.checkpoint.Prove(int64(size/3), leaf(size/3), m)
			if err != nil {
				t.Fatal(err)
			}
			check.Receipts = []Receipt{r}
		}
		r := verify(t, m.save(t), m.signer.Verifier(), check)
		if r.Err() != nil || r.Entries != int64(size) || r.Seen != 2 || r.Receipts != len(check.Receipts) || r.Root != m.head.Root() {
			t.Errorf("%d entries: %+v", size, r)
		}
		if r.Tiles != len(Tiles(int64(size))) {
			t.Errorf("%d entries: %d files of %d were compared", size, r.Tiles, len(Tiles(int64(size))))
		}
	}
}

// TestVerifyDetects: each way in which a log can lie is found and named.
func TestVerifyDetects(t *testing.T) {
	const size = 700
	m := newMemory(t, suite.Intl())
	old := m.add(t, leaves(0, 400)...)
	oldFiles := m.save(t)
	seen := m.add(t, leaves(400, size-400)...)
	receipt, err := seen.Prove(500, leaf(500), m)
	if err != nil {
		t.Fatal(err)
	}
	// rebuilt is another history, signed by the log's own key.
	rebuilt := func(change func(all []Leaf) []Leaf) fstest.MapFS {
		f := &memory{signer: m.signer}
		f.add(t, change(leaves(0, size))...)
		return f.save(t)
	}
	files := func(change func(fstest.MapFS)) fstest.MapFS {
		f := m.save(t)
		change(f)
		return f
	}
	tests := map[string]struct {
		files fstest.MapFS
		check Check
		want  string
	}{
		"truncation": {
			rebuilt(func(all []Leaf) []Leaf { return all[:600] }), Check{Seen: [][]byte{seen.Signed}}, "cut back",
		},
		"replay of an old checkpoint": {oldFiles, Check{Seen: [][]byte{seen.Signed}}, "old checkpoint"},
		"fork at the same size": {
			rebuilt(func(all []Leaf) []Leaf { all[650][0] ^= 1; return all }), Check{Seen: [][]byte{seen.Signed}}, "forked",
		},
		"fork in the past": {
			rebuilt(func(all []Leaf) []Leaf { all[10][0] ^= 1; return append(all, leaf(9999)) }), Check{Seen: [][]byte{old.Signed}}, "rewritten",
		},
		"reorder and sign again": {
			rebuilt(func(all []Leaf) []Leaf { all[10], all[11] = all[11], all[10]; return all }), Check{Seen: [][]byte{old.Signed}}, "rewritten",
		},
		"receipt of a lost entry": {
			rebuilt(func(all []Leaf) []Leaf { all[500] = leaf(9999); return append(all, leaf(1)) }), Check{Receipts: []Receipt{receipt}}, "another entry",
		},
		"edited entry": {
			files(func(f fstest.MapFS) { f["tile/entries/001"].Data[40] ^= 1 }), Check{}, "tile/entries/001: entry 257",
		},
		"reordered entries": {
			files(func(f fstest.MapFS) {
				d := f["tile/entries/000"].Data
				one := string(d[:34])
				copy(d, d[34:68])
				copy(d[34:], one)
			}), Check{}, "another order",
		},
		"edited tile": {
			files(func(f fstest.MapFS) { f["tile/0/001"].Data[0] ^= 1 }), Check{}, "tile/0/001",
		},
		"edited upper tile": {
			files(func(f fstest.MapFS) { f["tile/1/000.p/2"].Data[40] ^= 1 }), Check{}, "tile/1/000.p/2: hash 1",
		},
		"entry and tile edited": {
			files(func(f fstest.MapFS) {
				f["tile/entries/001"].Data[2] ^= 1
				l, err := ParseBundle(f["tile/entries/001"].Data, 256)
				if err != nil {
					t.Fatal(err)
				}
				h := l[0].Hash()
				copy(f["tile/0/001"].Data, h[:])
			}), Check{}, "do not give the root",
		},
		"missing bundle":    {files(func(f fstest.MapFS) { delete(f, "tile/entries/001") }), Check{}, "missing"},
		"missing tile":      {files(func(f fstest.MapFS) { delete(f, "tile/0/001") }), Check{}, "missing"},
		"short bundle":      {files(func(f fstest.MapFS) { f["tile/entries/001"].Data = f["tile/entries/001"].Data[:90] }), Check{}, "90"},
		"short tile":        {files(func(f fstest.MapFS) { f["tile/0/001"].Data = f["tile/0/001"].Data[:90] }), Check{}, "90 bytes"},
		"no checkpoint":     {files(func(f fstest.MapFS) { delete(f, "checkpoint") }), Check{}, "there is none"},
		"edited checkpoint": {files(func(f fstest.MapFS) { f["checkpoint"].Data[23] ^= 1 }), Check{}, "not signed"},
		"forged receipt": {
			m.save(t), Check{Receipts: []Receipt{{Index: 500, Leaf: leaf(501), Proof: receipt.Proof, Checkpoint: receipt.Checkpoint}}}, "does not show",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := verify(t, tt.files, m.signer.Verifier(), tt.check)
			var all []string
			for _, f := range r.Findings {
				all = append(all, f.String())
			}
			if text := strings.Join(all, "\n"); !strings.Contains(text, tt.want) {
				t.Errorf("want a finding that says %q, got:\n%s", tt.want, text)
			}
			if !errors.Is(r.Err(), ErrLog) {
				t.Errorf("Err = %v", r.Err())
			}
		})
	}
}

// TestEveryAlteredByte: no byte of a served log can change unnoticed.
func TestEveryAlteredByte(t *testing.T) {
	m := newMemory(t, suite.Intl())
	m.add(t, leaves(0, 258)...)
	files := m.save(t)
	for path, f := range files {
		for i := 0; i < len(f.Data); i += 37 {
			f.Data[i] ^= 0x04
			if verify(t, files, m.signer.Verifier(), Check{}).Err() == nil {
				t.Errorf("%s: byte %d altered: verifies", path, i)
			}
			f.Data[i] ^= 0x04
		}
	}
}

// TestVerifyRecords: an auditor sees a private record that is missing, moved,
// replaced or sealed by another key.
func TestVerifyRecords(t *testing.T) {
	ctx := context.Background()
	m := newMemory(t, suite.Intl())
	key, err := suite.GM().GenerateDecryptKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wrapped := map[string][]byte{}
	for range 2 {
		e, err := NewEpoch(rand.Reader, key.Public())
		if err != nil {
			t.Fatal(err)
		}
		wrapped[e.ID()] = e.Wrapped()
		for i := range 150 {
			c, err := Commit(suite.GM(), rand.Reader, entry(i))
			if err != nil {
				t.Fatal(err)
			}
			m.sealed = append(m.sealed, e.Seal(rand.Reader, c))
			m.add(t, c.Leaf())
		}
	}
	epochs := func(_ context.Context, id string) ([]byte, error) {
		if w, ok := wrapped[id]; ok {
			return w, nil
		}
		return nil, errors.New("no such epoch")
	}
	run := func(change func([]Sealed) []Sealed) Report {
		return verify(t, m.save(t), m.signer.Verifier(), Check{
			Records: sequence(change(append([]Sealed{}, m.sealed...))), Auditor: NewAuditor(key, epochs),
		})
	}
	if r := run(func(s []Sealed) []Sealed { return s }); r.Err() != nil || r.Records != 300 {
		t.Fatalf("a good log: %+v", r)
	}
	for name, change := range map[string]func([]Sealed) []Sealed{
		"missing at the end": func(s []Sealed) []Sealed { return s[:299] },
		"missing within":     func(s []Sealed) []Sealed { return append(s[:7], s[8:]...) },
		"moved":              func(s []Sealed) []Sealed { s[3], s[4] = s[4], s[3]; return s },
		"altered":            func(s []Sealed) []Sealed { s[9].Box = append([]byte{}, s[9].Box...); s[9].Box[50] ^= 1; return s },
		"of another entry":   func(s []Sealed) []Sealed { s[9].Box = s[8].Box; return s },
		"unknown epoch":      func(s []Sealed) []Sealed { s[9].Epoch = "x"; return s },
	} {
		if r := run(change); r.Err() == nil {
			t.Errorf("%s: not found", name)
		}
	}
	if _, err := NewAuditor(key, epochs).Open(ctx, m.sealed[0]); err != nil {
		t.Error(err)
	}
}

func sequence(s []Sealed) iter.Seq2[Sealed, error] {
	return func(yield func(Sealed, error) bool) {
		for _, each := range s {
			if !yield(each, nil) {
				return
			}
		}
	}
}

// TestServed: the handler serves what VerifyLog and a proof by tiles want.
func TestServed(t *testing.T) {
	m := newMemory(t, suite.GM())
	m.add(t, leaves(0, 600)...)
	h := Handler(m, m.signer.Verifier().String(), slog.New(slog.DiscardHandler))
	srv := httptest.NewServer(http.StripPrefix("/trail/", h))
	defer srv.Close()
	c, err := URL(srv.Client(), srv.URL+"/trail")
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.ReadFile(context.Background(), "key")
	if err != nil {
		t.Fatal(err)
	}
	v, err := ParseVerifier(string(key))
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := VerifyLog(context.Background(), c, v, Check{})
	if err != nil || r.Err() != nil || r.Entries != 600 {
		t.Errorf("%+v, %v", r, err)
	}
	for path, want := range map[string]int{
		"checkpoint": 200, "tile/0/000": 200, "tile/0/002.p/88": 200, "tile/0/002.p/1": 200, "tile/1/000.p/2": 200, "tile/entries/002.p/88": 200,
		"tile/0/002.p/89": 404, "tile/0/002": 404, "tile/2/000.p/1": 404, "tile/entries/003": 404, "tile/8/0/000": 404, "tile/63/000": 404,
		"tile/0/0": 404, "tile/00/000": 404, "": 404, "tile/": 404, "../key": 404, "tile/0/000.p/256": 404, "tile/0/x000/000": 404,
	} {
		res, err := srv.Client().Get(srv.URL + "/trail/" + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
		cache := res.Header.Get("Cache-Control")
		if want == 200 && (path == "checkpoint") != (cache == never) {
			t.Errorf("%s: Cache-Control %q", path, cache)
		}
	}
	res, err := srv.Client().Post(srv.URL+"/trail/checkpoint", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

// TestServedFailure: what goes wrong inside is not told outside.
func TestServedFailure(t *testing.T) {
	m := newMemory(t, suite.Intl())
	m.add(t, leaves(0, 3)...)
	m.leaves = nil
	m.hashes = nil
	h := Handler(m, "", slog.New(slog.DiscardHandler))
	for _, path := range []string{"/tile/entries/000.p/3", "/tile/0/000.p/3"} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != 500 || strings.Contains(rec.Body.String(), "hash") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	rec := httptest.NewRecorder()
	Handler(&memory{}, "", slog.New(slog.DiscardHandler)).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/checkpoint", nil))
	if rec.Code != 404 {
		t.Errorf("no checkpoint yet: %d", rec.Code)
	}
}

func TestURLRefuses(t *testing.T) {
	for _, u := range []string{"", "fengcun.example/trail", "ftp://x/", "https:///trail", "https://x/?a=b", "://"} {
		if _, err := URL(http.DefaultClient, u); err == nil {
			t.Errorf("%q was taken", u)
		}
	}
}

// TestFullTileForPartial: a mirror may keep the full tile alone.
func TestFullTileForPartial(t *testing.T) {
	m := newMemory(t, suite.Intl())
	c := m.add(t, leaves(0, 300)...)
	m.add(t, leaves(300, 300)...)
	files := m.save(t)
	files["checkpoint"].Data = c.Signed
	delete(files, "tile/1/000.p/1")
	files["tile/1/000"] = &fstest.MapFile{Data: make([]byte, 8192)}
	copy(files["tile/1/000"].Data, files["tile/1/000.p/2"].Data)
	if r := verify(t, files, m.signer.Verifier(), Check{}); r.Err() != nil {
		t.Error(r.Err())
	}
}
