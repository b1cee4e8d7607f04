package vault_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/vault"
)

// A wrapping is bound to its row and its custodian; of another row, or by
// another custodian, it is not re-wrapped.
func TestRewrapIsBoundToItsRow(t *testing.T) {
	ctx := context.Background()
	ring, err := keyring.New(suite.GM(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := ring.Vault()
	for _, id := range []string{"court-990101", "court-990102"} {
		if _, err := keys.AddCustodian(ctx, rand.Reader, id); err != nil {
			t.Fatal(err)
		}
	}
	kek, err := keys.Custodian("court-990101")
	if err != nil {
		t.Fatal(err)
	}
	bound := suite.Frame("vault_record", []byte("row"), []byte("court-990101"))
	data := suite.GM().NewKey(rand.Reader)
	wrapped, err := kek.Wrap(ctx, rand.Reader, data, bound)
	if err == nil {
		err = keys.RotateCustodian(ctx, rand.Reader, "court-990101", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	good := vault.Wrapping{Table: "vault_record", Custodian: "court-990101", Key: []any{[]byte("row")}, Wrapped: wrapped}
	next, err := vault.Rewrap(ctx, keys, rand.Reader, &good)
	if err != nil || kek.Stale(next) {
		t.Fatalf("re-wrapped: %v", err)
	}
	if got, err := kek.Unwrap(ctx, next, bound); err != nil || !got.Equal(data) {
		t.Errorf("the data key: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*vault.Wrapping)
		want   error
		text   string
	}{
		"another row":       {func(w *vault.Wrapping) { w.Key = []any{[]byte("row 2")} }, suite.ErrOpen, "vault_record"},
		"another table":     {func(w *vault.Wrapping) { w.Table, w.Key = "vault_item", []any{[]byte("row"), []byte("e")} }, suite.ErrOpen, "vault_item"},
		"another custodian": {func(w *vault.Wrapping) { w.Custodian = "court-990102" }, suite.ErrOpen, ""},
		"nobody":            {func(w *vault.Wrapping) { w.Custodian = "court-990199" }, keyring.ErrNoKey, "no custodian"},
		"no such table":     {func(w *vault.Wrapping) { w.Table = "slip" }, nil, "no such row"},
		"half a key":        {func(w *vault.Wrapping) { w.Table = "vault_original" }, nil, "no such row"},
	} {
		w := good
		c.change(&w)
		_, err := vault.Rewrap(ctx, keys, rand.Reader, &w)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
