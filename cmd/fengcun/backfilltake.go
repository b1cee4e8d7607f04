package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/backfill"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/gateway"
	"github.com/fengcun/fengcun/internal/registry"
)

type backfillTakeCmd struct {
	Config string   `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Files  []string `arg:"" type:"existingfile" help:"Files of one agency: NDJSON, one CloudEvents event a line; tables (.csv, .tsv, .xlsx, .xlsm). 历史文件."`
	Agency string   `required:"" help:"Id of the agency whose reports these are. 报送机关."`
	Key    string   `required:"" type:"existingfile" help:"File with the agency's signature key. 机关签名密钥文件."`

	Mapping string         `type:"existingfile" help:"Mapping from a table's columns and codes (YAML); see docs/gateway.md. 表格映射文件."`
	Batch   int            `default:"500" help:"Events in one transaction. 每批事件数."`
	Pause   *time.Duration `help:"Between two transactions; default: 100ms on SQLite, where one program writes at a time. 批间停顿."`
	Errors  string         `type:"path" help:"File that gets the refused lines of NDJSON files as they were, to be mended and taken in. 错误行文件."`
	Again   bool           `help:"Read files again that were taken in: what was refused may be right by now. 重新导入."`
}

// Run takes the files in. Run again after it was stopped it goes on where it
// stood; refused lines are told with file, line and field, and the rest goes in.
func (c *backfillTakeCmd) Run(e *env) error {
	if c.Batch < 1 || c.Batch > backfill.MaxBatch {
		return fmt.Errorf("--batch: want 1 to %d", backfill.MaxBatch)
	}
	key, err := readSignKey(c.Key)
	if err != nil {
		return err
	}
	_, p, err := e.platform(c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	t := &backfill.Taker{
		Registry: p.reg, Agency: c.Agency, Key: key, Rand: rand.Reader, Now: e.now, Batch: c.Batch, Pause: p.pause(c.Pause),
	}
	if c.Errors != "" {
		f, err := os.OpenFile(c.Errors, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return fmt.Errorf("--errors: %w", err)
		}
		defer f.Close()
		t.Refused = func(line []byte) error {
			_, err := f.Write(append(bytes.TrimSpace(line), '\n'))
			return err
		}
	}
	refused := int64(0)
	for _, name := range c.Files {
		f, err := c.file(e, t, name)
		if err != nil {
			return fmt.Errorf("%s: %w; what is in stays in: run the same command again to go on", name, err)
		}
		refused += f.Refused
	}
	if refused > 0 {
		return exitError(1)
	}
	return nil
}

// file takes one file in.
func (c *backfillTakeCmd) file(e *env, t *backfill.Taker, name string) (f registry.HistoryFile, err error) {
	rule, err := readMapping(c.Mapping)
	if err != nil {
		return f, fmt.Errorf("--mapping: %w", err)
	}
	digest, size, err := c.digest(t, name)
	if err != nil {
		return f, err
	}
	feed, err := gateway.OpenFeed(name, rule, agency.SourceOf(c.Agency), "", civil.Of(e.now()))
	if err != nil {
		return f, err
	}
	defer feed.Close()
	bar, wait := progressBar(e.stderr, "take 导入")
	defer wait()
	t.Tell = func(line int64, pointer, message string) {
		if pointer != "" {
			message = pointer + ": " + message
		}
		fmt.Fprintf(e.stderr, "%s:%d: %s\n", name, line, message)
	}
	t.Moved = func(read int64) {
		if size > 0 {
			bar(float64(read) / float64(size))
		}
	}
	began := e.now()
	if f, err = t.Take(e.ctx, feed, digest, c.Again); err != nil {
		return f, err
	}
	bar(1)
	before := ""
	if f.Finished.Before(began) {
		before = "; taken in before, --again reads it once more 此前已导入"
	}
	fmt.Fprintf(e.stdout, "%d lines: %d accepted, %d repeated, %d refused%s\n", f.Line, f.Accepted, f.Repeated, f.Refused, before)
	return f, nil
}

// digest names a file by its content, and the mapping it is read under.
func (c *backfillTakeCmd) digest(t *backfill.Taker, name string) (digest string, size int64, err error) {
	h := t.Registry.Suite().NewHash()
	if c.Mapping != "" {
		text, err := os.ReadFile(c.Mapping)
		if err != nil {
			return "", 0, fmt.Errorf("--mapping: %w", err)
		}
		h.Write(text)
	}
	h.Write([]byte{0})
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(h, f)
	return t.Registry.HistoryDigest(c.Agency, h.Sum(nil)), size, errors.Join(err, f.Close())
}
