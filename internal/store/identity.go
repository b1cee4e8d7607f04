package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Verdicts on two persons who may be one; an open pair has none.
const (
	VerdictSame      = "same"
	VerdictDifferent = "different"
)

// IdentityPair is two persons of the ledger who may be one, seen from the
// first of them.
type IdentityPair struct {
	PersonKey, OtherKey       []byte
	ID                        string
	Points                    int
	Custodian, OtherCustodian string // agency ids
	Opened                    time.Time
	Verdict                   string
	Basis                     string // code of what the verdict rests on
	Officer                   string
	Decided                   time.Time
}

const pairColumns = `person_key, other_key, id, points, custodian, other_custodian, opened, verdict, basis, officer, decided`

func scanPair(scan func(...any) error) (p IdentityPair, err error) {
	var (
		opened  int64
		decided sql.NullInt64
	)
	err = scan(&p.PersonKey, &p.OtherKey, &p.ID, &p.Points, &p.Custodian, &p.OtherCustodian, &opened, &p.Verdict, &p.Basis, &p.Officer, &decided)
	p.Opened, p.Decided = fromMicros(opened), fromNullMicros(decided)
	return p, err
}

var identityWork = insertion{table: "identity_work", columns: "person_key, since", n: 2, conflict: "(person_key) DO NOTHING"}

// QueueIdentities asks for persons to be compared with others.
func (t *Tx) QueueIdentities(personKeys [][]byte, at time.Time) {
	keys := slices.SortedFunc(slices.Values(personKeys), bytes.Compare) // one order for all: no deadlock
	for _, k := range slices.CompactFunc(keys, bytes.Equal) {
		t.insertSoon(&identityWork, []any{k, micros(at)})
	}
}

// IdentityWork reads the persons who wait longest to be compared.
func (t *Tx) IdentityWork(limit int) ([][]byte, error) {
	return all(t, `SELECT person_key FROM identity_work ORDER BY since, person_key LIMIT $1`, []any{limit}, scanKey)
}

func scanKey(scan func(...any) error) (key []byte, err error) { return key, scan(&key) }

// TakeIdentityWork takes a person off the list, for this transaction alone;
// false where another was faster.
func (t *Tx) TakeIdentityWork(personKey []byte) (bool, error) {
	n, err := t.exec(`DELETE FROM identity_work WHERE person_key = $1`, personKey)
	return n == 1, err
}

// HoldPersons locks the rows of persons who have one and says which. Unlike
// LockPersons it makes none.
func (t *Tx) HoldPersons(personKeys [][]byte) (held [][]byte, err error) {
	keys := slices.SortedFunc(slices.Values(personKeys), bytes.Compare)
	for _, k := range slices.CompactFunc(keys, bytes.Equal) {
		n, err := t.exec(`UPDATE person SET touched = touched WHERE person_key = $1`, k)
		if err != nil {
			return nil, err
		}
		if n == 1 {
			held = append(held, k)
		}
	}
	return held, nil
}

// PutTokens writes anew what a person is looked for by.
func (t *Tx) PutTokens(personKey []byte, tokens [][]byte) error {
	if err := t.put(`DELETE FROM identity_token WHERE person_key = $1`, personKey); err != nil {
		return err
	}
	rows := make([][]any, len(tokens))
	for i, token := range tokens {
		rows[i] = []any{token, personKey}
	}
	t.insertSoon(&identityTokens, rows...)
	return nil
}

var identityTokens = insertion{table: "identity_token", columns: "token, person_key", n: 2}

// Sharers reads who else has a token, at most limit.
func (t *Tx) Sharers(personKey, token []byte, limit int) ([][]byte, error) {
	return all(t, `SELECT person_key FROM identity_token WHERE token = $1 AND person_key <> $2 ORDER BY person_key LIMIT $3`,
		[]any{token, personKey, limit}, scanKey)
}

// PutOpenPairs writes anew which open pairs a person stands in. Pairs on which
// somebody has said something stay as they are.
func (t *Tx) PutOpenPairs(personKey []byte, pairs []IdentityPair) error {
	if err := t.put(`DELETE FROM identity_pair WHERE (person_key = $1 OR other_key = $1) AND verdict = ''`, personKey); err != nil {
		return err
	}
	for _, p := range pairs {
		if !bytes.Equal(p.PersonKey, personKey) {
			return fmt.Errorf("pair %s is of another person", p.ID)
		}
		t.insertSoon(&identityPairs,
			[]any{p.PersonKey, p.OtherKey, p.ID, p.Points, p.Custodian, p.OtherCustodian, micros(p.Opened)},
			[]any{p.OtherKey, p.PersonKey, p.ID, p.Points, p.OtherCustodian, p.Custodian, micros(p.Opened)})
	}
	return nil
}

var identityPairs = insertion{
	table: "identity_pair", columns: "person_key, other_key, id, points, custodian, other_custodian, opened", n: 7,
	conflict: "(person_key, other_key) DO NOTHING",
}

// PairsOf reads all pairs a person stands in.
func (t *Tx) PairsOf(personKey []byte) ([]IdentityPair, error) {
	return all(t, `SELECT `+pairColumns+` FROM identity_pair WHERE person_key = $1 ORDER BY other_key`, []any{personKey}, scanPair)
}

// IdentityPair reads one pair, or ErrNotFound.
func (t *Tx) IdentityPair(id string) (IdentityPair, error) {
	return first(all(t, `SELECT `+pairColumns+` FROM identity_pair WHERE id = $1 AND person_key < other_key`, []any{id}, scanPair))
}

// Each pair is listed once for a custodian, who may keep records of both.
const pairsListed = ` FROM identity_pair WHERE custodian = $1 AND verdict = $2 AND (person_key < other_key OR other_custodian <> custodian)`

// PairPage lists a custodian's pairs with a verdict, or the open ones: those
// for which most speaks first, of equals the oldest.
func (t *Tx) PairPage(custodian, verdict string, limit, offset int) ([]IdentityPair, error) {
	return all(t, `SELECT `+pairColumns+pairsListed+` ORDER BY points DESC, opened, id LIMIT $3 OFFSET $4`,
		[]any{custodian, verdict, limit, offset}, scanPair)
}

// PairCount counts what PairPage lists.
func (t *Tx) PairCount(custodian, verdict string) (n int, err error) {
	return n, t.one(`SELECT COUNT(*)`+pairsListed, []any{custodian, verdict}, &n)
}

// DecidePair writes what an officer said of a pair; ErrStale where somebody was
// faster.
func (t *Tx) DecidePair(before *IdentityPair, verdict, basis, officer string, at time.Time) error {
	n, err := t.exec(`UPDATE identity_pair SET verdict = $3, basis = $4, officer = $5, decided = $6 WHERE id = $1 AND verdict = $2`,
		before.ID, before.Verdict, verdict, basis, officer, micros(at))
	if err == nil && n != 2 {
		return ErrStale
	}
	return err
}

// SamePersons reads the persons whom an officer joined with this one.
func (t *Tx) SamePersons(personKey []byte) ([][]byte, error) {
	if known, ok := t.ahead.same.rows(string(personKey)); ok {
		return known, nil
	}
	return all(t, `SELECT other_key FROM identity_pair WHERE person_key = $1 AND verdict = 'same' ORDER BY other_key`, []any{personKey}, scanKey)
}

// AheadOfSame reads ahead with whom persons were joined.
func (t *Tx) AheadOfSame(personKeys [][]byte) error {
	return readAhead(t, t.ahead.same, keysOf(personKeys),
		`SELECT person_key, other_key FROM identity_pair WHERE verdict = 'same' AND person_key`, ` ORDER BY other_key`, nil,
		func(scan func(...any) error) (string, []byte, error) {
			var key, other []byte
			err := scan(&key, &other)
			return string(key), other, err
		})
}

// ForgetIdentity is for a person one of whose records was sealed. What was
// found with the help of that record goes: tokens and open pairs. Where no open
// record is left, everything goes; persons who were joined through this one
// stay joined with each other.
func (t *Tx) ForgetIdentity(personKey []byte, at time.Time) error {
	t.soon([]string{"identity_token"}, anyRows, `DELETE FROM identity_token WHERE person_key = $1`, personKey)
	t.soon([]string{"identity_work"}, anyRows, `DELETE FROM identity_work WHERE person_key = $1`, personKey)
	left, err := t.PersonRecords(personKey)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		t.soon([]string{"identity_pair"}, anyRows, `DELETE FROM identity_pair WHERE (person_key = $1 OR other_key = $1) AND verdict = ''`, personKey)
		t.QueueIdentities([][]byte{personKey}, at)
		return nil
	}
	same, err := t.SamePersons(personKey)
	if err != nil {
		return err
	}
	if len(same) > 0 {
		if err := t.bridge(personKey); err != nil {
			return err
		}
		clear(t.ahead.same)
	}
	t.soon([]string{"identity_pair"}, anyRows, `DELETE FROM identity_pair WHERE person_key = $1 OR other_key = $1`, personKey)
	return nil
}

// bridge joins, in a chain, those who were joined through a person.
func (t *Tx) bridge(personKey []byte) error {
	pairs, err := t.PairsOf(personKey)
	if err != nil {
		return err
	}
	pairs = slices.DeleteFunc(pairs, func(p IdentityPair) bool { return p.Verdict != VerdictSame })
	for i := 1; i < len(pairs); i++ {
		a, b := pairs[i-1], pairs[i]
		for _, row := range [][]any{
			{a.OtherKey, b.OtherKey, b.ID, a.Points, a.OtherCustodian, b.OtherCustodian, micros(b.Opened), b.Basis, b.Officer, micros(b.Decided)},
			{b.OtherKey, a.OtherKey, b.ID, a.Points, b.OtherCustodian, a.OtherCustodian, micros(b.Opened), b.Basis, b.Officer, micros(b.Decided)},
		} {
			if err := t.put(`INSERT INTO identity_pair (person_key, other_key, id, points, custodian, other_custodian, opened, verdict, basis, officer, decided)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 'same', $8, $9, $10)
				ON CONFLICT (person_key, other_key) DO UPDATE SET verdict = 'same', basis = $8, officer = $9, decided = $10`, row...); err != nil {
				return err
			}
		}
	}
	return nil
}
