package store_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

func tables(t *testing.T, url string) (names []string) {
	t.Helper()
	query := `SELECT name FROM (SELECT * FROM main.sqlite_master UNION ALL SELECT * FROM vault.sqlite_master)
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if strings.HasPrefix(url, "postgres") {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	rows, err := storetest.SQL(t, url).QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if name != "goose_db_version" {
			names = append(names, name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func provider(t *testing.T, e storetest.Engine, db *sql.DB) *goose.Provider {
	t.Helper()
	dir, err := store.Migrations(string(e))
	if err != nil {
		t.Fatal(err)
	}
	dialect := goose.DialectSQLite3
	if e == storetest.Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, db, dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Migrations go up, a second time do nothing, go all the way down leaving no
// table, and up again.
func TestMigrations(t *testing.T) {
	var schemas [][]string
	for _, e := range storetest.Engines() {
		t.Run(string(e), func(t *testing.T) {
			url := storetest.Blank(t, e)
			up := func(want bool) {
				t.Helper()
				db := storetest.Open(t, url)
				if n, err := db.Migrate(context.Background()); err != nil || (n > 0) != want {
					t.Fatalf("%d steps, %v", n, err)
				}
			}
			up(true)
			up(false)
			full := tables(t, url)
			raw := storetest.SQL(t, url)
			if _, err := provider(t, e, raw).DownTo(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if left := tables(t, url); len(left) > 0 {
				t.Errorf("left after going down: %v", left)
			}
			up(true)
			schemas = append(schemas, full, tables(t, url))
		})
	}
	for _, s := range schemas {
		same(t, "schema", s, schemas[0])
	}
	if len(schemas[0]) < 20 {
		t.Errorf("tables: %v", schemas[0])
	}
}

// Two programs that start at once on one server migrate once. An SQLite file
// belongs to one program.
func TestMigratingTwiceAtOnce(t *testing.T) {
	url := storetest.Blank(t, storetest.Postgres)
	errs := make(chan error, 2)
	for range 2 {
		db := storetest.Open(t, url)
		go func() {
			_, err := db.Migrate(context.Background())
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := len(tables(t, url)); n < 20 {
		t.Errorf("%d tables", n)
	}
}
