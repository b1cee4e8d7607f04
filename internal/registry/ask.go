package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// Ask files a signed request for a sealed record (step 5). Whether there is
// such a record plays no part: every well-formed request is filed alike.
func (r *Registry) Ask(ctx context.Context, signed grant.Signed, now time.Time) (*grant.Request, error) {
	now, err := r.at(ctx, now)
	if err != nil {
		return nil, err
	}
	var req *grant.Request
	err = r.write(ctx, func(tx *store.Tx, j *journal) (err error) {
		if req, err = r.rules.VerifyRequest(signed, tx, now); err != nil {
			return err
		}
		if err := noteUse(tx, req.Officer, signed.Signature, now); err != nil {
			return err
		}
		if err := r.checkGround(tx, req); err != nil {
			return err
		}
		sum := r.suite.Digest(signed.Body)
		body, err := r.lockJSON(signed, queryContext(req.ID))
		if err != nil {
			return err
		}
		err = tx.AddQuery(&store.Query{
			ID: req.ID, Purpose: req.Purpose, Officer: req.Officer, Agency: req.Agency, Approver: req.Approver,
			Filed: now, Expires: req.Expires, State: store.QueryFiled, Digest: sum[:], Encrypted: body,
		})
		if err != nil {
			return err
		}
		_, err = j.add(trail.Entry{
			Kind: "query.file", At: now, Actor: req.Officer, Agency: req.Agency, Code: req.Record, Basis: req.Ground,
			Detail: map[string]string{"query": req.ID, "purpose": string(req.Purpose), "request": grant.DigestHex(sum)},
		}, nil)
		return err
	})
	if req == nil {
		return nil, err
	}
	return req, r.suspect(ctx, req.Officer, signed.Signature, err, now)
}

// checkGround refuses a request without a statutory ground, and one that asks
// its own agency where another must answer.
func (r *Registry) checkGround(tx *store.Tx, req *grant.Request) error {
	ground, known := norm.GroundByID(req.Ground)
	if req.Purpose == grant.Unseal {
		known = known || slices.Contains(UnsealGrounds(), req.Ground)
	}
	if !known {
		return fmt.Errorf("%w: ground: %q is no statutory ground", ErrInput, req.Ground)
	}
	if _, err := tx.Agency(req.Approver); err != nil {
		return fmt.Errorf("%w: approver: no such agency", ErrInput)
	}
	if req.Purpose == grant.Inspect && req.Approver == req.Agency {
		return grant.ErrSameAgency
	}
	asker, err := tx.Agency(req.Agency)
	if err != nil || asker.Kind != agency.Outside {
		return err
	}
	return checkUnit(req, ground)
}

// checkUnit holds a body that is no justice organ to what the law opens to it:
// a query under a provision of the State, answered by no more than whether, for
// what and to what the person was sentenced.
func checkUnit(req *grant.Request, ground norm.Ground) error {
	if !ground.ByUnit() {
		return fmt.Errorf("%w: ground: this one is open to justice organs alone", ErrInput)
	}
	if req.Scope != grant.Summary {
		return fmt.Errorf("%w: scope: a unit is shown the summary", ErrInput)
	}
	return nil
}

// UnsealGrounds are the grounds on which a sealing ends: a new crime, one that
// was missed, a retrial that raised the sentence, as the packs name them, and a
// sealing that should never have been.
func UnsealGrounds() []string {
	return []string{"new-crime", "missed-crime", "sentence-raised", "wrong-sealing"}
}

func queryContext(id string) []byte { return suite.Frame("query", []byte(id)) }

func approvalContext(query, officer string) []byte {
	return suite.Frame("approval", []byte(query), []byte(officer))
}
