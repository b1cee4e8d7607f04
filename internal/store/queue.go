package store

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Writes of which nobody needs the answer at once wait in the transaction's
// queue: rows for one table become one statement, and what waits goes to the
// database in one trip. Whatever asks for a table first has what waits
// written, so that nobody sees the difference; the end of the transaction too.

// statement is one statement with what it must touch.
type statement struct {
	query string
	args  []any
	want  int64 // rows; anyRows where it does not matter
	dest  []any // where the row goes that it returns, if there is one
	fault error // of touching other than it must; nil: ErrStale
}

const anyRows = -1

func (s *statement) check(touched int64) error {
	switch {
	case s.want == anyRows || touched == s.want:
		return nil
	case s.fault != nil:
		return s.fault
	}
	return ErrStale
}

// insertion is how rows of one kind are inserted. Where conflict says that a
// row is to change the one with its key, so it does with one that waits.
type insertion struct {
	table, columns, conflict string
	n                        int // columns
	key, stay                int // the first of these: the key, and what no later row changes
}

// queued is rows for a table, or one statement that concerns tables.
type queued struct {
	into *insertion
	rows [][]any
	at   map[string]int // rows by key

	tables []string
	statement
}

func (q *queued) concerns(table string) bool { return slices.Contains(q.tables, table) }

type queue struct {
	waiting []*queued
	tables  map[string]bool
}

func (q *queue) push(w *queued) {
	if q.tables == nil {
		q.tables = make(map[string]bool)
	}
	for _, name := range w.tables {
		q.tables[name] = true
	}
	q.waiting = append(q.waiting, w)
}

// last is what waits last for a table.
func (q *queue) last(table string) *queued {
	if !q.tables[table] {
		return nil
	}
	for _, w := range slices.Backward(q.waiting) {
		if w.concerns(table) {
			return w
		}
	}
	return nil
}

// insertSoon queues rows. A row joins what waits for its table, unless a
// statement about the table waits in between.
func (t *Tx) insertSoon(into *insertion, rows ...[]any) {
	if len(rows) == 0 {
		return
	}
	w := t.queue.last(into.table)
	if w == nil || w.into != into {
		w = &queued{into: into, tables: []string{into.table}}
		if into.key > 0 {
			w.at = make(map[string]int)
		}
		t.queue.push(w)
	}
	for _, r := range rows {
		w.add(r)
	}
}

func (q *queued) add(row []any) {
	if q.at != nil {
		k := rowKey(row[:q.into.key])
		if i, ok := q.at[k]; ok {
			copy(q.rows[i][q.into.stay:], row[q.into.stay:])
			return
		}
		q.at[k] = len(q.rows)
	}
	q.rows = append(q.rows, row)
}

// rowKey joins the columns of a key: each is the bytes of a keyed index.
func rowKey(columns []any) string {
	var b strings.Builder
	for _, c := range columns {
		key, ok := c.([]byte)
		if !ok {
			panic("store: a key that rows are told apart by must be bytes")
		}
		b.WriteString(strconv.Itoa(len(key)))
		b.WriteByte(':')
		b.Write(key)
	}
	return b.String()
}

// soon queues a statement about tables that must touch want rows, or the
// transaction ends with ErrStale.
func (t *Tx) soon(tables []string, want int64, query string, args ...any) {
	t.queue.push(&queued{tables: tables, statement: statement{query: query, args: args, want: want}})
}

// settleFor writes what waits if a statement names a table that it concerns.
func (t *Tx) settleFor(query string) error {
	if len(t.queue.waiting) == 0 || !t.queue.named(query) {
		return nil
	}
	return t.flush()
}

func (q *queue) named(query string) bool {
	return words(query, func(name string) bool { return q.tables[name] })
}

// words gives the names in a statement to f, the names of tables among them,
// until f says that it is enough.
func words(query string, f func(string) bool) bool {
	start := -1
	for i := range len(query) + 1 {
		if i < len(query) && (query[i] == '_' || 'a' <= query[i] && query[i] <= 'z') {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 && f(query[start:i]) {
			return true
		}
		start = -1
	}
	return false
}

// flush writes what waits, in its order.
func (t *Tx) flush() error {
	if len(t.queue.waiting) == 0 {
		return nil
	}
	waiting := t.queue.waiting
	t.queue = queue{}
	var all []statement
	for _, w := range waiting {
		if w.into == nil {
			all = append(all, w.statement)
			continue
		}
		// What waits before it goes first.
		if err := t.execMany(&all, w.into.conflict == "" && len(w.rows) >= fewRows); err != nil {
			return err
		}
		copied, err := t.s.Copy(t.ctx, w.into, w.rows)
		if err != nil {
			return t.conflict(err)
		}
		if !copied {
			all = t.db.inserts(all, w.into, w.rows)
		}
	}
	return t.execMany(&all, true)
}

// execMany runs statements that wait, if it is time.
func (t *Tx) execMany(all *[]statement, now bool) error {
	if !now || len(*all) == 0 {
		return nil
	}
	err := t.s.ExecMany(t.ctx, *all)
	*all = nil
	return t.conflict(err)
}

// conflict marks the error of an insert that met a row with its key.
func (t *Tx) conflict(err error) error {
	if err != nil && t.db.engine.conflict(err) {
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}

// manyRows is how many rows one insert holds at most. It holds a power of two of
// them, so that few statements need preparing whatever the number of rows.
const manyRows = 128

func (db *DB) inserts(to []statement, into *insertion, rows [][]any) []statement {
	for len(rows) > 0 {
		n := min(manyRows, 1<<(bits.Len(uint(len(rows)))-1))
		args := make([]any, 0, n*into.n)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		to = append(to, statement{query: db.spelt.insert(into, n), args: args, want: anyRows})
		rows = rows[n:]
	}
	return to
}

// spelling keeps the texts of statements that depend on a number of rows.
type spelling struct{ texts sync.Map }

type speltKey struct {
	into *insertion
	rows int
}

func (s *spelling) insert(into *insertion, rows int) string {
	k := speltKey{into, rows}
	if text, ok := s.texts.Load(k); ok {
		return text.(string) //nolint:forcetypeassert // only strings go in
	}
	text := "INSERT INTO " + into.table + " (" + into.columns + ") VALUES " + placeholders(rows, into.n)
	if into.conflict != "" {
		text += " ON CONFLICT " + into.conflict
	}
	s.texts.Store(k, text)
	return text
}

// numberedFrom is a list of n parameters, the first of them after the given.
func numberedFrom(before, n int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(before + i + 1))
	}
	b.WriteByte(')')
	return b.String()
}

func placeholders(rows, columns int) string {
	var b strings.Builder
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range columns {
			if c > 0 {
				b.WriteString(", ")
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(r*columns + c + 1))
		}
		b.WriteByte(')')
	}
	return b.String()
}
