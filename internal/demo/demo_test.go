package demo_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/grant"
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
	r, err := registry.New(ctx, registry.Config{DB: db, Ring: ring, Origin: "test/trail", Packs: inForce, Accept: grant.Accept{Software: true}, Rand: rand.Reader})
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

func TestLoadTrickleAndRestart(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir := t.TempDir()
	d, r, _ := open(t, dir, 120)
	first, err := d.Load(ctx, r, rand.Reader, func(float64) {})
	if err != nil || first.Refused > 0 || first.Accepted == 0 {
		t.Fatalf("the history: %+v, %v", first, err)
	}
	again, err := d.Load(ctx, r, rand.Reader, func(float64) {})
	if err != nil || again.Accepted > 0 || again.Refused > 0 || again.Repeated != first.Events {
		t.Fatalf("played again nothing is new: %+v, %v", again, err)
	}
	if err := d.Furnish(ctx, r, rand.Reader, today.Time()); err != nil {
		t.Fatal(err)
	}
	sent := func(d *demo.Demo, ticks int) int64 {
		t.Helper()
		before, err := r.Publish(ctx)
		if err != nil {
			t.Fatal(err)
		}
		tick := make(chan time.Time, ticks)
		for i := range ticks {
			tick <- today.Time().Add(time.Duration(i) * time.Minute)
		}
		live, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- d.Trickle(live, r, rand.Reader, tick) }()
		for len(tick) > 0 {
			time.Sleep(time.Millisecond)
		}
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		after, err := r.Publish(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return after.Size - before.Size
	}
	if sent(d, 20) < 15 {
		t.Error("the live stream brings something new at each tick")
	}
	reopened, _, err := demo.Open(dir, demo.Options{}, today, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if sent(reopened, 20) < 15 {
		t.Error("after a restart the live stream goes on where it stopped")
	}
}
