package store

import (
	"database/sql"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
)

// Kinds of review and of notice.
const (
	KindSeal   = "seal"
	KindUnseal = "unseal"
)

// Outcomes of a review; an open one has none.
const (
	OutcomeConfirmed  = "confirmed"
	OutcomeRejected   = "rejected"
	OutcomeSuperseded = "superseded"
)

// Review is one item of the review queue.
type Review struct {
	Record    docket.RecordID
	ID        string
	Kind      string
	Custodian string
	Opened    time.Time
	Proposal  []byte // encrypted
	Outcome   string
	Closed    time.Time
	ClosedBy  string
	Note      []byte // encrypted
}

const reviewColumns = `code, id, seq, kind, custodian, opened, proposal, outcome, closed, closed_by, note`

func scanReview(scan func(...any) error) (r Review, err error) {
	var (
		opened int64
		closed sql.NullInt64
	)
	err = scan((*string)(&r.Record.Code), &r.ID, &r.Record.Seq, &r.Kind, &r.Custodian, &opened, &r.Proposal, &r.Outcome, &closed, &r.ClosedBy, &r.Note)
	r.Opened, r.Closed = fromMicros(opened), fromNullMicros(closed)
	return r, err
}

var reviews = insertion{table: "review", columns: "code, id, seq, kind, custodian, opened, proposal", n: 7}

// AddReview puts an item into the queue.
func (t *Tx) AddReview(r *Review) error {
	t.insertSoon(&reviews, []any{string(r.Record.Code), r.ID, r.Record.Seq, r.Kind, r.Custodian, micros(r.Opened), r.Proposal})
	known := *r
	known.Opened = fromMicros(micros(r.Opened))
	t.ahead.reviews.add(string(r.Record.Code), known)
	return nil
}

// Review reads one item, or ErrNotFound.
func (t *Tx) Review(code docket.Code, id string) (Review, error) {
	return first(all(t, `SELECT `+reviewColumns+` FROM review WHERE code = $1 AND id = $2`, []any{string(code), id}, scanReview))
}

// OpenReview reads the open item of a record and kind, or ErrNotFound.
func (t *Tx) OpenReview(id docket.RecordID, kind string) (Review, error) {
	if known, ok := t.ahead.reviews[string(id.Code)]; ok {
		i := slices.IndexFunc(known, func(r Review) bool { return r.Record == id && r.Kind == kind && r.Outcome == "" })
		if i < 0 {
			return Review{}, ErrNotFound
		}
		return known[i], nil
	}
	return first(all(t, `SELECT `+reviewColumns+` FROM review WHERE code = $1 AND seq = $2 AND kind = $3 AND outcome = ''`,
		[]any{string(id.Code), id.Seq, kind}, scanReview))
}

// Reviews lists the open items of a custodian, or of all, the oldest first.
func (t *Tx) Reviews(custodian string, limit, offset int) ([]Review, error) {
	return t.ReviewPage(custodian, "", limit, offset)
}

// ReviewCount counts the open items of a custodian, or of all, by kind.
func (t *Tx) ReviewCount(custodian, kind string) (n int, err error) {
	query, args := `SELECT COUNT(*) FROM review WHERE outcome = '' AND kind = $1`, []any{kind}
	if custodian != "" {
		query, args = query+` AND custodian = $2`, append(args, custodian)
	}
	return n, t.one(query, args, &n)
}

// UpdateReview writes an open item's proposal anew.
func (t *Tx) UpdateReview(r *Review) error {
	t.soon(reviewTable, 1, `UPDATE review SET proposal = $3, custodian = $4 WHERE code = $1 AND id = $2 AND outcome = ''`,
		string(r.Record.Code), r.ID, r.Proposal, r.Custodian)
	t.reviewChanged(r, func(known *Review) { known.Proposal, known.Custodian = r.Proposal, r.Custodian })
	return nil
}

// CloseReview ends an open item.
func (t *Tx) CloseReview(r *Review) error {
	t.soon(reviewTable, 1, `UPDATE review SET outcome = $3, closed = $4, closed_by = $5, note = $6 WHERE code = $1 AND id = $2 AND outcome = ''`,
		string(r.Record.Code), r.ID, r.Outcome, micros(r.Closed), r.ClosedBy, r.Note)
	t.reviewChanged(r, func(known *Review) {
		known.Outcome, known.Closed, known.ClosedBy, known.Note = r.Outcome, fromMicros(micros(r.Closed)), r.ClosedBy, r.Note
	})
	return nil
}

var reviewTable = []string{"review"}

// reviewChanged keeps what was read ahead up to date.
func (t *Tx) reviewChanged(r *Review, change func(*Review)) {
	known := t.ahead.reviews[string(r.Record.Code)]
	for i := range known {
		if known[i].ID == r.ID {
			change(&known[i])
		}
	}
}

// ForgetProposals empties what reviews of a record say of it: it now lies in
// the vault. That they were held stays.
func (t *Tx) ForgetProposals(id docket.RecordID) error {
	known, ok := t.ahead.reviews[string(id.Code)]
	if ok && !slices.ContainsFunc(known, func(r Review) bool { return r.Record == id }) {
		return nil
	}
	t.soon(reviewTable, anyRows, `UPDATE review SET proposal = '', note = NULL WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq)
	for i := range known {
		if known[i].Record == id {
			known[i].Proposal, known[i].Note = nil, nil
		}
	}
	return nil
}
