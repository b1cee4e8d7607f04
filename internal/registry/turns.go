package registry

import (
	"context"
	"slices"
	"sync"
)

// mostAtOnce is how many openings may share a transaction.
const mostAtOnce = 64

// turns lets what arrives while a transaction runs share the next one, and so
// the lock on the log's head and the price of a commit. Nobody waits for a
// timer: who finds no transaction running starts one at once.
type turns[T any] struct {
	turn    chan struct{} // held by whoever runs a transaction
	mu      sync.Mutex
	waiting []*inTurn[T]
}

// inTurn is one who waits, or whose transaction runs.
type inTurn[T any] struct {
	item    T
	done    chan struct{}
	settled bool // by whoever holds the turn
	err     error
}

func newTurns[T any]() *turns[T] { return &turns[T]{turn: make(chan struct{}, 1)} }

// run has f done for the item, alone or with others. Where it fails for
// several it is done for each alone, so that none fails for another's fault; f
// must change nothing where it fails.
func (t *turns[T]) run(ctx context.Context, item T, f func(context.Context, []T) error) error {
	m := &inTurn[T]{item: item, done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, m)
	t.mu.Unlock()
	select {
	case <-m.done:
	case t.turn <- struct{}{}:
		t.lead(ctx, t.take(m), f)
	case <-ctx.Done():
		if t.withdraw(m) {
			return context.Cause(ctx)
		}
		<-m.done // it is in a transaction that others share
	}
	return m.err
}

// take gives m and those who came before and behind it; nobody if an earlier
// transaction took m along.
func (t *turns[T]) take(m *inTurn[T]) []*inTurn[T] {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.Index(t.waiting, m)
	if at < 0 {
		return nil
	}
	from := max(0, at-mostAtOnce+1) // m itself is always among them
	to := min(len(t.waiting), from+mostAtOnce)
	out := slices.Clone(t.waiting[from:to])
	t.waiting = slices.Delete(t.waiting, from, to)
	return out
}

func (t *turns[T]) withdraw(m *inTurn[T]) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(t.waiting, m)
	if i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
	}
	return i >= 0
}

// lead does f for all of them. Whoever leads others does it to the end,
// although its own caller may have gone.
func (t *turns[T]) lead(ctx context.Context, all []*inTurn[T], f func(context.Context, []T) error) {
	defer func() { // also after a panic: the others must not wait for ever
		settleTurns(all, errAbandoned)
		<-t.turn
	}()
	if len(all) > 1 {
		ctx = context.WithoutCancel(ctx)
		items := make([]T, len(all))
		for i, m := range all {
			items[i] = m.item
		}
		if f(ctx, items) == nil {
			settleTurns(all, nil)
			return
		}
	}
	for _, m := range all {
		settleTurns([]*inTurn[T]{m}, f(ctx, []T{m.item}))
	}
}

// settleTurns tells those who still wait what came of it.
func settleTurns[T any](all []*inTurn[T], err error) {
	for _, m := range all {
		if m.settled {
			continue
		}
		m.settled, m.err = true, err
		close(m.done)
	}
}
