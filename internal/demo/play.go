package demo

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// Counts is what came of playing.
type Counts struct{ Events, Accepted, Repeated, Refused int }

// Load plays the history, a month at a time: each agency's reports of the
// month as one signed delivery, then whatever has fallen due. What went in on
// an earlier, interrupted run is acknowledged again and changes nothing.
// progress gets the share done, from 0 to 1.
func (d *Demo) Load(ctx context.Context, r *registry.Registry, rand io.Reader, progress func(float64)) (Counts, error) {
	l := &loader{d: d, r: r, rand: rand, pending: make(map[string]*registry.Delivery)}
	span := float64(d.to.Sub(d.from)) + 1
	for e := range d.Events() {
		if err := ctx.Err(); err != nil {
			return l.counts, err
		}
		if y, m, _ := e.Time.Date(); y != l.year || m != l.month {
			if err := l.flush(ctx); err != nil {
				return l.counts, err
			}
			l.year, l.month = y, m
			progress(e.Time.Sub(d.from.Time()).Hours() / 24 / span)
		}
		if err := l.add(e); err != nil {
			return l.counts, err
		}
	}
	err := l.flush(ctx)
	progress(1)
	return l.counts, err
}

type loader struct {
	d       *Demo
	r       *registry.Registry
	rand    io.Reader
	year    int
	month   time.Month
	last    time.Time
	pending map[string]*registry.Delivery
	order   []string
	counts  Counts
}

func (l *loader) add(e *docket.Event) error {
	id, err := agency.IDOf(e.Source)
	if err != nil {
		return err
	}
	raw, err := e.Encode()
	if err != nil {
		return err
	}
	d := l.pending[id]
	if d == nil {
		d = &registry.Delivery{Agency: id}
		l.pending[id] = d
		l.order = append(l.order, id)
	}
	d.Events = append(d.Events, raw)
	l.last = e.Time
	return nil
}

func (l *loader) flush(ctx context.Context) error {
	if len(l.order) == 0 {
		return nil
	}
	ds := make([]*registry.Delivery, 0, len(l.order))
	for _, id := range l.order {
		d := l.pending[id]
		d.ID, d.SignedAt = l.last.UTC().Format("2006-01-02T150405"), l.last
		if err := l.d.sign(l.rand, l.r, d); err != nil {
			return err
		}
		ds = append(ds, d)
	}
	receipts, err := l.r.ReceiveAll(ctx, ds, l.last)
	if err != nil {
		return fmt.Errorf("playing the reports of %d-%02d: %w", l.year, l.month, err)
	}
	for _, rs := range receipts {
		l.counts.add(rs)
	}
	clear(l.pending)
	l.order = l.order[:0]
	return sweep(ctx, l.r, l.last)
}

// sweep looks at everything that has fallen due.
func sweep(ctx context.Context, r *registry.Registry, now time.Time) error {
	const most = 500
	for {
		n, err := r.Sweep(ctx, now, most)
		if err != nil {
			return err
		}
		if n < most {
			return nil
		}
	}
}

func (d *Demo) sign(rand io.Reader, r *registry.Registry, del *registry.Delivery) error {
	sig, err := d.agencies[del.Agency].sign.Sign(rand, del.Message(r.Suite()))
	del.Signature = sig
	return err
}

func (c *Counts) add(receipts []registry.Receipt) {
	for _, r := range receipts {
		c.Events++
		switch r.Outcome {
		case registry.Accepted:
			c.Accepted++
		case registry.Repeated:
			c.Repeated++
		case registry.Refused:
			c.Refused++
		}
	}
}

// Trickle sends one new report at each tick until the context ends.
func (d *Demo) Trickle(ctx context.Context, r *registry.Registry, rand io.Reader, tick <-chan time.Time) error {
	var at time.Time
	select {
	case at = <-tick:
	case <-ctx.Done():
		return nil
	}
	for e := range d.Live(at) {
		select {
		case at = <-tick:
		case <-ctx.Done():
			return nil
		}
		if err := d.report(ctx, r, rand, e, at, "live-"+strconv.FormatInt(at.UnixNano(), 36)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Demo) report(ctx context.Context, r *registry.Registry, rand io.Reader, e *docket.Event, at time.Time, delivery string) error {
	id, err := agency.IDOf(e.Source)
	if err != nil {
		return err
	}
	now := *e
	now.Time = at
	raw, err := now.Encode()
	if err != nil {
		return err
	}
	del := &registry.Delivery{Agency: id, ID: delivery, SignedAt: at, Events: [][]byte{raw}}
	if err := d.sign(rand, r, del); err != nil {
		return err
	}
	if _, err := r.Receive(ctx, del, at); err != nil {
		return err
	}
	return sweep(ctx, r, at)
}
