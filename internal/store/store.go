// Package store keeps the four books in SQL: one set of statements, in
// PostgreSQL's spelling, that runs unchanged on PostgreSQL and on the embedded
// SQLite. It knows rows, not law: ciphertexts and keyed indexes come in from
// the packages above, and nothing here could read them.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// ErrNotFound is returned where a row that was asked for by key is not there.
var ErrNotFound = errors.New("not found")

// ErrConflict is returned where an insert meets a row with the same key.
var ErrConflict = errors.New("already there")

// ErrStale is returned where a row was not in the state the change starts from.
var ErrStale = errors.New("no longer in that state")

// DB is an open database.
type DB struct {
	engine engine
	name   string
	spelt  *spelling
	top    *treetop
}

// engine is what the two databases do each in its own way. There are two:
// sqlite and postgres.
type engine interface {
	// begin starts a transaction and gives it to f; f's error rolls it back.
	transact(ctx context.Context, readOnly bool, f func(session) error) error
	retry(err error) bool                                   // the transaction may succeed if it is run again
	conflict(err error) bool                                // a key is already there
	forbidden(err error) bool                               // the login may not do this
	among(before int, keys []any) (list string, args []any) // how a column is compared with keys, after so many parameters
	byKeys(ctx context.Context, s session) error            // rows will be found by many keys at once
	oneWriter() bool                                        // a second transaction that writes waits for the first to end
	pool() *sql.DB
	goose() (goose.Dialect, []goose.ProviderOption, error)
	migrated(ctx context.Context) error // what follows the schema's steps, each time
	close() error
}

// session runs statements inside one transaction.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// Copy inserts rows the fastest way there is; false where there is none
	// faster than statements.
	Copy(ctx context.Context, into *insertion, rows [][]any) (bool, error)
	// ExecMany runs statements in their order, each of which must touch what it
	// wants. After an error the transaction is over.
	ExecMany(ctx context.Context, all []statement) error
}

// Open opens the database at a URL: "sqlite:FILE" or "postgres://…". It does
// not create or change the schema: see Migrate.
func Open(ctx context.Context, url string) (*DB, error) {
	kind, rest, _ := strings.Cut(url, ":")
	var (
		e   engine
		err error
	)
	switch kind {
	case "sqlite":
		e, err = openSQLite(ctx, rest)
	case "postgres", "postgresql":
		e, err = openPostgres(ctx, url)
	default:
		return nil, fmt.Errorf("database %q: want sqlite:FILE or postgres://…", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the %s database: %w", kind, err)
	}
	return &DB{engine: e, name: strings.TrimSuffix(kind, "ql"), spelt: new(spelling), top: newTreetop(treetopRoom)}, nil
}

// Engine is "sqlite" or "postgres".
func (db *DB) Engine() string { return db.name }

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.engine.pool().PingContext(ctx) }

// Close closes all connections.
func (db *DB) Close() error { return db.engine.close() }

// Tx is one transaction. Its methods are the questions the platform asks, one
// SQL statement or few each.
type Tx struct {
	ctx context.Context //nolint:containedctx // a transaction lives within one call
	s   session
	db  *DB

	queue queue
	ahead ahead
}

const attempts = 10

// Write runs f in a transaction that can change things. f may run more than
// once, when the database asks for a retry, so it must change nothing but rows.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	for n := 1; ; n++ {
		err := db.run(ctx, false, f)
		if err == nil || n == attempts || !db.engine.retry(err) {
			return err
		}
		pause := time.Duration(n*n) * time.Millisecond
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause + rand.N(pause)): //nolint:gosec // jitter
		}
	}
}

// Read runs f in a read-only transaction: one moment of the database.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error { return db.run(ctx, true, f) }

func (db *DB) run(ctx context.Context, readOnly bool, f func(*Tx) error) error {
	return db.engine.transact(ctx, readOnly, func(s session) error {
		t := &Tx{ctx: ctx, s: s, db: db, ahead: newAhead()}
		if err := f(t); err != nil {
			return err
		}
		return t.flush()
	})
}

// Context is the context the transaction runs under.
func (t *Tx) Context() context.Context { return t.ctx }

// exec runs a statement and gives the number of rows it touched.
func (t *Tx) exec(query string, args ...any) (int64, error) {
	if err := t.settleFor(query); err != nil {
		return 0, err
	}
	if !strings.HasPrefix(query, "SELECT ") {
		words(query, func(name string) bool { t.ahead.forgetTable(name); return false })
	}
	res, err := t.s.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, t.conflict(err)
	}
	return res.RowsAffected()
}

// put runs a statement whose count does not matter.
func (t *Tx) put(query string, args ...any) error {
	_, err := t.exec(query, args...)
	return err
}

// change runs a statement that must touch exactly one row.
func (t *Tx) change(query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n != 1 {
		return ErrStale
	}
	return err
}

func (t *Tx) query(query string, args []any) (*sql.Rows, error) {
	if err := t.settleFor(query); err != nil {
		return nil, err
	}
	return t.s.QueryContext(t.ctx, query, args...)
}

// one reads the single row of a query into dest, or ErrNotFound.
func (t *Tx) one(query string, args []any, dest ...any) error {
	rows, err := t.query(query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return ErrNotFound
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// all reads every row of a query; scan reads one.
func all[T any](t *Tx, query string, args []any, scan func(func(...any) error) (T, error)) ([]T, error) {
	rows, err := t.query(query, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// first is the first row of all, or ErrNotFound.
func first[T any](rows []T, err error) (row T, _ error) {
	switch {
	case err != nil:
		return row, err
	case len(rows) == 0:
		return row, ErrNotFound
	}
	return rows[0], nil
}

// micros is a time as it is stored; the zero Time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// nullMicros is a time as it is stored where there may be none: the zero Time.
func nullMicros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: micros(t), Valid: !t.IsZero()}
}

func fromNullMicros(n sql.NullInt64) time.Time { return fromMicros(n.Int64) }
