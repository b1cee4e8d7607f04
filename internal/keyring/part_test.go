package keyring

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

// After the vault's keys moved out each file holds its own, what the two gave
// before they still give, and the ring's file holds nothing of the vault's.
func TestMoveVault(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, apart := filepath.Join(dir, "ring"), filepath.Join(dir, "vault")
	r, err := Create(path, "one", "gm", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Vault().AddCustodian(ctx, rand.Reader, "court"); err != nil {
		t.Fatal(err)
	}
	person, ledger, audit := r.Vault().Person(), r.Ledger().Person(), r.Trail().AuditPublic()
	if err := r.MoveVault(ctx, apart, Passphrase("two"), rand.Reader); err != nil {
		t.Fatal(err)
	}
	stays, err := Open(path, "one", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	moved, err := Open(apart, "two", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if stays.HasVault() || !stays.HasLedger() || !moved.HasVault() || moved.HasLedger() || r.HasVault() {
		t.Error("the parts are not where they belong")
	}
	if moved.Vault().Person().Index("d", nil) != person.Index("d", nil) || stays.Ledger().Person().Index("d", nil) != ledger.Index("d", nil) {
		t.Error("a key changed")
	}
	if !stays.Trail().AuditPublic().Equal(audit) || !stays.Trail().Audit().IsZero() || !moved.Trail().Audit().Public().Equal(audit) {
		t.Error("the audit key's halves are not where they belong")
	}
	if _, err := stays.Vault().Custodian("court"); !errors.Is(err, ErrNoKey) {
		t.Errorf("the ring still has a custodian's key: %v", err)
	}
	if _, err := moved.Vault().Custodian("court"); err != nil {
		t.Error(err)
	}
	plain, err := stays.view().encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{person.Reveal(), moved.Vault().Weigh().Reveal(), moved.Trail().Audit().Reveal()} {
		if bytes.Contains(plain, []byte(secret)) {
			t.Error("the ring's file still holds a key of the vault's")
		}
	}
	if a, b := len(stays.List()), len(moved.List()); a != 8 || b != 6 {
		t.Errorf("%d and %d keys are listed: %v, %v", a, b, stays.List(), moved.List())
	}
	if err := stays.MoveVault(ctx, filepath.Join(dir, "again"), Passphrase("two"), rand.Reader); err == nil {
		t.Error("moved twice")
	}
}

func TestMoveVaultOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	r, err := Create(filepath.Join(dir, "ring"), "one", "intl", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "vault"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err = r.MoveVault(context.Background(), filepath.Join(dir, "vault"), Passphrase("two"), rand.Reader)
	if err == nil || !strings.Contains(err.Error(), "there already") || !r.HasVault() {
		t.Errorf("%v, vault there: %t", err, r.HasVault())
	}
}

// A part of which a key is missing is refused.
func TestPartsAreWhole(t *testing.T) {
	r, err := New(suite.Intl(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(c *contents){
		"weigh": func(c *contents) { c.weigh = suite.Key{} }, "vault_person": func(c *contents) { c.vaultPerson = suite.MACKey{} },
		"ledger_alias": func(c *contents) { c.ledgerAlias = suite.MACKey{} }, "audit": func(c *contents) { c.audit, c.auditPublic = suite.DecryptKey{}, r.Trail().AuditPublic() },
	} {
		c := *r.view()
		edit(&c)
		plain, err := c.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseContents(plain); err == nil {
			t.Errorf("a ring without %s was read", name)
		}
	}
	if _, err := parseContents([]byte(`{"version":1,"suite":"intl"}`)); err == nil {
		t.Error("a ring without keys was read")
	}
}
