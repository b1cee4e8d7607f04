package suite

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"testing"
)

// TestSmallOrderKeys: for each point of small order somebody who has no private
// key finds signatures that the library accepts; such keys must not be read.
func TestSmallOrderKeys(t *testing.T) {
	forged := 0
	for _, y := range smallOrderY {
		for _, sign := range []byte{0, 0x80} {
			public := []byte(y)
			public[31] |= sign
			if forge(public) {
				forged++
			}
			text := "intl.verify." + base64.RawURLEncoding.EncodeToString(public)
			if _, err := ParseVerifyKey(text); err == nil {
				t.Errorf("%x was read as a key", public)
			}
			if _, err := ParseNoteKey(append([]byte{1}, public...)); err == nil {
				t.Errorf("%x was read as a note key", public)
			}
		}
	}
	if forged < 8 {
		t.Errorf("only %d of the keys let themselves be forged: is the list still needed?", forged)
	}
}

// forge looks for a message under which the signature "point of small order,
// zero" holds.
func forge(public ed25519.PublicKey) bool {
	for _, r := range smallOrderY {
		for _, sign := range []byte{0, 0x80} {
			sig := append([]byte(r), make([]byte, 32)...)
			sig[31] |= sign
			for n := range 64 {
				if ed25519.Verify(public, []byte{byte(n)}, sig) {
					return true
				}
			}
		}
	}
	return false
}

// TestWeakEncryptKeys: nothing is sealed to a point with which the shared
// secret would be known.
func TestWeakEncryptKeys(t *testing.T) {
	zero := "intl.encrypt." + base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	if k, err := ParseEncryptKey(zero); err == nil {
		if box, err := k.Seal(rand.Reader, []byte("x"), nil); err == nil {
			t.Errorf("sealed to the zero point: %x", box)
		}
	}
	off := bytes.Repeat([]byte{7}, 65)
	off[0] = 4
	for _, kind := range []string{"gm.encrypt.", "gm.verify."} {
		text := kind + base64.RawURLEncoding.EncodeToString(off)
		_, err1 := ParseEncryptKey(text)
		_, err2 := ParseVerifyKey(text)
		if err1 == nil || err2 == nil {
			t.Errorf("%s: a point off the curve was read", kind)
		}
	}
}
