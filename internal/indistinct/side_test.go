package indistinct_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/desk"
	"github.com/fengcun/fengcun/packs/packstest"
)

const origin = "indistinct.test/trail"

// keys are what two sides share: all keys, and who takes part. Everybody signs
// with the one key, which makes no difference to what they are told.
type keys struct {
	suite    suite.Suite
	ring     *keyring.Ring
	sign     suite.SignKey
	letters  suite.DecryptKey
	packs    *policy.Set
	agencies []*agency.Agency
	officers []*agency.Officer
}

// side is one of two worlds: the whole platform in process, with its pages and
// its API, over a database of its own.
type side struct {
	testing.TB
	*keys
	db   *store.DB
	raw  *sql.DB
	reg  *registry.Registry
	tape *tape
	http http.Handler

	mu      sync.Mutex
	now     time.Time
	cookies map[string]*http.Cookie
	wiped   []string // tables
	masks   masks
	renamed renamed
	leak    func(*side, *http.Request, *answer) // planted by a test of the test
}

func newKeys(tb testing.TB, s suite.Suite) *keys {
	tb.Helper()
	k := &keys{suite: s, packs: packstest.InForce(tb)}
	var err error
	if k.ring, err = keyring.New(s, rand.Reader); err != nil {
		tb.Fatal(err)
	}
	if k.sign, err = s.GenerateSignKey(rand.Reader); err != nil {
		tb.Fatal(err)
	}
	if k.letters, err = s.GenerateDecryptKey(rand.Reader); err != nil {
		tb.Fatal(err)
	}
	k.enrol()
	return k
}

// newSide starts one world over keys that both have.
func newSide(tb testing.TB, k *keys) *side {
	tb.Helper()
	s := &side{
		TB: tb, keys: k, tape: &tape{}, now: civil.MustParse("2015-01-01").Time(), cookies: map[string]*http.Cookie{},
	}
	s.tape.begin("start")
	address := memoryURL(tb)
	s.db, s.raw = storetest.Open(tb, address), storetest.SQL(tb, address)
	ctx := context.Background()
	signer, err := trail.NewSigner(origin, k.ring.Trail().Log()...)
	s.must(err)
	s.reg, err = registry.New(ctx, registry.Config{
		DB: s.db, Ring: k.ring, Origin: origin, Packs: k.packs, Rand: s.tape,
		Vault: vault.New(k.suite, k.ring.Vault(), signer.Verifier(), vaultTape{s.tape}),
	})
	s.must(err)
	s.must(s.reg.Enrol(ctx, k.agencies, k.officers, s.now))
	s.makeCustodians()
	s.serve()
	return s
}

// memoryURL is an empty migrated database, in memory where the machine has a
// file system for that: a thousand worlds wait for no disk.
func memoryURL(tb testing.TB) string {
	tb.Helper()
	address := storetest.URL(tb, storetest.SQLite)
	file, _ := storetest.File(address)
	dir, err := os.MkdirTemp("/dev/shm", "indistinct-")
	if err != nil {
		return address
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(file))); err != nil {
		tb.Fatal(err)
	}
	return "sqlite:" + filepath.Join(dir, filepath.Base(file))
}

// makeCustodians has the vault make every agency's key. It would else do so
// when the agency first seals, in one world earlier than in the other.
func (s *side) makeCustodians() {
	s.Helper()
	v := vault.New(s.suite, s.ring.Vault(), s.reg.Verifier(), rand.Reader)
	for _, a := range s.agencies {
		s.must(s.db.Write(context.Background(), func(tx *store.Tx) error {
			return v.KeepOriginal(tx, &docket.Event{Source: agency.SourceOf(a.ID), ID: "key"}, a.ID, nil)
		}))
	}
}

// serve wires pages, API and trail as the server does.
func (s *side) serve() {
	log := slog.New(slog.DiscardHandler)
	office := desk.New(desk.Options{
		Registry: s.reg, Now: s.clock, Random: s.tape,
		OpenEpoch: func(id string, wrapped []byte) (*trail.Epoch, error) {
			return trail.OpenEpoch(s.ring.Trail().Audit(), id, wrapped)
		},
	})
	site, err := web.New(web.Options{
		Who: office.Who, Status: desk.Status, Explain: desk.Explain, Now: func() time.Time { return civil.MustParse("2000-01-01").Time() },
		Random: s.tape, Log: log, Version: "test",
	})
	s.must(err)
	mux := http.NewServeMux()
	site.Routes(mux)
	office.Routes(mux, site)
	api.Register(mux, api.Options{Registry: s.reg, Now: s.clock, Log: log, Version: "test"})
	mux.Handle("GET /trail/", http.StripPrefix("/trail/", trail.Handler(s.db.Log(), s.reg.Verifier().String(), log)))
	mux.HandleFunc("POST /signed-in", func(w http.ResponseWriter, r *http.Request) {
		s.must(site.SignIn(r, r.FormValue("officer")))
		w.WriteHeader(http.StatusNoContent)
	})
	s.http = site.Handler(mux)
	for _, o := range s.officers {
		s.cookies[o.ID] = s.session(o.ID)
	}
}

// session signs an officer in past the password, which costs 64 MiB a time.
func (s *side) session(officer string) *http.Cookie {
	s.Helper()
	s.tape.begin("session " + officer)
	body := strings.NewReader(url.Values{"officer": {officer}}.Encode())
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/signed-in", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r)
	res := w.Result()
	s.must(res.Body.Close())
	if len(res.Cookies()) != 1 {
		s.Fatalf("signing in %s: %d", officer, w.Code)
	}
	return res.Cookies()[0]
}

func (s *side) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *side) at(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t
}

func (s *side) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// wipe empties the books for the next world. The trail goes on: who signs its
// checkpoints would not have it begin again.
func (s *side) wipe(seed string) {
	s.Helper()
	s.tape.seed = seed
	ctx, names := context.Background(), s.tables()
	tx, err := s.raw.BeginTx(ctx, nil)
	s.must(err)
	defer func() { _ = tx.Rollback() }()
	for _, table := range names {
		_, err := tx.ExecContext(ctx, "DELETE FROM "+table)
		s.must(err)
	}
	s.must(tx.Commit())
}

// tables are those that a world fills, but for the trail's: they are empty
// before it begins.
func (s *side) tables() []string {
	s.Helper()
	if s.wiped != nil {
		return s.wiped
	}
	ctx := context.Background()
	rows, err := s.raw.QueryContext(ctx, `SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	s.must(err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name string
		s.must(rows.Scan(&name))
		all = append(all, name)
	}
	s.must(rows.Err())
	for _, name := range all {
		if strings.HasPrefix(name, "trail_") {
			continue
		}
		if name == "vault_original" || s.number("SELECT COUNT(*) FROM "+name) == 0 {
			s.wiped = append(s.wiped, name)
		}
	}
	return s.wiped
}

// number reads one number by SQL; 0 where there is none.
func (s *side) number(query string, args ...any) (n int64) {
	s.Helper()
	var v sql.NullInt64
	s.must(s.raw.QueryRowContext(context.Background(), query, args...).Scan(&v))
	return v.Int64
}

func (s *side) trailSize() int64 { return s.number(`SELECT size FROM trail_head`) }

// officerID is the officer of an agency who holds a duty.
func officerID(agencyID string, d agency.Duty) string { return fmt.Sprintf("%s.%s", agencyID, d) }
