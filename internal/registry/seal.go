package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// seal moves a record from the ledger into the vault (step 4): its events, the
// link to its person, and the numbers that lead to it alone. The person's row
// goes when no other record of theirs is left. Afterwards the ledger holds
// nothing that a person never recorded would not have either.
func (r *Registry) seal(tx *store.Tx, j *journal, s *standing, c docket.Change) error {
	id := s.row.ID
	u, err := lockOneCase(tx, id.Code)
	if err != nil {
		return err
	}
	key, err := tx.Holder(id)
	if err != nil {
		return err
	}
	if !tx.Alone() { // else nobody is there to wait for, and the person has a row
		if err := tx.LockPerson(key, c.At); err != nil {
			return err
		}
	}
	content, alone, err := r.content(tx, j, s, u)
	if err != nil {
		return err
	}
	if content.Joined = s.joined; content.Joined == nil {
		if content.Joined, err = r.joined(tx, key); err != nil {
			return err
		}
	}
	if err := r.vault.Seal(tx, content, c.At); err != nil {
		return err
	}
	if err := r.clear(tx, content, u, alone, key); err != nil {
		return err
	}
	if err := tx.ForgetIdentity(key, c.At); err != nil {
		return err
	}
	tx.ForgetQuality(id)
	if err := r.supersede(tx, id, store.KindSeal, c.At); err != nil {
		return err
	}
	if content.Custodian != s.row.Custodian || !s.row.Due.IsZero() {
		if err := tx.Schedule(id, content.Custodian, civil.Date{}); err != nil {
			return err
		}
	}
	if err := r.notify(tx, j, id, store.KindSeal, &s.state, c.At); err != nil {
		return err
	}
	return j.change(tx, c, content.Custodian)
}

// clear deletes from the ledger what now lies in the vault, and takes the
// person out of the free text that others' events share.
func (r *Registry) clear(tx *store.Tx, c *vault.Content, u union, alone []docket.Number, personKey []byte) error {
	id := c.Record
	parts, err := countedWith(tx, u, id)
	if err != nil {
		return err
	}
	for _, part := range append(idsOf(parts), id) {
		if err := tx.DropSlips(part); err != nil {
			return err
		}
	}
	if err := tx.Unlink(id, personKey); err != nil {
		return err
	}
	if err := tx.DropPersonWithoutRecords(personKey); err != nil {
		return err
	}
	homes, err := withRecords(tx, u)
	if err != nil {
		return err
	}
	for _, n := range alone {
		for _, home := range homes {
			if err := tx.DropAlias(r.aliasKey(n), home); err != nil {
				return err
			}
		}
	}
	if err := tx.ForgetProposals(id); err != nil {
		return err
	}
	rest, err := persons(tx, u)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return r.redact(tx, u, c.Identity)
	}
	for _, home := range homes { // all are sealed
		if err := tx.DropSlips(docket.RecordID{Code: home}); err != nil {
			return err
		}
	}
	return nil
}

// withRecords are the homes of a case that have records of their own: what names
// nobody, and the numbers, go with those alone.
func withRecords(tx *store.Tx, u union) (homes union, err error) {
	for _, home := range u {
		rows, err := tx.CaseRecords(home)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			homes = append(homes, home)
		}
	}
	return homes, nil
}

// redact takes a sealed person out of the free text of a case's other events.
func (r *Registry) redact(tx *store.Tx, u union, who docket.Identity) error {
	slips, err := slipsIn(tx, u)
	if err != nil {
		return err
	}
	for _, s := range slips {
		context := slipContext(s.ID, s.EventKey)
		raw, err := r.unlock(s.Body, context)
		if err != nil {
			return err
		}
		clean, changed, err := withoutPerson(raw, who)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		s.Body = r.lock(clean, context)
		if err := tx.ReplaceSlip(&s); err != nil {
			return err
		}
	}
	return nil
}

// SealedCoDefendant stands where a sealed person's name stood.
const SealedCoDefendant = "同案人"

// withoutPerson is an event whose free text no longer names a person.
func withoutPerson(raw []byte, who docket.Identity) (clean []byte, changed bool, err error) {
	return rewritten(raw, func(s string) (string, error) {
		for _, secret := range append([]string{who.Name, who.Number, who.Address}, who.Aliases...) {
			if secret != "" {
				s = strings.ReplaceAll(s, secret, SealedCoDefendant)
			}
		}
		return s, nil
	})
}

// withoutSealed is an event on its way into the ledger without the names and
// document numbers of those whose records in the case are sealed. Nobody knows
// them here: the vault recognises them.
func (r *Registry) withoutSealed(tx *store.Tx, code docket.Code, raw []byte) ([]byte, error) {
	clean, _, err := rewritten(raw, func(s string) (string, error) {
		u, err := oneCase(tx, code)
		if err != nil {
			return "", err
		}
		sealed, err := sealedOf(tx, u)
		for _, here := range byHome(sealed) {
			if err == nil {
				s, err = r.vault.Redact(tx, here, s, SealedCoDefendant)
			}
		}
		return s, err
	})
	return clean, err
}

// rewritten is an event with each piece of free text put through f.
func rewritten(raw []byte, f func(string) (string, error)) (clean []byte, changed bool, err error) {
	e, err := docket.Stored(raw)
	if err != nil {
		return nil, false, err
	}
	texts := []*string{&e.Data.Text}
	for i := range e.Data.Persons {
		texts = append(texts, &e.Data.Persons[i].Reason)
	}
	for _, t := range texts {
		if *t == "" {
			continue
		}
		after, err := f(*t)
		if err != nil {
			return nil, false, err
		}
		changed = changed || after != *t
		*t = after
	}
	if !changed {
		return raw, false, nil
	}
	clean, err = e.Encode()
	return clean, true, err
}

// Review settles an item of the sealing queue: the reviewer confirms or
// rejects what policy proposed. An unsealing is confirmed by a grant instead:
// see Unseal.
func (r *Registry) Review(ctx context.Context, by string, code docket.Code, item string, confirm bool, note string, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		it, proposal, err := r.sealingItem(tx, o, code, item)
		if err != nil {
			return err
		}
		return r.closeReview(tx, j, it, o, proposal, confirm, note, now)
	})
}

// sealingItem reads an item that waits for the officer's court, with what
// policy proposed.
func (r *Registry) sealingItem(tx *store.Tx, o *agency.Officer, code docket.Code, item string) (*store.Review, *policy.RecordDecision, error) {
	it, err := tx.Review(code, item)
	if err != nil {
		return nil, nil, err
	}
	if err := reviewable(tx, o, &it); err != nil {
		return nil, nil, err
	}
	if it.Outcome != "" || it.Kind != store.KindSeal {
		return nil, nil, ErrState
	}
	v := new(policy.RecordDecision)
	if err := r.unlockJSON(it.Proposal, contextOf("review", it.Record, []byte(it.ID)), v); err != nil {
		return nil, nil, err
	}
	return &it, v, nil
}

func (r *Registry) closeReview(tx *store.Tx, j *journal, it *store.Review, o *agency.Officer, v *policy.RecordDecision, confirm bool, note string, now time.Time) error {
	it.Outcome, it.Closed, it.ClosedBy = store.OutcomeRejected, now, o.ID
	if confirm {
		it.Outcome = store.OutcomeConfirmed
	}
	var err error
	if it.Note, err = r.lockJSON(note, contextOf("review note", it.Record, []byte(it.ID))); err != nil {
		return err
	}
	if err := tx.CloseReview(it); err != nil {
		return err
	}
	if _, err := j.add(trail.Entry{
		Kind: "review.close", At: now, Actor: o.ID, Agency: o.Agency, Code: it.Record.String(), Basis: basis(v),
		Detail: map[string]string{"review": it.ID, "kind": it.Kind, "outcome": it.Outcome},
	}, nil); err != nil {
		return err
	}
	if _, err := lockOneCase(tx, it.Record.Code); err != nil {
		return err
	}
	row, err := tx.Record(it.Record)
	if err != nil {
		return err
	}
	c := docket.Change{Record: it.Record, From: row.Status, At: now, Operator: o.ID, Basis: basis(v), Reason: it.Outcome}
	if !confirm {
		if row.Status != docket.Pending {
			return nil
		}
		if c.To, err = cameFrom(tx, it.Record); err != nil {
			return err
		}
		return j.change(tx, c, o.Agency)
	}
	if err := r.ripe(tx, it.Record); err != nil {
		return err
	}
	state, err := r.state(tx, it.Record)
	if errors.Is(err, store.ErrNotFound) {
		return ErrState
	}
	if err != nil {
		return err
	}
	c.To = docket.Sealed
	return r.seal(tx, j, &standing{row: row, state: state}, c)
}

// ripe refuses to seal what waits for the wave: what was proposed was proposed
// before history said more of the person.
func (r *Registry) ripe(tx *store.Tx, id docket.RecordID) error {
	key, err := tx.Holder(id)
	if errors.Is(err, store.ErrNotFound) {
		return ErrState
	}
	if err != nil {
		return err
	}
	waits, err := r.leftToWave(tx, key)
	if err == nil && waits {
		err = fmt.Errorf("%w: history of this person came in, and policy decides anew when the wave comes to it", ErrState)
	}
	return err
}
