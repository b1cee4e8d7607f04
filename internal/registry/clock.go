package registry

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/clock"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// watch is the registry's time: never earlier than any that this program has
// seen, nor, to within clock.Grain, than any that another on the same database
// has. Grants, tickets, codes and rulings are judged by it.
type watch struct {
	mark clock.Watermark
	mu   sync.Mutex
	kept time.Time // as it stands in the database, as far as is known here
}

// at is the time to judge by when the clock says now. What it moves on by is
// kept before it is used, in a transaction of its own: a refusal, which undoes
// its verb's, is not forgotten.
func (r *Registry) at(ctx context.Context, now time.Time) (time.Time, error) {
	behind := r.watch.mark.Behind(now) > 0
	at := r.watch.mark.At(now)
	r.watch.mu.Lock()
	fresh := at.Sub(r.watch.kept) < clock.Grain
	r.watch.mu.Unlock()
	if fresh && !behind {
		return at, nil
	}
	latest, err := r.seeTime(ctx, at, fresh)
	if err != nil {
		return at, fmt.Errorf("keeping the latest time seen: %w", edge(err))
	}
	r.watch.mu.Lock()
	defer r.watch.mu.Unlock()
	if latest.After(r.watch.kept) {
		r.watch.kept = latest
	}
	return r.watch.mark.At(latest), nil
}

// seeTime keeps a time, or only reads what others have kept.
func (r *Registry) seeTime(ctx context.Context, at time.Time, read bool) (latest time.Time, err error) {
	if read {
		return latest, r.db.Read(ctx, func(tx *store.Tx) (err error) {
			latest, err = tx.LatestTime()
			return err
		})
	}
	return latest, r.db.Write(ctx, func(tx *store.Tx) (err error) {
		latest, err = tx.SeeTime(at)
		return err
	})
}

// Steady is the time to judge by without asking the database: what this
// program has seen.
func (r *Registry) Steady(now time.Time) time.Time { return r.watch.mark.At(now) }

// Watch keeps the latest time seen and says how far the clock lies behind it:
// 0 while it goes forward.
func (r *Registry) Watch(ctx context.Context, now time.Time) (behind time.Duration, err error) {
	at, err := r.at(ctx, now)
	return max(0, at.Sub(now.Round(0))), err
}

// Clock is how the platform's time stands.
type Clock struct {
	Latest time.Time     // seen by any program on this database
	Behind time.Duration // how far now lies before it; 0 where it does not
}

// Clock says how the platform's time stands; it changes nothing.
func (r *Registry) Clock(ctx context.Context, now time.Time) (c Clock, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		c.Latest, err = tx.LatestTime()
		return err
	})
	c.Behind = max(0, c.Latest.Sub(now.Round(0)))
	return c, err
}

// ResetClock makes now the latest time seen, also where that is earlier: for a
// clock that had run ahead and was mended. It is in the trail; programs that
// run still know the later time and have to be stopped first.
func (r *Registry) ResetClock(ctx context.Context, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		was, err := tx.LatestTime()
		if err != nil {
			return err
		}
		if err := tx.ResetTime(now); err != nil {
			return err
		}
		_, err = j.add(trail.Entry{
			Kind: "platform.clock-reset", At: now, Actor: "platform", Detail: map[string]string{"from": stamp(was), "to": stamp(now)},
		}, nil)
		return err
	})
}
