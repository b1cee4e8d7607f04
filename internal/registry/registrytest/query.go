package registrytest

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
)

// Request is what the police's query officer asks of the court, complete but
// for its target.
func (w *World) Request() *grant.Request {
	w.serial++
	return &grant.Request{
		ID: fmt.Sprintf("q%d", w.serial), Purpose: grant.Inspect,
		Officer: OfficerID(Police, agency.QueryOfficer), Agency: Police, Approver: Court,
		Ground: "adult-judicial-case", Basis: "刑事诉讼法第二百八十六条", Matter: fmt.Sprintf("云岭公(刑)立字〔2026〕%d号", 90000+w.serial),
		Reason: "办理案件需要核实前科", Scope: grant.Full, Filed: w.Now, Expires: w.Now.Add(24 * time.Hour),
	}
}

// About is a request for one person's sealed records.
func (w *World) About(p docket.Identity) *grant.Request {
	r := w.Request()
	r.Subject = docket.Identity{Name: p.Name, Document: p.Document, Number: p.Number}
	return r
}

// ForRecord is a request for one record.
func (w *World) ForRecord(id docket.RecordID) *grant.Request {
	r := w.Request()
	r.Record = id.String()
	return r
}

// ToUnseal is the clerk's request, to the reviewer of the same court, that a
// record go back to the ledger.
func (w *World) ToUnseal(id docket.RecordID, court string) *grant.Request {
	r := w.ForRecord(id)
	r.Purpose, r.Officer, r.Agency, r.Approver = grant.Unseal, OfficerID(court, agency.SealClerk), court, court
	return r
}

// Signed is a request under its officer's own key.
func (w *World) Signed(r *grant.Request) grant.Signed {
	w.Helper()
	w.rememberIdentity(r.Subject)
	s, err := grant.Sign(rand.Reader, w.officers[r.Officer], r)
	w.must(err)
	return s
}

// File gives a signed request to the platform.
func (w *World) File(s grant.Signed) error {
	w.Helper()
	_, err := w.Reg.Ask(context.Background(), s, w.Now)
	w.step()
	return err
}

// Ask signs and files a request that must be taken.
func (w *World) Ask(r *grant.Request) grant.Signed {
	w.Helper()
	s := w.Signed(r)
	if err := w.File(s); err != nil {
		w.Fatalf("filing request %s: %v", r.ID, err)
	}
	return s
}

// Approval is an officer's yes to a signed request.
func (w *World) Approval(request grant.Signed, officer, agencyID string) *grant.Approval {
	return &grant.Approval{
		Request: grant.DigestHex(w.suite.Digest(request.Body)), Officer: officer, Agency: agencyID,
		Verdict: grant.Approve, Reason: "符合规定", At: w.Now, Expires: w.Now.Add(12 * time.Hour),
	}
}

// SignAnswer is an answer under its officer's own key.
func (w *World) SignAnswer(a *grant.Approval) grant.Signed {
	w.Helper()
	s, err := grant.Sign(rand.Reader, w.officers[a.Officer], a)
	w.must(err)
	return s
}

// Answer gives a signed answer to the platform.
func (w *World) Answer(query string, s grant.Signed) error {
	w.Helper()
	_, err := w.Reg.Approve(context.Background(), query, s, w.Now)
	w.step()
	return err
}

// Approve lets the officer whose turn it is say yes: the asked agency's
// approver, or its reviewer where the request is to unseal.
func (w *World) Approve(r *grant.Request, s grant.Signed) {
	w.Helper()
	duty := agency.QueryApprover
	if r.Purpose == grant.Unseal {
		duty = agency.SealReviewer
	}
	if err := w.Answer(r.ID, w.SignAnswer(w.Approval(s, OfficerID(r.Approver, duty), r.Approver))); err != nil {
		w.Fatalf("approving request %s: %v", r.ID, err)
	}
}

// Open opens an approved query.
func (w *World) Open(r *grant.Request) (*registry.Answer, error) {
	w.Helper()
	a, err := w.Reg.Open(context.Background(), r.Officer, r.ID, w.Now)
	w.step()
	return a, err
}

// Inspect asks, approves and opens.
func (w *World) Inspect(r *grant.Request) *registry.Answer {
	w.Helper()
	w.Approve(r, w.Ask(r))
	a, err := w.Open(r)
	if err != nil {
		w.Fatalf("opening query %s: %v", r.ID, err)
	}
	return a
}

// Unseal asks, approves and returns a record to the ledger.
func (w *World) Unseal(r *grant.Request) error {
	w.Helper()
	w.Approve(r, w.Ask(r))
	_, err := w.Reg.Unseal(context.Background(), r.Officer, r.ID, w.Now)
	w.step()
	return err
}

// Certify applies for a certificate at the police's window.
func (w *World) Certify(p docket.Identity) *registry.Certified {
	w.Helper()
	w.rememberIdentity(p)
	c, err := w.Reg.Certify(context.Background(), &registry.Application{
		By: OfficerID(Police, agency.CertWindow), Subject: p, Purpose: "就业",
	}, w.Now)
	if err != nil {
		w.Fatalf("certifying: %v", err)
	}
	w.step()
	return c
}

// Without runs a step while a table is not to be had, as a fault in the middle
// of a transaction that needs it.
func (w *World) Without(table string, step func()) {
	w.Helper()
	w.Exec(`ALTER TABLE ` + table + ` RENAME TO gone`)
	defer w.Exec(`ALTER TABLE gone RENAME TO ` + table)
	step()
}

// Prepare leaves a query as one whose opening was cut off between its two
// phases: prepared in the trail, never redeemed.
func (w *World) Prepare(r *grant.Request) {
	w.Helper()
	w.Without("vault_item", func() {
		if _, err := w.Reg.Open(context.Background(), r.Officer, r.ID, w.Now); err == nil {
			w.Error("a record was opened while a table of the vault was missing")
		}
	})
	w.step()
}
