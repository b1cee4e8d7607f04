package vault

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// Grant is a request with the answers to it, as signed.
type Grant struct {
	Request grant.Signed
	Answers []grant.Signed
}

// Ticket opens once what was prepared. It cannot be printed or stored.
type Ticket struct{ secret [suite.Size]byte }

// String does not tell the ticket.
func (Ticket) String() string { return "[ticket]" }

// GoString does not tell the ticket.
func (Ticket) GoString() string { return "[ticket]" }

// MarshalText refuses.
func (Ticket) MarshalText() ([]byte, error) { return nil, errors.New("a ticket is not stored") }

const ticketLife = 5 * time.Minute

// KindPrepare is the kind of the trail entry that a preparation makes.
const KindPrepare = "query.prepare"

// Prepare checks a grant and gives the entry that must stand in the trail
// before anything opens, with the ticket that will open it. The caller appends
// the entry and stores the row in one transaction.
func (v *Vault) Prepare(dir Directory, g Grant, now time.Time) (Ticket, *TicketRow, trail.Entry, error) {
	var t Ticket
	now = v.mark.At(now)
	r, err := v.rules.Verify(g.Request, g.Answers, dir, now)
	if err != nil {
		return t, nil, trail.Entry{}, err
	}
	if _, err := io.ReadFull(v.rand, t.secret[:]); err != nil {
		return t, nil, trail.Entry{}, fmt.Errorf("drawing a ticket: %w", err)
	}
	hash := v.suite.Digest(t.secret[:])
	row := &TicketRow{Query: r.ID, Hash: hash[:], Prepared: now, Expires: now.Add(ticketLife)}
	return t, row, v.entry(r, g, hash[:], now), nil
}

func (v *Vault) entry(r *grant.Request, g Grant, ticket []byte, now time.Time) trail.Entry {
	e := trail.Entry{
		Kind: KindPrepare, At: now, Actor: r.Officer, Agency: r.Agency, Code: r.Record, Basis: r.Ground,
		Detail: map[string]string{
			"query":   r.ID,
			"purpose": string(r.Purpose),
			"ticket":  hex.EncodeToString(ticket),
			"request": grant.DigestHex(v.suite.Digest(g.Request.Body)),
		},
	}
	for i, a := range g.Answers {
		e.Detail[fmt.Sprintf("approval%d", i+1)] = grant.DigestHex(v.suite.Digest(a.Body))
	}
	return e
}

// Open redeems a ticket: the grant must still hold, the receipt must prove
// that the preparation of exactly this grant with exactly this ticket stands
// in the trail, and the ticket must be unused. It gives every sealed record
// that the request names, or none; the caller commits before it shows them.
func (v *Vault) Open(rows Rows, t Ticket, g Grant, c trail.Commitment, receipt trail.Receipt, now time.Time) ([]*Content, error) {
	now = v.mark.At(now)
	r, err := v.rules.Verify(g.Request, g.Answers, rows, now)
	if err != nil {
		return nil, err
	}
	hash := v.suite.Digest(t.secret[:])
	if err := v.proven(r, g, hash[:], c, receipt, now); err != nil {
		return nil, err
	}
	if err := rows.RedeemTicket(r.ID, hash[:], now); err != nil {
		return nil, err
	}
	keys, err := v.targets(rows, r)
	if err != nil {
		return nil, err
	}
	var out []*Content
	for _, key := range keys {
		content, err := v.content(rows, key)
		if errors.Is(err, ErrNotSealed) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, content)
	}
	return out, nil
}

func (v *Vault) proven(r *grant.Request, g Grant, ticket []byte, c trail.Commitment, receipt trail.Receipt, now time.Time) error {
	e, err := c.Entry()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	want := v.entry(r, g, ticket, e.At)
	for k, val := range want.Detail {
		if e.Detail[k] != val {
			return fmt.Errorf("%w: it was prepared otherwise", ErrReceipt)
		}
	}
	if e.Kind != KindPrepare || len(e.Detail) != len(want.Detail) || e.Actor != r.Officer {
		return fmt.Errorf("%w: it was prepared otherwise", ErrReceipt)
	}
	if !now.Before(e.At.Add(ticketLife)) {
		return ErrTicket
	}
	if _, err := receipt.Verify(v.log, c.Leaf()); err != nil {
		return fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	return nil
}

func (v *Vault) targets(rows Rows, r *grant.Request) ([][]byte, error) {
	if r.Record != "" {
		id, err := docket.ParseRecordID(r.Record)
		if err != nil {
			return nil, err
		}
		return [][]byte{v.recordKey(id)}, nil
	}
	links, err := rows.LinksOfPerson(v.personKey("", r.Subject))
	if err != nil {
		return nil, err
	}
	keys := make([][]byte, len(links))
	for i, l := range links {
		keys[i] = l.RecordKey
	}
	return keys, nil
}

// content decrypts one record with the events that came after its sealing.
func (v *Vault) content(rows Rows, key []byte) (*Content, error) {
	row, err := rows.SealedRecord(key)
	if err != nil {
		return nil, err
	}
	body, err := v.decrypt(rows, row.Custodian, row.Wrapped, row.Body, recordContext(key, row.Custodian))
	if err != nil {
		return nil, fmt.Errorf("opening a sealed record: %w", err)
	}
	c := new(Content)
	if err := json.Unmarshal(body, c); err != nil {
		return nil, fmt.Errorf("opening a sealed record: %w", err)
	}
	items, err := rows.SealedItems(key)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		raw, err := v.decrypt(rows, row.Custodian, i.Wrapped, i.Body, itemContext(key, i.EventKey))
		if err != nil {
			return nil, fmt.Errorf("opening an event of a sealed record: %w", err)
		}
		if err := c.add(raw); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// add adds an event that came after the sealing.
func (c *Content) add(raw []byte) error {
	var a absorbed
	if err := json.Unmarshal(raw, &a); err != nil {
		return fmt.Errorf("opening an event of a sealed record: %w", err)
	}
	if a.Home != c.Record.Code || len(c.Homes) > 0 {
		for i := len(c.Homes); i < len(c.CaseEvents)+len(c.Events); i++ {
			c.Homes = append(c.Homes, c.Record.Code)
		}
		c.Homes = append(c.Homes, a.Home)
	}
	c.Events = append(c.Events, a.Event)
	return nil
}

// Release removes a record that Open gave for unsealing; the caller puts the
// content back into the ledger in the same transaction.
func (v *Vault) Release(rows Rows, c *Content) error {
	return rows.DropSealed(v.recordKey(c.Record))
}
