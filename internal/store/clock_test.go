package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/store"
)

// The latest time seen only grows, but where it is reset.
func TestTheLatestTimeSeen(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		see := func(now, want time.Time) {
			t.Helper()
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				got, err := tx.SeeTime(now)
				if !got.Equal(want) {
					t.Errorf("at %s the latest is %s, want %s", now, got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		see(noon, noon)
		see(noon.Add(-time.Hour), noon)
		see(noon.Add(time.Hour), noon.Add(time.Hour))
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.ResetTime(noon) }); err != nil {
			t.Fatal(err)
		}
		see(noon.Add(-time.Hour), noon)
	})
}
