package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

func openRecord(i docket.RecordID, since time.Time) *store.Record {
	return &store.Record{ID: i, Status: docket.Open, Since: micro(since), Custodian: "court-990101"}
}

func addRecord(t *testing.T, db *store.DB, records ...*store.Record) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		for _, r := range records {
			if err := tx.AddRecord(r); err != nil {
				return err
			}
		}
		return nil
	})
}

func record(t *testing.T, db *store.DB, i docket.RecordID) store.Record {
	t.Helper()
	return read(t, db, func(tx *store.Tx) (store.Record, error) { return tx.Record(i) })
}

func TestRecords(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := openRecord(id(caseA, 1), noon)
		r.Due = civil.MustParse("2027-02-28")
		old := openRecord(id(caseA, 2), noon)
		old.Due = civil.MustParse("1969-12-31") // a day before the epoch of the numbers
		addRecord(t, db, r, old)
		same(t, "record", record(t, db, r.ID), *r)
		same(t, "with an early day", record(t, db, old.ID), *old)
		missing(t, db, "record", store.ErrNotFound, func(tx *store.Tx) (store.Record, error) { return tx.Record(id(caseB, 1)) })
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddRecord(r) })
		same(t, "the case's records", read(t, db, func(tx *store.Tx) ([]store.Record, error) { return tx.CaseRecords(caseA) }), []store.Record{*r, *old})

		write(t, db, func(tx *store.Tx) error { return tx.Schedule(r.ID, "court-990200", civil.Date{}) })
		r.Custodian, r.Due = "court-990200", civil.Date{}
		same(t, "rescheduled", record(t, db, r.ID), *r)
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.Schedule(id(caseB, 1), "c", civil.Date{}) })
		bad := openRecord(id(caseB, 1), noon)
		bad.Status = "lost"
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.AddRecord(bad) }); err == nil {
			t.Error("a record of an unknown status was stored")
		}
	})
}

func TestDueRecords(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		on := civil.MustParse("2026-11-23")
		var want []store.Record
		for i, days := range []int{-400, -1, 0, 1, 400} {
			r := openRecord(id(caseA, i+1), noon)
			r.Due = on.AddDays(days)
			addRecord(t, db, r)
			if days <= 0 {
				want = append(want, *r)
			}
		}
		addRecord(t, db, openRecord(id(caseB, 1), noon)) // never
		due := func(limit int) []store.Record {
			return read(t, db, func(tx *store.Tx) ([]store.Record, error) { return tx.DueRecords(on, limit) })
		}
		same(t, "due", due(10), want)
		same(t, "limited", due(2), want[:2])
		same(t, "none", due(0), []store.Record(nil))
	})
}

func TestALifecycle(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		i := id(caseA, 1)
		addRecord(t, db, openRecord(i, noon))
		var want []docket.Change
		at := noon
		for n, step := range [][2]docket.Status{{"", docket.Open}, {docket.Open, docket.Pending}, {docket.Pending, docket.Sealed}, {docket.Sealed, docket.Unsealed}} {
			at = at.Add(time.Hour)
			c := docket.Change{Record: i, From: step[0], To: step[1], At: micro(at), Operator: "o", Basis: "pack@digest", Reason: "理由"}
			write(t, db, func(tx *store.Tx) error { return tx.MoveRecord(&c, int64(n+10)) })
			want = append(want, c)
			r := record(t, db, i)
			if r.Status != c.To || r.Changes != n || (n > 0 && !r.Since.Equal(c.At)) {
				t.Errorf("after %s: %+v", c.To, r)
			}
		}
		same(t, "changes", read(t, db, func(tx *store.Tx) ([]docket.Change, error) { return tx.Changes(i) }), want)
		stale := want[1]
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.MoveRecord(&stale, 20) })
		nobody := docket.Change{Record: i, From: docket.Unsealed, To: docket.Sealed, At: noon, Basis: "b"}
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.MoveRecord(&nobody, 21) }); err == nil {
			t.Error("a change without an operator was stored")
		}
		if r := record(t, db, i); r.Status != docket.Unsealed || r.Changes != 3 {
			t.Errorf("a refused change left its mark: %+v", r)
		}
	})
}

func TestListingRecords(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for n := range 12 {
			r := openRecord(id(docket.Code(fmt.Sprintf("%020d", n)), 1), noon.Add(time.Duration(n/3)*time.Minute))
			if n%2 == 1 {
				r.Status = docket.Sealed
			}
			if n%4 == 0 {
				r.Custodian = "court-990200"
			}
			addRecord(t, db, r)
		}
		list := func(l store.Listing) (out []string) {
			for _, r := range read(t, db, func(tx *store.Tx) ([]store.Record, error) { return tx.Records(l) }) {
				out = append(out, string(r.ID.Code[18:]))
			}
			return out
		}
		same(t, "the latest first, then by code", list(store.Listing{Limit: 5}), []string{"09", "10", "11", "06", "07"})
		same(t, "the next page", list(store.Listing{Limit: 5, Offset: 5}), []string{"08", "03", "04", "05", "00"})
		same(t, "the last page", list(store.Listing{Limit: 5, Offset: 10}), []string{"01", "02"})
		same(t, "past the end", list(store.Listing{Limit: 5, Offset: 12}), []string(nil))
		same(t, "none wanted", list(store.Listing{}), []string(nil))
		same(t, "by custodian", list(store.Listing{Custodian: "court-990200", Limit: 9}), []string{"08", "04", "00"})
		same(t, "by status", list(store.Listing{Status: docket.Sealed, Limit: 2}), []string{"09", "11"})
		same(t, "by both", list(store.Listing{Custodian: "court-990200", Status: docket.Sealed, Limit: 9}), []string(nil))
		counts := func(custodian string) map[docket.Status]int {
			return read(t, db, func(tx *store.Tx) (map[docket.Status]int, error) { return tx.StatusCounts(custodian) })
		}
		same(t, "counts", counts(""), map[docket.Status]int{docket.Open: 6, docket.Sealed: 6})
		same(t, "counts of one", counts("court-990200"), map[docket.Status]int{docket.Open: 3})
		same(t, "counts of none", counts("x"), map[docket.Status]int{})
	})
}
