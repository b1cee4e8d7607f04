package registry

import (
	"errors"
	"slices"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// Records of one person in homes that are one case: all but one count with it.

// merge has each person's records of a case count as one: the one with a
// document number first, then that of the home whose code the case keeps.
func (a *arranging) merge(u union) error {
	if len(u) == 1 {
		return nil
	}
	held, err := persons(a.tx, u)
	if err != nil {
		return err
	}
	same, err := a.samePersons(held)
	if err != nil {
		return err
	}
	for _, one := range same {
		homes := map[docket.Code]bool{one[0].id.Code: true}
		for _, p := range one[1:] {
			if homes[p.id.Code] {
				continue // two in one home are two
			}
			homes[p.id.Code] = true
			if err := a.mergeOne(u, p, one[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

// samePersons groups records by person: by document number; those without one by
// name, with the one of that name that has a number, if there is but one.
func (a *arranging) samePersons(held []person) ([][]person, error) {
	var (
		groups  [][]person
		byKey   = make(map[string]int)
		named   = make(map[string][]person) // without a document number, by name
		ofName  = make(map[string][]int)    // groups with one, by name
		inOrder []string
	)
	for _, p := range held {
		names, err := a.names(p)
		if err != nil {
			return nil, err
		}
		own := slices.IndexFunc(names, func(name string) bool {
			return string(p.key) == string(a.r.personKey(p.id.Code, docket.Identity{Name: name}))
		})
		if own >= 0 {
			name := names[own]
			if named[name] == nil {
				inOrder = append(inOrder, name)
			}
			named[name] = append(named[name], p)
			continue
		}
		i, known := byKey[string(p.key)]
		if !known {
			i = len(groups)
			byKey[string(p.key)], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], p)
		for _, name := range names {
			if !slices.Contains(ofName[name], i) {
				ofName[name] = append(ofName[name], i)
			}
		}
	}
	for _, name := range inOrder {
		if of := ofName[name]; len(of) == 1 {
			groups[of[0]] = append(groups[of[0]], named[name]...)
		} else {
			groups = append(groups, named[name])
		}
	}
	return groups, nil
}

// names are those that a record's events give its person, also events that count
// no more: what was said first must not decide.
func (a *arranging) names(p person) (names []string, err error) {
	events, err := a.r.events(a.tx, p.id)
	for _, e := range events {
		for _, q := range e.Data.Persons {
			if !slices.Contains(names, q.Identity.Name) {
				names = append(names, q.Identity.Name)
			}
		}
	}
	return names, err
}

// mergeOne has a record count with another of the same person.
func (a *arranging) mergeOne(u union, p, into person) error {
	row, err := a.j.record(a.tx, p.id)
	if err != nil {
		return err
	}
	c := docket.Change{Record: p.id, From: row.Status, At: a.now, Operator: a.operator(u), Basis: string(docket.CaseLinked), Reason: into.id.String()}
	if row.Status == docket.Pending { // what was proposed is overtaken
		c.To, err = cameFrom(a.tx, p.id)
		if err := errors.Join(err, a.j.change(a.tx, c, row.Custodian)); err != nil {
			return err
		}
		c.From = c.To
	}
	c.To = docket.Merged
	if err := a.j.change(a.tx, c, row.Custodian); err != nil {
		return err
	}
	parts, err := a.tx.CountedWith(p.id)
	if err != nil {
		return err
	}
	for _, id := range append(idsOf(parts), p.id) {
		if err := a.tx.CountWith(id, into.id); err != nil {
			return err
		}
	}
	return a.retire(&row, p, into)
}

// retire takes away what hangs on a record that counts with another now.
func (a *arranging) retire(row *store.Record, p, into person) error {
	waits, err := a.tx.Waits(p.key)
	if err != nil {
		return err
	}
	if err := a.tx.Unlink(p.id, p.key); err != nil {
		return err
	}
	if waits {
		a.tx.Wait(into.key)
	}
	if string(p.key) != string(into.key) {
		if err := a.tx.DropPersonWithoutRecords(p.key); err != nil {
			return err
		}
		if err := a.tx.ForgetIdentity(p.key, a.now); err != nil {
			return err
		}
		left, err := a.tx.PersonRecords(p.key)
		if err != nil {
			return err
		}
		a.gone[string(p.key)] = len(left) == 0
	}
	if err := a.r.supersede(a.tx, p.id, store.KindSeal, a.now); err != nil {
		return err
	}
	a.tx.ForgetQuality(p.id)
	if err := a.tx.DropFact(a.r.factKey(p.id)); err != nil {
		return err
	}
	return a.tx.Schedule(p.id, row.Custodian, civil.Date{})
}

func idsOf(rows []store.Record) (ids []docket.RecordID) {
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}
