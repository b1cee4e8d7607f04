package main

import (
	"fmt"
	"time"
)

type clockCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Reset  bool   `help:"Make this machine's time the latest seen: after a clock that ran ahead was mended. Stop every server and the vault first. 时钟曾超前并已修正后重置."`
	Yes    bool   `help:"Do it, not only say what would be done. 确认执行."`
}

// Run says how this machine's clock stands to the latest time that the platform
// has seen, and resets that where told to.
func (c *clockCmd) Run(e *env) error {
	_, p, err := e.platform(c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	now := e.now()
	stand, err := p.reg.Clock(e.ctx, now)
	if err != nil {
		return err
	}
	fact(e.stdout, "this machine 本机时间", now.UTC().Format(time.RFC3339))
	fact(e.stdout, "latest seen 已见最晚时间", stand.Latest.UTC().Format(time.RFC3339))
	if stand.Behind > clockSlack {
		fact(e.stdout, "behind by 落后", stand.Behind.Round(time.Second).String())
	}
	switch {
	case !c.Reset:
		return nil
	case !c.Yes:
		_, err = fmt.Fprintln(e.stdout, "would make this machine's time the latest seen; with --yes it does, and the trail says so")
		return err
	}
	if err := p.reg.ResetClock(e.ctx, now); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.stdout, "reset; if the vault runs apart, remove the file beside its spent book whose name ends in -clock while it is stopped")
	return err
}
