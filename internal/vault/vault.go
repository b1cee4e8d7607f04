// Package vault is the sealed book (密库). It holds records that were sealed:
// ciphertext under a key of its own for each record, wrapped by the key of the
// agency that keeps the record, found by keyed indexes that no other book can
// compute.
//
// There are three ways in and one way out. Seal takes a record over, Absorb
// takes events that arrive for a sealed record, Weigh gives policy the few
// facts it must weigh, without identity. Content leaves by Open alone, which
// wants a ticket from Prepare and the proof that the preparation stands in the
// trail, and checks the officers' signatures itself.
package vault

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/clock"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// The refusals.
var (
	// ErrNotSealed says that there is no such record in the vault.
	ErrNotSealed = errors.New("no such sealed record")
	// ErrTicket says that a ticket is unknown, used, replaced or expired.
	ErrTicket = errors.New("the ticket is not valid, or it was used")
	// ErrReceipt says that the proof does not show this preparation in the trail.
	ErrReceipt = errors.New("the trail does not show that this opening was prepared")
)

// Directory is what the vault needs to check a grant: who the officers are.
type Directory interface {
	Context() context.Context
	Officer(id string) (*agency.Officer, error)
}

// Rows is what the vault needs of the store, inside the caller's transaction.
type Rows interface {
	Directory

	AddSealedRecord(*SealedRecord) error
	SealedCustodian(key []byte) (string, error)     // or ErrNotSealed
	SealedRecord(key []byte) (*SealedRecord, error) // or ErrNotSealed
	DropSealed(key []byte) error
	AddSealedItem(*SealedItem) error
	SealedItems(recordKey []byte) ([]SealedItem, error)
	PutPersonLink(*PersonLink) error
	LinksOfPerson(personKey []byte) ([]PersonLink, error)
	LinksOfRecord(recordKey []byte) ([]PersonLink, error)
	AddSealedAlias(*SealedAlias) error
	SealedAliases(aliasKey []byte) ([]SealedAlias, error)
	AddOriginal(source string, eventKey, wrapped, body []byte) error
	AddTicket(*TicketRow) error
	RedeemTicket(query string, hash []byte, at time.Time) error // or ErrTicket
}

// SealedRecord is one record as the vault keeps it.
type SealedRecord struct {
	Key       []byte // keyed index of the record's number
	Custodian string
	SealedAt  time.Time
	Wrapped   []byte // data key under the custodian's key
	Body      []byte // Content, padded and encrypted
}

// SealedItem is an event that arrived for a sealed record.
type SealedItem struct {
	RecordKey, EventKey []byte
	Wrapped, Body       []byte
}

// PersonLink joins a person's vault index and a sealed record, with the
// capsule that policy weighs.
type PersonLink struct{ PersonKey, RecordKey, Capsule []byte }

// SealedAlias joins the vault index of an agency's number and a sealed record;
// the body is the code of the case that it leads to, encrypted.
type SealedAlias struct{ AliasKey, RecordKey, Body []byte }

// TicketRow is what the store keeps of a ticket: its hash, which cannot redeem
// it. A query has one; a new one replaces one that was not used.
type TicketRow struct {
	Query             string
	Hash              []byte
	Leaf              int64
	Prepared, Expires time.Time
}

// Vault seals and opens. Of its keys, Weigh seals what it may read without a
// grant: capsules, and the case codes behind agencies' numbers.
type Vault struct {
	keys  keyring.VaultKeys
	suite suite.Suite
	log   *trail.Verifier
	rand  io.Reader
	rules grant.Rules
	mark  *clock.Watermark // grants and tickets are judged by no time before the latest seen
}

// heldRoom is for a few hundred grants between their preparation and their
// opening, where each signature is asked for twice, and for the checkpoints that
// their receipts share.
const heldRoom = 1 << 11

// New makes a vault that believes proofs of the log that the verifier knows.
func New(s suite.Suite, keys keyring.VaultKeys, log *trail.Verifier, rand io.Reader) *Vault {
	held := suite.NewHeld(s, heldRoom)
	if log != nil {
		log = log.Remembering(held)
	}
	rules := grant.Rules{Digest: s.Digest, Held: held}
	return &Vault{suite: s, keys: keys, log: log, rand: rand, rules: rules, mark: new(clock.Watermark)}
}

// Accepting is the vault that takes grants under other kinds of officers' keys
// too.
func (v *Vault) Accepting(a grant.Accept) *Vault {
	w := *v
	w.rules.Accept = a
	return &w
}

// Quorum is what the vault wants of witnesses before it opens anything.
func (v *Vault) Quorum() trail.Quorum { return v.log.Quorum() }

func (v *Vault) recordKey(id docket.RecordID) []byte {
	k := v.keys.Record().Index("vault/record", []byte(id.Code), []byte(strconv.Itoa(id.Seq)))
	return k[:]
}

// personKey is the vault's index of a person. One who has no document number
// is nobody beyond the case: the index is that of the name in this case.
func (v *Vault) personKey(code docket.Code, p docket.Identity) []byte {
	if m := p.MatchKey(); m != "" {
		k := v.keys.Person().Index("vault/person", []byte(m))
		return k[:]
	}
	k := v.keys.Person().Index("vault/named", []byte(code), []byte(p.Name))
	return k[:]
}

func (v *Vault) aliasKey(n docket.Number) []byte {
	k := v.keys.Alias().Index("vault/alias", []byte(n.MatchKey()))
	return k[:]
}

// eventKey is the vault's index of an event, unlike that of intake.
func (v *Vault) eventKey(e *docket.Event) []byte {
	k := v.keys.Record().Index("vault/event", []byte(e.Source), []byte(e.ID))
	return k[:]
}

// The contexts ciphertexts are bound to: table, row, custodian.
func recordContext(key []byte, custodian string) []byte {
	return suite.Frame("vault_record", key, []byte(custodian))
}

func itemContext(recordKey, eventKey []byte) []byte {
	return suite.Frame("vault_item", recordKey, eventKey)
}

func capsuleContext(personKey, recordKey []byte) []byte {
	return suite.Frame("vault_person", personKey, recordKey)
}

func aliasContext(aliasKey, recordKey []byte) []byte {
	return suite.Frame("vault_alias", aliasKey, recordKey)
}

func originalContext(source string, eventKey []byte) []byte {
	return suite.Frame("vault_original", []byte(source), eventKey)
}
