package agency_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/agency"
)

func TestPasskeys(t *testing.T) {
	keys := agency.Passkeys{
		{ID: []byte{1}, Public: []byte("a")},
		{ID: []byte{2}, Public: []byte("b"), Revoked: time.Unix(1, 0)},
	}
	if k := keys.Find([]byte{2}); k == nil || k.Live() {
		t.Error("a revoked key is found, and is revoked")
	}
	if keys.Find([]byte{3}) != nil || keys.Find(nil) != nil {
		t.Error("a key that is not there")
	}
	live := keys.Live()
	if len(live) != 1 || live[0].Name() != "AQ" {
		t.Errorf("live: %+v", live)
	}
	if a, b := keys[0].Fingerprint(), keys[1].Fingerprint(); len(a) != 32 || a == b {
		t.Errorf("fingerprints %s and %s", a, b)
	}
}

func TestPasskeyText(t *testing.T) {
	k := agency.Passkey{ID: []byte("an id"), Public: []byte{0, 255, 3}}
	back, err := agency.ParsePasskey(k.String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(k, back); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"", "passkey", "passkey..", "passkey.AQ.", "passkey.AQ==.AQ", "intl.verify.AQ", "passkey.AQ.AQ.AQ", "passkey.AR.AQ"} {
		if k, err := agency.ParsePasskey(text); err == nil {
			t.Errorf("%q is read as %+v", text, k)
		}
	}
}

func FuzzParsePasskey(f *testing.F) {
	f.Add((&agency.Passkey{ID: []byte("id"), Public: []byte("key")}).String())
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := agency.ParsePasskey(text); err == nil && k.String() != text {
			t.Errorf("%q is written as %q", text, k.String())
		}
	})
}
