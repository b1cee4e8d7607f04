package store_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/fengcun/fengcun/internal/store"
)

func TestIntake(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		in := &store.Intake{
			Source: "urn:a", EventKey: []byte{0, 1, 255}, Digest: []byte("digest"), Delivery: "d1", Received: micro(noon), Code: caseA, Leaf: 7,
		}
		other := *in
		other.Source, other.Leaf = "urn:b", 8 // the same key of another source is another event
		write(t, db, func(tx *store.Tx) error { return tx.AddIntakes([]*store.Intake{in, &other}) })
		get := func(source string) func(*store.Tx) (*store.Intake, error) {
			return func(tx *store.Tx) (*store.Intake, error) { return tx.Intake(source, in.EventKey) }
		}
		same(t, "intake", read(t, db, get("urn:a")), in)
		same(t, "of the other source", read(t, db, get("urn:b")), &other)
		missing(t, db, "intake", store.ErrNotFound, get("urn:c"))
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddIntakes([]*store.Intake{in}) })
		same(t, "counts", read(t, db, (*store.Tx).IntakeCounts), map[string]int64{"urn:a": 1, "urn:b": 1})
	})
}

func TestDeliveriesAreKeptAsTheyFirstCame(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		d := &store.Delivery{Source: "urn:a", ID: "d1", SignedAt: noon, Received: noon, Digests: bytes.Repeat([]byte{1}, 64), Signature: []byte("first")}
		again := *d
		again.Signature = []byte("second")
		write(t, db, func(tx *store.Tx) error { return tx.AddDelivery(d) })
		write(t, db, func(tx *store.Tx) error { return tx.AddDelivery(&again) })
		var got struct {
			Digests, Signature []byte
			Signed, Received   int64
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.One(`SELECT digests, signature, signed_at, received FROM delivery WHERE source = $1 AND id = $2`, []any{d.Source, d.ID},
				&got.Digests, &got.Signature, &got.Signed, &got.Received)
		})
		if err != nil || string(got.Signature) != "first" || !bytes.Equal(got.Digests, d.Digests) || got.Signed != noon.UnixMicro() || got.Received != noon.UnixMicro() {
			t.Errorf("%+v, %v", got, err)
		}
		if n := count(t, db, "delivery"); n != 1 {
			t.Errorf("%d deliveries", n)
		}
	})
}

// Many rows go in by statements of 32 and of 1: each boundary, and a conflict
// in the last row, which takes all the others with it.
func TestInsertingMany(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		total := 0
		for _, n := range []int{0, 1, 31, 32, 33, 64, 65, 100} {
			ins := make([]*store.Intake, n)
			for i := range ins {
				ins[i] = &store.Intake{Source: fmt.Sprint("n", n), EventKey: []byte{byte(i)}, Digest: []byte{byte(n), byte(i)}, Received: noon, Code: caseA, Leaf: int64(i)}
			}
			write(t, db, func(tx *store.Tx) error { return tx.AddIntakes(ins) })
			total += n
			if got := count(t, db, "intake"); got != total {
				t.Fatalf("%d rows after inserting %d, want %d", got, n, total)
			}
			for _, in := range ins {
				got := read(t, db, func(tx *store.Tx) (*store.Intake, error) { return tx.Intake(in.Source, in.EventKey) })
				if got.Leaf != in.Leaf || !bytes.Equal(got.Digest, in.Digest) {
					t.Fatalf("row %d of %d holds the values of another: %+v", in.Leaf, n, got)
				}
			}
			if n == 0 {
				continue
			}
			twice := append([]*store.Intake{{Source: fmt.Sprint("m", n), EventKey: []byte{9}, Digest: []byte{9}, Received: noon}}, ins[n-1])
			fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddIntakes(twice) })
			if got := count(t, db, "intake"); got != total {
				t.Errorf("a failed insert left %d rows", got-total)
			}
		}
	})
}

func TestPlaceholders(t *testing.T) {
	for _, c := range []struct {
		rows, columns int
		want          string
	}{{1, 1, "($1)"}, {1, 3, "($1, $2, $3)"}, {2, 2, "($1, $2), ($3, $4)"}} {
		if got := store.Placeholders(c.rows, c.columns); got != c.want {
			t.Errorf("%d × %d: %s", c.rows, c.columns, got)
		}
	}
}
