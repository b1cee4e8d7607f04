package keyring

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

// What one epoch sealed opens after a re-wrap under the next, with its content
// untouched, and never again as it was once the old epoch is destroyed.
func TestLedgerEpochs(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"intl", "gm"} {
		path := t.TempDir() + "/keys"
		r, err := create(path, "口令", name, rand.Reader, cheap())
		if err != nil {
			t.Fatal(err)
		}
		k, row := r.Ledger(), []byte("row")
		old := k.Seal(rand.Reader, []byte("盗窃"), row)
		second, err := k.Rotate(ctx, rand.Reader)
		if err != nil || second != 2 || k.Epoch() != 2 {
			t.Fatalf("Rotate = %d, %v", second, err)
		}
		now, err := k.Rewrap(rand.Reader, old, row)
		if err != nil {
			t.Fatal(err)
		}
		if end := EpochSize + 1 + int(old[EpochSize]); !bytes.Equal(old[end:], now[end:]) || bytes.Equal(old[:end], now[:end]) {
			t.Error("a re-wrap is to change the wrapped key and nothing else")
		}
		for _, body := range [][]byte{old, now} {
			if got, err := k.Open(body, row); err != nil || string(got) != "盗窃" {
				t.Errorf("open = %q, %v", got, err)
			}
		}
		if err := k.DestroyBefore(ctx, 2); err != nil {
			t.Fatal(err)
		}
		again, err := Open(path, "口令", rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := again.Ledger().Open(old, row); !errors.Is(err, ErrNoKey) || again.Ledger().Has(1) {
			t.Errorf("a destroyed epoch: %v", err)
		}
		if got, err := again.Ledger().Open(now, row); err != nil || string(got) != "盗窃" {
			t.Errorf("re-wrapped: %q, %v", got, err)
		}
		if err := k.DestroyBefore(ctx, 3); err == nil {
			t.Error("the current epoch was destroyed")
		}
	}
}

func TestLedgerOpenRefuses(t *testing.T) {
	r := newRing(t, suite.Intl())
	k := r.Ledger()
	body := k.Seal(rand.Reader, []byte("x"), []byte("row"))
	if _, err := k.Open(body, []byte("row 2")); !errors.Is(err, suite.ErrOpen) {
		t.Errorf("another row: %v", err)
	}
	for i := range body {
		bad := bytes.Clone(body)
		bad[i] ^= 1
		if _, err := k.Open(bad, []byte("row")); err == nil {
			t.Errorf("byte %d altered: opened", i)
		}
		if _, err := k.Open(body[:i], []byte("row")); err == nil {
			t.Errorf("cut at %d: opened", i)
		}
		if _, err := k.Rewrap(rand.Reader, body[:min(i, 60)], []byte("row")); err == nil {
			t.Errorf("cut at %d: re-wrapped", i)
		}
	}
}

func FuzzLedgerOpen(f *testing.F) {
	r := newRing(f, suite.Intl())
	f.Add(r.Ledger().Seal(rand.Reader, []byte("x"), nil))
	f.Add([]byte{0, 0, 0, 1, 255})
	f.Fuzz(func(t *testing.T, body []byte) {
		plain, err := r.Ledger().Open(body, nil)
		if err == nil && string(plain) != "x" {
			t.Errorf("opened to %q", plain)
		}
	})
}
