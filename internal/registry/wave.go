package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// A wave decides on many persons, in the order of their keys: on those of whom
// history waits, or, after another pack came into force, on everybody in the
// ledger. Each transaction decides on a few of them and writes down how far the
// wave got, so it may be killed anywhere and run again.

// WaveKind is over whom a wave goes.
type WaveKind string

// The kinds of wave.
const (
	WaveWaiting WaveKind = store.WaveWaiting // persons of whom history waits
	WaveOpen    WaveKind = store.WaveOpen    // everybody in the ledger
)

// ErrUnfinished says that a file of history is not in: who is in its rest may
// not be decided yet.
var ErrUnfinished = errors.New("a file of history is not taken in to its end")

// WaveRow is how far a wave got.
type WaveRow = store.Wave

// WaveOptions say how a wave goes.
type WaveOptions struct {
	Kind   WaveKind
	Worker string // its name is its own among all programs
	// Despite lets the wave go on although a file of history is not finished.
	Despite bool
	// Letter is how many records one letter names at most; notice.MostRecords
	// where it is 0.
	Letter int64
}

// Wave is a wave under way. Its methods are for one goroutine.
type Wave struct {
	WaveRow

	Resumed bool
	Left    int64 // persons that are left, when it began or resumed
	Report  *Report

	r       *Registry
	options WaveOptions
	drafts  drafts
	passed  []byte // beyond Reached: persons who could not be decided
}

// waveLease is for how long a wave that is heard no more keeps others out.
const waveLease = 20 * time.Second

// ErrRuns says that another program runs a wave, or was killed a moment ago.
var ErrRuns = errors.New("a wave runs already; one that was killed keeps others out for 20 seconds")

// BeginWave begins a wave, or takes up one that was not finished. ErrRuns where
// another does.
func (r *Registry) BeginWave(ctx context.Context, o WaveOptions, now time.Time) (*Wave, error) {
	if o.Letter <= 0 {
		o.Letter = notice.MostRecords
	}
	w := &Wave{r: r, options: o, drafts: drafts{}, Report: NewReport()}
	err := r.write(ctx, func(tx *store.Tx, j *journal) error {
		if err := w.hold(tx, now); err != nil {
			return err
		}
		row, err := tx.UnfinishedWave()
		if w.Resumed = err == nil; err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if w.Resumed {
			if WaveKind(row.Kind) != o.Kind {
				return fmt.Errorf("%w: a wave over %s persons was begun on %s and not finished: finish it first", ErrInput, row.Kind, civil.Of(row.Began))
			}
			w.WaveRow = row
			return nil
		}
		id, err := uuid.NewRandomFromReader(r.rand)
		if err != nil {
			return err
		}
		w.WaveRow = WaveRow{ID: id.String(), Kind: string(o.Kind), Began: now}
		if err := tx.PutWave(&w.WaveRow); err != nil {
			return err
		}
		return w.note(j, "wave.begin", now)
	})
	if err != nil {
		return nil, err
	}
	if err := w.prepare(ctx, now); err != nil {
		return nil, errors.Join(err, w.Leave(ctx, now))
	}
	return w, nil
}

// prepare issues what a wave that died left, and counts what is to be done.
func (w *Wave) prepare(ctx context.Context, now time.Time) error {
	const most = 500
	for {
		n, err := w.r.issueLetters(ctx, now, func(tx *store.Tx) ([]store.Letter, error) { return tx.Drafts(now, most) })
		if err != nil {
			return err
		}
		if n < most {
			break
		}
	}
	return w.r.db.Read(ctx, func(tx *store.Tx) (err error) {
		w.Left, _, err = countOf(tx, w.options.Kind, w.from())
		return err
	})
}

// from is the person after whom the wave goes on. One over those who wait needs
// no cursor: who was decided waits no more.
func (w *Wave) from() []byte {
	if w.passed != nil {
		return w.passed
	}
	if w.options.Kind == WaveOpen && w.Reached != nil {
		return w.Reached
	}
	return []byte{}
}

func countOf(tx *store.Tx, kind WaveKind, after []byte) (persons, records int64, err error) {
	if kind == WaveOpen {
		return tx.OpenRecords(after)
	}
	return tx.WaitingRecords(after)
}

func pageOf(tx *store.Tx, kind WaveKind, after []byte, limit int) ([][]byte, error) {
	if kind == WaveOpen {
		return tx.OpenPersons(after, limit)
	}
	return tx.WaitingPersons(after, limit)
}

func (w *Wave) hold(tx *store.Tx, now time.Time) error {
	err := tx.HoldWave(w.options.Worker, now, now.Add(waveLease))
	if errors.Is(err, store.ErrStale) {
		return ErrRuns
	}
	return err
}

func (w *Wave) note(j *journal, kind string, now time.Time) error {
	_, err := j.add(trail.Entry{Kind: kind, At: now, Actor: OperatorPolicy, Detail: map[string]string{
		"wave": w.ID, "over": w.Kind, "persons": fmt.Sprint(w.Persons), "records": fmt.Sprint(w.Records),
	}}, nil)
	return err
}

// Step decides on at most limit persons in one transaction, and says whether
// more may be left.
func (w *Wave) Step(ctx context.Context, limit int, now time.Time) (more bool, err error) {
	var (
		next   WaveRow
		mail   *mailing
		counts *Report
		last   []byte
		n      int
	)
	err = w.r.write(ctx, func(tx *store.Tx, j *journal) error {
		if err := w.hold(tx, now); err != nil {
			return err
		}
		if err := w.whole(tx); err != nil {
			return err
		}
		keys, err := pageOf(tx, w.options.Kind, w.from(), limit+1)
		if n = len(keys); err != nil || n == 0 {
			return err
		}
		next, mail, counts = w.WaveRow, w.drafts.mailing(w.options.Letter), NewReport()
		keys, next.Reached = w.cursor(keys, limit)
		last, j.mailing = keys[len(keys)-1], mail
		s := &stretch{r: w.r, tx: tx, j: j, on: civil.Of(now), report: counts}
		if err := s.run(keys, now); err != nil {
			return err
		}
		mail.post(tx, now)
		next.Persons, next.Records = next.Persons+counts.Persons, next.Records+counts.Records
		tx.AddWaveCounts(w.ID, counts.counts())
		return tx.PutWave(&next)
	})
	if err != nil || n == 0 {
		return false, err
	}
	w.WaveRow, w.drafts, w.passed = next, mail.drafts, last
	w.Report.Add(counts)
	return n > limit, nil
}

// cursor gives the persons of one transaction and how far the wave is with them,
// where that has to be kept. It is no person's key, who may be sealed and gone,
// but the first bytes of the next one's.
func (w *Wave) cursor(keys [][]byte, limit int) (now [][]byte, reached []byte) {
	if w.options.Kind != WaveOpen {
		return keys[:min(limit, len(keys))], nil
	}
	if len(keys) <= limit {
		return keys, bytes.Repeat([]byte{0xff}, suite.Size+1) // after everybody
	}
	return keys[:limit], between(keys[limit-1], keys[limit])
}

// between is the shortest key after one and before the next.
func between(a, b []byte) []byte {
	for n := 1; n < len(b); n++ {
		if bytes.Compare(b[:n], a) > 0 {
			return b[:n]
		}
	}
	return a
}

// whole sees that all files of history are in.
func (w *Wave) whole(tx *store.Tx) error {
	if w.options.Despite {
		return nil
	}
	n, err := tx.UnfinishedFiles()
	if err == nil && n > 0 {
		err = ErrUnfinished
	}
	return err
}

// Finish issues the letters that are not full, records that the wave is over,
// and lets others run one. Its report is then of all of it, also of what was
// done before it was taken up.
func (w *Wave) Finish(ctx context.Context, now time.Time) error {
	err := w.r.write(ctx, func(tx *store.Tx, j *journal) error {
		if err := w.hold(tx, now); err != nil {
			return err
		}
		w.issue(tx, now)
		done := w.WaveRow
		done.Finished, done.Reached = now, nil
		if err := tx.PutWave(&done); err != nil {
			return err
		}
		if err := w.note(j, "wave.end", now); err != nil {
			return err
		}
		return tx.LeaveWave(w.options.Worker)
	})
	if err != nil {
		return err
	}
	w.Finished, w.drafts = now, drafts{}
	w.Report, err = w.r.WaveReport(ctx, w.ID)
	return err
}

// Leave issues the letters as they stand and lets others take the wave up.
func (w *Wave) Leave(ctx context.Context, now time.Time) error {
	ctx = context.WithoutCancel(ctx)
	return w.r.db.Write(ctx, func(tx *store.Tx) error {
		w.issue(tx, now)
		return tx.LeaveWave(w.options.Worker)
	})
}

func (w *Wave) issue(tx *store.Tx, now time.Time) {
	for id, d := range w.drafts {
		tx.IssueLetter(id, d.id, now, notice.Due(now))
	}
}
