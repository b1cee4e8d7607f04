package registry_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// Several agencies report the same new cases at the same moment: each case gets
// one code, each person one record, nothing is refused and nothing lost.
func TestAgenciesThatReportAtOnce(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := registrytest.New(t, registrytest.Options{Engine: engine})
			const cases = 6
			var deliveries []*registry.Delivery
			for range cases {
				c := w.Case()
				a, b := w.Adult(), w.Adult()
				for _, p := range []docket.Identity{a, b} {
					for _, e := range c.DrunkDriver(p) {
						deliveries = append(deliveries, w.Delivery(agencyOf(e), e))
					}
				}
			}
			var wg sync.WaitGroup
			todo := make(chan *registry.Delivery, len(deliveries))
			for i := range deliveries {
				todo <- deliveries[(i*7)%len(deliveries)] // neighbours are of one case, and start together
			}
			close(todo)
			for range 6 {
				wg.Go(func() {
					for d := range todo {
						receipts, err := w.Reg.Receive(context.Background(), d, w.Now)
						if err != nil || receipts[0].Outcome != registry.Accepted {
							t.Errorf("%v, %v", receipts, err)
						}
					}
				})
			}
			wg.Wait()
			w.Acknowledged(deliveries...)
			w.Check()
			if n := w.Count(`SELECT COUNT(DISTINCT code) FROM record`); n != cases {
				t.Errorf("%d cases, want %d", n, cases)
			}
			if n := w.Count(`SELECT COUNT(*) FROM record WHERE status = 'sealed'`); n != 2*cases {
				t.Errorf("%d sealed records, want %d", n, 2*cases)
			}
		})
	}
}

func agencyOf(e *docket.Event) string {
	id, _ := agency.IDOf(e.Source)
	return id
}

// Two that open the same approved query at the same moment: one does.
func TestOpeningTwiceAtOnce(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := registrytest.New(t, registrytest.Options{Engine: engine})
			p := w.Adult()
			w.Sealed(p)
			r := w.About(p)
			w.Approve(r, w.Ask(r))
			answers := make(chan error, 6)
			for range cap(answers) {
				go func() {
					a, err := w.Reg.Open(context.Background(), r.Officer, r.ID, w.Now)
					if err == nil && len(a.Records) != 1 {
						err = errors.New("opened, and empty")
					}
					answers <- err
				}()
			}
			opened := 0
			for range cap(answers) {
				if err := <-answers; err == nil {
					opened++
				}
			}
			if opened != 1 {
				t.Errorf("opened %d times", opened)
			}
			w.Check()
		})
	}
}

// Many who open at the same moment share transactions: each gets the answer to
// their own query, and one whose query was opened before takes nobody along.
func TestManyOpenAtOnce(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		var queries []*grant.Request
		for range 12 {
			r := w.About(p)
			w.Approve(r, w.Ask(r))
			queries = append(queries, r)
		}
		queries = append(queries, queries[0], queries[1])
		var (
			wg     sync.WaitGroup
			opened atomic.Int32
		)
		for _, r := range queries {
			wg.Go(func() {
				a, err := w.Reg.Open(context.Background(), r.Officer, r.ID, w.Now)
				switch {
				case err == nil && a.Request.ID == r.ID && len(a.Records) == 1:
					opened.Add(1)
				case err == nil:
					t.Errorf("query %s: the answer %+v", r.ID, a)
				case r != queries[0] && r != queries[1]:
					t.Errorf("query %s: %v", r.ID, err)
				}
			})
		}
		wg.Wait()
		w.Check()
		if n := w.Count(`SELECT COUNT(*) FROM query WHERE state = 'opened'`); n != int(opened.Load()) || n < 10 {
			t.Errorf("%d are opened, %d were answered", n, opened.Load())
		}
	})
}
