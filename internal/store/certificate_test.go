package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/store"
)

func TestCertificates(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		certificate := func(name string, person []byte, issued time.Time) store.Certificate {
			return store.Certificate{
				ID: name, PersonKey: person, Issued: micro(issued), Expires: civil.MustParse("2027-02-23"), Officer: "o", Body: []byte("body"), Digest: []byte("digest"),
			}
		}
		a, b, c := certificate("a", ann, noon), certificate("b", ann, noon.Add(time.Minute)), certificate("c", bob, noon)
		write(t, db, func(tx *store.Tx) error {
			for _, x := range []store.Certificate{a, b, c} {
				if err := tx.AddCertificate(&x); err != nil {
					return err
				}
			}
			return nil
		})
		get := func(name string) func(*store.Tx) (store.Certificate, error) {
			return func(tx *store.Tx) (store.Certificate, error) { return tx.Certificate(name) }
		}
		same(t, "certificate", read(t, db, get("a")), a)
		missing(t, db, "certificate", store.ErrNotFound, get("d"))
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error { return tx.AddCertificate(&a) })
		by := func(limit int) []store.Certificate {
			return read(t, db, func(tx *store.Tx) ([]store.Certificate, error) { return tx.CertificatesBy("o", limit) })
		}
		same(t, "the latest first", by(9), []store.Certificate{b, a, c})
		same(t, "limited", by(1), []store.Certificate{b})

		withdraw := func(want int64, at time.Time) {
			t.Helper()
			write(t, db, func(tx *store.Tx) error {
				n, err := tx.WithdrawCertificates(ann, at)
				if n != want {
					t.Errorf("%d withdrawn, want %d", n, want)
				}
				return err
			})
		}
		withdraw(2, noon)
		withdraw(0, noon.Add(time.Hour)) // the first day stands
		a.Withdrawn = micro(noon)
		same(t, "withdrawn", read(t, db, get("a")), a)
		same(t, "another person's stands", read(t, db, get("c")), c)
	})
}

func TestFacts(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			for _, f := range [][2]string{{"b", "2"}, {"a", "1"}, {"b", "3"}} { // a correction finds its fact
				if err := tx.PutFact([]byte(f[0]), 2024, []byte(f[1])); err != nil {
					return err
				}
			}
			return nil
		})
		same(t, "facts", read(t, db, (*store.Tx).Facts), [][]byte{[]byte("1"), []byte("3")})
	})
}
