package backfill

import (
	"context"
	"errors"
	"runtime"
	"sync"
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

// Foretell says what a wave would do on a day. Nothing is written; all
// processors decide.
func (r *Runner) Foretell(ctx context.Context, kind registry.WaveKind, on civil.Date) (*registry.Report, error) {
	all, _, err := r.Registry.Waiting(ctx, kind)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pages := make(chan [][]byte)
	var (
		total = registry.NewReport()
		mu    sync.Mutex
		wg    sync.WaitGroup
	)
	for range min(mostReaders, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for keys := range pages {
				report, err := r.Registry.Foretell(ctx, keys, on)
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				total.Add(report)
				r.Moved(total.Persons, max(all, total.Persons))
				mu.Unlock()
			}
		})
	}
	err = r.pages(ctx, kind, pages)
	close(pages)
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return total, err
}

// mostReaders is how many decide at the same time: each has a connection. What
// one keeps in memory grows with how many persons it decides together.
const (
	mostReaders = 3
	foretold    = 100
)

// pages gives out who is to be decided.
func (r *Runner) pages(ctx context.Context, kind registry.WaveKind, out chan<- [][]byte) error {
	for after := []byte{}; ; {
		keys, err := r.Registry.WavePage(ctx, kind, after, foretold)
		if err != nil || len(keys) == 0 {
			return err
		}
		after = keys[len(keys)-1]
		select {
		case out <- keys:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
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
