package store_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

func leaves(from, n int) []trail.Leaf {
	out := make([]trail.Leaf, n)
	for i := range out {
		out[i] = sha256.Sum256(fmt.Append(nil, from+i))
	}
	return out
}

// appendTrail appends leaves as the registry does.
func appendTrail(tx *store.Tx, leaves []trail.Leaf) (trail.Head, error) {
	head, err := tx.TrailHead()
	if err != nil {
		return head, err
	}
	b := head.Append(leaves...)
	sealed := make([]trail.Sealed, len(leaves))
	for i, l := range leaves {
		sealed[i] = trail.Sealed{Leaf: l, Epoch: "epoch", Box: fmt.Append(nil, "box ", b.First+int64(i))}
	}
	return b.Head, tx.AppendTrail(b, sealed)
}

func head(t *testing.T, db *store.DB) trail.Head {
	t.Helper()
	return read(t, db, (*store.Tx).CurrentHead)
}

// Batches of every size around the statement boundary give the tree that one
// big batch gives, and the stored hashes add up to the stored head.
func TestAppendingToTheTrail(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		if h := head(t, db); h.Size() != 0 {
			t.Fatalf("a new log has %d entries", h.Size())
		}
		all := leaves(0, 200)
		total := 0
		for _, n := range []int{1, 2, 31, 32, 33, 65, 0} {
			write(t, db, func(tx *store.Tx) error {
				_, err := appendTrail(tx, all[total:total+n])
				return err
			})
			total += n
			want := trail.Head{}.Append(all[:total]...).Head
			if got := head(t, db); !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Fatalf("after %d entries the head is another", total)
			}
			rebuilt := read(t, db, func(tx *store.Tx) (trail.Head, error) { return trail.LoadHead(int64(total), tx) })
			if rebuilt.Root() != want.Root() {
				t.Fatalf("after %d entries the stored hashes give another root", total)
			}
		}
		rows := read(t, db, func(tx *store.Tx) ([]store.TrailRow, error) { return tx.TrailRows(30, 5) })
		for i, r := range rows {
			want := store.TrailRow{Seq: int64(30 + i), Sealed: trail.Sealed{Leaf: all[30+i], Epoch: "epoch", Box: fmt.Append(nil, "box ", 30+i)}}
			same(t, "row", r, want)
		}
		if len(rows) != 5 {
			t.Errorf("%d rows, want 5", len(rows))
		}
		same(t, "past the end", read(t, db, func(tx *store.Tx) ([]store.TrailRow, error) { return tx.TrailRows(int64(total), 5) }), []store.TrailRow(nil))
		same(t, "leaf", read(t, db, func(tx *store.Tx) (trail.Leaf, error) { return tx.TrailLeaf(99) }), all[99])
		missing(t, db, "leaf", store.ErrNotFound, func(tx *store.Tx) (trail.Leaf, error) { return tx.TrailLeaf(int64(total)) })
		missing(t, db, "hash", store.ErrNotFound, func(tx *store.Tx) ([]trail.Hash, error) { return tx.ReadHashes([]int64{0, 1 << 40}) })
	})
}

func TestTheTrailAcceptsNothingHalf(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			_, err := appendTrail(tx, leaves(0, 3))
			return err
		})
		before := head(t, db)
		b := before.Append(leaves(3, 2)...)
		err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.AppendTrail(b, make([]trail.Sealed, 1)) })
		if err == nil {
			t.Error("a leaf without its private record was stored")
		}
		stale := trail.Head{}.Append(leaves(9, 1)...) // somebody who did not read the head
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error {
			return tx.AppendTrail(stale, []trail.Sealed{{Leaf: stale.Leaves[0], Box: []byte("box")}})
		})
		boom := errors.New("later in the same transaction")
		fails(t, db, boom, func(tx *store.Tx) error {
			if _, err := appendTrail(tx, leaves(3, 40)); err != nil {
				return err
			}
			return boom
		})
		if !bytes.Equal(head(t, db).Bytes(), before.Bytes()) || count(t, db, "trail_entry") != 3 || count(t, db, "trail_hash") != 4 {
			t.Error("a failure left its mark on the log")
		}
	})
}

func TestCheckpointsAndEpochs(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		missing(t, db, "checkpoint", store.ErrNotFound, (*store.Tx).LastCheckpoint)
		missing(t, db, "epoch", store.ErrNotFound, func(tx *store.Tx) ([]byte, error) { return tx.Epoch("e") })
		write(t, db, func(tx *store.Tx) error {
			for _, c := range []struct {
				size int64
				note string
			}{{10, "ten"}, {9, "nine"}, {10, "another ten"}} {
				tx.AddCheckpoint(c.size, []byte(c.note))
			}
			return tx.AddEpoch("e", []byte("wrapped"))
		})
		same(t, "the largest, as first signed", read(t, db, (*store.Tx).LastCheckpoint), []byte("ten"))
		same(t, "epoch", read(t, db, func(tx *store.Tx) ([]byte, error) { return tx.Epoch("e") }), []byte("wrapped"))
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddEpoch("e", []byte("other")) })
	})
}

// The public side of the log gives what the rows hold and no private record.
func TestThePublicLog(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		log := db.Log()
		if note, err := log.Checkpoint(t.Context()); note != nil || err != nil {
			t.Errorf("before the first checkpoint: %q, %v", note, err)
		}
		all := leaves(0, 5)
		write(t, db, func(tx *store.Tx) error {
			if _, err := appendTrail(tx, all); err != nil {
				return err
			}
			tx.AddCheckpoint(5, []byte("five"))
			return nil
		})
		note, err := log.Checkpoint(t.Context())
		if string(note) != "five" || err != nil {
			t.Errorf("%q, %v", note, err)
		}
		got, err := log.Leaves(t.Context(), 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "leaves", got, all[1:4])
		if _, err := log.Leaves(t.Context(), 3, 3); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("leaves past the end: %v", err)
		}
		hashes, err := log.Hashes(t.Context(), []int64{0})
		if err != nil || hashes[0] != all[0].Hash() {
			t.Errorf("%v, %v", hashes, err)
		}
	})
}
