package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/registry"
)

// Furnish leaves some work on the desks: a query that waits for its approver,
// one that was opened, and two certificates.
func (d *Demo) Furnish(ctx context.Context, r *registry.Registry, rand io.Reader, now time.Time) error {
	asker, ok1 := d.holder(agency.QueryOfficer)
	approver, ok2 := d.holder(agency.QueryApprover)
	window, ok3 := d.holder(agency.CertWindow)
	if !ok1 || !ok2 || !ok3 {
		return errors.New("the demo lacks an officer for its queries")
	}
	cast := d.Cast()
	if err := d.query(ctx, r, rand, asker, approver, cast.DrunkDriver, true, now); err != nil {
		return fmt.Errorf("a query of the demo: %w", err)
	}
	if err := d.query(ctx, r, rand, asker, approver, cast.LesserPartner, false, now); err != nil {
		return fmt.Errorf("a query of the demo: %w", err)
	}
	for _, who := range []docket.Identity{cast.NoRecord, cast.DrunkDriver} {
		if _, err := r.Certify(ctx, &registry.Application{By: window.ID, Subject: who, Purpose: "求职"}, now); err != nil {
			return fmt.Errorf("a certificate of the demo: %w", err)
		}
	}
	return nil
}

// holder finds the first officer with a duty.
func (d *Demo) holder(duty agency.Duty) (agency.Officer, bool) {
	for _, o := range d.Officers() {
		if o.Duty == duty {
			return o, true
		}
	}
	return agency.Officer{}, false
}

func (d *Demo) query(ctx context.Context, r *registry.Registry, rand io.Reader,
	asker, approver agency.Officer, who docket.Identity, open bool, now time.Time,
) error {
	id, err := uuid.NewRandomFromReader(rand)
	if err != nil {
		return err
	}
	ground := norm.Grounds()[0]
	req := &grant.Request{
		ID: id.String(), Purpose: grant.Inspect, Officer: asker.ID, Agency: asker.Agency, Approver: approver.Agency,
		Ground: ground.ID, Basis: ground.Basis, Matter: "岭松公(刑)立字〔2026〕00107号", Reason: "办理另案，核实前科",
		Scope: grant.Full, Subject: who, Filed: now, Expires: now.Add(48 * time.Hour),
	}
	signed, err := grant.Sign(rand, d.officers[asker.ID], req)
	if err != nil {
		return err
	}
	if _, err := r.Ask(ctx, signed, now); err != nil || !open {
		return err
	}
	answer, err := grant.Sign(rand, d.officers[approver.ID], &grant.Approval{
		Request: grant.DigestHex(r.Suite().Digest(signed.Body)), Officer: approver.ID, Agency: approver.Agency,
		Verdict: grant.Approve, Reason: "符合规定", At: now, Expires: now.Add(24 * time.Hour),
	})
	if err != nil {
		return err
	}
	if _, err := r.Approve(ctx, req.ID, answer, now); err != nil {
		return err
	}
	_, err = r.Open(ctx, asker.ID, req.ID, now)
	return err
}
