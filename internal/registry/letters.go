package registry

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// A wave seals many records that one agency holds copies of. It writes to each
// agency once for many of them: a draft gets a line for each record in the
// record's own transaction, and is issued when it is full or the wave ends. Its
// clock runs from then on, and one acknowledgement answers it.

// drafts are the letters a wave is writing, by agency.
type drafts map[string]draft

type draft struct {
	notice.Many

	id      string
	records int64
}

// mailing is the drafts within one transaction, which may be run more than once
// or fail: the wave takes them over when it is committed.
type mailing struct {
	most    int64 // records in a letter
	drafts  drafts
	touched map[string]bool
}

func (d drafts) mailing(most int64) *mailing {
	return &mailing{most: most, drafts: maps.Clone(d), touched: make(map[string]bool)}
}

// line writes a record's line into the draft to one agency.
func (r *Registry) line(tx *store.Tx, m *mailing, a *agency.Agency, id docket.RecordID, s *docket.State, at time.Time) (store.Notice, error) {
	d, ok := m.drafts[a.ID]
	if !ok {
		letter, err := uuid.NewRandomFromReader(r.rand)
		if err != nil {
			return store.Notice{}, err
		}
		d.id = letter.String()
		var wrapped []byte
		if d.Many, wrapped, err = notice.NewMany(r.rand, a.ID, d.id, a.SealKey); err != nil {
			return store.Notice{}, err
		}
		tx.AddLetter(&store.Letter{Agency: a.ID, ID: d.id, Kind: store.KindSeal, Wrapped: wrapped}, at)
	}
	uid, err := uuid.NewRandomFromReader(r.rand)
	if err != nil {
		return store.Notice{}, err
	}
	body, err := d.Encrypt(r.rand, notice.Line{Record: id, Numbers: s.Numbers})
	if err != nil {
		return store.Notice{}, err
	}
	d.records++
	m.drafts[a.ID], m.touched[a.ID] = d, true
	m.full(tx, a.ID, at)
	return store.Notice{
		Record: id, ID: uid.String(), Kind: store.KindSeal, Agency: a.ID, Issued: at, Due: notice.Due(at), Body: body, Letter: d.id,
	}, nil
}

// full issues a draft that has all the records a letter may name.
func (m *mailing) full(tx *store.Tx, agencyID string, at time.Time) {
	d := m.drafts[agencyID]
	if d.records < m.most {
		return
	}
	tx.GrowLetter(agencyID, d.id, d.records, at)
	tx.IssueLetter(agencyID, d.id, at, notice.Due(at))
	delete(m.drafts, agencyID)
	delete(m.touched, agencyID)
}

// post writes down how far the drafts of a transaction have come.
func (m *mailing) post(tx *store.Tx, at time.Time) {
	for _, id := range slices.Sorted(maps.Keys(m.touched)) {
		tx.GrowLetter(id, m.drafts[id].id, m.drafts[id].records, at)
	}
}

// draftsStale is after how long a draft that nobody goes on with is issued.
const draftsStale = 10 * time.Minute

// IssueLetters issues drafts that a wave left behind, at most limit: no agency
// waits for its letter because a program was killed. While a wave runs they are
// its own, however long it has written nothing to some agency.
func (r *Registry) IssueLetters(ctx context.Context, now time.Time, limit int) (n int, err error) {
	return r.issueLetters(ctx, now, func(tx *store.Tx) ([]store.Letter, error) {
		holder, until, err := tx.WaveHolder()
		if err != nil || holder != "" && until.After(now) {
			return nil, err
		}
		return tx.Drafts(now.Add(-draftsStale), limit)
	})
}

func (r *Registry) issueLetters(ctx context.Context, now time.Time, which func(*store.Tx) ([]store.Letter, error)) (n int, err error) {
	var found []store.Letter
	drafts := func(tx *store.Tx) (err error) {
		found, err = which(tx)
		return err
	}
	if err := r.db.Read(ctx, drafts); err != nil || len(found) == 0 {
		return 0, err
	}
	return len(found), r.write(ctx, func(tx *store.Tx, _ *journal) error {
		if err := drafts(tx); err != nil {
			return err
		}
		for _, l := range found {
			tx.IssueLetter(l.Agency, l.ID, now, notice.Due(now))
		}
		return nil
	})
}

// Letter reads a letter about many records, for an officer of its agency.
func (r *Registry) Letter(ctx context.Context, by, id string) (b *notice.Bundle, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.NoticeClerk, agency.SealClerk)
		if err != nil {
			return err
		}
		l, err := tx.Letter(o.Agency, id)
		if err != nil {
			return err
		}
		lines, err := tx.Lines(o.Agency, id)
		if err != nil {
			return err
		}
		b = &notice.Bundle{ID: l.ID, Agency: l.Agency, Kind: l.Kind, Issued: l.Issued, Due: l.Due, Wrapped: l.Wrapped}
		for _, n := range lines {
			b.Lines = append(b.Lines, notice.Encrypted{Record: n.Record, Notice: n.ID, Body: n.Body})
		}
		return nil
	})
	return b, edge(err)
}

// AcknowledgeLetter records that an agency has sealed, or unsealed, its copies
// of all records that a letter names.
func (r *Registry) AcknowledgeLetter(ctx context.Context, by, id string, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := officer(tx, by, agency.NoticeClerk, agency.SealClerk)
		if err != nil {
			return err
		}
		l, err := tx.Letter(o.Agency, id)
		if err != nil {
			return err
		}
		if err := tx.AckLetter(o.Agency, id, o.ID, now); err != nil {
			return err
		}
		_, err = j.add(trail.Entry{
			Kind: "notice.ack", At: now, Actor: o.ID, Agency: o.Agency, Detail: map[string]string{"notice": l.ID, "kind": l.Kind, "records": strconv.FormatInt(l.Records, 10)},
		}, nil)
		return err
	})
}
