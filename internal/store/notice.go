package store

import (
	"database/sql"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Notice is a letter to an agency that holds a copy, with its clock.
type Notice struct {
	Record  docket.RecordID
	ID      string
	Kind    string
	Agency  string
	Issued  time.Time
	Due     civil.Date
	Body    []byte // encrypted to the agency; of a line, under its letter's key
	Acked   time.Time
	AckedBy string
	// Letter is the letter about many records of which this is a line; "" where
	// it is a letter of its own. The letter's clock and answer are its own.
	Letter string
	// Records is how many records a letter about many names; 0 where it is
	// about one. Then ID is the letter's and Record is nothing.
	Records int64
}

// A line has the clock of its letter once that is issued, and its answer unless
// it has one of its own.
const (
	noticeColumns = `n.code, n.id, n.seq, n.kind, n.agency, COALESCE(l.issued, n.issued), COALESCE(l.due, n.due), n.body, COALESCE(n.acked, l.acked),
		CASE WHEN n.acked IS NULL THEN COALESCE(l.acked_by, '') ELSE n.acked_by END, n.letter, 0`
	noticeTables = ` FROM notice n LEFT JOIN letter l ON l.agency = n.agency AND l.id = n.letter `
	// What an agency is shown: letters about one record, and those about many.
	ownColumns    = `code, id, seq, kind, agency, issued, due, body, acked, acked_by, letter, 0`
	letterColumns = `'', id, 0, kind, agency, issued, due, wrapped, acked, acked_by, id, records`
)

func scanNotice(scan func(...any) error) (n Notice, err error) {
	var (
		issued, due int64
		acked       sql.NullInt64
	)
	err = scan((*string)(&n.Record.Code), &n.ID, &n.Record.Seq, &n.Kind, &n.Agency, &issued, &due, &n.Body, &acked, &n.AckedBy, &n.Letter, &n.Records)
	n.Issued, n.Due, n.Acked = fromMicros(issued), civil.FromDays(int(due)), fromNullMicros(acked)
	return n, err
}

// AddNotices stores letters.
func (t *Tx) AddNotices(ns []Notice) error {
	for _, n := range ns {
		t.insertSoon(&notices, []any{string(n.Record.Code), n.ID, n.Record.Seq, n.Kind, n.Agency, micros(n.Issued), n.Due.Days(), n.Body, n.Letter})
	}
	return nil
}

var notices = insertion{table: "notice", columns: "code, id, seq, kind, agency, issued, due, body, letter", n: 9}

// Notice reads one letter, or line, or ErrNotFound.
func (t *Tx) Notice(code docket.Code, id string) (Notice, error) {
	return first(all(t, `SELECT `+noticeColumns+noticeTables+`WHERE n.code = $1 AND n.id = $2`, []any{string(code), id}, scanNotice))
}

// NoticesOf lists the letters of one record, the first first.
func (t *Tx) NoticesOf(id docket.RecordID) ([]Notice, error) {
	return all(t, `SELECT `+noticeColumns+noticeTables+`WHERE n.code = $1 AND n.seq = $2 ORDER BY n.issued, n.id`,
		[]any{string(id.Code), id.Seq}, scanNotice)
}

// NoticesTo lists letters to an agency that wait for an answer first, then the
// answered, the latest first in each. Lines stand in their letters.
func (t *Tx) NoticesTo(agencyID string, limit, offset int) ([]Notice, error) {
	waiting, err := t.lettersTo(agencyID, `IS NULL`, limit, offset)
	if err != nil || len(waiting) == limit {
		return waiting, err
	}
	unanswered, err := t.UnansweredCount(agencyID)
	if err != nil {
		return nil, err
	}
	answered, err := t.lettersTo(agencyID, `IS NOT NULL`, limit-len(waiting), max(0, offset-unanswered))
	return append(waiting, answered...), err
}

func (t *Tx) lettersTo(agencyID, acked string, limit, offset int) ([]Notice, error) {
	return all(t, `SELECT `+ownColumns+` FROM notice WHERE agency = $1 AND letter = '' AND acked `+acked+`
		UNION ALL SELECT `+letterColumns+` FROM letter WHERE agency = $1 AND issued IS NOT NULL AND acked `+acked+`
		ORDER BY 6 DESC, 1, 2 LIMIT $2 OFFSET $3`, []any{agencyID, limit, offset}, scanNotice)
}

// UnansweredCount counts an agency's letters without acknowledgement; of all
// agencies where none is given.
func (t *Tx) UnansweredCount(agencyID string) (n int, err error) {
	of, args := ``, []any(nil)
	if agencyID != "" {
		of, args = ` AND agency = $1`, []any{agencyID}
	}
	return n, t.one(`SELECT (SELECT COUNT(*) FROM notice WHERE letter = '' AND acked IS NULL`+of+`)
		+ (SELECT COUNT(*) FROM letter WHERE issued IS NOT NULL AND acked IS NULL`+of+`)`, args, &n)
}

// NoticeCount counts what NoticesTo lists.
func (t *Tx) NoticeCount(agencyID string) (n int, err error) {
	err = t.one(`SELECT (SELECT COUNT(*) FROM notice WHERE agency = $1 AND letter = '')
		+ (SELECT COUNT(*) FROM letter WHERE agency = $1 AND issued IS NOT NULL)`, []any{agencyID}, &n)
	return n, err
}

// AckNotice records an agency's acknowledgement, once.
func (t *Tx) AckNotice(code docket.Code, id, agencyID, by string, at time.Time) error {
	return t.change(`UPDATE notice SET acked = $4, acked_by = $5 WHERE code = $1 AND id = $2 AND agency = $3 AND acked IS NULL`,
		string(code), id, agencyID, micros(at), by)
}

// AckNotices records an agency's acknowledgement of every letter issued from
// one moment to another that has none, and says how many.
func (t *Tx) AckNotices(agencyID, by string, from, until, at time.Time) (int64, error) {
	args := []any{agencyID, by, micros(from), micros(until), micros(at)}
	own, err := t.exec(`UPDATE notice SET acked = $5, acked_by = $2
		WHERE agency = $1 AND letter = '' AND issued >= $3 AND issued <= $4 AND acked IS NULL`, args...)
	if err != nil {
		return 0, err
	}
	many, err := t.exec(`UPDATE letter SET acked = $5, acked_by = $2
		WHERE agency = $1 AND issued >= $3 AND issued <= $4 AND acked IS NULL`, args...)
	return own + many, err
}
