// Package suite holds the two sets of cryptographic algorithms the platform
// runs on, behind one set of types: "intl" (Ed25519, SHA-256, AES-256-GCM,
// HPKE with X25519) and "gm" (SM2, SM3, SM4-GCM). It is the only package that
// names an algorithm; everything else holds keys of this package and asks them
// to seal, open, sign, verify or index.
//
// Every key knows its suite and every ciphertext begins with a byte that names
// kind and suite, so neither can be taken for another.
//
// Randomness is an argument. Functions that return no error panic if it fails:
// nothing may be sealed under a predictable nonce.
package suite

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Size is the length in bytes of every digest and blind index, in both suites.
const Size = 32

// The names ByName takes.
const (
	NameIntl = "intl"
	NameGM   = "gm"
)

// ErrOpen is returned where a ciphertext does not open: the key or the context
// it was bound to is another, or its bytes were altered. It does not say which.
var ErrOpen = errors.New("suite: ciphertext does not open: wrong key, wrong context or altered bytes")

// Suite is one set of algorithms. Values are comparable and safe for
// concurrent use; the zero Suite is not usable.
type Suite struct{ alg algorithms }

// algorithms is what a suite must bring. Its two implementations are intl and
// gm; both are empty structs, so that a Suite compares by type.
type algorithms interface {
	name() string
	id() byte
	keySize() int
	newAEAD(key []byte) (cipher.AEAD, error)
	newHash() hash.Hash
	sum(data []byte) [Size]byte
	generateSigner(rand io.Reader) (signer, error)
	parseSigner(raw []byte) (signer, error)
	parseVerifier(raw []byte) (verifier, error)
	generateDecrypter(rand io.Reader) (decrypter, error)
	parseDecrypter(raw []byte) (decrypter, error)
	parseEncrypter(raw []byte) (encrypter, error)
	noteType() []byte
}

// Intl is the suite of the international standards.
func Intl() Suite { return Suite{intl{}} }

// GM is the suite of the Chinese commercial cryptography standards
// (GB/T 32918, 32905, 32907).
func GM() Suite { return Suite{gm{}} }

// ByName finds a suite by "intl" or "gm".
func ByName(name string) (Suite, error) {
	switch name {
	case NameIntl:
		return Intl(), nil
	case NameGM:
		return GM(), nil
	}
	return Suite{}, fmt.Errorf("suite: no cipher suite %q: use %q or %q", name, NameIntl, NameGM)
}

func byID(id byte) (Suite, bool) {
	switch id {
	case intl{}.id():
		return Intl(), true
	case gm{}.id():
		return GM(), true
	}
	return Suite{}, false
}

// Name is "intl" or "gm"; "" for the zero Suite.
func (s Suite) Name() string {
	if s.alg == nil {
		return ""
	}
	return s.alg.name()
}

// String is Name.
func (s Suite) String() string { return s.Name() }

// Digest is the suite's hash of data: SHA-256 or SM3.
func (s Suite) Digest(data []byte) [Size]byte { return s.alg.sum(data) }

// NewHash is the suite's hash for data that comes in pieces.
func (s Suite) NewHash() hash.Hash { return s.alg.newHash() }

// The kinds of ciphertext. The first byte of each is kind<<4 | suite; a later
// version of a format takes a new kind.
const (
	kindSealed  = 1 // Key.Seal
	kindPadded  = 2 // Key.SealPadded
	kindWrapped = 3 // Key.Wrap
	kindPublic  = 4 // EncryptKey.Seal
	kindLocked  = 5 // Lock.Seal
)

func header(kind byte, alg algorithms) byte { return kind<<4 | alg.id() }

// mustRead fills b or panics: see the package comment.
func mustRead(rand io.Reader, b []byte) {
	if _, err := io.ReadFull(rand, b); err != nil {
		panic(fmt.Sprintf("suite: the random source failed: %v", err))
	}
}
