package suite

import (
	"crypto/cipher"
	"crypto/ecdsa"
	"errors"
	"hash"
	"io"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// gm is SM2 (GB/T 32918), SM3 (GB/T 32905) and SM4 (GB/T 32907) in GCM.
type gm struct{}

const (
	sm4KeySize   = 16
	sm2PointSize = 65
	// an SM2 ciphertext of an SM4 key: point, digest, masked key (C1 C3 C2)
	sm2WrapSize = sm2PointSize + sm3.Size + sm4KeySize
)

func (gm) name() string { return NameGM }
func (gm) id() byte     { return 2 }
func (gm) keySize() int { return sm4KeySize }

func (gm) newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (gm) newHash() hash.Hash         { return sm3.New() }
func (gm) sum(data []byte) [Size]byte { return sm3.Sum(data) }
func (gm) noteType() []byte           { return append([]byte{0xff}, "fengcun/sm2-sm3\n"...) }

type sm2Signer struct{ key *sm2.PrivateKey }

type sm2Verifier struct {
	key *ecdsa.PublicKey
	raw []byte
}

func (gm) generateSigner(rand io.Reader) (signer, error) {
	key, err := generateSM2(rand)
	if err != nil {
		return nil, err
	}
	return sm2Signer{key}, nil
}

// generateSM2 reads its scalar itself, so that a fixed source gives a fixed
// key: the library's generator reads a varying number of bytes.
func generateSM2(rand io.Reader) (*sm2.PrivateKey, error) {
	raw := make([]byte, 32)
	for {
		if _, err := io.ReadFull(rand, raw); err != nil {
			return nil, err
		}
		// A scalar outside [1, n-2] has a chance of 2^-32; draw again.
		if key, err := sm2.NewPrivateKey(raw); err == nil {
			return key, nil
		}
	}
}

func (gm) parseSigner(raw []byte) (signer, error) {
	key, err := sm2.NewPrivateKey(raw)
	if err != nil {
		return nil, err
	}
	return sm2Signer{key}, nil
}

func (gm) parseVerifier(raw []byte) (verifier, error) {
	key, err := sm2.NewPublicKey(raw)
	if err != nil {
		return nil, err
	}
	return sm2Verifier{key, raw}, nil
}

func (s sm2Signer) sign(rand io.Reader, message []byte) ([]byte, error) {
	return s.key.Sign(rand, message, sm2.DefaultSM2SignerOpts)
}

func (s sm2Signer) public() verifier {
	return sm2Verifier{&s.key.PublicKey, sm2Point(&s.key.PublicKey)}
}
func (s sm2Signer) bytes() []byte { return s.key.D.FillBytes(make([]byte, 32)) }

func (v sm2Verifier) verify(message, signature []byte) bool {
	return sm2.VerifyASN1WithSM2(v.key, nil, message, signature)
}
func (v sm2Verifier) bytes() []byte { return v.raw }

// sm2Point is the uncompressed form of GB/T 32918.1: 4, x, y.
func sm2Point(key *ecdsa.PublicKey) []byte {
	point, err := sm2.PublicKeyToECDH(key)
	if err != nil {
		panic(err) // every key here was parsed or made on the curve
	}
	return point.Bytes()
}

type sm2Decrypter struct{ key *sm2.PrivateKey }

type sm2Encrypter struct {
	key *ecdsa.PublicKey
	raw []byte
}

func (gm) generateDecrypter(rand io.Reader) (decrypter, error) {
	key, err := generateSM2(rand)
	if err != nil {
		return nil, err
	}
	return sm2Decrypter{key}, nil
}

func (gm) parseDecrypter(raw []byte) (decrypter, error) {
	key, err := sm2.NewPrivateKey(raw)
	if err != nil {
		return nil, err
	}
	return sm2Decrypter{key}, nil
}

func (gm) parseEncrypter(raw []byte) (encrypter, error) {
	key, err := sm2.NewPublicKey(raw)
	if err != nil {
		return nil, err
	}
	return sm2Encrypter{key, raw}, nil
}

func (e sm2Encrypter) seal(rand io.Reader, plaintext, bound []byte) ([]byte, error) {
	data := GM().NewKey(rand)
	wrapped, err := sm2.Encrypt(rand, e.key, data.m().raw,
		sm2.NewPlainEncrypterOpts(sm2.MarshalUncompressed, sm2.C1C3C2))
	if err != nil {
		return nil, err
	}
	return append(wrapped, data.Seal(rand, plaintext, Frame("sm2", wrapped, bound))...), nil
}
func (e sm2Encrypter) bytes() []byte { return e.raw }

func (d sm2Decrypter) open(ciphertext, bound []byte) ([]byte, error) {
	if len(ciphertext) < sm2WrapSize || ciphertext[0] != 4 {
		return nil, errors.New("not an SM2 ciphertext")
	}
	wrapped := ciphertext[:sm2WrapSize]
	raw, err := d.key.Decrypt(nil, wrapped, sm2.NewPlainDecrypterOpts(sm2.C1C3C2))
	if err != nil {
		return nil, err
	}
	data, err := newKey(gm{}, raw)
	if err != nil {
		return nil, err
	}
	return data.Open(ciphertext[sm2WrapSize:], Frame("sm2", wrapped, bound))
}

func (d sm2Decrypter) public() encrypter {
	return sm2Encrypter{&d.key.PublicKey, sm2Point(&d.key.PublicKey)}
}
func (d sm2Decrypter) bytes() []byte { return d.key.D.FillBytes(make([]byte, 32)) }
