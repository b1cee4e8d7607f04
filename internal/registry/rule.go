package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// Rule is Review by an officer's signed ruling, which is kept. The ruling cites
// the digest of the proposal that the officer read: for any other it is refused.
func (r *Registry) Rule(ctx context.Context, signed grant.Signed, now time.Time) (v *grant.Ruling, err error) {
	if now, err = r.at(ctx, now); err != nil {
		return nil, err
	}
	err = r.write(ctx, func(tx *store.Tx, j *journal) error {
		if v, err = r.rules.VerifyRuling(signed, tx, now); err != nil {
			return err
		}
		if err := noteUse(tx, v.Officer, signed.Signature, now); err != nil {
			return err
		}
		o, err := officer(tx, v.Officer, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		id, err := docket.ParseRecordID(v.Record)
		if err != nil {
			return fmt.Errorf("%w: record: %w", grant.ErrIncomplete, err)
		}
		it, proposal, err := r.sealingItem(tx, o, id.Code, v.Review)
		if err != nil {
			return err
		}
		if it.Record != id || r.proposalDigest(proposal) != v.Proposal {
			return grant.ErrOther
		}
		if err := r.keepRuling(tx, j, v, id, signed, now); err != nil {
			return err
		}
		return r.closeReview(tx, j, it, o, proposal, v.Seal, v.Reason, now)
	})
	if v == nil {
		return nil, err
	}
	return v, r.suspect(ctx, v.Officer, signed.Signature, err, now)
}

func (r *Registry) keepRuling(tx *store.Tx, j *journal, v *grant.Ruling, id docket.RecordID, signed grant.Signed, now time.Time) error {
	err := tx.AddRuling(&store.Ruling{
		Code: id.Code, Review: v.Review, Officer: v.Officer, At: now,
		Encrypted: r.lock(signed.Body, rulingContext(id.Code, v.Review)), Signature: signed.Signature,
	})
	if err != nil {
		return err
	}
	_, err = j.add(trail.Entry{
		Kind: "review.rule", At: now, Actor: v.Officer, Agency: v.Agency, Code: v.Record,
		Detail: map[string]string{"review": v.Review, "ruling": grant.DigestHex(r.suite.Digest(signed.Body))},
	}, nil)
	return err
}

// SignedRuling reads a ruling as it was signed, for an officer of the court
// whose it is.
func (r *Registry) SignedRuling(ctx context.Context, by string, code docket.Code, review string) (s grant.Signed, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		it, err := tx.Review(code, review)
		if err != nil {
			return err
		}
		if it.Custodian != o.Agency {
			return ErrNotFound
		}
		row, err := tx.Ruling(code, review)
		if err != nil {
			return err
		}
		s.Signature = row.Signature
		s.Body, err = r.unlock(row.Encrypted, rulingContext(code, review))
		return err
	})
	return s, edge(err)
}

// proposalDigest names a proposal: by its own encoding, which is the same each
// time it is read.
func (r *Registry) proposalDigest(v *policy.RecordDecision) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return grant.DigestHex(r.suite.Digest(b))
}

func rulingContext(code docket.Code, review string) []byte {
	return suite.Frame("ruling", []byte(code), []byte(review))
}
