// Package passkey checks what an officer's authenticator says (WebAuthn Level
// 3): that a credential was made for this platform, and that an assertion is a
// credential's answer to one exact challenge, given by an officer whom the
// authenticator had verified. Everything is a pure function of bytes and public
// keys, so that the vault judges for itself what the pages pass on.
package passkey

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"github.com/fengcun/fengcun/internal/agency"
)

// The refusals.
var (
	ErrForm       = errors.New("passkey: the authenticator's answer cannot be read")
	ErrSite       = errors.New("passkey: the key was used for another site")
	ErrChallenge  = errors.New("passkey: something else was signed")
	ErrUnverified = errors.New("passkey: the authenticator did not verify its owner")
	ErrSynced     = errors.New("passkey: the key is one that is copied to other devices")
	ErrKey        = errors.New("passkey: the key is of a kind that is not taken here")
	ErrSignature  = errors.New("passkey: the signature is not the key's")
)

// Site is the platform as browsers know it. The zero Site has no passkeys.
type Site struct {
	ID     string // relying party id: the host name
	Origin string // scheme, host and port, as the address line has them
}

// ParseSite takes the address of the pages, "https://fengcun.example". Plain
// http is for localhost alone (Secure Contexts, 3.1); an IP address cannot hold
// passkeys.
func ParseSite(address string) (Site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return Site{}, fmt.Errorf("site %q: want https://HOST, without path", address)
	}
	host := u.Hostname()
	if u.Scheme != "https" && (u.Scheme != "http" || host != "localhost") {
		return Site{}, fmt.Errorf("site %q: browsers give passkeys to https only (and to http://localhost)", address)
	}
	if net.ParseIP(host) != nil {
		return Site{}, fmt.Errorf("site %q: passkeys need a host name, not an address", address)
	}
	return Site{ID: host, Origin: u.Scheme + "://" + u.Host}, nil
}

// IsZero says that there are no passkeys here.
func (s Site) IsZero() bool { return s == Site{} }

// Verify checks an assertion: the key's signature, over this challenge, made
// at this site's own pages and nowhere within another's, by an authenticator
// that had verified its owner (WebAuthn 7.2). It gives the signature counter,
// which is for the caller to compare with the last.
func (s Site) Verify(key *agency.Passkey, challenge []byte, a Assertion) (counter uint32, err error) {
	if s.IsZero() || !bytes.Equal(a.Credential, key.ID) {
		return 0, ErrKey
	}
	if err := usable(key.Public); err != nil {
		return 0, err
	}
	p, err := a.parsed()
	if err != nil {
		return 0, err
	}
	if err := s.made(&p.Response.CollectedClientData, challenge, protocol.AssertCeremony); err != nil {
		return 0, err
	}
	if err := s.owned(&p.Response.AuthenticatorData); err != nil {
		return 0, err
	}
	err = p.Verify(base64.RawURLEncoding.EncodeToString(challenge), s.ID, "", []string{s.Origin}, nil, nil,
		protocol.TopOriginExplicitVerificationMode, false, true, true, key.Public, protocol.SignaturePolicy{})
	if err != nil {
		return 0, ErrSignature
	}
	return p.Response.AuthenticatorData.Counter, nil
}

// made holds what the browser collected against this site. The comparison is
// by byte: a browser writes an origin in one way.
func (s Site) made(c *protocol.CollectedClientData, challenge []byte, ceremony protocol.CeremonyType) error {
	switch {
	case c.Type != ceremony:
		return fmt.Errorf("%w: it is of type %q", ErrForm, c.Type)
	case c.Challenge != base64.RawURLEncoding.EncodeToString(challenge) || len(challenge) < 16:
		return ErrChallenge
	case c.Origin != s.Origin || c.CrossOrigin || c.TopOrigin != "":
		return ErrSite
	}
	return nil
}

// owned holds what the authenticator says against this site: made for it, in
// its owner's presence, the owner known by PIN or body, and the key not one that
// leaves the device (a synced passkey lies in an account elsewhere, and whoever
// gets into that account signs for the officer).
func (s Site) owned(d *protocol.AuthenticatorData) error {
	hash := sha256.Sum256([]byte(s.ID))
	switch {
	case !bytes.Equal(d.RPIDHash, hash[:]):
		return ErrSite
	case !d.Flags.UserPresent() || !d.Flags.UserVerified():
		return ErrUnverified
	case d.Flags.HasBackupEligible():
		return ErrSynced
	}
	return nil
}

// Register checks a new credential (WebAuthn 7.1) that a browser made for a
// challenge, in the JSON form of PublicKeyCredential.toJSON. It gives the
// public half. Which make of authenticator it is, is not judged.
func (s Site) Register(challenge, response []byte) (agency.Passkey, error) {
	if s.IsZero() || len(response) > maxResponse {
		return agency.Passkey{}, ErrForm
	}
	p, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return agency.Passkey{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if err := s.made(&p.Response.CollectedClientData, challenge, protocol.CreateCeremony); err != nil {
		return agency.Passkey{}, err
	}
	data := &p.Response.AttestationObject.AuthData
	if err := s.owned(data); err != nil {
		return agency.Passkey{}, err
	}
	if err := usable(data.AttData.CredentialPublicKey); err != nil {
		return agency.Passkey{}, err
	}
	_, err = p.Verify(base64.RawURLEncoding.EncodeToString(challenge), s.ID, []string{s.Origin}, nil, nil,
		protocol.TopOriginExplicitVerificationMode, false, true, true, nil, algorithms(), protocol.AttestationPolicy{}, protocol.SignaturePolicy{})
	if err != nil {
		return agency.Passkey{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return agency.Passkey{
		ID: data.AttData.CredentialID, Public: data.AttData.CredentialPublicKey, Counter: data.Counter,
	}, nil
}

// algorithms are those asked of a new credential, the preferred first.
func algorithms() []protocol.CredentialParameter {
	return []protocol.CredentialParameter{
		{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
		{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	}
}

// usable refuses a public key that is neither Ed25519 nor a point of P-256.
func usable(cose []byte) error {
	key, err := webauthncose.ParsePublicKey(cose)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	switch k := key.(type) {
	case webauthncose.EC2PublicKeyData:
		if k.Algorithm == int64(webauthncose.AlgES256) && k.Curve == int64(webauthncose.P256) {
			return nil
		}
	case webauthncose.OKPPublicKeyData:
		if k.Algorithm == int64(webauthncose.AlgEdDSA) && k.Curve == int64(webauthncose.Ed25519) {
			return nil
		}
	}
	return fmt.Errorf("%w: want ES256 or EdDSA", ErrKey)
}

// Algorithms are the COSE numbers a page asks a new credential for.
func Algorithms() []int64 {
	var out []int64
	for _, a := range algorithms() {
		out = append(out, int64(a.Algorithm))
	}
	return out
}

// Wording of the JSON that a browser gives is protocol's; only its size is
// bounded here.
const maxResponse = 64 << 10

// ReadAssertion takes an assertion in the JSON form of
// PublicKeyCredential.toJSON.
func ReadAssertion(response []byte) (Assertion, error) {
	if len(response) > maxResponse {
		return Assertion{}, ErrForm
	}
	var r protocol.CredentialAssertionResponse
	if err := json.Unmarshal(response, &r); err != nil {
		return Assertion{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	a := Assertion{
		Credential: r.RawID, AuthenticatorData: r.AssertionResponse.AuthenticatorData,
		ClientData: r.AssertionResponse.ClientDataJSON, Signature: r.AssertionResponse.Signature,
	}
	_, err := a.parsed()
	return a, err
}
