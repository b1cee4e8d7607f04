package suite

import (
	"bytes"
	"crypto/rand"
	"io"
	mathrand "math/rand/v2"
	"testing"
)

// repeatable gives each of the fuzzer's processes the same keys, so that a seed
// made by one is good in all.
func repeatable() io.Reader { return mathrand.NewChaCha8([32]byte{1}) }

func FuzzParseKeys(f *testing.F) {
	for _, s := range []Suite{Intl(), GM()} {
		k := someKeys(f, s)
		for _, text := range []string{k.secret.Reveal(), k.mac.Reveal(), k.sign.Reveal(), k.decrypt.Reveal(), k.sign.Public().String(), k.decrypt.Public().String()} {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		same := func(again string) {
			if again != text {
				t.Fatalf("%q reads as %q", text, again)
			}
		}
		if k, err := ParseKey(text); err == nil {
			same(k.Reveal())
		}
		if k, err := ParseMACKey(text); err == nil {
			same(k.Reveal())
		}
		if k, err := ParseSignKey(text); err == nil {
			same(k.Reveal())
		}
		if k, err := ParseDecryptKey(text); err == nil {
			same(k.Reveal())
		}
		if k, err := ParseVerifyKey(text); err == nil {
			same(k.String())
		}
		if k, err := ParseEncryptKey(text); err == nil {
			same(k.String())
		}
		if k, err := ParseNoteKey([]byte(text)); err == nil && string(k.NoteKey()) != text {
			t.Fatalf("note key %q reads as %q", text, k.NoteKey())
		}
	})
}

func FuzzOpen(f *testing.F) {
	var all []opener
	for _, s := range []Suite{Intl(), GM()} {
		all = append(all, openers(f, s, repeatable())...)
	}
	for _, o := range all {
		f.Add(o.box, []byte("row"))
	}
	f.Fuzz(func(t *testing.T, box, aad []byte) {
		for _, o := range all {
			if got, err := o.open(box, aad); err == nil && (string(got) != o.plain || string(aad) != "row") {
				t.Fatalf("%s: forged", o.name)
			}
		}
		_, _ = Unpad(box)
		_, _ = keyFromBody(box)
	})
}

func FuzzVerify(f *testing.F) {
	var pubs []VerifyKey
	for _, s := range []Suite{Intl(), GM()} {
		k, err := s.GenerateSignKey(repeatable())
		if err != nil {
			f.Fatal(err)
		}
		sig, err := k.Sign(rand.Reader, []byte("m"))
		if err != nil {
			f.Fatal(err)
		}
		pubs = append(pubs, k.Public())
		f.Add([]byte("m"), sig)
	}
	f.Fuzz(func(t *testing.T, message, sig []byte) {
		for _, p := range pubs {
			if p.Verify(message, sig) && string(message) != "m" {
				t.Fatal("forged")
			}
		}
	})
}

// FuzzOpenLocked keeps to the cost of its seed: a key of the dearest cost that a
// file may ask for takes seconds.
func FuzzOpenLocked(f *testing.F) {
	lock, err := GM().NewLock(repeatable(), "p", Cost{1, 64, 1})
	if err != nil {
		f.Fatal(err)
	}
	good := lock.Seal(repeatable(), []byte("x"))
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= lockFront+Overhead && !bytes.Equal(data[1:10], good[1:10]) {
			return
		}
		if got, _, err := OpenLocked("p", data); err == nil && string(got) != "x" {
			t.Fatal("forged")
		}
	})
}
