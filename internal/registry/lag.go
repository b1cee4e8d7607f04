package registry

import (
	"errors"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/store"
)

// lags counts how long the reports of a transaction took. They are written as
// one statement at its end, whatever came.
type lags map[lagOf]*quality.Lags

type lagOf struct {
	source string
	basis  quality.Basis
}

// add counts a report that was taken in. A correction is late by its nature and
// not counted.
func (l lags) add(e *docket.Event, now time.Time) {
	if e.Corrects != "" {
		return
	}
	l.of(e.Source, quality.FromAct)[quality.Class(time.Duration(civil.Of(now).Sub(e.Data.Date))*24*time.Hour)]++
	if !e.Time.IsZero() {
		l.of(e.Source, quality.FromRecorded)[quality.Class(now.Sub(e.Time))]++
	}
}

func (l lags) of(source string, basis quality.Basis) *quality.Lags {
	k := lagOf{source, basis}
	if l[k] == nil {
		l[k] = new(quality.Lags)
	}
	return l[k]
}

// rows are the counts as they are added to those of the day.
func (l lags) rows(now time.Time) []store.SourceLags {
	out := make([]store.SourceLags, 0, len(l))
	for k, n := range l {
		out = append(out, store.SourceLags{Source: k.source, Day: civil.Of(now), Basis: k.basis, Lags: *n})
	}
	return out
}

// queueQuality asks for the records of which something was said to be looked
// at, and writes how long the reports took.
func (b *batch) queueQuality() error {
	var ids []docket.RecordID
	for id := range b.changed {
		said, err := b.saidOf(id)
		if err != nil {
			return err
		}
		ids = append(ids, said...)
	}
	b.tx.LookAtQuality(ids, b.now)
	b.tx.AddLags(b.lags.rows(b.now))
	return nil
}

// saidOf are the records of the ledger that a slip counts in: that of its
// person, or all of its case.
func (b *batch) saidOf(slip docket.RecordID) (ids []docket.RecordID, err error) {
	if slip.Seq > 0 {
		p, err := b.holder(slip)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		return []docket.RecordID{p.id}, err
	}
	u, err := oneCase(b.tx, slip.Code)
	if err != nil {
		return nil, err
	}
	held, err := persons(b.tx, u)
	for _, p := range held {
		ids = append(ids, p.id)
	}
	return ids, err
}
