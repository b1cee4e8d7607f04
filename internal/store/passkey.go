package store

import (
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
)

// AddPasskey stores a passkey of an officer; ErrConflict if anybody has it.
func (t *Tx) AddPasskey(officer string, k *agency.Passkey) error {
	return t.put(`INSERT INTO passkey (officer, id, public, label, counter, added, used, revoked) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)`,
		officer, k.ID, k.Public, k.Label, int64(k.Counter), micros(k.Added))
}

// PasskeyOwner is the officer who has a credential, or ErrNotFound.
func (t *Tx) PasskeyOwner(id []byte) (officer string, err error) {
	err = t.one(`SELECT officer FROM passkey WHERE id = $1`, []any{id}, &officer)
	return officer, err
}

// UsePasskey notes a use with its signature counter. ErrStale if the key is
// revoked or the counter did not grow; one that stays at 0 does not count
// (WebAuthn 6.1.1).
func (t *Tx) UsePasskey(officer string, id []byte, counter uint32, at time.Time) error {
	return t.change(`UPDATE passkey SET counter = $3, used = $4
		WHERE officer = $1 AND id = $2 AND revoked = 0 AND (counter < $3 OR (counter = 0 AND $3 = 0))`,
		officer, id, int64(counter), micros(at))
}

// RevokePasskey ends a key's use; ErrStale if it is not there or was revoked.
func (t *Tx) RevokePasskey(officer string, id []byte, at time.Time) error {
	return t.change(`UPDATE passkey SET revoked = $3 WHERE officer = $1 AND id = $2 AND revoked = 0`, officer, id, micros(at))
}

// AddEnrolment stores a one-time code by its hash; those given to the officer
// before are closed.
func (t *Tx) AddEnrolment(hash []byte, officer string, issued, expires time.Time) error {
	if err := t.put(`UPDATE enrolment SET closed = $2 WHERE officer = $1 AND closed = 0`, officer, micros(issued)); err != nil {
		return err
	}
	return t.put(`INSERT INTO enrolment (hash, officer, issued, expires) VALUES ($1, $2, $3, $4)`,
		hash, officer, micros(issued), micros(expires))
}

// Enrolment is the officer whom a code lets enrol now, or ErrNotFound.
func (t *Tx) Enrolment(hash []byte, now time.Time) (officer string, err error) {
	err = t.one(`SELECT officer FROM enrolment WHERE hash = $1 AND closed = 0 AND expires > $2`, []any{hash, micros(now)}, &officer)
	return officer, err
}

// CloseEnrolment uses a code up; ErrStale if it is of no use any more.
func (t *Tx) CloseEnrolment(hash []byte, now time.Time) error {
	return t.change(`UPDATE enrolment SET closed = $2 WHERE hash = $1 AND closed = 0 AND expires > $2`, hash, micros(now))
}

// Ruling is an officer's signed word on a proposed sealing; the body is
// encrypted.
type Ruling struct {
	Code            docket.Code
	Review, Officer string
	At              time.Time
	Encrypted       []byte
	Signature       []byte
}

// AddRuling stores a ruling; ErrConflict if the item was ruled on before.
func (t *Tx) AddRuling(r *Ruling) error {
	return t.put(`INSERT INTO ruling (code, review, officer, at, body, signature) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(r.Code), r.Review, r.Officer, micros(r.At), r.Encrypted, r.Signature)
}

// Ruling reads the ruling on an item, or ErrNotFound.
func (t *Tx) Ruling(code docket.Code, review string) (*Ruling, error) {
	r := &Ruling{Code: code, Review: review}
	var at int64
	err := t.one(`SELECT officer, at, body, signature FROM ruling WHERE code = $1 AND review = $2`, []any{string(code), review},
		&r.Officer, &at, &r.Encrypted, &r.Signature)
	r.At = fromMicros(at)
	return r, err
}
