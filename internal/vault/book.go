package vault

import (
	"errors"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// Book is the sealed book as the registry uses it: a Vault in the same process,
// or the client of one that runs as a process of its own and holds the keys
// there (package vaultd). Rows are those of the caller's transaction in both
// cases: what goes in or out is committed with the rest or not at all.
type Book interface {
	Seal(rows Rows, c *Content, at time.Time) error
	Absorb(rows Rows, id docket.RecordID, home docket.Code, raw []byte) error
	KeepOriginal(rows Rows, e *docket.Event, custodian string, raw []byte) error
	CasesByNumber(rows Rows, n docket.Number) ([]docket.Code, error)
	Find(rows Rows, sealed []docket.RecordID, p docket.Identity) (docket.RecordID, bool, error)
	Weigh(rows Rows, code docket.Code, p docket.Identity) ([]Weighed, error)
	WeighRecord(rows Rows, id docket.RecordID) ([]Weighed, error)
	Redact(rows Rows, sealed []docket.RecordID, text, replacement string) (string, error)
	Prepare(dir Directory, g Grant, now time.Time) (Ticket, *TicketRow, trail.Entry, error)
	Open(rows Rows, t Ticket, g Grant, c trail.Commitment, receipt trail.Receipt, now time.Time) ([]*Content, error)
	Release(rows Rows, c *Content) error
}

var _ Book = (*Vault)(nil)

// ErrUnreachable says that the vault's process does not answer. Nothing was
// done; the same call succeeds once it runs again.
var ErrUnreachable = errors.New("the vault does not answer")

// Carry gives the bytes of a ticket to the wire between the vault's process and
// the caller's.
func (t Ticket) Carry() []byte { return t.secret[:] }

// CarriedTicket is the ticket that Carry gave.
func CarriedTicket(b []byte) (t Ticket, err error) {
	if len(b) != suite.Size {
		return t, ErrTicket
	}
	copy(t.secret[:], b)
	return t, nil
}
