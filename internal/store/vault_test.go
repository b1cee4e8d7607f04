package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/vault"
)

// sealOne writes all the rows of one sealed record.
func sealOne(t *testing.T, db *store.DB, key string) {
	t.Helper()
	k := []byte(key)
	write(t, db, func(tx *store.Tx) error {
		for _, err := range []error{
			tx.AddSealedRecord(&vault.SealedRecord{Key: k, Custodian: "court-990101", SealedAt: noon, Wrapped: []byte("w"), Body: []byte("body of " + key)}),
			tx.AddSealedItem(&vault.SealedItem{RecordKey: k, EventKey: []byte("e2"), Wrapped: []byte("w2"), Body: []byte("b2")}),
			tx.AddSealedItem(&vault.SealedItem{RecordKey: k, EventKey: []byte("e1"), Wrapped: []byte("w1"), Body: []byte("b1")}),
			tx.PutPersonLink(&vault.PersonLink{PersonKey: ann, RecordKey: k, Capsule: []byte("capsule")}),
			tx.AddSealedAlias(&vault.SealedAlias{AliasKey: []byte("no"), RecordKey: k, Body: []byte(key)}),
			tx.AddSealedAlias(&vault.SealedAlias{AliasKey: []byte("no"), RecordKey: k, Body: []byte("ignored")}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func TestSealedRecords(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		sealOne(t, db, "k1")
		sealOne(t, db, "k2")
		k1 := []byte("k1")
		get := func(tx *store.Tx) (*vault.SealedRecord, error) { return tx.SealedRecord(k1) }
		same(t, "record", read(t, db, get), &vault.SealedRecord{
			Key: k1, Custodian: "court-990101", SealedAt: micro(noon), Wrapped: []byte("w"), Body: []byte("body of k1"),
		})
		items := func(tx *store.Tx) ([]vault.SealedItem, error) { return tx.SealedItems(k1) }
		same(t, "items in order", read(t, db, items), []vault.SealedItem{
			{RecordKey: k1, EventKey: []byte("e1"), Wrapped: []byte("w1"), Body: []byte("b1")},
			{RecordKey: k1, EventKey: []byte("e2"), Wrapped: []byte("w2"), Body: []byte("b2")},
		})
		ofPerson := func(tx *store.Tx) ([]vault.PersonLink, error) { return tx.LinksOfPerson(ann) }
		ofRecord := func(tx *store.Tx) ([]vault.PersonLink, error) { return tx.LinksOfRecord(k1) }
		link := func(key, capsule string) vault.PersonLink {
			return vault.PersonLink{PersonKey: ann, RecordKey: []byte(key), Capsule: []byte(capsule)}
		}
		same(t, "of the person", read(t, db, ofPerson), []vault.PersonLink{link("k1", "capsule"), link("k2", "capsule")})
		anew := link("k1", "anew")
		write(t, db, func(tx *store.Tx) error { return tx.PutPersonLink(&anew) })
		same(t, "of the record", read(t, db, ofRecord), []vault.PersonLink{anew})
		aliases := func(tx *store.Tx) ([]vault.SealedAlias, error) { return tx.SealedAliases([]byte("no")) }
		alias := func(key string) vault.SealedAlias {
			return vault.SealedAlias{AliasKey: []byte("no"), RecordKey: []byte(key), Body: []byte(key)}
		}
		same(t, "of a number", read(t, db, aliases), []vault.SealedAlias{alias("k1"), alias("k2")})
		fails(t, db, store.ErrConflict, func(tx *store.Tx) error {
			return tx.AddSealedRecord(&vault.SealedRecord{Key: k1, Wrapped: k1, Body: k1})
		})
		write(t, db, func(tx *store.Tx) error { // what a record has, it keeps
			return tx.AddSealedItem(&vault.SealedItem{RecordKey: k1, EventKey: []byte("e1"), Wrapped: k1, Body: k1})
		})
		same(t, "items after one came again", read(t, db, items)[0].Body, []byte("b1"))

		write(t, db, func(tx *store.Tx) error { return tx.DropSealed(k1) })
		missing(t, db, "dropped", vault.ErrNotSealed, get)
		same(t, "items", read(t, db, items), []vault.SealedItem(nil))
		same(t, "links", read(t, db, ofPerson), []vault.PersonLink{link("k2", "capsule")})
		same(t, "numbers", read(t, db, aliases), []vault.SealedAlias{alias("k2")})
	})
}

func TestOriginals(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		add := func(tx *store.Tx) error { return tx.AddOriginal("urn:a", []byte("e"), []byte("w"), []byte("b")) }
		write(t, db, add)
		fails(t, db, store.ErrConflict, add)
		write(t, db, func(tx *store.Tx) error { return tx.AddOriginal("urn:b", []byte("e"), []byte("w"), []byte("b")) })
		if n := count(t, db, "vault_original"); n != 2 {
			t.Errorf("%d originals", n)
		}
	})
}

func TestTickets(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ticket := func(hash string, leaf int64) *vault.TicketRow {
			return &vault.TicketRow{Query: "q", Hash: []byte(hash), Leaf: leaf, Prepared: noon, Expires: noon.Add(time.Minute)}
		}
		redeem := func(hash string, at time.Time) func(*store.Tx) error {
			return func(tx *store.Tx) error { return tx.RedeemTicket("q", []byte(hash), at) }
		}
		write(t, db, func(tx *store.Tx) error { return tx.AddTicket(ticket("first", 1)) })
		write(t, db, func(tx *store.Tx) error { return tx.AddTicket(ticket("second", 2)) })
		fails(t, db, vault.ErrTicket, redeem("first", noon))                                           // replaced
		fails(t, db, vault.ErrTicket, redeem("third", noon))                                           // never given
		fails(t, db, vault.ErrTicket, redeem("second", noon.Add(time.Minute)))                         // at its end
		fails(t, db, vault.ErrTicket, redeem("second", noon.Add(time.Hour)))                           // expired
		write(t, db, redeem("second", noon.Add(time.Minute-time.Microsecond)))                         // the last moment
		fails(t, db, vault.ErrTicket, redeem("second", noon))                                          // used
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.AddTicket(ticket("x", 3)) }) // a used one is not replaced
	})
}
