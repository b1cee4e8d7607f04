package registry_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// BenchmarkGroupCommit has 16 clients report single events at the same time,
// with deliveries that arrive together sharing a transaction, and in turns with
// that each delivery in a transaction of its own. Both flush each commit to disk.
func BenchmarkGroupCommit(b *testing.B) {
	const clients, each = 16, 8
	onEach(b, []storetest.Engine{storetest.SQLite, storetest.Durable}, func(b *testing.B, w *world) {
		ctx := context.Background()
		var together, alone time.Duration
		for b.Loop() {
			together += report(b, singles(w, clients*each), clients, func(d *registry.Delivery) error {
				_, err := w.Reg.Receive(ctx, d, w.Now)
				return err
			})
			alone += report(b, singles(w, clients*each), clients, func(d *registry.Delivery) error {
				_, err := w.Reg.ReceiveAll(ctx, []*registry.Delivery{d}, w.Now)
				return err
			})
		}
		b.ReportMetric(float64(b.N*clients*each)/together.Seconds(), "events/s")
		gain := alone.Seconds() / together.Seconds()
		b.ReportMetric(gain, "x-single-commits")
		if b.N > 3 && gain < 1.3 {
			b.Errorf("%.2f of single commits, want 1.3", gain)
		}
	})
}

// singles is deliveries of one event each, the first of a case.
func singles(w *world, n int) []*registry.Delivery {
	out := make([]*registry.Delivery, n)
	for i := range out {
		e := w.Case().DrunkDriver(w.Adult())[0]
		out[i] = w.Delivery(agencyOf(e), e)
	}
	return out
}

// report has clients send deliveries, each the next when one is acknowledged.
func report(b *testing.B, ds []*registry.Delivery, clients int, send func(*registry.Delivery) error) time.Duration {
	b.Helper()
	start := time.Now()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := c; i < len(ds); i += clients {
				if err := send(ds[i]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}
