package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/vault"
)

func TestVaultFile(t *testing.T) {
	for file, want := range map[string]string{"a/b.db": "a/b-vault.db", "b": "b-vault", "a.b/c": "a.b/c-vault"} {
		if got := store.VaultFile(file); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}

// The vault's rows lie in the vault's file and in no other, and the ledger's
// not in it.
func TestTheVaultHasAFileOfItsOwn(t *testing.T) {
	url := storetest.URL(t, storetest.SQLite)
	db := storetest.Open(t, url)
	inVault, inLedger := []byte("a-body-for-the-vault"), []byte("a-key-for-the-ledger")
	write(t, db, func(tx *store.Tx) error {
		if err := tx.AddAlias(inLedger, caseA); err != nil {
			return err
		}
		return tx.AddSealedRecord(&vault.SealedRecord{Key: []byte("k"), Custodian: "court", SealedAt: noon, Wrapped: []byte{1}, Body: inVault})
	})
	main, _ := storetest.File(url)
	for file, holds := range map[string][2]bool{main: {false, true}, store.VaultFile(main): {true, false}} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{strings.Contains(string(content), string(inVault)), strings.Contains(string(content), string(inLedger))}; got != holds {
			t.Errorf("%s holds vault's row, ledger's row: %v, want %v", filepath.Base(file), got, holds)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}

// What a transaction took out of the ledger is in no file afterwards: not in
// free pages, not in a journal.
func TestNothingIsLeftOfWhatWasDeleted(t *testing.T) {
	url := storetest.URL(t, storetest.SQLite)
	db := storetest.Open(t, url)
	secret := strings.Repeat("taken-out-of-the-ledger", 500)
	slip := store.Slip{ID: id(caseA, 1), EventKey: []byte("e"), Body: []byte(secret)}
	write(t, db, func(tx *store.Tx) error { return tx.AddSlips([]store.Slip{slip}) })
	write(t, db, func(tx *store.Tx) error { return tx.DropSlips(slip.ID) })
	main, _ := storetest.File(url)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(main), "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), secret[:23]) {
			t.Errorf("%s still holds it", filepath.Base(file))
		}
	}
}

// The files of two databases, and a vault's file that is missing, are refused.
func TestFilesThatDoNotBelongTogether(t *testing.T) {
	ctx := context.Background()
	made := func() string {
		file, _ := storetest.File(storetest.Blank(t, storetest.SQLite))
		db, err := store.Open(ctx, "sqlite:"+file)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time the number stays
			if _, err := db.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return file
	}
	opens := func(file string) error {
		db, err := store.Open(ctx, "sqlite:"+file)
		if err == nil {
			err = db.Close()
		}
		return err
	}
	a, b := made(), made()
	if err := opens(a); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(store.VaultFile(a), store.VaultFile(b)); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{a, b} {
		if err := opens(file); err == nil || !strings.Contains(err.Error(), "do not belong together") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// A database made before the vault had its own file is taken over with what is
// in it.
func TestTheVaultMovesOut(t *testing.T) {
	url := storetest.Blank(t, storetest.SQLite)
	raw := storetest.SQL(t, url)
	p := provider(t, storetest.SQLite, raw)
	if _, err := p.UpTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), `INSERT INTO vault_record VALUES (x'01', 'court', 5, x'02', x'03')`); err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, url)
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := read(t, db, func(tx *store.Tx) (*vault.SealedRecord, error) { return tx.SealedRecord([]byte{1}) })
	same(t, "row", got, &vault.SealedRecord{Key: []byte{1}, Custodian: "court", SealedAt: got.SealedAt, Wrapped: []byte{2}, Body: []byte{3}})
	var n int
	if err := raw.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM main.sqlite_master WHERE name LIKE 'vault_%'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d of the vault's tables and indexes are left in the other file (%v)", n, err)
	}
}
