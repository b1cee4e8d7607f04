// Package gateway reports for agencies whose systems cannot call the platform:
// it watches folders and SQL views, turns rows into events by a mapping file,
// keeps them in a spool on its own disk, signs them with the agency's key and
// pushes them until the platform has answered each.
//
// Nothing is lost and nothing is doubled if it is killed at any moment. Each
// step is durable before the next begins, and may be done twice: a row gives
// the same event each time it is read, and the platform acknowledges an event
// that it has a second time without taking it in again.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/civil"
)

// Gateway is one agency's gateway at work.
type Gateway struct {
	config  *Config
	spool   *spool
	sources []source
	sender  *sender
	now     func() time.Time
	log     *slog.Logger
	full    bool // the spool was, when last looked
}

// source is a folder or a view.
type source interface {
	name() string
	// collect brings what is new into the spool and hands out the reports of
	// what has been answered. errFull where the spool has no room.
	collect(ctx context.Context, today civil.Date) error
	// idle says that there is nothing left to collect or to hand out.
	idle(ctx context.Context) (bool, error)
	io.Closer
}

// Options are what a gateway takes from outside.
type Options struct {
	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger
}

// Open opens the gateway that a configuration describes. Another one on the
// same spool is refused.
func Open(ctx context.Context, c *Config, o Options) (*Gateway, error) {
	key, err := c.signKey()
	if err != nil {
		return nil, err
	}
	client, err := c.client(o.Now())
	if err != nil {
		return nil, err
	}
	s, err := openSpool(ctx, c.Spool, c.SpoolMB<<20)
	if err != nil {
		return nil, err
	}
	g := &Gateway{config: c, spool: s, now: o.Now, log: o.Log}
	g.sender = &sender{
		spool: s, most: c.Batch, size: c.Batch, now: o.Now, log: o.Log,
		client: &api.Client{URL: c.Platform, Agency: c.Agency, Key: key, HTTP: client, Rand: o.Rand},
	}
	if err := g.open(); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

func (g *Gateway) open() error {
	from := agency.SourceOf(g.config.Agency)
	for i := range g.config.Folders {
		f, err := openFolder(&g.config.Folders[i], g.spool, from, g.now, g.log)
		if err != nil {
			return err
		}
		g.sources = append(g.sources, f)
	}
	for i := range g.config.Views {
		v, err := openView(&g.config.Views[i], g.spool, from)
		if err != nil {
			return err
		}
		g.sources = append(g.sources, v)
	}
	return nil
}

// Close lets go of the spool and the databases.
func (g *Gateway) Close() error {
	var errs []error
	for _, s := range g.sources {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, g.spool.close())...)
}

// Run works until the context ends.
func (g *Gateway) Run(ctx context.Context) {
	var sending sync.WaitGroup
	sending.Go(func() { g.sender.run(ctx) })
	for ctx.Err() == nil {
		g.collect(ctx)
		wait(ctx, g.config.Every)
	}
	sending.Wait()
}

// Drain works until everything that lies there has been answered, or the
// platform cannot be reached: then it gives the reason, and what is left stays
// for the next time.
func (g *Gateway) Drain(ctx context.Context) error {
	for ctx.Err() == nil {
		failed := g.collect(ctx)
		if err := g.sender.drain(ctx); err != nil {
			return err
		}
		idle, err := g.idle(ctx)
		if err != nil || idle || failed {
			return err
		}
		wait(ctx, min(g.config.Every, 200*time.Millisecond))
	}
	return context.Cause(ctx)
}

func (g *Gateway) idle(ctx context.Context) (bool, error) {
	n, err := g.spool.waiting(ctx)
	if err != nil || n > 0 {
		return false, err
	}
	for _, s := range g.sources {
		idle, err := s.idle(ctx)
		if err != nil || !idle {
			return false, err
		}
	}
	return true, nil
}

// collect asks each source once; a source that fails does not stop the others.
func (g *Gateway) collect(ctx context.Context) (failed bool) {
	full := false
	for _, s := range g.sources {
		err := s.collect(ctx, civil.Of(g.now()))
		switch {
		case err == nil, ctx.Err() != nil:
		case errors.Is(err, errFull):
			full = true
		default:
			failed = true
			g.log.ErrorContext(ctx, "a source cannot be read; it is tried again", "source", s.name(), "error", err)
		}
	}
	if full && !g.full {
		g.log.WarnContext(ctx, "the spool is full: nothing more is read until the platform has taken what waits; nothing is lost. "+
			"Look whether the platform can be reached, or raise spool_mb", "spool_mb", g.config.SpoolMB)
	}
	g.full = full
	return failed
}

// Counts is what went through since the gateway was opened, and what waits.
type Counts struct {
	Accepted, Repeated, Refused, Waiting int
}

// Counts gives the figures of this run.
func (g *Gateway) Counts(ctx context.Context) (Counts, error) {
	c := g.sender.sum
	var err error
	c.Waiting, err = g.spool.waiting(ctx)
	return c, err
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// inside is the path of a file that a configuration names, from the folder of
// the configuration.
func inside(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

func named(key string, i int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s[%d]: %w", key, i, err)
}
