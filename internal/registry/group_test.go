package registry_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// Many who report at once share transactions: each has a receipt of its own,
// and one who goes away or signs badly takes nobody along.
func TestReportersWhoShareATransaction(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := registrytest.New(t, registrytest.Options{Engine: engine})
			var good []*registry.Delivery
			for range 24 {
				e := w.Case().DrunkDriver(w.Adult())[0]
				good = append(good, w.Delivery(agencyOf(e), e))
			}
			forged := *good[0]
			forged.ID += "-forged"
			gone, leave := context.WithCancel(context.Background())
			leave()
			var wg sync.WaitGroup
			for _, d := range good {
				wg.Go(func() {
					receipts, err := w.Reg.Receive(context.Background(), d, w.Now)
					if err != nil || len(receipts) != 1 || receipts[0].Outcome == registry.Refused {
						t.Errorf("%v, %v", receipts, err)
					}
				})
				wg.Go(func() {
					if _, err := w.Reg.Receive(context.Background(), &forged, w.Now); !errors.Is(err, registry.ErrUnsigned) {
						t.Errorf("a forged delivery: %v", err)
					}
					_, _ = w.Reg.Receive(gone, d, w.Now) // taken in or not, it must not hold up the others
				})
			}
			wg.Wait()
			w.Acknowledged(good...)
			w.Check()
		})
	}
}
