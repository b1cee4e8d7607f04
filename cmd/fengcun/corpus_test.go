package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/corpus"
	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// TestCorpus sends the collection of real judgments and convictions that may
// lie beside the project through the program's intake, agency by agency, and
// counts what became of it.
func TestCorpus(t *testing.T) {
	data := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(filepath.Join(data, "convictions.ndjson")); err != nil {
		t.Skipf("no collection of judgments beside the project: %v", err)
	}
	dir := t.TempDir()
	url, stop := serveDemo(t, dir)
	d, err := demo.Reopen(filepath.Join(dir, "demo"))
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.SQL(t, "sqlite:"+filepath.Join(dir, "demo", "fengcun.db"))
	count := func(query string) (n int) {
		t.Helper()
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, intakes := count(`SELECT COUNT(*) FROM record`), count(`SELECT COUNT(*) FROM intake`)
	files, chains := convert(t, data, dir, d)
	accepted := 0
	for _, id := range slices.Sorted(maps.Keys(files)) {
		accepted += intakeFile(t, url, filepath.Join(dir, "keys", "agencies", id+".key"), id, files[id])
	}
	if accepted != chains.events {
		t.Errorf("%d events were made of the collection, %d accepted", chains.events, accepted)
	}
	if n := count(`SELECT COUNT(*) FROM intake`) - intakes; n != accepted {
		t.Errorf("%d events accepted, %d stored", accepted, n)
	}
	if n := count(`SELECT COUNT(*) FROM record`) - before; n < chains.rows {
		t.Errorf("%d rows made %d records", chains.rows, n)
	}
	t.Log(statuses(t, count))
	stop()
}

// serveDemo starts a demonstration with next to nobody in it, and writes its keys.
func serveDemo(t *testing.T, dir string) (url string, stop func()) {
	t.Helper()
	home := filepath.Join(dir, "demo")
	cmd := exec.Command(binary, "demo", "--data", home, "--persons", "1", "--every", "0", "--listen", "127.0.0.1:0", "--ready", filepath.Join(dir, "url"))
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for range 600 {
		if b, err := os.ReadFile(filepath.Join(dir, "url")); err == nil {
			url = strings.TrimSpace(string(b))
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if out, err := exec.Command(binary, "keys", "demo", "--data", home, "--out", filepath.Join(dir, "keys")).CombinedOutput(); err != nil {
		t.Fatalf("keys demo: %v\n%s", err, out)
	}
	return url, func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demonstration ended with %v\n%s", err, log.Bytes())
		}
	}
}

// made is what the collection came to.
type made struct{ rows, events int }

// convert writes one file of events for each agency.
func convert(t *testing.T, data, dir string, d *demo.Demo) (map[string]string, made) {
	t.Helper()
	converter, err := corpus.New(d.Agencies(), civil.Of(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]*bytes.Buffer{}
	take := func(c corpus.Chain) error {
		for _, e := range c.Events {
			id, err := agency.IDOf(e.Source)
			if err != nil {
				return err
			}
			raw, err := e.Encode()
			if err != nil {
				return err
			}
			if lines[id] == nil {
				lines[id] = new(bytes.Buffer)
			}
			lines[id].Write(append(raw, '\n'))
		}
		return nil
	}
	convictions, err := os.Open(filepath.Join(data, "convictions.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer convictions.Close()
	c, err := converter.Convictions(convictions, take)
	if err != nil {
		t.Fatal(err)
	}
	j, err := converter.Judgments(os.DirFS(filepath.Join(data, "judgments")), take)
	if err != nil {
		t.Fatal(err)
	}
	explained(t, "convictions", c, 3000)
	explained(t, "judgments", j, 150)
	files := map[string]string{}
	for id, b := range lines {
		files[id] = filepath.Join(dir, id+".ndjson")
		if err := os.WriteFile(files[id], b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files, made{rows: c.Accepted + j.Accepted, events: c.Events + j.Events}
}

// explained wants every row accounted for.
func explained(t *testing.T, name string, r corpus.Report, least int) {
	t.Helper()
	if r.Rows != r.Accepted+len(r.Refused) || r.Accepted < least {
		t.Errorf("%s: %d rows, %d accepted, %d refused; at least %d should go in", name, r.Rows, r.Accepted, len(r.Refused), least)
	}
	why := map[string]int{}
	for _, x := range r.Refused {
		if x.Reason == "" {
			t.Errorf("%s: row %s is refused without a reason", name, x.Row)
		}
		why[x.Reason]++
	}
	t.Logf("%s: %d rows, %d accepted with %d events, %d refused %v", name, r.Rows, r.Accepted, r.Events, len(r.Refused), why)
}

var tally = regexp.MustCompile(`(\d+) lines: (\d+) accepted, (\d+) repeated, (\d+) refused`)

// intakeFile pushes a file; each refused line must be told with its number and
// a reason.
func intakeFile(t *testing.T, url, key, id, file string) (accepted int) {
	t.Helper()
	cmd := exec.Command(binary, "intake", file, "--to", url, "--agency", id, "--key", key)
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	err := cmd.Run()
	m := tally.FindStringSubmatch(out.String())
	if m == nil {
		t.Fatalf("%s: %v\n%s%s", id, err, out.Bytes(), told.Bytes())
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	reasons := regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(file)+`:\d+: .+$`).FindAllString(told.String(), -1)
	if n[0] != n[1]+n[2]+n[3] || n[2] != 0 || len(reasons) < n[3] || (err == nil) != (n[3] == 0) {
		t.Errorf("%s: %s, %v, %d reasons", id, m[0], err, len(reasons))
	}
	for _, r := range reasons[:min(3, len(reasons))] {
		t.Logf("refused: %s", r)
	}
	return n[1]
}

// statuses is what was decided.
func statuses(t *testing.T, count func(string) int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("decided:")
	all := 0
	for _, s := range []string{"open", "pending", "sealed", "unsealed"} {
		n := count(`SELECT COUNT(*) FROM record WHERE status = '` + s + `'`)
		all += n
		fmt.Fprintf(&b, " %d %s,", n, s)
	}
	if total := count(`SELECT COUNT(*) FROM record`); total != all {
		t.Errorf("%d records, %d with a status", total, all)
	}
	sealed, waiting := count(`SELECT COUNT(*) FROM record WHERE status = 'sealed'`), count(`SELECT COUNT(*) FROM review WHERE outcome = ''`)
	if sealed == 0 || waiting == 0 {
		t.Errorf("%d records were sealed, %d wait for a human", sealed, waiting)
	}
	fmt.Fprintf(&b, " %d wait for a human", waiting)
	return b.String()
}
