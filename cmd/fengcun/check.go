package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/fengcun/fengcun/internal/trail"
)

type logCmd struct {
	Verify logVerifyCmd `cmd:"" help:"Verify a log with public keys only. 独立核验日志."`
}

type logVerifyCmd struct {
	URL  string `xor:"from" required:"" help:"Address of the served log, ending in /trail/."`
	Dir  string `xor:"from" required:"" type:"existingdir" help:"Directory with a copy of the log."`
	Key  string `required:"" help:"Verifier key of the log, or a file that holds it. 验证公钥."`
	Seen string `type:"path" help:"File that keeps the last checkpoint seen; written after a success."`

	Receipt []string `type:"existingfile" help:"Receipts that must be of entries of this log. 凭证."`
}

// Run verifies the whole log and tells what it checked.
func (c *logVerifyCmd) Run(e *env) error {
	key := c.Key
	if b, err := os.ReadFile(c.Key); err == nil {
		key = string(b)
	}
	v, err := trail.ParseVerifier(key)
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	log := trail.Dir(os.DirFS(c.Dir))
	if c.URL != "" {
		if log, err = trail.URL(&http.Client{Timeout: time.Minute}, c.URL); err != nil {
			return fmt.Errorf("--url: %w", err)
		}
	}
	check, err := c.check()
	if err != nil {
		return err
	}
	report, cp, err := trail.VerifyLog(e.ctx, log, v, check)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "origin %s\nsize %d\nroot %s\ntiles %d\nentries %d\ncontinues %d checkpoints seen\nreceipts %d\n",
		report.Origin, report.Size, report.Root, report.Tiles, report.Entries, report.Seen, report.Receipts)
	for _, f := range report.Findings {
		fmt.Fprintln(e.stdout, "finding:", f)
	}
	if report.Err() != nil {
		return exitError(1)
	}
	fmt.Fprintln(e.stdout, "the log verifies")
	if c.Seen != "" {
		return os.WriteFile(c.Seen, cp.Signed, 0o600)
	}
	return nil
}

// check is what is asked of the log beyond that it holds together.
func (c *logVerifyCmd) check() (trail.Check, error) {
	check := trail.Check{}
	if c.Seen != "" && exists(c.Seen) {
		seen, err := os.ReadFile(c.Seen)
		if err != nil {
			return check, fmt.Errorf("--seen: %w", err)
		}
		check.Seen = [][]byte{seen}
	}
	for _, file := range c.Receipt {
		text, err := os.ReadFile(file)
		if err != nil {
			return check, fmt.Errorf("--receipt: %w", err)
		}
		r, err := trail.ParseReceipt(text)
		if err != nil {
			return check, fmt.Errorf("--receipt %s: %w", file, err)
		}
		check.Receipts = append(check.Receipts, r)
	}
	return check, nil
}
