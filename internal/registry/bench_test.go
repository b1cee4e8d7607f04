package registry_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

func eachEngine(b *testing.B, f func(b *testing.B, w *world)) {
	onEach(b, storetest.Engines(), f)
}

func onEach(b *testing.B, engines []storetest.Engine, f func(b *testing.B, w *world)) {
	for _, e := range engines {
		b.Run(string(e), func(b *testing.B) { f(b, registrytest.New(b, registrytest.Options{Engine: e})) })
	}
}

// BenchmarkReceive takes in whole cases of drunk driving, six events each, the
// fifth of which seals: signature, schema, encryption, trail and decision
// included.
func BenchmarkReceive(b *testing.B) {
	for _, n := range []int{1, 32, 500} {
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			eachEngine(b, func(b *testing.B, w *world) {
				events := 0
				for b.Loop() {
					b.StopTimer()
					d := deliveries(w, n)
					b.StartTimer()
					for _, d := range d {
						if _, err := w.Reg.Receive(context.Background(), d, w.Now); err != nil {
							b.Fatal(err)
						}
						events += len(d.Events)
					}
				}
				b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
			})
		})
	}
}

// deliveries is the events of n cases, act by act, so that each delivery holds
// n events (the two of the court go in two deliveries).
func deliveries(w *world, n int) []*registry.Delivery {
	acts := make([][]*docket.Event, 6)
	for range n {
		for i, e := range w.Case().DrunkDriver(w.Adult()) {
			acts[i] = append(acts[i], e)
		}
	}
	out := make([]*registry.Delivery, len(acts))
	for i, events := range acts {
		out[i] = w.Delivery(agencyOf(events[0]), events...)
	}
	return out
}

// BenchmarkOpen opens approved queries: preparation, checkpoint, proof,
// decryption, redemption.
func BenchmarkOpen(b *testing.B) {
	eachEngine(b, func(b *testing.B, w *world) {
		p := w.Adult()
		w.Sealed(p)
		for b.Loop() {
			b.StopTimer()
			r := w.About(p)
			s := w.Signed(r)
			if _, err := w.Reg.Ask(context.Background(), s, w.Now); err != nil {
				b.Fatal(err)
			}
			yes := w.SignAnswer(w.Approval(s, registrytest.OfficerID(registrytest.Court, agency.QueryApprover), registrytest.Court))
			if _, err := w.Reg.Approve(context.Background(), r.ID, yes, w.Now); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if _, err := w.Reg.Open(context.Background(), r.Officer, r.ID, w.Now); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCertify issues certificates, to a sealed person and to one who was
// never recorded.
func BenchmarkCertify(b *testing.B) {
	for _, who := range []string{"sealed", "never"} {
		b.Run(who, func(b *testing.B) {
			eachEngine(b, func(b *testing.B, w *world) {
				p := w.Adult()
				if who == "sealed" {
					w.Sealed(p)
				}
				a := &registry.Application{By: registrytest.OfficerID(registrytest.Police, agency.CertWindow), Subject: p, Purpose: "就业"}
				for b.Loop() {
					if _, err := w.Reg.Certify(context.Background(), a, w.Now); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkCertifyTheSignatureAlone is what BenchmarkCertify can at best be.
func BenchmarkCertifyTheSignatureAlone(b *testing.B) {
	w := registrytest.New(b, registrytest.Options{})
	key := w.Ring.Certificate()
	for b.Loop() {
		if _, err := key.Sign(rand.Reader, make([]byte, 400)); err != nil {
			b.Fatal(err)
		}
	}
}
