package registrytest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
)

// Books are what another process wrote, and what is known of it from outside.
type Books struct {
	URL          string
	Ring         *keyring.Ring
	Origin       string // of the log
	Packs        *policy.Set
	Now          time.Time
	Agencies     map[string]suite.SignKey // of their systems, by id
	Acknowledged map[string]int64         // events by source
	Secrets      []string                 // what no table may show
}

// Over is a world over such books: to check, not to act in.
func Over(tb testing.TB, b Books) *World {
	tb.Helper()
	w := &World{
		TB: tb, URL: b.URL, Now: b.Now, Ring: b.Ring, suite: b.Ring.Suite(), packs: b.Packs,
		agencies: map[string]*party{}, officers: map[string]suite.SignKey{}, secrets: newFinder(), accepted: b.Acknowledged,
	}
	for _, s := range b.Secrets {
		w.secrets.add(s)
	}
	for id, key := range b.Agencies {
		w.agencies[id] = &party{Agency: agency.Agency{ID: id}, sign: key}
	}
	w.DB = storetest.Open(tb, w.URL)
	w.raw = storetest.SQL(tb, w.URL)
	var err error
	w.Reg, err = registry.New(tb.Context(), registry.Config{DB: w.DB, Ring: w.Ring, Origin: b.Origin, Packs: b.Packs, Rand: rand.Reader})
	w.must(err)
	return w
}

// OfficerKey is an officer's own key, for callers that sign by themselves.
func (w *World) OfficerKey(id string) suite.SignKey { return w.officers[id] }

// SystemKey is the key with which an agency's system signs, for callers that
// push by themselves.
func (w *World) SystemKey(id string) suite.SignKey { return w.agencies[id].sign }

// Took says that the platform accepted n events of an agency which did not go
// through this world.
func (w *World) Took(id string, n int) { w.accepted[agency.SourceOf(id)] += int64(n) }
