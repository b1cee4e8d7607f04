package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/store"
)

func query(name string, filed time.Time) store.Query {
	return store.Query{
		ID: name, Purpose: grant.Inspect, Officer: "o1", Agency: "police-990101", Approver: "court-990101",
		Filed: micro(filed), Expires: micro(filed.Add(time.Hour)), State: store.QueryFiled, Digest: []byte("digest"), Encrypted: []byte("body"),
	}
}

func TestQueries(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		a, b, c := query("a", noon), query("b", noon), query("c", noon.Add(time.Minute))
		c.Purpose, c.Officer, c.Approver = grant.Unseal, "o2", ""
		write(t, db, func(tx *store.Tx) error {
			for _, q := range []store.Query{b, a, c} {
				if err := tx.AddQuery(&q); err != nil {
					return err
				}
			}
			return nil
		})
		get := func(name string) func(*store.Tx) (store.Query, error) {
			return func(tx *store.Tx) (store.Query, error) { return tx.Query(name) }
		}
		same(t, "query", read(t, db, get("c")), c)
		missing(t, db, "query", store.ErrNotFound, get("d"))
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddQuery(&a) })
		by := func(officer string, limit int) []store.Query {
			return read(t, db, func(tx *store.Tx) ([]store.Query, error) { return tx.QueriesBy(officer, limit) })
		}
		same(t, "an officer's", by("o1", 9), []store.Query{a, b})
		same(t, "limited", by("o1", 1), []store.Query{a})
		same(t, "an agency is asked", read(t, db, func(tx *store.Tx) ([]store.Query, error) { return tx.QueriesFor("court-990101", 1) }), []store.Query{a})

		move := func(from, to store.QueryState) func(*store.Tx) error {
			return func(tx *store.Tx) error { return tx.MoveQuery("a", from, to) }
		}
		write(t, db, move(store.QueryFiled, store.QueryApproved))
		fails(t, db, store.ErrStale, move(store.QueryFiled, store.QueryRefused))
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.MoveQuery("d", store.QueryFiled, store.QueryApproved) })
		a.State = store.QueryApproved
		same(t, "moved", read(t, db, get("a")), a)
		for _, bad := range []func(*store.Query){
			func(q *store.Query) { q.Purpose = "curiosity" },
			func(q *store.Query) { q.State = "lost" },
		} {
			q := query("e", noon)
			bad(&q)
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.AddQuery(&q) }); err == nil {
				t.Errorf("stored %+v", q)
			}
		}
	})
}

func TestApprovals(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		first := store.Approval{
			Query: "a", Officer: "z", Agency: "court-990101", Verdict: grant.Approve, At: micro(noon), Expires: micro(noon.Add(time.Hour)),
			Encrypted: []byte("body"), Signature: []byte("signature"),
		}
		second := first
		second.Officer, second.Verdict, second.At = "b", grant.Refuse, micro(noon.Add(time.Microsecond))
		other := first
		other.Query = "b"
		write(t, db, func(tx *store.Tx) error {
			for _, a := range []store.Approval{second, first, other} {
				if err := tx.AddApproval(&a); err != nil {
					return err
				}
			}
			return nil
		})
		answers := func(name string) []store.Approval {
			return read(t, db, func(tx *store.Tx) ([]store.Approval, error) { return tx.Approvals(name) })
		}
		same(t, "in the order they came", answers("a"), []store.Approval{first, second})
		same(t, "none", answers("c"), []store.Approval(nil))
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddApproval(&first) })
	})
}
