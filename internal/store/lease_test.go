package store_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/store"
)

// One holder at a time: a lease that has not ended is refused, its renewal
// keeps the fence, its end hands it on with a larger one, and the former
// holder is told so whatever it does.
func TestLease(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		take := func(holder string, at int) (fence int64, err error) {
			now := noon.Add(time.Duration(at) * time.Second)
			err = db.Write(t.Context(), func(tx *store.Tx) error {
				fence, err = tx.TakeLease(holder, now, now.Add(5*time.Second))
				return err
			})
			return fence, err
		}
		for _, s := range []struct {
			holder string
			at     int
			fence  int64 // 0: refused
		}{{"a", 0, 1}, {"b", 1, 0}, {"a", 3, 1}, {"b", 6, 0}, {"b", 8, 2}, {"a", 9, 0}, {"a", 13, 3}, {"b", 14, 0}} {
			fence, err := take(s.holder, s.at)
			if fence != s.fence || errors.Is(err, store.ErrStale) != (s.fence == 0) {
				t.Fatalf("%s at %d: %d, %v", s.holder, s.at, fence, err)
			}
		}
		check := func(holder string, fence int64) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return tx.CheckLease(holder, fence) })
		}
		if err := check("a", 3); err != nil {
			t.Error(err)
		}
		for holder, fence := range map[string]int64{"b": 2, "a": 1, "c": 3} {
			if err := check(holder, fence); !errors.Is(err, store.ErrStale) {
				t.Errorf("%s with fence %d: %v", holder, fence, err)
			}
		}
	})
}

// Many that take the lease at once: the row is held by one at a time, and the
// fence never goes back.
func TestLeaseAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			held []int64
		)
		for i := range 4 {
			wg.Go(func() {
				for range 5 {
					err := db.Write(t.Context(), func(tx *store.Tx) error {
						fence, err := tx.TakeLease(string(rune('a'+i)), noon, time.Time{})
						if err != nil {
							return err
						}
						mu.Lock()
						held = append(held, fence)
						mu.Unlock()
						return tx.CheckLease(string(rune('a'+i)), fence)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if len(held) < 20 || !slices.IsSorted(held) {
			t.Errorf("the fence went back: %v", held)
		}
	})
}

// What witnesses have cosigned is what is published, where they are asked.
func TestTheCosignedLog(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		log := db.WitnessedLog()
		write(t, db, func(tx *store.Tx) error {
			tx.AddCheckpoint(9, []byte("signed"))
			return nil
		})
		if note, err := log.Checkpoint(t.Context()); note != nil || err != nil {
			t.Errorf("before a witness has cosigned: %q, %v", note, err)
		}
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddCosigned(5, []byte("five")), tx.AddCosigned(7, []byte("seven")), tx.AddCosigned(7, []byte("another")))
		})
		if note, err := log.Checkpoint(t.Context()); string(note) != "seven" || err != nil {
			t.Errorf("%q, %v", note, err)
		}
	})
}
