package registry

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// Delivery is one signed push of events by an agency's system.
type Delivery struct {
	Agency    string // id
	ID        string // the sender's, unique
	SignedAt  time.Time
	Events    [][]byte // each event's JSON, byte for byte as it was sent
	Signature []byte   // over Message
}

// Message is what the agency's system signs: who, which delivery, when, and
// the digest of each event, so that one event can be shown without the others.
func (d *Delivery) Message(s suite.Suite) []byte {
	return suite.Frame("fengcun/delivery/1", []byte(d.Agency), []byte(d.ID), []byte(stamp(d.SignedAt)), d.digests(s))
}

func (d *Delivery) digests(s suite.Suite) []byte {
	out := make([]byte, 0, suite.Size*len(d.Events))
	for _, e := range d.Events {
		sum := s.Digest(e)
		out = append(out, sum[:]...)
	}
	return out
}

// Outcome is what became of one event.
type Outcome string

// The outcomes. A repeated event is acknowledged as it was the first time.
const (
	Accepted Outcome = "accepted"
	Repeated Outcome = "repeated"
	Refused  Outcome = "refused"
)

// Receipt answers one event.
type Receipt struct {
	ID       string
	Outcome  Outcome
	Code     docket.Code
	Leaf     int64 // index in the trail
	Received time.Time
	Problems []docket.Problem // why it was refused
}

// arrival is an event on its way in.
type arrival struct {
	raw     []byte
	event   *docket.Event
	key     []byte   // eventKey
	digest  []byte   // keyed: the bytes are too guessable for a plain digest
	first   *arrival // the same event, earlier in the delivery
	receipt Receipt
}

func (a *arrival) refuse(path, message string) {
	a.receipt.Outcome = Refused
	a.receipt.Problems = append(a.receipt.Problems, docket.Problem{Path: path, Message: message})
}

// maxSkew is how far a sender's clock may be off.
const maxSkew = 15 * time.Minute

// Checked is deliveries whose signatures and events were checked: they can be
// taken in.
type Checked struct{ members []*member }

// Check checks deliveries that came at one time, for TakeIn. While some are
// taken in the next can be checked.
func (r *Registry) Check(ctx context.Context, ds []*Delivery, now time.Time) (*Checked, error) {
	members := make([]*member, len(ds))
	for i, d := range ds {
		from, err := r.verifyDelivery(ctx, d, now)
		if err != nil {
			return nil, err
		}
		members[i] = &member{delivery: d, in: r.read(d, from, civil.Of(now)), now: now}
	}
	return &Checked{members}, nil
}

// ReceiveAll is Receive for several deliveries in one transaction: all are
// taken in, or none.
func (r *Registry) ReceiveAll(ctx context.Context, ds []*Delivery, now time.Time) ([][]Receipt, error) {
	c, err := r.Check(ctx, ds, now)
	if err != nil {
		return nil, err
	}
	return r.TakeIn(ctx, c)
}

// TakeIn takes checked deliveries in, in one transaction. The receipts stand in
// the order of the deliveries.
func (r *Registry) TakeIn(ctx context.Context, c *Checked) ([][]Receipt, error) {
	if err := r.takeIn(ctx, c.members); err != nil {
		return nil, err
	}
	return c.receipts(), nil
}

func (c *Checked) receipts() [][]Receipt {
	out := make([][]Receipt, len(c.members))
	for i, m := range c.members {
		out[i] = receipts(m.in)
	}
	return out
}

// takeIn brings checked deliveries into the books in one transaction and has
// policy decide. The latest of their times is when they came.
func (r *Registry) takeIn(ctx context.Context, members []*member) error {
	return r.bringIn(ctx, members, false, func(b *batch) error { return b.settle() })
}

// bringIn brings checked deliveries into the books; what follows in the same
// transaction is then's.
func (r *Registry) bringIn(ctx context.Context, members []*member, history bool, then func(*batch) error) error {
	var now time.Time
	for _, m := range members {
		if m.now.After(now) {
			now = m.now
		}
	}
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		b := &batch{
			r: r, tx: tx, j: j, now: now, history: history, seen: make(map[string]*arrival), turns: make(map[string]bool), locks: make(map[string][]byte),
			persons: make(map[string]touch), sealed: make(map[docket.RecordID]bool), changed: make(map[docket.RecordID]bool), lags: make(lags), joined: make(map[docket.Code]string),
		}
		var arrivals []*arrival
		for _, m := range members {
			arrivals = append(arrivals, m.in...)
		}
		if err := b.foresee(arrivals); err != nil {
			return err
		}
		for _, m := range members {
			if err := b.takeDelivery(m.delivery, m.in); err != nil {
				return err
			}
		}
		return then(b)
	})
}

func receipts(arrivals []*arrival) []Receipt {
	out := make([]Receipt, len(arrivals))
	for i, a := range arrivals {
		if a.first != nil {
			a.receipt.Leaf = a.first.receipt.Leaf
		}
		out[i] = a.receipt
	}
	return out
}

func (r *Registry) verifyDelivery(ctx context.Context, d *Delivery, now time.Time) (*agency.Agency, error) {
	if d.ID == "" || len(d.ID) > 128 {
		return nil, fmt.Errorf("%w: a delivery needs an id of at most 128 characters", ErrInput)
	}
	if skew := now.Sub(d.SignedAt).Abs(); skew > maxSkew {
		return nil, fmt.Errorf("%w: it was signed at a time %s off; check the sender's clock and sign again", ErrUnsigned, skew.Round(time.Second))
	}
	var from *agency.Agency
	err := r.db.Read(ctx, func(tx *store.Tx) (err error) {
		from, err = tx.Agency(d.Agency)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUnsigned
	}
	if err != nil {
		return nil, err
	}
	key, err := suite.ParseVerifyKey(from.VerifyKey)
	if err != nil || !key.Verify(d.Message(r.suite), d.Signature) {
		return nil, ErrUnsigned
	}
	return from, nil
}

// read parses and checks the events, on all processors.
func (r *Registry) read(d *Delivery, from *agency.Agency, today civil.Date) []*arrival {
	out := make([]*arrival, len(d.Events))
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(d.Events))
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(d.Events); i += workers {
				out[i] = r.readOne(d.Events[i], from, today)
			}
		})
	}
	wg.Wait()
	return out
}

func (r *Registry) readOne(raw []byte, from *agency.Agency, today civil.Date) *arrival {
	a := &arrival{raw: raw}
	e, err := docket.Parse(raw)
	if err == nil {
		a.receipt.ID = e.ID
		err = e.Check(today)
	}
	var invalid *docket.Invalid
	switch {
	case errors.As(err, &invalid):
		a.receipt.Outcome, a.receipt.Problems = Refused, invalid.Problems
		return a
	case err != nil:
		a.refuse("", err.Error())
		return a
	case e.Source != from.Source():
		a.refuse("/source", "the event's source is not the agency that signed the delivery")
		return a
	case !from.Kind.MayState(e):
		a.refuse("/type", fmt.Sprintf("%s does not report this act (%s)", from.Kind.Chinese(), e.Type.Chinese()))
		return a
	}
	a.event = e
	a.key = r.eventKey(e.Source, e.ID)
	sum := r.ledger.Alias().Index("ledger/event-bytes", raw)
	a.digest = sum[:]
	return a
}

// batch is what one transaction takes in.
type batch struct {
	r       *Registry
	tx      *store.Tx
	j       *journal
	now     time.Time
	history bool                     // what is opened waits for the wave
	seen    map[string]*arrival      // events of this batch by key
	turns   map[string]bool          // numbers whose turn was waited for, by ledger index
	locks   map[string][]byte        // persons to lock, by ledger index
	persons map[string]touch         // whose records changed, by ledger index
	sealed  map[docket.RecordID]bool // changed, of persons whom the event does not identify
	changed map[docket.RecordID]bool // records of the ledger of which something was said; Seq 0: of all of a case
	lags    lags
	joined  map[docket.Code]string // homes of cases that became one or two: by whose event
}

// touch is a person whose records an event changed.
type touch struct {
	key  []byte
	code docket.Code
	who  docket.Identity
}

// takeDelivery brings the checked events of a delivery into the books.
func (b *batch) takeDelivery(d *Delivery, arrivals []*arrival) error {
	fresh := false
	for _, a := range arrivals {
		if a.event == nil {
			continue
		}
		a.first, a.receipt = nil, Receipt{ID: a.event.ID, Received: b.now.Truncate(time.Microsecond)} // a retried transaction starts anew
		isNew, err := b.take(a, d.ID)
		if err != nil {
			return err
		}
		fresh = fresh || isNew
	}
	if !fresh {
		return nil
	}
	return b.tx.AddDelivery(&store.Delivery{
		Source: agency.SourceOf(d.Agency), ID: d.ID, SignedAt: d.SignedAt, Received: b.now,
		Digests: d.digests(b.r.suite), Signature: d.Signature,
	})
}

func (b *batch) take(a *arrival, delivery string) (isNew bool, err error) {
	known, err := b.known(a)
	if err != nil || known {
		return false, err
	}
	code, err := b.caseOf(a)
	if err != nil || a.receipt.Outcome == Refused {
		return false, err
	}
	if i, twice := namedTwice(a.event, func(p docket.Identity) string { return string(b.r.personKey(code, p)) }); twice {
		a.refuse(fmt.Sprintf("/data/persons/%d/identity", i), "this person stands in the event before; name each once, and give document numbers where two have one name")
		return false, nil
	}
	if err := b.link(a, code); err != nil || a.receipt.Outcome == Refused {
		return false, err
	}
	if err := b.file(a, code); err != nil {
		return false, err
	}
	if err := b.arrange(); err != nil { // before the next event looks for its record
		return false, err
	}
	u, err := oneCase(b.tx, code)
	if err != nil {
		return false, err
	}
	code = u[0]
	a.receipt.Outcome, a.receipt.Code = Accepted, code
	b.seen[string(a.key)] = a
	if !b.history { // it is late by its nature
		b.lags.add(a.event, b.now)
	}
	in := &store.Intake{
		Source: a.event.Source, EventKey: a.key, Digest: a.digest, Delivery: delivery, Received: b.now, Code: code,
	}
	_, err = b.j.add(trail.Entry{
		Kind: "event.receive", At: b.now, Actor: a.event.Source, Code: string(code),
		Detail: map[string]string{"event": hex.EncodeToString(a.key), "bytes": hex.EncodeToString(a.digest)},
	}, func(leaf int64) error {
		in.Leaf, a.receipt.Leaf = leaf, leaf
		return b.tx.AddIntakes([]*store.Intake{in})
	})
	return true, err
}

// namedTwice finds a person who stands in an event a second time, or may: with
// the name of another and without a document number.
func namedTwice(e *docket.Event, key func(docket.Identity) string) (index int, twice bool) {
	for i, p := range e.Data.Persons {
		for _, q := range e.Data.Persons[:i] {
			unclear := p.Identity.Name == q.Identity.Name && (p.Identity.MatchKey() == "" || q.Identity.MatchKey() == "")
			if unclear || key(p.Identity) == key(q.Identity) {
				return i, true
			}
		}
	}
	return 0, false
}

// known answers an event whose id came before: the same bytes are acknowledged
// again, others are refused.
func (b *batch) known(a *arrival) (bool, error) {
	if first, ok := b.seen[string(a.key)]; ok {
		if string(first.digest) != string(a.digest) {
			a.refuse("/id", "another event of this source has this id")
			return true, nil
		}
		a.first, a.receipt = first, first.receipt
		a.receipt.Outcome = Repeated
		return true, nil
	}
	in, err := b.tx.Intake(a.event.Source, a.key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if string(in.Digest) != string(a.digest) {
		a.refuse("/id", "this id was sent before with other content; a correction needs an id of its own and names this one in \"corrects\"")
		return true, nil
	}
	a.receipt = Receipt{ID: a.event.ID, Outcome: Repeated, Code: in.Code, Leaf: in.Leaf, Received: in.Received}
	return true, nil
}
