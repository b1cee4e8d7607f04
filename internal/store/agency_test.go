package store_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/store"
)

func TestDirectory(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		court := &agency.Agency{ID: "court-990101", Kind: agency.Court, Name: "松江市人民法院", Division: "990101", VerifyKey: "v", SealKey: "s"}
		police := &agency.Agency{ID: "police-990101", Kind: agency.Police, Name: "松江市公安局", Division: "990101"}
		clerk := &agency.Officer{ID: "o2", Agency: court.ID, Name: "方予", Duty: agency.SealClerk, VerifyKey: "k"}
		window := &agency.Officer{ID: "o1", Agency: police.ID, Name: "袁石", Duty: agency.CertWindow, VerifyKey: "k1"}
		write(t, db, func(tx *store.Tx) error {
			for _, err := range []error{
				tx.PutAgency(police), tx.PutAgency(court), tx.PutOfficer(clerk), tx.PutOfficer(window), tx.PutAccount("fang", clerk.ID, "hash"),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		same(t, "agency", read(t, db, func(tx *store.Tx) (*agency.Agency, error) { return tx.Agency(court.ID) }), court)
		same(t, "agencies by id", read(t, db, (*store.Tx).Agencies), []*agency.Agency{court, police})
		same(t, "officer", read(t, db, func(tx *store.Tx) (*agency.Officer, error) { return tx.Officer(clerk.ID) }), clerk)
		same(t, "officers by id", read(t, db, (*store.Tx).Officers), []*agency.Officer{window, clerk})
		account := func(tx *store.Tx) ([2]string, error) {
			officer, password, err := tx.Account("fang")
			return [2]string{officer, password}, err
		}
		same(t, "account", read(t, db, account), [2]string{clerk.ID, "hash"})

		court.Name, clerk.Duty = "松江区人民法院", agency.SealReviewer
		write(t, db, func(tx *store.Tx) error {
			if err := tx.PutAgency(court); err != nil {
				return err
			}
			if err := tx.PutAccount("fang", window.ID, "other"); err != nil {
				return err
			}
			return tx.PutOfficer(clerk)
		})
		same(t, "agency replaced", read(t, db, func(tx *store.Tx) (*agency.Agency, error) { return tx.Agency(court.ID) }), court)
		same(t, "officer replaced", read(t, db, func(tx *store.Tx) (*agency.Officer, error) { return tx.Officer(clerk.ID) }), clerk)
		same(t, "account replaced", read(t, db, account), [2]string{window.ID, "other"})
	})
}

func TestDirectoryWithout(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		missing(t, db, "agency", store.ErrNotFound, func(tx *store.Tx) (*agency.Agency, error) { return tx.Agency("none") })
		missing(t, db, "officer", store.ErrNotFound, func(tx *store.Tx) (*agency.Officer, error) { return tx.Officer("none") })
		missing(t, db, "account", store.ErrNotFound, func(tx *store.Tx) (string, error) {
			_, _, err := tx.Account("none")
			return "", err
		})
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutOfficer(&agency.Officer{ID: "o", Agency: "none", Duty: agency.Auditor, VerifyKey: "k"})
		})
		if err == nil {
			t.Error("an officer of no agency was stored")
		}
		if n := count(t, db, "officer"); n != 0 {
			t.Errorf("%d officers", n)
		}
	})
}
