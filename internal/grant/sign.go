package grant

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/fengcun/fengcun/internal/suite"
)

// Message is what an officer's key signs for a body: it can be taken for
// nothing else that the key may sign.
func Message(body []byte) []byte { return suite.Frame("fengcun/grant/1", body) }

// Document is what officers sign.
type Document interface {
	*Request | *Approval | *Ruling | *NewKey
}

// Encode gives the bytes that are signed.
func Encode[T Document](v T) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding for signature: %w", err)
	}
	return body, nil
}

// Sign encodes a document and signs it with the officer's key.
func Sign[T Document](rand io.Reader, key suite.SignKey, v T) (Signed, error) {
	body, err := Encode(v)
	if err != nil {
		return Signed{}, err
	}
	sig, err := key.Sign(rand, Message(body))
	if err != nil {
		return Signed{}, fmt.Errorf("signing: %w", err)
	}
	return Signed{Body: body, Signature: sig}, nil
}

// ReadRequest decodes a request without judging it.
func ReadRequest(body []byte) (*Request, error) {
	var r Request
	return &r, strictly(body, &r)
}

// ReadApproval decodes an approval without judging it.
func ReadApproval(body []byte) (*Approval, error) {
	var a Approval
	return &a, strictly(body, &a)
}

func strictly(body []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", ErrIncomplete, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: something follows the end", ErrIncomplete)
	}
	return nil
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// DigestHex is a digest as approvals cite it.
func DigestHex(sum [suite.Size]byte) string { return hexOf(sum[:]) }
