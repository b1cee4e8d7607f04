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
	if smallOrder(raw) {
		return nil, errors.New("the Ed25519 public key is of small order: anybody can sign for it")
	}
	return edVerifier{raw}, nil
}

// smallOrder says whether an encoded point is one of the eight whose order
// divides eight, in any of their encodings. Signatures of such a key can be
// made by everybody, so its owner could deny all of them.
func smallOrder(point []byte) bool {
	y := bytes.Clone(point)
	y[31] &= 0x7f // the sign of x
	for _, low := range smallOrderY {
		if bytes.Equal(y, []byte(low)) {
			return true
		}
	}
	return false
}

// smallOrderY are the y coordinates of those points, little-endian: 0, 1, the
// two of order eight, p-1, and p and p+1 for 0 and 1.
var smallOrderY = []string{
	"\x00" + zeroes30 + "\x00",
	"\x01" + zeroes30 + "\x00",
	"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
	"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
	"\xec" + ones30 + "\x7f",
	"\xed" + ones30 + "\x7f",
	"\xee" + ones30 + "\x7f",
}

const (
	zeroes30 = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	ones30   = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
)

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
