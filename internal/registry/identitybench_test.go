package registry_test

import (
	"context"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// BenchmarkIdentify compares persons, of whom one in two is like another, among
// 400 others; an operation is one person. Compare with what filing that
// person's event costs: BenchmarkIdentify/receive.
func BenchmarkIdentify(b *testing.B) {
	w := registrytest.New(b, registrytest.Options{})
	births := civil.MustParse("1950-01-01")
	file := func() {
		births = births.AddDays(3)
		p := w.Person(births.String())
		for _, who := range []docket.Identity{p, selfReported(p)} {
			e := w.Case().Event(registrytest.Police, docket.CaseFiled, "2025-01-05", registrytest.Suspect(who, registrytest.Theft, "2025-01-01"))
			if _, err := w.Reg.Receive(context.Background(), w.Delivery(registrytest.Police, e), w.Now); err != nil {
				b.Fatal(err)
			}
		}
	}
	for range 200 {
		file()
	}
	identify := func(limit int) {
		if _, err := w.Reg.Identify(context.Background(), w.Now, limit); err != nil {
			b.Fatal(err)
		}
	}
	identify(1000)
	b.Run("receive", func(b *testing.B) {
		for b.Loop() {
			file() // two events
		}
	})
	identify(1_000_000)
	b.Run("identify", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			file()
			b.StartTimer()
			identify(2)
		}
	})
}
