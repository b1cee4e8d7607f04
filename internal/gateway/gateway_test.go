package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

const filings = `
type: case.filed
id: [编号]
fields:
  - {to: date, column: 立案日期, required: true}
  - {to: number.立案号, column: 编号, required: true}
  - {to: person.name, column: 姓名, required: true}
  - {to: person.document, value: 居民身份证, with: 身份证号}
  - {to: person.number, column: 身份证号}
  - {to: person.sex, column: 性别, codes: {"1": 男, "2": 女}}
  - {to: person.suspected.name, column: 罪名, split: "、"}
`

// post is a gateway of the police beside a platform in the same process.
type post struct {
	*registrytest.World
	dir     string
	api     http.Handler
	front   http.Handler // what the gateway reaches
	url     string
	now     time.Time
	pushes  int
	config  *Config
	gateway *Gateway
	logged  strings.Builder
}

func newPost(t *testing.T, extra string) *post {
	t.Helper()
	p := &post{World: registrytest.New(t, registrytest.Options{}), dir: t.TempDir()}
	p.now = p.Now
	mux := http.NewServeMux()
	api.Register(mux, api.Options{
		Registry: p.Reg, Now: func() time.Time { return p.Now }, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	p.api, p.front = mux, mux
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.pushes++
		p.front.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	p.url = srv.URL
	p.write("agent.key", p.SystemKey(registrytest.Police).Reveal())
	p.write("filings.yaml", filings)
	if err := os.Mkdir(p.path("in"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.write("gateway.yaml", fmt.Sprintf(`platform: %s
agency: %s
key: agent.key
spool: spool
every: 20ms
insecure_http: true
%s`, srv.URL, registrytest.Police, extra))
	return p
}

const inFolder = "folders:\n  - {path: in, mapping: filings.yaml, settle: 1ms}\n"

func (p *post) path(name string) string { return filepath.Join(p.dir, name) }

func (p *post) write(name, text string) {
	p.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

func (p *post) read(name string) string {
	p.Helper()
	b, err := os.ReadFile(p.path(name))
	if err != nil {
		p.Fatal(err)
	}
	return string(b)
}

func (p *post) open() *Gateway {
	p.Helper()
	var err error
	if p.config, err = ReadConfig(p.path("gateway.yaml")); err != nil {
		p.Fatal(err)
	}
	p.gateway, err = Open(p.Context(), p.config, Options{
		Now: func() time.Time { return p.now }, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(&p.logged, nil)),
	})
	if err != nil {
		p.Fatal(err)
	}
	return p.gateway
}

// drain runs a gateway until all is answered; the files' ages are real, the
// gateway's clock is the world's, so every file has settled.
func (p *post) drain() Counts {
	p.Helper()
	g := p.open()
	defer g.Close()
	ctx, cancel := context.WithTimeout(p.Context(), 20*time.Second)
	defer cancel()
	if err := g.Drain(ctx); err != nil {
		p.Fatalf("%v\n%s", err, p.logged.String())
	}
	c, err := g.Counts(ctx)
	if err != nil {
		p.Fatal(err)
	}
	p.Took(registrytest.Police, c.Accepted)
	return c
}

func (p *post) receipts(name string) (out []Receipt) {
	p.Helper()
	for line := range strings.Lines(p.read(name)) {
		var r Receipt
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			p.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func (p *post) files(dir string) (names []string) {
	p.Helper()
	all, err := os.ReadDir(p.path(dir))
	if err != nil {
		p.Fatal(err)
	}
	for _, f := range all {
		if !f.IsDir() {
			names = append(names, f.Name())
		}
	}
	return names
}

const head = "编号,立案日期,姓名,身份证号,性别,罪名\n"

// person is a made-up number with a division code of no county.
func person(n int) string {
	digits := fmt.Sprintf("990101199001%02d%03d", 1+n%28, n/28%1000)
	return digits + string(docket.ResidentCheckCharacter(digits))
}

func line(n int) string {
	return fmt.Sprintf("P-%d,2026-01-%02d,申屠%c,%s,1,盗窃罪\n", n, 1+n%28, '一'+rune(n), person(n))
}

// TestCSV: good rows go in, bad ones come back with what is wrong, corrected
// and sent again they go in, and sending twice doubles nothing.
func TestCSV(t *testing.T) {
	p := newPost(t, inFolder)
	p.write("in/a.csv", head+line(1)+"P-2,2026-02-30,申屠二,,3,盗窃罪\n"+line(3)+"P-4,2026-01-01,申屠四,990101199001013011,,\n"+line(1)+line(6))
	if c := p.drain(); c != (Counts{Accepted: 3, Repeated: 1}) {
		t.Errorf("%+v", c)
	}
	got := p.receipts("in/done/a.csv.receipts.ndjson")
	if len(got) != 6 || got[0].Outcome != "accepted" || got[0].Case == "" || got[0].Leaf == nil || got[0].ID != "P-1" || got[4].Outcome != "repeated" {
		t.Errorf("%+v", got)
	}
	const want = "\ufeff编号,立案日期,姓名,身份证号,性别,罪名,错误 error\n" +
		"P-2,2026-02-30,申屠二,,3,盗窃罪,\"row 3: 立案日期: want a day such as 2024-05-06, 2024年5月6日 or 20240506; 性别: a code that the mapping does not name; correct it or add it to codes\"\n" +
		"P-4,2026-01-01,申屠四,990101199001013011,,,row 5: 身份证号: the check character of the resident identity number does not fit\n"
	errors := p.read("in/done/a.csv.errors.csv")
	if errors != want {
		t.Errorf("%s", errors)
	}
	errors = strings.NewReplacer("2026-02-30", "2026-02-03", ",,3,", ",,2,", "990101199001013011", person(4)).Replace(errors)
	p.write("in/a.csv", errors)
	if c := p.drain(); c != (Counts{Accepted: 2}) {
		t.Errorf("corrected: %+v", c)
	}
	p.write("in/a.csv", head+line(1)+line(3))
	if c := p.drain(); c != (Counts{Repeated: 2}) {
		t.Errorf("again: %+v", c)
	}
	if names := p.files("in/done"); len(names) != 7 {
		t.Errorf("files of one name: %q", names)
	}
	p.Check()
}

// TestRefusals: what the platform refuses comes back under the column at fault.
func TestRefusals(t *testing.T) {
	p := newPost(t, inFolder)
	p.write("in/a.csv", head+line(1))
	p.drain()
	p.write("in/b.csv", head+strings.Replace(line(1), "盗窃罪", "诈骗罪", 1)+line(2))
	if c := p.drain(); c != (Counts{Accepted: 1, Refused: 1}) {
		t.Errorf("%+v", c)
	}
	if s := p.read("in/done/b.csv.errors.csv"); !strings.Contains(s, "row 2: 编号: ") && !strings.Contains(s, "row 2: /id: this id was sent before with other content") {
		t.Error(s)
	}
}

// TestJSONLines: lines of JSON are events already; a bad line comes back byte
// for byte, with the reasons beside it.
func TestJSONLines(t *testing.T) {
	p := newPost(t, "folders:\n  - {path: in, settle: 1ms}\n")
	event := func(id string) string {
		raw, err := p.Case().Event(registrytest.Police, docket.CaseFiled, "2026-02-01", registrytest.Suspect(p.Adult(), "盗窃罪", "2026-01-30")).Encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(raw) + id + "\n"
	}
	p.write("in/a.ndjson", event("")+"{\"specversion\":\n"+strings.Repeat("x", 2<<20)+"\n"+event("")+`{"cut": "sho`)
	if c := p.drain(); c != (Counts{Accepted: 2, Refused: 2}) {
		t.Errorf("%+v", c)
	}
	if s := p.read("in/done/a.ndjson.errors.ndjson"); s != "{\"specversion\":\n{\"cut\": \"sho\n" {
		t.Errorf("%q", s)
	}
	if s := p.read("in/done/a.ndjson.errors.csv"); !strings.Contains(s, "3,,row 3: the line is longer than 1048576 bytes") || !strings.Contains(s, "2,,\"row 2: ") && !strings.Contains(s, "2,,row 2: ") {
		t.Error(s)
	}
}

// TestWorkbook: days counted in numbers are read, and spelt out in what comes
// back.
func TestWorkbook(t *testing.T) {
	p := newPost(t, inFolder)
	f := excelize.NewFile()
	for i, r := range [][]any{
		{"编号", "立案日期", "姓名", "身份证号", "性别", "罪名"},
		{"X-1", 46023, "申屠一", person(1), 1, "盗窃罪"},
		{"X-2", 46024, "申屠二", person(2), 7, "盗窃罪"},
	} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(p.path("in/a.xlsx")); err != nil {
		t.Fatal(err)
	}
	if c := p.drain(); c != (Counts{Accepted: 1}) {
		t.Errorf("%+v", c)
	}
	if s := p.read("in/done/a.xlsx.errors.csv"); !strings.Contains(s, "X-2,2026-01-02,申屠二,"+person(2)+",7,盗窃罪,row 3: 性别: ") {
		t.Error(s)
	}
}

// TestUnreadable: a file of which nothing can be read goes to failed, with the
// reason beside it; the files beside it go in.
func TestUnreadable(t *testing.T) {
	p := newPost(t, inFolder)
	p.write("in/a.csv", "编号,姓名\n1,2\n")
	p.write("in/b.xlsx", "PK no")
	p.write("in/c.csv", head+line(1))
	p.write("in/d.pdf", "x")
	p.write("in/.e.csv", head+line(2))
	p.write("in/f.csv.part", head+line(3))
	if c := p.drain(); c != (Counts{Accepted: 1}) {
		t.Errorf("%+v", c)
	}
	if s := p.read("in/failed/a.csv.error.txt"); s != "the file cannot be read: its header lacks the columns 性别, 立案日期, 罪名, 身份证号; it has 编号, 姓名\n" {
		t.Error(s)
	}
	if s := p.read("in/failed/b.xlsx.error.txt"); !strings.Contains(s, "it is no workbook") {
		t.Error(s)
	}
	if names := p.files("in"); len(names) != 3 {
		t.Errorf("left: %q", names)
	}
	if !strings.Contains(p.logged.String(), "d.pdf") {
		t.Error("the file that is left is not told")
	}
}

// TestStillWritten: a file that changes between two looks, or changed a moment
// ago, is left.
func TestStillWritten(t *testing.T) {
	p := newPost(t, strings.Replace(inFolder, "1ms", "1h", 1))
	p.now = time.Now()
	g := p.open()
	defer g.Close()
	f := g.sources[0].(*folder)
	p.write("in/a.csv", head)
	for _, c := range []struct {
		age  time.Duration
		text string
		want int
	}{{2 * time.Hour, head + line(1), 0}, {2 * time.Hour, head + line(1) + line(2), 0}, {time.Minute, head + line(1) + line(2), 0}, {3 * time.Hour, head, 0}, {3 * time.Hour, head, 1}} {
		p.write("in/a.csv", c.text)
		at := p.now.Add(-c.age)
		if err := os.Chtimes(p.path("in/a.csv"), at, at); err != nil {
			t.Fatal(err)
		}
		if n, err := f.claim(t.Context()); err != nil || n != c.want {
			t.Errorf("after %s: %d claimed, %v; want %d", c.age, n, err, c.want)
		}
	}
}

// TestOutage: while the platform does not answer, answers nonsense, is full or
// refuses the clock or the key, nothing is lost and nothing is doubled.
func TestOutage(t *testing.T) {
	p := newPost(t, inFolder+"batch: 7\n")
	var b strings.Builder
	b.WriteString(head)
	for n := range 40 {
		b.WriteString(line(n))
	}
	p.write("in/a.csv", b.String())
	g := p.open()
	g.collect(t.Context())
	time.Sleep(5 * time.Millisecond)
	g.collect(t.Context())
	answer := func(status int, text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "9")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(text))
		})
	}
	cut := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.api.ServeHTTP(httptest.NewRecorder(), r) // taken in, and the answer is lost
		panic(http.ErrAbortHandler)
	})
	for _, c := range []struct {
		front http.Handler
		skew  time.Duration
		want  string
		wait  time.Duration
	}{
		{front: answer(http.StatusTooManyRequests, ""), want: "busy", wait: 9 * time.Second},
		{front: answer(http.StatusOK, `{"results":[]}`), want: "not one result for each event", wait: time.Second},
		{front: answer(http.StatusOK, "<html>"), want: "reading the platform's answer", wait: 2 * time.Second},
		{front: answer(http.StatusBadGateway, ""), want: "Bad Gateway", wait: 4 * time.Second},
		{front: cut, want: "did not answer", wait: 8 * time.Second},
		{front: p.api, skew: time.Hour, want: "it was signed at a time 1h0m0s off; check the sender's clock", wait: 16 * time.Second},
	} {
		p.front, p.now = c.front, p.Now.Add(c.skew)
		_, err := g.sender.step(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
			continue
		}
		if pause := g.sender.failed(t.Context(), err); c.want != "busy" && pause < c.wait || c.want == "busy" && pause != c.wait {
			t.Errorf("%s: waits %s, want %s", c.want, pause, c.wait)
		}
	}
	p.front, p.now = p.api, p.Now
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	c := p.drain()
	if c != (Counts{Accepted: 33, Repeated: 7}) {
		t.Errorf("%+v", c)
	}
	p.Took(registrytest.Police, c.Repeated) // their first answer was lost
	if got := p.receipts("in/done/a.csv.receipts.ndjson"); len(got) != 40 {
		t.Errorf("%d receipts", len(got))
	}
	if s := p.logged.String(); !strings.Contains(s, "clock") || !strings.Contains(s, "again") {
		t.Error(s)
	}
	p.Check()
}

// TestPoison: an event at which the platform fails lets the others go first.
func TestPoison(t *testing.T) {
	p := newPost(t, inFolder)
	p.front = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		body := http.MaxBytesReader(w, r.Body, 1<<20)
		buf := make([]byte, 1<<20)
		for {
			n, err := body.Read(buf)
			b.Write(buf[:n])
			if err != nil {
				break
			}
		}
		if strings.Contains(b.String(), `"P-3"`) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		again := r.Clone(r.Context())
		again.Body = http.NoBody
		again.Body = readCloser{strings.NewReader(b.String())}
		p.api.ServeHTTP(w, again)
	})
	p.write("in/a.csv", head+line(1)+line(2)+line(3)+line(4)+line(5))
	g := p.open()
	defer g.Close()
	for range 3 {
		g.collect(t.Context())
		time.Sleep(3 * time.Millisecond)
	}
	for range 12 {
		_, _ = g.sender.step(t.Context())
	}
	if n, err := g.spool.waiting(t.Context()); err != nil || n != 1 || g.sender.sum.Accepted != 4 {
		t.Errorf("%d wait, %d accepted, %v", n, g.sender.sum.Accepted, err)
	}
	p.front = p.api
	p.now = p.now.Add(2 * putOff)
	if _, err := g.sender.step(t.Context()); err != nil || g.sender.sum.Accepted != 5 {
		t.Errorf("later: %+v, %v", g.sender.sum, err)
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// TestTooLarge: a push that is too large is cut in two, and a single event that
// is too large is refused.
func TestTooLarge(t *testing.T) {
	p := newPost(t, inFolder)
	p.front = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 1000 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		p.api.ServeHTTP(w, r)
	})
	long := strings.TrimSuffix(strings.Repeat("盗窃罪、", 40), "、")
	p.write("in/a.csv", head+line(1)+line(2)+strings.Replace(line(3), "盗窃罪", long, 1)+line(4))
	if c := p.drain(); c != (Counts{Accepted: 3, Refused: 1}) {
		t.Errorf("%+v", c)
	}
}

// TestFullSpool: past its bound nothing more is read, the file waits, and all
// goes in when there is room.
func TestFullSpool(t *testing.T) {
	p := newPost(t, inFolder+"spool_mb: 1\n")
	var b strings.Builder
	b.WriteString(head)
	const n = 3500
	for i := range n {
		b.WriteString(line(i))
	}
	p.write("in/a.csv", b.String())
	g := p.open()
	for range 4 {
		g.collect(t.Context())
		time.Sleep(3 * time.Millisecond)
	}
	waiting, err := g.spool.waiting(t.Context())
	if err != nil || waiting == 0 || waiting >= n || !strings.Contains(p.logged.String(), "the spool is full") {
		t.Errorf("%d wait, %v: %s", waiting, err, p.logged.String())
	}
	if strings.Count(p.logged.String(), "the spool is full") != 1 {
		t.Error("the same is told again and again")
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		return
	}
	if c := p.drain(); c.Accepted != n {
		t.Errorf("%+v", c)
	}
}

// TestOneAtATime: a second gateway on the same spool is refused.
func TestOneAtATime(t *testing.T) {
	p := newPost(t, inFolder)
	g := p.open()
	defer g.Close()
	_, err := Open(t.Context(), p.config, Options{Now: func() time.Time { return p.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "another gateway works on") {
		t.Errorf("%v", err)
	}
}
