package registry

import (
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// Cases that are one (并案, 分案, 移送管辖, 发回重审, 再审). Every event stays filed
// in the case that its own code or numbers lead to, its home, as if there were
// no links; links say which homes are one case, and whatever is read of a case
// is read of all its homes. So the order in which events and links arrive cannot
// matter, and a link that is taken back leaves nothing to be undone but what
// arrange.go did to records: a person has one record in a case, and further
// ones count with it (merged). docs/cases.md tells the whole.

// union is homes that are one case, the one whose code the case keeps first.
type union []docket.Code

// oneCase is the case that a home belongs to.
func oneCase(tx *store.Tx, code docket.Code) (union, error) {
	codes, links, err := tx.LinkedCases([]docket.Code{code})
	if err != nil || len(codes) == 1 {
		return codes, err
	}
	slices.Sort(codes)
	stays := surviving(codes, links)
	return append(union{stays}, slices.DeleteFunc(codes, func(c docket.Code) bool { return c == stays })...), nil
}

// lockOneCase locks all homes of a case: those that were linked while it
// waited too.
func lockOneCase(tx *store.Tx, code docket.Code) (union, error) {
	for {
		before, err := oneCase(tx, code)
		if err != nil {
			return nil, err
		}
		if err := tx.LockCases(before); err != nil {
			return nil, err
		}
		u, err := oneCase(tx, code)
		if err != nil || len(u) == len(before) {
			return u, err
		}
	}
}

// surviving is the code that stays: the one that by every link it stands in is
// the one to stay. Where links disagree, the least code of those left decides;
// nothing depends on when anything came.
func surviving(sorted []docket.Code, links []store.CaseLink) docket.Code {
	goes := make(map[docket.Code]bool)
	for _, l := range links {
		goes[l.Code] = goes[l.Code] || !l.Stays
	}
	for _, c := range sorted {
		if !goes[c] {
			return c
		}
	}
	return sorted[0]
}

// from is the union with one of its homes first: there an event belongs.
func (u union) from(home docket.Code) union {
	return append(union{home}, slices.DeleteFunc(slices.Clone(u), func(c docket.Code) bool { return c == home })...)
}

func (u union) has(code docket.Code) bool { return slices.Contains(u, code) }

// person is a record in the ledger by whose it is.
type person struct {
	id  docket.RecordID
	key []byte
}

// persons are the records of a case that lie in the ledger, in the order of the
// homes.
func persons(tx *store.Tx, u union) (out []person, err error) {
	for _, code := range u {
		held, err := tx.Holdings(code)
		if err != nil {
			return nil, err
		}
		for _, h := range held {
			out = append(out, person{docket.RecordID{Code: code, Seq: h.Seq}, h.PersonKey})
		}
	}
	return out, nil
}

// rowsIn are the lifecycle rows of a case.
func rowsIn(tx *store.Tx, u union) (out []store.Record, err error) {
	for _, code := range u {
		rows, err := tx.CaseRecords(code)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// slipsIn are all slips of a case.
func slipsIn(tx *store.Tx, u union) (out []store.Slip, err error) {
	for _, code := range u {
		slips, err := tx.CaseSlips(code)
		if err != nil {
			return nil, err
		}
		out = append(out, slips...)
	}
	return out, nil
}

// slipsOf are the slips of a record, of those that count with it, and of the
// case as a whole.
func slipsOf(tx *store.Tx, id docket.RecordID) ([]store.Slip, error) {
	u, err := oneCase(tx, id.Code)
	if err != nil {
		return nil, err
	}
	if len(u) == 1 {
		return tx.Slips(id)
	}
	rows, err := rowsIn(tx, u)
	if err != nil {
		return nil, err
	}
	own := map[docket.RecordID]bool{id: true}
	for _, r := range rows {
		if r.Into == id {
			own[r.ID] = true
		}
	}
	all, err := slipsIn(tx, u)
	return slices.DeleteFunc(all, func(s store.Slip) bool { return s.ID.Seq != 0 && !own[s.ID] }), err
}

// sealedOf are the sealed records of a case, and those of another with which
// one of its records counts still: nothing that is sealed is parted.
func sealedOf(tx *store.Tx, u union) ([]docket.RecordID, error) {
	rows, err := rowsIn(tx, u)
	if err != nil {
		return nil, err
	}
	sealed := sealedAmong(rows)
	for _, r := range rows {
		if r.Into.Seq == 0 || slices.Contains(sealed, r.Into) {
			continue
		}
		into, err := tx.Record(r.Into)
		if err != nil {
			return nil, err
		}
		if into.Status == docket.Sealed {
			sealed = append(sealed, into.ID)
		}
	}
	return sealed, nil
}

// inLedger says that a home's numbers and what names nobody there may lie in the
// ledger: it holds a record of the case, or the home has none of its own that is
// sealed.
func inLedger(tx *store.Tx, u union, home docket.Code) (bool, error) {
	held, err := persons(tx, u)
	if err != nil || len(held) > 0 {
		return true, err
	}
	sealed, err := sealedOf(tx, union{home})
	return len(sealed) == 0, err
}

// onlySealed says that a case has sealed records and none in the ledger.
func onlySealed(tx *store.Tx, code docket.Code) (bool, error) {
	u, err := oneCase(tx, code)
	if err != nil {
		return false, err
	}
	held, err := persons(tx, u)
	if err != nil || len(held) > 0 {
		return false, err
	}
	sealed, err := sealedOf(tx, u)
	return len(sealed) > 0, err
}

// findSealed says which sealed record of a case is the person's, if any: the
// vault is asked home by home.
func (r *Registry) findSealed(tx *store.Tx, u union, who docket.Identity) (docket.RecordID, bool, error) {
	sealed, err := sealedOf(tx, u)
	if err != nil {
		return docket.RecordID{}, false, err
	}
	for _, here := range byHome(sealed) {
		id, found, err := r.vault.Find(tx, here, who)
		if err != nil || found {
			return id, found, err
		}
	}
	return docket.RecordID{}, false, nil
}

// byHome parts records by their homes, in the order in which those come first:
// the vault knows who has no document number within a home alone.
func byHome(ids []docket.RecordID) (out [][]docket.RecordID) {
	at := make(map[docket.Code]int)
	for _, id := range ids {
		i, known := at[id.Code]
		if !known {
			i = len(out)
			at[id.Code], out = i, append(out, nil)
		}
		out[i] = append(out[i], id)
	}
	return out
}

// countedWith are the rows that count with a record of the ledger: they are of
// its case.
func countedWith(tx *store.Tx, u union, id docket.RecordID) ([]store.Record, error) {
	rows, err := rowsIn(tx, u)
	return slices.DeleteFunc(rows, func(r store.Record) bool { return r.Into != id }), err
}

// standsFor is the record that a row counts with: itself, or another.
func standsFor(row *store.Record) docket.RecordID {
	if row.Into.Seq > 0 {
		return row.Into
	}
	return row.ID
}

// homeOf is the home of an event that lies with a case as a whole: a link lies
// with both.
func homeOf(tx *store.Tx, s store.Slip) (docket.Code, error) {
	links, err := tx.CaseLinks(s.ID.Code)
	for _, l := range links {
		if !l.Home && string(l.EventKey) == string(s.EventKey) {
			return l.Other, err
		}
	}
	return s.ID.Code, err
}
