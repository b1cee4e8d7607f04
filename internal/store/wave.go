package store

import (
	"database/sql"
	"errors"
	"time"
)

// HistoryFile is how far a file of history was taken in.
type HistoryFile struct {
	Digest   string // keyed: of the agency and the file's content
	Agency   string // id
	Began    time.Time
	Finished time.Time // zero while lines are still to be read
	Line     int64     // the cursor: up to this line all is answered
	Accepted int64
	Repeated int64
	Refused  int64
}

const historyColumns = `digest, agency, began, finished, line, accepted, repeated, refused`

func scanHistory(scan func(...any) error) (f HistoryFile, err error) {
	var (
		began    int64
		finished sql.NullInt64
	)
	err = scan(&f.Digest, &f.Agency, &began, &finished, &f.Line, &f.Accepted, &f.Repeated, &f.Refused)
	f.Began, f.Finished = fromMicros(began), fromNullMicros(finished)
	return f, err
}

// HistoryFile reads how far a file got, or ErrNotFound.
func (t *Tx) HistoryFile(digest string) (HistoryFile, error) {
	return first(all(t, `SELECT `+historyColumns+` FROM history_file WHERE digest = $1`, []any{digest}, scanHistory))
}

// HistoryFiles lists all files of history, the first first.
func (t *Tx) HistoryFiles() ([]HistoryFile, error) {
	return all(t, `SELECT `+historyColumns+` FROM history_file ORDER BY began, digest`, nil, scanHistory)
}

// UnfinishedFiles counts files of which lines are still to be read.
func (t *Tx) UnfinishedFiles() (n int, err error) {
	return n, t.one(`SELECT COUNT(*) FROM history_file WHERE finished IS NULL`, nil, &n)
}

// PutHistoryFile writes how far a file got.
func (t *Tx) PutHistoryFile(f *HistoryFile) error {
	return t.put(`INSERT INTO history_file (`+historyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (digest) DO UPDATE SET finished = $4, line = $5, accepted = $6, repeated = $7, refused = $8`,
		f.Digest, f.Agency, micros(f.Began), nullMicros(f.Finished), f.Line, f.Accepted, f.Repeated, f.Refused)
}

// Kinds of wave.
const (
	WaveWaiting = "waiting" // over persons of whom history waits
	WaveOpen    = "open"    // over everybody in the ledger
)

// Wave is one walk over persons of the ledger.
type Wave struct {
	ID       string
	Kind     string
	Began    time.Time
	Finished time.Time
	Reached  []byte // a key before that of the next person; none kept: empty
	Persons  int64
	Records  int64
}

const waveColumns = `id, kind, began, finished, reached, persons, records`

func scanWave(scan func(...any) error) (w Wave, err error) {
	var (
		began    int64
		finished sql.NullInt64
	)
	err = scan(&w.ID, &w.Kind, &began, &finished, &w.Reached, &w.Persons, &w.Records)
	w.Began, w.Finished = fromMicros(began), fromNullMicros(finished)
	return w, err
}

// Waves lists the waves, the last first.
func (t *Tx) Waves(limit int) ([]Wave, error) {
	return all(t, `SELECT `+waveColumns+` FROM wave ORDER BY began DESC, id LIMIT $1`, []any{limit}, scanWave)
}

// UnfinishedWave reads the wave that was begun and not finished, or ErrNotFound.
func (t *Tx) UnfinishedWave() (Wave, error) {
	return first(all(t, `SELECT `+waveColumns+` FROM wave WHERE finished IS NULL ORDER BY began`, nil, scanWave))
}

// PutWave writes how far a wave got.
func (t *Tx) PutWave(w *Wave) error {
	reached := w.Reached
	if reached == nil {
		reached = []byte{}
	}
	return t.put(`INSERT INTO wave (`+waveColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET finished = $4, reached = $5, persons = $6, records = $7`,
		w.ID, w.Kind, micros(w.Began), nullMicros(w.Finished), reached, w.Persons, w.Records)
}

// WaveCount is one number of what a wave did.
type WaveCount struct {
	Topic, Key string
	N          int64
}

// AddWaveCounts adds to what a wave did. No two may have one topic and key.
func (t *Tx) AddWaveCounts(wave string, counts []WaveCount) {
	for _, c := range counts {
		t.insertSoon(&waveCounts, []any{wave, c.Topic, c.Key, c.N})
	}
}

var waveCounts = insertion{
	table: "wave_count", columns: "wave, topic, key, n", n: 4, conflict: "(wave, topic, key) DO UPDATE SET n = wave_count.n + excluded.n",
}

// WaveCounts reads what a wave did.
func (t *Tx) WaveCounts(wave string) ([]WaveCount, error) {
	return all(t, `SELECT topic, key, n FROM wave_count WHERE wave = $1 ORDER BY topic, key`, []any{wave},
		func(scan func(...any) error) (c WaveCount, err error) { return c, scan(&c.Topic, &c.Key, &c.N) })
}

// HoldWave makes holder the one program that runs a wave, until a time, or
// renews that it is. ErrStale where another's time has not ended by now. The
// row stays locked to the end of the transaction.
func (t *Tx) HoldWave(holder string, now, until time.Time) error {
	return t.change(`UPDATE wave_lease SET holder = $1, until = $2 WHERE id = 1 AND (holder IN ('', $1) OR until <= $3)`,
		holder, micros(until), micros(now))
}

// LeaveWave lets another program run a wave.
func (t *Tx) LeaveWave(holder string) error {
	return t.put(`UPDATE wave_lease SET holder = '', until = 0 WHERE id = 1 AND holder = $1`, holder)
}

// WaveHolder says which program runs a wave and until when unless it renews.
func (t *Tx) WaveHolder() (holder string, until time.Time, err error) {
	var at int64
	err = t.one(`SELECT holder, until FROM wave_lease WHERE id = 1`, nil, &holder, &at)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return holder, fromMicros(at), err
}
