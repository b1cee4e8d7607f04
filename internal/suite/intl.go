package suite

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
)

// intl is Ed25519 (RFC 8032), SHA-256 and AES-256-GCM (FIPS 180-4, SP
// 800-38D), HPKE (RFC 9180).
type intl struct{}

// hpkeInfo separates our use of a recipient's key from any other.
const hpkeInfo = "fengcun/suite/1"

const hpkeEncSize = 32

func (intl) name() string { return NameIntl }
func (intl) id() byte     { return 1 }
func (intl) keySize() int { return 32 }

func (intl) newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (intl) newHash() hash.Hash         { return sha256.New() }
func (intl) sum(data []byte) [Size]byte { return sha256.Sum256(data) }
func (intl) noteType() []byte           { return []byte{0x01} }

type edSigner struct{ key ed25519.PrivateKey }

type edVerifier struct{ key ed25519.PublicKey }

func (a intl) generateSigner(rand io.Reader) (signer, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, err
	}
	return a.parseSigner(seed)
}

func (intl) parseSigner(raw []byte) (signer, error) {
	if len(raw) != ed25519.SeedSize {
		return nil, fmt.Errorf("an Ed25519 seed has %d bytes, not %d", ed25519.SeedSize, len(raw))
	}
	return edSigner{ed25519.NewKeyFromSeed(raw)}, nil
}

func (intl) parseVerifier(raw []byte) (verifier, error) {
	if len(raw) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("an Ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, len(raw))
	}
	return edVerifier{raw}, nil
}

func (s edSigner) sign(_ io.Reader, message []byte) ([]byte, error) {
	return ed25519.Sign(s.key, message), nil
}

func (s edSigner) public() verifier {
	return edVerifier{ed25519.PublicKey(s.key[ed25519.SeedSize:])}
}
func (s edSigner) bytes() []byte { return s.key.Seed() }

func (v edVerifier) verify(message, signature []byte) bool {
	return ed25519.Verify(v.key, message, signature)
}
func (v edVerifier) bytes() []byte { return v.key }

type hpkeDecrypter struct{ key hpke.PrivateKey }

type hpkeEncrypter struct{ key hpke.PublicKey }

func (a intl) generateDecrypter(rand io.Reader) (decrypter, error) {
	ikm := make([]byte, 32)
	if _, err := io.ReadFull(rand, ikm); err != nil {
		return nil, err
	}
	key, err := hpke.DHKEM(ecdh.X25519()).DeriveKeyPair(ikm)
	if err != nil {
		return nil, err
	}
	return hpkeDecrypter{key}, nil
}

func (intl) parseDecrypter(raw []byte) (decrypter, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(raw)
	if err != nil {
		return nil, err
	}
	d := hpkeDecrypter{key}
	if !bytes.Equal(d.bytes(), raw) {
		return nil, errors.New("an X25519 key must be clamped as RFC 7748 says")
	}
	return d, nil
}

func (intl) parseEncrypter(raw []byte) (encrypter, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(raw)
	if err != nil {
		return nil, err
	}
	return hpkeEncrypter{key}, nil
}

func (e hpkeEncrypter) seal(_ io.Reader, plaintext, bound []byte) ([]byte, error) {
	enc, sender, err := hpke.NewSender(e.key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(hpkeInfo))
	if err != nil {
		return nil, err
	}
	ct, err := sender.Seal(bound, plaintext)
	if err != nil {
		return nil, err
	}
	return append(enc, ct...), nil
}
func (e hpkeEncrypter) bytes() []byte { return e.key.Bytes() }

func (d hpkeDecrypter) open(ciphertext, bound []byte) ([]byte, error) {
	if len(ciphertext) < hpkeEncSize {
		return nil, errors.New("too short")
	}
	r, err := hpke.NewRecipient(ciphertext[:hpkeEncSize], d.key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(hpkeInfo))
	if err != nil {
		return nil, err
	}
	return r.Open(bound, ciphertext[hpkeEncSize:])
}

func (d hpkeDecrypter) public() encrypter { return hpkeEncrypter{d.key.PublicKey()} }

func (d hpkeDecrypter) bytes() []byte {
	raw, err := d.key.Bytes()
	if err != nil {
		panic(err) // an X25519 key in memory always serialises
	}
	return raw
}
