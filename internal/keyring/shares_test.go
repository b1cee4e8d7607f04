package keyring

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/keyring/split"
	"github.com/fengcun/fengcun/internal/suite"
)

// A custodian's key that a ring lost comes back from its shares and opens what
// it wrapped.
func TestSplitAndRecover(t *testing.T) {
	ctx := context.Background()
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		r := newRing(t, s)
		kek, err := r.Vault().AddCustodian(ctx, rand.Reader, "court-990101")
		if err != nil {
			t.Fatal(err)
		}
		data := s.NewKey(rand.Reader)
		wrapped, err := kek.Wrap(ctx, rand.Reader, data, nil)
		if err != nil {
			t.Fatal(err)
		}
		shares, err := r.Vault().Split(rand.Reader, "court-990101", 3, 5)
		if err != nil {
			t.Fatal(err)
		}
		fresh := newRing(t, s)
		if _, _, err := fresh.Vault().Recover(ctx, shares[:2]); !errors.Is(err, split.ErrTooFew) {
			t.Errorf("two shares: %v", err)
		}
		for range 2 { // the second time nothing changes
			agency, version, err := fresh.Vault().Recover(ctx, shares[2:])
			if err != nil || agency != "court-990101" || version != 1 {
				t.Fatalf("recovered %s %d, %v", agency, version, err)
			}
		}
		back, err := fresh.Vault().Custodian("court-990101")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := back.Unwrap(ctx, wrapped, nil); err != nil || !got.Equal(data) {
			t.Errorf("with the recovered key: %v", err)
		}
		other := newRing(t, s)
		if _, err := other.Vault().AddCustodian(ctx, rand.Reader, "court-990101"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := other.Vault().Recover(ctx, shares[:3]); err == nil || !strings.Contains(err.Error(), "another ring") {
			t.Errorf("over another key: %v", err)
		}
	}
}

func TestRecoverRefuses(t *testing.T) {
	r := newRing(t, suite.Intl())
	for _, title := range []string{"passphrase", "custodian x", "custodian  version 1", "custodian x version 0", "custodian x version y", "custodian x version 1"} {
		shares, err := split.Split(suite.Intl(), rand.Reader, title, []byte("no key"), 2, 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Vault().Recover(context.Background(), shares); err == nil {
			t.Errorf("%q was taken for a custodian's key", title)
		}
	}
	if _, err := r.Vault().Split(rand.Reader, "nobody", 2, 3); !errors.Is(err, ErrNoKey) {
		t.Errorf("a custodian nobody added: %v", err)
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add("held pkcs11 3 fengcun-990101")
	f.Add(newRing(f, suite.GM()).view().ledger.keys[1].Reveal())
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := parsePlace(text); err == nil && p.inRing() == strings.HasPrefix(text, "held ") {
			t.Errorf("%q was taken for another kind of place", text)
		}
	})
}

func TestPlaces(t *testing.T) {
	for _, bad := range []string{"", "held", "held ", "held pkcs11", "held pkcs11 1", "held pkcs11 0 k", "held pkcs11 x k", "held  1 k", "held a 1 b c"} {
		if p, err := parsePlace(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, p.held)
		}
	}
	p, err := parsePlace("held transit 7 fengcun-court-990101")
	if err != nil || p.text() != "held transit 7 fengcun-court-990101" {
		t.Errorf("%+v, %v", p.held, err)
	}
	if got := heldName("法院 A/1"); !strings.HasPrefix(got, "fengcun-_") || strings.ContainsAny(got, "/ ") {
		t.Errorf("a name for holders: %q", got)
	}
}
