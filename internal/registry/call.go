package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
)

// Call is one request by an officer's own system, signed with the officer's
// key. A signature is good for its method, path, body and a quarter of an hour,
// and for nothing else. Sent again within that time it can do no harm: every
// verb that changes something either refuses the second time or gives what it
// gave the first time.
type Call struct {
	Officer   string // id
	Method    string // upper case
	Path      string // with its query, as the request line has it
	SignedAt  time.Time
	Body      []byte
	Signature []byte // over Message
}

// Message is what the officer's key signs.
func (c *Call) Message(s suite.Suite) []byte {
	sum := s.Digest(c.Body)
	return suite.Frame("fengcun/officer/1", []byte(c.Officer), []byte(c.Method), []byte(c.Path), []byte(stamp(c.SignedAt)), sum[:])
}

// Caller is the officer who signed a call. An officer nobody knows and a wrong
// signature are the same refusal.
func (r *Registry) Caller(ctx context.Context, c *Call, now time.Time) (*agency.Officer, error) {
	now, err := r.at(ctx, now)
	if err != nil {
		return nil, err
	}
	if skew := now.Sub(c.SignedAt).Abs(); skew > maxSkew {
		return nil, fmt.Errorf("%w: it was signed at a time %s off; check the clock and sign again", ErrCall, skew.Round(time.Second))
	}
	var o *agency.Officer
	err = r.db.Read(ctx, func(tx *store.Tx) (err error) {
		o, err = tx.Officer(c.Officer)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrCall
	}
	if err != nil {
		return nil, err
	}
	if passkey.IsAssertion(c.Signature) {
		return nil, ErrCall // a passkey signs documents and sign-ins
	}
	if err := r.rules.VerifySignature(o, c.Message(r.suite), c.Signature); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCall, err)
	}
	return o, nil
}
