// Package holdertest is what every keyring.Holder must do, as a test.
package holdertest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
)

// Conforms tests a holder that has no keys yet.
func Conforms(t *testing.T, h keyring.Holder) {
	t.Run("versions", func(t *testing.T) { versions(t, h) })
	t.Run("custodian", func(t *testing.T) { custodian(t, h) })
	t.Run("root", func(t *testing.T) { root(t, h) })
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func versions(t *testing.T, h keyring.Holder) {
	ctx := context.Background()
	const key = "fengcun-versions"
	plain := bytes.Repeat([]byte("data key "), 15)
	if n := must[uint32](t)(h.Make(ctx, key)); n != 1 {
		t.Fatalf("the first version is %d", n)
	}
	box := must[[]byte](t)(h.Wrap(ctx, key, 1, plain))
	if got := must[[]byte](t)(h.Unwrap(ctx, key, 1, box)); !bytes.Equal(got, plain) || bytes.Contains(box, plain[:9]) {
		t.Errorf("unwrapped to %q", got)
	}
	if n := must[uint32](t)(h.Make(ctx, key)); n != 2 {
		t.Fatalf("the second version is %d", n)
	}
	next := must[[]byte](t)(h.Rewrap(ctx, key, 1, 2, box))
	for v, b := range map[uint32][]byte{1: box, 2: next} {
		if got, err := h.Unwrap(ctx, key, v, b); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("version %d: %q, %v", v, got, err)
		}
		for _, i := range []int{len(b) / 2, len(b) - 3} {
			bad := bytes.Clone(b)
			bad[i] ^= 1
			if _, err := h.Unwrap(ctx, key, v, bad); !errors.Is(err, suite.ErrOpen) {
				t.Errorf("version %d, byte %d altered: %v", v, i, err)
			}
		}
	}
	for range 2 { // it may be repeated
		if err := h.DestroyBefore(ctx, key, 2); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Unwrap(ctx, key, 1, box); !errors.Is(err, keyring.ErrNoKey) {
		t.Errorf("a version that was destroyed: %v", err)
	}
	if got, err := h.Unwrap(ctx, key, 2, next); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("the version that stays: %q, %v", got, err)
	}
	if n := must[uint32](t)(h.Make(ctx, key)); n != 3 {
		t.Errorf("the third version is %d", n)
	}
	if _, err := h.Unwrap(ctx, "fengcun-nobody", 1, box); !errors.Is(err, keyring.ErrNoKey) {
		t.Errorf("a key that was never made: %v", err)
	}
}

// custodian moves a custodian's key from the ring to the holder and rotates it
// there.
func custodian(t *testing.T, h keyring.Holder) {
	ctx := context.Background()
	r := must[*keyring.Ring](t)(keyring.New(suite.GM(), rand.Reader))
	v := r.Vault()
	kek := must[keyring.KEK](t)(v.AddCustodian(ctx, rand.Reader, "court-990101"))
	data := r.Suite().NewKey(rand.Reader)
	first := must[[]byte](t)(kek.Wrap(ctx, rand.Reader, data, []byte("row")))
	if err := v.RotateCustodian(ctx, rand.Reader, "court-990101", h.Name()); !errors.Is(err, keyring.ErrHolder) {
		t.Errorf("a holder that nobody attached: %v", err)
	}
	r.Attach(h)
	wrapped := [][]byte{first}
	for range 2 {
		if err := v.RotateCustodian(ctx, rand.Reader, "court-990101", h.Name()); err != nil {
			t.Fatal(err)
		}
		last := wrapped[len(wrapped)-1]
		if !kek.Stale(last) {
			t.Error("not stale after a rotation")
		}
		wrapped = append(wrapped, must[[]byte](t)(kek.Rewrap(ctx, rand.Reader, last, []byte("row"))))
	}
	for i, w := range wrapped {
		if got, err := kek.Unwrap(ctx, w, []byte("row")); err != nil || !got.Equal(data) {
			t.Errorf("version %d: %v", i+1, err)
		}
		if _, err := kek.Unwrap(ctx, w, []byte("another row")); !errors.Is(err, suite.ErrOpen) {
			t.Errorf("version %d, another row: %v", i+1, err)
		}
	}
	if v.HolderOf("court-990101") != h.Name() || kek.Stale(wrapped[2]) {
		t.Errorf("the key lies with %q", v.HolderOf("court-990101"))
	}
	if err := v.DestroyCustodianBefore(ctx, "court-990101", 3); err != nil {
		t.Fatal(err)
	}
	for i, w := range wrapped[:2] {
		if _, err := kek.Unwrap(ctx, w, []byte("row")); !errors.Is(err, keyring.ErrNoKey) {
			t.Errorf("version %d, destroyed: %v", i+1, err)
		}
	}
	if got, err := kek.Unwrap(ctx, wrapped[2], []byte("row")); err != nil || !got.Equal(data) {
		t.Errorf("the version that stays: %v", err)
	}
}

// root keeps a ring's file under the holder's key: an old copy of the file no
// longer opens when the key's old version is destroyed.
func root(t *testing.T, h keyring.Holder) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "keys")
	under := keyring.HeldRoot(h, "fengcun-root")
	r := must[*keyring.Ring](t)(keyring.CreateUnder(ctx, path, under, "gm", rand.Reader))
	saved := readFile(t, path)
	epoch := must[uint32](t)(r.Ledger().Rotate(ctx, rand.Reader))
	again := must[*keyring.Ring](t)(keyring.OpenUnder(ctx, path, under, rand.Reader))
	if again.Ledger().Epoch() != epoch {
		t.Errorf("the file has epoch %d", again.Ledger().Epoch())
	}
	if _, err := keyring.Open(path, "口令", rand.Reader); err == nil {
		t.Error("a passphrase opened it")
	}
	old := filepath.Join(t.TempDir(), "saved")
	writeFile(t, old, saved)
	if _, err := keyring.OpenUnder(ctx, old, under, rand.Reader); err != nil {
		t.Errorf("the copy while its root lives: %v", err)
	}
	if err := r.ChangeRoot(ctx, rand.Reader, under); err != nil {
		t.Fatal(err)
	}
	if err := again.Refresh(ctx); err != nil {
		t.Errorf("another process that has the ring open: %v", err)
	}
	if err := r.DestroyOldRoots(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.OpenUnder(ctx, old, under, rand.Reader); !errors.Is(err, keyring.ErrNoKey) {
		t.Errorf("the old copy of the ring: %v", err)
	}
	if _, err := keyring.OpenUnder(ctx, path, under, rand.Reader); err != nil {
		t.Errorf("the ring of today: %v", err)
	}
}
