package registry

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// Arranging: what links that came or went mean for records. In a case a person
// has one record in the ledger; what began as another in a home that is one with
// the first counts with it (merged), and stands by itself again when the homes
// are two. Where that is so follows from the links and the records alone, not
// from what happened before. A sealed record is left as it is: it is neither
// opened to be joined nor to be parted, but put before a human; see awaits.go.

// arranging is one run over the cases that a transaction joined or parted.
type arranging struct {
	r   *Registry
	tx  *store.Tx
	j   *journal
	now time.Time

	by      map[docket.Code]string // by whose act a home was joined or parted
	touched map[string]touch       // persons to decide on, by ledger index
	sealed  map[docket.RecordID]bool
	gone    map[string]bool // persons without a record in the ledger now
}

// arrange puts the records of cases in order, of which the homes are given with
// whose act joined or parted them.
func (r *Registry) arrange(tx *store.Tx, j *journal, by map[docket.Code]string, now time.Time) (*arranging, error) {
	a := &arranging{
		r: r, tx: tx, j: j, now: now, by: by,
		touched: make(map[string]touch), sealed: make(map[docket.RecordID]bool), gone: make(map[string]bool),
	}
	cases, err := a.cases()
	if err != nil {
		return nil, err
	}
	if err := a.lock(cases); err != nil {
		return nil, err
	}
	for _, step := range []func(union) error{a.part, a.merge, a.retreat, a.touch} {
		for _, u := range cases {
			if err := step(u); err != nil {
				return nil, fmt.Errorf("arranging case %s: %w", u[0], err)
			}
		}
	}
	return a, nil
}

// cases are the cases as they are now, each once.
func (a *arranging) cases() (out []union, err error) {
	seen := make(map[docket.Code]bool)
	for _, home := range slices.Sorted(maps.Keys(a.by)) {
		if seen[home] {
			continue
		}
		u, err := oneCase(a.tx, home)
		if err != nil {
			return nil, err
		}
		for _, c := range u {
			seen[c] = true
		}
		out = append(out, u)
	}
	return out, nil
}

// lock locks everybody who has a record in the cases.
func (a *arranging) lock(cases []union) error {
	var keys [][]byte
	for _, u := range cases {
		held, err := persons(a.tx, u)
		if err != nil {
			return err
		}
		for _, p := range held {
			keys = append(keys, p.key)
		}
	}
	return a.tx.LockPersons(keys, a.now)
}

func (a *arranging) operator(u union) string {
	for _, c := range u {
		if by := a.by[c]; by != "" {
			return by
		}
	}
	return OperatorPolicy
}

// part lets records stand by themselves that counted with one of another case.
func (a *arranging) part(u union) error {
	rows, err := rowsIn(a.tx, u)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Into.Seq == 0 || u.has(row.Into.Code) {
			continue
		}
		_, err := a.tx.Holder(row.Into)
		if errors.Is(err, store.ErrNotFound) {
			a.sealed[row.Into] = true
			continue
		}
		if err != nil {
			return err
		}
		if err := a.partOne(u, &row); err != nil {
			return err
		}
	}
	return nil
}

func (a *arranging) partOne(u union, row *store.Record) error {
	key, err := a.keyOf(row.ID)
	if err != nil {
		return err
	}
	c := docket.Change{Record: row.ID, From: docket.Merged, At: a.now, Operator: a.operator(u), Basis: string(docket.CaseLinked), Reason: row.Into.String()}
	if c.To, err = wasBefore(a.tx, row); err != nil {
		return err
	}
	if err := a.tx.CountWith(row.ID, docket.RecordID{}); err != nil {
		return err
	}
	if err := a.tx.LockPerson(key, a.now); err != nil {
		return err
	}
	if err := a.tx.Link(row.ID, key); err != nil {
		return err
	}
	a.tx.QueueIdentities([][]byte{key}, a.now)
	return a.j.change(a.tx, c, row.Custodian)
}

// wasBefore is what a record was before it counted with another, and is again:
// open, or unsealed.
func wasBefore(tx *store.Tx, row *store.Record) (docket.Status, error) {
	was := row.Status
	if was == docket.Merged || was == docket.Pending { // otherwise it was merged in this transaction
		var err error
		if was, err = cameFrom(tx, row.ID); err != nil {
			return "", err
		}
	}
	if was == docket.Unsealed {
		return was, nil
	}
	return docket.Open, nil // one that began as part of another, too
}

// keyOf is the ledger's index of a person by what a record's own events say.
func (a *arranging) keyOf(id docket.RecordID) ([]byte, error) {
	who, err := a.identity(id, a.ownEvents)
	return a.r.personKey(id.Code, who), err
}

// identity is whom a record is found by: what its events say of the person, also
// those that count no more; the first that gives a document number.
func (a *arranging) identity(id docket.RecordID, read func(*store.Tx, docket.RecordID) ([]*docket.Event, error)) (who docket.Identity, err error) {
	events, err := read(a.tx, id)
	for _, e := range events {
		for _, p := range e.Data.Persons {
			if who.MatchKey() == "" {
				who = p.Identity
			}
		}
	}
	return who, err
}

// ownEvents are a record's own, without those of what counts with it and of the
// case.
func (a *arranging) ownEvents(tx *store.Tx, id docket.RecordID) ([]*docket.Event, error) {
	slips, err := tx.Slips(id)
	if err != nil {
		return nil, err
	}
	return a.r.readSlips(slices.DeleteFunc(slips, func(s store.Slip) bool { return s.ID != id }))
}

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
	if err := a.tx.Unlink(p.id, p.key); err != nil {
		return err
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

// retreat takes out of the ledger what names nobody in a case of which it holds
// nothing else any more, into each sealed record of the home.
func (a *arranging) retreat(u union) error {
	shown, err := inLedger(a.tx, u)
	if err != nil || shown {
		return err
	}
	for _, home := range u {
		sealed, err := sealedOf(a.tx, union{home})
		if err != nil {
			return err
		}
		if err := a.absorb(home, sealed); err != nil {
			return err
		}
		if err := a.tx.DropAliasesOf(home); err != nil {
			return err
		}
	}
	return nil
}

func (a *arranging) absorb(home docket.Code, sealed []docket.RecordID) error {
	slips, err := a.tx.CaseSlips(home)
	if err != nil || len(slips) == 0 {
		return err
	}
	for _, s := range slips {
		raw, err := a.r.unlock(s.Body, slipContext(s.ID, s.EventKey))
		if err != nil {
			return err
		}
		of, err := homeOf(a.tx, s)
		if err != nil {
			return err
		}
		for _, id := range sealed {
			if err := a.r.vault.Absorb(a.tx, id, of, raw); err != nil {
				return err
			}
		}
	}
	return a.tx.DropSlips(docket.RecordID{Code: home})
}

// touch has policy decide anew on all of a case.
func (a *arranging) touch(u union) error {
	held, err := persons(a.tx, u)
	if err != nil {
		return err
	}
	for _, p := range held {
		who, err := a.identity(p.id, a.r.events)
		if err != nil {
			return err
		}
		a.touched[string(p.key)] = touch{key: p.key, code: p.id.Code, who: who}
	}
	sealed, err := sealedOf(a.tx, u)
	for _, id := range sealed {
		a.sealed[id] = true
	}
	return err
}
