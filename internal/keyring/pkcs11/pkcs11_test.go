//go:build pkcs11

package pkcs11

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/keyring/holdertest"
)

// library is SoftHSM2's, as Debian's package softhsm2 lays it.
const library = "/usr/lib/softhsm/libsofthsm2.so"

// token makes a token in a folder of the test's own.
func token(tb testing.TB) Config {
	tb.Helper()
	if _, err := os.Stat(library); err != nil {
		tb.Fatalf("SoftHSM2 is missing: apt-get install softhsm2 (%v)", err)
	}
	dir := tb.TempDir()
	conf, pin := filepath.Join(dir, "softhsm2.conf"), filepath.Join(dir, "pin")
	tokens := filepath.Join(dir, "tokens")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		tb.Fatal(err)
	}
	write(tb, conf, fmt.Sprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens))
	write(tb, pin, "135790\n")
	tb.Setenv("SOFTHSM2_CONF", conf)
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "fengcun", "--pin", "135790", "--so-pin", "246801").CombinedOutput()
	if err != nil {
		tb.Fatalf("making a token: %v\n%s", err, out)
	}
	return Config{Module: library, Token: "fengcun", PINFile: pin}
}

func write(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func open(tb testing.TB, c Config) *Module {
	tb.Helper()
	m, err := Open(c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := m.Close(); err != nil {
			tb.Error(err)
		}
	})
	return m
}

func TestHolder(t *testing.T) {
	m := open(t, token(t))
	holdertest.Conforms(t, m)
	have, err := m.versions("fengcun-versions")
	if err != nil || len(have) != 2 {
		t.Errorf("the token has %d versions, %v", len(have), err)
	}
}

func TestRefusals(t *testing.T) {
	c := token(t)
	for name, c := range map[string]struct {
		Config
		want string
	}{
		"module": {Config{Module: "/nowhere.so", Token: c.Token, PINFile: c.PINFile}, "nowhere"},
		"token":  {Config{Module: c.Module, Token: "another", PINFile: c.PINFile}, `token "another"`},
		"PIN":    {Config{Module: c.Module, Token: c.Token, PINFile: c.PINFile + ".none"}, "pin_file"},
	} {
		if _, err := Open(c.Config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	wrong := filepath.Join(t.TempDir(), "pin")
	write(t, wrong, "999999")
	if _, err := Open(Config{Module: c.Module, Token: c.Token, PINFile: wrong}); err == nil {
		t.Error("a wrong PIN opened the token")
	}
	if err := os.Chmod(c.PINFile, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(c); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a PIN that others can read: %v", err)
	}
}

// A key does not leave the token, and destroying what must stay is refused.
func TestKeysStay(t *testing.T) {
	ctx := context.Background()
	m := open(t, token(t))
	if _, err := m.Make(ctx, "k"); err != nil {
		t.Fatal(err)
	}
	if err := m.DestroyBefore(ctx, "k", 2); err == nil {
		t.Error("the current version was destroyed")
	}
	k, err := m.ctx.FindKey(idOf(1), []byte("k"))
	if err != nil {
		t.Fatal(err)
	}
	for attribute, want := range map[uint]byte{0x103: 1, 0x162: 0} { // CKA_SENSITIVE, CKA_EXTRACTABLE
		if a, err := m.ctx.GetAttribute(k, attribute); err != nil || len(a.Value) != 1 || a.Value[0] != want {
			t.Errorf("attribute %#x: %v, %v", attribute, a, err)
		}
	}
}

// BenchmarkWrap is one data key wrapped in SoftHSM2.
func BenchmarkWrap(b *testing.B) {
	m := open(b, token(b))
	ctx := context.Background()
	if _, err := m.Make(ctx, "k"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := m.Wrap(ctx, "k", 1, make([]byte, 90)); err != nil {
			b.Fatal(err)
		}
	}
}
