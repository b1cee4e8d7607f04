package store

import (
	"cmp"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Record is a record's lifecycle row: no person, no content.
type Record struct {
	ID        docket.RecordID
	Status    docket.Status
	Since     time.Time
	Custodian string // agency id
	Changes   int    // rows of its lifecycle
	Due       civil.Date
	Into      docket.RecordID // of a merged one: the record that it counts with
}

const recordColumns = `code, seq, status, since, custodian, changes, due, into_code, into_seq`

func scanRecord(scan func(...any) error) (r Record, err error) {
	var (
		since int64
		due   sql.NullInt64
	)
	err = scan((*string)(&r.ID.Code), &r.ID.Seq, (*string)(&r.Status), &since, &r.Custodian, &r.Changes, &due, (*string)(&r.Into.Code), &r.Into.Seq)
	r.Since, r.Due = fromMicros(since), civil.FromDays(int(due.Int64))
	return r, err
}

var (
	records   = insertion{table: "record", columns: recordColumns, n: 9}
	lifecycle = insertion{table: "lifecycle", columns: "code, seq, n, from_status, to_status, at, operator, basis, reason, leaf", n: 10}
)

// AddRecord makes the lifecycle row of a new record.
func (t *Tx) AddRecord(r *Record) error {
	t.insertSoon(&records, []any{string(r.ID.Code), r.ID.Seq, string(r.Status), micros(r.Since), r.Custodian, r.Changes, nullDays(r.Due), string(r.Into.Code), r.Into.Seq})
	known := *r
	known.Since = fromMicros(micros(r.Since))
	t.ahead.records.add(string(r.ID.Code), known)
	return nil
}

// Record reads a record's lifecycle row, or ErrNotFound.
func (t *Tx) Record(id docket.RecordID) (r Record, err error) {
	if _, ok := t.ahead.records[string(id.Code)]; ok {
		return t.foreseenRecord(id)
	}
	return first(all(t, `SELECT `+recordColumns+` FROM record WHERE code = $1 AND seq = $2`, []any{string(id.Code), id.Seq}, scanRecord))
}

// foreseenRecord is a record that was read ahead, or ErrNotFound.
func (t *Tx) foreseenRecord(id docket.RecordID) (Record, error) {
	known := t.ahead.records[string(id.Code)]
	i := slices.IndexFunc(known, func(r Record) bool { return r.ID == id })
	if i < 0 {
		return Record{}, ErrNotFound
	}
	return known[i], nil
}

// CaseKnown says that a case has this code, whatever became of its records.
func (t *Tx) CaseKnown(code docket.Code) (bool, error) {
	if len(t.ahead.records[string(code)]) > 0 {
		return true, nil
	}
	var n int
	err := t.one(`SELECT (SELECT COUNT(*) FROM record WHERE code = $1) + (SELECT COUNT(*) FROM slip WHERE code = $1)
		+ (SELECT COUNT(*) FROM case_link WHERE code = $1)`, []any{string(code)}, &n)
	return n > 0, err
}

// CaseRecords reads the lifecycle rows of a case.
func (t *Tx) CaseRecords(code docket.Code) ([]Record, error) {
	if known, ok := t.ahead.records.rows(string(code)); ok {
		slices.SortFunc(known, func(a, b Record) int { return cmp.Compare(a.ID.Seq, b.ID.Seq) })
		return known, nil
	}
	return all(t, `SELECT `+recordColumns+` FROM record WHERE code = $1 ORDER BY seq`, []any{string(code)}, scanRecord)
}

// Schedule sets the custodian of a record and the day on which policy must
// look at it again; no day clears it.
func (t *Tx) Schedule(id docket.RecordID, custodian string, due civil.Date) error {
	t.soon(recordTable, 1, `UPDATE record SET custodian = $3, due = $4 WHERE code = $1 AND seq = $2`,
		string(id.Code), id.Seq, custodian, nullDays(due))
	t.recordChanged(id, func(r *Record) { r.Custodian, r.Due = custodian, due })
	return nil
}

// DueRecords reads records that policy must look at on a day, at most limit.
func (t *Tx) DueRecords(on civil.Date, limit int) ([]Record, error) {
	return all(t, `SELECT `+recordColumns+` FROM record WHERE due <= $1 ORDER BY due, code, seq LIMIT $2`,
		[]any{on.Days(), limit}, scanRecord)
}

// MoveRecord writes one change of status: the lifecycle's next row and the new
// status, provided the record still is where the change starts.
func (t *Tx) MoveRecord(c *docket.Change, leaf int64) error {
	code, seq, to, at := string(c.Record.Code), c.Record.Seq, string(c.To), micros(c.At)
	if c.From == "" {
		t.insertSoon(&lifecycle, []any{code, seq, 0, "", to, at, c.Operator, c.Basis, c.Reason, leaf})
		return nil
	}
	t.soon(recordTable, 1, `UPDATE record SET status = $3, since = $4, changes = changes + 1
		WHERE code = $1 AND seq = $2 AND status = $5`, code, seq, to, at, string(c.From))
	known, err := t.foreseenRecord(c.Record)
	if err == nil && (t.ahead.locked[c.Record.Code] || t.db.engine.oneWriter()) { // nobody else counts on
		t.insertSoon(&lifecycle, []any{code, seq, known.Changes + 1, string(c.From), to, at, c.Operator, c.Basis, c.Reason, leaf})
	} else {
		t.soon([]string{"record", "lifecycle"}, 1, `INSERT INTO lifecycle (`+lifecycle.columns+`)
			SELECT code, seq, changes, $3, status, since, $4, $5, $6, CAST($7 AS BIGINT) FROM record WHERE code = $1 AND seq = $2`,
			code, seq, string(c.From), c.Operator, c.Basis, c.Reason, leaf)
	}
	t.recordChanged(c.Record, func(r *Record) { r.Status, r.Since, r.Changes = c.To, fromMicros(at), r.Changes+1 })
	return nil
}

var recordTable = []string{"record"}

// recordChanged keeps what was read ahead up to date.
func (t *Tx) recordChanged(id docket.RecordID, change func(*Record)) {
	known := t.ahead.records[string(id.Code)]
	for i := range known {
		if known[i].ID == id {
			change(&known[i])
		}
	}
}

// Changes reads a record's lifecycle, the first change first.
func (t *Tx) Changes(id docket.RecordID) ([]docket.Change, error) {
	return all(t, `SELECT from_status, to_status, at, operator, basis, reason FROM lifecycle WHERE code = $1 AND seq = $2 ORDER BY n`,
		[]any{string(id.Code), id.Seq}, func(scan func(...any) error) (docket.Change, error) {
			c := docket.Change{Record: id}
			var at int64
			err := scan((*string)(&c.From), (*string)(&c.To), &at, &c.Operator, &c.Basis, &c.Reason)
			c.At = fromMicros(at)
			return c, err
		})
}

// Listing narrows a list of records; zero fields do not narrow, but that a record
// which counts with another is listed only where its status is asked for.
type Listing struct {
	Custodian string
	Status    docket.Status
	Offset    int
	Limit     int
}

// Records lists lifecycle rows, the latest change first.
func (t *Tx) Records(l Listing) ([]Record, error) {
	where, args := "", []any{l.Limit, l.Offset}
	narrow := func(column, value string) {
		if value == "" {
			return
		}
		args = append(args, value)
		where += conjunction(where) + column + " = $" + strconv.Itoa(len(args))
	}
	narrow("custodian", l.Custodian)
	narrow("status", string(l.Status))
	if l.Status == "" {
		where += conjunction(where) + `status <> 'merged'`
	}
	return all(t, `SELECT `+recordColumns+` FROM record`+where+` ORDER BY since DESC, code, seq LIMIT $1 OFFSET $2`, args, scanRecord)
}

// conjunction joins a condition to those before it.
func conjunction(where string) string {
	if where == "" {
		return " WHERE "
	}
	return " AND "
}

// StatusCounts counts records by status; of one custodian where it is given.
func (t *Tx) StatusCounts(custodian string) (map[docket.Status]int, error) {
	type count struct {
		status docket.Status
		n      int
	}
	query, args := `SELECT status, COUNT(*) FROM record`, []any(nil)
	if custodian != "" {
		query, args = query+` WHERE custodian = $1`, []any{custodian}
	}
	rows, err := all(t, query+` GROUP BY status`, args,
		func(scan func(...any) error) (c count, err error) { return c, scan((*string)(&c.status), &c.n) })
	out := make(map[docket.Status]int, len(rows))
	for _, r := range rows {
		out[r.status] = r.n
	}
	return out, err
}

func nullDays(d civil.Date) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(d.Days()), Valid: !d.IsZero()}
}
