package registry_test

import (
	"context"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// A verb that fails at any of the tables it writes leaves nothing behind, in
// the log least of all; done again it succeeds.
func TestFaultsLeaveNothing(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		tables := []string{
			"vault_record", "trail_entry", "delivery", "intake", "person", "person_record", "alias", "slip", "holding", "record", "lifecycle",
			"notice", "vault_person", "vault_alias", "trail_hash", "fact",
		}
		for _, table := range tables[:worlds(len(tables))] {
			p := w.Adult()
			c := w.Case()
			filed := c.Event(registrytest.Police, docket.CaseFiled, "2025-04-02", registrytest.Suspect(p, registrytest.Theft, "2025-04-01"))
			judged := c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
				registrytest.Convict(p, registrytest.Theft, "2025-04-01", registrytest.Months(docket.FixedTerm, 6), "2025-06-20"))
			for _, e := range []*docket.Event{filed, judged} {
				d := w.Delivery(agencyOf(e), e)
				size := w.Count(`SELECT COUNT(*) FROM record`) + w.Count(`SELECT size FROM trail_head`)
				failed := false
				w.Without(table, func() {
					_, err := w.Reg.Receive(context.Background(), d, w.Now)
					failed = err != nil
				})
				if !failed {
					w.Acknowledged(d) // this event does not need the table
					continue
				}
				w.Check()
				if now := w.Count(`SELECT COUNT(*) FROM record`) + w.Count(`SELECT size FROM trail_head`); now != size {
					w.Fatalf("without %s: something stayed", table)
				}
				if receipts, err := w.Receive(d); err != nil || receipts[0].Outcome != registry.Accepted {
					w.Fatalf("without %s, and again with it: %v, %v", table, receipts, err)
				}
			}
			if n := w.Count(`SELECT COUNT(*) FROM record WHERE status <> 'sealed'`); n != 0 {
				w.Fatalf("without %s: %d records are not sealed", table, n)
			}
		}
	})
}

// The same for what officers do.
func TestFaultsOfOfficers(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		_, id := w.Sealed(p)
		r := w.About(p)
		s := w.Signed(r)
		answer := w.SignAnswer(w.Approval(s, registrytest.OfficerID(registrytest.Court, agency.QueryApprover), registrytest.Court))
		unseal := wrongSealing(w, id)
		ctx := context.Background()
		for _, step := range []struct {
			name   string
			tables []string
			do     func() error
		}{
			{"ask", []string{"query", "trail_entry", "trail_head"}, func() error { _, err := w.Reg.Ask(ctx, s, w.Now); return err }},
			{"approve", []string{"approval", "query", "trail_hash"}, func() error { _, err := w.Reg.Approve(ctx, r.ID, answer, w.Now); return err }},
			{"open", []string{"ticket", "trail_checkpoint", "vault_person", "vault_record", "vault_item", "trail_entry"}, func() error {
				_, err := w.Reg.Open(ctx, r.Officer, r.ID, w.Now)
				return err
			}},
			{"certify", []string{"certificate", "person_record", "trail_entry"}, func() error {
				_, err := w.Reg.Certify(ctx, &registry.Application{By: registrytest.OfficerID(registrytest.Police, agency.CertWindow), Subject: p, Purpose: "就业"}, w.Now)
				return err
			}},
			{"to unseal", nil, func() error { w.Approve(unseal, w.Ask(unseal)); return nil }},
			{"unseal", []string{"vault_alias", "holding", "slip", "alias", "certificate", "review", "notice", "lifecycle", "trail_head"}, func() error {
				_, err := w.Reg.Unseal(ctx, unseal.Officer, unseal.ID, w.Now)
				return err
			}},
		} {
			for _, table := range step.tables {
				w.Without(table, func() {
					if err := step.do(); err == nil {
						w.Errorf("%s succeeded without %s", step.name, table)
					}
				})
				w.Check()
			}
			if err := step.do(); err != nil {
				w.Fatalf("%s, when everything is there again: %v", step.name, err)
			}
			w.Check()
		}
		w.Wants(id, docket.Unsealed)
	})
}
