// Package storetest gives tests empty, migrated databases on both engines: a
// file for SQLite, and for PostgreSQL a database in a throw-away cluster that
// the test processes of one machine share. Nothing needs setting up beyond
// Debian's package postgresql-15; where that is missing the tests fail.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/fengcun/fengcun/internal/store"
)

// Engine is one of the two databases.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
	// Durable is PostgreSQL that flushes each commit to disk: for measurements.
	Durable Engine = "postgres-durable"
)

// Engines lists the two that tests run on.
func Engines() []Engine { return []Engine{SQLite, Postgres} }

// Each runs f as a subtest on either engine, with an empty migrated database.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, e := range Engines() {
		t.Run(string(e), func(t *testing.T) { f(t, Open(t, URL(t, e))) })
	}
}

// URL makes an empty migrated database and gives its address. The database
// goes when the test ends.
func URL(tb testing.TB, e Engine) string {
	tb.Helper()
	if e == Postgres {
		return postgresDatabase(tb, running, migratedOnce)
	}
	if e == Durable {
		return postgresDatabase(tb, durable, migratedOnce)
	}
	file := filepath.Join(tb.TempDir(), "fengcun.db")
	content, err := sqliteTemplate()
	if err == nil {
		err = errors.Join(os.WriteFile(file, content[0], 0o600), os.WriteFile(store.VaultFile(file), content[1], 0o600))
	}
	if err != nil {
		tb.Fatal(err)
	}
	return "sqlite:" + file
}

// As is the address of a test's PostgreSQL database for a login that is a member
// of one role alone. The login goes when the test ends.
func As(tb testing.TB, url, role string) string {
	tb.Helper()
	login := newName()
	c, err := serverOf(url)
	if err == nil {
		err = c.exec("CREATE ROLE " + login + " LOGIN IN ROLE " + role)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.exec("DROP ROLE " + login); err != nil {
			tb.Errorf("dropping the test's login: %v", err)
		}
	})
	return strings.Replace(url, "user=postgres", "user="+login, 1)
}

func serverOf(url string) (*cluster, error) {
	if strings.Contains(url, "-durable-") {
		return durable()
	}
	return running()
}

// Blank is URL without the schema.
func Blank(tb testing.TB, e Engine) string {
	tb.Helper()
	if e == Postgres {
		return postgresDatabase(tb, running, blank)
	}
	return "sqlite:" + filepath.Join(tb.TempDir(), "fengcun.db")
}

// Open opens a database until the test ends.
func Open(tb testing.TB, url string) *store.DB {
	tb.Helper()
	db, err := store.Open(context.Background(), url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("closing the database: %v", err)
		}
	})
	return db
}

// SQL opens a database beside the store, for tests that look at the tables
// themselves.
func SQL(tb testing.TB, url string) *sql.DB {
	tb.Helper()
	driver, source := "pgx", url
	if file, ok := File(url); ok {
		driver, source = "sqlite", file
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		tb.Fatal(err)
	}
	if driver == "sqlite" {
		db.SetMaxOpenConns(1)
		for _, statement := range append(store.AttachVault(source), `PRAGMA busy_timeout(10000)`) {
			if _, err := db.ExecContext(context.Background(), statement); err != nil {
				tb.Fatal(err)
			}
		}
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("closing the database: %v", err)
		}
	})
	return db
}

// File is the path of an SQLite database.
func File(url string) (path string, ok bool) { return strings.CutPrefix(url, "sqlite:") }

// sqliteTemplate is the two files of a migrated database, made once.
var sqliteTemplate = sync.OnceValues(func() (files [2][]byte, err error) {
	dir, err := os.MkdirTemp("", "fengcun-template-")
	if err != nil {
		return files, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + file); err != nil {
		return files, err
	}
	if files[0], err = os.ReadFile(file); err != nil {
		return files, err
	}
	files[1], err = os.ReadFile(store.VaultFile(file))
	return files, err
})

func migrate(url string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	if _, err := db.Migrate(ctx); err != nil {
		_ = db.Close() // the first error says more
		return err
	}
	return db.Close()
}
