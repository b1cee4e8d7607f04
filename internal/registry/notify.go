package registry

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// notify writes to every agency that holds a copy of a record (steps 4 and
// 10). Each has a clock of its own. What a wave seals goes into letters about
// many records.
func (r *Registry) notify(tx *store.Tx, j *journal, id docket.RecordID, kind string, s *docket.State, at time.Time) error {
	var letters []store.Notice
	for _, source := range s.Holders {
		agencyID, err := agency.IDOf(source)
		if err != nil {
			continue
		}
		a, err := tx.Agency(agencyID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		var n store.Notice
		if j.mailing != nil && kind == store.KindSeal {
			n, err = r.line(tx, j.mailing, a, id, s, at)
		} else {
			n, err = r.letter(a, id, kind, s, at)
		}
		if err != nil {
			return err
		}
		letters = append(letters, n)
	}
	return tx.AddNotices(letters)
}

// letter writes to one agency about one record.
func (r *Registry) letter(a *agency.Agency, id docket.RecordID, kind string, s *docket.State, at time.Time) (store.Notice, error) {
	uid, err := uuid.NewRandomFromReader(r.rand)
	if err != nil {
		return store.Notice{}, err
	}
	l := notice.Letter{Kind: kind, Record: id, Issued: at, Due: notice.Due(at), Numbers: s.Numbers}
	body, err := l.Encrypt(r.rand, a.ID, a.SealKey)
	return store.Notice{Record: id, ID: uid.String(), Kind: kind, Agency: a.ID, Issued: at, Due: l.Due, Body: body}, err
}

// Acknowledge records that an agency has sealed, or unsealed, its own copy.
func (r *Registry) Acknowledge(ctx context.Context, by string, code docket.Code, noticeID string, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := officer(tx, by, agency.NoticeClerk, agency.SealClerk)
		if err != nil {
			return err
		}
		n, err := tx.Notice(code, noticeID)
		if err != nil {
			return err
		}
		if n.Agency != o.Agency {
			return ErrNotFound
		}
		if n.Letter == "" {
			err = tx.AckNotice(code, noticeID, o.Agency, o.ID, now)
		} else {
			err = tx.AckLine(code, noticeID, n.Letter, o.Agency, o.ID, now)
		}
		if err != nil {
			return err
		}
		_, err = j.add(trail.Entry{
			Kind: "notice.ack", At: now, Actor: o.ID, Agency: o.Agency, Code: n.Record.String(),
			Detail: map[string]string{"notice": n.ID, "kind": n.Kind},
		}, nil)
		return err
	})
}

// AcknowledgeAll records that agencies' systems have sealed, or unsealed, every
// copy that letters of a span of time name.
func (r *Registry) AcknowledgeAll(ctx context.Context, agencies []string, from, until, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		for _, id := range agencies {
			n, err := tx.AckNotices(id, agency.SourceOf(id), from, until, now)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if _, err := j.add(trail.Entry{
				Kind: "notice.ack", At: now, Actor: agency.SourceOf(id), Agency: id,
				Detail: map[string]string{"letters": strconv.FormatInt(n, 10), "until": stamp(until)},
			}, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
