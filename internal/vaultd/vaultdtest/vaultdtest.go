// Package vaultdtest puts a vault behind a socket for a test, as where it runs
// as a process of its own.
package vaultdtest

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/fengcun/fengcun/internal/vaultd"
)

// Apart serves a vault until the test ends and gives a client of it. What the
// server lacks is filled in: a book of spent tickets, a log that goes nowhere.
func Apart(tb testing.TB, s *vaultd.Server) *vaultd.Client {
	tb.Helper()
	// A short path: that of a socket has at most 107 bytes.
	dir, err := os.MkdirTemp("", "vault-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if s.Spent == nil {
		if s.Spent, err = vaultd.OpenSpent(filepath.Join(dir, "spent")); err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = s.Spent.Close() })
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	a := vaultd.Address{Socket: filepath.Join(dir, "s"), Users: []uint32{uint32(os.Getuid())}}
	Serve(tb, s, &a)
	c := vaultd.NewClient(s.Suite, a.Dial)
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

// Serve serves at an address until the test ends, or until stop is called.
func Serve(tb testing.TB, s *vaultd.Server, a *vaultd.Address) (stop func()) {
	tb.Helper()
	l, err := a.Listen(tb.Context(), s.Log)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("serving the vault: %v", err)
		}
	}
	tb.Cleanup(stop)
	return stop
}
