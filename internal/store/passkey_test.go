package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// twoOfficers is a directory of two.
func twoOfficers(t *testing.T, db *store.DB) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		return errors.Join(
			tx.PutAgency(&agency.Agency{ID: "a", Kind: agency.Court}),
			tx.PutOfficer(&agency.Officer{ID: "o1", Agency: "a", Duty: agency.SealClerk, KeyKind: agency.Software}),
			tx.PutOfficer(&agency.Officer{ID: "o2", Agency: "a", Duty: agency.SealClerk}))
	})
}

// refusedBy runs a change that must be refused, and rolls it back.
func refusedBy(t *testing.T, db *store.DB, what string, want error, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestPasskeys(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		twoOfficers(t, db)
		at := time.UnixMicro(1_750_000_000_000_001).UTC()
		first := agency.Passkey{ID: []byte{1, 2}, Public: []byte("k1"), Label: "办公电脑", Counter: 1<<32 - 1, Added: at}
		second := agency.Passkey{ID: []byte{3}, Public: []byte("k2"), Added: at.Add(time.Second)}
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddPasskey("o1", &second), tx.AddPasskey("o1", &first))
		})
		keys := func(tx *store.Tx) (agency.Passkeys, error) {
			o, err := tx.Officer("o1")
			return o.Passkeys, err
		}
		same(t, "the officer's keys, the oldest first", read(t, db, keys), agency.Passkeys{first, second})
		same(t, "whose", read(t, db, func(tx *store.Tx) (string, error) { return tx.PasskeyOwner(second.ID) }), "o1")
		refusedBy(t, db, "nobody's key", store.ErrNotFound, func(tx *store.Tx) error { _, err := tx.PasskeyOwner([]byte{9}); return err })
		refusedBy(t, db, "one key of two officers", store.ErrConflict, func(tx *store.Tx) error { return tx.AddPasskey("o2", &first) })

		use := func(counter uint32) func(*store.Tx) error {
			return func(tx *store.Tx) error { return tx.UsePasskey("o1", second.ID, counter, at.Add(time.Minute)) }
		}
		write(t, db, use(0)) // an authenticator that does not count
		write(t, db, use(0))
		write(t, db, use(7))
		for _, counter := range []uint32{7, 6, 0} {
			refusedBy(t, db, "a counter that does not grow", store.ErrStale, use(counter))
		}
		write(t, db, func(tx *store.Tx) error { return tx.RevokePasskey("o1", second.ID, at.Add(time.Hour)) })
		refusedBy(t, db, "a revoked key", store.ErrStale, use(8))
		refusedBy(t, db, "revoked twice", store.ErrStale, func(tx *store.Tx) error { return tx.RevokePasskey("o1", second.ID, at) })
		refusedBy(t, db, "another's key", store.ErrStale, func(tx *store.Tx) error { return tx.RevokePasskey("o2", first.ID, at) })
		second.Counter, second.Used, second.Revoked = 7, at.Add(time.Minute), at.Add(time.Hour)
		same(t, "what is kept of it", read(t, db, keys), agency.Passkeys{first, second})

		write(t, db, func(tx *store.Tx) error {
			return tx.PutOfficer(&agency.Officer{ID: "o1", Agency: "a", Duty: agency.SealReviewer})
		})
		o := read(t, db, func(tx *store.Tx) (*agency.Officer, error) { return tx.Officer("o1") })
		same(t, "a new duty leaves the keys", o, &agency.Officer{ID: "o1", Agency: "a", Duty: agency.SealReviewer, Passkeys: agency.Passkeys{first, second}})
	})
}

func TestEnrolments(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		twoOfficers(t, db)
		at := time.UnixMicro(1_750_000_000_000_000).UTC()
		end := at.Add(time.Hour)
		add := func(hash, officer string) {
			write(t, db, func(tx *store.Tx) error { return tx.AddEnrolment([]byte(hash), officer, at, end) })
		}
		whose := func(hash string, now time.Time) func(*store.Tx) error {
			return func(tx *store.Tx) error { _, err := tx.Enrolment([]byte(hash), now); return err }
		}
		add("old", "o1")
		add("other", "o2")
		add("new", "o1")
		refusedBy(t, db, "replaced", store.ErrNotFound, whose("old", at))
		refusedBy(t, db, "never given", store.ErrNotFound, whose("none", at))
		refusedBy(t, db, "too late", store.ErrNotFound, whose("new", end))
		for hash, officer := range map[string]string{"new": "o1", "other": "o2"} {
			same(t, hash, read(t, db, func(tx *store.Tx) (string, error) { return tx.Enrolment([]byte(hash), at) }), officer)
		}
		closing := func(tx *store.Tx) error { return tx.CloseEnrolment([]byte("new"), at.Add(time.Minute)) }
		refusedBy(t, db, "closed too late", store.ErrStale, func(tx *store.Tx) error { return tx.CloseEnrolment([]byte("new"), end) })
		write(t, db, closing)
		refusedBy(t, db, "closed twice", store.ErrStale, closing)
		refusedBy(t, db, "used", store.ErrNotFound, whose("new", at))
	})
}

func TestRulings(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := &store.Ruling{
			Code: docket.Code("C"), Review: "i", Officer: "o1", At: time.UnixMicro(1_750_000_000_000_000).UTC(),
			Encrypted: []byte{0, 1}, Signature: []byte{2},
		}
		add := func(tx *store.Tx) error { return tx.AddRuling(r) }
		write(t, db, add)
		refusedBy(t, db, "ruled twice", store.ErrConflict, add)
		same(t, "ruling", read(t, db, func(tx *store.Tx) (*store.Ruling, error) { return tx.Ruling("C", "i") }), r)
		refusedBy(t, db, "no ruling", store.ErrNotFound, func(tx *store.Tx) error { _, err := tx.Ruling("C", "j"); return err })
	})
}
