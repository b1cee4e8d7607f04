package registrytest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whatever surrounds a secret, it is found in every spelling, and nothing else is.
func TestFinderFindsEverySpelling(t *testing.T) {
	secrets := []string{"鄢麒麟", "990101199204050015", "云岭公(刑)立字〔2026〕40001号", "𠮷𠮷𠮷"}
	f := newFinder()
	for _, s := range secrets {
		f.add(s)
	}
	f.add("short")
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SampledFrom(secrets).Draw(t, "secret")
		before, after := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "before"), rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "after")
		whole := slices.Concat(before, []byte(secret), after)
		escaped := ""
		for _, r := range secret {
			if r > 127 && r < 1<<16 {
				escaped += fmt.Sprintf(`\u%04x`, r)
			} else {
				escaped += string(r)
			}
		}
		for how, text := range map[string]string{
			"as it is": string(whole), "hex": hex.EncodeToString(whole), "HEX": fmt.Sprintf("%X", whole), "JSON": string(before) + escaped,
			"base64": base64.StdEncoding.EncodeToString(whole), "base64url": base64.RawURLEncoding.EncodeToString(whole),
		} {
			if got := f.find([]byte(text)); !slices.Equal(got, []string{secret}) {
				t.Fatalf("%s, %s: found %q", secret, how, got)
			}
		}
		if got := f.find(slices.Concat(before, []byte(secret[:len(secret)-1]), after)); len(got) > 0 && len(after) == 0 {
			t.Fatalf("found %q in a part of it", got)
		}
	})
}

func BenchmarkFinder(b *testing.B) {
	f := newFinder()
	for i := range 300 {
		f.add(fmt.Sprintf("云岭公(刑)立字〔2026〕%d号", i))
	}
	text := make([]byte, 1<<20)
	for i := range text {
		text[i] = byte(i * i >> 3)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		f.find(text)
	}
}
