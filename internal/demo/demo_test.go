package demo_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/packs"
)

var today = civil.MustParse("2026-11-02")

// open gives a demo in a directory and the platform it plays on.
func open(t testing.TB, dir string, persons int) (*demo.Demo, *registry.Registry, *store.DB) {
	t.Helper()
	ctx := context.Background()
	d, _, err := demo.Open(dir, demo.Options{Seed: 1, Persons: persons, Years: 10, Suite: suite.Intl()}, today, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "fengcun.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	ring, err := keyring.New(suite.Intl(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	inForce, err := packs.Set()
	if err != nil {
		t.Fatal(err)
	}
	r, err := registry.New(ctx, registry.Config{DB: db, Ring: ring, Origin: "test/trail", Packs: inForce, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	agencies, officers := d.Directory()
	if err := r.Enrol(ctx, agencies, officers, today.Time()); err != nil {
		t.Fatal(err)
	}
	return d, r, db
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		d, r, _ := open(b, b.TempDir(), 2000)
		counts, err := d.Load(context.Background(), r, rand.Reader, func(float64) {})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(counts.Events)/b.Elapsed().Seconds(), "events/s")
	}
}
