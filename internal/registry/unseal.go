package registry

import (
	"context"
	"errors"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// Unseal returns a record to the ledger (step 10). Policy has proposed it, a
// clerk has asked for it and a reviewer approved it, both by signature: it
// takes the same two-phase opening as a query. The record's agencies are told,
// and certificates that its person holds are withdrawn.
func (r *Registry) Unseal(ctx context.Context, by, query string, now time.Time) (docket.RecordID, error) {
	var id docket.RecordID
	now, err := r.at(ctx, now)
	if err != nil {
		return id, err
	}
	err = r.withOpened(ctx, by, query, grant.Unseal, now, func(tx *store.Tx, j *journal, o opened) error {
		if len(o.contents) != 1 {
			return ErrNotFound
		}
		c := o.contents[0]
		id = c.Record
		return r.restore(tx, j, c, o.request, now)
	})
	return id, err
}

func (r *Registry) restore(tx *store.Tx, j *journal, c *vault.Content, req *grant.Request, now time.Time) error {
	if err := tx.LockCase(c.Record.Code); err != nil {
		return err
	}
	row, err := tx.Record(c.Record)
	if err != nil {
		return err
	}
	if row.Custodian != req.Agency {
		return ErrNotFound // another court's to decide
	}
	events, err := contentEvents(c)
	if err != nil {
		return err
	}
	state := docket.Fold(events)
	key := r.personKey(c.Record.Code, state.Identity)
	if err := tx.LockPerson(key, now); err != nil {
		return err
	}
	if err := r.vault.Release(tx, c); err != nil {
		return err
	}
	if err := tx.Link(c.Record, key); err != nil {
		return err
	}
	tx.QueueIdentities([][]byte{key}, now)
	tx.LookAtQuality([]docket.RecordID{c.Record}, now)
	if err := r.refile(tx, c, events); err != nil {
		return err
	}
	if err := r.withdraw(tx, j, key, c.Record, req, now); err != nil {
		return err
	}
	if err := r.closeUnseal(tx, c.Record, req.Officer, now); err != nil {
		return err
	}
	if err := r.notify(tx, j, c.Record, store.KindUnseal, &state, now); err != nil {
		return err
	}
	return j.change(tx, docket.Change{
		Record: c.Record, From: row.Status, To: docket.Unsealed, At: now,
		Operator: req.Officer, Basis: req.Basis, Reason: req.Ground,
	}, req.Agency)
}

// refile writes a record's events back into the ledger, and the case's own
// where the case has no others there.
func (r *Registry) refile(tx *store.Tx, c *vault.Content, events []*docket.Event) error {
	slips, err := tx.CaseSlips(c.Record.Code)
	if err != nil {
		return err
	}
	held := make(map[string]bool, len(slips))
	for _, s := range slips {
		if s.ID.Seq == 0 {
			held[string(s.EventKey)] = true
		}
	}
	var out []store.Slip
	for i, e := range events {
		var raw []byte
		id := c.Record
		key := r.eventKey(e.Source, e.ID)
		if i < len(c.CaseEvents) {
			id.Seq, raw = 0, c.CaseEvents[i]
		} else {
			raw = c.Events[i-len(c.CaseEvents)]
		}
		if id.Seq == 0 && held[string(key)] {
			continue
		}
		clean, err := r.withoutSealed(tx, id.Code, raw)
		if err != nil {
			return err
		}
		out = append(out, store.Slip{ID: id, EventKey: key, Body: r.lock(clean, slipContext(id, key))})
		for _, n := range e.Data.Numbers {
			if err := tx.AddAlias(r.aliasKey(n), id.Code); err != nil {
				return err
			}
		}
	}
	return tx.AddSlips(out)
}

// withdraw ends the certificates that the unsealing makes untrue.
func (r *Registry) withdraw(tx *store.Tx, j *journal, personKey []byte, id docket.RecordID, req *grant.Request, now time.Time) error {
	n, err := tx.WithdrawCertificates(personKey, now)
	if err != nil || n == 0 {
		return err
	}
	_, err = j.add(trail.Entry{
		Kind: "certificate.withdraw", At: now, Actor: req.Officer, Agency: req.Agency, Code: id.String(), Basis: req.Basis,
	}, nil)
	return err
}

func (r *Registry) closeUnseal(tx *store.Tx, id docket.RecordID, by string, now time.Time) error {
	item, err := tx.OpenReview(id, store.KindUnseal)
	if errors.Is(err, store.ErrNotFound) {
		return nil // a wrong sealing, found by a human
	}
	if err != nil {
		return err
	}
	item.Outcome, item.Closed, item.ClosedBy = store.OutcomeConfirmed, now, by
	return tx.CloseReview(&item)
}
