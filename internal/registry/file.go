package registry

import (
	"slices"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// Filing (step 2): which case an event belongs to, which record each of its
// persons has there, and putting what it says where that record lies: the
// ledger, or the vault where it is sealed. The sender is told the same.

// caseOf finds the home of an event by code or by the agencies' numbers, and
// opens a new case where none is known. All that is one with it is locked.
func (b *batch) caseOf(a *arrival) (docket.Code, error) {
	if a.event.Subject != "" {
		return b.caseByCode(a)
	}
	codes, err := b.casesByNumbers(a.event.Data.Numbers)
	if err == nil && len(codes) == 0 {
		codes, err = b.newCase(a.event.Data.Numbers)
	}
	if err != nil {
		return "", err
	}
	u, err := lockOneCase(b.tx, codes[0])
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(codes, func(c docket.Code) bool { return !u.has(c) }) {
		a.refuse("/data/numbers", severalCases)
	}
	return codes[0], nil
}

const severalCases = "these numbers belong to more than one case; give the case code as subject or, where the cases are one, say so first: " +
	string(docket.CaseLinked) + " (并案)"

// caseByCode finds the home of an event that gives a code: of the homes that are
// one case, the one that its numbers lead to.
func (b *batch) caseByCode(a *arrival) (docket.Code, error) {
	code, err := docket.ParseCode(a.event.Subject)
	if err != nil {
		a.refuse("/subject", err.Error())
		return "", nil
	}
	known, err := b.tx.CaseKnown(code)
	if err == nil && !known {
		a.refuse("/subject", "no case has this code; leave the subject out to be given one")
	}
	if err != nil || !known {
		return code, err
	}
	u, err := lockOneCase(b.tx, code)
	if err != nil || len(u) == 1 {
		return code, err
	}
	codes, err := b.casesByNumbers(a.event.Data.Numbers)
	codes = slices.DeleteFunc(codes, func(c docket.Code) bool { return !u.has(c) })
	if len(codes) == 1 {
		code = codes[0]
	}
	return code, err
}

// newCase draws a code for a case that no number leads to. Two that open the
// same case at once take turns: the second finds what the first opened.
func (b *batch) newCase(numbers []docket.Number) ([]docket.Code, error) {
	var keys [][]byte
	for _, n := range numbers {
		if k := b.r.aliasKey(n); !b.turns[string(k)] {
			keys = append(keys, k)
		}
	}
	if len(keys) > 0 && !b.tx.Alone() {
		if err := b.tx.TakeTurns(keys); err != nil {
			return nil, err
		}
		if err := b.aheadOfNumbers(numbers); err != nil {
			return nil, err
		}
		codes, err := b.casesByNumbers(numbers)
		if err != nil || len(codes) > 0 {
			return codes, err
		}
	}
	code, err := docket.NewCode(b.r.rand)
	if err == nil {
		b.tx.NewCase(code)
	}
	return []docket.Code{code}, err
}

func (b *batch) casesByNumbers(numbers []docket.Number) (codes []docket.Code, err error) {
	for _, n := range numbers {
		found, err := b.casesByNumber(n)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	return codes, nil
}

func (b *batch) casesByNumber(n docket.Number) ([]docket.Code, error) {
	codes, err := b.tx.CasesByAlias(b.r.aliasKey(n))
	if err != nil || len(codes) > 0 {
		return codes, err
	}
	return b.r.vault.CasesByNumber(b.tx, n)
}

// file puts an event into its case.
func (b *batch) file(a *arrival, home docket.Code) error {
	e := a.event
	u, err := oneCase(b.tx, home)
	if err != nil {
		return err
	}
	u = u.from(home)
	if err := b.unlink(a, u); err != nil {
		return err
	}
	if err := b.voidDropped(a, u); err != nil {
		return err
	}
	if len(e.Data.Persons) == 0 {
		return b.fileForCase(a, u)
	}
	places, hidden, err := b.placesOf(e, u)
	if err != nil {
		return err
	}
	for i, at := range places {
		raw := a.raw
		if len(places) > 1 {
			if raw, err = e.About(i).Encode(); err != nil {
				return err
			}
		}
		if err := b.filePerson(at, e.Data.Persons[i].Identity, a, raw, hidden); err != nil {
			return err
		}
	}
	if err := b.voidLate(e, u, places); err != nil {
		return err
	}
	if len(e.Data.Persons) > 1 {
		id, err := agency.IDOf(e.Source)
		if err != nil {
			return err
		}
		if err := b.r.vault.KeepOriginal(b.tx, e, id, a.raw); err != nil {
			return err
		}
	}
	if len(hidden) == len(places) {
		return nil // the numbers went into the vault with the event
	}
	return b.addAliases(e, u)
}

// fileForCase files an event that names nobody: with the case, where the ledger
// holds a record of it or nobody's is known yet in its home; otherwise with each
// sealed record, so that nothing of a sealed case comes to lie in the ledger.
func (b *batch) fileForCase(a *arrival, u union) error {
	if err := b.fileAt(a, u, u[0]); err != nil {
		return err
	}
	if other, linked := b.linkedBy(a, u); linked {
		if err := b.fileAt(a, u.from(other), u[0]); err != nil {
			return err
		}
	}
	return b.addAliases(a.event, u)
}

// fileAt files an event that names nobody, whose own home is given, with a
// case's first.
func (b *batch) fileAt(a *arrival, u union, home docket.Code) error {
	shown, err := inLedger(b.tx, u, u[0])
	if err != nil {
		return err
	}
	if shown {
		return b.addClean(docket.RecordID{Code: u[0]}, a, a.raw)
	}
	sealed, err := sealedOf(b.tx, u[:1])
	if err != nil {
		return err
	}
	for _, id := range sealed {
		b.sealed[id] = true
		if err := b.r.vault.Absorb(b.tx, id, home, a.raw); err != nil {
			return err
		}
	}
	return nil
}

func sealedAmong(records []store.Record) []docket.RecordID {
	var sealed []docket.RecordID
	for _, r := range records {
		if r.Status == docket.Sealed {
			sealed = append(sealed, r.ID)
		}
	}
	return sealed
}

// filePerson puts what an event says of one person where the record lies. What
// comes to lie in the ledger does not name those whose records are sealed.
func (b *batch) filePerson(at place, who docket.Identity, a *arrival, raw []byte, hidden []docket.Identity) error {
	if at.sealed {
		if decisive(a.event) {
			b.touchSealed(at, who)
		}
		return b.r.vault.Absorb(b.tx, at.id, at.at.Code, raw)
	}
	for _, h := range hidden {
		clean, _, err := withoutPerson(raw, h)
		if err != nil {
			return err
		}
		raw = clean
	}
	if err := b.addClean(at.at, a, raw); err != nil || !decisive(a.event) {
		return err
	}
	if who.MatchKey() == "" { // earlier events may say more of the person
		s, err := b.r.state(b.tx, at.id)
		if err != nil {
			return err
		}
		who = s.Identity
	}
	b.persons[string(at.key)] = touch{key: at.key, code: at.id.Code, who: who}
	return nil
}

// touchSealed has policy decide on a sealed record: with all that is known of
// the person or, where the event gives no document number, with what the vault
// can join.
func (b *batch) touchSealed(at place, who docket.Identity) {
	if who.MatchKey() == "" {
		b.sealed[at.id] = true
		return
	}
	b.persons[string(at.key)] = touch{key: at.key, code: at.id.Code, who: who}
}

func (b *batch) addSlip(id docket.RecordID, eventKey, raw []byte) error {
	b.changed[id] = true
	return b.tx.AddSlips([]store.Slip{{ID: id, EventKey: eventKey, Body: b.r.lock(raw, slipContext(id, eventKey))}})
}

// addClean is addSlip for what an agency wrote: its free text may name somebody
// whose record in the case is sealed.
func (b *batch) addClean(id docket.RecordID, a *arrival, raw []byte) error {
	if !hasText(a.event) {
		return b.addSlip(id, a.key, raw)
	}
	clean, err := b.r.withoutSealed(b.tx, id.Code, raw)
	if err != nil {
		return err
	}
	return b.addSlip(id, a.key, clean)
}

func hasText(e *docket.Event) bool {
	return e.Data.Text != "" || slices.ContainsFunc(e.Data.Persons, func(p docket.Part) bool { return p.Reason != "" })
}

// addAliases has an event's numbers lead to its home, but for those that lead to
// another home of the case. Where they may not lie in the ledger they went into
// the vault with the event.
func (b *batch) addAliases(e *docket.Event, u union) error {
	for _, n := range e.Data.Numbers {
		home := u[0]
		if len(u) > 1 {
			codes, err := b.casesByNumber(n)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(codes, u.has); i >= 0 {
				home = codes[i]
			}
		}
		shown, err := inLedger(b.tx, u, home)
		if err != nil {
			return err
		}
		if !shown {
			continue
		}
		if err := b.tx.AddAlias(b.r.aliasKey(n), home); err != nil {
			return err
		}
	}
	return nil
}

func slipContext(id docket.RecordID, eventKey []byte) []byte {
	return contextOf("slip", id, eventKey)
}
