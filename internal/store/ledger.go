package store

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
)

// LockPerson takes the lock on a person's row, making the row where there is
// none. Whatever concerns the person's records waits for it.
func (t *Tx) LockPerson(personKey []byte, at time.Time) error {
	return t.LockPersons([][]byte{personKey}, at)
}

// LockPersons is LockPerson for several, in one order for all who lock.
func (t *Tx) LockPersons(personKeys [][]byte, at time.Time) error {
	keys := slices.SortedFunc(slices.Values(personKeys), bytes.Compare)
	into, wanted := &persons, false
	if t.db.engine.oneWriter() {
		into = &newPersons
	}
	for _, k := range slices.CompactFunc(keys, bytes.Equal) {
		if t.ahead.persons[string(k)] {
			continue
		}
		wanted, t.ahead.persons[string(k)] = true, true
		t.insertSoon(into, []any{k, micros(at), micros(at)})
	}
	if !wanted || t.db.engine.oneWriter() {
		return nil // nobody else is there to wait for
	}
	return t.flush()
}

var persons = insertion{
	table: "person", columns: "person_key, since, touched", n: 3, key: 1, stay: 2, conflict: "(person_key) DO UPDATE SET touched = excluded.touched",
}

// Where one program writes at a time there is no lock to take, and the row of
// one who has one is left alone.
var newPersons = insertion{
	table: "person", columns: "person_key, since, touched", n: 3, key: 1, stay: 3, conflict: "(person_key) DO NOTHING",
}

// LockCase takes the lock on a case's rows: who files into it, seals or unseals
// one of its records waits.
func (t *Tx) LockCase(code docket.Code) error {
	return t.LockCases([]docket.Code{code})
}

// LockCases is LockCase for several, in one order for all who lock. What was
// read ahead of a case before is forgotten.
func (t *Tx) LockCases(codes []docket.Code) error {
	if t.db.engine.oneWriter() {
		return nil
	}
	var wanted []docket.Code
	for _, c := range codes {
		if !t.ahead.locked[c] {
			t.ahead.locked[c] = true
			t.ahead.forgetCase(c)
			wanted = append(wanted, c)
		}
	}
	slices.Sort(wanted)
	for part := range slices.Chunk(wanted, mostKeys) {
		list, args := t.db.engine.among(0, keysOf(part))
		if err := t.put(`SELECT 1 FROM record WHERE code`+list+` ORDER BY code, seq FOR UPDATE`, args...); err != nil {
			return err
		}
	}
	return nil
}

// ForgetCase makes what was read ahead of a case be read anew.
func (t *Tx) ForgetCase(code docket.Code) {
	if !t.ahead.fresh[code] {
		t.ahead.forgetCase(code)
	}
}

// Fresh says that this transaction opened the case: nobody else knows it.
func (t *Tx) Fresh(code docket.Code) bool { return t.ahead.fresh[code] }

// TakeTurns makes transactions that name one of the keys wait for each other
// until they end. It leaves nothing behind: a row that is inserted and deleted
// again holds up others that insert it, and is never there for anybody.
func (t *Tx) TakeTurns(keys [][]byte) error {
	if t.db.engine.oneWriter() {
		return nil
	}
	keys = slices.SortedFunc(slices.Values(keys), bytes.Compare) // one order for all: no deadlock
	for part := range slices.Chunk(slices.CompactFunc(keys, bytes.Equal), mostKeys) {
		for _, k := range part {
			t.insertSoon(&turns, []any{k})
		}
		list, args := t.db.engine.among(0, keysOf(part))
		if err := t.put(`DELETE FROM turn WHERE key`+list, args...); err != nil {
			return err
		}
	}
	return nil
}

var turns = insertion{table: "turn", columns: "key", n: 1}

// DropPersonWithoutRecords deletes the person's row when no open record is left.
func (t *Tx) DropPersonWithoutRecords(personKey []byte) error {
	delete(t.ahead.persons, string(personKey))
	t.soon([]string{"person", "person_record"}, anyRows, `DELETE FROM person WHERE person_key = $1
		AND NOT EXISTS (SELECT 1 FROM person_record WHERE person_key = $1)`, personKey)
	return nil
}

// PersonRecords reads the records of a person that lie in the ledger.
func (t *Tx) PersonRecords(personKey []byte) ([]docket.RecordID, error) {
	if known, ok := t.ahead.held[string(personKey)]; ok {
		ids := make([]docket.RecordID, len(known))
		for i, h := range known {
			ids[i] = h.id
		}
		slices.SortFunc(ids, func(a, b docket.RecordID) int {
			return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Seq, b.Seq))
		})
		return ids, nil
	}
	return all(t, `SELECT code, seq FROM person_record WHERE person_key = $1 ORDER BY code, seq`, []any{personKey}, scanRecordID)
}

func scanRecordID(scan func(...any) error) (id docket.RecordID, err error) {
	return id, scan((*string)(&id.Code), &id.Seq)
}

// Link joins a record and its person.
func (t *Tx) Link(id docket.RecordID, personKey []byte) error { return t.link(id, personKey, 0) }

func (t *Tx) link(id docket.RecordID, personKey []byte, waits int64) error {
	t.insertSoon(&holdings, []any{string(id.Code), id.Seq, personKey})
	t.insertSoon(&personRecords, []any{personKey, string(id.Code), id.Seq, waits})
	t.ahead.holdings.add(string(id.Code), Holding{id.Seq, personKey})
	t.ahead.held.add(string(personKey), heldRecord{id, waits})
	return nil
}

var (
	holdings      = insertion{table: "holding", columns: "code, seq, person_key", n: 3}
	personRecords = insertion{table: "person_record", columns: "person_key, code, seq, waits", n: 4}
)

// Unlink parts a record from its person.
func (t *Tx) Unlink(id docket.RecordID, personKey []byte) error {
	t.soon([]string{"holding"}, 1, `DELETE FROM holding WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq)
	t.soon([]string{"person_record"}, 1, `DELETE FROM person_record WHERE person_key = $1 AND code = $2 AND seq = $3`, personKey, string(id.Code), id.Seq)
	t.ahead.holdings.remove(string(id.Code), func(h Holding) bool { return h.Seq == id.Seq })
	t.ahead.held.remove(string(personKey), func(h heldRecord) bool { return h.id == id })
	return nil
}

// Holder reads the person's key of a record in the ledger, or ErrNotFound.
func (t *Tx) Holder(id docket.RecordID) (personKey []byte, err error) {
	if known, ok := t.ahead.holdings[string(id.Code)]; ok {
		i := slices.IndexFunc(known, func(h Holding) bool { return h.Seq == id.Seq })
		if i < 0 {
			return nil, ErrNotFound
		}
		return known[i].PersonKey, nil
	}
	err = t.one(`SELECT person_key FROM holding WHERE code = $1 AND seq = $2`, []any{string(id.Code), id.Seq}, &personKey)
	return personKey, err
}

// Holding is a record of a case that lies in the ledger.
type Holding struct {
	Seq       int
	PersonKey []byte
}

// Holdings reads the records of a case that lie in the ledger.
func (t *Tx) Holdings(code docket.Code) ([]Holding, error) {
	if known, ok := t.ahead.holdings.rows(string(code)); ok {
		slices.SortFunc(known, func(a, b Holding) int { return cmp.Compare(a.Seq, b.Seq) })
		return known, nil
	}
	return all(t, `SELECT seq, person_key FROM holding WHERE code = $1 ORDER BY seq`, []any{string(code)},
		func(scan func(...any) error) (h Holding, err error) { return h, scan(&h.Seq, &h.PersonKey) })
}

// AddAlias stores that a number belongs to a case.
func (t *Tx) AddAlias(aliasKey []byte, code docket.Code) error {
	known, ok := t.ahead.aliases[string(aliasKey)]
	if ok && slices.Contains(known, code) {
		return nil
	}
	into := &aliases
	if ok && t.ahead.fresh[code] {
		into = &newAliases
	}
	t.insertSoon(into, []any{aliasKey, string(code)})
	t.ahead.aliases.add(string(aliasKey), code)
	return nil
}

var (
	aliases = insertion{table: "alias", columns: "alias_key, code", n: 2, conflict: "(alias_key, code) DO NOTHING"}
	// Of a case that only this transaction knows nobody else writes a number.
	newAliases = insertion{table: "alias", columns: "alias_key, code", n: 2}
)

// CasesByAlias reads the cases a number belongs to.
func (t *Tx) CasesByAlias(aliasKey []byte) ([]docket.Code, error) {
	if known, ok := t.ahead.aliases.rows(string(aliasKey)); ok {
		slices.Sort(known)
		return known, nil
	}
	return all(t, `SELECT code FROM alias WHERE alias_key = $1 ORDER BY code`, []any{aliasKey},
		func(scan func(...any) error) (c docket.Code, err error) { return c, scan((*string)(&c)) })
}

// DropAlias deletes one number of a case.
func (t *Tx) DropAlias(aliasKey []byte, code docket.Code) error {
	t.soon([]string{"alias"}, anyRows, `DELETE FROM alias WHERE alias_key = $1 AND code = $2`, aliasKey, string(code))
	t.ahead.aliases.remove(string(aliasKey), func(c docket.Code) bool { return c == code })
	return nil
}

// Slip is what one event says of one record, encrypted.
type Slip struct {
	ID       docket.RecordID // Seq 0: said of the case, of nobody yet
	EventKey []byte
	Body     []byte
}

// AddSlips stores slips.
func (t *Tx) AddSlips(slips []Slip) error {
	for _, s := range slips {
		t.insertSoon(&slipRows, []any{string(s.ID.Code), s.ID.Seq, s.EventKey, s.Body})
		t.ahead.slips.add(string(s.ID.Code), s)
	}
	return nil
}

var slipRows = insertion{table: "slip", columns: "code, seq, event_key, body", n: 4}

// ReplaceSlip writes a slip's body anew.
func (t *Tx) ReplaceSlip(s *Slip) error {
	t.soon([]string{"slip"}, 1, `UPDATE slip SET body = $4 WHERE code = $1 AND seq = $2 AND event_key = $3`,
		string(s.ID.Code), s.ID.Seq, s.EventKey, s.Body)
	for i, known := range t.ahead.slips[string(s.ID.Code)] {
		if known.ID == s.ID && bytes.Equal(known.EventKey, s.EventKey) {
			t.ahead.slips[string(s.ID.Code)][i].Body = s.Body
		}
	}
	return nil
}

// Slips reads the slips of a record and those of the case as a whole.
func (t *Tx) Slips(id docket.RecordID) ([]Slip, error) {
	if known, ok := t.caseSlips(id.Code); ok {
		return slices.DeleteFunc(known, func(s Slip) bool { return s.ID.Seq != 0 && s.ID.Seq != id.Seq }), nil
	}
	return t.slips(`SELECT code, seq, event_key, body FROM slip WHERE code = $1 AND seq IN (0, $2) ORDER BY seq, event_key`,
		string(id.Code), id.Seq)
}

// CaseSlips reads all slips of a case.
func (t *Tx) CaseSlips(code docket.Code) ([]Slip, error) {
	if known, ok := t.caseSlips(code); ok {
		return known, nil
	}
	return t.slips(`SELECT code, seq, event_key, body FROM slip WHERE code = $1 ORDER BY seq, event_key`, string(code))
}

func (t *Tx) slips(query string, args ...any) ([]Slip, error) {
	return all(t, query, args, scanSlip)
}

func scanSlip(scan func(...any) error) (s Slip, err error) {
	return s, scan((*string)(&s.ID.Code), &s.ID.Seq, &s.EventKey, &s.Body)
}

// caseSlips is the slips of a case that were read ahead.
func (t *Tx) caseSlips(code docket.Code) ([]Slip, bool) {
	known, ok := t.ahead.slips.rows(string(code))
	slices.SortFunc(known, func(a, b Slip) int {
		return cmp.Or(cmp.Compare(a.ID.Seq, b.ID.Seq), bytes.Compare(a.EventKey, b.EventKey))
	})
	return known, ok
}

// DropSlip deletes one slip.
func (t *Tx) DropSlip(id docket.RecordID, eventKey []byte) error {
	t.soon([]string{"slip"}, anyRows, `DELETE FROM slip WHERE code = $1 AND seq = $2 AND event_key = $3`, string(id.Code), id.Seq, eventKey)
	t.ahead.slips.remove(string(id.Code), func(s Slip) bool { return s.ID == id && bytes.Equal(s.EventKey, eventKey) })
	return nil
}

// DropSlips deletes the slips of a record; of Seq 0, those of the case.
func (t *Tx) DropSlips(id docket.RecordID) error {
	if known, ok := t.ahead.slips[string(id.Code)]; ok && !slices.ContainsFunc(known, func(s Slip) bool { return s.ID.Seq == id.Seq }) {
		return nil
	}
	t.soon([]string{"slip"}, anyRows, `DELETE FROM slip WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq)
	t.ahead.slips.remove(string(id.Code), func(s Slip) bool { return s.ID.Seq == id.Seq })
	return nil
}
