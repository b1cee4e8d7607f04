package vaultd

import (
	"context"
	"errors"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/vault"
)

// fault is an error on the wire: its kind, and words where they are meant for
// the officer. The words of other errors stay where they arose: they might
// quote a record.
type fault struct {
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"`
}

// errRows stands in the vault's process for a failure of the caller's
// transaction. The caller kept the error itself.
var errRows = errors.New("the caller's rows failed")

// errInside is what a caller learns of a failure inside the vault.
var errInside = errors.New("the vault failed; its own log says where")

const (
	kindRows   = "rows"
	kindInside = "inside"
)

type known struct {
	kind   string
	err    error
	spoken bool // its words are for the officer
}

// kinds are the errors that either side tells the other.
func kinds() []known {
	return []known{
		{kindRows, errRows, false},
		{"not-sealed", vault.ErrNotSealed, false},
		{"ticket", vault.ErrTicket, false},
		{"receipt", vault.ErrReceipt, false},
		{"revoked", grant.ErrRevoked, true},
		{"counter", grant.ErrCounter, true},
		{"software", grant.ErrSoftware, true},
		{"signature", grant.ErrSignature, true},
		{"self", grant.ErrSelf, true},
		{"same-agency", grant.ErrSameAgency, true},
		{"duty", grant.ErrDuty, true},
		{"expired", grant.ErrExpired, true},
		{"not-approved", grant.ErrNotApproved, true},
		{"other-request", grant.ErrOther, true},
		{"incomplete", grant.ErrIncomplete, true},
		{"no-key", keyring.ErrNoKey, false},
		{"does-not-open", suite.ErrOpen, false},
		{"ended", context.Canceled, false},
		{"late", context.DeadlineExceeded, false},
	}
}

func faultOf(err error) *fault {
	if err == nil {
		return nil
	}
	for _, k := range kinds() {
		if !errors.Is(err, k.err) {
			continue
		}
		f := &fault{Kind: k.kind}
		if k.spoken {
			f.Text = err.Error()
		}
		return f
	}
	return &fault{Kind: kindInside}
}

// told is an error that came over the wire.
type told struct {
	text string
	kind error
}

func (t told) Error() string { return t.text }
func (t told) Unwrap() error { return t.kind }

func (f *fault) err() error {
	if f == nil {
		return nil
	}
	for _, k := range kinds() {
		if k.kind != f.Kind {
			continue
		}
		if k.spoken && f.Text != "" {
			return told{f.Text, k.err}
		}
		return k.err
	}
	return errInside
}
