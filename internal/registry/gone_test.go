package registry_test

import (
	"context"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// The database goes away when the vault has already decrypted: nobody gets an
// answer, nothing is opened or released, the books add up; the vault has spent
// that ticket, and asked again a new one opens.
func TestTheDatabaseGoesDuringRelease(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		ctx := context.Background()
		p := w.Adult()
		_, id := w.Sealed(p)
		r := w.About(p)
		w.Approve(r, w.Ask(r))
		unseal := wrongSealing(w, id)
		w.Approve(unseal, w.Ask(unseal))
		ran := w.DatabaseGoes(func() {
			if a, err := w.Reg.Open(ctx, r.Officer, r.ID, w.Now); err == nil || a != nil {
				w.Errorf("an answer without a database: %v, %v", a, err)
			}
			w.Check()
			if _, err := w.Reg.Unseal(ctx, unseal.Officer, unseal.ID, w.Now); err == nil {
				w.Error("unsealed without a database")
			}
			w.Check()
		})
		w.Wants(id, docket.Sealed)
		if n := w.Count(`SELECT COUNT(*) FROM ticket WHERE redeemed IS NOT NULL`); ran && n != 0 {
			w.Errorf("%d tickets are redeemed", n)
		}
		if a, err := w.Reg.Open(ctx, r.Officer, r.ID, w.Now); err != nil || len(a.Records) != 1 {
			w.Fatalf("asked again: %+v, %v", a, err)
		}
		if _, err := w.Reg.Unseal(ctx, unseal.Officer, unseal.ID, w.Now); err != nil {
			w.Fatal(err)
		}
		w.Check()
		w.Wants(id, docket.Unsealed)
	})
}
