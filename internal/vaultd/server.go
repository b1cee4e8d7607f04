package vaultd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// Contents is what the vault may read by itself, over a connection that its
// caller does not have: so the caller's SQL user need not see ciphertext.
type Contents interface {
	Officer(id string) (*agency.Officer, error)
	SealedRecord(key []byte) (*vault.SealedRecord, error)
	SealedItems(recordKey []byte) ([]vault.SealedItem, error)
}

// Server answers calls with the keys of a vault.
type Server struct {
	Vault *vault.Vault
	Suite string
	Spent *Spent // tickets that were redeemed; never nil
	Now   func() time.Time
	Log   *slog.Logger // names methods, queries and kinds of failure, never a record

	// Officer, where given, is the directory that grants are checked against,
	// instead of the one the caller's database holds.
	Officer func(id string) (*agency.Officer, error)
	// Read, where given, gives the vault's own view of the database.
	Read func(context.Context, func(Contents) error) error

	// Refresh, where given, runs before each call: it reads the keys again if
	// another process has rotated them.
	Refresh func(context.Context) error

	Patience time.Duration // with a caller that does not answer; 30 s where none is given
}

// maxLinks bounds the conversations at one time; more wait for their turn.
const maxLinks = 64

// idleFor is how long a connection may lie unused.
const idleFor = 10 * time.Minute

// Serve answers until the context ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if s.Patience == 0 {
		s.Patience = patience
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var talks sync.WaitGroup
	defer talks.Wait()
	turn := make(chan struct{}, maxLinks)
	for {
		select {
		case turn <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		c, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("waiting for callers: %w", err)
		}
		talks.Go(func() {
			defer func() { <-turn }()
			s.serve(ctx, c)
		})
	}
}

func (s *Server) serve(ctx context.Context, c net.Conn) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	defer func() {
		_ = c.Close()
		if p := recover(); p != nil { // what it panicked with may quote a record
			s.Log.Error("a call failed badly")
		}
	}()
	l := &link{c, s.Patience}
	if err := s.greet(l); err != nil {
		s.Log.Warn("a caller was refused", "reason", err.Error())
		return
	}
	for {
		f, err := l.receive(idleFor)
		if err != nil {
			return // the caller is done, or gone
		}
		if err := s.converse(ctx, l, f); err != nil {
			return
		}
	}
}

func (s *Server) greet(l *link) error {
	f, err := l.receive(s.Patience)
	if err != nil {
		return errors.New("it said nothing that is a message")
	}
	var h hello
	if err := strictly(f.Body, &h); err != nil {
		return errFrame
	}
	ours := hello{Protocol: protocol, Suite: s.Suite, Witnesses: demand(s.Vault.Quorum())}
	body, err := encode(ours)
	if err != nil {
		return err
	}
	if err := l.send(&frame{Body: body}); err != nil {
		return err
	}
	return ours.agrees(h)
}

// converse answers one call. An error means that the connection is of no more
// use.
func (s *Server) converse(ctx context.Context, l *link, f *frame) error {
	broken := error(nil)
	rows := &askedRows{ctx: ctx, ask: func(call string, in, out any) error {
		if broken != nil {
			return broken
		}
		fault, err := ask(l, call, in, out)
		if err != nil {
			broken = errors.Join(errRows, err)
			return broken
		}
		return fault.err()
	}}
	out, err := s.fresh(rows, f)
	if broken != nil {
		return broken
	}
	var a frame
	if err == nil {
		a.Body, err = encode(out)
	}
	if a.Fault = faultOf(err); a.Fault != nil {
		s.Log.Info("a call was refused or failed", "call", f.Call, "kind", a.Fault.Kind)
	}
	return l.send(&a)
}

// ask puts one question to the caller. The error is the connection's.
func ask(l *link, call string, in, out any) (*fault, error) {
	body, err := encode(in)
	if err != nil {
		return nil, err
	}
	if err := l.send(&frame{Call: call, Body: body}); err != nil {
		return nil, err
	}
	f, err := l.receive(l.patience)
	if err != nil {
		return nil, err
	}
	if f.Fault != nil || out == nil {
		return f.Fault, nil
	}
	if f.Call != "" || json.Unmarshal(f.Body, out) != nil {
		return nil, errFrame
	}
	return nil, nil
}

func (s *Server) fresh(rows *askedRows, f *frame) (any, error) {
	if s.Refresh != nil {
		if err := s.Refresh(rows.ctx); err != nil {
			s.Log.Error("the keys do not read", "error", err)
			return nil, err
		}
	}
	return s.run(rows, f.Call, f.Body)
}

// run does what a call asks.
func (s *Server) run(rows *askedRows, call string, body json.RawMessage) (any, error) {
	switch call {
	case callPing:
		return nil, nil
	case callSeal:
		return with(body, func(in *sealIn) (any, error) {
			if in.Content == nil {
				return nil, errFrame
			}
			return nil, s.Vault.Seal(rows, in.Content, in.At)
		})
	case callAbsorb:
		return with(body, func(in *absorbIn) (any, error) { return nil, s.Vault.Absorb(rows, in.Record, in.Home, in.Event) })
	case callKeep:
		return with(body, func(in *keepIn) (any, error) {
			return nil, s.Vault.KeepOriginal(rows, &docket.Event{Source: in.Source, ID: in.ID}, in.Custodian, in.Event)
		})
	case callNumbers:
		return with(body, func(in *docket.Number) (any, error) { return s.Vault.CasesByNumber(rows, *in) })
	case callFind:
		return with(body, func(in *findIn) (any, error) {
			id, found, err := s.Vault.Find(rows, in.Sealed, in.Person)
			return findOut{id, found}, err
		})
	case callWeigh:
		return with(body, func(in *weighIn) (any, error) { return weighedOut(s.Vault.Weigh(rows, in.Code, in.Person)) })
	case callWeighRecord:
		return with(body, func(in *docket.RecordID) (any, error) { return weighedOut(s.Vault.WeighRecord(rows, *in)) })
	case callRedact:
		return with(body, func(in *redactIn) (any, error) {
			return s.Vault.Redact(rows, in.Sealed, in.Text, in.Replacement)
		})
	case callPrepare:
		return with(body, func(in *vault.Grant) (any, error) { return s.prepare(rows, in) })
	case callOpen:
		return with(body, func(in *openIn) (any, error) { return s.open(rows, in) })
	case callRelease:
		return with(body, func(in *docket.RecordID) (any, error) {
			return nil, s.Vault.Release(rows, &vault.Content{Record: *in})
		})
	}
	return nil, errFrame
}

func with[T any](body json.RawMessage, f func(*T) (any, error)) (any, error) {
	in := new(T)
	if err := strictly(body, in); err != nil {
		return nil, errFrame
	}
	return f(in)
}

func weighedOut(ws []vault.Weighed, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return carried(ws)
}

func (s *Server) prepare(rows *askedRows, g *vault.Grant) (any, error) {
	var out prepareOut
	now, err := s.now()
	if err != nil {
		return nil, err
	}
	err = s.withContents(rows, func(rows vault.Rows) error {
		ticket, row, entry, err := s.Vault.Prepare(rows, *g, now)
		if err != nil {
			return err
		}
		out.Ticket, out.Row = ticket.Carry(), row
		out.Entry, err = entry.Encode()
		return err
	})
	if err == nil {
		s.Log.Info("an opening was prepared", "query", out.Row.Query)
	}
	return out, err
}

// now is the time to judge by: the clock's, or a later one that was seen.
func (s *Server) now() (time.Time, error) {
	clock := s.Now()
	if behind := s.Spent.Behind(clock); behind > clockSlack {
		s.Log.Error("the clock was set back; what expired stays so", "behind", behind.String())
	}
	return s.Spent.At(clock)
}

// clockSlack is how far a clock may be put right without a word.
const clockSlack = 2 * time.Second

func (s *Server) open(rows *askedRows, in *openIn) (any, error) {
	ticket, err := vault.CarriedTicket(in.Ticket)
	if err != nil {
		return nil, err
	}
	commitment, err := trail.ParseCommitment(in.Commitment)
	if err != nil {
		return nil, vault.ErrReceipt
	}
	receipt, err := trail.ParseReceipt(in.Receipt)
	if err != nil {
		return nil, vault.ErrReceipt
	}
	now, err := s.now()
	if err != nil {
		return nil, err
	}
	var contents []*vault.Content
	err = s.withContents(rows, func(rows vault.Rows) error {
		contents, err = s.Vault.Open(rows, ticket, in.Grant, commitment, receipt, now)
		return err
	})
	if err == nil {
		s.Log.Info("an opening", "leaf", receipt.Index, "records", len(contents))
	}
	return contents, err
}

// withContents runs f on rows of which the vault reads by itself what it can.
func (s *Server) withContents(rows *askedRows, f func(vault.Rows) error) error {
	o := ownRows{askedRows: rows, s: s}
	if s.Read == nil {
		return f(o)
	}
	return s.Read(rows.ctx, func(c Contents) error {
		o.own = c
		return f(o)
	})
}

// ownRows are the caller's rows where the vault has no better ones.
type ownRows struct {
	*askedRows
	s   *Server
	own Contents
}

func (r ownRows) Officer(id string) (*agency.Officer, error) {
	switch {
	case r.s.Officer != nil:
		return r.s.Officer(id)
	case r.own != nil:
		return r.own.Officer(id)
	}
	return r.askedRows.Officer(id)
}

func (r ownRows) SealedRecord(key []byte) (*vault.SealedRecord, error) {
	if r.own != nil {
		return r.own.SealedRecord(key)
	}
	return r.askedRows.SealedRecord(key)
}

func (r ownRows) SealedItems(key []byte) ([]vault.SealedItem, error) {
	if r.own != nil {
		return r.own.SealedItems(key)
	}
	return r.askedRows.SealedItems(key)
}

// RedeemTicket spends a ticket in the vault's own book first, for good.
func (r ownRows) RedeemTicket(query string, hash []byte, at time.Time) error {
	if err := r.s.Spent.Spend(hash); err != nil {
		return err
	}
	return r.askedRows.RedeemTicket(query, hash, at)
}
