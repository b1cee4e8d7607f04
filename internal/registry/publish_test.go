package registry_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/trail/witness"
)

// another starts a second program over the same books and keys.
func another(w *world, db *store.DB, s registry.Sequencer) *registry.Registry {
	w.Helper()
	r, err := registry.New(context.Background(), registry.Config{DB: db, Ring: w.Ring, Origin: "fengcun.test/trail", Rand: rand.Reader, Sequencer: s})
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// act leaves an entry in the trail.
func act(w *world, r *registry.Registry) {
	w.Helper()
	if err := r.SignedIn(context.Background(), registrytest.OfficerID(registrytest.Court, agency.SealClerk), w.Now); err != nil {
		w.Error(err)
	}
}

// size is the trail's length by its entries and by its head, which must agree.
func size(w *world) int64 {
	w.Helper()
	entries, head := w.Count(`SELECT COUNT(*) FROM trail_entry`), w.Count(`SELECT size FROM trail_head`)
	if entries != head {
		w.Fatalf("%d entries, the head says %d", entries, head)
	}
	return int64(head)
}

// Two programs append and sign at once: one history comes of it, each
// checkpoint continues the one before, and only the holder of the lease signs.
func TestTwoSequencers(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		var clock sync.Mutex
		now := w.Now
		timed := registry.Sequencer{Now: func() time.Time { clock.Lock(); defer clock.Unlock(); return now }}
		a, b := another(w, w.DB, timed), another(w, storetest.Open(w, w.URL), timed)
		before := size(w)
		var wg sync.WaitGroup
		for _, r := range []*registry.Registry{a, b} {
			for range 2 {
				wg.Go(func() {
					var last trail.Checkpoint
					for range 15 {
						act(w, r)
						cp, err := r.Publish(t.Context())
						if err != nil || cp.Size < last.Size {
							t.Errorf("after %d: %d, %v", last.Size, cp.Size, err)
						}
						last = cp
					}
				})
			}
		}
		wg.Wait()
		if got := size(w); got != before+60 {
			t.Errorf("%d entries, want %d", got, before+60)
		}
		if n := w.Count(`SELECT fence FROM trail_lease`); n != 1 {
			t.Errorf("the lease changed hands: fence %d", n)
		}
		// The holder falls silent; the other takes over when the lease has ended.
		if n := w.Count(`SELECT COUNT(*) FROM trail_lease WHERE holder <> ''`); n != 1 {
			t.Error("nobody holds the lease")
		}
		act(w, a)
		clock.Lock()
		now = now.Add(time.Minute)
		clock.Unlock()
		for _, r := range []*registry.Registry{a, b} {
			if cp, err := r.Publish(t.Context()); err != nil || cp.Size != size(w) {
				t.Errorf("%d of %d, %v", cp.Size, size(w), err)
			}
		}
		w.Check()
	})
}

// A sequencer that slept through the end of its lease signs nothing when it
// wakes: neither a checkpoint, nor what witnesses told it before.
func TestFencedSequencer(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		asked, answer := make(chan struct{}), make(chan struct{})
		url := runWitness(w, func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				close(asked)
				<-answer
				h.ServeHTTP(rw, r)
			})
		})
		slow := another(w, w.DB, registry.Sequencer{Witnesses: group(w, 1, url)})
		act(w, slow)
		result := make(chan error)
		go func() {
			_, err := slow.Publish(context.Background())
			result <- err
		}()
		<-asked
		fast := another(w, storetest.Open(w, w.URL), registry.Sequencer{})
		act(w, fast)
		if _, err := fast.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		close(answer)
		if err := <-result; !errors.Is(err, store.ErrStale) {
			t.Errorf("the one that was fenced off: %v", err)
		}
		if n := w.Count(`SELECT COUNT(*) FROM trail_cosigned`); n != 0 {
			t.Error("it published all the same")
		}
		w.Check()
	})
}

// A database that went back behind what was signed is not signed for again.
func TestTheTrailWentBack(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		act(w, w.Reg)
		first, err := w.Reg.Publish(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			w.Exec(`DELETE FROM trail_checkpoint`)
			w.Exec(`UPDATE trail_head SET size = 0, edge = $1`, []byte{})
			w.Exec(`DELETE FROM trail_entry`)
			w.Exec(`DELETE FROM trail_hash`)
			if _, err := w.Reg.Publish(t.Context()); !errors.Is(err, registry.ErrWentBack) {
				t.Errorf("cut back from %d: %v", first.Size, err)
			}
			// Longer again, and another history.
			for range first.Size + 3 {
				act(w, w.Reg)
			}
			if _, err := w.Reg.Publish(t.Context()); !errors.Is(err, registry.ErrWentBack) {
				t.Errorf("another history after %d: %v", first.Size, err)
			}
		}
	})
}

type servedWitness struct {
	key trail.WitnessKey
	url string
}

// runWitness serves a witness of the world's log.
func runWitness(w *world, around func(http.Handler) http.Handler) servedWitness {
	w.Helper()
	key, err := suite.Intl().GenerateSignKey(rand.Reader)
	if err != nil {
		w.Fatal(err)
	}
	cosigner, err := trail.NewCosigner("witness.test/"+key.Public().Fingerprint()[:8], key)
	if err != nil {
		w.Fatal(err)
	}
	state, _, err := witness.OpenState(filepath.Join(w.TempDir(), "state"))
	if err != nil {
		w.Fatal(err)
	}
	v, err := witness.New(cosigner, state, rand.Reader, w.Reg.Verifier())
	if err != nil {
		w.Fatal(err)
	}
	srv := httptest.NewServer(around(witness.Handler(v, func() time.Time { return w.Now }, slog.New(slog.DiscardHandler))))
	w.Cleanup(func() { srv.Close(); _ = state.Close() })
	return servedWitness{cosigner.Key(), srv.URL}
}

func group(w *world, need int, of ...servedWitness) *witness.Group {
	w.Helper()
	var peers []witness.Peer
	for _, s := range of {
		peers = append(peers, witness.Peer{Key: s.key, URL: s.url})
	}
	g, err := witness.NewGroup(http.DefaultClient, need, peers...)
	if err != nil {
		w.Fatal(err)
	}
	return g
}

func straight(h http.Handler) http.Handler { return h }

// Under a quorum nothing is published, and no sealed record opened, before the
// witnesses have cosigned; the receipt carries their lines.
func TestNothingOpensWithoutAQuorum(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		r := w.About(p)
		w.Approve(r, w.Ask(r))
		up := true
		var gate sync.Mutex
		flaky := func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				gate.Lock()
				defer gate.Unlock()
				if !up {
					http.Error(rw, "away", http.StatusServiceUnavailable)
					return
				}
				h.ServeHTTP(rw, r)
			})
		}
		one, two := runWitness(w, straight), runWitness(w, flaky)
		g := group(w, 2, one, two)
		reg := another(w, w.DB, registry.Sequencer{Witnesses: g})
		w.Reg = reg
		public := w.DB.WitnessedLog()
		cp, err := reg.Publish(t.Context())
		if err != nil || len(cp.Witnessed) != 2 {
			t.Fatalf("%d witnesses, %v", len(cp.Witnessed), err)
		}
		up = false
		if _, err := w.Open(r); !errors.Is(err, trail.ErrQuorum) {
			t.Fatalf("opened without a quorum: %v", err)
		}
		nothingOpened(w, "without a quorum")
		if note, err := public.Checkpoint(t.Context()); err != nil || string(note) != string(cp.Signed) {
			t.Errorf("published without a quorum: %s, %v", note, err)
		}
		gate.Lock()
		up = true
		gate.Unlock()
		if cp, err = reg.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		shown, err := reg.Checkpoint(t.Context())
		if err != nil || shown.Size != cp.Size || len(shown.Witnessed) != 2 {
			t.Errorf("shown: %+v, %v", shown, err)
		}
		r = w.About(p)
		w.Approve(r, w.Ask(r))
		answer, err := w.Open(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := answer.Receipt.Verify(w.Reg.Verifier(), answer.Receipt.Leaf)
		if err != nil || len(got.Witnessed) != 2 {
			t.Errorf("the receipt: %d witnesses, %v", len(got.Witnessed), err)
		}
	})
}
