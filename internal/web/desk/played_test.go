package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/packs/packstest"
)

// ledgerFile is the database in a stage's directory.
const ledgerFile = "fengcun.db"

// history is that of a small invented province, played, in
// files. Every stage stands on a copy: playing it once for each took longer
// than all the tests.
type history struct {
	dir  string
	ring *keyring.Ring
	now  time.Time
}

var histories = struct {
	sync.Mutex
	root string
	of   map[int]history
}{of: map[int]history{}}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(histories.root)
	os.Exit(code)
}

// played is the history of a province of so many persons.
func played(tb testing.TB, persons int) history {
	tb.Helper()
	histories.Lock()
	defer histories.Unlock()
	if p, ok := histories.of[persons]; ok {
		return p
	}
	p, err := play(persons)
	if err != nil {
		tb.Fatal(err)
	}
	histories.of[persons] = p
	return p
}

func play(persons int) (p history, err error) {
	if histories.root == "" {
		if histories.root, err = os.MkdirTemp("", "provinces"); err != nil {
			return p, err
		}
	}
	p.now = time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai)
	p.dir = filepath.Join(histories.root, fmt.Sprint(persons))
	if err := os.Mkdir(p.dir, 0o700); err != nil {
		return p, err
	}
	if p.ring, err = keyring.New(suite.Intl(), rand.Reader); err != nil {
		return p, err
	}
	return p, p.load(context.Background(), persons)
}

func (p history) load(ctx context.Context, persons int) error {
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(p.dir, ledgerFile))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err = db.Migrate(ctx); err != nil {
		return err
	}
	set, err := packstest.Set()
	if err != nil {
		return err
	}
	reg, err := registry.New(ctx, registry.Config{DB: db, Ring: p.ring, Origin: "test.example/trail", Packs: set, Rand: rand.Reader})
	if err != nil {
		return err
	}
	made, _, err := demo.Open(p.dir, demo.Options{Seed: 1, Persons: persons, Years: 10, Suite: suite.Intl()}, civil.Of(p.now), rand.Reader)
	if err != nil {
		return err
	}
	agencies, officers := made.Directory()
	if err := reg.Enrol(ctx, agencies, officers, p.now); err != nil {
		return err
	}
	_, err = made.Load(ctx, reg, rand.Reader, func(float64) {})
	return err
}
