package registry

import (
	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// Which record each person of an event has in its case, and in which book.

// place is the record an event's person has in the case, and the book where it
// lies.
type place struct {
	id     docket.RecordID
	at     docket.RecordID // in the event's home: id itself, or what counts with it
	key    []byte          // the person's in the ledger
	sealed bool
}

// placesOf finds the place of each person of an event, and who of them is
// sealed.
func (b *batch) placesOf(e *docket.Event, u union) (places []place, hidden []docket.Identity, err error) {
	for i := range e.Data.Persons {
		who := e.Data.Persons[i].Identity
		at, err := b.placeOf(u, who, e)
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

// placeOf finds the person's record in the case, in the ledger or the vault,
// and makes one in the event's home, the first of the case's, where there is
// none. Where the record began in another home, the event is put with what
// counts with it in its own.
func (b *batch) placeOf(u union, who docket.Identity, e *docket.Event) (place, error) {
	home := u[0]
	for _, where := range []union{u[:1], u[1:]} { // the home first: there it would be without links
		at, found, err := b.knownIn(where, home, who, e)
		if err != nil || found {
			return at, err
		}
	}
	if moved, err := b.turnToOpen(u); err != nil || moved {
		if err != nil {
			return place{}, err
		}
		if u, err = lockOneCase(b.tx, home); err != nil {
			return place{}, err
		}
		return b.placeOf(u.from(home), who, e)
	}
	at, err := b.openRecord(home, docket.RecordID{}, e)
	if err != nil {
		return place{}, err
	}
	key := b.r.personKey(home, who)
	b.locks[string(key)] = key
	if len(u) > 1 {
		b.joined[home] = e.Source
	}
	link := b.tx.Link
	if b.history {
		link = b.tx.LinkWaiting
	}
	return place{id: at, at: at, key: key}, link(at, key)
}

// knownIn finds the person's record in some homes of a case: in the ledger, or
// sealed.
func (b *batch) knownIn(where union, home docket.Code, who docket.Identity, e *docket.Event) (at place, found bool, err error) {
	held, err := persons(b.tx, where)
	if err != nil {
		return at, false, err
	}
	p, found, err := b.holderOf(held, who)
	if err != nil {
		return at, false, err
	}
	if found {
		b.locks[string(p.key)] = p.key
		part, err := b.partOf(p.id, home, e)
		return place{id: p.id, at: part, key: p.key}, true, err
	}
	id, found, err := b.r.findSealed(b.tx, where, who)
	if err != nil || !found {
		return at, false, err
	}
	part, err := b.partOf(id, home, e)
	b.joined[home] = e.Source // it may have nothing in the ledger now
	return place{id: id, at: part, key: b.r.personKey(home, who), sealed: true}, true, err
}

// turnToOpen waits, before the first record of a home is opened, for whoever may
// be linking the home or opening it too; true says that it had to be read anew.
func (b *batch) turnToOpen(u union) (bool, error) {
	rows, err := b.tx.CaseRecords(u[0])
	if err != nil || len(rows) > 0 || b.tx.Alone() || b.tx.Fresh(u[0]) {
		return false, err
	}
	return b.turnAtCases(u[:1])
}

// turnAtCases makes transactions that link homes, or open the first record of
// one, wait for each other; false where that was done before.
func (b *batch) turnAtCases(codes union) (waited bool, err error) {
	var keys [][]byte
	for _, c := range codes {
		k := b.r.ledger.Alias().Index("ledger/case", []byte(c))
		if !b.turns[string(k[:])] {
			b.turns[string(k[:])] = true
			keys = append(keys, k[:])
		}
	}
	if len(keys) == 0 || b.tx.Alone() {
		return false, nil
	}
	if err := b.tx.TakeTurns(keys); err != nil {
		return false, err
	}
	for _, c := range codes {
		b.tx.ForgetCase(c)
	}
	return true, nil
}

// holderOf finds a person among the records of a case in the ledger: by document
// or, within a home, by name; by a name that one alone has, where the event
// gives no document number.
func (b *batch) holderOf(held []person, who docket.Identity) (match person, found bool, err error) {
	for _, p := range held {
		if string(p.key) == string(b.r.personKey(p.id.Code, who)) {
			return p, true, nil
		}
	}
	if who.MatchKey() != "" {
		return match, false, nil
	}
	for _, p := range held {
		s, err := b.r.state(b.tx, p.id)
		if err != nil {
			return match, false, err
		}
		if s.Identity.Name != who.Name {
			continue
		}
		if found {
			return person{}, false, nil // two of that name: no guess
		}
		match, found = p, true
	}
	return match, found, nil
}

// partOf is where a record's events of a home are put: the record itself, where
// it began there; otherwise the one in that home that counts with it.
func (b *batch) partOf(id docket.RecordID, home docket.Code, e *docket.Event) (docket.RecordID, error) {
	if id.Code == home {
		return id, nil
	}
	rows, err := b.tx.CaseRecords(home)
	if err != nil {
		return id, err
	}
	for _, r := range rows {
		if r.Into == id {
			return r.ID, nil
		}
	}
	return b.openRecord(home, id, e)
}

// openRecord makes the row of a new record in a home: of one that counts with
// another, where that is given.
func (b *batch) openRecord(home docket.Code, into docket.RecordID, e *docket.Event) (docket.RecordID, error) {
	rows, err := b.tx.CaseRecords(home)
	if err != nil {
		return docket.RecordID{}, err
	}
	custodian, err := agency.IDOf(e.Source)
	if err != nil {
		return docket.RecordID{}, err
	}
	row := &store.Record{ID: docket.RecordID{Code: home, Seq: len(rows) + 1}, Status: docket.Open, Since: b.now, Custodian: custodian, Into: into}
	reason := e.Type.Chinese()
	if into.Seq > 0 {
		with, err := b.tx.Record(into)
		if err != nil {
			return row.ID, err
		}
		row.Status, row.Custodian, reason = docket.Merged, with.Custodian, into.String()
	}
	if err := b.tx.AddRecord(row); err != nil {
		return row.ID, err
	}
	return row.ID, b.j.change(b.tx, docket.Change{
		Record: row.ID, To: row.Status, At: b.now, Operator: e.Source, Basis: string(e.Type), Reason: reason,
	}, row.Custodian)
}
