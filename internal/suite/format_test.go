package suite

import (
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/format-*.txt anew: only when a format changes on purpose")

// TestFormats: what earlier versions sealed, signed and wrote down is still
// opened, verified and read. The files were written once and stay.
func TestFormats(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			path := filepath.Join("testdata", "format-"+s.Name()+".txt")
			if *update {
				writeFormats(t, s, path)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			kept := map[string]string{}
			for line := range strings.Lines(string(data)) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
				kept[name] = value
			}
			checkFormats(t, kept)
		})
	}
}

func checkFormats(t *testing.T, kept map[string]string) {
	t.Helper()
	key, err := ParseKey(kept["secret"])
	if err != nil {
		t.Fatal(err)
	}
	mac, err := ParseMACKey(kept["mac"])
	if err != nil {
		t.Fatal(err)
	}
	verify, err := ParseVerifyKey(kept["verify"])
	if err != nil {
		t.Fatal(err)
	}
	decrypt, err := ParseDecryptKey(kept["decrypt"])
	if err != nil {
		t.Fatal(err)
	}
	aad := []byte("row")
	expect := func(name string, got []byte, err error) {
		t.Helper()
		if err != nil || string(got) != "封存" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	got, err := key.Open(unhex(t, kept["sealed"]), aad)
	expect("sealed", got, err)
	got, err = key.OpenPadded(unhex(t, kept["padded"]), aad)
	expect("padded", got, err)
	got, err = decrypt.Open(unhex(t, kept["public"]), aad)
	expect("public", got, err)
	got, _, err = OpenLocked("口令", unhex(t, kept["locked"]))
	expect("locked", got, err)
	if k, err := key.Unwrap(unhex(t, kept["wrapped"]), aad); err != nil || !k.Equal(key) {
		t.Errorf("wrapped: %v", err)
	}
	if !mac.Check(unhex(t, kept["index"]), "person", []byte("封"), []byte("存")) {
		t.Error("index")
	}
	if !verify.Verify(Frame("test", []byte("封存")), unhex(t, kept["signature"])) {
		t.Error("signature")
	}
}

func writeFormats(t *testing.T, s Suite, path string) {
	t.Helper()
	random := repeatable()
	k := someKeys(t, s)
	plain, aad := []byte("封存"), []byte("row")
	sig, err := k.sign.Sign(random, Frame("test", plain))
	if err != nil {
		t.Fatal(err)
	}
	public, err := k.decrypt.Public().Seal(random, plain, aad)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := s.NewLock(random, "口令", Cost{1, 64, 1})
	if err != nil {
		t.Fatal(err)
	}
	index := k.mac.Index("person", []byte("封"), []byte("存"))
	var b strings.Builder
	for _, line := range [][2]string{
		{"secret", k.secret.Reveal()},
		{"mac", k.mac.Reveal()},
		{"verify", k.sign.Public().String()},
		{"decrypt", k.decrypt.Reveal()},
		{"sealed", hex.EncodeToString(k.secret.Seal(random, plain, aad))},
		{"padded", hex.EncodeToString(k.secret.SealPadded(random, plain, aad))},
		{"public", hex.EncodeToString(public)},
		{"locked", hex.EncodeToString(lock.Seal(random, plain))},
		{"wrapped", hex.EncodeToString(k.secret.Wrap(random, k.secret, aad))},
		{"index", hex.EncodeToString(index[:])},
		{"signature", hex.EncodeToString(sig)},
	} {
		b.WriteString(line[0] + " " + line[1] + "\n")
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
