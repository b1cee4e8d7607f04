// Package passkeytest is an authenticator in software for tests: it makes
// credentials and assertions as a browser hands them on, right by default and
// wrong in whatever way a test asks for.
package passkeytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/fengcun/fengcun/internal/grant/passkey"
)

// Key is a credential with its private half.
type Key struct {
	ID      []byte
	Public  []byte // COSE_Key
	Counter uint32

	tb   testing.TB
	sign crypto.Signer
}

// Answer is what an authenticator and its browser put together; a test changes
// it before it is signed.
type Answer struct {
	Site      passkey.Site
	Type      string // webauthn.get, webauthn.create
	Challenge []byte
	Cross     bool // the page lay in another site's frame
	Flags     byte
	Counter   uint32
}

// The flags of authenticator data (WebAuthn 6.1).
const (
	Present  byte = 1 << 0
	Verified byte = 1 << 2
	Synced   byte = 1 << 3 // backup eligible
	attested byte = 1 << 6
)

// ES256 makes a key on P-256.
func ES256(tb testing.TB) *Key {
	tb.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	point, err := k.PublicKey.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	return newKey(tb, k, map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
}

// EdDSA makes an Ed25519 key.
func EdDSA(tb testing.TB) *Key {
	tb.Helper()
	public, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return newKey(tb, k, map[int]any{1: 1, 3: -8, -1: 6, -2: []byte(public)})
}

func newKey(tb testing.TB, sign crypto.Signer, cose map[int]any) *Key {
	tb.Helper()
	k := &Key{ID: make([]byte, 32), tb: tb, sign: sign}
	if _, err := rand.Read(k.ID); err != nil {
		tb.Fatal(err)
	}
	var err error
	if k.Public, err = webauthncbor.Marshal(cose); err != nil {
		tb.Fatal(err)
	}
	return k
}

// Assert answers a challenge at a site; each change spoils the answer first.
func (k *Key) Assert(site passkey.Site, challenge []byte, change ...func(*Answer)) passkey.Assertion {
	k.tb.Helper()
	k.Counter++
	a := Answer{Site: site, Type: "webauthn.get", Challenge: challenge, Flags: Present | Verified, Counter: k.Counter}
	for _, c := range change {
		c(&a)
	}
	data, client := a.data(), k.client(&a)
	return passkey.Assertion{
		Credential: k.ID, AuthenticatorData: data, ClientData: client, Signature: k.signature(data, client),
	}
}

func (k *Key) signature(data, client []byte) []byte {
	k.tb.Helper()
	hash := sha256.Sum256(client)
	message, opts := append(data[:len(data):len(data)], hash[:]...), crypto.Hash(0)
	if _, ok := k.sign.(*ecdsa.PrivateKey); ok {
		sum := sha256.Sum256(message)
		message, opts = sum[:], crypto.SHA256
	}
	sig, err := k.sign.Sign(rand.Reader, message, opts)
	if err != nil {
		k.tb.Fatal(err)
	}
	return sig
}

func (a *Answer) data() []byte {
	hash := sha256.Sum256([]byte(a.Site.ID))
	return binary.BigEndian.AppendUint32(append(hash[:], a.Flags), a.Counter)
}

func (k *Key) client(a *Answer) []byte {
	return k.json(map[string]any{"type": a.Type, "challenge": text(a.Challenge), "origin": a.Site.Origin, "crossOrigin": a.Cross})
}

func (k *Key) json(v any) []byte {
	k.tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		k.tb.Fatal(err)
	}
	return b
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// JSON is an assertion as PublicKeyCredential.toJSON gives it.
func (k *Key) JSON(a passkey.Assertion) []byte {
	return k.json(map[string]any{
		"id": text(a.Credential), "rawId": text(a.Credential), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{
			"authenticatorData": text(a.AuthenticatorData), "clientDataJSON": text(a.ClientData), "signature": text(a.Signature),
		},
	})
}

// Create is a new credential's registration as PublicKeyCredential.toJSON
// gives it, without attestation.
func (k *Key) Create(site passkey.Site, challenge []byte, change ...func(*Answer)) []byte {
	k.tb.Helper()
	a := Answer{Site: site, Type: "webauthn.create", Challenge: challenge, Flags: Present | Verified}
	for _, c := range change {
		c(&a)
	}
	a.Flags |= attested
	data := append(a.data(), make([]byte, 16)...) // of no known make
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.ID)))
	data = append(append(data, k.ID...), k.Public...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		k.tb.Fatal(err)
	}
	return k.json(map[string]any{
		"id": text(k.ID), "rawId": text(k.ID), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"attestationObject": text(object), "clientDataJSON": text(k.client(&a))},
	})
}
