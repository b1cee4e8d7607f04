package desk

import (
	"context"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
)

// figures keeps how often each step was done. Counting reads whole tables, so
// it is done at most twice a minute, and in the demonstration alone.
type figures struct {
	mu    sync.Mutex
	until time.Time
	steps [10]int
}

const figuresFor = 30 * time.Second

// wide keeps the counts of those who oversee everybody, which read whole
// tables as well.
type wide struct {
	mu   sync.Mutex
	kept map[agency.Duty]wideCounts
}

type wideCounts struct {
	until time.Time
	desk  registry.Desk
}

// counts are what an officer's first page counts.
func (o *Office) counts(ctx context.Context, v *web.Visitor) (*registry.Desk, error) {
	if v.Duty != agency.Supervisor {
		return o.reg.Desk(ctx, v.ID)
	}
	o.wide.mu.Lock()
	defer o.wide.mu.Unlock()
	now := o.now()
	if c, ok := o.wide.kept[v.Duty]; ok && now.Before(c.until) {
		return &c.desk, nil
	}
	d, err := o.reg.Desk(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	if o.wide.kept == nil {
		o.wide.kept = make(map[agency.Duty]wideCounts)
	}
	o.wide.kept[v.Duty] = wideCounts{until: now.Add(figuresFor), desk: *d}
	return d, nil
}

func (f *figures) read(ctx context.Context, reg *registry.Registry, now time.Time) ([10]int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Before(f.until) {
		return f.steps, nil
	}
	steps, err := reg.StepCounts(ctx)
	if err != nil {
		return steps, err
	}
	f.steps, f.until = steps, now.Add(figuresFor)
	return steps, nil
}
