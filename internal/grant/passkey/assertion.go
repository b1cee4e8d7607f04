package passkey

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/go-webauthn/webauthn/protocol"
)

// Assertion is an authenticator's answer to a challenge, as it was given: all
// that anybody needs, beside the public key, to verify it again.
type Assertion struct {
	Credential        []byte `json:"credential"`         // id of the key
	AuthenticatorData []byte `json:"authenticator_data"` // WebAuthn 6.1
	ClientData        []byte `json:"client_data"`        // JSON as the browser wrote it, which is what is hashed
	Signature         []byte `json:"signature"`          // over both
}

// mark begins an assertion where the signature of another kind of key might
// stand too: no Ed25519 or SM2 signature begins so.
const mark = "fengcun/passkey/1\n"

const (
	maxAssertion = 16 << 10
	counterAt    = 33 // after the hash of the site's id, 32 bytes, and the flags
	counterEnd   = 37
)

// Bytes is the assertion as it is kept in place of a signature.
func (a Assertion) Bytes() []byte {
	b, err := json.Marshal(a)
	if err != nil {
		panic(err) // byte slices always encode
	}
	return append([]byte(mark), b...)
}

// IsAssertion says that a signature is an assertion by its mark.
func IsAssertion(signature []byte) bool { return bytes.HasPrefix(signature, []byte(mark)) }

// ParseAssertion undoes Bytes; any other spelling of the same is refused.
func ParseAssertion(signature []byte) (Assertion, error) {
	var a Assertion
	rest, ok := bytes.CutPrefix(signature, []byte(mark))
	if !ok || len(signature) > maxAssertion {
		return a, ErrForm
	}
	d := json.NewDecoder(bytes.NewReader(rest))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return a, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if _, err := d.Token(); err != io.EOF || !bytes.Equal(a.Bytes(), signature) {
		return a, ErrForm
	}
	_, err := a.parsed()
	return a, err
}

// Counter is the signature counter that the assertion carries; it is believed
// only once Verify has.
func (a Assertion) Counter() uint32 {
	if len(a.AuthenticatorData) < counterEnd {
		return 0
	}
	return binary.BigEndian.Uint32(a.AuthenticatorData[counterAt:counterEnd])
}

func (a Assertion) parsed() (*protocol.ParsedCredentialAssertionData, error) {
	if len(a.Credential) == 0 || len(a.AuthenticatorData) < counterEnd || len(a.Signature) == 0 {
		return nil, ErrForm
	}
	r := protocol.CredentialAssertionResponse{
		PublicKeyCredential: protocol.PublicKeyCredential{
			Credential: protocol.Credential{
				ID: base64.RawURLEncoding.EncodeToString(a.Credential), Type: string(protocol.PublicKeyCredentialType),
			},
			RawID: a.Credential,
		},
		AssertionResponse: protocol.AuthenticatorAssertionResponse{
			AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: a.ClientData},
			AuthenticatorData:     a.AuthenticatorData,
			Signature:             a.Signature,
		},
	}
	p, err := r.Parse()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	return p, nil
}
