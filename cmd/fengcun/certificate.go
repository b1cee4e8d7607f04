package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
)

type certificateCmd struct {
	Issue  certificateIssueCmd  `cmd:"" help:"Apply for a certificate at the window. 出具证明."`
	Key    certificateKeyCmd    `cmd:"" help:"The key that certificates are verified with. 证明验证公钥."`
	Verify certificateVerifyCmd `cmd:"" help:"Integrity, status and issuer of a certificate. 核验证明."`
}

type certificateIssueCmd struct {
	officerFlags
	Name     string `required:"" help:"Applicant's name. 姓名."`
	Number   string `required:"" help:"Document number. 证件号码."`
	Document string `help:"Kind of document; a resident identity card where left out. 证件名称."`
	Purpose  string `required:"" help:"What the certificate is for. 用途."`
	ID       string `help:"Your own id of the application: with it, asking again gives the same certificate. 申请编号."`
	Out      string `type:"path" help:"File for the certificate; without it, it is printed. 证明文件."`
}

// Run issues, or says that a human must look: then it ends with status 1.
func (c *certificateIssueCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	if c.ID == "" {
		id, err := uuid.NewRandomFromReader(d.Rand)
		if err != nil {
			return err
		}
		c.ID = id.String()
	}
	var a api.CertificateAnswer
	err = d.post("/api/v1/certificates", api.CertificateApplication{
		ID: c.ID, Name: c.Name, Document: c.Document, Number: c.Number, Purpose: c.Purpose,
	}, &a)
	if err != nil {
		return err
	}
	if a.Outcome != "issued" {
		fact(e.stdout, "not issued 未出具", "a human must look, record "+a.Record+" 须人工核查")
		return exitError(1)
	}
	if c.Out == "" {
		_, err = io.WriteString(e.stdout, a.Text)
		return err
	}
	if err := os.WriteFile(c.Out, []byte(a.Text), 0o600); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fact(e.stdout, "certificate 证明", a.ID)
	return nil
}

type certificateKeyCmd struct {
	From string `default:"http://127.0.0.1:8080" env:"FENGCUN_TO" help:"URL of the platform. 平台地址."`
}

// Run prints the key that the platform names. Compare it with one got another
// way before you rely on it.
func (c *certificateKeyCmd) Run(e *env) error {
	var answer struct{ Key string }
	if err := (&certificateVerifyCmd{From: c.From}).get(e.ctx, "/api/v1/certificate-key", &answer); err != nil {
		return err
	}
	_, err := fmt.Fprintln(e.stdout, answer.Key)
	return err
}

type certificateVerifyCmd struct {
	What string `arg:"" help:"Certificate file, or a certificate's number. 文件或编号."`
	Key  string `help:"Issuer's public key, or a file that holds it; without it the platform is asked. 验证公钥."`
	From string `default:"http://127.0.0.1:8080" env:"FENGCUN_TO" help:"URL of the platform. 平台地址."`
}

const (
	notChecked = "not checked 未核验"
	standing   = "valid"
)

// Run gives the three answers: integrity, status, issuer. With --key the
// platform is needed for the status alone, and where it does not answer the
// status is told as not checked.
func (c *certificateVerifyCmd) Run(e *env) error {
	text, err := os.ReadFile(c.What)
	if errors.Is(err, fs.ErrNotExist) {
		return c.number(e)
	}
	if err != nil {
		return err
	}
	cert, key, err := c.genuine(e.ctx, text)
	if err != nil {
		fact(e.stdout, "integrity 完整性", err)
		return exitError(1)
	}
	fact(e.stdout, "integrity 完整性", "genuine 真实")
	status, err := c.status(e.ctx, cert.ID)
	switch {
	case err == nil:
	case c.Key != "" && civil.Of(e.now()).After(cert.Expires):
		status, err = "expired", nil
	case c.Key != "":
		status, err = notChecked, nil
	}
	fact(e.stdout, "status 状态", statusText(status))
	fact(e.stdout, "issuer 出具单位", cert.Issuer+" (key "+key.Fingerprint()+")")
	if err == nil && status != standing && status != notChecked {
		return exitError(1)
	}
	return err
}

// number answers for a certificate of which only the number is known.
func (c *certificateVerifyCmd) number(e *env) error {
	if _, err := docket.ParseCode(c.What); err != nil {
		return fmt.Errorf("%s is neither a file nor a certificate's number: %w", c.What, err)
	}
	status, err := c.status(e.ctx, c.What)
	if err != nil {
		return err
	}
	fact(e.stdout, "integrity 完整性", notChecked+": no file")
	fact(e.stdout, "status 状态", statusText(status))
	fact(e.stdout, "issuer 出具单位", notChecked)
	if status != standing {
		return exitError(1)
	}
	return nil
}

func statusText(status string) string {
	switch status {
	case standing:
		return "valid 有效"
	case "expired":
		return "expired 已过期"
	case "withdrawn":
		return "withdrawn 已撤回"
	}
	return status
}

// genuine checks the signature, against the key given or the platform's.
func (c *certificateVerifyCmd) genuine(ctx context.Context, text []byte) (*certificate.Certificate, suite.VerifyKey, error) {
	keyText := c.Key
	if b, err := os.ReadFile(c.Key); err == nil {
		keyText = string(b)
	}
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
	return answer.Status, err
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
