package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// The conformance suite: every question the store answers, put to both
// engines. The helpers below keep each test to what it is about.

// noon has more digits than are stored: times are kept to the microsecond.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.FixedZone("", 8*3600))

// micro is a time as it comes back.
func micro(t time.Time) time.Time { return t.Truncate(time.Microsecond).UTC() }

const caseA, caseB = docket.Code("AAAAAAAAAAAAAAAAAAAA"), docket.Code("BBBBBBBBBBBBBBBBBBBB")

func id(code docket.Code, seq int) docket.RecordID { return docket.RecordID{Code: code, Seq: seq} }

var each = storetest.Each

// write runs f and wants it committed.
func write(t *testing.T, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), f); err != nil {
		t.Fatalf("writing: %v", err)
	}
}

// fails runs f and wants this error.
func fails(t *testing.T, db *store.DB, want error, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), f); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// read runs f in a read-only transaction.
func read[T any](t *testing.T, db *store.DB, f func(tx *store.Tx) (T, error)) T {
	t.Helper()
	var out T
	err := db.Read(context.Background(), func(tx *store.Tx) (err error) {
		out, err = f(tx)
		return err
	})
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	return out
}

// missing wants f to find nothing.
func missing[T any](t *testing.T, db *store.DB, what string, want error, f func(tx *store.Tx) (T, error)) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		_, err := f(tx)
		return err
	})
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	sameDay := cmp.Comparer(func(a, b civil.Date) bool { return a == b })
	if diff := cmp.Diff(want, got, sameDay, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (- want, + got):\n%s", what, diff)
	}
}

// count counts the rows of a table.
func count(t *testing.T, db *store.DB, table string) (n int) {
	t.Helper()
	return read(t, db, func(tx *store.Tx) (int, error) {
		return n, tx.One(`SELECT COUNT(*) FROM `+table, nil, &n)
	})
}
