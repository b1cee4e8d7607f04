// Package backfill runs the sealing of history: it takes files of events in
// (Taker), says what a wave over them would do and runs it (Wave), and renders
// the report (Report.Table, CSV, JSON). Everything streams: memory does not grow
// with the number of records.
package backfill

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fengcun/fengcun/internal/gateway"
	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
)

// MaxBatch is how many events one transaction takes in at most, and
// maxBatchBytes how many bytes of them.
const (
	MaxBatch      = 5000
	maxBatchBytes = 16 << 20
)

// Taker takes files of history in, as one agency's reports.
type Taker struct {
	Registry *registry.Registry
	Agency   string // id
	Key      suite.SignKey
	Rand     io.Reader
	Now      func() time.Time
	Batch    int // events in a transaction
	// Tell is told what is wrong with a line, and where in it. After the program
	// was killed it may be told of some lines twice.
	Tell func(line int64, pointer, message string)
	// Refused gets the lines that did not go in, as they were; it may be nil.
	// Rows of tables have no such line.
	Refused func(line []byte) error
	Pause   time.Duration // between transactions: for others who write where one writes at a time
	// Moved is told how many bytes of the file were read.
	Moved func(read int64)
}

var errGivenUp = errors.New("the reading of the file was given up")

// batch is some lines of a file: events, signed and checked, and what was wrong
// before.
type batch struct {
	lines   []int64
	events  [][]byte
	faults  []fault
	size    int
	last    int64 // line
	read    int64 // bytes of the file
	checked *registry.Checked
}

type fault struct {
	line     int64
	problems []mapping.Problem
}

// Take takes a file in from where it stood. What is wrong with a line is told
// and the rest goes in; an error says that the file, or the platform, could not
// be gone on with, and the same call goes on. While one batch is stored the next
// is read, signed and checked.
func (t *Taker) Take(ctx context.Context, feed gateway.Feed, digest string, again bool) (registry.HistoryFile, error) {
	f, err := t.Registry.BeginHistory(ctx, registry.HistoryFile{Digest: digest, Agency: t.Agency}, again, t.Now())
	if err != nil || !f.Finished.IsZero() {
		return f, err
	}
	reading, cancel := context.WithCancelCause(ctx)
	batches := make(chan *batch, 1)
	failed := make(chan error, 1)
	go func() {
		defer close(batches)
		failed <- t.batches(reading, feed, f.Line, batches)
	}()
	f, err = t.store(ctx, f, batches)
	cancel(errGivenUp)
	for range batches {
		continue // until the reader has ended
	}
	if read := <-failed; err == nil {
		err = read
	}
	if err != nil { // stopped in good order, it need not read the last lines again
		return f, errors.Join(err, t.Registry.KeepHistory(context.WithoutCancel(ctx), &f))
	}
	f.Finished = t.Now()
	return f, t.Registry.KeepHistory(ctx, &f)
}

// store stores batches. What is written down with a batch is the cursor before
// it: its own lines are told when it is in.
func (t *Taker) store(ctx context.Context, f registry.HistoryFile, batches <-chan *batch) (registry.HistoryFile, error) {
	for b := range batches {
		var receipts []registry.Receipt
		if b.checked != nil {
			all, err := t.Registry.TakeHistory(ctx, b.checked, &f)
			if err != nil {
				return f, fmt.Errorf("lines %d to %d: %w", b.lines[0], b.last, err)
			}
			receipts = all[0]
		}
		if err := t.tell(&f, b, receipts); err != nil {
			return f, err
		}
		f.Line = b.last
		t.Moved(b.read)
		if err := rest(ctx, t.Pause); err != nil {
			return f, err
		}
	}
	return f, nil
}

// tell says what is wrong with the lines of a batch, and counts.
func (t *Taker) tell(f *registry.HistoryFile, b *batch, receipts []registry.Receipt) error {
	for _, x := range b.faults {
		f.Refused++
		for _, p := range x.problems {
			t.Tell(x.line, p.Column, p.Message)
		}
	}
	for i, r := range receipts {
		switch r.Outcome {
		case registry.Accepted:
			f.Accepted++
		case registry.Repeated:
			f.Repeated++
		case registry.Refused:
			f.Refused++
			for _, p := range r.Problems {
				t.Tell(b.lines[i], p.Path, p.Message)
			}
			if err := t.keep(b.events[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Taker) keep(line []byte) error {
	if t.Refused == nil {
		return nil
	}
	return t.Refused(line)
}

// batches reads the lines after one, makes batches of them and checks these.
func (t *Taker) batches(ctx context.Context, feed gateway.Feed, after int64, out chan<- *batch) error {
	b := new(batch)
	send := func() error {
		if err := t.check(ctx, b); err != nil {
			return err
		}
		select {
		case out <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		b = new(batch)
		return nil
	}
	for {
		row, err := feed.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, sheet.ErrFile) { // what was read before goes in
			if b.last > 0 {
				err = errors.Join(send(), notEOF(err))
				return err
			}
			return notEOF(err)
		}
		if err != nil {
			return err
		}
		if row.Row <= after {
			continue
		}
		b.add(row)
		if r, ok := feed.(interface{ Read() int64 }); ok {
			b.read = r.Read()
		}
		if len(b.lines)+len(b.faults) < t.Batch && b.size < maxBatchBytes {
			continue
		}
		if err := send(); err != nil {
			return err
		}
	}
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (b *batch) add(row gateway.Entry) {
	b.last = row.Row
	if len(row.Faults) > 0 {
		b.faults = append(b.faults, fault{row.Row, row.Faults})
		return
	}
	b.lines, b.events, b.size = append(b.lines, row.Row), append(b.events, row.Event), b.size+len(row.Event)
}

// check signs the events as the agency's delivery and has them checked.
func (t *Taker) check(ctx context.Context, b *batch) (err error) {
	if len(b.events) == 0 {
		return nil
	}
	s := t.Registry.Suite()
	h := s.NewHash()
	for _, e := range b.events {
		h.Write(e)
		h.Write([]byte{'\n'})
	}
	d := &registry.Delivery{Agency: t.Agency, ID: "history-" + hex.EncodeToString(h.Sum(nil)[:16]), SignedAt: t.Now(), Events: b.events}
	if d.Signature, err = t.Key.Sign(t.Rand, d.Message(s)); err != nil {
		return err
	}
	b.checked, err = t.Registry.Check(ctx, []*registry.Delivery{d}, d.SignedAt)
	return err
}
