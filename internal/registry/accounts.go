package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// ErrSignIn is returned for an unknown account and for a wrong password alike.
var ErrSignIn = errors.New("the account or the password is not right")

// nobody is the hash that an unknown account is compared with, so that it
// takes as long as a known one. Its password was thrown away; its cost is
// that of passwordCost.
const nobody = "$argon2id$v=19$m=65536,t=2,p=2$X+l8aCUq3PdDoqcuV5mPVg$Kqq94CLwMcC0wOcArsYClUUtgtA3MyrK+fmapKZs/yk"

func passwordCost() *argon2id.Params {
	return &argon2id.Params{Memory: 64 << 10, Iterations: 2, Parallelism: 2, SaltLength: 16, KeyLength: 32}
}

// minPassword is the least length of a password, in characters.
const minPassword = 12

// SetAccount gives an officer an account, or a new password.
func (r *Registry) SetAccount(ctx context.Context, login, officerID, password string, now time.Time) error {
	if login == "" || len([]rune(password)) < minPassword {
		return fmt.Errorf("%w: password: at least %d characters", ErrInput, minPassword)
	}
	hash, err := argon2id.CreateHash(password, passwordCost())
	if err != nil {
		return fmt.Errorf("hashing a password: %w", err)
	}
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := tx.Officer(officerID)
		if err != nil {
			return err
		}
		if err := tx.PutAccount(login, o.ID, hash); err != nil {
			return err
		}
		_, err = j.add(trail.Entry{Kind: "account.set", At: now, Actor: "platform", Agency: o.Agency, Detail: map[string]string{"officer": o.ID}}, nil)
		return err
	})
}

// SignIn gives the officer whose account and password these are, or ErrSignIn,
// after the same time whether the account exists or not. An officer who has a
// passkey signs in by that alone.
func (r *Registry) SignIn(ctx context.Context, login, password string, now time.Time) (officerID string, err error) {
	hash := nobody
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		id, h, err := tx.Account(login)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		o, err := tx.Officer(id)
		if err != nil || len(o.Passkeys.Live()) > 0 {
			return err // a password would only be a weaker way in
		}
		officerID, hash = id, h
		return nil
	})
	if err != nil {
		return "", err
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil || !ok || officerID == "" {
		return "", ErrSignIn
	}
	return officerID, r.SignedIn(ctx, officerID, now)
}

// SignedIn leaves a sign-in in the trail.
func (r *Registry) SignedIn(ctx context.Context, by string, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := tx.Officer(by)
		if err != nil {
			return err
		}
		_, err = j.add(trail.Entry{Kind: "officer.sign-in", At: now, Actor: o.ID, Agency: o.Agency}, nil)
		return err
	})
}
