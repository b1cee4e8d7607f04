package registry

import (
	"context"
	"errors"
	"maps"
	"slices"
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
	if err := lockParts(tx, c.Record); err != nil {
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
	if err := j.change(tx, docket.Change{
		Record: c.Record, From: row.Status, To: docket.Unsealed, At: now,
		Operator: req.Officer, Basis: req.Basis, Reason: req.Ground,
	}, req.Agency); err != nil {
		return err
	}
	return r.rejoin(tx, j, c.Record, req.Officer, now)
}

// lockParts locks the case of a record and those of what counts with it.
func lockParts(tx *store.Tx, id docket.RecordID) error {
	parts, err := tx.CountedWith(id)
	if err != nil {
		return err
	}
	codes := []docket.Code{id.Code}
	for _, p := range parts {
		codes = append(codes, p.ID.Code)
	}
	linked, _, err := tx.LinkedCases(codes)
	if err != nil {
		return err
	}
	return tx.LockCases(linked)
}

// rejoin has a record that was unsealed take part in what links say of its case:
// it is joined with another of its person, or parts with what is another case's.
func (r *Registry) rejoin(tx *store.Tx, j *journal, id docket.RecordID, by string, now time.Time) error {
	parts, err := tx.CountedWith(id)
	if err != nil {
		return err
	}
	u, err := oneCase(tx, id.Code)
	if err != nil || len(parts) == 0 && len(u) == 1 {
		return err
	}
	homes := map[docket.Code]string{id.Code: by}
	for _, p := range parts {
		homes[p.ID.Code] = by
	}
	a, err := r.arrange(tx, j, homes, now)
	if err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(a.touched)) {
		if err := r.settle(tx, j, a.touched[k], now); err != nil {
			return err
		}
	}
	return nil
}

// refile writes a record's events back into the ledger, each in the home that it
// was filed in, and the case's own where the case has no others there.
func (r *Registry) refile(tx *store.Tx, c *vault.Content, events []*docket.Event) error {
	places, err := placesOfContent(tx, c, events)
	if err != nil {
		return err
	}
	held := make(map[docket.RecordID]map[string]bool)
	var out []store.Slip
	for i, e := range events {
		id := places[i]
		if held[id] == nil {
			if held[id], err = eventsAt(tx, id); err != nil {
				return err
			}
		}
		key := r.eventKey(e.Source, e.ID)
		if held[id][string(key)] {
			continue
		}
		held[id][string(key)] = true
		clean, err := r.withoutSealed(tx, id.Code, rawOf(c, i))
		if err != nil {
			return err
		}
		out = append(out, store.Slip{ID: id, EventKey: key, Body: r.lock(clean, slipContext(id, key))})
		if err := r.aliasesBack(tx, e, c.Home(i)); err != nil {
			return err
		}
	}
	return tx.AddSlips(out)
}

// placesOfContent is where each event of a record goes: into the record or what
// counts with it in the event's home; what is of the case as a whole, to the
// case, and bare word that this is void with it.
func placesOfContent(tx *store.Tx, c *vault.Content, events []*docket.Event) ([]docket.RecordID, error) {
	at, err := homesOf(tx, c.Record)
	if err != nil {
		return nil, err
	}
	places := make([]docket.RecordID, len(events))
	ofCases := make(map[[2]string]docket.RecordID)
	for i, e := range events {
		id, known := at[c.Home(i)]
		if !known {
			id = c.Record
		}
		if i < len(c.CaseEvents) || ofCase(e) {
			id = docket.RecordID{Code: c.Home(i)}
			ofCases[[2]string{e.Source, e.ID}] = id
		}
		places[i] = id
	}
	for i, e := range events {
		if id, void := ofCases[[2]string{e.Source, e.Corrects}]; void && len(e.Data.Persons) == 0 && !ofCase(e) {
			places[i] = id
		}
	}
	return places, nil
}

// ofCase says that an agency reported an event of a case as a whole: unlike bare
// word to one record that another event is void, it says of which case.
func ofCase(e *docket.Event) bool {
	return len(e.Data.Persons) == 0 && (len(e.Data.Numbers) > 0 || e.Subject != "")
}

func rawOf(c *vault.Content, i int) []byte {
	if i < len(c.CaseEvents) {
		return c.CaseEvents[i]
	}
	return c.Events[i-len(c.CaseEvents)]
}

// homesOf is where a record's events lie, by home: in the record, or in what
// counts with it.
func homesOf(tx *store.Tx, id docket.RecordID) (map[docket.Code]docket.RecordID, error) {
	parts, err := tx.CountedWith(id)
	at := map[docket.Code]docket.RecordID{id.Code: id}
	for _, p := range parts {
		at[p.ID.Code] = p.ID
	}
	return at, err
}

// eventsAt is the keys of the events that lie in one place of the ledger.
func eventsAt(tx *store.Tx, id docket.RecordID) (map[string]bool, error) {
	slips, err := tx.CaseSlips(id.Code)
	held := make(map[string]bool, len(slips))
	for _, s := range slips {
		if s.ID == id {
			held[string(s.EventKey)] = true
		}
	}
	return held, err
}

// aliasesBack has an event's numbers lead to its home again, but for those that
// lead to another home of the case.
func (r *Registry) aliasesBack(tx *store.Tx, e *docket.Event, home docket.Code) error {
	u, err := oneCase(tx, home)
	if err != nil {
		return err
	}
	for _, n := range e.Data.Numbers {
		key := r.aliasKey(n)
		codes, err := tx.CasesByAlias(key)
		if err != nil {
			return err
		}
		if len(u) > 1 && slices.ContainsFunc(codes, u.has) {
			continue
		}
		if err := tx.AddAlias(key, home); err != nil {
			return err
		}
	}
	return r.linkBack(tx, e, home)
}

// linkBack has the number by which a link names a case lead there again.
func (r *Registry) linkBack(tx *store.Tx, e *docket.Event, home docket.Code) error {
	if e.Data.Link == nil || e.Data.Link.Number == nil {
		return nil
	}
	links, err := tx.CaseLinks(home)
	if err != nil {
		return err
	}
	key := r.eventKey(e.Source, e.ID)
	for _, l := range links {
		if l.Home && string(l.EventKey) == string(key) {
			return tx.AddAlias(r.aliasKey(*e.Data.Link.Number), l.Other)
		}
	}
	return nil
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
