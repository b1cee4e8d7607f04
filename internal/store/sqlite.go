package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteEngine keeps one connection for writing and a few for reading, each
// with its statements prepared once. One writer at a time is SQLite's own
// rule; queueing for it here spares its busy loop.
type sqliteEngine struct {
	db      *sql.DB
	writer  chan *sqliteConn
	readers chan *sqliteConn
}

type sqliteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

const readerCount = 4

// uriEscapes spells what a file's name may hold and a URI reads otherwise.
var uriEscapes = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

// openSQLite opens a file. Each commit is flushed to disk (synchronous FULL):
// what was acknowledged survives a loss of power.
func openSQLite(ctx context.Context, file string) (engine, error) {
	// Made here so that nobody else can read it; its -wal and -shm take after it.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	dsn := "file:" + uriEscapes.Replace(file) + "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)" +
		"&_pragma=temp_store(MEMORY)&_pragma=secure_delete(1)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{db: db, writer: make(chan *sqliteConn, 1), readers: make(chan *sqliteConn, readerCount)}
	for i := range readerCount + 1 {
		c, err := db.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, e.close())
		}
		sc := &sqliteConn{conn: c, stmts: make(map[string]*sql.Stmt)}
		if i == 0 {
			e.writer <- sc
			continue
		}
		e.readers <- sc
		if _, err := c.ExecContext(ctx, "PRAGMA query_only(1)"); err != nil {
			return nil, errors.Join(err, e.close())
		}
	}
	return e, nil
}

func (e *sqliteEngine) pool() *sql.DB   { return e.db }
func (e *sqliteEngine) oneWriter() bool { return true }

func (e *sqliteEngine) goose() (goose.Dialect, []goose.ProviderOption, error) {
	return goose.DialectSQLite3, nil, nil
}

func (e *sqliteEngine) transact(ctx context.Context, readOnly bool, f func(session) error) error {
	from, begin := e.writer, "BEGIN IMMEDIATE"
	if readOnly {
		from, begin = e.readers, "BEGIN"
	}
	var c *sqliteConn
	select {
	case c = <-from:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { from <- c }()
	return c.transact(ctx, begin, f)
}

func (c *sqliteConn) transact(ctx context.Context, begin string, f func(session) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	// Nothing may interrupt BEGIN and COMMIT: a connection whose caller was told
	// of a failure would stay inside the transaction.
	if _, err := c.ExecContext(context.WithoutCancel(ctx), begin); err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error, a panic, or a commit that failed
			_, rerr := c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, notInTransaction(rerr))
		}
	}()
	if err := f(c); err != nil {
		return err
	}
	if _, err := c.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	done = true
	return nil
}

// notInTransaction drops the complaint that SQLite has already rolled back by
// itself (disk full, interrupt).
func notInTransaction(err error) error {
	var se *sqlite.Error
	if errors.As(err, &se) && se.Code() == sqlite3.SQLITE_ERROR {
		return nil
	}
	return err
}

func (c *sqliteConn) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.conn.PrepareContext(context.WithoutCancel(ctx), bindByNumber(query))
	if err != nil {
		return nil, fmt.Errorf("preparing a statement: %w", err)
	}
	c.stmts[query] = s
	return s, nil
}

func (c *sqliteConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := c.prepared(ctx, query) //nolint:sqlclosecheck // kept until the connection closes
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (c *sqliteConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := c.prepared(ctx, query) //nolint:sqlclosecheck // kept until the connection closes
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (e *sqliteEngine) retry(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) && se.Code()&0xff == sqlite3.SQLITE_BUSY
}

func (e *sqliteEngine) conflict(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) &&
		(se.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || se.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}

func (e *sqliteEngine) close() error {
	var errs []error
	drain := func(ch chan *sqliteConn, n int) {
		for range n {
			select {
			case c := <-ch:
				for _, s := range c.stmts {
					errs = append(errs, s.Close())
				}
				errs = append(errs, c.conn.Close())
			default:
			}
		}
	}
	drain(e.writer, 1)
	drain(e.readers, readerCount)
	return errors.Join(append(errs, e.db.Close())...)
}

var numbered = regexp.MustCompile(`\$(\d+)`)

// bindByNumber spells $N as ?N: SQLite takes $1 for a name and would number it
// by first appearance.
func bindByNumber(query string) string { return numbered.ReplaceAllString(query, `?$1`) }
