package backfill

import (
	"context"
	"errors"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/registry"
)

// Runner runs waves, and says what they would do.
type Runner struct {
	Registry *registry.Registry
	Now      func() time.Time
	Persons  int           // decided in one transaction
	Pause    time.Duration // between transactions: for others who write where one writes at a time
	// Moved is told how many persons are done, of how many that were left when
	// it began.
	Moved func(done, all int64)
}

// Foretell says what a wave would do on a day. Nothing is written.
func (r *Runner) Foretell(ctx context.Context, kind registry.WaveKind, on civil.Date) (*registry.Report, error) {
	all, _, err := r.Registry.Waiting(ctx, kind)
	if err != nil {
		return nil, err
	}
	report := registry.NewReport()
	for after := []byte{}; ; {
		if after, err = r.Registry.Foretell(ctx, kind, after, r.Persons, on, report); err != nil || after == nil {
			return report, err
		}
		r.Moved(report.Persons, max(all, report.Persons))
	}
}

// Run runs a wave to its end, or takes up one that was not finished. What is
// done when it fails stays done.
func (r *Runner) Run(ctx context.Context, o registry.WaveOptions) (w *registry.Wave, err error) {
	if w, err = r.Registry.BeginWave(ctx, o, r.Now()); err != nil {
		return nil, err
	}
	before := w.Persons
	for more := true; more; {
		if more, err = w.Step(ctx, r.Persons, r.Now()); err != nil {
			return w, errors.Join(err, w.Leave(ctx, r.Now()))
		}
		r.Moved(w.Persons-before, max(w.Left, w.Persons-before))
		if err := rest(ctx, r.Pause); err != nil {
			return w, errors.Join(err, w.Leave(ctx, r.Now()))
		}
	}
	return w, w.Finish(ctx, r.Now())
}

func rest(ctx context.Context, pause time.Duration) error {
	if pause == 0 {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pause):
		return nil
	}
}
