package keyring

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

// cheap keeps tests fast; DefaultCost is tested once.
func cheap() suite.Cost { return suite.Cost{Time: 1, MemoryKiB: 64, Lanes: 1} }

func create(path, passphrase, suiteName string, rand io.Reader, cost suite.Cost) (*Ring, error) {
	return CreateUnder(context.Background(), path, Root{passphrase: passphrase, cost: cost}, suiteName, rand)
}

func newRing(tb testing.TB, s suite.Suite) *Ring {
	tb.Helper()
	r, err := New(s, rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func newFile(tb testing.TB) (*Ring, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "keys")
	r, err := create(path, "口令", "intl", rand.Reader, cheap())
	if err != nil {
		tb.Fatal(err)
	}
	return r, path
}

// TestPurposes: no two purposes share a key.
func TestPurposes(t *testing.T) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		r := newRing(t, s)
		if r.Suite() != s {
			t.Errorf("the ring is of %v", r.Suite())
		}
		macs := []suite.MACKey{
			r.Ledger().Person(), r.Ledger().Alias(), r.Vault().Person(), r.Vault().Alias(), r.Vault().Record(), r.Trail().Receipt(),
		}
		seen := map[string]bool{}
		for i, k := range macs {
			x := k.Index("person", []byte("one"))
			if seen[string(x[:])] {
				t.Errorf("index key %d is used twice", i)
			}
			seen[string(x[:])] = true
		}
		if r.view().ledger.keys[1].Equal(r.Vault().Weigh()) {
			t.Error("ledger and weighing share a key")
		}
		log := r.Trail().Log()
		if log[0].Suite() != suite.Intl() || log[len(log)-1].Suite() != s {
			t.Errorf("log keys of %v: %d", s, len(log))
		}
		if !r.Trail().Audit().Public().Equal(r.Trail().AuditPublic()) || r.Certificate().IsZero() {
			t.Error("audit or certificate key")
		}
	}
}

func TestFileRoundTrip(t *testing.T) {
	for _, name := range []string{"intl", "gm"} {
		path := filepath.Join(t.TempDir(), "keys")
		r, err := create(path, "口令", name, rand.Reader, cheap())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Vault().AddCustodian(context.Background(), rand.Reader, "990101"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Ledger().Rotate(context.Background(), rand.Reader); err != nil {
			t.Fatal(err)
		}
		again, err := Open(path, "口令", rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		want, err := r.view().encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := again.view().encode()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: the ring does not survive its file: %v", name, err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	_, path := newFile(t)
	if _, err := Open(path, "wrong", rand.Reader); !errors.Is(err, suite.ErrOpen) || !strings.Contains(err.Error(), "passphrase") {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := Open(path+".none", "口令", rand.Reader); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, "口令", rand.Reader); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file others may read: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 1, 5, 9, 12, 30, len(data) - 1} {
		bad := bytes.Clone(data)
		bad[i] ^= 0x20
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, "口令", rand.Reader); err == nil {
			t.Errorf("byte %d altered: opened", i)
		}
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	_, path := newFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := create(path, "other", "gm", rand.Reader, cheap()); err == nil {
		t.Error("a ring was overwritten")
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "keys")
	if _, err := create(fresh, "", "intl", rand.Reader, cheap()); err == nil {
		t.Error("an empty passphrase was taken")
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a refused ring left a file")
	}
}

func TestDefaultCost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if _, err := Create(path, "口令", "intl", rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, "口令", rand.Reader); err != nil {
		t.Fatal(err)
	}
}

// TestStoreFails: where the file cannot be written, the ring in memory stays
// what the file says.
func TestStoreFails(t *testing.T) {
	r, path := newFile(t)
	if err := os.Rename(filepath.Dir(path), filepath.Dir(path)+".gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Vault().AddCustodian(context.Background(), rand.Reader, "990101"); err == nil {
		t.Error("a key that could not be stored was given out")
	}
	if got := r.Vault().Custodians(); len(got) != 0 {
		t.Errorf("the ring has custodians %v that its file has not", got)
	}
}

// TestTwoWriters: two processes change one ring in turn, and neither writes
// over the other's keys.
func TestTwoWriters(t *testing.T) {
	ctx := context.Background()
	one, path := newFile(t)
	two, err := Open(path, "口令", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Vault().AddCustodian(ctx, rand.Reader, "990101"); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Vault().AddCustodian(ctx, rand.Reader, "990102"); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Ledger().Rotate(ctx, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if one.Generation() != 1 || two.Generation() != 2 {
		t.Errorf("generations %d and %d", one.Generation(), two.Generation())
	}
	if err := one.Refresh(ctx); err != nil || one.Generation() != 2 || one.Ledger().Epoch() != 2 {
		t.Errorf("after a refresh: generation %d, %v", one.Generation(), err)
	}
	again, err := Open(path, "口令", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(again.Vault().Custodians()); got != "[990101 990102]" {
		t.Errorf("custodians in the file: %s", got)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if err := two.ChangeRoot(ctx, rand.Reader, Root{passphrase: "新口令", cost: cheap()}); err != nil {
		t.Fatal(err)
	}
	if err := one.Refresh(ctx); err == nil || !strings.Contains(err.Error(), "start again") {
		t.Errorf("a ring put under another passphrase: %v", err)
	}
}

func TestCustodian(t *testing.T) {
	ctx := context.Background()
	r := newRing(t, suite.Intl())
	if _, err := r.Vault().Custodian("990101"); !errors.Is(err, ErrNoKey) {
		t.Errorf("a custodian nobody added: %v", err)
	}
	kek, err := r.Vault().AddCustodian(context.Background(), rand.Reader, "990101")
	if err != nil {
		t.Fatal(err)
	}
	other, err := r.Vault().AddCustodian(context.Background(), rand.Reader, "990102")
	if err != nil {
		t.Fatal(err)
	}
	data := r.Suite().NewKey(rand.Reader)
	wrapped, err := kek.Wrap(ctx, rand.Reader, data, []byte("row"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, want error) {
		t.Helper()
		got, err := kek.Unwrap(ctx, wrapped, []byte("row"))
		if !errors.Is(err, want) || (want == nil && !got.Equal(data)) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	check("at once", nil)
	if _, err := other.Unwrap(ctx, wrapped, []byte("row")); !errors.Is(err, suite.ErrOpen) {
		t.Errorf("another custodian: %v", err)
	}
	if _, err := kek.Unwrap(ctx, wrapped, []byte("row 2")); !errors.Is(err, suite.ErrOpen) {
		t.Errorf("another row: %v", err)
	}
	if kek.Stale(wrapped) {
		t.Error("stale at once")
	}
	if err := r.Vault().RotateCustodian(context.Background(), rand.Reader, "990101", ""); err != nil {
		t.Fatal(err)
	}
	check("after a rotation", nil)
	if !kek.Stale(wrapped) || kek.Version() != 2 {
		t.Error("not stale after a rotation")
	}
	if err := r.Vault().DestroyCustodianBefore(context.Background(), "990101", 3); err == nil {
		t.Error("the current version was destroyed")
	}
	if err := r.Vault().DestroyCustodianBefore(context.Background(), "990101", 2); err != nil {
		t.Fatal(err)
	}
	check("after destruction", ErrNoKey)
	for i := range wrapped {
		bad := bytes.Clone(wrapped)
		bad[i] ^= 1
		if _, err := kek.Unwrap(ctx, bad, []byte("row")); err == nil {
			t.Errorf("byte %d altered: unwrapped", i)
		}
	}
}

// TestRedacted: no way of printing a ring or what it hands out shows a key.
func TestRedacted(t *testing.T) {
	r := newRing(t, suite.Intl())
	kek, err := r.Vault().AddCustodian(context.Background(), rand.Reader, "990101")
	if err != nil {
		t.Fatal(err)
	}
	key := r.view().ledger.keys[1]
	holder := struct {
		R *Ring
		r *Ring
		K suite.Key
		k suite.Key
		L LedgerKeys
		S suite.SignKey
		C KEK
	}{r, r, key, key, r.Ledger(), r.Certificate(), kek}

	var out bytes.Buffer
	for _, v := range []any{r, holder, &holder, key, r.Ledger(), r.Vault(), r.Trail(), r.Trail().Log(), r.Trail().Receipt(), r.Trail().Audit(), kek} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	plain, err := r.view().encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secretsIn(t, plain) {
		for _, form := range []string{
			string(secret), strings.Trim(fmt.Sprintf("%d", secret[:8]), "[]"), fmt.Sprintf("%x", secret[:8]), strings.Trim(fmt.Sprintf("%#v", secret[:4]), "[]byte{}"),
		} {
			if strings.Contains(out.String(), form) {
				i := strings.Index(out.String(), form)
				t.Errorf("a key was printed as %q: %s", form, out.String()[max(0, i-300):i+20])
			}
		}
	}
}
