package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
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

// What is read ahead for grants is what is read one by one, also after a change
// in the same transaction.
func TestAheadOfGrants(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		a, b := query("a", noon), query("b", noon)
		b.Officer = "o3" // whom nobody has enrolled
		yes := store.Approval{
			Query: "a", Officer: "o2", Agency: "court-990101", Verdict: grant.Approve, At: micro(noon), Expires: micro(noon.Add(time.Hour)),
			Encrypted: []byte("body"), Signature: []byte("signature"),
		}
		write(t, db, func(tx *store.Tx) error {
			err := errors.Join(tx.PutAgency(&agency.Agency{ID: "police-990101"}), tx.PutAgency(&agency.Agency{ID: "court-990101"}))
			for _, o := range []string{"o1", "o2"} {
				err = errors.Join(err, tx.PutOfficer(&agency.Officer{ID: o, Agency: "police-990101", Name: "甲"}),
					tx.AddPasskey(o, &agency.Passkey{ID: []byte(o), Public: []byte("k"), Added: micro(noon)}))
			}
			return errors.Join(err, tx.AddQuery(&a), tx.AddQuery(&b), tx.AddApproval(&yes))
		})
		type seen struct {
			Queries   []store.Query
			Approvals [][]store.Approval
			Officers  []*agency.Officer
		}
		look := func(tx *store.Tx) (s seen, err error) {
			for _, id := range []string{"a", "b", "none"} {
				q, qerr := tx.Query(id)
				answers, aerr := tx.Approvals(id)
				if id == "none" && errors.Is(qerr, store.ErrNotFound) {
					qerr = nil
				}
				s.Queries, s.Approvals, err = append(s.Queries, q), append(s.Approvals, answers), errors.Join(err, qerr, aerr)
			}
			for range 2 { // the second is the same as the first
				for _, id := range []string{"o1", "o2"} {
					o, oerr := tx.Officer(id)
					s.Officers, err = append(s.Officers, o), errors.Join(err, oerr)
				}
			}
			if _, oerr := tx.Officer("o3"); !errors.Is(oerr, store.ErrNotFound) {
				t.Errorf("an officer who is not there: %v", oerr)
			}
			return s, err
		}
		want := read(t, db, look)
		same(t, "read ahead", read(t, db, func(tx *store.Tx) (seen, error) {
			if err := tx.AheadOfGrants([]string{"a", "b", "none"}); err != nil {
				return seen{}, err
			}
			return look(tx)
		}), want)
		write(t, db, func(tx *store.Tx) error {
			err := errors.Join(tx.AheadOfGrants([]string{"a"}), tx.MoveQuery("a", store.QueryFiled, store.QueryApproved),
				tx.RevokePasskey("o2", []byte("o2"), noon))
			q, qerr := tx.Query("a")
			o, oerr := tx.Officer("o2")
			if err == nil && qerr == nil && oerr == nil && (q.State != store.QueryApproved || o.Passkeys[0].Live()) {
				t.Errorf("after the change: %s, %+v", q.State, o.Passkeys)
			}
			return errors.Join(err, qerr, oerr)
		})
	})
}
