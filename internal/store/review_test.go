package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

func review(i docket.RecordID, name, kind string, opened time.Time) store.Review {
	return store.Review{Record: i, ID: name, Kind: kind, Custodian: "court-990101", Opened: micro(opened), Proposal: []byte("proposal")}
}

func addReviews(t *testing.T, db *store.DB, rs ...store.Review) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		for _, r := range rs {
			if err := tx.AddReview(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestReviews(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		first, second := review(id(caseA, 1), "r1", store.KindSeal, noon), review(id(caseA, 1), "r2", store.KindUnseal, noon)
		third := review(id(caseB, 2), "r3", store.KindSeal, noon.Add(-time.Hour))
		third.Custodian = "court-990200"
		addReviews(t, db, first, second, third)
		get := func(code docket.Code, name string) func(*store.Tx) (store.Review, error) {
			return func(tx *store.Tx) (store.Review, error) { return tx.Review(code, name) }
		}
		open := func(i docket.RecordID, kind string) func(*store.Tx) (store.Review, error) {
			return func(tx *store.Tx) (store.Review, error) { return tx.OpenReview(i, kind) }
		}
		same(t, "item", read(t, db, get(caseA, "r1")), first)
		same(t, "open item of a kind", read(t, db, open(id(caseA, 1), store.KindUnseal)), second)
		missing(t, db, "item of another case", store.ErrNotFound, get(caseB, "r1"))
		missing(t, db, "open item", store.ErrNotFound, open(id(caseB, 2), store.KindUnseal))
		list := func(custodian string, limit, offset int) []store.Review {
			return read(t, db, func(tx *store.Tx) ([]store.Review, error) { return tx.Reviews(custodian, limit, offset) })
		}
		same(t, "the oldest first", list("", 9, 0), []store.Review{third, first, second})
		same(t, "of a court", list("court-990101", 9, 0), []store.Review{first, second})
		same(t, "a page", list("", 1, 1), []store.Review{first})
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddReview(&first) })
		n := read(t, db, func(tx *store.Tx) (int, error) { return tx.ReviewCount("", store.KindSeal) })
		m := read(t, db, func(tx *store.Tx) (int, error) { return tx.ReviewCount("court-990200", store.KindUnseal) })
		if n != 2 || m != 0 {
			t.Errorf("counted %d and %d", n, m)
		}
	})
}

func TestSettlingReviews(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := review(id(caseA, 1), "r1", store.KindSeal, noon)
		addReviews(t, db, r)
		r.Proposal, r.Custodian = []byte("anew"), "court-990200"
		write(t, db, func(tx *store.Tx) error { return tx.UpdateReview(&r) })
		get := func(tx *store.Tx) (store.Review, error) { return tx.Review(caseA, "r1") }
		same(t, "updated", read(t, db, get), r)
		r.Outcome, r.Closed, r.ClosedBy, r.Note = store.OutcomeConfirmed, micro(noon.Add(time.Minute)), "o", []byte("note")
		write(t, db, func(tx *store.Tx) error { return tx.CloseReview(&r) })
		same(t, "closed", read(t, db, get), r)
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.CloseReview(&r) })
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.UpdateReview(&r) })
		missing(t, db, "open item", store.ErrNotFound, func(tx *store.Tx) (store.Review, error) { return tx.OpenReview(r.Record, r.Kind) })
		same(t, "the queue", read(t, db, func(tx *store.Tx) ([]store.Review, error) { return tx.Reviews("", 9, 0) }), []store.Review(nil))

		next := review(id(caseA, 1), "r2", store.KindSeal, noon) // the next of the same kind
		addReviews(t, db, next)
		write(t, db, func(tx *store.Tx) error { return tx.ForgetProposals(id(caseA, 1)) })
		r.Proposal, r.Note, next.Proposal = nil, nil, nil
		same(t, "forgotten", read(t, db, get), r)
		same(t, "forgotten while open", read(t, db, func(tx *store.Tx) (store.Review, error) { return tx.OpenReview(id(caseA, 1), store.KindSeal) }), next)
	})
}

func TestNotices(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		letter := func(i docket.RecordID, name, to string, issued time.Time) store.Notice {
			return store.Notice{
				Record: i, ID: name, Kind: store.KindSeal, Agency: to, Issued: micro(issued), Due: civil.Of(issued).AddDays(3), Body: []byte(name),
			}
		}
		a := letter(id(caseA, 1), "n1", "police-990101", noon)
		b := letter(id(caseA, 1), "n2", "procuratorate-990101", noon)
		c := letter(id(caseB, 1), "n3", "police-990101", noon.Add(time.Hour))
		write(t, db, func(tx *store.Tx) error { return tx.AddNotices([]store.Notice{a, b, c}) })
		write(t, db, func(tx *store.Tx) error { return tx.AddNotices(nil) })
		get := func(tx *store.Tx) (store.Notice, error) { return tx.Notice(caseA, "n1") }
		to := func(limit, offset int) []store.Notice {
			return read(t, db, func(tx *store.Tx) ([]store.Notice, error) { return tx.NoticesTo("police-990101", limit, offset) })
		}
		waiting := func(agency string) int {
			return read(t, db, func(tx *store.Tx) (int, error) { return tx.UnansweredCount(agency) })
		}
		same(t, "letter", read(t, db, get), a)
		missing(t, db, "letter", store.ErrNotFound, func(tx *store.Tx) (store.Notice, error) { return tx.Notice(caseB, "n1") })
		same(t, "of a record", read(t, db, func(tx *store.Tx) ([]store.Notice, error) { return tx.NoticesOf(id(caseA, 1)) }), []store.Notice{a, b})
		same(t, "to an agency", to(9, 0), []store.Notice{c, a})

		at := noon.Add(time.Hour)
		ack := func(agency string) func(*store.Tx) error {
			return func(tx *store.Tx) error { return tx.AckNotice(caseB, "n3", agency, "o", at) }
		}
		fails(t, db, store.ErrStale, ack("procuratorate-990101"))
		write(t, db, ack("police-990101"))
		fails(t, db, store.ErrStale, ack("police-990101"))
		c.Acked, c.AckedBy = micro(at), "o"
		same(t, "the unanswered first", to(9, 0), []store.Notice{a, c})
		same(t, "a page", to(1, 1), []store.Notice{c})
		if waiting("") != 2 || waiting("police-990101") != 1 || waiting("x") != 0 {
			t.Errorf("waiting: %d, %d, %d", waiting(""), waiting("police-990101"), waiting("x"))
		}
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddNotices([]store.Notice{b}) })
	})
}
