package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
)

// Counts is what came of playing.
type Counts struct{ Events, Accepted, Repeated, Refused int }

// Load plays the history, a month at a time and the last weeks by the day: each
// agency's reports as one signed delivery, then whatever has fallen due. While one month
// is taken in the next is made, signed and checked. What went in on an earlier,
// interrupted run is acknowledged again and changes nothing. progress gets the
// share done, from 0 to 1.
func (d *Demo) Load(ctx context.Context, r *registry.Registry, rand io.Reader, progress func(float64)) (Counts, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	months := make(chan month, 1)
	failed := make(chan error, 1)
	go func() {
		defer close(months)
		failed <- d.months(ctx, r, rand, months)
	}()
	agencies := slices.Sorted(maps.Keys(d.agencies))
	var counts Counts
	span := d.to.AddDays(1).Time().Sub(d.from.Time())
	for m := range months {
		receipts, err := r.TakeIn(ctx, m.checked)
		if err != nil {
			return counts, fmt.Errorf("playing the reports until %s: %w", m.last.Format(time.DateOnly), err)
		}
		for _, rs := range receipts {
			counts.add(rs)
		}
		if err := whileWork(ctx, r.Sweep, m.last); err != nil {
			return counts, err
		}
		if err := r.AcknowledgeAll(ctx, agencies, m.last.AddDate(0, -3, 0), m.last.AddDate(0, 0, -answerDays), m.last); err != nil {
			return counts, err
		}
		progress(float64(m.last.Sub(d.from.Time())) / float64(span))
	}
	if err := <-failed; err != nil {
		return counts, err
	}
	// Each person once, and not in every month in which something was reported.
	end := d.to.AddDays(1).Time()
	if err := whileWork(ctx, r.Identify, end); err != nil {
		return counts, err
	}
	if err := whileWork(ctx, r.Examine, end); err != nil {
		return counts, err
	}
	progress(1)
	return counts, nil
}

// answerDays is how old a letter is when an agency's system answers it; the
// newest still wait in the inboxes.
const answerDays = 60

// month is what all agencies report in one month, or on one day.
type month struct {
	last       time.Time // of the last report: when they are taken in
	deliveries []*registry.Delivery
	checked    *registry.Checked
}

func (d *Demo) months(ctx context.Context, r *registry.Registry, rand io.Reader, out chan<- month) error {
	var m month
	send := func() error {
		for _, del := range m.deliveries {
			del.ID, del.SignedAt = m.last.UTC().Format("2006-01-02T150405"), m.last
			if err := d.sign(rand, r.Suite(), del); err != nil {
				return err
			}
		}
		var err error
		if m.checked, err = r.Check(ctx, m.deliveries, m.last); err != nil {
			return fmt.Errorf("checking the reports until %s: %w", m.last.Format(time.DateOnly), err)
		}
		select {
		case out <- m:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		m = month{}
		return nil
	}
	var waiting []*docket.Event // of agencies that send once a week
	for e := range d.Events() {
		if len(m.deliveries) > 0 && !d.together(e.Time, m.last) {
			if err := send(); err != nil {
				return err
			}
			if e.Time.Weekday() == time.Monday || !d.daily(e.Time) {
				if err := m.add(waiting...); err != nil {
					return err
				}
				waiting = nil
			}
		}
		m.last = e.Time
		if id, err := agency.IDOf(e.Source); err == nil && d.Slow(id) && d.daily(e.Time) {
			waiting = append(waiting, e)
			continue
		}
		if err := m.add(e); err != nil {
			return err
		}
	}
	if err := m.add(waiting...); err != nil || len(m.deliveries) == 0 {
		return err
	}
	return send()
}

// add puts events into the deliveries of their agencies.
func (m *month) add(events ...*docket.Event) error {
	for _, e := range events {
		id, err := agency.IDOf(e.Source)
		if err != nil {
			return err
		}
		raw, err := e.Encode()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(m.deliveries, func(del *registry.Delivery) bool { return del.Agency == id })
		if i < 0 {
			i, m.deliveries = len(m.deliveries), append(m.deliveries, &registry.Delivery{Agency: id})
		}
		m.deliveries[i].Events = append(m.deliveries[i].Events, raw)
	}
	return nil
}

// dailyDays is how many of the last days are played one by one: how long
// reports took is counted by the day on which they come.
const dailyDays = 45

func (d *Demo) daily(at time.Time) bool { return civil.Of(at).After(d.to.AddDays(-dailyDays)) }

// together says that what was reported at two times is taken in at once.
func (d *Demo) together(a, b time.Time) bool {
	if d.daily(a) {
		return civil.Of(a) == civil.Of(b)
	}
	return a.Month() == b.Month()
}

// whileWork does what waits for all persons, or records.
func whileWork(ctx context.Context, do func(context.Context, time.Time, int) (int, error), now time.Time) error {
	const most = 500
	for {
		n, err := do(ctx, now, most)
		if err != nil || n < most {
			return err
		}
	}
}

func (d *Demo) sign(rand io.Reader, s suite.Suite, del *registry.Delivery) error {
	sig, err := d.agencies[del.Agency].sign.Sign(rand, del.Message(s))
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

// Trickle sends one new report at each tick until the context ends. After a
// restart the stream begins anew; what an earlier run sent is passed over.
func (d *Demo) Trickle(ctx context.Context, r *registry.Registry, rand io.Reader, tick <-chan time.Time) error {
	at, ok := next(ctx, tick)
	if !ok {
		return nil
	}
	for e := range d.Live(at) {
		isNew, err := d.report(ctx, r, rand, e, at)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case !isNew:
			continue
		}
		if at, ok = next(ctx, tick); !ok {
			return nil
		}
	}
	return nil
}

func next(ctx context.Context, tick <-chan time.Time) (time.Time, bool) {
	select {
	case at := <-tick:
		return at, true
	case <-ctx.Done():
		return time.Time{}, false
	}
}

// report sends one event by itself, and says whether it is new to the platform.
func (d *Demo) report(ctx context.Context, r *registry.Registry, rand io.Reader, e *docket.Event, at time.Time) (isNew bool, err error) {
	id, err := agency.IDOf(e.Source)
	if err != nil {
		return false, err
	}
	now := *e
	now.Time = at
	raw, err := now.Encode()
	if err != nil {
		return false, err
	}
	del := &registry.Delivery{Agency: id, ID: "live-" + e.ID, SignedAt: at.Truncate(time.Microsecond), Events: [][]byte{raw}}
	if err := d.sign(rand, r.Suite(), del); err != nil {
		return false, err
	}
	receipts, err := r.Receive(ctx, del, at)
	if err != nil {
		return false, err
	}
	return receipts[0].Outcome == registry.Accepted, nil
}
