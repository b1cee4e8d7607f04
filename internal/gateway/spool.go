package gateway

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed spool.sql
var spoolSchema string

// spool is what waits on this machine's disk: SQLite, each commit flushed. One
// process holds it at a time.
type spool struct {
	db   *sql.DB
	dir  string
	most int64 // bytes of events that wait
	held atomic.Int64
}

// errFull says that the spool has no room: read on when the platform has taken
// what waits.
var errFull = errors.New("the spool is full")

// lot is a file, or one poll of a view.
type lot struct {
	id       int64
	source   string
	name     string
	readTo   int64  // rows up to this number are in the spool
	complete bool   // all rows are
	refusal  string // why the rest of the file cannot be read
}

// item is one row of a lot.
type item struct {
	seq     int64
	lot     int64
	row     int64
	raw     []byte   // the event, until it is answered
	cells   []string // of a view's row; a file's are read again
	id      string   // of the event
	outcome string   // "" waits; accepted, repeated, refused; faulty was never sent
	code    string
	leaf    sql.NullInt64
	faults  []fault
}

// faulty is the outcome of a row that gave no event.
const faulty = "faulty"

// fault is one thing wrong with a row: at a place in the event (the platform
// says it), or in a column (the mapping does).
type fault struct {
	Pointer string `json:"pointer,omitempty"`
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
}

func openSpool(ctx context.Context, dir string, most int64) (*spool, error) {
	if err := os.MkdirAll(filepath.Join(dir, "temporary"), 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s := &spool{dir: dir, most: most}
	file := filepath.Join(dir, "spool.db")
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600) // so that nobody else can read it
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(file)
	s.db, err = sql.Open("sqlite", "file:"+escaped+"?_pragma=locking_mode(EXCLUSIVE)&_pragma=journal_mode(WAL)"+
		"&_pragma=synchronous(FULL)&_pragma=busy_timeout(500)&_pragma=secure_delete(1)&_pragma=foreign_keys(1)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s.db.SetMaxOpenConns(1)
	if _, err := s.db.ExecContext(ctx, spoolSchema); err != nil {
		if held(err) {
			err = fmt.Errorf("another gateway works on %s; one at a time", dir)
		}
		return nil, errors.Join(fmt.Errorf("spool: %w", err), s.db.Close())
	}
	var held int64
	if err := s.db.QueryRowContext(ctx, "SELECT COALESCE(SUM(LENGTH(raw)), 0) FROM item WHERE outcome = ''").Scan(&held); err != nil {
		return nil, errors.Join(fmt.Errorf("spool: %w", err), s.db.Close())
	}
	s.held.Store(held)
	return s, s.clean()
}

func held(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) && (se.Code()&0xff == sqlite3.SQLITE_BUSY || se.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

// clean removes what a killed run had unpacked.
func (s *spool) clean() error {
	left, err := filepath.Glob(filepath.Join(s.temporary(), "*"))
	for _, f := range left {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}

func (s *spool) temporary() string { return filepath.Join(s.dir, "temporary") }
func (s *spool) close() error      { return s.db.Close() }

func (s *spool) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return spoolError(err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return spoolError(err)
	}
	return spoolError(tx.Commit())
}

func spoolError(err error) error {
	var se *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &se) && se.Code()&0xff == sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: the disk under it is: %w", errFull, err)
	}
	return fmt.Errorf("spool: %w", err)
}

// room is errFull where what waits takes up the bytes allowed. What is answered
// does not count: it takes a few hundred bytes a row until its file is done.
func (s *spool) room() error {
	if s.held.Load() >= s.most {
		return errFull
	}
	return nil
}

// weight is the bytes of the events that wait among rows.
func weight(items []item) (n int64) {
	for _, it := range items {
		n += int64(len(it.raw))
	}
	return n
}

// begin is the lot of a name, made where it is new.
func (s *spool) begin(ctx context.Context, source, name string) (*lot, error) {
	_, err := s.db.ExecContext(ctx, "INSERT INTO lot (source, name) VALUES (?1, ?2) ON CONFLICT (source, name) DO NOTHING", source, name)
	if err != nil {
		return nil, spoolError(err)
	}
	all, err := s.lots(ctx, source)
	for _, l := range all {
		if l.name == name {
			return l, err
		}
	}
	return nil, errors.Join(err, fmt.Errorf("spool: no lot %q", name))
}

// lots is the lots of a source that have not been handed out, oldest first.
func (s *spool) lots(ctx context.Context, source string) ([]*lot, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, source, name, read_to, complete, refusal FROM lot WHERE source = ?1 ORDER BY id", source)
	if err != nil {
		return nil, spoolError(err)
	}
	defer rows.Close()
	var out []*lot
	for rows.Next() {
		l := &lot{}
		if err := rows.Scan(&l.id, &l.source, &l.name, &l.readTo, &l.complete, &l.refusal); err != nil {
			return nil, spoolError(err)
		}
		out = append(out, l)
	}
	return out, spoolError(rows.Err())
}

// add brings rows of a lot in, and how far it has been read with them.
func (s *spool) add(ctx context.Context, l *lot, items []item) error {
	err := s.transact(ctx, func(tx *sql.Tx) error { return put(ctx, tx, l, items) })
	if err == nil {
		s.held.Add(weight(items))
	}
	return err
}

// addNew brings rows in as a lot of its own, whole, and more with them.
func (s *spool) addNew(ctx context.Context, source string, items []item, more func(tx *sql.Tx) error) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		l := &lot{source: source, complete: true, readTo: items[len(items)-1].row}
		err := tx.QueryRowContext(ctx, `INSERT INTO lot (source, name)
			SELECT ?1, CAST(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'lot'), 0) + 1 AS TEXT) RETURNING id`, source).Scan(&l.id)
		if err == nil {
			err = put(ctx, tx, l, items)
		}
		if err == nil {
			err = more(tx)
		}
		return err
	})
	if err == nil {
		s.held.Add(weight(items))
	}
	return err
}

func put(ctx context.Context, tx *sql.Tx, l *lot, items []item) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO item (lot, row, raw, cells, event_id, outcome, faults)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, it := range items {
		cells, faults, err := it.columns()
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, l.id, it.row, it.raw, cells, it.id, it.outcome, faults); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "UPDATE lot SET read_to = ?2, complete = ?3, refusal = ?4 WHERE id = ?1", l.id, l.readTo, l.complete, l.refusal)
	return err
}

func (it *item) columns() (cells, faults any, err error) {
	if it.cells != nil {
		if cells, err = json.Marshal(it.cells); err != nil {
			return nil, nil, err
		}
	}
	if len(it.faults) > 0 {
		faults, err = json.Marshal(it.faults)
	}
	return cells, faults, err
}

// next is the oldest rows that wait: at most n, of together at most some bytes,
// none that is put off past now (unix microseconds).
func (s *spool) next(ctx context.Context, n int, bytes int, now int64) ([]item, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT seq, lot, row, raw, event_id FROM item WHERE outcome = '' AND not_before <= ?2 ORDER BY seq LIMIT ?1", n, now)
	if err != nil {
		return nil, spoolError(err)
	}
	defer rows.Close()
	var out []item
	for size := 0; rows.Next(); {
		var it item
		if err := rows.Scan(&it.seq, &it.lot, &it.row, &it.raw, &it.id); err != nil {
			return nil, spoolError(err)
		}
		if size += len(it.raw); size > bytes && len(out) > 0 {
			break
		}
		out = append(out, it)
	}
	return out, spoolError(rows.Err())
}

// answered keeps what the platform said of rows; their bytes are let go.
func (s *spool) answered(ctx context.Context, items []item) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for _, it := range items {
			_, faults, err := it.columns()
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE item SET raw = NULL, outcome = ?2, code = ?3, leaf = ?4, faults = ?5, event_id = ?6 WHERE seq = ?1",
				it.seq, it.outcome, it.code, it.leaf, faults, it.id)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.held.Add(-weight(items))
	}
	return err
}

// putOff lets the other rows go first until a time (unix microseconds).
func (s *spool) putOff(ctx context.Context, seq, until int64) error {
	_, err := s.db.ExecContext(ctx, "UPDATE item SET not_before = ?2 WHERE seq = ?1", seq, until)
	return spoolError(err)
}

// waiting is how many rows wait for an answer.
func (s *spool) waiting(ctx context.Context) (n int, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM item WHERE outcome = ''").Scan(&n)
	return n, spoolError(err)
}

// open is whether rows of a lot wait.
func (s *spool) open(ctx context.Context, l *lot) (open bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM item WHERE outcome = '' AND lot = ?1)", l.id).Scan(&open)
	return open, spoolError(err)
}

// items is some rows of a lot after a row, in their order.
func (s *spool) items(ctx context.Context, l *lot, after int64, n int) ([]item, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT row, cells, event_id, outcome, code, leaf, faults
		FROM item WHERE lot = ?1 AND row > ?2 ORDER BY row LIMIT ?3`, l.id, after, n)
	if err != nil {
		return nil, spoolError(err)
	}
	defer rows.Close()
	var out []item
	for rows.Next() {
		var it item
		var cells, faults []byte
		if err := rows.Scan(&it.row, &cells, &it.id, &it.outcome, &it.code, &it.leaf, &faults); err != nil {
			return nil, spoolError(err)
		}
		for _, v := range []struct {
			text []byte
			into any
		}{{cells, &it.cells}, {faults, &it.faults}} {
			if v.text == nil {
				continue
			}
			if err := json.Unmarshal(v.text, v.into); err != nil {
				return nil, spoolError(err)
			}
		}
		out = append(out, it)
	}
	return out, spoolError(rows.Err())
}

// forget removes a lot that has been handed out.
func (s *spool) forget(ctx context.Context, l *lot) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM item WHERE lot = ?1", l.id)
		if err == nil {
			_, err = tx.ExecContext(ctx, "DELETE FROM lot WHERE id = ?1", l.id)
		}
		return err
	})
}
