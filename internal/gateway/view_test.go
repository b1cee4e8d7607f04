package gateway

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/store/storetest"
)

const inView = `views:
  - {name: lian, driver: %s, dsn_file: dsn, view: v_lian, cursor: %s, overlap: %s, mapping: filings.yaml, reports: reports, page: 7}
`

// agencyDatabase is the database of an agency's own system.
type agencyDatabase struct {
	*testing.T
	db     *sql.DB
	driver string
}

var numbered = regexp.MustCompile(`\$\d+`)

func (a *agencyDatabase) exec(query string, args ...any) {
	a.Helper()
	switch a.driver {
	case "sqlite":
		query = strings.ReplaceAll(query, "$", "?")
	case "mariadb":
		query = numbered.ReplaceAllString(strings.ReplaceAll(query, `"`, "`"), "?")
	}
	if _, err := a.db.Exec(query, args...); err != nil {
		a.Fatal(err)
	}
}

func newAgencyDatabase(t *testing.T, driver string) (a *agencyDatabase, dsn string) {
	t.Helper()
	name := "pgx"
	switch driver {
	case "sqlite":
		name, dsn = "sqlite", "file:"+filepath.Join(t.TempDir(), "agency.db")
	case "postgres":
		dsn = storetest.Blank(t, storetest.Postgres)
	case "mariadb":
		name, dsn = "mysql", newMariaDB(t)
	}
	db, err := sql.Open(name, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	a = &agencyDatabase{t, db, driver}
	a.exec(`CREATE TABLE cases (seq BIGINT PRIMARY KEY, written TIMESTAMP NOT NULL, no TEXT, day DATE, person TEXT, id_no TEXT, sex INTEGER, crime TEXT)`)
	a.exec(`CREATE VIEW v_lian AS SELECT seq, written, no AS "编号", day AS "立案日期", person AS "姓名", id_no AS "身份证号", sex AS "性别", crime AS "罪名" FROM cases`)
	return a, dsn
}

func (a *agencyDatabase) add(seq int, written string, sex int) {
	a.Helper()
	a.exec(`INSERT INTO cases VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		seq, written, fmt.Sprintf("V-%d", seq), fmt.Sprintf("2026-01-%02d", 1+seq%28), "申屠"+string('一'+rune(seq)), person(seq), sex, "盗窃罪")
}

// TestViews: rows go in once, in pages, also those that a transaction commits
// late; a row with a mistake is reported with all its columns.
func TestViews(t *testing.T) {
	for _, driver := range []string{"sqlite", "postgres", "mariadb"} {
		for _, cursor := range []string{"[seq]", "[written, seq]"} {
			t.Run(driver+cursor, func(t *testing.T) {
				a, dsn := newAgencyDatabase(t, driver)
				back := "20"
				if cursor != "[seq]" {
					back = "10m"
				}
				p := newPost(t, fmt.Sprintf(inView, driver, cursor, back))
				p.write("dsn", dsn+"\n")
				at := func(n int) string { return fmt.Sprintf("2026-02-01 10:%02d:00", n) }
				for n := 1; n <= 17; n++ {
					a.add(2*n, at(n), 1+n%2)
				}
				a.add(36, at(18), 9)
				a.add(38, at(18), 1)
				if c := p.drain(); c != (Counts{Accepted: 18}) {
					t.Errorf("%+v", c)
				}
				reports := p.files("reports")
				var errors string
				for _, f := range reports {
					if strings.HasSuffix(f, ".errors.csv") {
						errors += p.read("reports/" + f)
					}
				}
				want := "2026-01-09,V-36,申屠" + string('一'+rune(36)) + "," + person(36) + ",9,盗窃罪,"
				if !strings.Contains(errors, want) || strings.Count(errors, "\n") != 2 {
					t.Errorf("%s, want %s", errors, want)
				}
				a.add(33, at(17), 1) // committed late, under rows already read
				a.add(40, at(19), 2)
				if c := p.drain(); c != (Counts{Accepted: 2}) {
					t.Errorf("late: %+v", c)
				}
				if c := p.drain(); c != (Counts{}) {
					t.Errorf("again: %+v", c)
				}
				p.Check()
			})
		}
	}
}

// TestPages: the query that is sent, as each database spells it.
func TestPages(t *testing.T) {
	v := &View{View: "公安.v_lian", Cursor: []string{"at", "seq"}, Page: 10}
	from := []mark{{"time", "2026-01-01 10:00:00"}, {"number", "7"}}
	for _, c := range []struct {
		driver string
		from   []mark
		backed bool
		want   string
	}{
		{"postgres", nil, false, `SELECT "编号", "at", "seq" FROM "公安"."v_lian" ORDER BY "at", "seq" LIMIT 10`},
		{"postgres", from, false, `SELECT "编号", "at", "seq" FROM "公安"."v_lian" WHERE (("at" > $1) OR ("at" = $2 AND "seq" > $3)) ORDER BY "at", "seq" LIMIT 10`},
		{"mysql", from, false, "SELECT `编号`, `at`, `seq` FROM `公安`.`v_lian` WHERE ((`at` > ?) OR (`at` = ? AND `seq` > ?)) ORDER BY `at`, `seq` LIMIT 10"},
		{"mariadb", from[:1], true, "SELECT `编号`, `at`, `seq` FROM `公安`.`v_lian` WHERE `at` >= ? ORDER BY `at`, `seq` LIMIT 10"},
	} {
		d, err := dialectOf(c.driver)
		if err != nil {
			t.Fatal(err)
		}
		got, args := d.page(v, []string{"编号", "at", "seq"}, c.from, c.backed)
		if got != c.want || len(args) != strings.Count(got, "?")+strings.Count(got, "$") {
			t.Errorf("%s\nwant %s\n%v", got, c.want, args)
		}
	}
	d, _ := dialectOf("mysql")
	if got := d.identifier("a`; DROP", false); got != "`a``; DROP`" {
		t.Error(got)
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		v    any
		kind string
	}{{int64(7), "number"}, {[]byte("2026-01-01 10:00:00"), "time"}, {"abc", "text"}, {time.Now(), "time"}} {
		m, err := markOf(c.v)
		if err != nil || m.Kind != c.kind {
			t.Errorf("%v: %+v, %v", c.v, m, err)
		}
	}
	for _, v := range []any{nil, 1.5, true} {
		if m, err := markOf(v); err == nil {
			t.Errorf("%v: %+v", v, m)
		}
	}
	back := overlap{time: time.Hour, number: 5}
	for _, c := range []struct{ m, want mark }{
		{mark{"number", "7"}, mark{"number", "2"}},
		{mark{"time", "2026-01-01 10:00:00.5"}, mark{"time", "2026-01-01 09:00:00.5"}},
		{mark{"time", "2026-01-01T00:30:00Z"}, mark{"time", "2025-12-31T23:30:00Z"}},
		{mark{"text", "x"}, mark{"text", "x"}},
	} {
		if got, moved := back.back(c.m); got != c.want || moved != (c.m != c.want) {
			t.Errorf("%+v: %+v", c.m, got)
		}
	}
	order := []mark{{"time", "2026-01-01T00:30:00Z"}, {"time", "2026-01-01T00:30:00.5Z"}, {"time", "2026-01-01T00:31:00Z"}}
	for i := range order[1:] {
		if !after(order[i+1:i+2], order[i:i+1]) || after(order[i:i+1], order[i+1:i+2]) {
			t.Errorf("%v and %v", order[i], order[i+1])
		}
	}
	if !after([]mark{{"number", "10"}}, []mark{{"number", "9"}}) {
		t.Error("10 comes after 9")
	}
	for s, want := range map[string]overlap{"": {10 * time.Minute, 1000}, "0": {}, "5": {0, 5}, "3h": {3 * time.Hour, 0}} {
		if got, err := readOverlap(s); err != nil || got != want {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
	if _, err := readOverlap("soon"); err == nil {
		t.Error("soon is no overlap")
	}
}

// TestCursorChanged: another cursor under the same name would skip rows.
func TestCursorChanged(t *testing.T) {
	a, dsn := newAgencyDatabase(t, "sqlite")
	p := newPost(t, fmt.Sprintf(inView, "sqlite", "[seq]", "5"))
	p.write("dsn", dsn)
	a.add(1, "2026-02-01 10:00:00", 1)
	p.drain()
	p.write("gateway.yaml", strings.Replace(p.read("gateway.yaml"), "[seq]", "[written, seq]", 1))
	g := p.open()
	defer g.Close()
	if failed := g.collect(t.Context()); !failed || !strings.Contains(p.logged.String(), "give the view another name") {
		t.Error(p.logged.String())
	}
}

// TestConfigMistakes: each is told with its key.
func TestConfigMistakes(t *testing.T) {
	p := newPost(t, inFolder)
	good := p.read("gateway.yaml")
	for _, c := range []struct{ old, with, want string }{
		{good, "", "platform: want the platform's address"},
		{"insecure_http: true", "", "platform: want https"},
		{"key: agent.key", "", "key: missing"},
		{"every: 20ms", "every: 1ms", "every: want 10ms or more"},
		{"every: 20ms", "batch: 0", "batch: want 1 to 10000"},
		{"every: 20ms", "spool_mb: 0", "spool_mb: want 1 or more"},
		{"every: 20ms", "evry: 20ms", "unknown field"},
		{"every: 20ms", "tls: {certificate: a}", "tls: certificate and key belong together"},
		{inFolder, "", "name at least one folder or view"},
		{"settle: 1ms", "settle: -1s", "folders[0]: settle"},
		{"filings.yaml", "gone.yaml", "folders[0]: mapping: open"},
		{inFolder, inFolder + "  - {path: in}\n", "folders[1]: path: this folder is named twice"},
		{inFolder, "views: [{name: a}]", "views[0]: dsn_file: missing"},
		{inFolder, fmt.Sprintf(inView, "oracle", "[a]", "1"), "views[0]: driver: want postgres, mysql, mariadb or sqlite"},
		{inFolder, fmt.Sprintf(inView, "mysql", "[]", "1"), "views[0]: cursor: name the columns"},
		{inFolder, fmt.Sprintf(inView, "mysql", "[a]", "x"), "views[0]: overlap: want a time"},
	} {
		p.write("gateway.yaml", strings.Replace(good, c.old, c.with, 1))
		if _, err := ReadConfig(p.path("gateway.yaml")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %v, want %q", c.with, c.old, err, c.want)
		}
	}
	if _, err := ReadConfig(p.path("gone.yaml")); err == nil {
		t.Error("a file that is not there")
	}
}

// TestKeyFile: a key that others can read, or that is none, is refused.
func TestKeyFile(t *testing.T) {
	p := newPost(t, inFolder)
	c, err := ReadConfig(p.path("gateway.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.signKey(); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(c.Key, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.signKey(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("read by others: %v", err)
	}
	p.write("filings.yaml", "x")
	c.Key = p.path("filings.yaml")
	if _, err := c.signKey(); err == nil || !strings.Contains(err.Error(), "holds no signature key") {
		t.Errorf("no key: %v", err)
	}
	c.Key = p.path("gone")
	if _, err := c.signKey(); err == nil {
		t.Error("a key that is gone")
	}
}

func TestCells(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var got []string
	for _, c := range []struct {
		v    any
		kind string
	}{{nil, ""}, {[]byte("甲"), ""}, {"乙", ""}, {true, ""}, {int64(7), ""}, {1.5, ""}, {at, "DATE"}, {at, "TIMESTAMP"}, {at, "TIMESTAMPTZ"}} {
		got = append(got, cellOf(c.v, c.kind))
	}
	want := []string{"", "甲", "乙", "true", "7", "1.5", "2026-01-02", "2026-01-02 03:04:05", "2026-01-02T11:04:05+08:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
