package store

import "time"

// AddEnactments keeps the n-th list of packs in force, from 1. Lists are never
// changed: they say who signed off what, for good.
func (t *Tx) AddEnactments(n int64, at time.Time, terms []byte) error {
	return t.put(`INSERT INTO enactment (n, noted, terms) VALUES ($1, $2, $3)`, n, micros(at), terms)
}

// Enactments is the last list and its number; ErrNotFound where there is none.
func (t *Tx) Enactments() (n int64, terms []byte, err error) {
	err = t.one(`SELECT n, terms FROM enactment ORDER BY n DESC LIMIT 1`, nil, &n, &terms)
	return n, terms, err
}
