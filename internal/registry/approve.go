package registry

import (
	"context"
	"time"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// Approve stores an approver's signed answer to a request (step 6). The rules
// are checked here and again by the vault; neither believes the other.
func (r *Registry) Approve(ctx context.Context, query string, signed grant.Signed, now time.Time) (*grant.Approval, error) {
	now, err := r.at(ctx, now)
	if err != nil {
		return nil, err
	}
	var a *grant.Approval
	err = r.write(ctx, func(tx *store.Tx, j *journal) error {
		q, err := tx.Query(query)
		if err != nil {
			return err
		}
		request, err := r.signedRequest(&q)
		if err != nil {
			return err
		}
		req, err := r.rules.VerifyRequest(request, tx, now)
		if err != nil {
			return err
		}
		if a, err = r.rules.VerifyApproval(request, req, signed, tx, now); err != nil {
			return err
		}
		if err := noteUse(tx, a.Officer, signed.Signature, now); err != nil {
			return err
		}
		if req.Approver != a.Agency {
			return ErrForbidden
		}
		return r.answer(tx, j, &q, a, signed, now)
	})
	if a == nil {
		return nil, err
	}
	return a, r.suspect(ctx, a.Officer, signed.Signature, err, now)
}

func (r *Registry) answer(tx *store.Tx, j *journal, q *store.Query, a *grant.Approval, signed grant.Signed, now time.Time) error {
	to, kind := store.QueryApproved, "query.approve"
	if a.Verdict != grant.Approve {
		to, kind = store.QueryRefused, "query.refuse"
	}
	if err := tx.MoveQuery(q.ID, store.QueryFiled, to); err != nil {
		return err
	}
	body := r.lock(signed.Body, approvalContext(q.ID, a.Officer))
	err := tx.AddApproval(&store.Approval{
		Query: q.ID, Officer: a.Officer, Agency: a.Agency, Verdict: a.Verdict, At: now, Expires: a.Expires,
		Encrypted: body, Signature: signed.Signature,
	})
	if err != nil {
		return err
	}
	_, err = j.add(trail.Entry{
		Kind: kind, At: now, Actor: a.Officer, Agency: a.Agency,
		Detail: map[string]string{"query": q.ID, "approval": grant.DigestHex(r.suite.Digest(signed.Body))},
	}, nil)
	return err
}

func (r *Registry) signedRequest(q *store.Query) (s grant.Signed, err error) {
	return s, r.unlockJSON(q.Encrypted, queryContext(q.ID), &s)
}

// grantOf is a query's request with its answers, as signed.
func (r *Registry) grantOf(tx *store.Tx, query string) (g vault.Grant, q store.Query, err error) {
	if q, err = tx.Query(query); err != nil {
		return g, q, err
	}
	if g.Request, err = r.signedRequest(&q); err != nil {
		return g, q, err
	}
	answers, err := tx.Approvals(query)
	if err != nil {
		return g, q, err
	}
	for _, a := range answers {
		body, err := r.unlock(a.Encrypted, approvalContext(query, a.Officer))
		if err != nil {
			return g, q, err
		}
		g.Answers = append(g.Answers, grant.Signed{Body: body, Signature: a.Signature})
	}
	return g, q, nil
}
