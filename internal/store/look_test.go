package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/store"
)

func TestReviewPages(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		a, b := review(id(caseA, 1), "r1", store.KindSeal, noon), review(id(caseA, 1), "r2", store.KindUnseal, noon.Add(time.Hour))
		c := review(id(caseB, 1), "r3", store.KindUnseal, noon.Add(2*time.Hour))
		c.Custodian = "court-990200"
		addReviews(t, db, a, b, c)
		page := func(custodian, kind string, limit, offset int) []store.Review {
			return read(t, db, func(tx *store.Tx) ([]store.Review, error) { return tx.ReviewPage(custodian, kind, limit, offset) })
		}
		same(t, "all", page("", "", 9, 0), []store.Review{a, b, c})
		same(t, "of a kind", page("", store.KindUnseal, 9, 0), []store.Review{b, c})
		same(t, "of a court", page("court-990101", "", 9, 0), []store.Review{a, b})
		same(t, "of a kind and court", page("court-990101", store.KindUnseal, 9, 0), []store.Review{b})
		same(t, "the second", page("", "", 1, 1), []store.Review{b})
	})
}

func TestQueryPages(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var all []store.Query
		for i, officer := range []string{"o", "o", "p"} {
			filed := micro(noon.Add(-time.Duration(i) * time.Hour))
			all = append(all, store.Query{
				ID: "q" + string(rune('1'+i)), Purpose: grant.Inspect, Officer: officer, Agency: "police-990101", Approver: "procuratorate-99010" + string(rune('1'+i/2)),
				Filed: filed, Expires: filed.Add(time.Hour), State: store.QueryFiled, Digest: []byte{1}, Encrypted: []byte{2},
			})
		}
		write(t, db, func(tx *store.Tx) error {
			for _, q := range all {
				if err := tx.AddQuery(&q); err != nil {
					return err
				}
			}
			return nil
		})
		type list = func(*store.Tx) ([]store.Query, error)
		get := func(f list) []store.Query { return read(t, db, f) }
		same(t, "all", get(func(tx *store.Tx) ([]store.Query, error) { return tx.QueriesPage(9, 0) }), all)
		same(t, "a page", get(func(tx *store.Tx) ([]store.Query, error) { return tx.QueriesPage(1, 1) }), all[1:2])
		same(t, "of an officer", get(func(tx *store.Tx) ([]store.Query, error) { return tx.QueriesByPage("o", 9, 1) }), all[1:2])
		same(t, "for an agency", get(func(tx *store.Tx) ([]store.Query, error) { return tx.QueriesForPage("procuratorate-990102", 9, 0) }), all[2:])
	})
}

func TestCountsForPages(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			for i, status := range []docket.Status{docket.Open, docket.Sealed, docket.Sealed} {
				r := store.Record{ID: id(caseA, i+1), Status: status, Since: noon, Custodian: "court-99010" + string(rune('1'+i%2))}
				if err := tx.AddRecord(&r); err != nil {
					return err
				}
			}
			return tx.AddNotices([]store.Notice{{Record: id(caseA, 1), ID: "n", Kind: store.KindSeal, Agency: "police-990101", Issued: noon, Body: []byte{1}}})
		})
		for want, f := range map[int]func(*store.Tx) (int, error){
			3: func(tx *store.Tx) (int, error) { return tx.RecordCount("", "") },
			2: func(tx *store.Tx) (int, error) { return tx.RecordCount("", docket.Sealed) },
			1: func(tx *store.Tx) (int, error) { return tx.RecordCount("court-990102", docket.Sealed) },
			0: func(tx *store.Tx) (int, error) { return tx.NoticeCount("police-990102") },
		} {
			if got := read(t, db, f); got != want {
				t.Errorf("counted %d, want %d", got, want)
			}
		}
		if steps := read(t, db, (*store.Tx).StepCounts); steps[1] != 3 || steps[0] != 0 {
			t.Errorf("%v", steps)
		}
	})
}

func TestOfficersWith(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		o := &agency.Officer{ID: "a", Agency: "police-990101", Name: "甲", Duty: agency.QueryApprover, VerifyKey: "k"}
		p := &agency.Officer{ID: "b", Agency: "police-990101", Name: "乙", Duty: agency.QueryOfficer, VerifyKey: "k"}
		write(t, db, func(tx *store.Tx) error {
			if err := tx.PutAgency(&agency.Agency{ID: "police-990101", Kind: agency.Police}); err != nil {
				return err
			}
			if err := tx.PutOfficer(o); err != nil {
				return err
			}
			return tx.PutOfficer(p)
		})
		same(t, "approvers", read(t, db, func(tx *store.Tx) ([]*agency.Officer, error) { return tx.OfficersWith(agency.QueryApprover) }), []*agency.Officer{o})
	})
}
