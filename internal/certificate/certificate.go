// Package certificate is the certificate of no criminal record (无犯罪记录证明):
// a signed text that anybody can check, offline against the issuer's key, and
// online for whether it still stands. It says what the ledger says and nothing
// else: for a person whose record is sealed it is, byte for byte but for its
// random number, the certificate of one who never had a record
// (公安机关办理犯罪记录查询工作规定 第十条).
package certificate

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
)

// ValidMonths is how long a certificate is shown as valid. Practice is three
// months, some places six; no text read fixes it.
const ValidMonths = 3

// Certificate is what a certificate states.
type Certificate struct {
	ID       string // random, in groups: a case code's form, so that it tells nothing
	Name     string
	Document string // kind
	Number   string
	Purpose  string
	Issuer   string // the agency's name
	Issued   civil.Date
	Expires  civil.Date
}

// NewID draws a certificate's number.
func NewID(rand io.Reader) (string, error) {
	c, err := docket.NewCode(rand)
	return c.Grouped(), err
}

const (
	title     = "无犯罪记录证明"
	signature = "— fengcun-certificate "
)

// ErrForged says that the text was not signed by the platform, or was altered.
var ErrForged = errors.New("the certificate was not signed by this issuer, or it was altered")

// ErrForm says that the text is no certificate.
var ErrForm = errors.New("this is not a certificate of this platform")

// Sign gives the certificate's text with its signature line.
func (c *Certificate) Sign(rand io.Reader, key suite.SignKey) ([]byte, error) {
	for _, field := range []string{c.ID, c.Name, c.Document, c.Number, c.Purpose, c.Issuer} {
		if field == "" || strings.ContainsAny(field, "\r\n") {
			return nil, fmt.Errorf("%w: every field must be filled, on one line", ErrForm)
		}
	}
	text := c.text()
	sig, err := key.Sign(rand, message(text))
	if err != nil {
		return nil, fmt.Errorf("signing a certificate: %w", err)
	}
	return append(text, signature+base64.StdEncoding.EncodeToString(sig)+"\n"...), nil
}

func message(text []byte) []byte { return suite.Frame("fengcun/certificate/1", text) }

func (c *Certificate) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n\n编号：%s\n", title, c.ID)
	fmt.Fprintf(&b, "姓名：%s\n证件名称：%s\n证件号码：%s\n用途：%s\n", c.Name, c.Document, c.Number, c.Purpose)
	fmt.Fprintf(&b, "经查，截至%s，未发现有犯罪记录。\n", c.Issued.Chinese())
	fmt.Fprintf(&b, "出具单位：%s\n出具日期：%s\n有效期至：%s\n", c.Issuer, c.Issued, c.Expires)
	fmt.Fprintf(&b, "注：本证明只反映查询时平台录入和存在的信息。\n\n")
	return b.Bytes()
}

// Verify checks a certificate's text and reads it.
func Verify(signed []byte, key suite.VerifyKey) (*Certificate, error) {
	at := bytes.LastIndex(signed, []byte(signature))
	if at < 0 {
		return nil, ErrForm
	}
	text := signed[:at]
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(signed[at+len(signature):])))
	if err != nil {
		return nil, ErrForm
	}
	if !key.Verify(message(text), sig) {
		return nil, ErrForged
	}
	return parse(text)
}

func parse(text []byte) (*Certificate, error) {
	c := new(Certificate)
	var issued, expires string
	fields := map[string]*string{
		"编号": &c.ID, "姓名": &c.Name, "证件名称": &c.Document, "证件号码": &c.Number,
		"用途": &c.Purpose, "出具单位": &c.Issuer, "出具日期": &issued, "有效期至": &expires,
	}
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "：")
		if f := fields[name]; ok && f != nil && *f == "" {
			*f = value
		}
	}
	var err1, err2 error
	c.Issued, err1 = civil.Parse(issued)
	c.Expires, err2 = civil.Parse(expires)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if !bytes.Equal(c.text(), text) {
		return nil, ErrForm
	}
	return c, nil
}

// Standing is whether a genuine certificate still stands.
type Standing struct {
	ID        string
	Issued    time.Time
	Expires   civil.Date
	Withdrawn time.Time // zero while it stands
}

// On says how it stands on a day.
func (s *Standing) On(day civil.Date) string {
	switch {
	case !s.Withdrawn.IsZero():
		return "withdrawn"
	case day.After(s.Expires):
		return "expired"
	}
	return "valid"
}
