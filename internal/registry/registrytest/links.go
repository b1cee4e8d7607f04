package registrytest

import (
	"fmt"
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/vault"
)

// Link is an event by which an agency says that another case, named by a number,
// is one with this.
func (c *Case) Link(by string, kind docket.LinkKind, day string, number docket.Number) *docket.Event {
	e := c.Event(by, docket.CaseLinked, day)
	e.Data.Link = &docket.Link{Kind: kind, Number: &number}
	return e
}

// unions says of each home which others are one case with it, by its own walk
// over the links.
type unions struct {
	beside map[docket.Code][]docket.Code
	goes   map[docket.Code]bool // another's code stays
}

func (w *World) unions() unions {
	w.Helper()
	u := unions{beside: map[docket.Code][]docket.Code{}, goes: map[docket.Code]bool{}}
	w.query(func(scan func(...any) error) error {
		var code, other docket.Code
		var stays int
		err := scan(&code, &other, &stays)
		u.beside[code] = append(u.beside[code], other)
		u.goes[code] = u.goes[code] || stays == 0
		return err
	}, `SELECT code, other, stays FROM case_link ORDER BY code, other`)
	return u
}

// of is all homes of a case, in order.
func (u unions) of(code docket.Code) []docket.Code {
	all := []docket.Code{code}
	for i := 0; i < len(all); i++ {
		for _, other := range u.beside[all[i]] {
			if !slices.Contains(all, other) {
				all = append(all, other)
			}
		}
	}
	slices.Sort(all)
	return all
}

// surviving is the code that the case keeps.
func (u unions) surviving(code docket.Code) docket.Code {
	all := u.of(code)
	for _, c := range all {
		if !u.goes[c] {
			return c
		}
	}
	return all[0]
}

// links sees that links stand under both cases, that a number leads to one case,
// that a person has one record in a case, and that what counts with another
// record counts with one of its case or with a sealed one.
func (a *audit) links() {
	a.w.Helper()
	if n := a.w.Count(`SELECT COUNT(*) FROM case_link a WHERE NOT EXISTS (SELECT 1 FROM case_link b
		WHERE b.code = a.other AND b.other = a.code AND b.event_key = a.event_key AND b.home = 1 - a.home AND b.stays = 1 - a.stays)`); n > 0 {
		a.bad("%d links stand under one of two cases alone", n)
	}
	numbers := map[string]docket.Code{}
	a.w.query(func(scan func(...any) error) error {
		var key []byte
		var code docket.Code
		err := scan(&key, &code)
		code = a.unions.surviving(code)
		if before, known := numbers[string(key)]; known && before != code {
			a.bad("a number leads to case %s and to case %s", before, code)
		}
		numbers[string(key)] = code
		return err
	}, `SELECT alias_key, code FROM alias ORDER BY alias_key, code`)
	a.onePersonOneRecord()
	for id, r := range a.records {
		a.counts(id, r)
	}
}

func (a *audit) onePersonOneRecord() {
	a.w.Helper()
	type person struct {
		code docket.Code
		key  string
	}
	seen := map[person]docket.RecordID{}
	a.w.query(func(scan func(...any) error) error {
		var id docket.RecordID
		var key []byte
		err := scan(&id.Code, &id.Seq, &key)
		p := person{a.unions.surviving(id.Code), string(key)}
		if before, twice := seen[p]; twice {
			a.bad("records %s and %s are of one person in one case", before, id)
		}
		seen[p] = id
		return err
	}, `SELECT code, seq, person_key FROM holding ORDER BY code, seq`)
}

// counts looks at one record that counts with another, or does not.
func (a *audit) counts(id docket.RecordID, r *recordRow) {
	if (r.status == docket.Merged) != (r.into.Seq > 0) {
		a.bad("record %s is %s and counts with %v", id, r.status, r.into)
		return
	}
	if r.status != docket.Merged {
		return
	}
	into := a.records[r.into]
	switch {
	case into == nil || into.status == docket.Merged:
		a.bad("record %s counts with %s, which is no record that stands by itself", id, r.into)
	case into.status != docket.Sealed && a.unions.surviving(id.Code) != a.unions.surviving(r.into.Code):
		a.bad("record %s counts with %s of another case, which is not sealed", id, r.into)
	case into.status == docket.Sealed && a.unions.surviving(id.Code) != a.unions.surviving(r.into.Code):
		a.beforeHuman(r.into, "it holds events of another case")
	}
	if r.due != 0 {
		a.bad("record %s counts with another, and a day is set to look at it", id)
	}
}

// beforeHuman sees that a sealed record is before a human.
func (a *audit) beforeHuman(id docket.RecordID, why string) {
	if a.w.Count(`SELECT COUNT(*) FROM review WHERE code = $1 AND seq = $2 AND kind = 'unseal' AND outcome = ''`, string(id.Code), id.Seq) != 1 {
		a.bad("sealed record %s is before nobody: %s", id, why)
	}
}

// beside sees that a sealed record of the person of an open one, in one case,
// is before a human.
func (a *audit) beside(ids []docket.RecordID, weighed map[docket.RecordID]*vault.Weighed) {
	for sealed := range weighed {
		for _, id := range ids {
			if id.Code != sealed.Code && a.unions.surviving(id.Code) == a.unions.surviving(sealed.Code) {
				a.beforeHuman(sealed, fmt.Sprintf("open record %s is of the same person in the same case", id))
			}
		}
	}
}

// slips are those of a record: its own, those of what counts with it, and those
// of all homes of its case.
func (w *World) slips(tx *store.Tx, id docket.RecordID) (out []store.Slip, err error) {
	own := map[docket.RecordID]bool{id: true}
	w.query(func(scan func(...any) error) error {
		var part docket.RecordID
		err := scan(&part.Code, &part.Seq)
		own[part] = true
		return err
	}, `SELECT code, seq FROM record WHERE into_code = $1 AND into_seq = $2`, string(id.Code), id.Seq)
	for _, home := range w.unions().of(id.Code) {
		all, err := tx.CaseSlips(home)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if s.ID.Seq == 0 || own[s.ID] {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// Surviving is the code that the case of a home keeps.
func (w *World) Surviving(code docket.Code) docket.Code {
	w.Helper()
	return w.unions().surviving(code)
}

// Standing are the records of a case that stand by themselves, in order.
func (w *World) Standing(code docket.Code) (ids []docket.RecordID) {
	w.Helper()
	for _, home := range w.unions().of(code) {
		w.query(func(scan func(...any) error) error {
			var id docket.RecordID
			err := scan(&id.Code, &id.Seq)
			ids = append(ids, id)
			return err
		}, `SELECT code, seq FROM record WHERE code = $1 AND status <> 'merged' ORDER BY seq`, string(home))
	}
	return ids
}

// Sealings are the records that are sealed.
func (w *World) Sealings() (ids []docket.RecordID) {
	w.Helper()
	w.query(func(scan func(...any) error) error {
		var id docket.RecordID
		err := scan(&id.Code, &id.Seq)
		ids = append(ids, id)
		return err
	}, `SELECT code, seq FROM record WHERE status = 'sealed' ORDER BY code, seq`)
	return ids
}

// CodeOf is the case that a number leads to in the ledger.
func (w *World) CodeOf(n docket.Number) (code docket.Code) {
	w.Helper()
	key := w.Ring.Ledger().Alias().Index("ledger/alias", []byte(n.MatchKey()))
	w.query(func(scan func(...any) error) error { return scan(&code) }, `SELECT code FROM alias WHERE alias_key = $1`, key[:])
	return w.Surviving(code)
}
