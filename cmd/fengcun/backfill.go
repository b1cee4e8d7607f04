package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/fengcun/fengcun/internal/backfill"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/registry"
)

type backfillCmd struct {
	Wave   backfillWaveCmd   `cmd:"" default:"withargs" help:"Say what would be sealed (the default), or seal. 试算或封存."`
	Take   backfillTakeCmd   `cmd:"" help:"Take files of history in; nothing of them is decided yet. 导入历史文件."`
	Status backfillStatusCmd `cmd:"" help:"Files, who waits, waves. 状态."`
	Close  backfillCloseCmd  `cmd:"" help:"Take a file as it stands, where its rest will not come. 结束未完成的文件."`
}

type backfillWaveCmd struct {
	Config     string         `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Seal       bool           `help:"Do it. Without this nothing is written. 执行封存."`
	AllOpen    bool           `help:"Over everybody in the ledger and not only those of whom history waits: after another pack came into force. 全部在册人员."`
	On         string         `help:"Day of a dry run, YYYY-MM-DD; default: today. 试算日期."`
	Unfinished bool           `help:"Seal although a file of history is not taken in to its end. 忽略未完成的文件."`
	Persons    int            `default:"250" help:"Persons in one transaction. 每批人数."`
	Pause      *time.Duration `help:"Between two transactions; default: 100ms on SQLite, where one program writes at a time. 批间停顿."`
	Format     string         `enum:"table,json,csv" default:"table" help:"table, json or csv. 输出格式."`
	Report     string         `type:"path" help:"File that gets the report, too, in JSON. 报告文件."`
	Least      int64          `help:"Leave counts below this out of the breakdowns: for a report that is passed on. 最小列出数."`
}

// Run says what a wave would do, or runs one. Run again after it was stopped it
// goes on.
func (c *backfillWaveCmd) Run(e *env) error {
	if c.On != "" && c.Seal {
		return errors.New("--on is for a dry run: what is sealed is sealed today")
	}
	_, p, err := e.platform(c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	report, err := c.run(e, p)
	if err != nil {
		return err
	}
	report.Suppress(c.Least)
	if c.Report != "" {
		if err := writeReport(c.Report, report); err != nil {
			return fmt.Errorf("--report: %w", err)
		}
	}
	switch c.Format {
	case "json":
		return report.WriteJSON(e.stdout)
	case "csv":
		return report.WriteCSV(e.stdout)
	}
	return report.WriteTable(e.stdout)
}

func writeReport(name string, r *backfill.Report) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(r.WriteJSON(f), f.Close())
}

func (c *backfillWaveCmd) kind() registry.WaveKind {
	if c.AllOpen {
		return registry.WaveOpen
	}
	return registry.WaveWaiting
}

func (c *backfillWaveCmd) run(e *env, p *platform) (*backfill.Report, error) {
	on := civil.Of(e.now())
	if c.On != "" {
		var err error
		if on, err = civil.Parse(c.On); err != nil {
			return nil, fmt.Errorf("--on: %w", err)
		}
	}
	title := "dry run 试算"
	if c.Seal {
		title = "wave 封存"
	}
	moved, wait := countingBar(e.stderr, title)
	defer wait()
	r := &backfill.Runner{Registry: p.reg, Now: e.now, Persons: max(1, c.Persons), Pause: p.pause(c.Pause), Moved: moved}
	var (
		counts *registry.Report
		id     string
		err    error
	)
	if c.Seal {
		counts, id, err = c.seal(e, r)
	} else {
		counts, err = r.Foretell(e.ctx, c.kind(), on)
	}
	if err != nil {
		return nil, err
	}
	files, err := p.reg.HistoryFiles(e.ctx)
	if err != nil {
		return nil, err
	}
	out := backfill.NewReport(counts, files)
	out.Wave, out.Over, out.DryRun, out.On = id, string(c.kind()), !c.Seal, on.String()
	for _, pack := range p.reg.InForce(on) {
		out.Packs = append(out.Packs, pack.ID+"@"+pack.Digest)
	}
	return out, nil
}

func (c *backfillWaveCmd) seal(e *env, r *backfill.Runner) (*registry.Report, string, error) {
	w, err := r.Run(e.ctx, registry.WaveOptions{Kind: c.kind(), Worker: workerName(), Despite: c.Unfinished})
	switch {
	case errors.Is(err, registry.ErrUnfinished):
		return nil, "", fmt.Errorf("%w: run «backfill take» on it again, or see «backfill close» and --unfinished", err)
	case err != nil && w != nil:
		return nil, "", fmt.Errorf("%w; what is done stays done: run it again to go on", err)
	case err != nil:
		return nil, "", err
	}
	return w.Report, w.ID, nil
}

// workerName tells programs apart.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + " " + strconv.Itoa(os.Getpid())
}

// pause is how long a program that writes a lot rests between transactions.
func (p *platform) pause(asked *time.Duration) time.Duration {
	switch {
	case asked != nil:
		return *asked
	case p.db.Engine() == "sqlite":
		return 100 * time.Millisecond
	}
	return 0
}

// countingBar counts and says how long it will take.
func countingBar(w io.Writer, title string) (moved func(done, all int64), wait func()) {
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(48))
	b := p.AddBar(0,
		mpb.PrependDecorators(decor.Name(title+" "), decor.CountersNoUnit("%d / %d ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name(" "), decor.AverageETA(decor.ET_STYLE_GO)))
	return func(done, all int64) {
			b.SetTotal(all, false)
			b.SetCurrent(done)
		}, func() {
			b.SetTotal(-1, true)
			p.Wait()
		}
}
