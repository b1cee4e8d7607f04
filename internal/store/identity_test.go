package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/store"
)

var cid = []byte("cid's key")

// known gives persons a record each in the ledger.
func known(t *testing.T, db *store.DB, keys ...[]byte) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		for i, k := range keys {
			if err := tx.LockPerson(k, noon); err != nil {
				return err
			}
			if err := tx.Link(id(caseA, i+1), k); err != nil {
				return err
			}
		}
		return nil
	})
}

func pairOf(a, b []byte, name string, points int) store.IdentityPair {
	return store.IdentityPair{
		PersonKey: a, OtherKey: b, ID: name, Points: points,
		Custodian: "court-" + string(a[:3]), OtherCustodian: "court-" + string(b[:3]), Opened: noon,
	}
}

func pairs(t *testing.T, db *store.DB, key []byte) (ids []string) {
	t.Helper()
	for _, p := range read(t, db, func(tx *store.Tx) ([]store.IdentityPair, error) { return tx.PairsOf(key) }) {
		ids = append(ids, p.ID+" "+p.Verdict)
	}
	return ids
}

func joined(t *testing.T, db *store.DB, key []byte) [][]byte {
	t.Helper()
	return read(t, db, func(tx *store.Tx) ([][]byte, error) { return tx.SamePersons(key) })
}

func TestIdentityWorkIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			tx.QueueIdentities([][]byte{bob, ann, bob}, noon)
			return nil
		})
		write(t, db, func(tx *store.Tx) error {
			tx.QueueIdentities([][]byte{ann, cid}, noon.Add(time.Hour))
			return nil
		})
		same(t, "work", read(t, db, func(tx *store.Tx) ([][]byte, error) { return tx.IdentityWork(2) }), [][]byte{ann, bob})
		for _, want := range []bool{true, false} {
			write(t, db, func(tx *store.Tx) error {
				got, err := tx.TakeIdentityWork(ann)
				if got != want {
					t.Errorf("taken: %t, want %t", got, want)
				}
				return err
			})
		}
	})
}

func TestSharersOfATokenAndPersonsHeld(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		known(t, db, ann, bob)
		write(t, db, func(tx *store.Tx) error {
			if err := tx.PutTokens(ann, [][]byte{{1}, {2}}); err != nil {
				return err
			}
			if err := tx.PutTokens(bob, [][]byte{{2}}); err != nil {
				return err
			}
			return tx.PutTokens(ann, [][]byte{{2}, {3}})
		})
		sharers := func(token byte) [][]byte {
			return read(t, db, func(tx *store.Tx) ([][]byte, error) { return tx.Sharers(bob, []byte{token}, 5) })
		}
		same(t, "a token given up", sharers(1), [][]byte(nil))
		same(t, "a token shared", sharers(2), [][]byte{ann})
		write(t, db, func(tx *store.Tx) error {
			held, err := tx.HoldPersons([][]byte{cid, bob, ann, bob})
			same(t, "held", held, [][]byte{ann, bob})
			return err
		})
		if n := count(t, db, "person"); n != 2 {
			t.Errorf("%d persons: holding made one", n)
		}
	})
}

func TestAPairIsListedOnceForEachCourt(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		both := pairOf(ann, cid, "p2", 30)
		both.OtherCustodian = both.Custodian
		write(t, db, func(tx *store.Tx) error {
			return tx.PutOpenPairs(ann, []store.IdentityPair{pairOf(ann, bob, "p1", 20), both})
		})
		for court, want := range map[string]int{"court-ann": 2, "court-bob": 1, "court-cid": 0} {
			page := read(t, db, func(tx *store.Tx) ([]store.IdentityPair, error) { return tx.PairPage(court, "", 10, 0) })
			n := read(t, db, func(tx *store.Tx) (int, error) { return tx.PairCount(court, "") })
			if len(page) != want || n != want {
				t.Errorf("%s: %d listed, %d counted, want %d", court, len(page), n, want)
			}
			if want == 2 && page[0].ID != "p2" {
				t.Errorf("first is %s, not the one with the most points", page[0].ID)
			}
		}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutOpenPairs(bob, []store.IdentityPair{pairOf(ann, bob, "p1", 20)})
		})
		if err == nil {
			t.Error("a pair of others was written")
		}
	})
}

func TestAVerdictStaysAndOpenPairsAreWrittenAnew(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		known(t, db, ann, bob, cid)
		write(t, db, func(tx *store.Tx) error {
			return tx.PutOpenPairs(ann, []store.IdentityPair{pairOf(ann, bob, "p1", 20), pairOf(ann, cid, "p2", 20)})
		})
		p := read(t, db, func(tx *store.Tx) (store.IdentityPair, error) { return tx.IdentityPair("p1") })
		decide := func(tx *store.Tx) error { return tx.DecidePair(&p, store.VerdictSame, "court", "o", noon) }
		write(t, db, decide)
		fails(t, db, store.ErrStale, decide)
		missing(t, db, "pair", store.ErrNotFound, func(tx *store.Tx) (store.IdentityPair, error) { return tx.IdentityPair("p9") })
		write(t, db, func(tx *store.Tx) error { return tx.PutOpenPairs(ann, []store.IdentityPair{pairOf(ann, bob, "p1", 5)}) })
		same(t, "pairs", pairs(t, db, ann), []string{"p1 same"})
		same(t, "pairs of the other", pairs(t, db, cid), []string(nil))
		same(t, "joined", joined(t, db, bob), [][]byte{ann})
		write(t, db, func(tx *store.Tx) error {
			if err := tx.AheadOfSame([][]byte{ann, bob, cid}); err != nil {
				return err
			}
			got, err := tx.SamePersons(ann)
			same(t, "read ahead", got, [][]byte{bob})
			return err
		})
	})
}

// TestForgettingAPerson: while a record is left only what was found goes; with
// the last everything goes, and who was joined through the person stays joined.
func TestForgettingAPerson(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		known(t, db, ann, bob, cid)
		say := func(name, verdict string) {
			p := read(t, db, func(tx *store.Tx) (store.IdentityPair, error) { return tx.IdentityPair(name) })
			write(t, db, func(tx *store.Tx) error { return tx.DecidePair(&p, verdict, "court", "o", noon) })
		}
		write(t, db, func(tx *store.Tx) error {
			if err := tx.PutTokens(bob, [][]byte{{1}}); err != nil {
				return err
			}
			return tx.PutOpenPairs(bob, []store.IdentityPair{pairOf(bob, ann, "p1", 20), pairOf(bob, cid, "p2", 20), pairOf(bob, []byte("dan's key"), "p3", 20)})
		})
		say("p1", store.VerdictSame)
		say("p2", store.VerdictSame)
		write(t, db, func(tx *store.Tx) error { return tx.ForgetIdentity(bob, noon) })
		same(t, "pairs", pairs(t, db, bob), []string{"p1 same", "p2 same"})
		same(t, "work", read(t, db, func(tx *store.Tx) ([][]byte, error) { return tx.IdentityWork(5) }), [][]byte{bob})
		write(t, db, func(tx *store.Tx) error {
			if err := tx.Unlink(id(caseA, 2), bob); err != nil {
				return err
			}
			return tx.ForgetIdentity(bob, noon)
		})
		same(t, "joined still", joined(t, db, ann), [][]byte{cid})
		same(t, "joined still", joined(t, db, cid), [][]byte{ann})
		for _, table := range []string{"identity_token", "identity_work"} {
			if n := count(t, db, table); n != 0 {
				t.Errorf("%d rows left in %s", n, table)
			}
		}
		for _, p := range read(t, db, func(tx *store.Tx) ([]store.IdentityPair, error) { return tx.PairsOf(ann) }) {
			if bytes.Equal(p.OtherKey, bob) || p.Officer != "o" {
				t.Errorf("left: %+v", p)
			}
		}
		same(t, "the person is in no pair", pairs(t, db, bob), []string(nil))
	})
}
