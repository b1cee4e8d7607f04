package store

import "time"

// SeeTime raises the latest time that any program on this database has seen,
// and gives it.
func (t *Tx) SeeTime(now time.Time) (latest time.Time, err error) {
	if err := t.put(`UPDATE platform_clock SET seen = $1 WHERE id = 1 AND seen < $1`, micros(now)); err != nil {
		return latest, err
	}
	return t.LatestTime()
}

// LatestTime is the latest time that any program on this database has seen.
func (t *Tx) LatestTime() (time.Time, error) {
	var seen int64
	err := t.one(`SELECT seen FROM platform_clock WHERE id = 1`, nil, &seen)
	return fromMicros(seen), err
}

// ResetTime sets the latest time seen, also back: for a clock that had run
// ahead.
func (t *Tx) ResetTime(to time.Time) error {
	return t.change(`UPDATE platform_clock SET seen = $1 WHERE id = 1`, micros(to))
}
