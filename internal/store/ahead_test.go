package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/vault"
)

// What a transaction read ahead, and keeps up to date, answers as the database
// does: the same writes at random, with and without reading ahead, give the same
// answers at every step, and the same rows in the end.
func TestReadingAheadAnswersAsTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		codes := []docket.Code{caseA, "CASEB", "CASEC"}
		for round := range uint64(30) {
			var seen [2][]string
			for way := range seen {
				boom := errors.New("undone")
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					if way == 1 {
						if err := errors.Join(tx.AheadOfContents(codes), tx.AheadOfPersons([][]byte{ann, bob}), tx.AheadOfNumbers([][]byte{{1}, {2}})); err != nil {
							return err
						}
					}
					seen[way] = wander(t, tx, rand.New(rand.NewPCG(round, 7)), codes)
					return boom
				})
				if !errors.Is(err, boom) {
					t.Fatal(err)
				}
			}
			same(t, "answers", seen[1], seen[0])
		}
	})
}

// wander writes at random and notes what it is told after each step.
func wander(t *testing.T, tx *store.Tx, r *rand.Rand, codes []docket.Code) (told []string) {
	t.Helper()
	people := [][]byte{ann, bob}
	held := map[docket.RecordID][]byte{}
	for step := range 40 {
		rid := id(codes[r.IntN(len(codes))], 1+r.IntN(3))
		alias := []byte{byte(1 + r.IntN(2))}
		var err error
		switch who, known := held[rid]; {
		case !known:
			held[rid] = people[r.IntN(2)]
			err = errors.Join(tx.AddRecord(openRecord(rid, noon)), tx.Link(rid, held[rid]))
		case r.IntN(3) == 0 && who != nil:
			held[rid] = nil
			err = errors.Join(tx.DropSlips(rid), tx.Unlink(rid, who), tx.DropAlias(alias, rid.Code))
		case r.IntN(3) == 0:
			err = tx.Schedule(rid, fmt.Sprint("agency", step), civil.Of(noon))
		default:
			err = errors.Join(tx.AddSlips([]store.Slip{{ID: rid, EventKey: fmt.Append(nil, step), Body: []byte("x")}}), tx.AddAlias(alias, rid.Code))
		}
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, answers(t, tx, rid, alias))
	}
	return told
}

func answers(t *testing.T, tx *store.Tx, rid docket.RecordID, alias []byte) string {
	t.Helper()
	records, err1 := tx.CaseRecords(rid.Code)
	holdings, err2 := tx.Holdings(rid.Code)
	slips, err3 := tx.Slips(rid)
	all, err4 := tx.CaseSlips(rid.Code)
	of, err5 := tx.PersonRecords(ann)
	cases, err6 := tx.CasesByAlias(alias)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		t.Fatal(err)
	}
	holder, err := tx.Holder(rid)
	return fmt.Sprint(records, holdings, slips, all, of, cases, string(holder), errors.Is(err, store.ErrNotFound))
}

// A row that is not as a change expects it ends the transaction, though others
// that wait would fail otherwise.
func TestWhatWaitsIsWrittenInItsOrder(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		rid := id(caseA, 1)
		addRecord(t, db, openRecord(rid, noon))
		fails(t, db, store.ErrStale, func(tx *store.Tx) error {
			c := docket.Change{Record: rid, From: docket.Sealed, To: docket.Unsealed, At: noon, Operator: "x", Basis: "y"}
			return errors.Join(tx.MoveRecord(&c, 1), tx.MoveRecord(&c, 2))
		})
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error {
			s := store.Slip{ID: rid, EventKey: []byte("k"), Body: []byte("b")}
			return tx.AddSlips([]store.Slip{s, s})
		})
		write(t, db, func(tx *store.Tx) error { // in, out, in again
			for range 3 {
				s := store.Slip{ID: rid, EventKey: []byte("k"), Body: []byte("b")}
				if err := errors.Join(tx.AddSlips([]store.Slip{s}), tx.DropSlips(rid)); err != nil {
					return err
				}
			}
			return tx.AddSlips([]store.Slip{{ID: rid, EventKey: []byte("k"), Body: []byte("b")}})
		})
		if n := count(t, db, "slip"); n != 1 {
			t.Errorf("%d slips", n)
		}
	})
}

// Many rows go in by another way than few, and all of them.
func TestManyRowsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for round, n := range []int{1, 2, 63, 64, 65, 127, 128, 129, 700} {
			write(t, db, func(tx *store.Tx) error {
				for i := range n {
					key := fmt.Append(nil, round, i)
					err := errors.Join(
						tx.AddSlips([]store.Slip{{ID: id(caseA, 1), EventKey: key, Body: []byte("b")}}),
						tx.PutPersonLink(&vault.PersonLink{PersonKey: key, RecordKey: key, Capsule: key}),
						tx.PutPersonLink(&vault.PersonLink{PersonKey: key, RecordKey: key, Capsule: []byte("later")}))
					if err != nil {
						return err
					}
				}
				return nil
			})
			write(t, db, func(tx *store.Tx) error {
				var keys [][]byte
				for i := range n {
					keys = append(keys, fmt.Append(nil, round, i))
				}
				if err := tx.AheadOfSealed(nil, append(keys, []byte("nobody"))); err != nil {
					return err
				}
				for _, k := range keys {
					if links, err := tx.LinksOfPerson(k); err != nil || len(links) != 1 || string(links[0].Capsule) != "later" {
						t.Errorf("%d rows, %s: %v, %v", n, k, links, err)
					}
				}
				links, err := tx.LinksOfPerson([]byte("nobody"))
				if len(links) != 0 {
					t.Error(links)
				}
				return err
			})
		}
	})
}
