package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteEngine keeps one connection for writing and a few for reading, each
// with its statements prepared once. One writer at a time is SQLite's own
// rule; queueing for it here spares its busy loop. Its other rule, that a
// commit waits for those who read, is kept likewise: the writer takes all the
// readers' connections for the moment of its commit.
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

// What one reader keeps of the files the system keeps too: several that walk
// through whole tables must not fill the memory.
var readerPragmas = []string{"PRAGMA query_only(1)", "PRAGMA main.cache_size(-4096)", "PRAGMA vault.cache_size(-2048)"}

// openSQLite opens a file and the vault's file beside it.
func openSQLite(ctx context.Context, file string) (engine, error) {
	files, err := sqlitePair(file)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{db: sql.OpenDB(files), writer: make(chan *sqliteConn, 1), readers: make(chan *sqliteConn, readerCount)}
	for i := range readerCount + 1 {
		c, err := e.db.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, e.close())
		}
		sc := &sqliteConn{conn: c, stmts: make(map[string]*sql.Stmt)}
		if i == 0 {
			e.writer <- sc
			if err := belongTogether(ctx, c, files); err != nil {
				return nil, errors.Join(err, e.close())
			}
			continue
		}
		e.readers <- sc
		for _, pragma := range readerPragmas {
			if _, err := c.ExecContext(ctx, pragma); err != nil {
				return nil, errors.Join(err, e.close())
			}
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
	commit := c.end
	if !readOnly {
		commit = func() error { return e.alone(c.end) }
	}
	return c.transact(ctx, begin, commit, f)
}

// readPatience is how long a commit waits for those who read.
const readPatience = 10 * time.Second

// alone runs f while nobody reads.
func (e *sqliteEngine) alone(f func() error) error {
	late := time.NewTimer(readPatience)
	defer late.Stop()
	var taken []*sqliteConn
	defer func() {
		for _, c := range taken {
			e.readers <- c
		}
	}()
	for range cap(e.readers) {
		select {
		case c := <-e.readers:
			taken = append(taken, c)
		case <-late.C:
			return errors.New("somebody has been reading the database for ten seconds: read less at a time, or use PostgreSQL")
		}
	}
	return f()
}

// end commits. Nothing may interrupt it, nor the beginning: a connection whose
// caller was told of a failure would stay inside the transaction.
func (c *sqliteConn) end() error {
	_, err := c.conn.ExecContext(context.Background(), "COMMIT")
	return err
}

func (c *sqliteConn) transact(ctx context.Context, begin string, commit func() error, f func(session) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
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
	if err := commit(); err != nil {
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

// byKeys does nothing: keys are always looked up in an index.
func (e *sqliteEngine) byKeys(context.Context, session) error { return nil }

// among lists the keys, with room for a power of two of them, so that few
// statements need preparing.
func (e *sqliteEngine) among(before int, keys []any) (list string, args []any) {
	args = fill(keys)
	return ` IN ` + numberedFrom(before, len(args)), args
}

// Copy does nothing: nothing is faster than statements.
func (c *sqliteConn) Copy(context.Context, *insertion, [][]any) (bool, error) { return false, nil }

// ExecMany runs them one by one: nothing travels here.
func (c *sqliteConn) ExecMany(ctx context.Context, all []statement) error {
	return oneByOne(ctx, c, all)
}

func oneByOne(ctx context.Context, s session, all []statement) error {
	for i := range all {
		st := &all[i]
		if st.dest != nil {
			if err := returning(ctx, s, st); err != nil {
				return err
			}
			continue
		}
		res, err := s.ExecContext(ctx, st.query, st.args...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if err := st.check(n); err != nil {
			return err
		}
	}
	return nil
}

// returning runs a statement that may return a row.
func returning(ctx context.Context, s session, st *statement) error {
	rows, err := s.QueryContext(ctx, st.query, st.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var n int64
	for ; rows.Next(); n++ {
		if err := rows.Scan(st.dest...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return st.check(n)
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

func (e *sqliteEngine) forbidden(error) bool { return false } // SQLite knows no logins

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
// by first appearance. Where they come in their order, each once, it spells a
// bare ?: the driver looks up the name of each parameter in a list of all.
func bindByNumber(query string) string {
	found := numbered.FindAllString(query, -1)
	for i, name := range found {
		if name[1:] != strconv.Itoa(i+1) {
			return numbered.ReplaceAllString(query, `?$1`)
		}
	}
	return numbered.ReplaceAllString(query, `?`)
}
