package store

import (
	"time"

	"github.com/fengcun/fengcun/internal/docket"
)

// Delivery is one signed push of events.
type Delivery struct {
	Source, ID string
	SignedAt   time.Time
	Received   time.Time
	Digests    []byte // 32 bytes for each event, in order
	Signature  []byte
}

var (
	deliveries = insertion{
		table: "delivery", columns: "source, id, signed_at, received, digests, signature", n: 6, conflict: "(source, id) DO NOTHING",
	}
	intakes = insertion{table: "intake", columns: "source, event_key, digest, delivery, received, code, leaf", n: 7}
)

// AddDelivery stores a delivery's evidence; a repeated one is kept as it was.
func (t *Tx) AddDelivery(d *Delivery) error {
	t.insertSoon(&deliveries, []any{d.Source, d.ID, micros(d.SignedAt), micros(d.Received), d.Digests, d.Signature})
	return nil
}

// Intake is what is kept of an event that was taken in.
type Intake struct {
	Source   string
	EventKey []byte
	Digest   []byte
	Delivery string
	Received time.Time
	Code     docket.Code
	Leaf     int64
}

// Intake reads the row of an event, or ErrNotFound.
func (t *Tx) Intake(source string, eventKey []byte) (*Intake, error) {
	if found, ok := t.ahead.intakes[source+"\x00"+string(eventKey)]; ok {
		if len(found) == 0 {
			return &Intake{Source: source, EventKey: eventKey}, ErrNotFound
		}
		return found[0], nil
	}
	in := &Intake{Source: source, EventKey: eventKey}
	var received int64
	err := t.one(`SELECT digest, delivery, received, code, leaf FROM intake WHERE source = $1 AND event_key = $2`,
		[]any{source, eventKey}, &in.Digest, &in.Delivery, &received, (*string)(&in.Code), &in.Leaf)
	in.Received = fromMicros(received)
	return in, err
}

// AddIntakes stores the rows of events that were taken in.
func (t *Tx) AddIntakes(ins []*Intake) error {
	for _, in := range ins {
		delete(t.ahead.intakes, in.Source+"\x00"+string(in.EventKey))
		t.insertSoon(&intakes, []any{in.Source, in.EventKey, in.Digest, in.Delivery, micros(in.Received), string(in.Code), in.Leaf})
	}
	return nil
}

// IntakeCounts counts the events taken in, by source.
func (t *Tx) IntakeCounts() (map[string]int64, error) {
	type count struct {
		source string
		n      int64
	}
	rows, err := all(t, `SELECT source, COUNT(*) FROM intake GROUP BY source`, nil,
		func(scan func(...any) error) (c count, err error) { return c, scan(&c.source, &c.n) })
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.source] = r.n
	}
	return out, err
}
