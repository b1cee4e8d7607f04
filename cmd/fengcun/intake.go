package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/gateway"
	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
)

// intakeCmd pushes files once; gatewayCmd watches folders.
type intakeCmd struct {
	Files  []string `arg:"" type:"existingfile" help:"NDJSON files, one CloudEvents event a line; tables (.csv, .tsv, .xlsx, .xlsm). 每行一个事件, 或表格."`
	To     string   `default:"http://127.0.0.1:8080" env:"FENGCUN_TO" help:"URL of the platform. 平台地址."`
	Key    string   `required:"" type:"existingfile" help:"File with the agency's signature key. 机关签名密钥文件."`
	Agency string   `required:"" help:"Id of the agency that sends. 报送机关."`
	Batch  int      `default:"500" help:"Events in one push. 每批事件数."`

	Mapping string `type:"existingfile" help:"Mapping from a table's columns and codes (YAML); see docs/gateway.md. Without it the columns are named by places in an event. 表格映射文件."`

	Tries    int    `default:"5" help:"How often to try while the platform does not answer, each time after twice as long. 重试次数."`
	Receipts string `type:"path" help:"File that gets a line for each event: outcome, case code, entry of the trail. 回执文件."`
}

// Run pushes the files. Running it again is safe: what went in is acknowledged
// again. Refused lines are told with file, line and field; the rest goes in.
func (c *intakeCmd) Run(e *env) error {
	if c.Batch < 1 || c.Batch > api.MaxEvents {
		return fmt.Errorf("--batch: want 1 to %d", api.MaxEvents)
	}
	key, err := readSignKey(c.Key)
	if err != nil {
		return err
	}
	rule, err := readMapping(c.Mapping)
	if err != nil {
		return fmt.Errorf("--mapping: %w", err)
	}
	p := &pusher{env: e, rule: rule, batch: c.Batch, tries: max(1, c.Tries), client: &api.Client{
		URL: c.To, Agency: c.Agency, Key: key, Rand: rand.Reader, HTTP: &http.Client{Timeout: 2 * time.Minute},
	}}
	if c.Receipts != "" {
		f, err := os.OpenFile(c.Receipts, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return fmt.Errorf("--receipts: %w", err)
		}
		defer f.Close()
		p.receipts = json.NewEncoder(f)
	}
	for _, f := range c.Files {
		if err := p.file(f); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.stdout, "%d lines: %d accepted, %d repeated, %d refused\n", p.lines, p.accepted, p.repeated, p.refused)
	if p.refused > 0 {
		return exitError(1)
	}
	return nil
}

type pusher struct {
	env      *env
	rule     *mapping.Mapping
	client   *api.Client
	receipts *json.Encoder // nil where nobody asked
	batch    int
	tries    int
	name     string
	at       []int64 // line numbers of the events waiting
	events   [][]byte
	lines    int
	accepted int
	repeated int
	refused  int
}

// readMapping reads a mapping file; without one the columns are named by places.
func readMapping(file string) (*mapping.Mapping, error) {
	if file == "" {
		return mapping.Plain(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return mapping.Parse(text)
}

// file pushes one file, whatever its kind. A table whose columns are not all
// there is refused as a whole.
func (p *pusher) file(name string) error {
	p.name = name
	feed, size, err := p.open(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer feed.Close()
	bar, wait := progressBar(p.env.stderr, "intake 报送")
	defer wait()
	for {
		row, err := feed.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, sheet.ErrFile) { // what was read before goes in
			return errors.Join(p.flush(), fmt.Errorf("%s: %w", name, err))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := p.row(row); err != nil {
			return err
		}
		if read, ok := feed.(interface{ Read() int64 }); ok && size > 0 {
			bar(float64(read.Read()) / float64(size))
		}
	}
	err = p.flush()
	bar(1)
	return err
}

// open opens a file as a feed of events: a table by its name's ending, anything
// else as lines of JSON.
func (p *pusher) open(name string) (gateway.Feed, int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	feed, err := gateway.OpenFeed(name, p.rule, agency.SourceOf(p.client.Agency), "", civil.Of(p.env.now()))
	return feed, info.Size(), err
}

func (p *pusher) row(row gateway.Entry) error {
	p.lines++
	if len(row.Faults) > 0 {
		p.refused++
		for _, f := range row.Faults {
			p.tell(row.Row, f.Column, f.Message)
		}
		return nil
	}
	p.at, p.events = append(p.at, row.Row), append(p.events, row.Event)
	if len(p.events) < p.batch {
		return nil
	}
	return p.flush()
}

// tell says what is wrong with a line, and where in it.
func (p *pusher) tell(line int64, pointer, message string) {
	if pointer != "" {
		message = pointer + ": " + message
	}
	fmt.Fprintf(p.env.stderr, "%s:%d: %s\n", p.name, line, message)
}

// flush pushes what waits, trying again while the platform does not answer.
func (p *pusher) flush() error {
	if len(p.events) == 0 {
		return nil
	}
	sum := p.client.Key.Suite().Digest(bytes.Join(p.events, []byte("\n")))
	a, err := p.push(hex.EncodeToString(sum[:16]))
	if err != nil {
		var told *api.Problem
		if errors.Is(err, api.ErrNoAnswer) || errors.As(err, &told) && told.Status == http.StatusTooManyRequests {
			err = fmt.Errorf("%w; run the same command again to go on", err)
		}
		return fmt.Errorf("%s: lines %d to %d: %w", p.name, p.at[0], p.at[len(p.at)-1], err)
	}
	p.accepted += a.Accepted
	p.repeated += a.Repeated
	for i, r := range a.Results {
		if p.receipts != nil {
			if err := p.receipts.Encode(receiptLine{File: p.name, Line: p.at[i], EventResult: r}); err != nil {
				return fmt.Errorf("--receipts: %w", err)
			}
		}
		if r.Outcome != "refused" {
			continue
		}
		p.refused++
		for _, pr := range r.Problems {
			p.tell(p.at[i], pr.Pointer, pr.Message)
		}
	}
	p.at, p.events = p.at[:0], p.events[:0]
	return nil
}

// receiptLine is what became of one line of a file.
type receiptLine struct {
	File string `json:"file"`
	Line int64  `json:"line"`
	api.EventResult
}

// push tries again while the platform does not answer or asks to wait.
func (p *pusher) push(delivery string) (a *api.PushAnswer, err error) {
	for n := range p.tries {
		a, err = p.client.Push(p.env.ctx, delivery, p.events, p.env.now())
		pause := time.Second << n
		var told *api.Problem
		busy := errors.As(err, &told) && told.Status == http.StatusTooManyRequests
		if busy {
			pause = max(pause, told.RetryAfter)
		}
		if !busy && !errors.Is(err, api.ErrNoAnswer) || n == p.tries-1 {
			return a, err
		}
		select {
		case <-p.env.ctx.Done():
			return nil, context.Cause(p.env.ctx)
		case <-time.After(pause):
		}
	}
	return a, err
}
