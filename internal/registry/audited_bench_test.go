package registry_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

const (
	clients = 16
	inARow  = 8 // queries of one client, in one round
)

// turn is what many did at once: how long it took in all, and each alone.
type turn struct {
	took time.Duration
	each []time.Duration
}

// atOnce lets 16 clients do their share of the work.
func atOnce(b *testing.B, t *turn, work []func() error) {
	b.Helper()
	todo := make(chan func() error, len(work))
	for _, w := range work {
		todo <- w
	}
	close(todo)
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for do := range todo {
				began := time.Now()
				if err := do(); err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				t.each = append(t.each, time.Since(began))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.took += time.Since(start)
}

func (t *turn) p99() time.Duration {
	slices.Sort(t.each)
	return t.each[len(t.each)*99/100]
}

// approved files and approves queries about one sealed person.
func approved(b *testing.B, w *world, p docket.Identity, n int) (out []*grant.Request) {
	b.Helper()
	for range n {
		r := w.About(p)
		s := w.Signed(r)
		if _, err := w.Reg.Ask(context.Background(), s, w.Now); err != nil {
			b.Fatal(err)
		}
		yes := w.SignAnswer(w.Approval(s, registrytest.OfficerID(registrytest.Court, agency.QueryApprover), registrytest.Court))
		if _, err := w.Reg.Approve(context.Background(), r.ID, yes, w.Now); err != nil {
			b.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// BenchmarkOpenAgainstUnlogged opens approved queries by 16 clients at once:
// intent, checkpoint, proof, decryption, redemption. The peer does the same
// without a trail: grant checked, record decrypted, query used up, in one
// transaction. The two take turns, and both flush each commit to disk.
func BenchmarkOpenAgainstUnlogged(b *testing.B) {
	onEach(b, []storetest.Engine{storetest.SQLite, storetest.Durable}, func(b *testing.B, w *world) {
		ctx := context.Background()
		var ours, peer turn
		p := w.Adult()
		w.Sealed(p) // the checker finds what was not logged: it looks no more from here on
		for b.Loop() {
			b.StopTimer()
			queries := approved(b, w, p, 2*clients*inARow)
			logged, bare := make([]func() error, clients*inARow), make([]func() error, clients*inARow)
			var wg sync.WaitGroup
			for i := range bare {
				logged[i] = func() error {
					a, err := w.Reg.Open(ctx, queries[i].Officer, queries[i].ID, w.Now)
					return oneRecord(b, a, err)
				}
				q := queries[len(bare)+i]
				wg.Go(func() { // together: they share checkpoints, which the peer then need not verify
					u, err := w.Reg.Unlogged(ctx, q.Officer, q.ID, w.Now)
					if err != nil {
						b.Error(err)
					}
					bare[i] = func() error { _, err := u.Open(ctx, w.Now); return err }
				})
			}
			wg.Wait()
			if b.Failed() {
				b.FailNow()
			}
			b.StartTimer()
			atOnce(b, &ours, logged)
			atOnce(b, &peer, bare)
		}
		rate := peer.took.Seconds() / ours.took.Seconds()
		late := float64(ours.p99()) / float64(peer.p99())
		b.ReportMetric(float64(len(ours.each))/ours.took.Seconds(), "queries/s")
		b.ReportMetric(rate, "x-rate")
		b.ReportMetric(late, "x-p99")
		b.Logf("ours %.0f/s p99 %s, peer %.0f/s p99 %s", float64(len(ours.each))/ours.took.Seconds(), ours.p99(), float64(len(peer.each))/peer.took.Seconds(), peer.p99())
		if len(ours.each) > 1000 && (rate < 0.6 || late > 1.5) {
			b.Errorf("%.2f of the rate and %.2f times the p99 without a trail; want 0.6 and 1.5", rate, late)
		}
	})
}

func oneRecord(b *testing.B, a *registry.Answer, err error) error {
	b.Helper()
	if err == nil && len(a.Records) != 1 {
		b.Errorf("%d records", len(a.Records))
	}
	return err
}
