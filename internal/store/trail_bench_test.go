package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// share reports what part of the peer's rate we reach, and fails below a limit.
// Both were given the same work, in turns.
func share(b *testing.B, ours, peer time.Duration, least float64) {
	b.Helper()
	got := peer.Seconds() / ours.Seconds()
	b.ReportMetric(got, "of-peer")
	if b.N > 50 && got < least {
		b.Errorf("%.2f of the peer's rate, want %.2f", got, least)
	}
}

// BenchmarkAppendAgainstCopy appends batches of 100 to the trail, tree and all,
// against COPY of the same entries.
func BenchmarkAppendAgainstCopy(b *testing.B) {
	ctx := context.Background()
	url := storetest.URL(b, storetest.Postgres)
	db := storetest.Open(b, url)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `CREATE TABLE copied (seq BIGINT NOT NULL PRIMARY KEY, leaf BYTEA NOT NULL, epoch TEXT NOT NULL, body BYTEA NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	const batch = 100
	box := make([]byte, 512)
	var ours, peer time.Duration
	for i := 0; b.Loop(); i++ {
		all := leaves(i*batch, batch)
		sealed := make([]trail.Sealed, batch)
		rows := make([][]any, batch)
		for j, l := range all {
			sealed[j] = trail.Sealed{Leaf: l, Epoch: "0123456789abcdef0123456789abcdef", Box: box}
			rows[j] = []any{int64(i*batch + j), l[:], sealed[j].Epoch, box}
		}
		start := time.Now()
		err := db.Write(ctx, func(tx *store.Tx) error {
			head, err := tx.TrailHead()
			if err != nil {
				return err
			}
			return tx.AppendTrail(head.Append(all...), sealed)
		})
		if err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		start = time.Now()
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{"copied"}, []string{"seq", "leaf", "epoch", "body"}, pgx.CopyFromRows(rows)); err != nil {
			b.Fatal(err)
		}
		peer += time.Since(start)
	}
	b.ReportMetric(float64(b.N*batch)/ours.Seconds(), "entries/s")
	share(b, ours, peer, 0.10)
}

// BenchmarkProveAgainstSelect proves inclusion in a log of 100,000 entries,
// against a bare select by primary key, as a server does that has proved as many
// entries before.
func BenchmarkProveAgainstSelect(b *testing.B) {
	for _, e := range storetest.Engines() {
		b.Run(string(e), func(b *testing.B) {
			ctx := context.Background()
			db := storetest.Open(b, storetest.URL(b, e))
			const size = 100_000
			cp := filled(b, db, size)
			for at := range int64(size) {
				if _, err := proveFrom(ctx, db, cp, at); err != nil {
					b.Fatal(err)
				}
			}
			var ours, peer time.Duration
			for i := 0; b.Loop(); i++ {
				at := int64(i) * 7919 % size
				start := time.Now()
				if _, err := proveFrom(ctx, db, cp, at); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(start)
				start = time.Now()
				if err := db.Read(ctx, func(tx *store.Tx) error { _, err := tx.TrailLeaf(at); return err }); err != nil {
					b.Fatal(err)
				}
				peer += time.Since(start)
			}
			b.ReportMetric(float64(b.N)/ours.Seconds(), "proofs/s")
			share(b, ours, peer, 0.5)
		})
	}
}

// proveFrom is a receipt as the registry makes it.
func proveFrom(ctx context.Context, db *store.DB, cp trail.Checkpoint, at int64) (r trail.Receipt, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		r, err = tx.Prove(cp, at)
		return err
	})
	return r, err
}

// filled appends leaves and signs a checkpoint over them.
func filled(tb testing.TB, db *store.DB, size int) (cp trail.Checkpoint) {
	tb.Helper()
	key, err := suite.Intl().GenerateSignKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := trail.NewSigner("bench.test/trail", key)
	if err != nil {
		tb.Fatal(err)
	}
	for from := 0; from < size; from += 5000 {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			head, err := appendTrail(tx, leaves(from, min(5000, size-from)))
			if err == nil {
				cp, err = signer.Checkpoint(rand.Reader, head)
			}
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return cp
}

// A proof read from the store, entry by entry, is the one that verifies.
func TestProveFromTheStore(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		cp := filled(t, db, 300)
		for at := int64(0); at < 300; at += 7 {
			r, err := proveFrom(t.Context(), db, cp, at)
			if err != nil || r.Index != at || r.Leaf != leaves(int(at), 1)[0] {
				t.Fatalf("entry %d: %+v, %v", at, r, err)
			}
		}
		for _, at := range []int64{-1, 300} {
			if _, err := proveFrom(t.Context(), db, cp, at); err == nil {
				t.Error(fmt.Sprint("entry ", at, " of 300 was proved"))
			}
		}
	})
}
