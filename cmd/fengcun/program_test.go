package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/suite"
)

// program is the built program serving in a directory of its own, with the
// keys of everybody who talks to it.
type program struct {
	t        *testing.T
	dir      string
	agencies map[string]suite.SignKey
	officers map[string]suite.SignKey
	url      string
	cmd      *exec.Cmd
	done     chan error
}

const killPassphrase = "a passphrase of the test"

// newProgram makes keys, a directory and a schema; nothing runs yet.
func newProgram(t *testing.T, agencies []agency.Agency, officers []agency.Officer) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir(), agencies: map[string]suite.SignKey{}, officers: map[string]suite.SignKey{}}
	p.write("passphrase", killPassphrase+"\n")
	enacted, err := os.ReadFile("../../packs/enacted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p.write("enacted.yaml", string(enacted))
	p.write("directory.yaml", p.directory(agencies, officers))
	p.write("fengcun.yaml", fmt.Sprintf(`listen: 127.0.0.1:0
database: %q
keys: %q
passphrase_file: %q
origin: kill.example/trail
enacted: %q
directory: %q
insecure_http: true
`, "sqlite:"+p.path("fengcun.db"), p.path("ring"), p.path("passphrase"), p.path("enacted.yaml"), p.path("directory.yaml")))
	p.run("keys", "init", "--suite", "intl", "--config", p.path("fengcun.yaml"))
	p.run("migrate", "--config", p.path("fengcun.yaml"))
	return p
}

func (p *program) path(name string) string { return filepath.Join(p.dir, name) }

func (p *program) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) directory(agencies []agency.Agency, officers []agency.Officer) string {
	p.t.Helper()
	var b strings.Builder
	key := func() suite.SignKey {
		k, err := suite.Intl().GenerateSignKey(rand.Reader)
		if err != nil {
			p.t.Fatal(err)
		}
		return k
	}
	b.WriteString("agencies:\n")
	for _, a := range agencies {
		k := key()
		p.agencies[a.ID] = k
		fmt.Fprintf(&b, "  - {id: %s, kind: %s, name: %s, division: %q, verify_key: %q}\n", a.ID, a.Kind, a.Name, a.Division, k.Public())
	}
	b.WriteString("officers:\n")
	for _, o := range officers {
		k := key()
		p.officers[o.ID] = k
		fmt.Fprintf(&b, "  - {id: %s, agency: %s, name: %s, duty: %s, verify_key: %q}\n", o.ID, o.Agency, o.Name, o.Duty, k.Public())
	}
	return b.String()
}

// run runs a command of the program to its end.
func (p *program) run(args ...string) string {
	p.t.Helper()
	out, err := exec.Command(binary, args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("fengcun %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// launch starts the program and does not wait for it; what it says is added to
// a file.
func launch(t testing.TB, said string, args ...string) *exec.Cmd {
	t.Helper()
	log, err := os.OpenFile(said, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() // the program has its own handle
	cmd := exec.Command(binary, args...)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// start starts the server and does not wait for it.
func (p *program) start() {
	p.t.Helper()
	p.url = ""
	_ = os.Remove(p.path("url"))
	p.cmd = launch(p.t, p.path("log"), "serve", "--config", p.path("fengcun.yaml"), "--ready", p.path("url"))
	p.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan error) { done <- cmd.Wait() }(p.cmd, p.done)
}

// ready waits until the server serves; false if it has ended before.
func (p *program) ready() bool {
	p.t.Helper()
	for range 12_000 {
		if b, err := os.ReadFile(p.path("url")); err == nil {
			p.url = strings.TrimSpace(string(b))
			return true
		}
		select {
		case err := <-p.done:
			p.done <- err
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
	p.t.Fatal("the server is not there after a minute")
	return false
}

// kill ends the server as a power cut would.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// stop asks the server to end, and wants it to end well.
func (p *program) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := <-p.done; err != nil {
		p.t.Errorf("the server ended with %v", err)
	}
}

// complaints is what the server logged as errors.
func (p *program) complaints() (lines []string) {
	p.t.Helper()
	log, err := os.ReadFile(p.path("log"))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range bytes.Lines(log) {
		if bytes.Contains(line, []byte(`"level":"ERROR"`)) || bytes.Contains(line, []byte("panic")) || bytes.HasPrefix(line, []byte("fengcun:")) {
			lines = append(lines, string(line))
		}
	}
	return lines
}
