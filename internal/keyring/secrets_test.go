package keyring

import (
	"encoding/base64"
	"regexp"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

// secretsIn finds the raw bytes of every key in a ring's plaintext.
func secretsIn(tb testing.TB, plain []byte) [][]byte {
	tb.Helper()
	var out [][]byte
	for _, m := range regexp.MustCompile(`"(?:intl|gm)\.[a-z]+\.([^"]+)"`).FindAllSubmatch(plain, -1) {
		raw, err := base64.RawURLEncoding.DecodeString(string(m[1]))
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, raw)
	}
	if len(out) < 10 {
		tb.Fatalf("only %d keys found", len(out))
	}
	return out
}

// FuzzParseContents: whatever a ring's plaintext says, reading it ends in a
// ring that can be written again, or an error.
func FuzzParseContents(f *testing.F) {
	plain, err := newRing(f, suite.GM()).view().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Add([]byte(`{"version":1,"suite":"gm"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseContents(data)
		if err != nil {
			return
		}
		again, err := c.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseContents(again); err != nil {
			t.Fatalf("a ring that was read cannot be read again: %v", err)
		}
	})
}
