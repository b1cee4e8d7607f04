package vaultd

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

func testServer(tb testing.TB) *Server {
	tb.Helper()
	ring, err := keyring.New(suite.Intl(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := trail.NewSigner("vault.test/trail", ring.Trail().Log()...)
	if err != nil {
		tb.Fatal(err)
	}
	spent, err := OpenSpent(filepath.Join(tb.TempDir(), "spent"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = spent.Close() })
	return &Server{
		Vault: vault.New(ring.Suite(), ring.Vault(), signer.Verifier(), rand.Reader), Suite: "intl", Spent: spent,
		Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler),
		Patience: time.Second,
	}
}

func socket(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "vault-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

func me() []uint32 { return []uint32{uint32(os.Getuid())} }

// run serves until stop is called, or the test ends.
func run(t testing.TB, s *Server, a *Address) (stop func()) {
	t.Helper()
	l, err := a.Listen(context.Background(), s.Log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func client(t testing.TB, suiteName string, a *Address) *Client {
	t.Helper()
	c := NewClient(suiteName, a.Dial)
	c.patience = time.Second
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// The vault's process may end and begin again at any time: callers are told
// that it does not answer, and find it again by themselves.
func TestGoneAndBack(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
	c := client(t, "intl", a)
	ping := func() error { return c.Ping(context.Background()) }
	if err := ping(); !errors.Is(err, vault.ErrUnreachable) {
		t.Fatalf("before it began: %v", err)
	}
	for range 3 {
		stop := run(t, s, a)
		for range 2 { // the second time on the same connection
			if err := ping(); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if err := ping(); !errors.Is(err, vault.ErrUnreachable) {
			t.Fatalf("after it ended: %v", err)
		}
	}
}

// broken is rows that fail, or that take their time.
type broken struct {
	vault.Rows
	ctx  context.Context
	err  error
	wait time.Duration
}

func (b *broken) Context() context.Context { return b.ctx }

func (b *broken) SealedAliases([]byte) ([]vault.SealedAlias, error) {
	time.Sleep(b.wait)
	return nil, b.err
}

// An error of the caller's rows comes back to the caller as it is, so that a
// transaction is tried again where the database asks for it, and the
// connection goes on.
func TestRowsThatFail(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
	run(t, s, a)
	c := client(t, "intl", a)
	boom := errors.New("boom")
	number := docket.Number{Kind: "k", No: "t"}
	for range 3 {
		if _, err := c.CasesByNumber(&broken{ctx: context.Background(), err: boom}, number); !errors.Is(err, boom) || errors.Is(err, vault.ErrUnreachable) {
			t.Fatal(err)
		}
	}
	if _, err := c.CasesByNumber(&broken{ctx: context.Background()}, number); err != nil {
		t.Error(err)
	}
}

// A caller whose context ends is not kept waiting; one that does not answer in
// time loses the connection, not the vault.
func TestWaiting(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
	s.Patience = 50 * time.Millisecond
	run(t, s, a)
	c := client(t, "intl", a)
	number := docket.Number{Kind: "k", No: "t"}
	if _, err := c.CasesByNumber(&broken{ctx: context.Background(), wait: 200 * time.Millisecond}, number); !errors.Is(err, vault.ErrUnreachable) {
		t.Errorf("too slow: %v", err)
	}
	silent, err := net.Dial("unix", a.Socket)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := io.ReadAll(silent); err != nil {
		t.Errorf("one who says nothing: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.CasesByNumber(&broken{ctx: ctx, wait: 30 * time.Millisecond}, number); err == nil {
		t.Error("a context that ended gave an answer")
	}
	if err := c.Ping(context.Background()); err != nil {
		t.Error(err)
	}
}

// Two programs of other versions or suites do not work together.
func TestGreetings(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
	var log bytes.Buffer
	var mu sync.Mutex
	s.Log = slog.New(slog.NewTextHandler(&locked{w: &log, mu: &mu}, nil))
	stop := run(t, s, a)
	err := client(t, "gm", a).Ping(context.Background())
	if !errors.Is(err, vault.ErrUnreachable) || !strings.Contains(err.Error(), "suite") {
		t.Error(err)
	}
	conn, err := net.Dial("unix", a.Socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(framed(`{"body":{"protocol":99,"suite":"intl"}}`)); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(conn); err != nil || !bytes.Contains(rest, []byte(`"protocol":1`)) {
		t.Errorf("%s, %v", rest, err)
	}
	stop()
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(log.String(), "protocol 99") {
		t.Errorf("the log says %s", log.String())
	}
}

// A server whose configuration wants witnesses and a vault whose configuration
// does not, or wants others, do not work together.
func TestWitnessesThatOnlyOneSideWants(t *testing.T) {
	key := func(name string) trail.WitnessKey {
		k, err := suite.Intl().GenerateSignKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		w, err := trail.NewCosigner(name, k)
		if err != nil {
			t.Fatal(err)
		}
		return w.Key()
	}
	one, two, three := key("one.test/w"), key("two.test/w"), key("three.test/w")
	quorum := func(need int, keys ...trail.WitnessKey) trail.Quorum {
		q, err := trail.NewQuorum(need, keys...)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	ring, err := keyring.New(suite.Intl(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := trail.NewSigner("vault.test/trail", ring.Trail().Log()...)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		server, vault trail.Quorum
		agree         bool
	}{
		"nobody":                    {trail.Quorum{}, trail.Quorum{}, true},
		"asked and not waited for":  {quorum(0, one), trail.Quorum{}, true},
		"the same":                  {quorum(2, one, two, three), quorum(2, three, one, two), true},
		"the server alone":          {quorum(1, one), trail.Quorum{}, false},
		"the vault alone":           {trail.Quorum{}, quorum(1, one), false},
		"fewer at the vault":        {quorum(2, one, two), quorum(1, one, two), false},
		"another one at the vault":  {quorum(1, one), quorum(1, two), false},
		"one more may at the vault": {quorum(1, one), quorum(1, one, two), false},
	} {
		s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
		s.Vault = vault.New(ring.Suite(), ring.Vault(), signer.Verifier().Requiring(c.vault), rand.Reader)
		stop := run(t, s, a)
		err := client(t, "intl", a).Demanding(c.server).Ping(context.Background())
		stop()
		if (err == nil) != c.agree || (err != nil && !errors.Is(err, ErrOtherwise)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The vault's process knows the latest time it has seen, also after it was
// started again: a clock set back revives nothing.
func TestTheVaultsOwnTime(t *testing.T) {
	s := testServer(t)
	noon := s.Now()
	later := noon.Add(time.Hour)
	s.Now = func() time.Time { return later }
	if at, err := s.now(); err != nil || !at.Equal(later) {
		t.Fatal(at, err)
	}
	path := strings.TrimSuffix(s.Spent.file.Name(), "-clock")
	if err := s.Spent.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.Spent, err = OpenSpent(path); err != nil {
		t.Fatal(err)
	}
	defer s.Spent.Close()
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	s.Now = func() time.Time { return noon }
	if at, err := s.now(); err != nil || !at.Equal(later) {
		t.Errorf("it is %s, %v", at, err)
	}
	if !strings.Contains(log.String(), "the clock was set back") {
		t.Errorf("the log says %s", log.String())
	}
}

type locked struct {
	w  io.Writer
	mu *sync.Mutex
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// A call that nobody knows, and bodies that are none, are refused and the
// connection goes on.
func TestNonsense(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
	run(t, s, a)
	c := client(t, "intl", a)
	rows := &broken{ctx: context.Background()}
	for _, call := range []string{"no such call", callSeal, callOpen, callFind, callPrepare} {
		if err := c.call(rows, call, "nonsense", nil); err == nil || errors.Is(err, vault.ErrUnreachable) {
			t.Errorf("%s: %v", call, err)
		}
	}
	if err := c.call(rows, callSeal, sealIn{}, nil); err == nil {
		t.Error("nothing was sealed")
	}
}

// Keys are read again before each call; where they do not read nothing is done.
func TestRefresh(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
	var bad error
	s.Refresh = func(context.Context) error { return bad }
	run(t, s, a)
	c := client(t, "intl", a)
	if err := c.Ping(context.Background()); err != nil {
		t.Fatal(err)
	}
	bad = errors.New("the file is gone")
	if err := c.Ping(context.Background()); !errors.Is(err, errInside) {
		t.Error(err)
	}
}
