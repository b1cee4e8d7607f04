package registry

import (
	"context"
	"errors"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// prepared is an opening whose intent is on its way into the trail, or there.
type prepared struct {
	by, query string // the officer, and what was approved
	purpose   grant.Purpose
	refused   error // why this is not opened

	request *grant.Request
	grant   vault.Grant
	signers map[string]*agency.Officer // by id
	ticket  vault.Ticket
	row     *vault.TicketRow
	entry   trail.Entry

	// Once it is in the trail.
	commitment trail.Commitment
	leaf       int64
	receipt    trail.Receipt // zero where a checkpoint has to be waited for
}

// prepare has the vault check a grant and puts the intent into the trail
// (step 7).
func (r *Registry) prepare(ctx context.Context, by, query string, purpose grant.Purpose, now time.Time) (*prepared, error) {
	p := &prepared{by: by, query: query, purpose: purpose}
	if err := r.asking.run(ctx, p, r.readGrants); err != nil {
		return nil, edge(err)
	}
	if p.refused != nil {
		return nil, edge(p.refused)
	}
	var err error
	if p.request, err = fresh(p.grant, now); err != nil {
		return nil, err
	}
	if p.ticket, p.row, p.entry, err = r.vault.Prepare(&directory{ctx, p.signers}, p.grant, now); err != nil {
		return nil, edge(err)
	}
	return p, r.opening.run(ctx, step{intent: p}, r.take)
}

// readGrants reads the grants of those who open at the same time, and who signed
// them, at one moment of the database.
func (r *Registry) readGrants(ctx context.Context, ps []*prepared) error {
	return r.db.Read(ctx, func(tx *store.Tx) error {
		queries := make([]string, len(ps))
		for i, p := range ps {
			queries[i] = p.query
		}
		if err := tx.AheadOfGrants(queries); err != nil {
			return err
		}
		for _, p := range ps {
			p.refused = r.readGrant(tx, p)
		}
		return nil
	})
}

func (r *Registry) readGrant(tx *store.Tx, p *prepared) error {
	g, q, err := r.grantOf(tx, p.query)
	switch {
	case err != nil:
		return err
	case q.Officer != p.by || q.Purpose != p.purpose:
		return ErrNotFound
	case q.State != store.QueryApproved:
		return grant.ErrNotApproved
	}
	answers, err := tx.Approvals(p.query)
	if err != nil {
		return err
	}
	p.signers = make(map[string]*agency.Officer)
	for _, a := range append(answers, store.Approval{Officer: q.Officer}) {
		o, err := tx.Officer(a.Officer)
		if errors.Is(err, store.ErrNotFound) {
			continue // who is nobody has signed nothing
		}
		if err != nil {
			return err
		}
		p.signers[o.ID] = o
	}
	p.grant = g
	return nil
}

// directory is the officers as they were when a grant was read.
type directory struct {
	ctx      context.Context //nolint:containedctx // lives within one call
	officers map[string]*agency.Officer
}

// Context implements vault.Directory.
func (d *directory) Context() context.Context { return d.ctx }

// Officer implements vault.Directory.
func (d *directory) Officer(id string) (*agency.Officer, error) {
	if o, ok := d.officers[id]; ok {
		return o, nil
	}
	return nil, store.ErrNotFound
}

// fresh refuses a grant that has expired by the registry's time. The vault
// judges the whole grant, by its own.
func fresh(g vault.Grant, now time.Time) (*grant.Request, error) {
	req, err := grant.ReadRequest(g.Request.Body)
	if err != nil {
		return nil, err
	}
	until := []time.Time{req.Expires}
	for _, s := range g.Answers {
		a, err := grant.ReadApproval(s.Body)
		if err != nil {
			return nil, err
		}
		until = append(until, a.Expires)
	}
	for _, end := range until {
		if !now.Before(end) {
			return nil, grant.ErrExpired
		}
	}
	return req, nil
}
