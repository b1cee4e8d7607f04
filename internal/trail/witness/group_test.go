package witness

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/trail"
)

// serve runs witnesses of a log and gives them as peers.
func serve(t *testing.T, log *history, names ...string) []Peer {
	t.Helper()
	var out []Peer
	for _, name := range names {
		w := newWitness(t, name, open(t, filepath.Join(t.TempDir(), "state")), log.signer.Verifier())
		srv := httptest.NewServer(Handler(w, func() time.Time { return noon }, quiet()))
		t.Cleanup(srv.Close)
		out = append(out, Peer{w.Key(), srv.URL})
	}
	return out
}

func group(t *testing.T, need int, peers ...Peer) *Group {
	t.Helper()
	g, err := NewGroup(http.DefaultClient, need, peers...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestCosign: checkpoints grow under three witnesses, with and without memory
// of where they stand.
func TestCosign(t *testing.T) {
	log := newHistory(t, signKey(t), 100, plain)
	peers := serve(t, log, "witness.example/a", "witness.example/b", "witness.example/c")
	g := group(t, 3, peers...)
	for _, size := range []int{0, 1, 2, 64, 64, 99} {
		if size == 99 { // as after a restart
			g = group(t, 3, peers...)
		}
		cp := log.at(t, size)
		got, missed, err := g.Cosign(t.Context(), cp, log.prover(cp))
		if err != nil || missed != nil {
			t.Fatalf("%d: %v, %v", size, missed, err)
		}
		read, err := log.signer.Verifier().Requiring(g.Quorum()).Open(got.Signed)
		if err != nil || read.Size != int64(size) || len(read.Witnessed) != 3 || len(got.Witnessed) != 3 {
			t.Errorf("%d: %+v, %v", size, read, err)
		}
		if read.Witnessed[0].Witness != "witness.example/a" {
			t.Errorf("the lines stand in another order than the witnesses: %v", read.Witnessed)
		}
	}
}

// TestMissingWitness: one that is away, refuses, hangs or lies is told and
// waited for no longer than the grace; too few make no quorum.
func TestMissingWitness(t *testing.T) {
	key := signKey(t)
	log := newHistory(t, key, 10, plain)
	good := serve(t, log, "witness.example/a", "witness.example/b")
	answering := func(f http.HandlerFunc) string {
		srv := httptest.NewServer(f)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	other := serve(t, newHistory(t, signKey(t), 1, plain), "witness.example/x")[0]
	for name, tt := range map[string]struct{ url, says string }{
		"away":           {"http://127.0.0.1:1/", "refused"},
		"of another log": {other.URL, "no log of that name|not signed"},
		"hanging": {answering(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then is a client that left noticed
			<-r.Context().Done()
		}), "canceled"},
		"another key": {good[1].URL, "was its key changed?"},
		"failing":     {answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }), "503"},
		"nonsense":    {answering(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("yes\n")) }), "not a signature line"},
		"no size":     {answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusConflict) }), "another root"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := Peer{other.Key, tt.url}
			cp := log.at(t, 10)
			start := time.Now()
			got, missed, err := group(t, 1, good[0], bad).Cosign(t.Context(), cp, log.prover(cp))
			if err != nil || len(got.Witnessed) != 1 || missed == nil || !strings.Contains(missed.Error(), "witness.example/x") {
				t.Fatalf("%+v, %v, %v", got.Witnessed, missed, err)
			}
			var says bool
			for _, s := range strings.Split(tt.says, "|") {
				says = says || strings.Contains(missed.Error(), s)
			}
			if !says {
				t.Errorf("it says %v", missed)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
			if name == "hanging" {
				return // it would take all of our patience
			}
			_, _, err = group(t, 2, good[0], bad).Cosign(t.Context(), cp, log.prover(cp))
			if !errors.Is(err, trail.ErrQuorum) {
				t.Errorf("one of two: %v", err)
			}
			if _, missed, err := group(t, 0, bad).Cosign(t.Context(), cp, log.prover(cp)); err != nil || missed == nil {
				t.Errorf("none wanted: %v, %v", missed, err)
			}
		})
	}
}

// TestForkIsRefused: a log that goes back, or on another way, gets no
// cosignature and the reason in words.
func TestForkIsRefused(t *testing.T) {
	key := signKey(t)
	log := newHistory(t, key, 40, plain)
	fork := newHistory(t, key, 40, func(i int) string { return map[bool]string{true: "other"}[i >= 10] })
	peers := serve(t, log, "witness.example/a")
	ask := func(h *history, size int) error {
		cp := h.at(t, size)
		_, _, err := group(t, 1, peers...).Cosign(t.Context(), cp, h.prover(cp))
		return err
	}
	if err := ask(log, 20); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		log  *history
		size int
		want error
	}{{log, 15, ErrAhead}, {fork, 20, ErrProof}, {fork, 30, ErrProof}, {fork, 15, ErrAhead}} {
		if err := ask(tt.log, tt.size); !errors.Is(err, tt.want) || !errors.Is(err, trail.ErrQuorum) {
			t.Errorf("%d: %v", tt.size, err)
		}
	}
	if err := ask(log, 40); err != nil {
		t.Errorf("the log itself: %v", err)
	}
}

func TestGroupRefuses(t *testing.T) {
	log := newHistory(t, signKey(t), 1, plain)
	p := serve(t, log, "witness.example/a")[0]
	for name, f := range map[string]func() (*Group, error){
		"URL":   func() (*Group, error) { return NewGroup(http.DefaultClient, 1, Peer{p.Key, "witness.example"}) },
		"need":  func() (*Group, error) { return NewGroup(http.DefaultClient, 2, p) },
		"twice": func() (*Group, error) { return NewGroup(http.DefaultClient, 1, p, p) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cp := log.at(t, 1)
	if _, _, err := group(t, 1, p).Cosign(ctx, cp, log.prover(cp)); err == nil {
		t.Error("asked although it was too late")
	}
	boom := errors.New("no such hash")
	_, _, err := group(t, 1, p).Cosign(t.Context(), cp, func(context.Context, int64) ([]trail.Hash, error) { return nil, boom })
	if !errors.Is(err, boom) {
		t.Errorf("without a proof: %v", err)
	}
}
