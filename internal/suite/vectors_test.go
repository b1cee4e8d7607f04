package suite

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
)

// unhex reads hexadecimal with white space in it.
func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestDigestVectors(t *testing.T) {
	for _, tt := range []struct {
		s        Suite
		in, want string
		source   string
	}{
		{Intl(), "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "FIPS 180-4"},
		{GM(), "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", "GB/T 32905 A.1"},
		{GM(), strings.Repeat("abcd", 16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732", "GB/T 32905 A.2"},
	} {
		got := tt.s.Digest([]byte(tt.in))
		if hex.EncodeToString(got[:]) != tt.want {
			t.Errorf("%s: %x, want %s", tt.source, got, tt.want)
		}
		h := tt.s.NewHash()
		h.Write([]byte(tt.in))
		if !bytes.Equal(h.Sum(nil), got[:]) {
			t.Errorf("%s: NewHash differs from Digest", tt.source)
		}
	}
}

// TestMACVector is RFC 4231, case 2; the index adds our framing to it.
func TestMACVector(t *testing.T) {
	h := hmac.New(intl{}.newHash, []byte("Jefe"))
	h.Write([]byte("what do ya want for nothing?"))
	if got := hex.EncodeToString(h.Sum(nil)); got != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Errorf("HMAC = %s", got)
	}
}

func TestSM4Vector(t *testing.T) { // GB/T 32907, A.1
	key := unhex(t, "0123456789abcdeffedcba9876543210")
	block, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 16)
	block.Encrypt(got, key)
	if hex.EncodeToString(got) != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("SM4 = %x", got)
	}
}

func TestAEADVectors(t *testing.T) {
	for _, tt := range []struct {
		name                         string
		alg                          algorithms
		key, nonce, plain, aad, want string
	}{
		{
			"GCM specification, case 14",
			intl{},
			strings.Repeat("00", 32), strings.Repeat("00", 12), strings.Repeat("00", 16), "",
			"cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919",
		},
		{
			"RFC 8998, A.1",
			gm{},
			"0123456789abcdeffedcba9876543210", "00001234567800000000abcd",
			`aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd
			 eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa`,
			"feedfacedeadbeeffeedfacedeadbeefabaddad2",
			`17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735
			 d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d
			 83de3541e4c2b58177e065a9bf7b62ec`,
		},
	} {
		aead, err := tt.alg.newAEAD(unhex(t, tt.key))
		if err != nil {
			t.Fatal(err)
		}
		got := aead.Seal(nil, unhex(t, tt.nonce), unhex(t, tt.plain), unhex(t, tt.aad))
		if !bytes.Equal(got, unhex(t, tt.want)) {
			t.Errorf("%s: %x", tt.name, got)
		}
	}
}

func TestEd25519Vectors(t *testing.T) { // RFC 8032, 7.1, tests 1 and 2
	for _, tt := range []struct{ seed, public, message, signature string }{
		{
			"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
			`e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
			 5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b`,
		},
		{
			"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
			`92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
			 085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00`,
		},
	} {
		s, err := intl{}.parseSigner(unhex(t, tt.seed))
		if err != nil {
			t.Fatal(err)
		}
		k := SignKey{m: hide(&signMaterial{intl{}, s})}
		if !bytes.Equal(k.Public().Bytes(), unhex(t, tt.public)) {
			t.Errorf("public key %x", k.Public().Bytes())
		}
		sig, err := k.Sign(nil, unhex(t, tt.message))
		if err != nil || !bytes.Equal(sig, unhex(t, tt.signature)) {
			t.Errorf("signature %x, %v", sig, err)
		}
	}
}

// The key pair of the examples in GB/T 32918.5.
const (
	sm2Private = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
	sm2Public  = `04 09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020
	                 ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13`
)

func TestSM2SignatureVector(t *testing.T) { // GB/T 32918.5, A.2
	v, err := gm{}.parseVerifier(unhex(t, sm2Public))
	if err != nil {
		t.Fatal(err)
	}
	s, err := gm{}.parseSigner(unhex(t, sm2Private))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.public().bytes(), v.bytes()) {
		t.Error("the private key has another public key")
	}
	r := unhex(t, "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3")
	second := unhex(t, "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")
	// Both begin with a set bit, so each takes a zero byte in DER.
	der := append([]byte{0x30, 70, 2, 33, 0}, r...)
	der = append(append(der, 2, 33, 0), second...)
	if !v.verify([]byte("message digest"), der) {
		t.Error("the standard's signature is refused")
	}
	if v.verify([]byte("message digesT"), der) {
		t.Error("the standard's signature serves another message")
	}
}

func TestSM2EncryptionVector(t *testing.T) { // GB/T 32918.5, C.2
	key, err := sm2.NewPrivateKey(unhex(t, sm2Private))
	if err != nil {
		t.Fatal(err)
	}
	got, err := key.Decrypt(nil, unhex(t, `
		04 04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73
		   e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0
		59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766
		21886ca989ca9c7d58087307ca93092d651efa`), sm2.NewPlainDecrypterOpts(sm2.C1C3C2))
	if err != nil || string(got) != "encryption standard" {
		t.Errorf("Decrypt = %q, %v", got, err)
	}
}
