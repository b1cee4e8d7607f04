package agency

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// KeyKind is who guards the private half of a key that is not a passkey.
type KeyKind string

// The kinds of key. Whoever runs the platform holds a software key, so it
// proves nothing beyond a demonstration.
const (
	Machine  KeyKind = ""         // in a file of the officer's own system
	Software KeyKind = "software" // in the program's own files
)

// Passkey is the public half of a WebAuthn credential.
type Passkey struct {
	ID      []byte // credential id, as the authenticator made it
	Public  []byte // COSE_Key (RFC 9052), as the authenticator gave it
	Label   string // the officer's own name for it
	Counter uint32 // the highest signature counter seen
	Added   time.Time
	Used    time.Time // zero: never
	Revoked time.Time // zero: good
}

// Live says that the key has not been revoked.
func (k *Passkey) Live() bool { return k.Revoked.IsZero() }

// Name is the credential id as text: unpadded base64url.
func (k *Passkey) Name() string { return base64.RawURLEncoding.EncodeToString(k.ID) }

const passkeyText = "passkey"

// String is the public half as one word, "passkey.ID.KEY" with both in
// unpadded base64url: for a directory that is kept by hand.
func (k *Passkey) String() string {
	return passkeyText + "." + k.Name() + "." + base64.RawURLEncoding.EncodeToString(k.Public)
}

// ParsePasskey undoes String.
func ParsePasskey(text string) (Passkey, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] != passkeyText {
		return Passkey{}, errors.New("not a passkey: want passkey.ID.KEY, as fengcun account keys --public prints it")
	}
	var k Passkey
	for i, to := range []*[]byte{&k.ID, &k.Public} {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[i+1])
		if err != nil || len(raw) == 0 || base64.RawURLEncoding.EncodeToString(raw) != parts[i+1] {
			return Passkey{}, errors.New("not a passkey: its parts are base64url without padding")
		}
		*to = raw
	}
	return k, nil
}

// Fingerprint is a short name for the public key: 32 hexadecimal digits of its
// SHA-256.
func (k *Passkey) Fingerprint() string {
	sum := sha256.Sum256(k.Public)
	return hex.EncodeToString(sum[:16])
}

// Passkeys are one officer's.
type Passkeys []Passkey

// Find gives the key with a credential id, revoked or not; nil where there is
// none.
func (p Passkeys) Find(id []byte) *Passkey {
	for i := range p {
		if bytes.Equal(p[i].ID, id) {
			return &p[i]
		}
	}
	return nil
}

// Live are those that have not been revoked.
func (p Passkeys) Live() Passkeys {
	var out Passkeys
	for _, k := range p {
		if k.Live() {
			out = append(out, k)
		}
	}
	return out
}
