package registry

import (
	"errors"
	"slices"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// Filing (step 2): which case an event belongs to, which record each of its
// persons has there, and putting what it says where that record lies: the
// ledger, or the vault where it is sealed. The sender is told the same.

// caseOf finds the case of an event by code or by the agencies' numbers, and
// opens a new one where none is known.
func (b *batch) caseOf(a *arrival) (docket.Code, error) {
	if a.event.Subject != "" {
		code, err := docket.ParseCode(a.event.Subject)
		if err != nil {
			a.refuse("/subject", err.Error())
			return "", nil
		}
		known, err := b.tx.CaseKnown(code)
		if err == nil && !known {
			a.refuse("/subject", "no case has this code; leave the subject out to be given one")
		}
		return code, errors.Join(err, b.tx.LockCase(code))
	}
	codes, err := b.casesByNumbers(a.event.Data.Numbers)
	if err == nil && len(codes) == 0 {
		codes, err = b.newCase(a.event.Data.Numbers)
	}
	switch {
	case err != nil:
		return "", err
	case len(codes) == 1:
		return codes[0], b.tx.LockCase(codes[0])
	}
	a.refuse("/data/numbers", "these numbers belong to more than one case; give the case code as subject")
	return "", nil
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
	ids, err := b.r.vault.CasesByNumber(b.tx, n)
	for _, id := range ids {
		if !slices.Contains(codes, id.Code) {
			codes = append(codes, id.Code)
		}
	}
	return codes, err
}

// file puts an event into its case.
func (b *batch) file(a *arrival, code docket.Code) error {
	e := a.event
	if err := b.voidDropped(a, code); err != nil {
		return err
	}
	if len(e.Data.Persons) == 0 {
		return b.fileForCase(a, code)
	}
	places, hidden, err := b.placesOf(e, code)
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
	if err := b.voidLate(e, code, places); err != nil {
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
	return b.addAliases(e, code)
}

// place is the record an event's person has in the case, and the book where it
// lies.
type place struct {
	id     docket.RecordID
	key    []byte // the person's in the ledger
	sealed bool
}

// placesOf finds the place of each person of an event, and who of them is
// sealed.
func (b *batch) placesOf(e *docket.Event, code docket.Code) (places []place, hidden []docket.Identity, err error) {
	for i := range e.Data.Persons {
		who := e.Data.Persons[i].Identity
		at, err := b.placeOf(code, who, e)
		if err != nil {
			return nil, nil, err
		}
		if at.sealed {
			hidden = append(hidden, who)
		}
		places = append(places, at)
	}
	return places, hidden, nil
}

// fileForCase files an event that names nobody: with the case, where the ledger
// holds a record of it or nobody's is known yet; otherwise with each sealed
// record, so that nothing of a sealed case comes to lie in the ledger.
func (b *batch) fileForCase(a *arrival, code docket.Code) error {
	held, err := b.tx.Holdings(code)
	if err != nil {
		return err
	}
	sealed, err := b.sealedOf(code)
	if err != nil {
		return err
	}
	if len(held) > 0 || len(sealed) == 0 {
		if err := b.addClean(docket.RecordID{Code: code}, a, a.raw); err != nil {
			return err
		}
		return b.addAliases(a.event, code)
	}
	for _, id := range sealed {
		b.sealed[id] = true
		if err := b.r.vault.Absorb(b.tx, id, a.raw); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) sealedOf(code docket.Code) ([]docket.RecordID, error) {
	records, err := b.tx.CaseRecords(code)
	return sealedAmong(records), err
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
		return b.r.vault.Absorb(b.tx, at.id, raw)
	}
	for _, h := range hidden {
		clean, _, err := withoutPerson(raw, h)
		if err != nil {
			return err
		}
		raw = clean
	}
	if err := b.addClean(at.id, a, raw); err != nil || !decisive(a.event) {
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

// placeOf finds the person's record in the case, in the ledger or the vault,
// and makes one where there is none.
func (b *batch) placeOf(code docket.Code, who docket.Identity, e *docket.Event) (place, error) {
	key := b.r.personKey(code, who)
	held, err := b.tx.Holdings(code)
	if err != nil {
		return place{}, err
	}
	for _, h := range held {
		if string(h.PersonKey) == string(key) {
			b.locks[string(key)] = key
			return place{id: docket.RecordID{Code: code, Seq: h.Seq}, key: key}, nil
		}
	}
	if who.MatchKey() == "" {
		h, ok, err := b.namesake(code, held, who.Name)
		if err != nil {
			return place{}, err
		}
		if ok {
			b.locks[string(h.PersonKey)] = h.PersonKey
			return place{id: docket.RecordID{Code: code, Seq: h.Seq}, key: h.PersonKey}, nil
		}
	}
	records, err := b.tx.CaseRecords(code)
	if err != nil {
		return place{}, err
	}
	id, found, err := b.r.vault.Find(b.tx, sealedAmong(records), who)
	if err != nil || found {
		return place{id: id, key: key, sealed: found}, err
	}
	at := place{id: docket.RecordID{Code: code, Seq: len(records) + 1}, key: key}
	return at, b.openRecord(at.id, key, e)
}

// namesake finds the one record of a case whose person has this name, for an
// event that gives no document number.
func (b *batch) namesake(code docket.Code, held []store.Holding, name string) (match store.Holding, ok bool, err error) {
	for _, h := range held {
		s, err := b.r.state(b.tx, docket.RecordID{Code: code, Seq: h.Seq})
		if err != nil {
			return match, false, err
		}
		if s.Identity.Name != name {
			continue
		}
		if ok {
			return store.Holding{}, false, nil // two of that name: no guess
		}
		match, ok = h, true
	}
	return match, ok, nil
}

func (b *batch) openRecord(id docket.RecordID, personKey []byte, e *docket.Event) error {
	b.locks[string(personKey)] = personKey
	custodian, err := agency.IDOf(e.Source)
	if err != nil {
		return err
	}
	row := &store.Record{ID: id, Status: docket.Open, Since: b.now, Custodian: custodian}
	if err := b.tx.AddRecord(row); err != nil {
		return err
	}
	link := b.tx.Link
	if b.history {
		link = b.tx.LinkWaiting
	}
	if err := link(id, personKey); err != nil {
		return err
	}
	return b.j.change(b.tx, docket.Change{
		Record: id, To: docket.Open, At: b.now, Operator: e.Source, Basis: string(e.Type), Reason: e.Type.Chinese(),
	}, custodian)
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

func (b *batch) addAliases(e *docket.Event, code docket.Code) error {
	for _, n := range e.Data.Numbers {
		if err := b.tx.AddAlias(b.r.aliasKey(n), code); err != nil {
			return err
		}
	}
	return nil
}

func slipContext(id docket.RecordID, eventKey []byte) []byte {
	return contextOf("slip", id, eventKey)
}
