package suite

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

type signer interface {
	sign(rand io.Reader, message []byte) ([]byte, error)
	public() verifier
	bytes() []byte
}

type verifier interface {
	verify(message, signature []byte) bool
	bytes() []byte
}

// SignKey is a private key that signs: an officer's, an agency system's, the
// platform's for certificates, the log's.
type SignKey struct {
	redacted
	m func() *signMaterial
}

type signMaterial struct {
	alg algorithms
	s   signer
}

// VerifyKey is the public half of a SignKey. It marshals as text (String).
type VerifyKey struct {
	alg algorithms
	v   verifier
}

// GenerateSignKey makes a new signing key.
func (s Suite) GenerateSignKey(rand io.Reader) (SignKey, error) {
	k, err := s.alg.generateSigner(rand)
	if err != nil {
		return SignKey{}, fmt.Errorf("suite: make a %s signing key: %w", s.Name(), err)
	}
	return SignKey{m: hide(&signMaterial{s.alg, k})}, nil
}

// IsZero says that there is no key.
func (k SignKey) IsZero() bool { return k.m == nil }

// Suite is the key's suite.
func (k SignKey) Suite() Suite { return Suite{k.m().alg} }

// Public is the key that verifies.
func (k SignKey) Public() VerifyKey { return VerifyKey{k.m().alg, k.m().s.public()} }

// Sign signs the message itself, not a digest. Use Frame with a domain of its
// own for each purpose, so that a signature given for one thing never serves
// for another. Ed25519: 64 bytes (RFC 8032); SM2 with SM3 and the default user
// id: the ASN.1 form of GB/T 35276, about 71 bytes.
func (k SignKey) Sign(rand io.Reader, message []byte) ([]byte, error) {
	if k.IsZero() {
		return nil, errors.New("suite: sign: no key")
	}
	sig, err := k.m().s.sign(rand, message)
	if err != nil {
		return nil, fmt.Errorf("suite: sign: %w", err)
	}
	return sig, nil
}

// IsZero says that there is no key.
func (k VerifyKey) IsZero() bool { return k.v == nil }

// Suite is the key's suite.
func (k VerifyKey) Suite() Suite { return Suite{k.alg} }

// Verify says whether signature is the key's over message. A zero key verifies
// nothing.
func (k VerifyKey) Verify(message, signature []byte) bool {
	return k.v != nil && k.v.verify(message, signature)
}

// Bytes is the public key alone: 32 bytes of Ed25519, 65 of an SM2 point.
func (k VerifyKey) Bytes() []byte { return bytes.Clone(k.v.bytes()) }

// Equal compares suite and key.
func (k VerifyKey) Equal(o VerifyKey) bool {
	if k.v == nil || o.v == nil {
		return k.v == nil && o.v == nil
	}
	return k.alg == o.alg && bytes.Equal(k.v.bytes(), o.v.bytes())
}

// Fingerprint is a short name for the key: 32 hexadecimal digits of the digest
// of its text.
func (k VerifyKey) Fingerprint() string {
	sum := k.alg.sum([]byte(k.String()))
	return hex.EncodeToString(sum[:16])
}

// NoteKey is the key as the C2SP signed-note format wants it: the signature
// type and the public key. Ed25519 is type 1; SM2 has no assigned type, so it
// is 0xff and a name of its own.
func (k VerifyKey) NoteKey() []byte { return append(k.alg.noteType(), k.v.bytes()...) }

// ParseNoteKey undoes NoteKey.
func ParseNoteKey(b []byte) (VerifyKey, error) {
	for _, s := range []Suite{Intl(), GM()} {
		raw, ok := bytes.CutPrefix(bytes.Clone(b), s.alg.noteType())
		if !ok {
			continue
		}
		v, err := s.alg.parseVerifier(raw)
		if err != nil {
			return VerifyKey{}, fmt.Errorf("suite: note key: %w", err)
		}
		return VerifyKey{s.alg, v}, nil
	}
	return VerifyKey{}, errors.New("suite: note key: the signature type is neither Ed25519 nor SM2")
}
