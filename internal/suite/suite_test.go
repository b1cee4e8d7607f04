package suite

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
)

// suites are what most tests run under.
func suites() []Suite { return []Suite{Intl(), GM()} }

func TestByName(t *testing.T) {
	for _, s := range []Suite{Intl(), GM()} {
		got, err := ByName(s.Name())
		if err != nil || got != s {
			t.Errorf("ByName(%q) = %v, %v", s.Name(), got, err)
		}
	}
	if _, err := ByName("rot13"); err == nil {
		t.Error("ByName took an unknown suite")
	}
	if Intl() == GM() || (Suite{}).Name() != "" {
		t.Error("suites are not told apart")
	}
}

func TestSealOpen(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			k := s.NewKey(rand.Reader)
			for _, n := range []int{0, 1, 15, 16, 17, 1000, 20_000} {
				plain := bytes.Repeat([]byte{7}, n)
				box := k.Seal(rand.Reader, plain, []byte("row 1"))
				if len(box) != n+Overhead {
					t.Errorf("%d bytes seal to %d, want %d", n, len(box), n+Overhead)
				}
				got, err := k.Open(box, []byte("row 1"))
				if err != nil || !bytes.Equal(got, plain) {
					t.Errorf("%d bytes: Open: %v", n, err)
				}
				padded := k.SealPadded(rand.Reader, plain, []byte("row 1"))
				if len(padded) != PaddedSize(n)+Overhead {
					t.Errorf("%d bytes seal padded to %d", n, len(padded))
				}
				got, err = k.OpenPadded(padded, []byte("row 1"))
				if err != nil || !bytes.Equal(got, plain) {
					t.Errorf("%d bytes: OpenPadded: %v", n, err)
				}
			}
		})
	}
}

// TestSealLeavesArguments: in-place encryption must not touch the caller's
// bytes, and two seals of the same bytes differ.
func TestSealLeavesArguments(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			k := s.NewKey(rand.Reader)
			plain, aad := []byte("announced sentence"), []byte("row 1")
			one := k.Seal(rand.Reader, plain, aad)
			two := k.SealPadded(rand.Reader, plain, aad)
			if string(plain) != "announced sentence" || string(aad) != "row 1" {
				t.Error("Seal changed its arguments")
			}
			if bytes.Equal(one, k.Seal(rand.Reader, plain, aad)) || bytes.Contains(two, plain) {
				t.Error("Seal is not random")
			}
		})
	}
}

func TestWrap(t *testing.T) {
	for _, kek := range []Suite{Intl(), GM()} {
		for _, data := range []Suite{Intl(), GM()} {
			k, d := kek.NewKey(rand.Reader), data.NewKey(rand.Reader)
			got, err := k.Unwrap(k.Wrap(rand.Reader, d, []byte("a")), []byte("a"))
			if err != nil || !got.Equal(d) {
				t.Errorf("%v wraps %v: %v", kek, data, err)
			}
		}
	}
}

func TestSealToPublic(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			priv, err := s.GenerateDecryptKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			box, err := priv.Public().Seal(rand.Reader, []byte("notice"), []byte("to 320100"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := priv.Open(box, []byte("to 320100"))
			if err != nil || string(got) != "notice" {
				t.Errorf("Open = %q, %v", got, err)
			}
			k := s.NewKey(rand.Reader)
			wrapped, err := priv.Public().Wrap(rand.Reader, k, nil)
			if err != nil {
				t.Fatal(err)
			}
			if u, err := priv.Unwrap(wrapped, nil); err != nil || !u.Equal(k) {
				t.Errorf("Unwrap: %v", err)
			}
			t.Logf("overhead of sealing to a public key: %d bytes", len(box)-len("notice"))
		})
	}
}

func TestSignVerify(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			k, err := s.GenerateSignKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			sig, err := k.Sign(rand.Reader, []byte("grant"))
			if err != nil {
				t.Fatal(err)
			}
			if !k.Public().Verify([]byte("grant"), sig) {
				t.Error("a true signature is refused")
			}
			if k.Public().Verify([]byte("grant "), sig) {
				t.Error("a signature over another message is accepted")
			}
		})
	}
}

func TestLock(t *testing.T) {
	cheap := Cost{Time: 1, MemoryKiB: 64, Lanes: 1}
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			lock, err := s.NewLock(rand.Reader, "正确的口令", cheap)
			if err != nil {
				t.Fatal(err)
			}
			locked := lock.Seal(rand.Reader, []byte("ring"))
			got, again, err := OpenLocked("正确的口令", locked)
			if err != nil || string(got) != "ring" {
				t.Fatalf("OpenLocked = %q, %v", got, err)
			}
			got, _, err = OpenLocked("正确的口令", again.Seal(rand.Reader, []byte("ring 2")))
			if err != nil || string(got) != "ring 2" {
				t.Errorf("sealed again: %q, %v", got, err)
			}
			if _, _, err := OpenLocked("wrong", locked); !errors.Is(err, ErrOpen) {
				t.Errorf("wrong passphrase: %v", err)
			}
		})
	}
	if _, err := Intl().NewLock(rand.Reader, "", cheap); err == nil {
		t.Error("an empty passphrase is accepted")
	}
	if _, err := Intl().NewLock(rand.Reader, "x", Cost{Time: 1, MemoryKiB: 8 << 20, Lanes: 1}); err == nil {
		t.Error("a cost of 8 GiB is accepted")
	}
}
