package main

import (
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/fengcun/fengcun/internal/gateway"
)

type gatewayCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML); see docs/gateway.md. 配置文件."`
	Once   bool   `help:"Work until everything that lies there is answered, then end; for cron. 处理完即退出."`
}

// Run watches folders and views and pushes what comes until it is told to stop.
// It may be killed at any moment; started again it goes on.
func (c *gatewayCmd) Run(e *env) error {
	config, err := gateway.ReadConfig(c.Config)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(e.stderr, nil))
	g, err := gateway.Open(e.ctx, config, gateway.Options{Now: e.now, Rand: rand.Reader, Log: log})
	if err != nil {
		return err
	}
	defer func() { _ = g.Close() }()
	if !c.Once {
		log.Info("the gateway works", "version", version, "agency", config.Agency, "platform", config.Platform)
		g.Run(e.ctx)
		return nil
	}
	failed := g.Drain(e.ctx)
	n, err := g.Counts(e.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%d accepted, %d repeated, %d refused, %d wait\n", n.Accepted, n.Repeated, n.Refused, n.Waiting)
	return failed
}
