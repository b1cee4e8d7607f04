package registrytest

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// cutting is a vault under which the database goes away at the worst moment:
// the content is decrypted, and nothing of it is committed yet.
type cutting struct {
	vault.Book
	cut func()
}

func (c cutting) Open(rows vault.Rows, t vault.Ticket, g vault.Grant, m trail.Commitment, r trail.Receipt, now time.Time) ([]*vault.Content, error) {
	contents, err := c.Book.Open(rows, t, g, m, r, now)
	c.cut()
	return contents, err
}

// DatabaseGoes runs a step during which PostgreSQL ends all connections of the
// registry's login just after the vault has opened something. It says false
// where the world has no such server.
func (w *World) DatabaseGoes(step func()) bool {
	w.Helper()
	if w.DB.Engine() != "postgres" || w.vault == nil {
		return false
	}
	cut := func() {
		w.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, w.login)
	}
	whole := w.Reg
	var err error
	w.Reg, err = registry.New(context.Background(), registry.Config{
		DB: w.served, Ring: w.Ring, Origin: origin, Packs: w.packs, ConfirmSealing: w.confirm, Vault: cutting{w.vault, cut},
		Accept: grant.Accept{Site: Site()}, Rand: rand.Reader,
	})
	w.must(err)
	step()
	w.Reg = whole
	return true
}
