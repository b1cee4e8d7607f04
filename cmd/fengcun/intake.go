package main

import (
	"bufio"
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
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
)

type intakeCmd struct {
	Files  []string `arg:"" type:"existingfile" help:"NDJSON files, one CloudEvents event a line. 每行一个事件."`
	To     string   `default:"http://127.0.0.1:8080" env:"FENGCUN_TO" help:"URL of the platform. 平台地址."`
	Key    string   `required:"" type:"existingfile" help:"File with the agency's signature key. 机关签名密钥文件."`
	Agency string   `required:"" help:"Id of the agency that sends. 报送机关."`
	Batch  int      `default:"500" help:"Events in one push. 每批事件数."`

	Tries    int    `default:"5" help:"How often to try while the platform does not answer, each time after twice as long. 重试次数."`
	Receipts string `type:"path" help:"File that gets a line for each event: outcome, case code, entry of the trail. 回执文件."`
}

// Run pushes the files. Running it again is safe: what went in is acknowledged
// again. Refused lines are told with file, line and field; the rest goes in.
func (c *intakeCmd) Run(e *env) error {
	if c.Batch < 1 || c.Batch > api.MaxEvents {
		return fmt.Errorf("--batch: want 1 to %d", api.MaxEvents)
	}
	text, err := os.ReadFile(c.Key)
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	key, err := suite.ParseSignKey(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("--key: %s holds no signature key", c.Key)
	}
	p := &pusher{env: e, batch: c.Batch, tries: max(1, c.Tries), client: &api.Client{
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
	client   *api.Client
	receipts *json.Encoder // nil where nobody asked
	batch    int
	tries    int
	name     string
	size     int64
	read     int64
	at       []int // line numbers of the events waiting
	events   [][]byte
	lines    int
	accepted int
	repeated int
	refused  int
}

func (p *pusher) file(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p.name, p.size, p.read = name, info.Size(), 0
	bar, wait := progressBar(p.env.stderr, "intake 报送")
	defer wait()
	r := bufio.NewReaderSize(f, 64<<10)
	for n := 1; ; n++ {
		line, tooLong, err := readLine(r, docket.MaxEventBytes)
		p.read += int64(len(line)) + 1
		if err := p.line(n, line, tooLong); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if p.size > 0 {
			bar(float64(p.read) / float64(p.size))
		}
	}
	err = p.flush()
	bar(1)
	return err
}

func (p *pusher) line(n int, line []byte, tooLong bool) error {
	if line = bytes.TrimSpace(line); len(line) == 0 && !tooLong {
		return nil
	}
	p.lines++
	if tooLong {
		p.refuse(n, "", fmt.Sprintf("the line is longer than %d bytes", docket.MaxEventBytes))
		return nil
	}
	p.at, p.events = append(p.at, n), append(p.events, bytes.Clone(line))
	if len(p.events) < p.batch {
		return nil
	}
	return p.flush()
}

func (p *pusher) refuse(line int, pointer, message string) {
	p.refused++
	p.tell(line, pointer, message)
}

// tell says what is wrong with a line, and where in it.
func (p *pusher) tell(line int, pointer, message string) {
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
		if errors.Is(err, api.ErrNoAnswer) {
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
	Line int    `json:"line"`
	api.EventResult
}

func (p *pusher) push(delivery string) (a *api.PushAnswer, err error) {
	for n := range p.tries {
		a, err = p.client.Push(p.env.ctx, delivery, p.events, p.env.now())
		if !errors.Is(err, api.ErrNoAnswer) || n == p.tries-1 {
			return a, err
		}
		select {
		case <-p.env.ctx.Done():
			return nil, context.Cause(p.env.ctx)
		case <-time.After(time.Second << n):
		}
	}
	return a, err
}

// readLine reads a line without its end; of one longer than most it keeps
// nothing and says so.
func readLine(r *bufio.Reader, most int) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if !tooLong {
			line = append(line, part...)
		}
		if len(line) > most {
			line, tooLong = nil, true
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(line, "\r\n"), tooLong, err
		}
	}
}
