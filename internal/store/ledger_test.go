package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

var ann, bob = []byte("ann's key"), []byte("bob's key")

func TestPersonsAndTheirRecords(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			for _, l := range []struct {
				id  docket.RecordID
				key []byte
			}{{id(caseB, 1), ann}, {id(caseA, 2), ann}, {id(caseA, 1), bob}, {id(caseA, 10), ann}} {
				if err := tx.LockPerson(l.key, noon); err != nil {
					return err
				}
				if err := tx.Link(l.id, l.key); err != nil {
					return err
				}
			}
			return nil
		})
		records := func(key []byte) []docket.RecordID {
			return read(t, db, func(tx *store.Tx) ([]docket.RecordID, error) { return tx.PersonRecords(key) })
		}
		same(t, "records in order", records(ann), []docket.RecordID{id(caseA, 2), id(caseA, 10), id(caseB, 1)})
		same(t, "holder", read(t, db, func(tx *store.Tx) ([]byte, error) { return tx.Holder(id(caseA, 1)) }), bob)
		same(t, "holdings", read(t, db, func(tx *store.Tx) ([]store.Holding, error) { return tx.Holdings(caseA) }),
			[]store.Holding{{Seq: 1, PersonKey: bob}, {Seq: 2, PersonKey: ann}, {Seq: 10, PersonKey: ann}})
		missing(t, db, "holder", store.ErrNotFound, func(tx *store.Tx) ([]byte, error) { return tx.Holder(id(caseB, 2)) })
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.Link(id(caseA, 1), ann) })
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.Unlink(id(caseA, 3), ann) })
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.Unlink(id(caseA, 1), ann) })
		same(t, "a failed unlinking left both rows", records(bob), []docket.RecordID{id(caseA, 1)})
		if n := count(t, db, "holding"); n != 4 {
			t.Errorf("%d holdings", n)
		}
		write(t, db, func(tx *store.Tx) error { return tx.Unlink(id(caseA, 1), bob) })
		same(t, "records of nobody", records(bob), []docket.RecordID(nil))
	})
}

func TestAPersonGoesWithTheLastRecord(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		later := noon.Add(time.Hour)
		write(t, db, func(tx *store.Tx) error {
			for range 2 { // who has the lock has it
				if err := tx.LockPerson(ann, noon); err != nil {
					return err
				}
			}
			return tx.Link(id(caseA, 1), ann)
		})
		write(t, db, func(tx *store.Tx) error { return tx.LockPerson(ann, later) })
		var since, touched int64
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.One(`SELECT since, touched FROM person WHERE person_key = $1`, []any{ann}, &since, &touched)
		})
		want := later
		if db.Engine() == "sqlite" {
			want = noon // nobody is kept out, and nothing written
		}
		if err != nil || since != noon.UnixMicro() || touched != want.UnixMicro() {
			t.Errorf("since %d, touched %d, %v", since, touched, err)
		}
		drop := func(tx *store.Tx) error { return tx.DropPersonWithoutRecords(ann) }
		write(t, db, drop)
		if n := count(t, db, "person"); n != 1 {
			t.Errorf("%d persons while a record is left", n)
		}
		write(t, db, func(tx *store.Tx) error { return tx.Unlink(id(caseA, 1), ann) })
		write(t, db, drop)
		write(t, db, drop) // nobody there: nothing to do
		if n := count(t, db, "person"); n != 0 {
			t.Errorf("%d persons without a record", n)
		}
	})
}

func TestAliases(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			for _, c := range []docket.Code{caseB, caseA, caseA} { // the same number twice is one row
				if err := tx.AddAlias([]byte("no"), c); err != nil {
					return err
				}
			}
			return nil
		})
		cases := func(tx *store.Tx) ([]docket.Code, error) { return tx.CasesByAlias([]byte("no")) }
		same(t, "cases of a number", read(t, db, cases), []docket.Code{caseA, caseB})
		write(t, db, func(tx *store.Tx) error { return tx.DropAlias([]byte("no"), caseA) })
		write(t, db, func(tx *store.Tx) error { return tx.DropAlias([]byte("no"), caseA) })
		same(t, "after one was dropped", read(t, db, cases), []docket.Code{caseB})
		same(t, "of an unknown number", read(t, db, func(tx *store.Tx) ([]docket.Code, error) { return tx.CasesByAlias([]byte("x")) }), []docket.Code(nil))
	})
}

func TestSlips(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		slip := func(code docket.Code, seq int, key, body string) store.Slip {
			return store.Slip{ID: id(code, seq), EventKey: []byte(key), Body: []byte(body)}
		}
		all := []store.Slip{
			slip(caseA, 0, "e9", "case"), slip(caseA, 1, "e1", "one"), slip(caseA, 1, "e2", "\x00\xff"), slip(caseA, 2, "e1", "two"), slip(caseB, 1, "e1", "b"),
		}
		write(t, db, func(tx *store.Tx) error { return tx.AddSlips([]store.Slip{all[4], all[3], all[2], all[1], all[0]}) })
		of := func(i docket.RecordID) []store.Slip {
			return read(t, db, func(tx *store.Tx) ([]store.Slip, error) { return tx.Slips(i) })
		}
		same(t, "a record's slips, the case's first", of(id(caseA, 1)), all[:3])
		same(t, "those of the case", of(id(caseA, 0)), all[:1])
		caseSlips := func(tx *store.Tx) ([]store.Slip, error) { return tx.CaseSlips(caseA) }
		same(t, "all of a case", read(t, db, caseSlips), all[:4])
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddSlips(all[3:4]) })

		all[3].Body = []byte("changed")
		write(t, db, func(tx *store.Tx) error { return tx.ReplaceSlip(&all[3]) })
		same(t, "replaced", read(t, db, caseSlips), all[:4])
		gone := slip(caseA, 3, "e1", "x")
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.ReplaceSlip(&gone) })

		write(t, db, func(tx *store.Tx) error { return tx.DropSlips(id(caseA, 1)) })
		same(t, "after a record's went", read(t, db, caseSlips), []store.Slip{all[0], all[3]})
		write(t, db, func(tx *store.Tx) error { return tx.DropSlips(id(caseA, 0)) })
		same(t, "after the case's went", read(t, db, caseSlips), all[3:4])
		known := func(c docket.Code) bool {
			return read(t, db, func(tx *store.Tx) (bool, error) { return tx.CaseKnown(c) })
		}
		if !known(caseA) || known("CCCCCCCCCCCCCCCCCCCC") {
			t.Error("a case is known by its slips")
		}
	})
}
