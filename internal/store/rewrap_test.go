package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/vault"
)

func look(t *testing.T, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func versioned(version uint32, rest string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, version), rest...)
}

func column(t *testing.T, name string) store.CipherColumn {
	t.Helper()
	for _, c := range append(store.LedgerColumns(), store.VaultColumns()...) {
		if c.Table+"."+c.Value == name {
			return c
		}
	}
	t.Fatalf("no column %s", name)
	return store.CipherColumn{}
}

// Every column that is re-wrapped is of a table and in order of its primary key,
// on both engines.
func TestEveryCipherColumn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, c := range append(store.LedgerColumns(), store.VaultColumns()...) {
			e := store.Earlier{Column: c, Owner: "court-990101", Version: versioned(2, "")}
			look(t, db, func(tx *store.Tx) error {
				if n, err := tx.CountEarlier(e); err != nil || n != 0 {
					t.Errorf("%s.%s: %d, %v", c.Table, c.Value, n, err)
				}
				_, err := tx.EarlierCiphers(e, nil, 10)
				return err
			})
		}
	})
}

// Batches walk over what lies under an earlier version, once each; a row that
// changes meanwhile is left as it is.
func TestEarlierCiphers(t *testing.T) {
	const rows = 25
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			var slips []store.Slip
			for i := range rows {
				id := docket.RecordID{Code: docket.Code(fmt.Sprintf("CODE%02d", i/3)), Seq: i % 3}
				slips = append(slips, store.Slip{ID: id, EventKey: []byte{byte(i)}, Body: versioned(uint32(1+i%2), fmt.Sprint("body ", i))})
			}
			return tx.AddSlips(slips)
		})
		e := store.Earlier{Column: column(t, "slip.body"), Version: versioned(2, "")}
		left := func() (n int64) {
			look(t, db, func(tx *store.Tx) (err error) { n, err = tx.CountEarlier(e); return err })
			return n
		}
		if n := left(); n != 13 {
			t.Fatalf("%d lie under an earlier version", n)
		}
		var after []any
		seen := 0
		for {
			var batch []store.Cipher
			look(t, db, func(tx *store.Tx) (err error) { batch, err = tx.EarlierCiphers(e, after, 4); return err })
			if len(batch) == 0 {
				break
			}
			after = batch[len(batch)-1].Key
			write(t, db, func(tx *store.Tx) error {
				for _, c := range batch {
					seen++
					done, err := tx.ReplaceCipher(e.Column, c, append(versioned(2, ""), c.Body[4:]...))
					if err != nil || !done {
						t.Errorf("%v: %t, %v", c.Key, done, err)
					}
					if done, err = tx.ReplaceCipher(e.Column, c, []byte("late")); err != nil || done {
						t.Errorf("%v, which has changed: %t, %v", c.Key, done, err)
					}
				}
				return nil
			})
		}
		if n := left(); n != 0 || seen != 13 {
			t.Errorf("%d are left, %d were seen", n, seen)
		}
	})
}

// The vault's wrapped keys are found by custodian.
func TestEarlierOfACustodian(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			for i, custodian := range []string{"a", "a", "b"} {
				key := []byte{byte(i)}
				if err := tx.AddSealedRecord(&vault.SealedRecord{Key: key, Custodian: custodian, Wrapped: versioned(1, "r"), Body: []byte("x")}); err != nil {
					return err
				}
				if err := tx.AddSealedItem(&vault.SealedItem{RecordKey: key, EventKey: []byte("e"), Wrapped: versioned(1, "i"), Body: []byte("x")}); err != nil {
					return err
				}
			}
			return tx.AddOriginal("urn:a", []byte("e"), versioned(1, "o"), []byte("x"))
		})
		for _, c := range []struct {
			column, owner string
			want          int64
		}{
			{"vault_record.wrapped", "a", 2},
			{"vault_record.wrapped", "b", 1},
			{"vault_record.wrapped", "c", 0},
			{"vault_item.wrapped", "a", 2},
			{"vault_item.wrapped", "b", 1},
			{"vault_original.wrapped", "urn:a", 1},
			{"vault_original.wrapped", "urn:b", 0},
		} {
			look(t, db, func(tx *store.Tx) error {
				e := store.Earlier{Column: column(t, c.column), Owner: c.owner, Version: versioned(2, "")}
				if n, err := tx.CountEarlier(e); err != nil || n != c.want {
					t.Errorf("%s of %s: %d, %v", c.column, c.owner, n, err)
				}
				if batch, err := tx.EarlierCiphers(e, nil, 10); err != nil || int64(len(batch)) != c.want {
					t.Errorf("%s of %s: %d rows, %v", c.column, c.owner, len(batch), err)
				}
				return nil
			})
		}
	})
}

func TestRotationRows(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	later := now.Add(time.Minute)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		try := func(f func(tx *store.Tx) error) error { return db.Write(context.Background(), f) }
		claim := func(who string, at time.Time) error {
			return try(func(tx *store.Tx) error { return tx.ClaimRotation("ledger", who, at, at.Add(30*time.Second)) })
		}
		steps := []struct {
			name string
			err  error
			want error
		}{
			{"the first claims", claim("one", now), nil},
			{"the same again", claim("one", now), nil},
			{"a second meanwhile", claim("two", now), store.ErrStale},
			{"begin", try(func(tx *store.Tx) error { return tx.BeginRotation("ledger", "one", 2, now) }), nil},
			{"begin with an earlier one", try(func(tx *store.Tx) error { return tx.BeginRotation("ledger", "one", 1, now) }), store.ErrStale},
			{"a second after the lease", claim("two", later), nil},
			{"the first holds on", try(func(tx *store.Tx) error { return tx.HoldRotation("ledger", "one", later) }), store.ErrStale},
			{"the first finishes", try(func(tx *store.Tx) error { return tx.FinishRotation("ledger", "one", 2, later) }), store.ErrStale},
			{"another version is finished", try(func(tx *store.Tx) error { return tx.FinishRotation("ledger", "two", 3, later) }), store.ErrStale},
			{"the second finishes", try(func(tx *store.Tx) error { return tx.FinishRotation("ledger", "two", 2, later) }), nil},
			{"too much goes", try(func(tx *store.Tx) error { return tx.LowerKeysGo("ledger", "two", 3) }), store.ErrStale},
			{"the old ones go", try(func(tx *store.Tx) error { return tx.LowerKeysGo("ledger", "two", 2) }), nil},
			{"the end", try(func(tx *store.Tx) error { return tx.LeaveRotation("ledger", "two") }), nil},
			{"somebody else", claim("three", later), nil},
		}
		for _, s := range steps {
			if !errors.Is(s.err, s.want) {
				t.Errorf("%s: %v", s.name, s.err)
			}
		}
		look(t, db, func(tx *store.Tx) error {
			r, err := tx.Rotation("ledger")
			if err != nil || r.Version != 2 || r.Floor != 2 || !r.Finished.Equal(later) || r.Worker != "three" {
				t.Errorf("%+v, %v", r, err)
			}
			if _, err := tx.Rotation("custodian a"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a key that was never rotated: %v", err)
			}
			return nil
		})
	})
}

// While a transaction writes under a generation, nobody raises it: it is raised
// when that one has ended.
func TestTheGenerationWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		raised := make(chan error)
		write(t, db, func(tx *store.Tx) error {
			if n, err := tx.KeyGeneration(); err != nil || n != 0 {
				t.Errorf("generation %d, %v", n, err)
			}
			go func() {
				raised <- db.Write(context.Background(), func(tx *store.Tx) error { return tx.RaiseKeyGeneration(3) })
			}()
			select {
			case err := <-raised:
				return fmt.Errorf("raised while a transaction writes: %w", err)
			case <-time.After(100 * time.Millisecond):
				return nil
			}
		})
		if err := <-raised; err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *store.Tx) error { return tx.RaiseKeyGeneration(2) }) // never back
		write(t, db, func(tx *store.Tx) error {
			if n, err := tx.KeyGeneration(); err != nil || n != 3 {
				t.Errorf("generation %d, %v", n, err)
			}
			return nil
		})
	})
}
