package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// Answer is what an opened query shows. No record at all is an answer too, the
// same for a person who was never recorded and one whose records are open.
type Answer struct {
	Request   *grant.Request
	Records   []AnswerRecord
	Watermark string // who, when, which query: on every page and copy
	Receipt   trail.Receipt
}

// AnswerRecord is one record of an answer, cut to the request's scope.
type AnswerRecord struct {
	ID       docket.RecordID
	State    docket.State
	Timeline []*docket.Event // empty within the summary scope
}

// Open redeems an approved query (steps 7 and 8). The preparation is in the
// trail, under a signed checkpoint, before the vault decrypts; what it gives
// is shown only after the redemption is committed.
func (r *Registry) Open(ctx context.Context, by, query string, now time.Time) (*Answer, error) {
	now, err := r.at(ctx, now)
	if err != nil {
		return nil, err
	}
	p, err := r.prepare(ctx, by, query, grant.Inspect, now)
	if err != nil {
		return nil, err
	}
	o, receipt, err := r.decrypt(ctx, p, now)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Request: p.request, Receipt: receipt}
	for _, c := range o.contents {
		rec, err := answerRecord(c, p.request.Scope)
		if err != nil {
			return nil, err
		}
		answer.Records = append(answer.Records, rec)
	}
	if err := r.opening.run(ctx, step{redeem: o}, r.take); err != nil {
		return nil, err
	}
	answer.Watermark = fmt.Sprintf("%s · %s · %s · %s", answer.Request.Agency, answer.Request.Officer, query, stamp(now))
	return answer, nil
}

// opened is what the vault gave for a grant.
type opened struct {
	request  *grant.Request
	contents []*vault.Content
	receipt  trail.Receipt
}

// withOpened prepares, publishes, opens, and does f with what came out, in the
// transaction that redeems the ticket.
func (r *Registry) withOpened(ctx context.Context, by, query string, purpose grant.Purpose, now time.Time,
	f func(*store.Tx, *journal, opened) error,
) error {
	p, err := r.prepare(ctx, by, query, purpose, now)
	if err != nil {
		return err
	}
	receipt, err := r.receiptOf(ctx, p)
	if err != nil {
		return err
	}
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		if err := lockForRelease(tx, p.request); err != nil {
			return err
		}
		contents, err := r.vault.Open(tx, p.ticket, p.grant, p.commitment, receipt, now)
		if err != nil {
			return err
		}
		if err := tx.MoveQuery(query, store.QueryApproved, store.QueryOpened); err != nil {
			return err
		}
		done := opening{prepared: p, contents: contents}
		if _, err := j.add(done.opened(now), nil); err != nil {
			return err
		}
		return f(tx, j, opened{request: p.request, contents: contents, receipt: receipt})
	})
}

// lockForRelease keeps others from the case before its record is read: an event
// that the vault absorbed between the reading and the release would be lost.
func lockForRelease(tx *store.Tx, req *grant.Request) error {
	if req.Purpose != grant.Unseal || req.Record == "" {
		return nil
	}
	id, err := docket.ParseRecordID(req.Record)
	if err != nil {
		return err
	}
	_, err = lockOneCase(tx, id.Code)
	return err
}

func answerRecord(c *vault.Content, scope grant.Scope) (AnswerRecord, error) {
	events, err := contentEvents(c)
	if err != nil {
		return AnswerRecord{}, err
	}
	rec := AnswerRecord{ID: c.Record, State: docket.Fold(events)}
	if scope == grant.Full {
		rec.Timeline = docket.InOrder(events)
		return rec, nil
	}
	s := rec.State
	rec.State = docket.State{
		Kind: s.Kind, Identity: docket.Identity{Name: s.Identity.Name, Number: s.Identity.Number},
		Crimes: s.Crimes, Sentence: s.Sentence, Declined: s.Declined, Order: s.Order, JudgmentDate: s.JudgmentDate,
	}
	return rec, nil
}

func contentEvents(c *vault.Content) ([]*docket.Event, error) {
	var out []*docket.Event
	for _, raw := range append(c.CaseEvents[:len(c.CaseEvents):len(c.CaseEvents)], c.Events...) {
		e, err := docket.Stored(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
