package registry_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/vault"
)

// Many records: half in the ledger, half in the vault, killed once in the
// middle. A long run takes two million, or FENGCUN_ROTATE of them.
func TestRotationOfMany(t *testing.T) {
	n := 10_000
	switch {
	case testing.Short():
		n = 2_000
	case os.Getenv("FENGCUN_ROTATE") != "":
		n, _ = strconv.Atoi(os.Getenv("FENGCUN_ROTATE"))
	case os.Getenv("FENGCUN_SOAK") != "":
		n = 2_000_000
	}
	for _, e := range storetest.Engines() {
		t.Run(string(e), func(t *testing.T) { rotateMany(t, e, n/2) })
	}
}

func rotateMany(t *testing.T, e storetest.Engine, n int) {
	ctx := context.Background()
	db := storetest.Open(t, storetest.URL(t, e))
	ring, err := keyring.New(suite.Intl(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Vault().AddCustodian(ctx, rand.Reader, "court-990101"); err != nil {
		t.Fatal(err)
	}
	fill(t, db, ring, n)
	k, err := registry.NewKeeper(ctx, registry.Config{DB: db, Ring: ring, Origin: "fengcun.test/trail", Rand: rand.Reader}, nil, "one")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for _, target := range []registry.KeyTarget{{}, {Custodian: "court-990101"}} {
		began := time.Now()
		first, err := k.Begin(ctx, target, "", now)
		if err != nil || first.Total != int64(n) {
			t.Fatalf("%+v, %v", first, err)
		}
		for first.Done < int64(n)/2 { // and then it is killed
			if _, err := first.Step(ctx, 500, now); err != nil {
				t.Fatal(err)
			}
		}
		again, err := k.Begin(ctx, target, "", now)
		if err != nil || !again.Resumed || again.Total != int64(n)-first.Done {
			t.Fatalf("taken up: %+v, %v", again, err)
		}
		for more := true; more; {
			if more, err = again.Step(ctx, 500, now); err != nil {
				t.Fatal(err)
			}
		}
		if err := again.Finish(ctx, now); err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		t.Logf("%s, %s: %d data keys in %s, %.0f a second", e, target, n, took.Round(time.Millisecond), float64(n)/took.Seconds())
		if _, err := k.Destroy(ctx, target, now); err != nil {
			t.Fatal(err)
		}
	}
}

// fill writes slips and sealed records of 600 bytes and of 2 KB.
func fill(t *testing.T, db *store.DB, ring *keyring.Ring, n int) {
	t.Helper()
	kek, err := ring.Vault().Custodian("court-990101")
	if err != nil {
		t.Fatal(err)
	}
	plain, body := make([]byte, 600), make([]byte, 2048)
	for from := 0; from < n; from += 1000 {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			var slips []store.Slip
			for i := from; i < min(n, from+1000); i++ {
				key := fmt.Appendf(nil, "record key %d", i)
				id := docket.RecordID{Code: docket.Code(fmt.Sprintf("%020d", i)), Seq: 1}
				slips = append(slips, store.Slip{ID: id, EventKey: key, Body: ring.Ledger().Seal(rand.Reader, plain, suite.Frame("slip", []byte(id.Code), []byte("1"), key))})
				wrapped, err := kek.Wrap(tx.Context(), rand.Reader, suite.Intl().NewKey(rand.Reader), suite.Frame("vault_record", key, []byte("court-990101")))
				if err == nil {
					err = tx.AddSealedRecord(&vault.SealedRecord{Key: key, Custodian: "court-990101", Wrapped: wrapped, Body: body})
				}
				if err != nil {
					return err
				}
			}
			return tx.AddSlips(slips)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
