package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/store"
)

func TestQualityWorkIsTakenOnceAndWhenItsTimeHasCome(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			tx.LookAtQuality([]docket.RecordID{id(caseB, 1), id(caseA, 2), id(caseB, 1)}, noon)
			tx.LookAtQuality([]docket.RecordID{id(caseA, 1)}, noon.Add(time.Hour))
			return nil
		})
		work := func(at time.Time, limit int) []docket.RecordID {
			return read(t, db, func(tx *store.Tx) ([]docket.RecordID, error) { return tx.QualityWork(at, limit) })
		}
		same(t, "before its time", work(noon.Add(-time.Second), 9), []docket.RecordID(nil))
		same(t, "at its time", work(noon, 9), []docket.RecordID{id(caseA, 2), id(caseB, 1)})
		same(t, "the first of all", work(noon.Add(time.Hour), 1), []docket.RecordID{id(caseA, 2)})
		taken := func(want bool) {
			write(t, db, func(tx *store.Tx) error {
				got, err := tx.TakeQualityWork(id(caseB, 1), noon)
				if got != want {
					t.Errorf("taken: %t, want %t", got, want)
				}
				return err
			})
		}
		taken(true)
		taken(false)
		write(t, db, func(tx *store.Tx) error { // the later word counts
			tx.LookAtQuality([]docket.RecordID{id(caseB, 1)}, noon)
			return nil
		})
		write(t, db, func(tx *store.Tx) error {
			tx.LookAtQuality([]docket.RecordID{id(caseB, 1)}, noon.Add(48*time.Hour))
			return nil
		})
		taken(false)
		same(t, "put off", work(noon, 9), []docket.RecordID{id(caseA, 2)})
	})
}

func fault(record docket.RecordID, rule, agency, name string, kind quality.Kind, opened time.Time) store.QualityItem {
	return store.QualityItem{
		Record: record, Rule: rule, Agency: agency, ID: name, Kind: string(kind), Since: civil.MustParse("2026-01-02"), Opened: opened,
		State: store.QualityOpen, Facts: []byte{1}, Body: []byte("sealed words"),
	}
}

func TestQualityItems(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		first := fault(id(caseA, 1), "term-span", "prison", "q1", quality.Accuracy, noon.Add(time.Minute))
		second := fault(id(caseB, 2), "term-end", "prison", "q2", quality.Completeness, noon)
		other := fault(id(caseB, 2), "term-end", "court", "q3", quality.Completeness, noon)
		write(t, db, func(tx *store.Tx) error {
			for _, q := range []store.QualityItem{first, second, other} {
				tx.PutQualityItem(&q)
			}
			return nil
		})
		first.Opened, second.Opened, other.Opened = micro(first.Opened), micro(second.Opened), micro(other.Opened)
		page := func(l store.QualityListing) []store.QualityItem {
			l.State, l.Limit = cmpState(l.State), 10
			n := read(t, db, func(tx *store.Tx) (int, error) { return tx.QualityTotal(l) })
			rows := read(t, db, func(tx *store.Tx) ([]store.QualityItem, error) { return tx.QualityPage(l) })
			if len(rows) != n {
				t.Errorf("%+v: %d listed, %d counted", l, len(rows), n)
			}
			return rows
		}
		same(t, "of an agency, the oldest first", page(store.QualityListing{Agency: "prison"}), []store.QualityItem{second, first})
		same(t, "of a kind", page(store.QualityListing{Kind: string(quality.Accuracy)}), []store.QualityItem{first})
		same(t, "of a rule and an agency", page(store.QualityListing{Rule: "term-end", Agency: "court"}), []store.QualityItem{other})
		same(t, "of a record", read(t, db, func(tx *store.Tx) ([]store.QualityItem, error) { return tx.QualityItems(id(caseB, 2)) }), []store.QualityItem{other, second})
		same(t, "one", read(t, db, func(tx *store.Tx) (store.QualityItem, error) { return tx.QualityItem(caseA, "q1") }), first)
		missing(t, db, "an item of another case", store.ErrNotFound, func(tx *store.Tx) (store.QualityItem, error) { return tx.QualityItem(caseB, "q1") })

		answered := first
		answered.State, answered.Officer, answered.Answer, answered.Settled = store.QualityAnswered, "o", []byte("checked"), noon
		write(t, db, func(tx *store.Tx) error { tx.PutQualityItem(&answered); return nil })
		answered.Settled = micro(noon)
		same(t, "answered", page(store.QualityListing{State: store.QualityAnswered}), []store.QualityItem{answered})
		same(t, "counts of one", read(t, db, func(tx *store.Tx) ([]store.QualityCount, error) { return tx.QualityCounts("prison") }), []store.QualityCount{
			{Agency: "prison", Rule: "term-end", State: store.QualityOpen, N: 1, Oldest: micro(noon), Since: first.Since},
			{Agency: "prison", Rule: "term-span", State: store.QualityAnswered, N: 1, Oldest: first.Opened, Since: first.Since},
		})
		if all := read(t, db, func(tx *store.Tx) ([]store.QualityCount, error) { return tx.QualityCounts("") }); len(all) != 3 {
			t.Errorf("counts of all: %+v", all)
		}
	})
}

func cmpState(state string) string {
	if state == "" {
		return store.QualityOpen
	}
	return state
}

func TestForgettingTheQualityOfARecord(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		mine, other := fault(id(caseA, 1), "term-end", "p", "q1", quality.Completeness, noon), fault(id(caseA, 2), "term-end", "p", "q2", quality.Completeness, noon)
		write(t, db, func(tx *store.Tx) error {
			tx.LookAtQuality([]docket.RecordID{mine.Record, other.Record}, noon)
			tx.PutQualityItem(&mine)
			tx.PutQualityItem(&other)
			tx.ForgetQuality(mine.Record) // after what waits in the same transaction
			return nil
		})
		same(t, "work", read(t, db, func(tx *store.Tx) ([]docket.RecordID, error) { return tx.QualityWork(noon, 9) }), []docket.RecordID{other.Record})
		if n := count(t, db, "quality_item"); n != 1 {
			t.Errorf("%d items left", n)
		}
	})
}

func TestLagsAddUp(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		day := civil.MustParse("2026-11-23")
		of := func(source string, on civil.Date, class int, n int64) store.SourceLags {
			s := store.SourceLags{Source: source, Day: on, Basis: quality.FromAct}
			s.Lags[class] = n
			return s
		}
		for _, rows := range [][]store.SourceLags{
			{of("b", day, 2, 5), of("a", day, 0, 1)},
			{of("a", day, 0, 2), of("a", day.AddDays(1), 12, 4), of("a", day.AddDays(-1), 3, 9)},
		} {
			write(t, db, func(tx *store.Tx) error { tx.AddLags(rows); return nil })
		}
		sum := of("a", civil.Date{}, 0, 3)
		sum.Lags[12] = 4
		since := func(source string) []store.SourceLags {
			return read(t, db, func(tx *store.Tx) ([]store.SourceLags, error) { return tx.LagsSince(source, day) })
		}
		same(t, "of one", since("a"), []store.SourceLags{sum})
		same(t, "of all", since(""), []store.SourceLags{sum, of("b", civil.Date{}, 2, 5)})
	})
}
