package registry_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"runtime/pprof"
	"path/filepath"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/province"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
)

func TestPlay(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	s := suite.Intl()
	ring, err := keyring.New(s, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := registry.New(ctx, registry.Config{DB: db, Ring: ring, Origin: "test/trail", Packs: &policy.Set{}, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	p := province.New(1, 20000, civil.MustParse("2016-11-01"), civil.MustParse("2026-11-01"))
	keys := map[string]suite.SignKey{}
	var as []*agency.Agency
	for _, a := range p.Agencies() {
		k, _ := s.GenerateSignKey(rand.Reader)
		dk, _ := s.GenerateDecryptKey(rand.Reader)
		keys[a.ID] = k
		a.VerifyKey = k.Public().String()
		a.SealKey = dk.Public().String()
		as = append(as, &a)
	}
	if err := r.Enrol(ctx, as, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	var f *os.File
	if os.Getenv("PROF") != "" {
		f, _ = os.Create(os.Getenv("PROF"))
		pprof.StartCPUProfile(f)
	}
	start := time.Now()
	batches := map[string]*registry.Delivery{}
	n, refused, nb := 0, 0, 0
	var at time.Time
	flush := func() {
		for _, d := range batches {
			nb++
			d.ID = fmt.Sprint("d", nb)
			d.SignedAt = at
			d.Signature, _ = keys[d.Agency].Sign(rand.Reader, d.Message(s))
			rec, err := r.Receive(ctx, d, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range rec {
				if x.Outcome == registry.Refused {
					refused++
					if refused < 10 {
						t.Log(x.Problems)
					}
				}
			}
		}
		clear(batches)
	}
	month := time.Month(0)
	for e := range p.Events() {
		if e.Time.Month() != month {
			flush()
			month = e.Time.Month()
			for {
				k, err := r.Sweep(ctx, e.Time, 500)
				if err != nil {
					t.Fatal(err)
				}
				if k == 0 {
					break
				}
				break
			}
		}
		at = e.Time
		id, _ := agency.IDOf(e.Source)
		d := batches[id]
		if d == nil {
			d = &registry.Delivery{Agency: id}
			batches[id] = d
		}
		raw, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		d.Events = append(d.Events, raw)
		n++
	}
	flush()
	if f != nil {
		pprof.StopCPUProfile()
	}
	t.Logf("%d events, %d refused, %s, %d deliveries", n, refused, time.Since(start), nb)
	db.Read(ctx, func(tx *store.Tx) error {
		c, err := tx.StatusCounts("")
		t.Log(c, err)
		a, _ := tx.ReviewCount("", "seal")
		b, _ := tx.ReviewCount("", "unseal")
		t.Log(a, b)
		return nil
	})
	_ = docket.Open
}
