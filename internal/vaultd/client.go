package vaultd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// Client is a vault.Book whose keys lie in another process. It keeps a few
// connections and makes new ones as it needs them, so a vault that was started
// again is found again.
type Client struct {
	dial      func(context.Context) (net.Conn, error)
	suite     string
	witnesses string
	patience  time.Duration
	idle      chan *link
}

var _ vault.Book = (*Client)(nil)

// patience is how long either side waits for a message of the other.
const patience = 30 * time.Second

const idleLinks = 8

// NewClient makes a client that reaches its vault by dial; both must use the
// suite of this name.
func NewClient(suiteName string, dial func(context.Context) (net.Conn, error)) *Client {
	return &Client{dial: dial, suite: suiteName, patience: patience, idle: make(chan *link, idleLinks)}
}

// Close ends the connections that nobody uses.
func (c *Client) Close() error {
	var errs []error
	for {
		select {
		case l := <-c.idle:
			errs = append(errs, l.c.Close())
		default:
			return errors.Join(errs...)
		}
	}
}

// Demanding makes the client talk only to a vault that wants the same
// witnesses' cosignatures of a proof as this side has got.
func (c *Client) Demanding(q trail.Quorum) *Client {
	c.witnesses = demand(q)
	return c
}

// Ping says whether the vault answers.
func (c *Client) Ping(ctx context.Context) error {
	return c.call(&askedRows{ctx: ctx}, callPing, nil, nil)
}

// take gives a connection, one that was used before if there is one.
func (c *Client) take(ctx context.Context) (l *link, used bool, err error) {
	select {
	case l := <-c.idle:
		return l, true, nil
	default:
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, false, err
	}
	l = &link{conn, c.patience}
	if err := c.greet(l); err != nil {
		return nil, false, errors.Join(err, conn.Close())
	}
	return l, false, nil
}

func (c *Client) greet(l *link) error {
	ours := hello{Protocol: protocol, Suite: c.suite, Witnesses: c.witnesses}
	body, err := encode(ours)
	if err != nil {
		return err
	}
	if err := l.send(&frame{Body: body}); err != nil {
		return err
	}
	f, err := l.receive(c.patience)
	if err != nil {
		return err
	}
	var h hello
	if err := strictly(f.Body, &h); err != nil {
		return errFrame
	}
	return ours.agrees(h)
}

// call has one conversation. A connection that was used before may have ended
// meanwhile: then nothing was said on it, and a new one is tried.
func (c *Client) call(rows vault.Rows, method string, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return err
	}
	ctx := rows.Context()
	for {
		l, used, err := c.take(ctx)
		if err != nil {
			return c.unreachable(ctx, err)
		}
		t := &talk{link: l, rows: rows}
		err = t.run(ctx, method, body, out)
		if !t.broken {
			c.keep(l)
			return err
		}
		_ = l.c.Close()
		if !used || t.heard || ctx.Err() != nil {
			return c.unreachable(ctx, err)
		}
	}
}

func (c *Client) keep(l *link) {
	select {
	case c.idle <- l:
	default:
		_ = l.c.Close()
	}
}

func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, ErrOtherwise) {
		return otherwise{err}
	}
	return fmt.Errorf("%w: %w", vault.ErrUnreachable, err)
}

// otherwise is a vault that does answer, and is of as little use as one that
// does not.
type otherwise struct{ error }

func (e otherwise) Unwrap() []error { return []error{vault.ErrUnreachable, e.error} }

// talk is one conversation from the caller's side.
type talk struct {
	*link
	rows   vault.Rows
	failed error // of the caller's own rows: told to the vault by kind only
	heard  bool  // the vault has said something
	broken bool  // the connection cannot be used again
}

func (t *talk) run(ctx context.Context, method string, body []byte, out any) error {
	stop := context.AfterFunc(ctx, func() { _ = t.c.Close() }) // wakes whoever waits
	defer func() {
		if !stop() {
			t.broken = true
		}
	}()
	if err := t.send(&frame{Call: method, Body: body}); err != nil {
		t.broken = true
		return err
	}
	for {
		f, err := t.receive(2 * t.patience) // longer than the vault waits for us
		if err != nil {
			t.broken = true
			return err
		}
		t.heard = true
		if f.Call == "" {
			return t.result(f, out)
		}
		if err := t.reply(f); err != nil {
			t.broken = true
			return err
		}
	}
}

func (t *talk) reply(f *frame) error {
	var a frame
	v, err := answer(t.rows, f.Call, f.Body)
	if err == nil {
		a.Body, err = encode(v)
	}
	if err != nil {
		if t.failed == nil {
			t.failed = err
		}
		if a.Fault = faultOf(err); a.Fault.Kind == kindInside {
			a.Fault.Kind = kindRows
		}
	}
	return t.send(&a)
}

func (t *talk) result(f *frame, out any) error {
	if f.Fault != nil {
		if f.Fault.Kind == kindRows && t.failed != nil {
			return t.failed
		}
		return f.Fault.err()
	}
	if out == nil {
		return nil
	}
	if err := strictly(f.Body, out); err != nil {
		t.broken = true
		return errFrame
	}
	return nil
}

// Seal implements vault.Book.
func (c *Client) Seal(rows vault.Rows, content *vault.Content, at time.Time) error {
	return c.call(rows, callSeal, sealIn{content, at}, nil)
}

// Absorb implements vault.Book.
func (c *Client) Absorb(rows vault.Rows, id docket.RecordID, home docket.Code, raw []byte) error {
	return c.call(rows, callAbsorb, absorbIn{id, home, raw}, nil)
}

// KeepOriginal implements vault.Book.
func (c *Client) KeepOriginal(rows vault.Rows, e *docket.Event, custodian string, raw []byte) error {
	return c.call(rows, callKeep, keepIn{e.Source, e.ID, custodian, raw}, nil)
}

// CasesByNumber implements vault.Book.
func (c *Client) CasesByNumber(rows vault.Rows, n docket.Number) (codes []docket.Code, err error) {
	return codes, c.call(rows, callNumbers, n, &codes)
}

// Find implements vault.Book.
func (c *Client) Find(rows vault.Rows, sealed []docket.RecordID, p docket.Identity) (docket.RecordID, bool, error) {
	var out findOut
	if len(sealed) == 0 {
		return out.Record, false, nil
	}
	err := c.call(rows, callFind, findIn{sealed, p}, &out)
	return out.Record, out.Found, err
}

// Weigh implements vault.Book.
func (c *Client) Weigh(rows vault.Rows, code docket.Code, p docket.Identity) ([]vault.Weighed, error) {
	var out []weighed
	if err := c.call(rows, callWeigh, weighIn{code, p}, &out); err != nil {
		return nil, err
	}
	return uncarried(out)
}

// WeighRecord implements vault.Book.
func (c *Client) WeighRecord(rows vault.Rows, id docket.RecordID) ([]vault.Weighed, error) {
	var out []weighed
	if err := c.call(rows, callWeighRecord, id, &out); err != nil {
		return nil, err
	}
	return uncarried(out)
}

// Redact implements vault.Book.
func (c *Client) Redact(rows vault.Rows, sealed []docket.RecordID, text, replacement string) (clean string, err error) {
	if len(sealed) == 0 || text == "" {
		return text, nil
	}
	return clean, c.call(rows, callRedact, redactIn{sealed, text, replacement}, &clean)
}

// Prepare implements vault.Book. The time is the vault's own.
func (c *Client) Prepare(dir vault.Directory, g vault.Grant, _ time.Time) (t vault.Ticket, row *vault.TicketRow, e trail.Entry, err error) {
	var out prepareOut
	if err := c.call(officersOnly(dir), callPrepare, g, &out); err != nil {
		return t, nil, e, err
	}
	if t, err = vault.CarriedTicket(out.Ticket); err != nil || out.Row == nil {
		return t, nil, e, errFrame
	}
	e, err = trail.ParseEntry(out.Entry)
	return t, out.Row, e, err
}

// Open implements vault.Book. The time is the vault's own.
func (c *Client) Open(rows vault.Rows, t vault.Ticket, g vault.Grant, commitment trail.Commitment, receipt trail.Receipt, _ time.Time) (contents []*vault.Content, err error) {
	in := openIn{Ticket: t.Carry(), Grant: g, Commitment: commitment.Bytes(), Receipt: receipt.Bytes()}
	return contents, c.call(rows, callOpen, in, &contents)
}

// Release implements vault.Book.
func (c *Client) Release(rows vault.Rows, content *vault.Content) error {
	return c.call(rows, callRelease, content.Record, nil)
}
