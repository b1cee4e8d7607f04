package witness

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// history is a log in memory that can be asked for any of its checkpoints.
type history struct {
	signer *trail.Signer
	heads  []trail.Head
	hashes []trail.Hash
}

// newHistory makes a log of n entries; two of the same key and another salt
// are two sides of a fork.
func newHistory(tb testing.TB, key suite.SignKey, n int, salt func(i int) string) *history {
	tb.Helper()
	signer, err := trail.NewSigner("fengcun.example/trail", key)
	if err != nil {
		tb.Fatal(err)
	}
	h := &history{signer: signer, heads: []trail.Head{{}}}
	for i := range n {
		b := h.heads[i].Append(suite.Intl().Digest(fmt.Append(nil, salt(i), i)))
		h.hashes = append(h.hashes, b.Hashes...)
		h.heads = append(h.heads, b.Head)
	}
	return h
}

func plain(int) string { return "" }

func (h *history) ReadHashes(indexes []int64) ([]trail.Hash, error) {
	out := make([]trail.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = h.hashes[x]
	}
	return out, nil
}

func (h *history) at(tb testing.TB, size int) trail.Checkpoint {
	tb.Helper()
	cp, err := h.signer.Checkpoint(rand.Reader, h.heads[size])
	if err != nil {
		tb.Fatal(err)
	}
	return cp
}

// request asks to move from one size to another.
func (h *history) request(tb testing.TB, from, to int) Request {
	tb.Helper()
	cp := h.at(tb, to)
	r := Request{Old: int64(from), Checkpoint: cp.Signed}
	if from > 0 && from < to {
		proof, err := tlog.ProveTree(int64(to), int64(from), h)
		if err != nil {
			tb.Fatal(err)
		}
		r.Proof = proof
	}
	return r
}

func (h *history) prover(cp trail.Checkpoint) Prover {
	return func(_ context.Context, size int64) ([]trail.Hash, error) { return cp.ProveSince(size, h) }
}

func signKey(tb testing.TB) suite.SignKey {
	tb.Helper()
	k, err := suite.Intl().GenerateSignKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func open(tb testing.TB, file string) *State {
	tb.Helper()
	s, _, err := OpenState(file)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func newWitness(tb testing.TB, name string, s *State, logs ...*trail.Verifier) *Witness {
	tb.Helper()
	c, err := trail.NewCosigner(name, signKey(tb))
	if err != nil {
		tb.Fatal(err)
	}
	w, err := New(c, s, rand.Reader, logs...)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// TestProtocol goes through what C2SP tlog-witness says of each answer.
func TestProtocol(t *testing.T) {
	key := signKey(t)
	log := newHistory(t, key, 40, plain)
	fork := newHistory(t, key, 40, func(i int) string { return map[bool]string{true: "other"}[i >= 15] })
	stranger := newHistory(t, signKey(t), 40, plain)
	other, err := trail.NewSigner("other.example/log", signKey(t))
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := other.Checkpoint(rand.Reader, trail.Head{})
	if err != nil {
		t.Fatal(err)
	}
	w := newWitness(t, "witness.example/w", open(t, filepath.Join(t.TempDir(), "state")), log.signer.Verifier())
	h := Handler(w, func() time.Time { return noon }, quiet())
	noProof, extra := log.request(t, 10, 20), log.request(t, 20, 20)
	noProof.Proof = nil
	extra.Proof = []trail.Hash{{}}
	unproved := log.request(t, 0, 10)
	unproved.Proof = []trail.Hash{{}}
	steps := []struct {
		name   string
		body   string
		status int
		size   string // the body of a 409
	}{
		{"an empty log", string(log.request(t, 0, 0).Bytes()), 200, ""},
		{"the first has nothing to prove", string(unproved.Bytes()), 422, ""},
		{"the first", string(log.request(t, 0, 10).Bytes()), 200, ""},
		{"the same again", string(log.request(t, 10, 10).Bytes()), 200, ""},
		{"not what is remembered", string(log.request(t, 0, 20).Bytes()), 409, "10\n"},
		{"no proof", string(noProof.Bytes()), 422, ""},
		{"a step", string(log.request(t, 10, 20).Bytes()), 200, ""},
		{"back", string(log.request(t, 10, 15).Bytes()), 409, "20\n"},
		{"a replay", string(log.request(t, 10, 20).Bytes()), 409, "20\n"},
		{"old above new", string(log.request(t, 20, 10).Bytes()), 400, ""},
		{"a fork at the same size", string(fork.request(t, 20, 20).Bytes()), 409, "20\n"},
		{"a fork further on", string(fork.request(t, 20, 30).Bytes()), 422, ""},
		{"a proof of nothing", string(extra.Bytes()), 422, ""},
		{"a stranger's key", string(stranger.request(t, 20, 30).Bytes()), 403, ""},
		{"an unknown log", string(Request{Checkpoint: unknown.Signed}.Bytes()), 404, ""},
		{"no request", "old 20\n", 400, ""},
		{"too long", "old 0\n\n" + strings.Repeat("x", maxBody), 400, ""},
		{"after all that", string(log.request(t, 20, 40).Bytes()), 200, ""},
	}
	for _, s := range steps {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(s.body)))
		if rec.Code != s.status {
			t.Fatalf("%s: %d %s", s.name, rec.Code, rec.Body)
		}
		if s.status == 409 && (rec.Body.String() != s.size || rec.Header().Get("Content-Type") != "text/x.tlog.size") {
			t.Errorf("%s: %q as %s", s.name, rec.Body, rec.Header().Get("Content-Type"))
		}
		if s.status == 200 {
			r, err := ParseRequest([]byte(s.body))
			if err != nil {
				t.Fatal(err)
			}
			c, err := w.Key().Find(trail.Checkpoint{Signed: r.Checkpoint}, rec.Body.Bytes())
			if err != nil || !c.At.Equal(noon) {
				t.Errorf("%s: %+v, %v", s.name, c, err)
			}
		}
	}
	for path, status := range map[string]int{"/add-checkpoint": 405, "/key": 200, "/": 404} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != status {
			t.Errorf("GET %s: %d", path, rec.Code)
		}
	}
}

// TestManyAtOnce: whatever comes at the same time, the sizes cosigned only
// grow, and each step was proved from the one before.
func TestManyAtOnce(t *testing.T) {
	log := newHistory(t, signKey(t), 60, plain)
	s := open(t, filepath.Join(t.TempDir(), "state"))
	var kept []int64
	write := s.write
	s.write = func(name string, data []byte) error {
		logs, err := parseState(string(data))
		kept = append(kept, logs["fengcun.example/trail"].size)
		return errors.Join(err, write(name, data))
	}
	w := newWitness(t, "witness.example/w", s, log.signer.Verifier())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			from := 0
			for to := 1; to <= 60; to++ {
				_, err := w.Add(log.request(t, from, max(from, to)), noon)
				var stale ErrStale
				if errors.As(err, &stale) {
					from = int(stale.Size)
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				from = max(from, to)
			}
		})
	}
	wg.Wait()
	for i := 1; i < len(kept); i++ {
		if kept[i] < kept[i-1] {
			t.Fatalf("the state went back from %d to %d", kept[i-1], kept[i])
		}
	}
	if len(kept) < 60 || s.Size("fengcun.example/trail") != 60 {
		t.Errorf("%d states, at last %d", len(kept), s.Size("fengcun.example/trail"))
	}
}

// TestNeverBeforeItIsKept: a state that cannot be written, and one that was
// written although the write reported a failure, lead to no cosignature of a
// fork, nor does the start after it.
func TestNeverBeforeItIsKept(t *testing.T) {
	key := signKey(t)
	log := newHistory(t, key, 30, plain)
	fork := newHistory(t, key, 30, func(i int) string { return map[bool]string{true: "other"}[i >= 15] })
	boom := errors.New("no space left on device")
	for name, applied := range map[string]bool{"failed before": false, "failed after": true} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "state")
			s := open(t, file)
			w := newWitness(t, "witness.example/w", s, log.signer.Verifier())
			if _, err := w.Add(log.request(t, 0, 10), noon); err != nil {
				t.Fatal(err)
			}
			s.write = func(name string, data []byte) error {
				if applied {
					return errors.Join(replace(name, data), boom)
				}
				return boom
			}
			if c, err := w.Add(log.request(t, 10, 20), noon); !errors.Is(err, boom) || c.Line != "" {
				t.Fatalf("%q, %v", c.Line, err)
			}
			rec := httptest.NewRecorder()
			Handler(w, func() time.Time { return noon }, quiet()).ServeHTTP(rec,
				httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(string(log.request(t, 10, 20).Bytes()))))
			if rec.Code != 500 || strings.Contains(rec.Body.String(), "space") {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			again := open(t, file)
			want := map[bool]int64{false: 10, true: 20}[applied]
			if again.Size("fengcun.example/trail") != want {
				t.Errorf("after a restart: %d", again.Size("fengcun.example/trail"))
			}
			w = newWitness(t, "witness.example/w", again, log.signer.Verifier())
			_, err := w.Add(fork.request(t, int(want), 30), noon)
			if applied != (err != nil) {
				t.Errorf("the other history: %v", err)
			}
		})
	}
}

// TestClockSetBack: a cosignature is never older than the one before.
func TestClockSetBack(t *testing.T) {
	log := newHistory(t, signKey(t), 3, plain)
	w := newWitness(t, "witness.example/w", open(t, filepath.Join(t.TempDir(), "state")), log.signer.Verifier())
	for i, now := range []time.Time{noon, noon.Add(-time.Hour), noon.Add(time.Minute)} {
		c, err := w.Add(log.request(t, i, i+1), now)
		if err != nil || c.At.Before(noon) {
			t.Errorf("at %v: %v, %v", now, c.At, err)
		}
	}
}

func TestState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	s, fresh, err := OpenState(file)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	if _, _, err := OpenState(file); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("two witnesses on one state: %v", err)
	}
	l := seen{7, trail.Hash{1}, 99}
	if err := errors.Join(s.keep("a.example/log", l), s.keep("b.example/log", seen{size: 1}), s.Close()); err != nil {
		t.Fatal(err)
	}
	s, fresh, err = OpenState(file)
	if err != nil || fresh || s.last("a.example/log") != l || s.Size("b.example/log") != 1 || s.Size("c") != 0 {
		t.Errorf("%v, %v, %+v", fresh, err, s)
	}
	_ = s.Close()
	for _, text := range []string{
		"", "something else\n", stateTitle, stateTitle + "\na 1\n", stateTitle + "\na 1 x 0\n",
		stateTitle + "\na 01 " + trail.Hash{}.String() + " 0\n", stateTitle + "\n" + strings.Repeat("a 1 "+trail.Hash{}.String()+" 0\n", 2),
	} {
		if err := replace(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := OpenState(file); err == nil || !strings.Contains(err.Error(), "restore it") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, _, err := OpenState(filepath.Join(t.TempDir(), "no", "such", "state")); err == nil {
		t.Error("a state in no directory")
	}
}

func TestNewRefuses(t *testing.T) {
	log := newHistory(t, signKey(t), 0, plain)
	c, err := trail.NewCosigner("witness.example/w", signKey(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(c, nil, rand.Reader); err == nil {
		t.Error("a witness of no log")
	}
	if _, err := New(c, nil, rand.Reader, log.signer.Verifier(), log.signer.Verifier()); err == nil {
		t.Error("one log twice")
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte("old 0\n\na\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a AAAAAAA=\n"))
	f.Add([]byte("old 2\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\na\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— a AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseRequest(body)
		if err != nil {
			return
		}
		if string(r.Bytes()) != string(body) {
			t.Fatalf("read and written again it differs: %q", r.Bytes())
		}
		if r.Old < 0 || len(r.Proof) > maxProof {
			t.Fatalf("%d, %d lines", r.Old, len(r.Proof))
		}
	})
}

func FuzzParseState(f *testing.F) {
	f.Add(stateTitle + "\na.example/log 7 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 99\n")
	f.Fuzz(func(t *testing.T, text string) {
		logs, err := parseState(text)
		if err != nil {
			return
		}
		again, err := parseState(string((*State)(nil).bytes(logs)))
		if err != nil || len(again) != len(logs) {
			t.Fatalf("it does not read again: %v", err)
		}
	})
}
