package grant

import (
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
)

// NewKey is an officer's word, signed with a key of theirs that is known, that
// another passkey is theirs too.
type NewKey struct {
	Officer    string    `json:"officer"`
	Agency     string    `json:"agency"`
	Credential []byte    `json:"credential"`
	Public     []byte    `json:"public"` // COSE_Key
	Label      string    `json:"label"`
	At         time.Time `json:"at"`
}

// VerifyNewKey checks the word on a further passkey and gives the key. Any duty
// may have keys.
func (r Rules) VerifyNewKey(s Signed, dir Officers, now time.Time) (*NewKey, *agency.Passkey, error) {
	var v NewKey
	if err := strictly(s.Body, &v); err != nil {
		return nil, nil, err
	}
	switch {
	case v.Officer == "" || len(v.Credential) == 0 || len(v.Public) == 0:
		return nil, nil, fmt.Errorf("%w: officer and key", ErrIncomplete)
	case now.Sub(v.At) > MaxRuling || early(v.At, now):
		return nil, nil, ErrExpired
	}
	if err := r.signedBy(s, dir, v.Officer, v.Agency, agency.Duties()...); err != nil {
		return nil, nil, err
	}
	return &v, &agency.Passkey{ID: v.Credential, Public: v.Public, Label: v.Label, Added: now}, nil
}

// ReadNewKey decodes the word on a further passkey without judging it.
func ReadNewKey(body []byte) (*NewKey, error) {
	var v NewKey
	return &v, strictly(body, &v)
}
