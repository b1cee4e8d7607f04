package indistinct_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
)

// receive gives reports to the platform, each in a delivery of its agency's.
func (s *side) receive(events []*docket.Event, step int, at time.Time) ([][]registry.Receipt, error) {
	s.Helper()
	ds, err := s.deliveries(events, step, at)
	if err != nil {
		return nil, err
	}
	return s.reg.ReceiveAll(context.Background(), ds, at)
}

// takeHistory gives reports to the platform as history that is in to its end.
func (s *side) takeHistory(events []*docket.Event, step int, at time.Time) ([][]registry.Receipt, error) {
	s.Helper()
	ds, err := s.deliveries(events, step, at)
	if err != nil {
		return nil, err
	}
	c, err := s.reg.Check(context.Background(), ds, at)
	if err != nil {
		return nil, err
	}
	f := &registry.HistoryFile{Digest: fmt.Sprint(step), Agency: ds[0].Agency, Began: at, Finished: at, Line: 1}
	return s.reg.TakeHistory(context.Background(), c, f)
}

// wave decides on everybody who waits.
func (s *side) wave(now time.Time) error {
	ctx := context.Background()
	w, err := s.reg.BeginWave(ctx, registry.WaveOptions{Kind: registry.WaveWaiting, Worker: "wave"}, now)
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = w.Step(ctx, 10, now); err != nil {
			return err
		}
	}
	return w.Finish(ctx, now)
}

// deliveries are reports, each in a delivery of its agency's.
func (s *side) deliveries(events []*docket.Event, step int, at time.Time) ([]*registry.Delivery, error) {
	s.Helper()
	s.at(at)
	var ds []*registry.Delivery
	for i, e := range events {
		by, err := agency.IDOf(e.Source)
		if err != nil {
			return nil, err
		}
		raw, err := e.Encode()
		if err != nil {
			return nil, err
		}
		d := &registry.Delivery{Agency: by, ID: fmt.Sprintf("d%d-%d", step, i), SignedAt: at, Events: [][]byte{raw}}
		if d.Signature, err = s.sign.Sign(s.tape, d.Message(s.suite)); err != nil {
			return nil, err
		}
		ds = append(ds, d)
	}
	return ds, nil
}

func (s *side) record(id docket.RecordID) (r store.Record) {
	s.Helper()
	s.must(s.db.Read(context.Background(), func(tx *store.Tx) (err error) {
		r, err = tx.Record(id)
		return err
	}))
	return r
}

// text reads one string by SQL; "" where there is no row.
func (s *side) text(query string, args ...any) (v string) {
	s.Helper()
	err := s.raw.QueryRowContext(context.Background(), query, args...).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return ""
	}
	s.must(err)
	return v
}

// numbers reads a column of numbers by SQL.
func (s *side) numbers(query string, args ...any) (out []int) {
	s.Helper()
	rows, err := s.raw.QueryContext(context.Background(), query, args...)
	s.must(err)
	defer rows.Close()
	for rows.Next() {
		var n int
		s.must(rows.Scan(&n))
		out = append(out, n)
	}
	s.must(rows.Err())
	return out
}
