package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/fengcun/fengcun/internal/store"
)

type serveCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Ready  string `type:"path" help:"File that gets the server's URL once it serves. 就绪后写入网址的文件."`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(e *env) error {
	if err := overwriteFreed(); err != nil {
		return err
	}
	cfg, p, err := e.platform(c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	if err := p.metrics(e.ctx, cfg.MetricsListen); err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(e.ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	mux := http.NewServeMux()
	p.routes(mux)
	h, err := p.pages(mux, pageOptions{secure: !cfg.InsecureHTTP})
	if err != nil {
		return err
	}
	if err := p.publish(); err != nil {
		return err
	}
	go p.keep(e.ctx)
	go p.followPacks(e.ctx, cfg.Enacted)
	go forget(e.ctx)
	if err := announce(c.Ready, l); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "fengcun %s on http://%s\n", version, l.Addr())
	return p.listen(e.ctx, l, h)
}

// platform starts the platform of a configuration file.
func (e *env) platform(file string) (*config, *platform, error) {
	cfg, err := readConfig(file)
	if err != nil {
		return nil, nil, err
	}
	p, err := cfg.start(e)
	return cfg, p, err
}

// start opens the platform that a configuration describes, with its directory
// read.
func (c *config) start(e *env) (*platform, error) {
	ring, err := c.ring(e.ctx)
	if err != nil {
		return nil, err
	}
	packs, err := packsInForce(c.Enacted)
	if err != nil {
		return nil, err
	}
	accept, err := c.accept()
	if err != nil {
		return nil, err
	}
	witnesses, err := c.witnesses()
	if err != nil {
		return nil, err
	}
	vault, err := c.vaultBook(e.ctx, ring, witnesses)
	if err != nil {
		return nil, err
	}
	p, err := startPlatform(e, platformOptions{
		witnesses: witnesses,
		database:  c.Database, ring: ring, origin: c.Origin, packs: packs, confirm: c.ConfirmSealing, accept: accept, vault: vault, promise: c.Freshness,
	})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(p.enrol(c.Directory), p.promises(e.ctx)); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// promises refuses a promise that is nobody's: a misspelt one would be without
// effect.
func (p *platform) promises(ctx context.Context) error {
	agencies, err := p.reg.Agencies(ctx)
	if err != nil {
		return err
	}
	if who := p.reg.Promise().Strangers(agencies); len(who) > 0 {
		return fmt.Errorf("freshness: %s: neither a kind of agency nor an agency of the directory", strings.Join(who, ", "))
	}
	return nil
}

type migrateCmd struct {
	Config   string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Database string `help:"The database for the login that owns the schema, where the server's own may not change it. 以数据库所有者身份升级."`
}

// Run brings the schema up to date and says in how many steps.
func (c *migrateCmd) Run(e *env) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	db, err := store.Open(e.ctx, cmp.Or(c.Database, cfg.Database))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	n, err := db.Migrate(e.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "schema up to date, %d steps\n", n)
	return nil
}
