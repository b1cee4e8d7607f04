package registry

import (
	"context"
	"time"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// StopAt lets a test stop the keeper before and after each durable step.
func (k *Keeper) StopAt(stop func(step string) error) { k.stop = stop }

// Unlogged is an approved query, prepared, that can be answered as a platform
// without a trail would.
type Unlogged struct {
	r       *Registry
	p       *prepared
	receipt trail.Receipt
}

// Unlogged prepares a query.
func (r *Registry) Unlogged(ctx context.Context, by, query string, now time.Time) (*Unlogged, error) {
	p, err := r.prepare(ctx, by, query, grant.Inspect, now)
	if err != nil {
		return nil, err
	}
	receipt, err := r.receiptOf(ctx, p)
	return &Unlogged{r, p, receipt}, err
}

// Open answers in one transaction: the grant is read and checked, the record
// decrypted, ticket and query are used up. Nothing is logged.
func (u *Unlogged) Open(ctx context.Context, now time.Time) (out []AnswerRecord, err error) {
	id := u.p.request.ID
	return out, u.r.write(ctx, func(tx *store.Tx, _ *journal) error {
		g, q, err := u.r.grantOf(tx, id)
		if err != nil {
			return err
		}
		if q.State != store.QueryApproved {
			return grant.ErrNotApproved
		}
		// The vault remembers the signatures from the preparation, which the
		// peer does not have; the registry's rules remember none.
		if _, err := u.r.rules.Verify(g.Request, g.Answers, tx, now); err != nil {
			return err
		}
		contents, err := u.r.vault.Open(tx, u.p.ticket, g, u.p.commitment, u.receipt, now)
		if err != nil {
			return err
		}
		out = nil
		for _, c := range contents {
			rec, err := answerRecord(c, u.p.request.Scope)
			if err != nil {
				return err
			}
			out = append(out, rec)
		}
		return tx.MoveQuery(id, store.QueryApproved, store.QueryOpened)
	})
}
