package store

import (
	"bytes"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
)

// LockPerson takes the lock on a person's row, making the row where there is
// none. Whatever concerns the person's records waits for it.
func (t *Tx) LockPerson(personKey []byte, at time.Time) error {
	return t.put(`INSERT INTO person (person_key, since, touched) VALUES ($1, $2, $2)
		ON CONFLICT (person_key) DO UPDATE SET touched = $2`, personKey, micros(at))
}

// LockCase takes the lock on a case's rows: who files into it, seals or unseals
// one of its records waits.
func (t *Tx) LockCase(code docket.Code) error {
	if t.db.engine.oneWriter() {
		return nil
	}
	return t.put(`UPDATE record SET changes = changes WHERE code = $1`, string(code))
}

// TakeTurns makes transactions that name one of the keys wait for each other
// until they end. It leaves nothing behind: a row that is inserted and deleted
// again holds up others that insert it, and is never there for anybody.
func (t *Tx) TakeTurns(keys [][]byte) error {
	if t.db.engine.oneWriter() {
		return nil
	}
	keys = slices.Clone(keys)
	slices.SortFunc(keys, bytes.Compare) // one order for all: no deadlock
	for _, k := range keys {
		if err := t.put(`INSERT INTO turn (key) VALUES ($1)`, k); err != nil {
			return err
		}
		if err := t.put(`DELETE FROM turn WHERE key = $1`, k); err != nil {
			return err
		}
	}
	return nil
}

// DropPersonWithoutRecords deletes the person's row when no open record is left.
func (t *Tx) DropPersonWithoutRecords(personKey []byte) error {
	return t.put(`DELETE FROM person WHERE person_key = $1
		AND NOT EXISTS (SELECT 1 FROM person_record WHERE person_key = $1)`, personKey)
}

// PersonRecords reads the records of a person that lie in the ledger.
func (t *Tx) PersonRecords(personKey []byte) ([]docket.RecordID, error) {
	return all(t, `SELECT code, seq FROM person_record WHERE person_key = $1 ORDER BY code, seq`, []any{personKey}, scanRecordID)
}

func scanRecordID(scan func(...any) error) (id docket.RecordID, err error) {
	return id, scan((*string)(&id.Code), &id.Seq)
}

// Link joins a record and its person.
func (t *Tx) Link(id docket.RecordID, personKey []byte) error {
	if err := t.put(`INSERT INTO holding (code, seq, person_key) VALUES ($1, $2, $3)`, string(id.Code), id.Seq, personKey); err != nil {
		return err
	}
	return t.put(`INSERT INTO person_record (person_key, code, seq) VALUES ($1, $2, $3)`, personKey, string(id.Code), id.Seq)
}

// Unlink parts a record from its person.
func (t *Tx) Unlink(id docket.RecordID, personKey []byte) error {
	if err := t.change(`DELETE FROM holding WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq); err != nil {
		return err
	}
	return t.change(`DELETE FROM person_record WHERE person_key = $1 AND code = $2 AND seq = $3`, personKey, string(id.Code), id.Seq)
}

// Holder reads the person's key of a record in the ledger, or ErrNotFound.
func (t *Tx) Holder(id docket.RecordID) (personKey []byte, err error) {
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
	return all(t, `SELECT seq, person_key FROM holding WHERE code = $1 ORDER BY seq`, []any{string(code)},
		func(scan func(...any) error) (h Holding, err error) { return h, scan(&h.Seq, &h.PersonKey) })
}

// AddAlias stores that a number belongs to a case.
func (t *Tx) AddAlias(aliasKey []byte, code docket.Code) error {
	return t.put(`INSERT INTO alias (alias_key, code) VALUES ($1, $2) ON CONFLICT (alias_key, code) DO NOTHING`, aliasKey, string(code))
}

// CasesByAlias reads the cases a number belongs to.
func (t *Tx) CasesByAlias(aliasKey []byte) ([]docket.Code, error) {
	return all(t, `SELECT code FROM alias WHERE alias_key = $1 ORDER BY code`, []any{aliasKey},
		func(scan func(...any) error) (c docket.Code, err error) { return c, scan((*string)(&c)) })
}

// DropAlias deletes one number of a case.
func (t *Tx) DropAlias(aliasKey []byte, code docket.Code) error {
	return t.put(`DELETE FROM alias WHERE alias_key = $1 AND code = $2`, aliasKey, string(code))
}

// Slip is what one event says of one record, encrypted.
type Slip struct {
	ID       docket.RecordID // Seq 0: said of the case, of nobody yet
	EventKey []byte
	Body     []byte
}

// AddSlips stores slips.
func (t *Tx) AddSlips(slips []Slip) error {
	rows := make([][]any, len(slips))
	for i, s := range slips {
		rows[i] = []any{string(s.ID.Code), s.ID.Seq, s.EventKey, s.Body}
	}
	return t.insertMany(`INSERT INTO slip (code, seq, event_key, body) VALUES `, rows)
}

// ReplaceSlip writes a slip's body anew.
func (t *Tx) ReplaceSlip(s *Slip) error {
	return t.change(`UPDATE slip SET body = $4 WHERE code = $1 AND seq = $2 AND event_key = $3`,
		string(s.ID.Code), s.ID.Seq, s.EventKey, s.Body)
}

// Slips reads the slips of a record and those of the case as a whole.
func (t *Tx) Slips(id docket.RecordID) ([]Slip, error) {
	return t.slips(`SELECT code, seq, event_key, body FROM slip WHERE code = $1 AND seq IN (0, $2) ORDER BY seq, event_key`,
		string(id.Code), id.Seq)
}

// CaseSlips reads all slips of a case.
func (t *Tx) CaseSlips(code docket.Code) ([]Slip, error) {
	return t.slips(`SELECT code, seq, event_key, body FROM slip WHERE code = $1 ORDER BY seq, event_key`, string(code))
}

func (t *Tx) slips(query string, args ...any) ([]Slip, error) {
	return all(t, query, args, func(scan func(...any) error) (s Slip, err error) {
		return s, scan((*string)(&s.ID.Code), &s.ID.Seq, &s.EventKey, &s.Body)
	})
}

// DropSlips deletes the slips of a record; of Seq 0, those of the case.
func (t *Tx) DropSlips(id docket.RecordID) error {
	return t.put(`DELETE FROM slip WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq)
}
