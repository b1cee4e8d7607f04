package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// Each step can be broken off, and only what was committed stays.
func TestInterrupted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, broken := context.Background(), errors.New("broken off")
		add := func(db *store.DB, id string) error {
			return db.Write(ctx, func(tx *store.Tx) error { return tx.AddEpoch(id, []byte{1}) })
		}
		var steps []string
		if err := add(db.Interrupted(func(s store.Step) error { steps = append(steps, s.What[:min(6, len(s.What))]); return nil }), "whole"); err != nil {
			t.Fatal(err)
		}
		want := []string{"BEGIN", "BEGIN", "INSERT", "INSERT", "COMMIT", "COMMIT"}
		if len(steps) != len(want) || !slices.Contains(steps, "INSERT") {
			t.Fatalf("the steps are %v, want %v", steps, want)
		}
		for k := range want {
			n, id := 0, string(rune('a'+k))
			err := add(db.Interrupted(func(store.Step) error {
				if n++; n == k+1 {
					return broken
				}
				return nil
			}), id)
			if !errors.Is(err, broken) {
				t.Errorf("broken off at step %d: %v", k, err)
			}
			var wrapped []byte
			err = db.Read(ctx, func(tx *store.Tx) (err error) {
				wrapped, err = tx.Epoch(id)
				return err
			})
			if kept := err == nil && len(wrapped) == 1; kept != (k == len(want)-1) {
				t.Errorf("broken off at step %d (%s): kept %t", k, want[k], kept)
			}
		}
	})
}
