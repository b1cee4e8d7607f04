package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/keyring/transit/transittest"
)

// command runs the program's command line in this process.
func command(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(&env{ctx: context.Background(), stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}, args)
	return out.String(), errs.String(), code
}

// The ring's root with a transit service: made, listed, changed, and no older
// copy of the ring opens once the old root is destroyed.
func TestRootWithATransitService(t *testing.T) {
	there := transittest.New(t)
	dir := t.TempDir()
	ring, file := filepath.Join(dir, "ring"), filepath.Join(dir, "fengcun.yaml")
	text := fmt.Sprintf("database: sqlite:%s\nkeys: %s\norigin: story.example/trail\nenacted: none\nroot: transit\ncustodian_keys: transit\n"+
		"transit: {url: %q, token_file: %s}\n", filepath.Join(dir, "fengcun.db"), ring, there.URL, there.TokenFile)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ok := func(want string, args ...string) {
		t.Helper()
		out, errs, code := command(t, append(args, "--config", file)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("%v: %d\n%s%s", args, code, out, errs)
		}
	}
	refused := func(want string, args ...string) {
		t.Helper()
		if _, errs, code := command(t, append(args, "--config", file)...); code == 0 || !strings.Contains(errs, want) {
			t.Fatalf("%v: %d\n%s", args, code, errs)
		}
	}
	ok("made", "keys", "init")
	ok("schema up to date", "migrate")
	ok("ledger", "keys", "list")
	ok("rotated to version 2", "keys", "rotate", "ledger")
	old, err := os.ReadFile(ring)
	if err != nil {
		t.Fatal(err)
	}
	ok("all versions before 2 are destroyed", "keys", "destroy", "ledger", "--yes")
	ok("encrypted anew", "keys", "rotate", "root")
	today, err := os.ReadFile(ring)
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(ring, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(old)
	ok("ledger               1 ", "keys", "list") // the copy still has the old epoch
	put(today)
	ok("would make every earlier copy", "keys", "destroy", "root")
	ok("no earlier copy", "keys", "destroy", "root", "--yes")
	put(old)
	refused("this copy never opens again", "keys", "list")
	put(today)
	ok("ledger", "keys", "list")
	there.Down(true)
	refused("sealed or not ready", "keys", "list")
}
