package registry

import (
	"context"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/store"
)

// What is asked of waves without running one.

// Waves lists the waves, the last first, and which program runs one until when.
func (r *Registry) Waves(ctx context.Context, limit int) (all []WaveRow, holder string, until time.Time, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		if all, err = tx.Waves(limit); err != nil {
			return err
		}
		holder, until, err = tx.WaveHolder()
		return err
	})
	return all, holder, until, err
}

// WaveReport reads what a wave did.
func (r *Registry) WaveReport(ctx context.Context, id string) (*Report, error) {
	out := NewReport()
	return out, r.db.Read(ctx, func(tx *store.Tx) error {
		counts, err := tx.WaveCounts(id)
		if err != nil {
			return err
		}
		return out.read(counts)
	})
}

// Waiting counts over whom a wave would go.
func (r *Registry) Waiting(ctx context.Context, kind WaveKind) (persons, records int64, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		persons, records, err = countOf(tx, kind, []byte{})
		return err
	})
	return persons, records, err
}

// WavePage lists at most limit persons after one over whom a wave of a kind
// would go.
func (r *Registry) WavePage(ctx context.Context, kind WaveKind, after []byte, limit int) (keys [][]byte, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		keys, err = pageOf(tx, kind, after, limit)
		return err
	})
	return keys, err
}

// Foretell decides on persons and writes nothing: what a wave would do with them
// on a day.
func (r *Registry) Foretell(ctx context.Context, keys [][]byte, on civil.Date) (*Report, error) {
	report := NewReport()
	return report, r.db.Read(ctx, func(tx *store.Tx) error {
		s := &stretch{r: r, tx: tx, j: r.journal(), on: on, report: report, dry: true}
		return s.run(keys, time.Time{})
	})
}
