package grant

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/suite"
)

// Accept says which officers' keys a platform takes beside those of their own
// systems, which it always takes. The zero value takes no others.
type Accept struct {
	Site     passkey.Site // whose passkeys
	Software bool         // keys that the program itself holds: the demonstration alone
}

// Rules are what signed documents are held against.
type Rules struct {
	Accept
	Digest func([]byte) [suite.Size]byte
	Held   *suite.Held // nil verifies every signature anew
}

// Challenge is what a passkey signs for a body: the digest of what another key
// would sign.
func (r Rules) Challenge(body []byte) []byte { return r.ChallengeOf(Message(body)) }

// ChallengeOf is Challenge for a message of any other domain.
func (r Rules) ChallengeOf(message []byte) []byte {
	sum := r.Digest(message)
	return sum[:]
}

// VerifySignature says whether a signature over a message is by one of the
// officer's own keys. An assertion names its passkey; any other signature is by
// the key of the officer's system. Nothing here depends on who passed it on.
func (r Rules) VerifySignature(o *agency.Officer, message, signature []byte) error {
	if passkey.IsAssertion(signature) {
		return r.verifyAssertion(o, message, signature)
	}
	if o.KeyKind == agency.Software && !r.Software {
		return ErrSoftware
	}
	key, err := suite.ParseVerifyKey(o.VerifyKey)
	if err != nil || !r.Held.Verify(key, message, signature) {
		return ErrSignature
	}
	return nil
}

func (r Rules) verifyAssertion(o *agency.Officer, message, signature []byte) error {
	a, err := passkey.ParseAssertion(signature)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	key := o.Passkeys.Find(a.Credential)
	switch {
	case key == nil:
		return ErrSignature
	case !key.Live():
		return ErrRevoked
	}
	return r.Held.Check(func() error {
		if _, err := r.Site.Verify(key, r.ChallengeOf(message), a); err != nil {
			return fmt.Errorf("%w: %w", ErrSignature, err)
		}
		return nil
	}, "passkey", []byte(r.Site.ID), []byte(r.Site.Origin), key.ID, key.Public, message, signature)
}
