package registry

import (
	"errors"
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// A correction or retraction must reach every record that the event it takes
// back is filed in, in whichever order the two arrive and in whichever book the
// record lies.

// voidDropped makes a correction or retraction reach the records of persons
// whom the corrected event named and this one does not: each gets the
// correction without a part for anybody.
func (b *batch) voidDropped(a *arrival, u union) error {
	e := a.event
	if e.Corrects == "" {
		return nil
	}
	slips, err := slipsIn(b.tx, u)
	if err != nil {
		return err
	}
	old := b.r.eventKey(e.Source, e.Corrects)
	raw, err := bare(e).Encode()
	if err != nil {
		return err
	}
	for _, s := range slips {
		if string(s.EventKey) != string(old) || b.names(e, s.ID) {
			continue
		}
		if s.ID == (docket.RecordID{Code: u[0]}) && len(e.Data.Persons) == 0 {
			continue // filed there itself
		}
		if err := b.addSlip(s.ID, a.key, raw); err != nil {
			return err
		}
		if err := b.touchHolder(s.ID); err != nil {
			return err
		}
	}
	if err := b.voidEarly(e, a.key, old, u, raw); err != nil {
		return err
	}
	return b.voidSealed(e, u, raw)
}

// bare is an event that says no more than which other is void.
func bare(e *docket.Event) *docket.Event {
	void := *e
	void.Subject = ""
	void.Data = docket.Data{Date: e.Data.Date}
	return &void
}

// touchHolder has policy decide on the person whose record a slip belongs to.
func (b *batch) touchHolder(slip docket.RecordID) error {
	p, err := b.holder(slip)
	if errors.Is(err, store.ErrNotFound) {
		return nil // of the case as a whole
	}
	if err != nil {
		return err
	}
	state, err := b.r.state(b.tx, p.id)
	b.persons[string(p.key)] = touch{key: p.key, code: p.id.Code, who: state.Identity}
	return err
}

// holder is the record that a slip counts in, and its person.
func (b *batch) holder(slip docket.RecordID) (p person, err error) {
	if slip.Seq == 0 {
		return p, store.ErrNotFound
	}
	row, err := b.tx.Record(slip)
	if err != nil {
		return p, err
	}
	p.id = standsFor(&row)
	p.key, err = b.tx.Holder(p.id)
	return p, err
}

// voidEarly keeps a correction that came before what it corrects with the case:
// whoever is named only there will find it.
func (b *batch) voidEarly(e *docket.Event, eventKey, old []byte, u union, raw []byte) error {
	if len(e.Data.Persons) == 0 || b.seen[string(old)] != nil {
		return nil
	}
	_, err := b.tx.Intake(e.Source, old)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	shown, err := inLedger(b.tx, u, u[0])
	if err != nil || !shown {
		return err
	}
	return b.addSlip(docket.RecordID{Code: u[0]}, eventKey, raw)
}

// voidLate is for an event that comes after its correction, where the one whom
// the correction names is sealed by now: the others' records get it without a
// part for anybody.
func (b *batch) voidLate(e *docket.Event, u union, places []place) error {
	if !slices.ContainsFunc(places, func(at place) bool { return !at.sealed }) {
		return nil
	}
	sealed, err := sealedOf(b.tx, u)
	if err != nil {
		return err
	}
	for _, id := range sealed {
		weighed, err := b.r.vault.WeighRecord(b.tx, id)
		if err != nil {
			return err
		}
		for _, w := range weighed {
			for _, c := range w.Events {
				if c.Source != e.Source || c.Corrects != e.ID {
					continue
				}
				if err := b.voidWith(c, places); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// voidWith adds a correction that names nobody to the places in the ledger that
// do not have it yet.
func (b *batch) voidWith(correction *docket.Event, places []place) error {
	void := bare(correction)
	raw, err := void.Encode()
	if err != nil {
		return err
	}
	key := b.r.eventKey(void.Source, void.ID)
	for _, at := range places {
		if at.sealed {
			continue
		}
		slips, err := slipsOf(b.tx, at.id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(slips, func(s store.Slip) bool { return string(s.EventKey) == string(key) }) {
			continue
		}
		if err := b.addSlip(at.at, key, raw); err != nil {
			return err
		}
	}
	return nil
}

// voidSealed is voidDropped for the case's sealed records. Whether the vault
// holds the corrected event is not asked: one that corrects nothing changes
// nothing.
func (b *batch) voidSealed(e *docket.Event, u union, raw []byte) error {
	sealed, err := b.sealedBeside(e, u)
	if err != nil {
		return err
	}
	for _, id := range sealed {
		named := false
		for _, p := range e.Data.Persons {
			_, found, err := b.r.vault.Find(b.tx, []docket.RecordID{id}, p.Identity)
			if err != nil {
				return err
			}
			named = named || found
		}
		if named {
			continue
		}
		b.sealed[id] = true
		if err := b.r.vault.Absorb(b.tx, id, id.Code, raw); err != nil {
			return err
		}
	}
	return nil
}

// sealedBeside are the case's sealed records but for those that the event is
// filed with as it is: see fileForCase.
func (b *batch) sealedBeside(e *docket.Event, u union) ([]docket.RecordID, error) {
	sealed, err := sealedOf(b.tx, u)
	if err != nil || len(sealed) == 0 || len(e.Data.Persons) > 0 {
		return sealed, err
	}
	held, err := persons(b.tx, u)
	if err != nil || len(held) > 0 {
		return sealed, err
	}
	own, err := sealedOf(b.tx, union{u[0]})
	return slices.DeleteFunc(sealed, func(id docket.RecordID) bool { return slices.Contains(own, id) }), err
}

// names says that the event has a part for the person of a record.
func (b *batch) names(e *docket.Event, slip docket.RecordID) bool {
	p, err := b.holder(slip)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(e.Data.Persons, func(q docket.Part) bool {
		return string(b.r.personKey(p.id.Code, q.Identity)) == string(p.key)
	})
}
