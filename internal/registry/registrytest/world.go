// Package registrytest starts the whole platform in process for a test: a
// database on either engine, keys of either cipher suite, agencies and officers
// with software keys, and a clock that the test sets. After every step an
// invariant checker looks at the books as an auditor would; see World.Check.
package registrytest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
	"github.com/fengcun/fengcun/internal/vaultd"
	"github.com/fengcun/fengcun/internal/vaultd/vaultdtest"
	"github.com/fengcun/fengcun/packs/packstest"
)

// Options say what a world is made of; the zero value is SQLite and intl.
type Options struct {
	Engine         storetest.Engine
	Suite          suite.Suite
	ConfirmSealing bool
	Apart          bool          // the vault runs behind a socket, as a process of its own
	Start          string        // the clock's first day; 2026-03-02 where none is given
	Ring           *keyring.Ring // one in memory where none is given; it decides on the suite
}

// World is a platform of a test's own, with everybody who acts on it.
type World struct {
	testing.TB
	URL  string
	DB   *store.DB
	Ring *keyring.Ring
	Reg  *registry.Registry
	Now  time.Time // the platform's clock; steps move it on by a second

	suite    suite.Suite
	packs    *policy.Set
	confirm  bool
	served   *store.DB  // as the registry's login has it: with the least rights
	login    string     // of served, where the vault is apart
	vault    vault.Book // nil: in the registry's own process
	raw      *sql.DB
	agencies map[string]*party
	officers map[string]suite.SignKey

	persons  int
	serial   int
	secrets  *finder          // what no table and no file may show
	accepted map[string]int64 // by source: receipts that say so
}

// Each runs a story in two worlds that between them cover both engines, both
// suites, and the vault in the registry's process and apart. Stories run beside
// each other: a test that tells one cannot set what belongs to the process.
func Each(t *testing.T, story func(w *World)) {
	t.Helper()
	t.Parallel()
	for _, o := range []Options{{Engine: storetest.SQLite, Suite: suite.Intl()}, {Engine: storetest.Postgres, Suite: suite.GM(), Apart: true}} {
		t.Run(string(o.Engine)+"-"+o.Suite.Name(), func(t *testing.T) {
			t.Parallel()
			w := New(t, o)
			story(w)
			w.CheckFile()
		})
	}
}

// New makes a world with the agencies of one county and their officers.
func New(tb testing.TB, o Options) *World {
	tb.Helper()
	if o.Engine == "" {
		o.Engine = storetest.SQLite
	}
	if o.Ring != nil {
		o.Suite = o.Ring.Suite()
	}
	if o.Suite == (suite.Suite{}) {
		o.Suite = suite.Intl()
	}
	if o.Start == "" {
		o.Start = "2026-03-02"
	}
	set, err := inForce()
	if err != nil {
		tb.Fatal(err)
	}
	w := &World{
		TB: tb, URL: storetest.URL(tb, o.Engine), suite: o.Suite, packs: set, confirm: o.ConfirmSealing,
		agencies: map[string]*party{}, officers: map[string]suite.SignKey{}, secrets: newFinder(), accepted: map[string]int64{},
	}
	w.On(o.Start)
	if w.Ring = o.Ring; w.Ring == nil {
		if w.Ring, err = keyring.New(o.Suite, rand.Reader); err != nil {
			tb.Fatal(err)
		}
	}
	w.DB, w.served = storetest.Open(tb, w.URL), storetest.Open(tb, w.as("fengcun_registry"))
	w.raw = storetest.SQL(tb, w.URL)
	if o.Apart {
		url := w.as("fengcun_web")
		w.served, w.login = storetest.Open(tb, url), url[strings.LastIndex(url, "=")+1:]
		w.takeApart()
	}
	w.Restart()
	w.enrol()
	return w
}

// as is the database for a login with the least rights: on PostgreSQL, those of
// one role.
func (w *World) as(role string) string {
	w.Helper()
	if strings.HasPrefix(w.URL, "sqlite:") {
		return w.URL
	}
	return storetest.As(w, w.URL, role)
}

const origin = "fengcun.test/trail"

// takeApart starts the vault behind a socket. Of the database it has a
// connection of its own, by which it reads what it opens.
func (w *World) takeApart() {
	w.Helper()
	signer, err := trail.NewSigner(origin, w.Ring.Trail().Log()...)
	w.must(err)
	db := storetest.Open(w, w.as("fengcun_vault"))
	w.vault = vaultdtest.Apart(w, &vaultd.Server{
		Vault: vault.New(w.suite, w.Ring.Vault(), signer.Verifier(), rand.Reader).Accepting(grant.Accept{Site: Site()}),
		Suite: w.suite.Name(),
		Now:   func() time.Time { return w.Now },
		Read: func(ctx context.Context, f func(vaultd.Contents) error) error {
			return db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
	})
}

// Restart makes a new registry over the same books and keys, as after the
// program was started again.
func (w *World) Restart() {
	w.Helper()
	reg, err := registry.New(context.Background(), registry.Config{
		DB: w.served, Ring: w.Ring, Origin: origin, Packs: w.packs, ConfirmSealing: w.confirm, Vault: w.vault, Accept: grant.Accept{Site: Site()}, Rand: rand.Reader,
	})
	if err != nil {
		w.Fatal(err)
	}
	w.Reg = reg
}

// Reopen is Restart with connections of its own, as after another program was
// started on the same books.
func (w *World) Reopen() {
	w.Helper()
	w.must(w.served.Close())
	w.served = storetest.Open(w, w.as("fengcun_registry"))
	w.Restart()
}

// On sets the clock to ten in the morning of a day.
func (w *World) On(day string) { w.Now = civil.MustParse(day).Time().Add(10 * time.Hour) }

// Today is the clock's day.
func (w *World) Today() civil.Date { return civil.Of(w.Now) }

// step is the end of everything that may have changed the books.
func (w *World) step() {
	w.Helper()
	w.Now = w.Now.Add(time.Second)
	w.Check()
}

// Sweep lets policy look at all records whose day has come.
func (w *World) Sweep() int {
	w.Helper()
	n, err := w.Reg.Sweep(context.Background(), w.Now, 1000)
	if err != nil {
		w.Fatalf("sweeping: %v", err)
	}
	w.step()
	return n
}

// Identify compares everybody whose statements changed with those who are like
// them.
func (w *World) Identify() {
	w.Helper()
	for {
		n, err := w.Reg.Identify(context.Background(), w.Now, 100)
		if err != nil {
			w.Fatalf("comparing persons: %v", err)
		}
		if n < 100 {
			break
		}
	}
	w.step()
}

// Examine looks at the quality of all records whose time for it has come.
func (w *World) Examine() {
	w.Helper()
	for {
		n, err := w.Reg.Examine(context.Background(), w.Now, 100)
		if err != nil {
			w.Fatalf("looking at the quality: %v", err)
		}
		if n < 100 {
			break
		}
	}
	w.step()
}

// inForce puts the report's preferred rule in force beside the two regimes that
// are law, from a day long before any story.
var inForce = sync.OnceValues(packstest.Set)

// Status is where a record stands.
func (w *World) Status(id docket.RecordID) docket.Status {
	w.Helper()
	return w.record(id).Status
}

func (w *World) record(id docket.RecordID) (r store.Record) {
	w.Helper()
	w.read(func(tx *store.Tx) (err error) {
		r, err = tx.Record(id)
		return err
	})
	return r
}

func (w *World) read(f func(tx *store.Tx) error) {
	w.Helper()
	if err := w.DB.Read(context.Background(), f); err != nil {
		w.Fatalf("looking at the books: %v", err)
	}
}

// Wants fails the test unless the record has this status.
func (w *World) Wants(id docket.RecordID, status docket.Status) {
	w.Helper()
	if got := w.Status(id); got != status {
		w.Errorf("record %s is %s, want %s", id, got, status)
	}
}
