package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
)

type demoCmd struct {
	Data    string        `default:"fengcun-demo" type:"path" help:"Directory for the demo's database and keys. 数据目录."`
	Listen  string        `default:"127.0.0.1:8080" help:"Address to serve on. 监听地址."`
	Persons int           `default:"20000" help:"How many people to make up. 虚构人数."`
	Years   int           `default:"10" help:"How many years of history. 历史年数."`
	Seed    uint64        `default:"1" help:"Another seed is another province. 随机种子."`
	Suite   string        `default:"intl" enum:"intl,gm" help:"Cipher suite: intl or gm (国密)."`
	Every   time.Duration `default:"3s" help:"A new report this often; 0 for none. 新事件间隔."`
	Ready   string        `type:"path" help:"File that gets the demo's URL once it serves. 就绪后写入网址的文件."`
	Confirm bool          `help:"A clerk confirms each sealing. 封存须经审核."`
}

// The demo's keys are worth nothing: they guard made-up people.
const (
	demoPassphrase = "demo"
	demoOrigin     = "demo.fengcun.example/trail"
)

// Run makes up the province, plays its history, and serves until stopped.
func (c *demoCmd) Run(e *env) error {
	s, err := suite.ByName(c.Suite)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	ring, err := demoRing(filepath.Join(c.Data, "keys"), s)
	if err != nil {
		return err
	}
	packs, err := demoPacks()
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(e.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w; give another address, for example --listen 127.0.0.1:0", err)
	}
	p, err := startPlatform(e, platformOptions{
		database: "sqlite:" + filepath.Join(c.Data, "fengcun.db"), ring: ring, origin: demoOrigin, packs: packs, confirm: c.Confirm,
		accept: grant.Accept{Software: true},
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { _ = p.close() }()
	opts := demo.Options{Seed: c.Seed, Persons: c.Persons, Years: c.Years, Suite: ring.Suite()}
	d, loaded, err := demo.Open(c.Data, opts, civil.Of(e.now()), rand.Reader)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if err := c.load(e, p, d, loaded); err != nil {
		return errors.Join(err, l.Close())
	}
	return c.serve(e, p, d, l)
}

func demoRing(file string, s suite.Suite) (*keyring.Ring, error) {
	if exists(file) {
		return keyring.Open(file, demoPassphrase, rand.Reader)
	}
	return keyring.Create(file, demoPassphrase, s.Name(), rand.Reader)
}

// load plays the history unless an earlier run has.
func (c *demoCmd) load(e *env, p *platform, d *demo.Demo, loaded bool) error {
	if loaded {
		return nil
	}
	agencies, officers := d.Directory()
	if err := p.reg.Enrol(e.ctx, agencies, officers, e.now()); err != nil {
		return err
	}
	// Nothing else runs yet: memory may grow meanwhile, to collect it less often.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	start := e.now()
	bar, wait := progressBar(e.stderr, "playing ten years of case events 加载十年案件事件")
	counts, err := d.Load(e.ctx, p.reg, rand.Reader, bar)
	wait()
	if err != nil {
		return err
	}
	if err := d.Furnish(e.ctx, p.reg, rand.Reader, e.now()); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%d events: %d accepted, %d repeated, %d refused, in %s\n",
		counts.Events, counts.Accepted, counts.Repeated, counts.Refused, e.now().Sub(start).Round(100*time.Millisecond))
	return demo.MarkLoaded(c.Data)
}

func progressBar(w io.Writer, title string) (set func(float64), wait func()) {
	const whole = 1000
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(48))
	b := p.AddBar(whole,
		mpb.PrependDecorators(decor.Name(title+" ")),
		mpb.AppendDecorators(decor.Percentage(), decor.AverageETA(decor.ET_STYLE_GO)))
	return func(share float64) { b.SetCurrent(int64(share * whole)) },
		func() {
			if !b.Completed() {
				b.Abort(false)
			}
			p.Wait()
		}
}

func (c *demoCmd) serve(e *env, p *platform, d *demo.Demo, l net.Listener) error {
	mux := http.NewServeMux()
	p.routes(mux)
	h, err := p.pages(mux, pageOptions{demo: d})
	if err != nil {
		return err
	}
	if _, err := p.reg.Publish(e.ctx); err != nil {
		return err
	}
	go p.keep(e.ctx)
	if c.Every > 0 {
		go c.trickle(e, p, d)
	}
	fmt.Fprintf(e.stdout, "\n封存 Fengcun demo is at  http://%s/\nSign in as any role with one click; all data is made up. Stop with Ctrl-C.\n", l.Addr())
	if err := announce(c.Ready, l); err != nil {
		return err
	}
	for _, o := range d.Officers() {
		fmt.Fprintf(e.stdout, "  %-16s %-12s %s\n", o.ID, o.Duty.Chinese(), o.Name)
	}
	return p.listen(e.ctx, l, h)
}

func (c *demoCmd) trickle(e *env, p *platform, d *demo.Demo) {
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	t := time.NewTicker(c.Every)
	defer t.Stop()
	if err := d.Trickle(ctx, p.reg, rand.Reader, t.C); err != nil && ctx.Err() == nil {
		p.log.Error("the live stream stopped", "error", err)
	}
}

// announce writes the URL of a server that listens to a file, so that whoever
// waits for the file never reads half of it.
func announce(file string, l net.Listener) error {
	if file == "" {
		return nil
	}
	if err := os.WriteFile(file+".new", []byte("http://"+l.Addr().String()+"\n"), 0o600); err != nil {
		return fmt.Errorf("--ready: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return fmt.Errorf("--ready: %w", err)
	}
	return nil
}
