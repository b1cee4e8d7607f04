package storetest_test

import (
	"context"
	"testing"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for range 2 {
			fresh := storetest.Open(t, storetest.URL(t, storetest.Engine(db.Engine())))
			err := fresh.Write(ctx, func(tx *store.Tx) error { return tx.AddEpoch("one", []byte{1}) })
			if err != nil {
				t.Fatalf("a database that should be empty: %v", err)
			}
			if n, err := fresh.Migrate(ctx); n != 0 || err != nil {
				t.Errorf("it lacked %d migrations (%v)", n, err)
			}
		}
	})
}

func TestBlankDatabasesHaveNoSchema(t *testing.T) {
	for _, e := range storetest.Engines() {
		db := storetest.Open(t, storetest.Blank(t, e))
		if n, err := db.Migrate(context.Background()); n == 0 || err != nil {
			t.Errorf("%s: %d migrations, %v", e, n, err)
		}
	}
}

func TestTheTablesCanBeLookedAt(t *testing.T) {
	for _, e := range storetest.Engines() {
		url := storetest.URL(t, e)
		_ = storetest.Open(t, url)
		var size int64
		err := storetest.SQL(t, url).QueryRowContext(t.Context(), `SELECT size FROM trail_head`).Scan(&size)
		if err != nil || size != 0 {
			t.Errorf("%s: %d, %v", e, size, err)
		}
	}
}
