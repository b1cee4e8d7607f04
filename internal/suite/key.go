package suite

import (
	"crypto/cipher"
	"crypto/subtle"
	"fmt"
	"io"
)

const (
	nonceSize = 12
	tagSize   = 16
	frontSize = 1 + nonceSize

	// Overhead is what Seal adds to a plaintext, in bytes.
	Overhead = frontSize + tagSize
)

// Key is a secret key that seals: the data key of a record, or the key that
// wraps data keys. It builds its cipher once and is safe for concurrent use.
//
// Nonces are random and 96 bits long. One key may seal 2^32 messages before
// the chance of a repeated nonce passes 2^-32 (NIST SP 800-38D, 8.3): a data
// key seals a handful, a wrapping key or a ledger epoch must be rotated before.
type Key struct {
	redacted
	m func() *keyMaterial
}

type keyMaterial struct {
	alg  algorithms
	raw  []byte
	aead cipher.AEAD
}

func newKey(alg algorithms, raw []byte) (Key, error) {
	if len(raw) != alg.keySize() {
		return Key{}, fmt.Errorf("suite: a %s key has %d bytes, not %d", alg.name(), alg.keySize(), len(raw))
	}
	aead, err := alg.newAEAD(raw)
	if err != nil {
		return Key{}, fmt.Errorf("suite: %s key: %w", alg.name(), err)
	}
	return Key{m: hide(&keyMaterial{alg: alg, raw: raw, aead: aead})}, nil
}

// NewKey makes a random key: 32 bytes under intl, 16 under gm.
func (s Suite) NewKey(rand io.Reader) Key {
	raw := make([]byte, s.alg.keySize())
	mustRead(rand, raw)
	k, err := newKey(s.alg, raw)
	if err != nil {
		panic(err) // the size is right by construction
	}
	return k
}

// IsZero says that there is no key.
func (k Key) IsZero() bool { return k.m == nil }

// Suite is the key's suite.
func (k Key) Suite() Suite { return Suite{k.m().alg} }

// Equal compares two keys in constant time.
func (k Key) Equal(o Key) bool {
	if k.IsZero() || o.IsZero() {
		return k.IsZero() && o.IsZero()
	}
	a, b := k.m(), o.m()
	return a.alg == b.alg && subtle.ConstantTimeCompare(a.raw, b.raw) == 1
}

// Seal encrypts plaintext and binds it to aad, which is not stored: Open needs
// the same. The result is one byte of kind and suite, the nonce, the
// ciphertext and the tag.
func (k Key) Seal(rand io.Reader, plaintext, aad []byte) []byte {
	m := k.m()
	out, bound := m.lay(rand, kindSealed, len(plaintext), aad)
	m.aead.Seal(out[frontSize:frontSize], out[1:frontSize], plaintext, bound)
	return out
}

// Open undoes Seal, or returns ErrOpen.
func (k Key) Open(ciphertext, aad []byte) ([]byte, error) {
	return k.m().open(kindSealed, ciphertext, aad)
}

// SealPadded is Seal of Pad(plaintext) without the copy.
func (k Key) SealPadded(rand io.Reader, plaintext, aad []byte) []byte {
	n := PaddedSize(len(plaintext))
	m := k.m()
	out, bound := m.lay(rand, kindPadded, n, aad)
	body := out[frontSize : frontSize+n]
	padInto(body, plaintext)
	m.aead.Seal(body[:0], out[1:frontSize], body, bound)
	return out
}

// OpenPadded undoes SealPadded, or returns ErrOpen.
func (k Key) OpenPadded(ciphertext, aad []byte) ([]byte, error) {
	padded, err := k.m().open(kindPadded, ciphertext, aad)
	if err != nil {
		return nil, err
	}
	return Unpad(padded)
}

// Wrap seals another key, of either suite, under this one. The result has the
// same length for all keys of a suite.
func (k Key) Wrap(rand io.Reader, data Key, aad []byte) []byte {
	m, d := k.m(), data.m()
	out, bound := m.lay(rand, kindWrapped, 1+len(d.raw), aad)
	body := out[frontSize : len(out)-tagSize]
	body[0] = d.alg.id()
	copy(body[1:], d.raw)
	m.aead.Seal(body[:0], out[1:frontSize], body, bound)
	return out
}

// Unwrap undoes Wrap, or returns ErrOpen.
func (k Key) Unwrap(wrapped, aad []byte) (Key, error) {
	raw, err := k.m().open(kindWrapped, wrapped, aad)
	if err != nil {
		return Key{}, err
	}
	return keyFromBody(raw)
}

// keyFromBody reads a suite byte and a raw key, as Wrap writes them.
func keyFromBody(body []byte) (Key, error) {
	if len(body) == 0 {
		return Key{}, ErrOpen
	}
	s, ok := byID(body[0])
	if !ok || len(body)-1 != s.alg.keySize() {
		return Key{}, ErrOpen
	}
	return newKey(s.alg, body[1:])
}

// lay allocates a ciphertext for n bytes with its header and nonce in place,
// and in the same allocation, behind it, what the cipher must authenticate:
// the header and aad.
func (m *keyMaterial) lay(rand io.Reader, kind byte, n int, aad []byte) (out, bound []byte) {
	end := n + Overhead
	buf := make([]byte, end+1+len(aad))
	buf[0] = header(kind, m.alg)
	mustRead(rand, buf[1:frontSize])
	buf[end] = buf[0]
	copy(buf[end+1:], aad)
	return buf[:end:end], buf[end:]
}

func (m *keyMaterial) open(kind byte, ciphertext, aad []byte) ([]byte, error) {
	n := len(ciphertext) - Overhead
	if n < 0 || ciphertext[0] != header(kind, m.alg) {
		return nil, ErrOpen
	}
	buf := make([]byte, n+1+len(aad))
	buf[n] = ciphertext[0]
	copy(buf[n+1:], aad)
	out, err := m.aead.Open(buf[:0:n], ciphertext[1:frontSize], ciphertext[frontSize:], buf[n:])
	if err != nil {
		return nil, ErrOpen
	}
	return out, nil
}
