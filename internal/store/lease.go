package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// TakeLease makes holder the one program that signs checkpoints, until a time,
// or renews that it is. The fence grows with each change of holder. ErrStale
// where somebody else's lease has not ended by now.
//
// The row stays locked to the end of the transaction, so what is written in it
// is written by the holder, whatever clocks say; times decide only how long a
// program that died is waited for.
func (t *Tx) TakeLease(holder string, now, until time.Time) (fence int64, err error) {
	err = t.one(takeLease, []any{holder, micros(until), micros(now)}, &fence)
	if errors.Is(err, ErrNotFound) {
		return 0, ErrStale
	}
	if err != nil {
		return 0, fmt.Errorf("taking the trail's lease: %w", err)
	}
	return fence, nil
}

// TakeLeaseSoon is TakeLease in one trip with what is asked next. Where
// somebody else has the lease the fence stays 0.
func (t *Tx) TakeLeaseSoon(holder string, now, until time.Time, fence *int64) {
	t.queue.push(&queued{tables: []string{"trail_lease"}, statement: statement{
		query: takeLease, args: []any{holder, micros(until), micros(now)}, want: anyRows, dest: []any{fence},
	}})
}

const takeLease = `UPDATE trail_lease SET fence = CASE WHEN holder = $1 THEN fence ELSE fence + 1 END, holder = $1, until = $2
		WHERE id = 1 AND (holder = $1 OR until <= $3) RETURNING fence`

// CheckLease keeps the lease from changing hands within the transaction.
// ErrStale where it has done so since the fence was given.
func (t *Tx) CheckLease(holder string, fence int64) error {
	return t.change(`UPDATE trail_lease SET fence = fence WHERE id = 1 AND holder = $1 AND fence = $2`, holder, fence)
}

// AddCosigned stores a checkpoint with its cosignatures; one of the same size
// is kept.
func (t *Tx) AddCosigned(size int64, note []byte) error {
	return t.put(`INSERT INTO trail_cosigned (size, note) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING`, size, note)
}

// LastCosigned reads the largest cosigned checkpoint, or ErrNotFound.
func (t *Tx) LastCosigned() (note []byte, err error) {
	err = t.one(`SELECT note FROM trail_cosigned ORDER BY size DESC LIMIT 1`, nil, &note)
	return note, err
}

// WitnessedLog gives the public side of the trail as far as witnesses have
// cosigned it.
func (db *DB) WitnessedLog() Log { return Log{db, (*Tx).LastCosigned} }

// Checkpoint implements trail.Source.
func (l Log) Checkpoint(ctx context.Context) (note []byte, err error) {
	err = l.db.Read(ctx, func(tx *Tx) error {
		note, err = l.last(tx)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return note, err
}
