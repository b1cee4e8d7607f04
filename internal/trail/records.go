package trail

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Private records leave the store for an auditor as lines of JSON: each epoch's
// wrapped key before the first record under it, each record in the order of
// the log. Nothing in the file can be read without the audit key.

type recordLine struct {
	Epoch   string `json:"epoch"`
	Wrapped []byte `json:"wrapped,omitempty"`
	Leaf    []byte `json:"leaf,omitempty"`
	Box     []byte `json:"box,omitempty"`
}

// maxRecord bounds a line: a padded record with its base64.
const maxRecord = 4 * MaxEntry

// RecordWriter writes private records for an auditor.
type RecordWriter struct {
	enc     *json.Encoder
	wrapped func(epoch string) ([]byte, error)
	known   map[string]bool
}

// NewRecordWriter takes where to find an epoch's wrapped key.
func NewRecordWriter(w io.Writer, wrapped func(epoch string) ([]byte, error)) *RecordWriter {
	return &RecordWriter{json.NewEncoder(w), wrapped, map[string]bool{}}
}

// Write adds the next record of the log.
func (w *RecordWriter) Write(s Sealed) error {
	if !w.known[s.Epoch] {
		key, err := w.wrapped(s.Epoch)
		if err != nil {
			return fmt.Errorf("trail: epoch %s: %w", s.Epoch, err)
		}
		if err := w.enc.Encode(recordLine{Epoch: s.Epoch, Wrapped: key}); err != nil {
			return fmt.Errorf("trail: write records: %w", err)
		}
		w.known[s.Epoch] = true
	}
	if err := w.enc.Encode(recordLine{Epoch: s.Epoch, Leaf: s.Leaf[:], Box: s.Box}); err != nil {
		return fmt.Errorf("trail: write records: %w", err)
	}
	return nil
}

// RecordReader reads what a RecordWriter wrote.
type RecordReader struct {
	lines *bufio.Scanner
	keys  map[string][]byte
	line  int
}

// NewRecordReader reads records as they are asked for.
func NewRecordReader(r io.Reader) *RecordReader {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxRecord)
	return &RecordReader{lines: lines, keys: map[string][]byte{}}
}

// Wrapped is the wrapped key of an epoch that a record read so far is under.
func (r *RecordReader) Wrapped(epoch string) ([]byte, error) {
	if w, ok := r.keys[epoch]; ok {
		return w, nil
	}
	return nil, fmt.Errorf("trail: records: there is no key of epoch %q", epoch)
}

// All are the records in the order of the file: Check.Records.
func (r *RecordReader) All() iter.Seq2[Sealed, error] {
	return func(yield func(Sealed, error) bool) {
		for r.lines.Scan() {
			r.line++
			s, epoch, err := r.read(r.lines.Bytes())
			if epoch {
				continue
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
		if err := r.lines.Err(); err != nil {
			yield(Sealed{}, fmt.Errorf("trail: records: line %d: %w", r.line+1, err))
		}
	}
}

// read takes one line: an epoch, which it remembers, or a record.
func (r *RecordReader) read(line []byte) (s Sealed, epoch bool, err error) {
	var l recordLine
	if err := json.Unmarshal(line, &l); err != nil {
		return s, false, r.bad(err.Error())
	}
	switch {
	case l.Epoch == "":
		return s, false, r.bad("no epoch")
	case l.Wrapped != nil && l.Leaf == nil && l.Box == nil:
		if r.keys[l.Epoch] != nil {
			return s, false, r.bad("a second key of its epoch")
		}
		r.keys[l.Epoch] = l.Wrapped
		return s, true, nil
	case l.Wrapped != nil || len(l.Leaf) != LeafSize || len(l.Box) == 0:
		return s, false, r.bad("neither an epoch with its key nor a record with leaf and box")
	}
	return Sealed{Leaf: Leaf(l.Leaf), Epoch: l.Epoch, Box: l.Box}, false, nil
}

func (r *RecordReader) bad(why string) error {
	return errors.New("trail: records: line " + fmt.Sprint(r.line) + ": " + why)
}
