package vaultd

import (
	"context"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
)

// What a call over the socket costs beside the vault's own work: one message
// each way, and one that asks back for rows once.
func BenchmarkCall(b *testing.B) {
	s, a := testServer(b), &Address{Socket: socket(b), Users: me()}
	run(b, s, a)
	c := client(b, "intl", a)
	rows := &broken{ctx: context.Background()}
	b.Run("ping", func(b *testing.B) {
		for b.Loop() {
			if err := c.Ping(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("number", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.CasesByNumber(rows, docket.Number{Kind: "k", No: "n"}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
