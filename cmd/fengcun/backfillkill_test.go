package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/packs"
)

// TestBackfillKill kills the taking in of history and the wave over it at random
// moments, while a server serves the same database, until both are done: every
// event is in once, everybody is decided once, what the wave counted is what it
// did, every letter is issued, and the books add up.
func TestBackfillKill(t *testing.T) {
	cases := 900
	if testing.Short() {
		cases = 150
	}
	k := newBackfillKilling(t, cases)
	k.start()
	if !k.ready() {
		t.Fatalf("the server does not start: %s", strings.Join(k.complaints(), ""))
	}
	for _, id := range []string{loadPolice, loadProc, loadCourt} {
		k.untilDone("take", "take", k.path(id+".ndjson"), "--agency", id, "--key", k.path(id+".key"), "--batch", "20", "--pause", "5ms")
	}
	k.untilDone("wave", "--seal", "--persons", "5", "--pause", "5ms")
	k.finished(cases)
	k.stop()
	k.checkBooks(cases)
	if c := k.complaints(); len(c) > 0 {
		t.Errorf("the server complained %d times, first: %s", len(c), c[0])
	}
	t.Logf("%d times killed while taking in, %d in the wave", k.killed["take"], k.killed["wave"])
	if k.killed["take"] == 0 || k.killed["wave"] == 0 {
		t.Error("nothing was killed")
	}
}

type backfillKilling struct {
	*program
	rng    *mathrand.Rand
	killed map[string]int
	counts map[string]int64 // events by source
}

func newBackfillKilling(t *testing.T, cases int) *backfillKilling {
	t.Helper()
	agencies, staff := loadAgencies()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	k := &backfillKilling{program: newProgram(t, agencies, staff), rng: mathrand.New(mathrand.NewPCG(seed, 1)), killed: map[string]int{}, counts: map[string]int64{}}
	files := map[string]*bytes.Buffer{}
	for n := range cases {
		for id, events := range loadCase(t, n) {
			if files[id] == nil {
				files[id] = new(bytes.Buffer)
			}
			for _, e := range events {
				files[id].Write(append(e, '\n'))
				k.counts[agency.SourceOf(id)]++
			}
		}
	}
	for id, text := range files {
		k.write(id+".ndjson", text.String())
		k.write(id+".key", k.agencies[id].Reveal()+"\n")
	}
	return k
}

// untilDone runs a command again and again, killed after ever more time, until
// it ends by itself.
func (k *backfillKilling) untilDone(what string, args ...string) {
	k.t.Helper()
	args = append(append([]string{"backfill"}, args...), "--config", k.path("fengcun.yaml"))
	for round := 1; round < 200; round++ {
		cmd := exec.Command(binary, args...)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			k.t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case err := <-done:
			if err == nil {
				return
			}
			if !strings.Contains(said.String(), "a wave runs already") { // the lease of one that was killed
				k.t.Fatalf("fengcun %s: %v\n%s", strings.Join(args, " "), err, said.String())
			}
			time.Sleep(time.Second)
		case <-time.After(time.Duration(300+k.rng.IntN(200+40*round)) * time.Millisecond):
			_ = cmd.Process.Kill()
			<-done
			k.killed[what]++
		}
	}
	k.t.Fatalf("%s is not done after 200 rounds", what)
}

// finished looks at what the program says of itself.
func (k *backfillKilling) finished(cases int) {
	k.t.Helper()
	out := k.run("backfill", "status", "--config", k.path("fengcun.yaml"))
	if !strings.Contains(out, "waiting 待处理: persons 0, records 0") || strings.Contains(out, "unfinished") || strings.Contains(out, "stopped") {
		k.t.Errorf("status:\n%s", out)
	}
	if want := fmt.Sprintf("persons %d, records %d, seal %d,", cases, cases, (cases+1)/2); strings.Count(out, want) != 1 {
		k.t.Errorf("no wave did %q:\n%s", want, out)
	}
}

func (k *backfillKilling) checkBooks(cases int) {
	k.t.Helper()
	passphrase, err := os.ReadFile(k.path("passphrase"))
	if err != nil {
		k.t.Fatal(err)
	}
	ring, err := keyring.Open(k.path("ring"), strings.TrimSpace(string(passphrase)), rand.Reader)
	if err != nil {
		k.t.Fatal(err)
	}
	set, err := packs.Set()
	if err != nil {
		k.t.Fatal(err)
	}
	w := registrytest.Over(k.t, registrytest.Books{
		URL: "sqlite:" + k.path("fengcun.db"), Ring: ring, Origin: "kill.example/trail", Packs: set, Now: time.Now(), Agencies: k.agencies, Acknowledged: k.counts,
		Secrets: []string{loadPerson(0).Number, loadPerson(0).Name, "松公(刑)立字〔2025〕700000号"},
	})
	w.Check()
	for what, statement := range map[string]string{
		"letters are drafts":             `SELECT COUNT(*) FROM letter WHERE issued IS NULL`,
		"sealed records without letters": `SELECT COUNT(*) FROM record r WHERE status = 'sealed' AND 3 <> (SELECT COUNT(*) FROM notice n WHERE n.code = r.code AND n.letter <> '')`,
	} {
		if n := w.Count(statement); n != 0 {
			k.t.Errorf("%d %s", n, what)
		}
	}
	if n := w.Count(`SELECT COUNT(*) FROM record WHERE status = 'sealed'`); n != (cases+1)/2 {
		k.t.Errorf("%d records are sealed, want %d", n, (cases+1)/2)
	}
}
