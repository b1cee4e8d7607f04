package registry

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// The officers' passkeys. An administrator hands out a code; the officer's own
// authenticator makes the key, and its private half never leaves it. Once an
// officer has a key, only that key lets another in: an administrator who wants
// to bring in a key of their own has to revoke the officer's first, which the
// officer notices and the trail keeps.

const (
	// EnrolmentLife is how long a code can be used.
	EnrolmentLife = 24 * time.Hour
	// MaxPasskeys is how many good keys an officer may have at a time.
	MaxPasskeys = 4
	codeBytes   = 20
	maxLabel    = 40
)

// ErrKeys says that the officer has as many passkeys as may be, or, where a
// code was asked for, that the officer has one and can add others alone.
var ErrKeys = errors.New("the officer has passkeys: another is added with one of them, or they are revoked first")

// ErrEnrolment says that a code is wrong, used or too old.
var ErrEnrolment = errors.New("the code is wrong, used or too old")

// Rules are what signed documents are held against here.
func (r *Registry) Rules() grant.Rules { return r.rules }

// IssueEnrolment makes a one-time code with which an officer without a passkey
// enrols the first. Codes given out before are void. The platform keeps a
// digest of it.
func (r *Registry) IssueEnrolment(ctx context.Context, officerID string, now time.Time) (code string, err error) {
	if r.rules.Site.IsZero() {
		return "", fmt.Errorf("%w: this platform has no site, so no passkeys", ErrInput)
	}
	if now, err = r.at(ctx, now); err != nil {
		return "", err
	}
	raw := make([]byte, codeBytes)
	if _, err := io.ReadFull(r.rand, raw); err != nil {
		return "", fmt.Errorf("drawing a code: %w", err)
	}
	code = base32.StdEncoding.EncodeToString(raw)
	return grouped(code), r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := tx.Officer(officerID)
		if err != nil {
			return err
		}
		if len(o.Passkeys.Live()) > 0 {
			return ErrKeys
		}
		if err := tx.AddEnrolment(r.codeHash(code), o.ID, now, now.Add(EnrolmentLife)); err != nil {
			return err
		}
		return j.officer("officer.enrolment", "platform", o, nil, now)
	})
}

func grouped(code string) string {
	var parts []string
	for ; len(code) > 4; code = code[4:] {
		parts = append(parts, code[:4])
	}
	return strings.Join(append(parts, code), "-")
}

func (r *Registry) codeHash(code string) []byte {
	code = strings.ToUpper(strings.Map(func(c rune) rune {
		if c == '-' || c == ' ' {
			return -1
		}
		return c
	}, code))
	sum := r.suite.Digest(suite.Frame("fengcun/enrolment/1", []byte(code)))
	return sum[:]
}

// officer records what happened to an officer's keys.
func (j *journal) officer(kind, actor string, o *agency.Officer, k *agency.Passkey, now time.Time) error {
	e := trail.Entry{Kind: kind, At: now, Actor: actor, Agency: o.Agency, Detail: map[string]string{"officer": o.ID}}
	if k != nil {
		e.Detail["key"] = k.Fingerprint()
	}
	_, err := j.add(e, nil)
	return err
}

// Enrolling is the officer whom a code lets enrol, or ErrEnrolment.
func (r *Registry) Enrolling(ctx context.Context, code string, now time.Time) (o *agency.Officer, err error) {
	if now, err = r.at(ctx, now); err != nil {
		return nil, err
	}
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		id, err := tx.Enrolment(r.codeHash(code), now)
		if err != nil {
			return err
		}
		o, err = tx.Officer(id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrEnrolment
	}
	return o, err
}

// Challenges of the ceremonies that sign no document; nonce is random and good
// once.
func enrolChallenge(rules grant.Rules, nonce []byte) []byte {
	return rules.ChallengeOf(suite.Frame("fengcun/enrol/1", nonce))
}

func signInMessage(nonce []byte) []byte { return suite.Frame("fengcun/sign-in/1", nonce) }

// EnrolChallenge is what a new credential is made for.
func (r *Registry) EnrolChallenge(nonce []byte) []byte { return enrolChallenge(r.rules, nonce) }

// SignInChallenge is what a passkey signs to sign its officer in.
func (r *Registry) SignInChallenge(nonce []byte) []byte {
	return r.rules.ChallengeOf(signInMessage(nonce))
}

// EnrolPasskey uses up a code and takes the first passkey of its officer; response is
// what the browser says of the new credential.
func (r *Registry) EnrolPasskey(ctx context.Context, code string, nonce, response []byte, label string, now time.Time) (officerID string, k agency.Passkey, err error) {
	if now, err = r.at(ctx, now); err != nil {
		return "", k, err
	}
	if k, err = r.newPasskey(nonce, response, label, now); err != nil {
		return "", k, err
	}
	hash := r.codeHash(code)
	return officerID, k, r.write(ctx, func(tx *store.Tx, j *journal) error {
		if officerID, err = tx.Enrolment(hash, now); err != nil {
			return ErrEnrolment
		}
		if err := tx.CloseEnrolment(hash, now); err != nil {
			return ErrEnrolment
		}
		o, err := tx.Officer(officerID)
		if err != nil {
			return err
		}
		if len(o.Passkeys.Live()) > 0 {
			return ErrKeys
		}
		if err := tx.AddPasskey(o.ID, &k); err != nil {
			return err
		}
		return j.officer("officer.key-add", o.ID, o, &k, now)
	})
}

func (r *Registry) newPasskey(nonce, response []byte, label string, now time.Time) (agency.Passkey, error) {
	k, err := r.rules.Site.Register(r.EnrolChallenge(nonce), response)
	if err != nil {
		return k, fmt.Errorf("%w: %w", grant.ErrSignature, err)
	}
	if k.Label = strings.TrimSpace(label); len([]rune(k.Label)) > maxLabel {
		return k, fmt.Errorf("%w: label: at most %d characters", ErrInput, maxLabel)
	}
	k.Added = now
	return k, nil
}

// PrepareKey gives the bytes that an officer signs with a key they have, so that
// the credential their browser has just made counts as theirs too.
func (r *Registry) PrepareKey(ctx context.Context, by string, nonce, response []byte, label string, now time.Time) (body []byte, err error) {
	if now, err = r.at(ctx, now); err != nil {
		return nil, err
	}
	k, err := r.newPasskey(nonce, response, label, now)
	if err != nil {
		return nil, err
	}
	o, _, err := r.Officer(ctx, by)
	if err != nil {
		return nil, err
	}
	if n := len(o.Passkeys.Live()); n == 0 || n >= MaxPasskeys {
		return nil, ErrKeys
	}
	return grant.Encode(&grant.NewKey{Officer: o.ID, Agency: o.Agency, Credential: k.ID, Public: k.Public, Label: k.Label, At: now})
}

// AddPasskey takes a further passkey on the word of one that its officer has.
func (r *Registry) AddPasskey(ctx context.Context, signed grant.Signed, now time.Time) error {
	now, err := r.at(ctx, now)
	if err != nil {
		return err
	}
	var officerID string
	err = r.write(ctx, func(tx *store.Tx, j *journal) error {
		word, k, err := r.rules.VerifyNewKey(signed, tx, now)
		if err != nil {
			return err
		}
		officerID = word.Officer
		if !passkey.IsAssertion(signed.Signature) {
			return grant.ErrSignature // a file's key vouches for no passkey
		}
		if err := noteUse(tx, word.Officer, signed.Signature, now); err != nil {
			return err
		}
		o, err := tx.Officer(word.Officer)
		if err != nil {
			return err
		}
		if len(o.Passkeys.Live()) >= MaxPasskeys {
			return ErrKeys
		}
		if err := tx.AddPasskey(o.ID, k); err != nil {
			return err
		}
		return j.officer("officer.key-add", o.ID, o, k, now)
	})
	return r.suspect(ctx, officerID, signed.Signature, err, now)
}

// RevokePasskey ends a key's use at once: what it signed and has not been
// opened opens nothing any more. by is the officer, or "platform" for an
// administrator; name is the key's Name.
func (r *Registry) RevokePasskey(ctx context.Context, by, officerID, name string, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := tx.Officer(officerID)
		if err != nil {
			return err
		}
		for _, k := range o.Passkeys.Live() {
			if k.Name() != name {
				continue
			}
			if err := tx.RevokePasskey(o.ID, k.ID, now); err != nil {
				return err
			}
			return j.officer("officer.key-revoke", by, o, &k, now)
		}
		return ErrNotFound
	})
}

// SignInByPasskey gives the officer whose passkey answered a nonce.
func (r *Registry) SignInByPasskey(ctx context.Context, nonce, response []byte, now time.Time) (officerID string, err error) {
	a, err := passkey.ReadAssertion(response)
	if err != nil {
		return "", ErrSignIn
	}
	if now, err = r.at(ctx, now); err != nil {
		return "", err
	}
	signature := a.Bytes()
	err = r.write(ctx, func(tx *store.Tx, j *journal) error {
		if officerID, err = tx.PasskeyOwner(a.Credential); err != nil {
			return ErrSignIn
		}
		o, err := tx.Officer(officerID)
		if err != nil {
			return err
		}
		if err := r.rules.VerifySignature(o, signInMessage(nonce), signature); err != nil {
			return fmt.Errorf("%w: %w", ErrSignIn, err)
		}
		if err := noteUse(tx, o.ID, signature, now); err != nil {
			return err
		}
		return j.officer("officer.sign-in", o.ID, o, o.Passkeys.Find(a.Credential), now)
	})
	return officerID, r.suspect(ctx, officerID, signature, err, now)
}

// noteUse notes the counter of a passkey that a verified signature is by. Of
// two copies of a key the one that lags behind is refused.
func noteUse(tx *store.Tx, officerID string, signature []byte, now time.Time) error {
	if !passkey.IsAssertion(signature) {
		return nil
	}
	a, err := passkey.ParseAssertion(signature)
	if err != nil {
		return err
	}
	if err := tx.UsePasskey(officerID, a.Credential, a.Counter(), now); errors.Is(err, store.ErrStale) {
		return grant.ErrCounter
	} else if err != nil {
		return err
	}
	return nil
}

// suspect leaves word in the trail of a key that may have been copied, and
// gives the error on.
func (r *Registry) suspect(ctx context.Context, officerID string, signature []byte, err error, now time.Time) error {
	if !errors.Is(err, grant.ErrCounter) {
		return err
	}
	a, perr := passkey.ParseAssertion(signature)
	if perr != nil {
		return err
	}
	told := r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := tx.Officer(officerID)
		if err != nil {
			return err
		}
		_, err = j.add(trail.Entry{
			Kind: "officer.key-suspect", At: now, Actor: o.ID, Agency: o.Agency,
			Detail: map[string]string{"officer": o.ID, "key": o.Passkeys.Find(a.Credential).Fingerprint(), "counter": strconv.FormatUint(uint64(a.Counter()), 10)},
		}, nil)
		return err
	})
	return errors.Join(err, told)
}

// keyOf is the fingerprint of the key that a signature is by; "" where the
// officer has it no more.
func keyOf(tx *store.Tx, officerID string, signature []byte) string {
	o, err := tx.Officer(officerID)
	if err != nil {
		return ""
	}
	if a, err := passkey.ParseAssertion(signature); err == nil {
		if k := o.Passkeys.Find(a.Credential); k != nil {
			return k.Fingerprint()
		}
		return ""
	}
	key, err := suite.ParseVerifyKey(o.VerifyKey)
	if err != nil {
		return ""
	}
	return key.Fingerprint()
}
