package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

type encrypter interface {
	seal(rand io.Reader, plaintext, bound []byte) ([]byte, error)
	bytes() []byte
}

type decrypter interface {
	open(ciphertext, bound []byte) ([]byte, error)
	public() encrypter
	bytes() []byte
}

// DecryptKey is the private key of an agency or of the auditor: it opens what
// anybody sealed to its public half.
type DecryptKey struct {
	redacted
	m func() *decryptMaterial
}

type decryptMaterial struct {
	alg algorithms
	d   decrypter
}

// EncryptKey is the public half of a DecryptKey. It marshals as text (String).
type EncryptKey struct {
	alg algorithms
	e   encrypter
}

// GenerateDecryptKey makes a new key pair.
func (s Suite) GenerateDecryptKey(rand io.Reader) (DecryptKey, error) {
	d, err := s.alg.generateDecrypter(rand)
	if err != nil {
		return DecryptKey{}, fmt.Errorf("suite: make a %s key pair: %w", s.Name(), err)
	}
	return DecryptKey{m: hide(&decryptMaterial{s.alg, d})}, nil
}

// IsZero says that there is no key.
func (k DecryptKey) IsZero() bool { return k.m == nil }

// Suite is the key's suite.
func (k DecryptKey) Suite() Suite { return Suite{k.m().alg} }

// Public is the key others seal to.
func (k DecryptKey) Public() EncryptKey { return EncryptKey{k.m().alg, k.m().d.public()} }

// Open undoes EncryptKey.Seal, or returns ErrOpen.
func (k DecryptKey) Open(ciphertext, aad []byte) ([]byte, error) {
	if k.IsZero() || len(ciphertext) == 0 || ciphertext[0] != header(kindPublic, k.m().alg) {
		return nil, ErrOpen
	}
	out, err := k.m().d.open(ciphertext[1:], bind(ciphertext[0], aad))
	if err != nil {
		return nil, ErrOpen
	}
	return out, nil
}

// Unwrap undoes EncryptKey.Wrap, or returns ErrOpen.
func (k DecryptKey) Unwrap(wrapped, aad []byte) (Key, error) {
	body, err := k.Open(wrapped, aad)
	if err != nil {
		return Key{}, err
	}
	return keyFromBody(body)
}

// IsZero says that there is no key.
func (k EncryptKey) IsZero() bool { return k.e == nil }

// Suite is the key's suite.
func (k EncryptKey) Suite() Suite { return Suite{k.alg} }

// Equal compares suite and key.
func (k EncryptKey) Equal(o EncryptKey) bool {
	if k.e == nil || o.e == nil {
		return k.e == nil && o.e == nil
	}
	return k.alg == o.alg && bytes.Equal(k.e.bytes(), o.e.bytes())
}

// Seal encrypts to the holder of the private key and binds aad. Under intl it
// is HPKE base mode (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) and adds 49
// bytes; the standard library draws its own randomness there. Under gm a fresh
// SM4 key is sealed by SM2 (GB/T 32918.4) and the text by that key: 143 bytes.
// It costs tens of microseconds: for many messages wrap one Key.
func (k EncryptKey) Seal(rand io.Reader, plaintext, aad []byte) ([]byte, error) {
	if k.IsZero() {
		return nil, errors.New("suite: seal to a public key: no key")
	}
	h := header(kindPublic, k.alg)
	out, err := k.e.seal(rand, plaintext, bind(h, aad))
	if err != nil {
		return nil, fmt.Errorf("suite: seal to a public key: %w", err)
	}
	return append([]byte{h}, out...), nil
}

// Wrap seals a key of either suite to the holder of the private key.
func (k EncryptKey) Wrap(rand io.Reader, data Key, aad []byte) ([]byte, error) {
	d := data.m()
	return k.Seal(rand, append([]byte{d.alg.id()}, d.raw...), aad)
}

func bind(header byte, aad []byte) []byte { return append([]byte{header}, aad...) }
