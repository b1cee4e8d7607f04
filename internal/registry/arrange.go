package registry

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

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
	a.tx.LookAtQuality([]docket.RecordID{row.ID}, a.now)
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

// retreat takes out of the ledger what names nobody in a case of which it holds
// nothing else any more, into each sealed record of the home.
func (a *arranging) retreat(u union) error {
	for _, home := range u {
		shown, err := inLedger(a.tx, u, home)
		if err != nil {
			return err
		}
		if shown {
			continue
		}
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
