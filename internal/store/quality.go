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

// States of an item of quality.
const (
	QualityOpen     = "open"
	QualityMended   = "mended"
	QualityAnswered = "answered"
)

// QualityItem is one thing that is wrong with what was reported of a record.
type QualityItem struct {
	Record  docket.RecordID
	Rule    string
	Agency  string // id of the one at fault
	ID      string // unique within the case
	Kind    string // completeness or accuracy
	Since   civil.Date
	Opened  time.Time
	State   string
	Settled time.Time
	Officer string // who answered
	Facts   []byte // keyed digest of what it rests on
	Body    []byte // encrypted
	Answer  []byte // encrypted
}

const qualityColumns = `code, seq, rule, agency, id, kind, since, opened, state, settled, officer, facts, body, answer`

func scanQuality(scan func(...any) error) (q QualityItem, err error) {
	var (
		since, opened int64
		settled       sql.NullInt64
	)
	err = scan((*string)(&q.Record.Code), &q.Record.Seq, &q.Rule, &q.Agency, &q.ID, &q.Kind, &since, &opened, &q.State, &settled, &q.Officer, &q.Facts, &q.Body, &q.Answer)
	q.Since, q.Opened, q.Settled = civil.FromDays(int(since)), fromMicros(opened), fromNullMicros(settled)
	return q, err
}

var qualityLooks = insertion{table: "quality_look", columns: "code, seq, at", n: 3, conflict: "(code, seq) DO UPDATE SET at = excluded.at"}

// LookAtQuality sets when the quality of records is to be looked at next,
// whatever was set before. Each must lie in the ledger.
func (t *Tx) LookAtQuality(ids []docket.RecordID, at time.Time) {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b docket.RecordID) int { // one order for all: no deadlock
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Seq, b.Seq))
	})
	for _, id := range slices.Compact(ids) {
		t.insertSoon(&qualityLooks, []any{string(id.Code), id.Seq, micros(at)})
	}
}

// QualityWork reads the records whose time to be looked at has come, those that
// wait longest first.
func (t *Tx) QualityWork(now time.Time, limit int) ([]docket.RecordID, error) {
	return all(t, `SELECT code, seq FROM quality_look WHERE at <= $1 ORDER BY at, code, seq LIMIT $2`, []any{micros(now), limit}, scanRecordID)
}

// TakeQualityWork takes a record off the list, for this transaction alone;
// false where another was faster, or its time has been put off.
func (t *Tx) TakeQualityWork(id docket.RecordID, now time.Time) (bool, error) {
	n, err := t.exec(`DELETE FROM quality_look WHERE code = $1 AND seq = $2 AND at <= $3`, string(id.Code), id.Seq, micros(now))
	return n == 1, err
}

// QualityItems reads the items of a record, open and settled.
func (t *Tx) QualityItems(id docket.RecordID) ([]QualityItem, error) {
	return all(t, `SELECT `+qualityColumns+` FROM quality_item WHERE code = $1 AND seq = $2 ORDER BY rule, agency`,
		[]any{string(id.Code), id.Seq}, scanQuality)
}

// QualityItem reads one item, or ErrNotFound.
func (t *Tx) QualityItem(code docket.Code, id string) (QualityItem, error) {
	return first(all(t, `SELECT `+qualityColumns+` FROM quality_item WHERE code = $1 AND id = $2`, []any{string(code), id}, scanQuality))
}

var qualityItems = insertion{
	table: "quality_item", columns: qualityColumns, n: 14,
	conflict: `(code, seq, rule, agency) DO UPDATE SET since = excluded.since, opened = excluded.opened, state = excluded.state,
		settled = excluded.settled, officer = excluded.officer, facts = excluded.facts, body = excluded.body, answer = excluded.answer`,
}

// PutQualityItem writes an item, new or changed; an old one keeps its id.
func (t *Tx) PutQualityItem(q *QualityItem) {
	t.insertSoon(&qualityItems, []any{
		string(q.Record.Code), q.Record.Seq, q.Rule, q.Agency, q.ID, q.Kind, q.Since.Days(), micros(q.Opened), q.State, nullMicros(q.Settled), q.Officer, q.Facts, q.Body, q.Answer,
	})
}

// QualityListing narrows a list of items; zero fields do not narrow.
type QualityListing struct {
	Agency, Kind, Rule, State string
	Limit, Offset             int
}

func (l QualityListing) where() (condition string, args []any) {
	condition = `state = $1`
	args = []any{l.State}
	for _, x := range [][2]string{{"agency", l.Agency}, {"kind", l.Kind}, {"rule", l.Rule}} {
		if x[1] != "" {
			args = append(args, x[1])
			condition += ` AND ` + x[0] + ` = $` + strconv.Itoa(len(args))
		}
	}
	return condition, args
}

// QualityPage lists items of a state, the oldest first.
func (t *Tx) QualityPage(l QualityListing) ([]QualityItem, error) {
	where, args := l.where()
	n := len(args)
	return all(t, `SELECT `+qualityColumns+` FROM quality_item WHERE `+where+` ORDER BY opened, code, id
		LIMIT $`+strconv.Itoa(n+1)+` OFFSET $`+strconv.Itoa(n+2), append(args, l.Limit, l.Offset), scanQuality)
}

// QualityTotal counts what QualityPage lists.
func (t *Tx) QualityTotal(l QualityListing) (n int, err error) {
	where, args := l.where()
	return n, t.one(`SELECT COUNT(*) FROM quality_item WHERE `+where, args, &n)
}

// QualityCount is how many items there are of a rule, an agency and a state.
type QualityCount struct {
	Agency, Rule, State string
	N                   int
	Oldest              time.Time  // when the first of them was opened
	Since               civil.Date // from when the oldest is a fault
}

// QualityCounts counts items by rule, agency and state; of one agency where it
// is given.
func (t *Tx) QualityCounts(agencyID string) ([]QualityCount, error) {
	where, args := "", []any(nil)
	if agencyID != "" {
		where, args = ` WHERE agency = $1`, []any{agencyID}
	}
	return all(t, `SELECT agency, rule, state, COUNT(*), MIN(opened), MIN(since) FROM quality_item`+where+`
		GROUP BY agency, rule, state ORDER BY agency, rule, state`, args, func(scan func(...any) error) (c QualityCount, err error) {
		var oldest, since int64
		err = scan(&c.Agency, &c.Rule, &c.State, &c.N, &oldest, &since)
		c.Oldest, c.Since = fromMicros(oldest), civil.FromDays(int(since))
		return c, err
	})
}

// ForgetQuality is for a record that is sealed: nothing of it is left here.
func (t *Tx) ForgetQuality(id docket.RecordID) {
	t.soon([]string{"quality_look"}, anyRows, `DELETE FROM quality_look WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq)
	t.soon([]string{"quality_item"}, anyRows, `DELETE FROM quality_item WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq)
}
