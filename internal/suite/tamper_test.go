package suite

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// opener is one way of opening one ciphertext that was made with aad "row".
type opener struct {
	name  string
	plain string
	box   []byte
	open  func(box, aad []byte) ([]byte, error)
}

func openers(tb testing.TB, s Suite, random io.Reader) []opener {
	tb.Helper()
	k, data := s.NewKey(random), s.NewKey(random)
	priv, err := s.GenerateDecryptKey(random)
	if err != nil {
		tb.Fatal(err)
	}
	aad := []byte("row")
	public, err := priv.Public().Seal(random, []byte("plain"), aad)
	if err != nil {
		tb.Fatal(err)
	}
	unwrap := func(b, a []byte) ([]byte, error) {
		got, err := k.Unwrap(b, a)
		if err != nil {
			return nil, err
		}
		return []byte(got.Reveal()), nil
	}
	return []opener{
		{"Seal", "plain", k.Seal(random, []byte("plain"), aad), k.Open},
		{"SealPadded", "plain", k.SealPadded(random, []byte("plain"), aad), k.OpenPadded},
		{"Wrap", data.Reveal(), k.Wrap(random, data, aad), unwrap},
		{"Public", "plain", public, priv.Open},
	}
}

// TestTamper: a flipped bit in any byte, a byte more or less, another context
// and another way of opening are all refused, and all in the same words.
func TestTamper(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			all := openers(t, s, rand.Reader)
			for _, o := range all {
				if got, err := o.open(o.box, []byte("row")); err != nil || string(got) != o.plain {
					t.Fatalf("%s: %q, %v", o.name, got, err)
				}
				refused := func(what string, box, aad []byte) {
					t.Helper()
					if _, err := o.open(box, aad); err != ErrOpen { //nolint:errorlint // the very same words
						t.Errorf("%s: %s: %v", o.name, what, err)
					}
				}
				for i := range o.box {
					for _, bit := range []byte{1, 0x80} {
						bad := bytes.Clone(o.box)
						bad[i] ^= bit
						refused("altered", bad, []byte("row"))
					}
				}
				for n := range o.box {
					refused("cut", o.box[:n], []byte("row"))
				}
				refused("longer", append(bytes.Clone(o.box), 0), []byte("row"))
				for _, aad := range [][]byte{nil, []byte("rov"), []byte("row ")} {
					refused("another context", o.box, aad)
				}
				for _, other := range all {
					if other.name != o.name {
						refused("made by "+other.name, other.box, []byte("row"))
					}
				}
			}
		})
	}
}

// TestOtherKeys: neither another key nor the other suite's opens anything.
func TestOtherKeys(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			box := s.NewKey(rand.Reader).Seal(rand.Reader, []byte("plain"), nil)
			for _, other := range []Suite{Intl(), GM()} {
				if _, err := other.NewKey(rand.Reader).Open(box, nil); !errors.Is(err, ErrOpen) {
					t.Errorf("%v key: %v", other, err)
				}
			}
		})
	}
}

func TestSignatureTamper(t *testing.T) {
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
			for i := range sig {
				bad := bytes.Clone(sig)
				bad[i] ^= 1
				if k.Public().Verify([]byte("grant"), bad) {
					t.Errorf("byte %d altered: accepted", i)
				}
			}
			for n := range sig {
				if k.Public().Verify([]byte("grant"), sig[:n]) {
					t.Errorf("cut to %d: accepted", n)
				}
			}
			if k.Public().Verify([]byte("grant"), append(sig, 0)) {
				t.Error("a byte more: accepted")
			}
			for _, other := range []Suite{Intl(), GM()} {
				o, err := other.GenerateSignKey(rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				if o.Public().Verify([]byte("grant"), sig) {
					t.Errorf("another %v key accepts it", other)
				}
			}
		})
	}
	if (VerifyKey{}).Verify([]byte("grant"), nil) {
		t.Error("no key verifies")
	}
	if _, err := (SignKey{}).Sign(rand.Reader, nil); err == nil {
		t.Error("no key signs")
	}
}

// TestFrame: two different lists never give the same bytes.
func TestFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 3), 1, 4)
		a, b := list.Draw(t, "a"), list.Draw(t, "b")
		same := len(a) == len(b)
		for i := 0; same && i < len(a); i++ {
			same = bytes.Equal(a[i], b[i])
		}
		if bytes.Equal(Frame(string(a[0]), a[1:]...), Frame(string(b[0]), b[1:]...)) != same {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

func TestIndex(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			k, other := s.NewMACKey(rand.Reader), s.NewMACKey(rand.Reader)
			one := k.Index("person", []byte("990101199001011234"))
			if one != k.Index("person", []byte("990101199001011234")) {
				t.Error("an index is not stable")
			}
			for name, x := range map[string][Size]byte{
				"domain": k.Index("alias", []byte("990101199001011234")),
				"key":    other.Index("person", []byte("990101199001011234")),
				"split":  k.Index("person", []byte("990101"), []byte("199001011234")),
			} {
				if x == one {
					t.Errorf("another %s gives the same index", name)
				}
			}
			if !k.Check(one[:], "person", []byte("990101199001011234")) || k.Check(one[:31], "person", []byte("990101199001011234")) {
				t.Error("Check")
			}
		})
	}
}

func TestPadding(t *testing.T) {
	for n, want := range map[int]int{
		0: 512, 508: 512, 509: 640, 636: 640, 637: 768, 1020: 1024, 1021: 1280,
		20_000: 20_480, 20_480: 24_576, 24_572: 24_576, 24_573: 28_672, MaxPadded: 1 << 30,
	} {
		if got := PaddedSize(n); got != want {
			t.Errorf("PaddedSize(%d) = %d, want %d", n, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "data")
		padded := Pad(data)
		if len(padded) > 512 && len(padded) > (len(data)+lengthSize)*5/4 {
			t.Fatalf("%d bytes are padded to %d", len(data), len(padded))
		}
		got, err := Unpad(padded)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("Unpad: %v", err)
		}
	})
	good := Pad([]byte("x"))
	for name, bad := range map[string][]byte{
		"dirty": append(bytes.Clone(good[:511]), 1), "short": good[:511], "other bucket": append(bytes.Clone(good), good...), "length": append([]byte{255}, good[1:]...),
	} {
		if _, err := Unpad(bad); err == nil {
			t.Errorf("%s: unpadded", name)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestBrokenRandom: without randomness nothing is made.
func TestBrokenRandom(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			k := s.NewKey(rand.Reader)
			for name, f := range map[string]func(){
				"NewKey":    func() { s.NewKey(broken{}) },
				"NewMACKey": func() { s.NewMACKey(broken{}) },
				"Seal":      func() { k.Seal(broken{}, nil, nil) },
				"Wrap":      func() { k.Wrap(broken{}, k, nil) },
			} {
				func() {
					defer func() {
						if recover() == nil {
							t.Errorf("%s went on without randomness", name)
						}
					}()
					f()
				}()
			}
			if _, err := s.GenerateSignKey(broken{}); err == nil {
				t.Error("GenerateSignKey")
			}
			if _, err := s.GenerateDecryptKey(broken{}); err == nil {
				t.Error("GenerateDecryptKey")
			}
		})
	}
}
