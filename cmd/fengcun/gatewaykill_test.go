package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the agency's own database

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/gateway"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/packs"
)

// TestGatewayKill kills the gateway, and now and then the server, at random
// moments while files and rows arrive: in the end each row has been reported
// once, each file has one receipt for each of its rows, and the platform holds
// each event once.
func TestGatewayKill(t *testing.T) {
	kills := 40
	switch {
	case os.Getenv("FENGCUN_SOAK") != "":
		kills = 1500
	case testing.Short():
		kills = 8
	}
	agencies, staff := loadAgencies()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	k := &gatewayKilling{program: newProgram(t, agencies, staff), rng: mathrand.New(mathrand.NewPCG(seed, 1)), files: map[string]int{}}
	k.furnish()
	servers := 0
	for range kills {
		if k.cmd == nil || k.rng.IntN(8) == 0 {
			if k.cmd != nil {
				k.kill()
				servers++
			}
			k.serve()
		}
		k.round()
	}
	k.finish()
	t.Logf("%d kills of the gateway, %d of the server; %d files, %d rows of files, %d rows of a view", kills, servers, len(k.files), k.rows, k.inView)
}

type gatewayKilling struct {
	*program
	rng    *mathrand.Rand
	db     *sql.DB
	listen string
	files  map[string]int // rows by name
	rows   int
	inView int
}

const killMapping = `type: case.filed
id: [编号]
fields:
  - {to: date, column: 立案日期}
  - {to: number.立案号, column: 编号}
  - {to: person.name, column: 姓名}
  - {to: person.suspected.0.name, column: 罪名}
`

// furnish makes the agency's database, folder, key and configuration. The
// server keeps its port, so that the gateway finds it again.
func (k *gatewayKilling) furnish() {
	k.t.Helper()
	k.write("agent.key", k.agencies[loadPolice].Reveal())
	k.write("mapping.yaml", killMapping)
	k.write("dsn", "file:"+k.path("agency.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	var err error
	if k.db, err = sql.Open("sqlite", "file:"+k.path("agency.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = k.db.Close() })
	if _, err := k.db.Exec(`CREATE TABLE v (seq INTEGER PRIMARY KEY, "编号" TEXT, "立案日期" TEXT, "姓名" TEXT, "罪名" TEXT)`); err != nil {
		k.t.Fatal(err)
	}
	if err := os.Mkdir(k.path("in"), 0o700); err != nil {
		k.t.Fatal(err)
	}
}

func (k *gatewayKilling) serve() {
	k.t.Helper()
	k.start()
	if !k.ready() {
		k.t.Fatalf("the server does not start: %s", strings.Join(k.complaints(), ""))
	}
	if k.listen == "" { // from now on the same port
		k.listen = strings.TrimPrefix(k.url, "http://")
		text, err := os.ReadFile(k.path("fengcun.yaml"))
		if err != nil {
			k.t.Fatal(err)
		}
		k.write("fengcun.yaml", strings.Replace(string(text), "127.0.0.1:0", k.listen, 1))
		k.write("gateway.yaml", fmt.Sprintf(`platform: %s
insecure_http: true
agency: %s
key: agent.key
spool: spool
every: 10ms
batch: 17
folders:
  - {path: in, mapping: mapping.yaml, settle: 1ms}
views:
  - {name: v, driver: sqlite, dsn_file: dsn, view: v, cursor: [seq], overlap: 30, page: 11, mapping: mapping.yaml, reports: reports}
`, k.url, loadPolice))
	}
}

// round is one life of the gateway, in which files and rows arrive.
func (k *gatewayKilling) round() {
	k.t.Helper()
	cmd := launch(k.t, k.path("gateway.log"), "gateway", "--config", k.path("gateway.yaml"))
	for range k.rng.IntN(3) {
		time.Sleep(time.Duration(k.rng.IntN(60)) * time.Millisecond)
		k.drop()
		k.enter()
	}
	time.Sleep(time.Duration(k.rng.IntN(350)) * time.Millisecond)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func killRow(no string) (day, name, crime string) {
	return "2026-01-15", "申屠" + no, "盗窃罪"
}

// drop puts a file into the folder: a table or lines of JSON, of which some are
// moved there whole and some are written in place.
func (k *gatewayKilling) drop() {
	k.t.Helper()
	n := len(k.files)
	rows := 1 + k.rng.IntN(60)
	var b bytes.Buffer
	name := fmt.Sprintf("f%d.csv", n)
	b.WriteString("编号,立案日期,姓名,罪名\n")
	for i := range rows {
		no := fmt.Sprintf("F%d-%d", n, i)
		day, who, crime := killRow(no)
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", no, day, who, crime)
	}
	if n%3 == 0 {
		name = fmt.Sprintf("f%d.ndjson", n)
		b.Reset()
		for i := range rows {
			no := fmt.Sprintf("F%d-%d", n, i)
			day, who, crime := killRow(no)
			fmt.Fprintf(&b, `{"specversion":"1.0","id":%q,"source":%q,"type":"cn.fengcun.case.filed.v1","time":"%sT00:00:00+08:00","data":{"date":%q,"numbers":[{"kind":"立案号","no":%q}],"persons":[{"identity":{"name":%q},"suspected":[{"name":%q}]}]}}`+"\n",
				no, agency.SourceOf(loadPolice), day, day, no, who, crime)
		}
	}
	k.write("in/"+name+".part", b.String())
	if err := os.Rename(k.path("in/"+name+".part"), k.path("in/"+name)); err != nil {
		k.t.Fatal(err)
	}
	k.files[name] = rows
	k.rows += rows
}

// enter writes rows into the agency's database.
func (k *gatewayKilling) enter() {
	k.t.Helper()
	for range k.rng.IntN(25) {
		k.inView++
		no := fmt.Sprintf("V-%d", k.inView)
		day, name, crime := killRow(no)
		if _, err := k.db.Exec("INSERT INTO v VALUES (?, ?, ?, ?, ?)", k.inView, no, day, name, crime); err != nil {
			k.t.Fatal(err)
		}
	}
}

// finish lets a last gateway work to the end, and adds up.
func (k *gatewayKilling) finish() {
	k.t.Helper()
	out := k.run("gateway", "--once", "--config", k.path("gateway.yaml"))
	if !strings.Contains(out, " 0 refused, 0 wait") {
		k.t.Errorf("in the end: %s", out)
	}
	if again := k.run("gateway", "--once", "--config", k.path("gateway.yaml")); !strings.HasPrefix(again, "0 accepted, 0 repeated, 0 refused, 0 wait") {
		k.t.Errorf("again: %s", again)
	}
	for name, rows := range k.files {
		if _, err := os.Stat(k.path("in/done/" + name)); err != nil {
			k.t.Error(err)
		}
		k.receipts("in/done/"+name+".receipts.ndjson", rows)
	}
	k.reports()
	k.stop()
	ring, err := keyring.Open(k.path("ring"), killPassphrase, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	set, err := packs.Set()
	if err != nil {
		k.t.Fatal(err)
	}
	registrytest.Over(k.t, registrytest.Books{
		URL: "sqlite:" + k.path("fengcun.db"), Ring: ring, Origin: "kill.example/trail", Packs: set, Now: time.Now(), Agencies: k.agencies,
		Acknowledged: map[string]int64{agency.SourceOf(loadPolice): int64(k.rows + k.inView)},
	}).Check()
	if c := k.complaints(); len(c) > 0 {
		k.t.Errorf("the server complained %d times, first: %s", len(c), c[0])
	}
}

// receipts wants one for each row, each with its place in the trail.
func (k *gatewayKilling) receipts(file string, rows int) {
	k.t.Helper()
	seen := map[string]bool{}
	for _, r := range k.read(file) {
		if r.Outcome != "accepted" && r.Outcome != "repeated" || r.Case == "" || r.Leaf == nil || seen[r.ID] {
			k.t.Errorf("%s: %+v", file, r)
		}
		seen[r.ID] = true
	}
	if len(seen) != rows {
		k.t.Errorf("%s: %d receipts for %d rows", file, len(seen), rows)
	}
}

func (k *gatewayKilling) read(file string) (out []gateway.Receipt) {
	k.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		text, err = os.ReadFile(k.path(file))
	}
	if err != nil {
		k.t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var r gateway.Receipt
		if err := json.Unmarshal(line, &r); err != nil {
			k.t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// reports wants a receipt for each row of the view. A kill between writing one
// and forgetting the poll writes the same file again.
func (k *gatewayKilling) reports() {
	k.t.Helper()
	files, err := filepath.Glob(k.path("reports/*.receipts.ndjson"))
	if err != nil {
		k.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, f := range files {
		for _, r := range k.read(f) {
			seen[r.ID]++
		}
	}
	for id, n := range seen {
		if n != 1 {
			k.t.Errorf("%s was reported %d times", id, n)
		}
	}
	if len(seen) != k.inView {
		k.t.Errorf("%d rows of the view were reported, of %d", len(seen), k.inView)
	}
}
