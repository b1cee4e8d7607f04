package store

import (
	"github.com/fengcun/fengcun/internal/docket"
)

// heldRecord is a record of a person in the ledger.
type heldRecord struct {
	id    docket.RecordID
	waits int64 // 1: it waits for the wave that decides on history
}

// LinkWaiting is Link for a record that waits for the wave.
func (t *Tx) LinkWaiting(id docket.RecordID, personKey []byte) error { return t.link(id, personKey, 1) }

// Waits says that a record of a person waits for the wave, and so all of them.
func (t *Tx) Waits(personKey []byte) (bool, error) {
	if known, ok := t.ahead.held[string(personKey)]; ok {
		for _, h := range known {
			if h.waits != 0 {
				return true, nil
			}
		}
		return false, nil
	}
	var n int
	err := t.one(`SELECT COUNT(*) FROM person_record WHERE person_key = $1 AND waits = 1`, []any{personKey}, &n)
	return n > 0, err
}

// Wait makes all records of a person in the ledger wait for the wave.
func (t *Tx) Wait(personKey []byte) {
	t.soon([]string{"person_record"}, anyRows, `UPDATE person_record SET waits = 1 WHERE person_key = $1 AND waits = 0`, personKey)
	t.waitsChanged(personKey, 1)
}

// WaitNoMore is for a person whom the wave has come to.
func (t *Tx) WaitNoMore(personKey []byte) {
	t.soon([]string{"person_record"}, anyRows, `UPDATE person_record SET waits = 0 WHERE person_key = $1 AND waits = 1`, personKey)
	t.waitsChanged(personKey, 0)
}

// waitsChanged keeps what was read ahead up to date.
func (t *Tx) waitsChanged(personKey []byte, waits int64) {
	known := t.ahead.held[string(personKey)]
	for i := range known {
		known[i].waits = waits
	}
}

// WaitingPersons lists persons after one, by their keys, of whom a record waits.
func (t *Tx) WaitingPersons(after []byte, limit int) ([][]byte, error) {
	return all(t, `SELECT DISTINCT person_key FROM person_record WHERE waits = 1 AND person_key > $1 ORDER BY person_key LIMIT $2`,
		[]any{after, limit}, scanKey)
}

// OpenPersons lists persons after one, by their keys, who have a record in the
// ledger.
func (t *Tx) OpenPersons(after []byte, limit int) ([][]byte, error) {
	return all(t, `SELECT person_key FROM person WHERE person_key > $1 ORDER BY person_key LIMIT $2`, []any{after, limit}, scanKey)
}

// WaitingRecords counts records that wait and their persons, after one person.
func (t *Tx) WaitingRecords(after []byte) (persons, records int64, err error) {
	return persons, records, t.one(`SELECT COUNT(*), COALESCE(SUM(n), 0) FROM
		(SELECT COUNT(*) AS n FROM person_record WHERE waits = 1 AND person_key > $1 GROUP BY person_key) p`, []any{after}, &persons, &records)
}

// OpenRecords counts records in the ledger and their persons, after one person.
func (t *Tx) OpenRecords(after []byte) (persons, records int64, err error) {
	return persons, records, t.one(`SELECT COUNT(*), COALESCE(SUM(n), 0) FROM
		(SELECT COUNT(*) AS n FROM person_record WHERE person_key > $1 GROUP BY person_key) p`, []any{after}, &persons, &records)
}

// CasesOf reads the cases of persons' records as they stand, so that they can
// be locked before anything is read ahead of them.
func (t *Tx) CasesOf(personKeys [][]byte) ([]docket.Code, error) {
	list, args := t.db.engine.among(0, keysOf(personKeys))
	return all(t, `SELECT DISTINCT code FROM person_record WHERE person_key`+list+` ORDER BY code`, args,
		func(scan func(...any) error) (c docket.Code, err error) { return c, scan((*string)(&c)) })
}
