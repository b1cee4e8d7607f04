package main

import (
	"crypto/rand"
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

// officerFlags say who acts, and where. Each request is signed with the key.
type officerFlags struct {
	To  string `default:"http://127.0.0.1:8080" env:"FENGCUN_TO" help:"URL of the platform. 平台地址."`
	As  string `required:"" env:"FENGCUN_AS" help:"Id of the officer who acts. 经办人."`
	Key string `required:"" env:"FENGCUN_KEY" type:"existingfile" help:"File with the officer's signature key. 签名密钥文件."`
}

// actor is an officer at work from the command line.
type actor struct {
	env *env
	api.OfficerClient
}

func (f *officerFlags) open(e *env) (*actor, error) {
	key, err := readSignKey(f.Key)
	if err != nil {
		return nil, err
	}
	return &actor{env: e, OfficerClient: api.OfficerClient{
		URL: f.To, Officer: f.As, Key: key, Rand: rand.Reader, HTTP: &http.Client{Timeout: time.Minute},
	}}, nil
}

func readSignKey(file string) (suite.SignKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return suite.SignKey{}, fmt.Errorf("--key: %w", err)
	}
	key, err := suite.ParseSignKey(strings.TrimSpace(string(text)))
	if err != nil {
		return key, fmt.Errorf("--key: %s holds no signature key", file)
	}
	return key, nil
}

func (d *actor) get(path string, out any) error {
	return d.Call(d.env.ctx, http.MethodGet, path, nil, out, d.env.now())
}

func (d *actor) post(path string, in, out any) error {
	return d.Call(d.env.ctx, http.MethodPost, path, in, out, d.env.now())
}

// self is the officer as the platform knows them.
func (d *actor) self() (v api.OfficerView, err error) {
	return v, d.get("/api/v1/officer", &v)
}

// fact prints one line: a name in both languages and what it is.
func fact(w io.Writer, name string, value any) { fmt.Fprintf(w, "%s: %v\n", name, value) }

// moment prints a time to the second, in the zone of the civil dates.
func moment(t time.Time) string { return t.In(time.FixedZone("CST", 8*60*60)).Format(time.RFC3339) }

// caseOf reads a case code, or takes it from a record's number.
func caseOf(s string) (docket.Code, error) {
	code, err := docket.ParseCode(s)
	if err == nil {
		return code, nil
	}
	if id, err := docket.ParseRecordID(s); err == nil {
		return id.Code, nil
	}
	return "", err
}

// tellState prints what is known of a record, the person first.
func tellState(w io.Writer, s *api.RecordState) {
	fact(w, "  person 当事人", strings.TrimSpace(s.Person.Name+" "+s.Person.Number))
	if s.Kind != "" {
		fact(w, "  kind 类别", s.Kind)
	}
	var crimes []string
	for _, c := range s.Crimes {
		crimes = append(crimes, c.Name)
	}
	if len(crimes) > 0 {
		fact(w, "  crimes 罪名", strings.Join(crimes, "、"))
	}
	if s.Sentence != nil {
		fact(w, "  sentence 刑罚", sentenceText(s.Sentence))
	}
	for _, d := range []struct{ name, day string }{
		{"  judged 裁判", s.Judgment}, {"  effective 生效", s.Effective}, {"  completed 执行完毕", s.Completed},
	} {
		if d.day != "" {
			fact(w, d.name, d.day)
		}
	}
	for _, n := range s.Numbers {
		fact(w, "  number 文号", n.Kind+" "+n.No)
	}
}

func sentenceText(s *docket.Sentence) string {
	var b strings.Builder
	b.WriteString(string(s.Kind))
	if s.Months != nil {
		fmt.Fprintf(&b, "%d个月", *s.Months)
	}
	if s.Suspended != nil && *s.Suspended {
		b.WriteString("，缓刑")
		if s.ProbationMonths != nil {
			fmt.Fprintf(&b, "%d个月", *s.ProbationMonths)
		}
	}
	if s.FineYuan != nil && *s.FineYuan > 0 {
		fmt.Fprintf(&b, "，罚金%d元", *s.FineYuan)
	}
	return b.String()
}
