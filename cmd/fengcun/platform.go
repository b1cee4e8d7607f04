package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/trail/witness"
	"github.com/fengcun/fengcun/internal/vault"
	"github.com/fengcun/fengcun/internal/vaultd"
)

// platform is everything that runs, wired.
type platform struct {
	env   *env
	log   *slog.Logger
	db    *store.DB
	ring  *keyring.Ring
	reg   *registry.Registry
	vault *vaultd.Client // nil: the vault is in this process

	witnesses *witness.Group // nil: nobody cosigns
}

type platformOptions struct {
	database  string
	ring      *keyring.Ring
	origin    string
	packs     *policy.Set
	confirm   bool
	accept    grant.Accept   // officers' keys taken beside those of their systems
	vault     *vaultd.Client // nil: the vault is in this process
	witnesses *witness.Group // nil: nobody cosigns
	promise   quality.Promise
}

// book is the vault that the registry gets: none where it is to make its own.
func (o *platformOptions) book() vault.Book {
	if o.vault == nil {
		return nil
	}
	return o.vault
}

func startPlatform(e *env, o platformOptions) (*platform, error) {
	db, err := store.Open(e.ctx, o.database)
	if err != nil {
		return nil, err
	}
	p := &platform{env: e, db: db, ring: o.ring, witnesses: o.witnesses, vault: o.vault, log: slog.New(slog.NewJSONHandler(e.stderr, nil))}
	if _, err := db.Migrate(e.ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	p.reg, err = registry.New(e.ctx, registry.Config{
		DB: db, Ring: o.ring, Origin: o.origin, Packs: o.packs, ConfirmSealing: o.confirm, Accept: o.accept, Rand: rand.Reader, Sequencer: p.sequencer(), Vault: o.book(), Promise: o.promise,
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := p.reg.Commence(e.ctx, e.now()); err != nil {
		return nil, errors.Join(fmt.Errorf("the packs in force: %w", err), p.close())
	}
	return p, nil
}

func (p *platform) close() error {
	p.reg.StepDown(context.WithoutCancel(p.env.ctx))

	if p.vault == nil {
		return p.db.Close()
	}
	return errors.Join(p.vault.Close(), p.db.Close())
}

// routes are what systems use; pages for people are added by the caller.
func (p *platform) routes(mux *http.ServeMux) {
	api.Register(mux, api.Options{Registry: p.reg, Now: p.env.now, Log: p.log, Version: version})
	key := p.reg.Verifier().String()
	mux.Handle("GET /trail/", http.StripPrefix("/trail/", trail.Handler(p.public(), key, p.log)))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := p.db.Ping(r.Context()); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		if p.vault != nil && p.vault.Ping(r.Context()) != nil {
			http.Error(w, "the vault does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
}

// keep does what time asks for, until the context ends: a checkpoint every
// second, records whose day has come, persons to compare, records whose quality
// is to be looked at.
func (p *platform) keep(ctx context.Context) {
	every(ctx, time.Second, func() {
		p.watchClock(ctx)
		const most = 200
		if _, err := p.reg.Sweep(ctx, p.env.now(), most); err != nil && ctx.Err() == nil {
			p.log.Error("looking at records that are due", "error", err)
		}
		p.whileWork(ctx, "comparing persons", p.reg.Identify)
		p.whileWork(ctx, "looking at the quality of records", p.reg.Examine)
		if _, err := p.reg.IssueLetters(ctx, p.env.now(), most); err != nil && ctx.Err() == nil {
			p.log.Error("issuing letters that a wave left", "error", err)
		}
		if _, err := p.reg.Publish(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("publishing a checkpoint", "error", err)
		}
	})
}

// whileWork does what waits in small batches so that deliveries come between,
// for as long as it takes or half a second at most: a checkpoint waits for it.
func (p *platform) whileWork(ctx context.Context, what string, do func(context.Context, time.Time, int) (int, error)) {
	const most = 20
	for until := time.Now().Add(time.Second / 2); time.Now().Before(until); {
		n, err := do(ctx, p.env.now(), most)
		if err != nil && ctx.Err() == nil {
			p.log.Error("doing what waits", "what", what, "error", err)
		}
		if err != nil || n < most {
			return
		}
	}
}

// watchClock keeps the latest time seen and says where the clock lies behind it.
func (p *platform) watchClock(ctx context.Context) {
	behind, err := p.reg.Watch(ctx, p.env.now())
	switch {
	case err != nil && ctx.Err() == nil:
		p.log.Error("keeping the latest time seen", "error", err)
	case behind > clockSlack:
		p.log.Error("the clock lies behind the latest time seen: what has expired stays so, and requests are judged by that time; mend the clock, or see «fengcun clock»",
			"behind", behind.Round(time.Second).String())
	}
}

// clockSlack is how far a clock may be put right without a word.
const clockSlack = 2 * time.Second

// steady is the clock of the pages' sessions: it does not go back.
func (p *platform) steady() time.Time { return p.reg.Steady(p.env.now()) }

// listen serves until the context ends, then lets requests finish.
func (p *platform) listen(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler: forgetBodies(h), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(forgetful{l}) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := srv.Shutdown(last)
	if serve := <-done; !errors.Is(serve, http.ErrServerClosed) {
		err = errors.Join(err, serve)
	}
	return err
}

// every does f each period until the context ends; one that takes longer is
// not done twice at once.
func every(ctx context.Context, period time.Duration, f func()) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f()
		}
	}
}
