package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/suite"
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
	check := trail.Check{}
	if c.Seen != "" && exists(c.Seen) {
		seen, err := os.ReadFile(c.Seen)
		if err != nil {
			return fmt.Errorf("--seen: %w", err)
		}
		check.Seen = [][]byte{seen}
	}
	report, cp, err := trail.VerifyLog(e.ctx, log, v, check)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "origin %s\nsize %d\nroot %s\ntiles %d\nentries %d\ncontinues %d checkpoints seen\n",
		report.Origin, report.Size, report.Root, report.Tiles, report.Entries, report.Seen)
	for _, f := range report.Findings {
		fmt.Fprintln(e.stdout, "finding:", f)
	}
	if report.Err() != nil {
		return exitCode(1)
	}
	fmt.Fprintln(e.stdout, "the log verifies")
	if c.Seen != "" {
		return os.WriteFile(c.Seen, cp.Signed, 0o600)
	}
	return nil
}

type certificateCmd struct {
	Verify certificateVerifyCmd `cmd:"" help:"Integrity, status and issuer of a certificate. 核验证明."`
}

type certificateVerifyCmd struct {
	What string `arg:"" help:"Certificate file, or a certificate's number. 文件或编号."`
	Key  string `help:"Issuer's public key; without it the platform is asked."`
	From string `default:"http://127.0.0.1:8080" help:"URL of the platform. 平台地址."`
}

// Run gives the three answers: integrity, status, issuer.
func (c *certificateVerifyCmd) Run(e *env) error {
	id, issuer, integrity := c.What, "not checked 未核验", "not checked: no file 未核验"
	text, err := os.ReadFile(c.What)
	if err == nil {
		cert, key, err := c.offline(e.ctx, text)
		if err != nil {
			fmt.Fprintln(e.stdout, "integrity 完整性:", err)
			return exitCode(1)
		}
		id, integrity, issuer = cert.ID, "genuine 真实", cert.Issuer+" (key "+key.Fingerprint()+")"
	}
	status, err := c.status(e.ctx, id)
	fmt.Fprintln(e.stdout, "integrity 完整性:", integrity)
	fmt.Fprintln(e.stdout, "status 状态:", status)
	fmt.Fprintln(e.stdout, "issuer 出具单位:", issuer)
	if err != nil || status != "valid" {
		return errors.Join(err, exitCode(1))
	}
	return nil
}

func (c *certificateVerifyCmd) offline(ctx context.Context, text []byte) (*certificate.Certificate, suite.VerifyKey, error) {
	keyText := c.Key
	if keyText == "" {
		var answer struct{ Key string }
		if err := c.get(ctx, "/api/v1/certificate-key", &answer); err != nil {
			return nil, suite.VerifyKey{}, err
		}
		keyText = answer.Key
	}
	key, err := suite.ParseVerifyKey(strings.TrimSpace(keyText))
	if err != nil {
		return nil, key, fmt.Errorf("--key: %w", err)
	}
	cert, err := certificate.Verify(text, key)
	return cert, key, err
}

func (c *certificateVerifyCmd) status(ctx context.Context, id string) (string, error) {
	var answer struct{ Status string }
	err := c.get(ctx, "/api/v1/certificates/"+strings.ReplaceAll(id, " ", ""), &answer)
	if errors.Is(err, errUnknown) {
		return "unknown: no certificate has this number 查无此编号", nil
	}
	if err != nil {
		return "not checked 未核验", err
	}
	return answer.Status, nil
}

var errUnknown = errors.New("no such certificate")

func (c *certificateVerifyCmd) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.From, "/")+path, nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		return fmt.Errorf("asking the platform: %w", err)
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusUnprocessableEntity:
		return errUnknown
	default:
		return fmt.Errorf("the platform answered %d", res.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(into)
}
