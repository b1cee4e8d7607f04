package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib" // the driver "pgx" too
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// grants is who may do what, as SQL.
//
//go:embed grants/postgres.sql
var grants string

// idleConns is how many connections stay open for those who come next, with
// their statements planned: as many as report at one time in a busy province.
const idleConns = 16

type postgresEngine struct{ db *sql.DB }

func openPostgres(ctx context.Context, url string) (engine, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(idleConns)
	db.SetConnMaxIdleTime(time.Minute)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &postgresEngine{db: db}, nil
}

// byKeys has the server find rows by an index to the end of the transaction,
// whatever their number, and plan a statement once. Left to itself it goes by
// what it knew of a table when it was last analysed: in a first load it would
// read whole tables that were empty then, again and again.
func (e *postgresEngine) byKeys(ctx context.Context, s session) error {
	_, err := s.ExecContext(ctx, `SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)`)
	return err
}

func (e *postgresEngine) pool() *sql.DB   { return e.db }
func (e *postgresEngine) oneWriter() bool { return false }
func (e *postgresEngine) close() error    { return e.db.Close() }

// goose migrates under a lock of the session: of two programs that start at
// once, one waits for the other.
func (e *postgresEngine) goose() (goose.Dialect, []goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return "", nil, fmt.Errorf("preparing the lock for migrations: %w", err)
	}
	return goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}

// migrated grants each role what it may do; where this login does not own the
// tables, another did.
func (e *postgresEngine) migrated(ctx context.Context) error {
	var owner bool
	err := e.db.QueryRowContext(ctx, `SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'goose_db_version'::regclass`).Scan(&owner)
	if err != nil || !owner {
		return err
	}
	return e.transact(ctx, false, func(s session) error {
		// One program at a time: grants lock nothing by themselves.
		for _, statement := range []string{`LOCK TABLE goose_db_version IN SHARE ROW EXCLUSIVE MODE`, grants} {
			if _, err := s.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("granting roles their rights: %w", withHint(err))
			}
		}
		return nil
	})
}

// withHint adds what the server advises.
func withHint(err error) error {
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Hint != "" {
		return fmt.Errorf("%w; %s", err, pe.Hint)
	}
	return err
}

// transact reads at REPEATABLE READ, one moment of the database, and writes at
// READ COMMITTED, where row locks order what touches the same row.
func (e *postgresEngine) transact(ctx context.Context, readOnly bool, f func(session) error) error {
	opts := &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	if readOnly {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() { _ = conn.Close() }()
	// The statements end with ctx; the commit does not, so that nobody is told
	// of a failure that was none.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), opts)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := f(&postgresSession{tx, conn}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// postgresSession is a transaction with the connection it has for itself.
type postgresSession struct {
	*sql.Tx
	conn *sql.Conn
}

// among gives the keys as one array, whatever their number.
func (e *postgresEngine) among(before int, keys []any) (list string, args []any) {
	list = " = ANY($" + strconv.Itoa(before+1) + ")"
	if _, ok := keys[0].([]byte); ok {
		return list, []any{typed[[]byte](keys)}
	}
	return list, []any{typed[string](keys)}
}

func typed[K any](keys []any) []K {
	out := make([]K, len(keys))
	for i, k := range keys {
		out[i], _ = k.(K)
	}
	return out
}

// fewRows is how many rows are as quick by statement as by COPY.
const fewRows = 64

// Copy uses COPY, which cannot say what is to happen to a row that is there.
func (s *postgresSession) Copy(ctx context.Context, into *insertion, rows [][]any) (copied bool, err error) {
	if into.conflict != "" || len(rows) < fewRows {
		return false, nil
	}
	err = s.raw(func(c *pgx.Conn) error {
		_, err := c.CopyFrom(ctx, pgx.Identifier{into.table}, strings.Split(into.columns, ", "), pgx.CopyFromRows(rows))
		return err
	})
	return true, err
}

func (s *postgresSession) raw(f func(*pgx.Conn) error) error {
	return s.conn.Raw(func(driverConn any) error {
		c, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the driver's connection is a %T", driverConn)
		}
		return f(c.Conn())
	})
}

// ExecMany sends all statements in one trip, and reads all answers in the next.
func (s *postgresSession) ExecMany(ctx context.Context, all []statement) error {
	if len(all) < 2 {
		return oneByOne(ctx, s, all)
	}
	return s.raw(func(c *pgx.Conn) error {
		var b pgx.Batch
		for _, st := range all {
			b.Queue(st.query, st.args...)
		}
		return answers(c.SendBatch(ctx, &b), all)
	})
}

func answers(results pgx.BatchResults, all []statement) error {
	for i := range all {
		touched, err := answer(results, all[i].dest)
		if err == nil {
			err = all[i].check(touched)
		}
		if err != nil {
			_ = results.Close() // the first error says more
			return err
		}
	}
	return results.Close()
}

func answer(results pgx.BatchResults, dest []any) (touched int64, err error) {
	if dest == nil {
		tag, err := results.Exec()
		return tag.RowsAffected(), err
	}
	err = results.QueryRow().Scan(dest...)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return 1, err
}

// SQLSTATE codes (PostgreSQL appendix A).
const (
	uniqueViolation      = "23505"
	insufficientRights   = "42501"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

func sqlState(err error) string {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code
	}
	return ""
}

func (e *postgresEngine) retry(err error) bool {
	s := sqlState(err)
	return s == serializationFailure || s == deadlockDetected
}

func (e *postgresEngine) conflict(err error) bool { return sqlState(err) == uniqueViolation }

func (e *postgresEngine) forbidden(err error) bool { return sqlState(err) == insufficientRights }
