package store

import (
	"database/sql"
	"errors"
	"time"
)

// KeyGeneration reads how many rotations the key ring has been through, and
// until the transaction's end nobody changes that: what is written here is
// written under keys that are current when it commits.
func (t *Tx) KeyGeneration() (n uint64, err error) {
	query := `SELECT generation FROM key_state WHERE id = 1`
	if !t.db.engine.oneWriter() {
		query += ` FOR SHARE`
	}
	var stored int64
	err = t.one(query, nil, &stored)
	return uint64(stored), err //nolint:gosec // a count
}

// RaiseKeyGeneration waits for the transactions that write under an earlier
// generation, and lets none begin. It waits too where the generation stays: the
// vault's keys may lie in a ring of their own, which its process reads again at
// each call.
func (t *Tx) RaiseKeyGeneration(to uint64) error {
	return t.change(`UPDATE key_state SET generation = CASE WHEN generation < $1 THEN $1 ELSE generation END WHERE id = 1`, int64(to)) //nolint:gosec // a count
}

// Rotation is how far the last rotation of one key got.
type Rotation struct {
	Target   string
	Version  uint32 // under which everything is to lie
	Began    time.Time
	Finished time.Time // zero while anything may lie under an earlier version
	Floor    uint32    // versions below it are destroyed, or about to be
	Worker   string    // "": nobody works on it
	Lease    time.Time
}

// Rotation reads the row of a target, or ErrNotFound.
func (t *Tx) Rotation(target string) (Rotation, error) {
	r := Rotation{Target: target}
	var (
		version, floor, began, lease int64
		finished                     sql.NullInt64
	)
	err := t.one(`SELECT version, began, finished, floor, worker, lease FROM rotation WHERE target = $1`, []any{target},
		&version, &began, &finished, &floor, &r.Worker, &lease)
	r.Version, r.Floor = uint32(version), uint32(floor) //nolint:gosec // versions
	r.Began, r.Finished, r.Lease = fromMicros(began), fromNullMicros(finished), fromMicros(lease)
	return r, err
}

// ClaimRotation takes the work on a target until the lease ends. ErrStale says
// that another worker holds it.
func (t *Tx) ClaimRotation(target, worker string, now, lease time.Time) error {
	_, err := t.Rotation(target)
	if errors.Is(err, ErrNotFound) {
		// Two at once: the second meets the first one's row and its lease.
		return t.change(`INSERT INTO rotation (target, version, began, finished, floor, worker, lease) VALUES ($1, 0, $2, $2, 0, $3, $4)
			ON CONFLICT (target) DO NOTHING`, target, micros(now), worker, micros(lease))
	}
	if err != nil {
		return err
	}
	return t.change(`UPDATE rotation SET worker = $2, lease = $4 WHERE target = $1 AND (worker IN ('', $2) OR lease <= $3)`,
		target, worker, micros(now), micros(lease))
}

// HoldRotation renews the lease; ErrStale says that it was lost.
func (t *Tx) HoldRotation(target, worker string, lease time.Time) error {
	return t.change(`UPDATE rotation SET lease = $3 WHERE target = $1 AND worker = $2`, target, worker, micros(lease))
}

// LeaveRotation ends the lease.
func (t *Tx) LeaveRotation(target, worker string) error {
	return t.put(`UPDATE rotation SET worker = '', lease = 0 WHERE target = $1 AND worker = $2`, target, worker)
}

// BeginRotation records that everything is to lie under a version from now on.
func (t *Tx) BeginRotation(target, worker string, version uint32, now time.Time) error {
	return t.change(`UPDATE rotation SET version = $3, began = $4, finished = NULL WHERE target = $1 AND worker = $2 AND version <= $3`,
		target, worker, int64(version), micros(now))
}

// FinishRotation records that nothing lies under an earlier version.
func (t *Tx) FinishRotation(target, worker string, version uint32, now time.Time) error {
	return t.change(`UPDATE rotation SET finished = $4 WHERE target = $1 AND worker = $2 AND version = $3`,
		target, worker, int64(version), micros(now))
}

// LowerKeysGo records, before it happens, that versions below floor are
// destroyed.
func (t *Tx) LowerKeysGo(target, worker string, floor uint32) error {
	return t.change(`UPDATE rotation SET floor = $3 WHERE target = $1 AND worker = $2 AND version >= $3`, target, worker, int64(floor))
}
