package store

import (
	"database/sql"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Letter is a letter to one agency about many records. Its lines are notices.
type Letter struct {
	Agency   string
	ID       string
	Kind     string
	Issued   time.Time // zero: a draft
	Due      civil.Date
	Records  int64
	Answered int64  // of these, one by one
	Wrapped  []byte // the letter's key, to the agency; empty where it has none
	Acked    time.Time
	AckedBy  string
}

// AddLetter begins a draft.
func (t *Tx) AddLetter(l *Letter, at time.Time) {
	t.insertSoon(&letters, []any{l.Agency, l.ID, l.Kind, micros(at), micros(at), l.Records, l.Wrapped})
}

var letters = insertion{table: "letter", columns: "agency, id, kind, began, touched, records, wrapped", n: 7}

// GrowLetter says how many records a draft has by now; it ends in ErrStale
// where the letter is no draft any more.
func (t *Tx) GrowLetter(agencyID, id string, records int64, at time.Time) {
	t.soon(letterTable, 1, `UPDATE letter SET records = $3, touched = $4 WHERE agency = $1 AND id = $2 AND issued IS NULL`,
		agencyID, id, records, micros(at))
}

var letterTable = []string{"letter"}

// IssueLetter ends a draft: its clock runs from now on.
func (t *Tx) IssueLetter(agencyID, id string, at time.Time, due civil.Date) {
	t.soon(letterTable, 1, `UPDATE letter SET issued = $3, due = $4 WHERE agency = $1 AND id = $2 AND issued IS NULL`,
		agencyID, id, micros(at), due.Days())
}

// Drafts lists letters that are not issued and that nobody touched since a
// moment, at most limit.
func (t *Tx) Drafts(before time.Time, limit int) ([]Letter, error) {
	return all(t, `SELECT `+wholeLetter+` FROM letter WHERE issued IS NULL AND touched <= $1 ORDER BY touched, agency, id LIMIT $2`,
		[]any{micros(before), limit}, scanLetter)
}

const wholeLetter = `agency, id, kind, issued, due, records, answered, wrapped, acked, acked_by`

func scanLetter(scan func(...any) error) (l Letter, err error) {
	var issued, due, acked sql.NullInt64
	err = scan(&l.Agency, &l.ID, &l.Kind, &issued, &due, &l.Records, &l.Answered, &l.Wrapped, &acked, &l.AckedBy)
	l.Issued, l.Acked = fromNullMicros(issued), fromNullMicros(acked)
	if due.Valid {
		l.Due = civil.FromDays(int(due.Int64))
	}
	return l, err
}

// Letter reads a letter of an agency that is issued, or ErrNotFound.
func (t *Tx) Letter(agencyID, id string) (Letter, error) {
	return first(all(t, `SELECT `+wholeLetter+` FROM letter WHERE agency = $1 AND id = $2 AND issued IS NOT NULL`, []any{agencyID, id}, scanLetter))
}

// Lines lists the lines of a letter.
func (t *Tx) Lines(agencyID, id string) ([]Notice, error) {
	return all(t, `SELECT `+noticeColumns+noticeTables+`WHERE n.agency = $1 AND n.letter = $2 AND n.letter <> '' ORDER BY n.code, n.seq`,
		[]any{agencyID, id}, scanNotice)
}

// AckLetter records an agency's acknowledgement for all records of a letter,
// once.
func (t *Tx) AckLetter(agencyID, id, by string, at time.Time) error {
	return t.change(`UPDATE letter SET acked = $3, acked_by = $4 WHERE agency = $1 AND id = $2 AND issued IS NOT NULL AND acked IS NULL`,
		agencyID, id, micros(at), by)
}

// AckLine is AckNotice for one line of a letter that is not answered as a whole.
// With the last line the letter is.
func (t *Tx) AckLine(code docket.Code, id, letter, agencyID, by string, at time.Time) error {
	if err := t.change(`UPDATE letter SET answered = answered + 1, acked = CASE WHEN answered + 1 = records THEN CAST($3 AS BIGINT) END,
		acked_by = CASE WHEN answered + 1 = records THEN CAST($4 AS TEXT) ELSE '' END
		WHERE agency = $1 AND id = $2 AND issued IS NOT NULL AND acked IS NULL`, agencyID, letter, micros(at), by); err != nil {
		return err
	}
	return t.AckNotice(code, id, agencyID, by, at)
}
