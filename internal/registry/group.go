package registry

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
)

// mostTogether is how many events deliveries that share a transaction may
// bring; a larger delivery goes alone.
const mostTogether = 512

var errAbandoned = errors.New("the transaction was given up; send the delivery again")

// group lets deliveries that arrive while a transaction runs share the next
// one, and so the price of its commit. Nobody waits for a timer: who finds no
// transaction running starts one at once.
type group struct {
	turn    chan struct{} // held by whoever runs a transaction
	mu      sync.Mutex
	waiting []*member
}

// member is a checked delivery on its way into the books.
type member struct {
	delivery *Delivery
	in       []*arrival
	now      time.Time
	done     chan struct{}
	settled  bool // by whoever holds the turn
	receipts []Receipt
	err      error
}

func newGroup() *group { return &group{turn: make(chan struct{}, 1)} }

// Receive takes a delivery in (step 1), folds its events into cases and
// records (step 2) and lets policy decide what that settles (step 3). Events
// are judged one by one: a bad one is refused with its reasons, the others go
// in. The receipts stand in the order of the events. Nothing is acknowledged
// before it is committed.
func (r *Registry) Receive(ctx context.Context, d *Delivery, now time.Time) ([]Receipt, error) {
	from, err := r.verifyDelivery(ctx, d, now)
	if err != nil {
		return nil, err
	}
	m := &member{delivery: d, in: r.read(d, from, civil.Of(now)), now: now, done: make(chan struct{})}
	r.group.join(m)
	select {
	case <-m.done:
	case r.group.turn <- struct{}{}:
		r.lead(ctx, r.group.take(m))
	case <-ctx.Done():
		if r.group.withdraw(m) {
			return nil, context.Cause(ctx)
		}
		<-m.done // it is in a transaction that others share
	}
	return m.receipts, m.err
}

func (g *group) join(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, m)
}

// take gives m and those that fit beside it, in the order of arrival; nothing
// if an earlier transaction took m along.
func (g *group) take(m *member) []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slices.Contains(g.waiting, m) {
		return nil
	}
	events := len(m.in)
	out := make([]*member, 0, len(g.waiting))
	var left []*member
	for _, w := range g.waiting {
		if w != m && events+len(w.in) > mostTogether {
			left = append(left, w)
			continue
		}
		if w != m {
			events += len(w.in)
		}
		out = append(out, w)
	}
	g.waiting = left
	return out
}

func (g *group) withdraw(m *member) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, m)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	return i >= 0
}

// lead takes the members in together. If that fails each goes in alone, so
// that none fails for another's fault. Whoever leads others does it to the
// end, although its own caller may have gone.
func (r *Registry) lead(ctx context.Context, members []*member) {
	defer func() { // also after a panic: the others must not wait for ever
		settleAll(members, errAbandoned)
		<-r.group.turn
	}()
	if len(members) > 1 {
		ctx = context.WithoutCancel(ctx)
		if r.takeIn(ctx, members) == nil {
			settleAll(members, nil)
			return
		}
	}
	for _, m := range members {
		settleAll([]*member{m}, r.takeIn(ctx, []*member{m}))
	}
}

// settleAll tells those who still wait what came of it.
func settleAll(members []*member, err error) {
	for _, m := range members {
		if m.settled {
			continue
		}
		if m.err = err; err == nil {
			m.receipts = receipts(m.in)
		}
		m.settled = true
		close(m.done)
	}
}
