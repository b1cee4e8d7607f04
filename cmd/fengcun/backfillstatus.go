package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/fengcun/fengcun/internal/backfill"
	"github.com/fengcun/fengcun/internal/registry"
)

type backfillStatusCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
}

// Run tells how far everything is.
func (c *backfillStatusCmd) Run(e *env) error {
	_, p, err := e.platform(c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	files, err := p.reg.HistoryFiles(e.ctx)
	if err != nil {
		return err
	}
	persons, records, err := p.reg.Waiting(e.ctx, registry.WaveWaiting)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(e.stdout, 0, 4, 2, ' ', 0)
	for i := range files {
		f := backfill.FileOf(&files[i])
		state := "unfinished 未完成"
		if f.Finished != nil {
			state = "finished 已完成"
		}
		fmt.Fprintf(t, "file %s\t%s\t%s\tline %d\taccepted %d\trepeated %d\trefused %d\n", f.ID, f.Agency, state, f.Line, f.Accepted, f.Repeated, f.Refused)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "waiting 待处理: persons %d, records %d\n", persons, records)
	return c.waves(e, p)
}

func (c *backfillStatusCmd) waves(e *env, p *platform) error {
	const most = 20
	waves, holder, until, err := p.reg.Waves(e.ctx, most)
	if err != nil {
		return err
	}
	for _, w := range waves {
		state := "stopped 已中断, run it again to go on"
		switch {
		case !w.Finished.IsZero():
			state = "finished 已完成 " + w.Finished.Format(time.RFC3339)
		case holder != "" && until.After(e.now()):
			state = "running 进行中 by " + holder
		}
		counts, err := p.reg.WaveReport(e.ctx, w.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.stdout, "wave %s over %s, begun %s, %s: persons %d, records %d", w.ID, w.Kind, w.Began.Format(time.RFC3339), state, w.Persons, w.Records)
		for _, o := range registry.Outcomes() {
			fmt.Fprintf(e.stdout, ", %s %d", o, counts.All[o])
		}
		fmt.Fprintln(e.stdout)
	}
	return nil
}

type backfillCloseCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	File   string `arg:"" help:"The file, as «backfill status» names it. 文件编号."`
}

// Run takes a file as it stands.
func (c *backfillCloseCmd) Run(e *env) error {
	_, p, err := e.platform(c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	f, err := p.reg.CloseHistory(e.ctx, c.File, e.now())
	if err != nil {
		return fmt.Errorf("an unfinished file %s: %w", c.File, err)
	}
	fact(e.stdout, "closed 已结束", fmt.Sprintf("%s of %s at line %d", c.File, f.Agency, f.Line))
	return nil
}
