package desk_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/desk"
	"github.com/fengcun/fengcun/packs/packstest"
)

// stage is the whole platform in process, over a small invented province.
type stage struct {
	testing.TB
	reg      *registry.Registry
	demo     *demo.Demo
	office   *desk.Office
	url      string
	listener net.Listener
	log      *safeBuffer

	mu  sync.Mutex
	now time.Time
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// clock gives a time that goes on a little with every look.
func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(time.Millisecond)
	return s.now
}

func (s *stage) wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

type stageOptions struct {
	persons  int
	serve    bool // as outside the demonstration: no keys, no one-click accounts
	passkeys bool // officers may have passkeys
}

// accept takes software keys in the demonstration and passkeys outside it.
func (s *stage) accept(o stageOptions) grant.Accept {
	a := grant.Accept{Software: !o.serve}
	if o.passkeys {
		a.Site = passkey.Site{ID: "localhost", Origin: s.url}
	}
	return a
}

// listen fixes the address before anything is set up: passkeys belong to it.
func (s *stage) listen() {
	l, err := new(net.ListenConfig).Listen(s.Context(), "tcp", "127.0.0.1:0")
	s.must(err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	s.must(err)
	s.listener, s.url = l, "http://localhost:"+port
}

func newStage(tb testing.TB, o stageOptions) *stage {
	tb.Helper()
	ctx := context.Background()
	if o.persons == 0 {
		o.persons = 200
	}
	p := played(tb, o.persons)
	s := &stage{TB: tb, log: &safeBuffer{}, now: p.now}
	s.listen()
	dir := tb.TempDir()
	s.must(os.CopyFS(dir, os.DirFS(p.dir)))
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, ledgerFile))
	s.must(err)
	tb.Cleanup(func() { _ = db.Close() })
	s.reg, err = registry.New(ctx, registry.Config{DB: db, Ring: p.ring, Origin: "test.example/trail", Packs: packstest.InForce(tb), Accept: s.accept(o), Rand: rand.Reader})
	s.must(err)
	s.demo, err = demo.Reopen(dir)
	s.must(err)
	if !o.serve { // its queries are signed with software keys
		s.must(s.demo.Furnish(ctx, s.reg, rand.Reader, s.clock()))
	}
	s.publish()
	s.serve(p.ring, o.serve)
	return s
}

func (s *stage) publish() {
	s.Helper()
	_, err := s.reg.Publish(context.Background())
	s.must(err)
}

func (s *stage) serve(ring *keyring.Ring, plain bool) {
	options := desk.Options{
		Registry: s.reg, Now: s.clock, Random: rand.Reader,
		OpenEpoch: func(id string, wrapped []byte) (*trail.Epoch, error) {
			return trail.OpenEpoch(ring.Trail().Audit(), id, wrapped)
		},
	}
	if !plain {
		options.Demo = &desk.Demo{SignKey: s.demo.OfficerKey, LetterKey: s.demo.LetterKey, Accounts: s.demo.Officers(), Cast: s.demo.Cast()}
	}
	s.office = desk.New(options)
	site, err := web.New(web.Options{
		Who: s.office.Who, Status: desk.Status, Explain: desk.Explain, Now: s.clock, Random: rand.Reader,
		Log: slog.New(slog.NewJSONHandler(s.log, nil)), Version: "test", Demo: !plain,
	})
	s.must(err)
	mux := http.NewServeMux()
	site.Routes(mux)
	s.office.Routes(mux, site)
	srv := httptest.NewUnstartedServer(site.Handler(mux))
	_ = srv.Listener.Close()
	srv.Listener = s.listener
	srv.Start()
	s.Cleanup(srv.Close)
}

// relapse lets live reports come in until policy proposes an unsealing to the
// clerk's court.
func (s *stage) relapse() {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ticks, done := make(chan time.Time), make(chan error, 1)
	go func() { done <- s.demo.Trickle(ctx, s.reg, rand.Reader, ticks) }()
	found := false
	for range 200 {
		select {
		case ticks <- s.clock():
		case err := <-done:
			cancel()
			s.Fatalf("the live stream ended: %v", err)
		}
		_, n, err := s.reg.ReviewPage(ctx, "clerk", store.KindUnseal, 1, 0)
		s.must(err)
		if found = n > 0; found {
			break
		}
	}
	cancel()
	if err := <-done; err != nil && ctx.Err() == nil {
		s.Fatal(err)
	}
	if !found {
		s.Fatal("200 live reports brought no unsealing")
	}
	s.publish()
}

// visitor is one person's browser without the scripts.
type visitor struct {
	*stage
	client *http.Client
}

func (s *stage) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	s.must(err)
	v := &visitor{stage: s, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	return v
}

// as is a visitor who has signed in with one of the demonstration's accounts.
func (s *stage) as(account string) *visitor {
	s.Helper()
	v := s.visitor()
	if a := v.post("/signin/demo", url.Values{"account": {account}}); a.status != http.StatusSeeOther {
		s.Fatalf("sign in as %s: %d", account, a.status)
	}
	return v
}

// first is the first account of a duty.
func (s *stage) first(d agency.Duty) string {
	for _, o := range s.demo.Officers() {
		if o.Duty == d {
			return o.ID
		}
	}
	s.Fatalf("no account of duty %s", d)
	return ""
}

type answer struct {
	status int
	body   string
	header http.Header
}

// to is where a redirect leads.
func (a answer) to() string { return a.header.Get("Location") }

func (v *visitor) do(req *http.Request) answer {
	v.Helper()
	resp, err := v.client.Do(req)
	v.must(err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	v.must(err)
	return answer{resp.StatusCode, string(b), resp.Header}
}

func (v *visitor) get(path string) answer {
	v.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, v.url+path, nil)
	v.must(err)
	return v.do(req)
}

func (v *visitor) post(path string, form url.Values) answer {
	v.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, v.url+path, strings.NewReader(form.Encode()))
	v.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(req)
}

// english makes the pages English from here on.
func (v *visitor) english() *visitor {
	v.get("/language?to=en&back=/")
	return v
}

// page gets a page that has to be there.
func (v *visitor) page(path string) string {
	v.Helper()
	a := v.get(path)
	if a.status != http.StatusOK {
		v.Fatalf("%s: %d", path, a.status)
	}
	return a.body
}

// sent posts a form that has to lead on, and gives where to.
func (v *visitor) sent(path string, form url.Values) string {
	v.Helper()
	a := v.post(path, form)
	if a.status != http.StatusSeeOther {
		v.Fatalf("%s: %d %s", path, a.status, words(a.body))
	}
	return a.to()
}

// words is a page without its tags, for messages of failed tests.
func words(body string) string {
	_, body, _ = strings.Cut(body, "<main")
	var b strings.Builder
	tag := true
	for _, r := range body {
		switch {
		case r == '<':
			tag = true
		case r == '>':
			tag = false
		case !tag:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (v *visitor) has(body string, all ...string) {
	v.Helper()
	for _, want := range all {
		if !strings.Contains(body, want) {
			v.Errorf("the page lacks %q: %.1500s", want, words(body))
		}
	}
}
