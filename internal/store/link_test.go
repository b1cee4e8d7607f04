package store_test

import (
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

const caseC, caseD = docket.Code("CCCCCCCCCCCCCCCCCCCC"), docket.Code("DDDDDDDDDDDDDDDDDDDD")

func linkedTo(t *testing.T, db *store.DB, code docket.Code) []docket.Code {
	t.Helper()
	return read(t, db, func(tx *store.Tx) ([]docket.Code, error) {
		codes, _, err := tx.LinkedCases([]docket.Code{code})
		return codes, err
	})
}

func TestCaseLinks(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ab := store.CaseLink{Code: caseA, Other: caseB, EventKey: []byte("e1"), Home: true, Stays: true}
		cb := store.CaseLink{Code: caseC, Other: caseB, EventKey: []byte("e2"), Home: true}
		write(t, db, func(tx *store.Tx) error {
			if _, err := tx.CaseLinks(caseB); err != nil { // read ahead, and kept up to date
				return err
			}
			for _, l := range []store.CaseLink{ab, cb, ab} {
				if err := tx.AddCaseLink(l); err != nil {
					return err
				}
			}
			links, err := tx.CaseLinks(caseB)
			same(t, "as the writer sees them", links[:2], []store.CaseLink{
				{Code: caseB, Other: caseA, EventKey: []byte("e1")}, {Code: caseB, Other: caseC, EventKey: []byte("e2"), Stays: true},
			})
			return err
		})
		same(t, "under the first", read(t, db, func(tx *store.Tx) ([]store.CaseLink, error) { return tx.CaseLinks(caseA) }), []store.CaseLink{ab})
		same(t, "all of A's case", linkedTo(t, db, caseA), []docket.Code{caseA, caseB, caseC})
		same(t, "all of D's case", linkedTo(t, db, caseD), []docket.Code{caseD})
		same(t, "known by a link alone", read(t, db, func(tx *store.Tx) (bool, error) { return tx.CaseKnown(caseC) }), true)
		write(t, db, func(tx *store.Tx) error {
			gone, err := tx.DropCaseLinks([]byte("e1"))
			same(t, "what is gone", gone, []store.CaseLink{ab, {Code: caseB, Other: caseA, EventKey: []byte("e1")}})
			codes, _, err2 := tx.LinkedCases([]docket.Code{caseB})
			same(t, "what is left", codes, []docket.Code{caseB, caseC})
			if err != nil {
				return err
			}
			return err2
		})
		same(t, "A by itself", linkedTo(t, db, caseA), []docket.Code{caseA})
		same(t, "B and C", linkedTo(t, db, caseC), []docket.Code{caseC, caseB})
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			return tx.AddCaseLink(store.CaseLink{Code: caseA, Other: caseA, EventKey: []byte("e3")})
		}); err == nil {
			t.Error("a case is linked with itself")
		}
	})
}

func TestEarlyVoids(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		early := func(key string) bool {
			return read(t, db, func(tx *store.Tx) (bool, error) { return tx.EarlyVoid([]byte(key)) })
		}
		for range 2 {
			write(t, db, func(tx *store.Tx) error { return tx.AddEarlyVoid([]byte("e1")) })
		}
		same(t, "taken back", early("e1"), true)
		same(t, "another", early("e2"), false)
	})
}

func TestRecordsThatCountWithAnother(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		head, part := openRecord(id(caseA, 1), noon), openRecord(id(caseB, 1), noon)
		part.Status, part.Into = docket.Merged, head.ID
		addRecord(t, db, head, part, openRecord(id(caseB, 2), noon))
		with := func() []store.Record {
			return read(t, db, func(tx *store.Tx) ([]store.Record, error) { return tx.CountedWith(head.ID) })
		}
		same(t, "what counts with it", with(), []store.Record{*part})
		same(t, "the listing", len(read(t, db, func(tx *store.Tx) ([]store.Record, error) { return tx.Records(store.Listing{Limit: 9}) })), 2)
		same(t, "the listing of those that count with others", read(t, db, func(tx *store.Tx) ([]store.Record, error) {
			return tx.Records(store.Listing{Status: docket.Merged, Custodian: part.Custodian, Limit: 9})
		}), []store.Record{*part})
		for status, want := range map[docket.Status]int{"": 2, docket.Merged: 1} {
			same(t, "how many", read(t, db, func(tx *store.Tx) (int, error) { return tx.RecordCount("", status) }), want)
		}
		write(t, db, func(tx *store.Tx) error { return tx.CountWith(part.ID, docket.RecordID{}) })
		same(t, "nothing any more", with(), []store.Record(nil))
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.CountWith(id(caseD, 1), head.ID) })
	})
}

func TestDroppingWhatALinkMoved(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		slip := func(key string) store.Slip {
			return store.Slip{ID: id(caseA, 0), EventKey: []byte(key), Body: []byte("b")}
		}
		write(t, db, func(tx *store.Tx) error {
			for _, n := range []string{"n1", "n2"} {
				if err := tx.AddAlias([]byte(n), caseA); err != nil {
					return err
				}
			}
			if err := tx.AddAlias([]byte("n1"), caseB); err != nil {
				return err
			}
			if err := tx.PutFact([]byte("f1"), 2024, []byte("1")); err != nil {
				return err
			}
			return tx.AddSlips([]store.Slip{slip("e1"), slip("e2")})
		})
		write(t, db, func(tx *store.Tx) error {
			if _, err := tx.CasesByAlias([]byte("n1")); err != nil {
				return err
			}
			if err := tx.DropAliasesOf(caseA); err != nil {
				return err
			}
			if err := tx.DropFact([]byte("f1")); err != nil {
				return err
			}
			return tx.DropSlip(id(caseA, 0), []byte("e1"))
		})
		same(t, "the number of both", read(t, db, func(tx *store.Tx) ([]docket.Code, error) { return tx.CasesByAlias([]byte("n1")) }), []docket.Code{caseB})
		same(t, "aliases", count(t, db, "alias"), 1)
		same(t, "facts", count(t, db, "fact"), 0)
		same(t, "slips", read(t, db, func(tx *store.Tx) ([]store.Slip, error) { return tx.CaseSlips(caseA) }), []store.Slip{slip("e2")})
	})
}

// The numbers of a case are found by it and not by reading all there are: they
// are taken away while the case is locked.
func TestNumbersOfACaseAreFoundByIt(t *testing.T) {
	url := storetest.URL(t, storetest.SQLite)
	storetest.Open(t, url)
	var (
		a, b, c int
		how     string
	)
	row := storetest.SQL(t, url).QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN DELETE FROM alias WHERE code = '0'`)
	if err := row.Scan(&a, &b, &c, &how); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(how, "SEARCH alias USING ") {
		t.Errorf("%s; want a search by an index", how)
	}
}
