package trail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"golang.org/x/mod/sumdb/tlog"
)

// Check says what VerifyLog is to compare a log with. Everything is optional.
type Check struct {
	// Seen are checkpoints got earlier, from this place or another. Each must
	// be signed by the log, and the log must continue it.
	Seen [][]byte

	// Receipts must be of entries of this log.
	Receipts []Receipt

	// Records are the private records in the order of the log, from its first
	// entry, as the store keeps them; Auditor opens them. Every commitment is
	// then checked.
	Records iter.Seq2[Sealed, error]
	Auditor *Auditor
}

// Finding is one thing wrong with a log.
type Finding struct {
	Path  string // the file, or "checkpoint", "seen", "receipt", "records"
	Entry int64  // index of the entry, or -1
	What  string
}

func (f Finding) String() string {
	if f.Entry >= 0 {
		return fmt.Sprintf("%s: entry %d: %s", f.Path, f.Entry, f.What)
	}
	return f.Path + ": " + f.What
}

// Report is what VerifyLog found.
type Report struct {
	Origin   string
	Size     int64 // entries the checkpoint signs for
	Root     Hash
	Witness  []Cosignature // by witnesses that the verifier knows
	Tiles    int           // files read and compared
	Entries  int64         // entries hashed
	Seen     int           // earlier checkpoints that the log continues
	Receipts int           // receipts that hold
	Records  int64         // private records that open their commitments
	Findings []Finding
	Omitted  int // findings beyond the first 100
}

// ErrLog is what Report.Err wraps.
var ErrLog = errors.New("trail: the log does not verify")

// Err is nil for a log without findings.
func (r Report) Err() error {
	if len(r.Findings) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d findings, the first: %s", ErrLog, len(r.Findings)+r.Omitted, r.Findings[0])
}

const maxFindings = 100

func (r *Report) find(path string, entry int64, format string, args ...any) {
	if len(r.Findings) == maxFindings {
		r.Omitted++
		return
	}
	r.Findings = append(r.Findings, Finding{path, entry, fmt.Sprintf(format, args...)})
}

// VerifyLog walks a whole log and checks that the checkpoint is signed, that
// the entries give its root, that every tile is what the entries give, and what
// check asks. What is wrong with the log is in the report; the error says that
// it could not be read. The caller keeps the checkpoint it returns, to give it
// as Seen the next time: an old checkpoint served again shows by that alone.
func VerifyLog(ctx context.Context, c Copy, v *Verifier, check Check) (Report, Checkpoint, error) {
	w := &walk{ctx: ctx, copy: c, verifier: v, check: check, want: map[int64][]expectation{}}
	w.report.Origin = v.Origin()
	signed, err := c.ReadFile(ctx, "checkpoint")
	if errors.Is(err, fs.ErrNotExist) {
		w.report.find("checkpoint", -1, "there is none")
		return w.report, Checkpoint{}, nil
	}
	if err != nil {
		return w.report, Checkpoint{}, err
	}
	head, err := v.Open(signed)
	if err != nil {
		w.report.find("checkpoint", -1, "%v", err)
		return w.report, Checkpoint{}, nil
	}
	w.report.Size, w.report.Root, w.report.Witness = head.Size, head.Root, head.Witnessed
	w.expect(head)
	if err := w.run(head); err != nil && !errors.Is(err, errStop) {
		return w.report, head, err
	}
	return w.report, head, nil
}

// expectation is a root that must stand at some size.
type expectation struct {
	root Hash
	bad  func() // reports that it does not
	good func()
}

// walk is one run of VerifyLog.
type walk struct {
	ctx      context.Context // lives as long as one call
	copy     Copy
	verifier *Verifier
	check    Check
	report   Report

	built    Head // from the entries
	tiled    Head // from the tiles' hashes: tells an edited entry from an edited tree
	want     map[int64][]expectation
	receipts map[int64][]Receipt
	scratch  []Hash
	levels   [][]Hash // of the tile being filled at each level, from the entries
}

// expect collects the roots to meet on the way: the checkpoint's own, those of
// the checkpoints seen, those of the receipts.
//
// These may be older than the witnesses; that the cosigned checkpoint continues
// them is as good.
func (w *walk) expect(head Checkpoint) {
	log := w.verifier.alone()
	w.root(head.Size, head.Root, func() {
		w.report.find("checkpoint", -1, "the entries do not give the root that is signed for %d entries", head.Size)
	}, func() {})
	for _, signed := range w.check.Seen {
		c, err := log.Open(signed)
		if err != nil {
			w.report.find("seen", -1, "a checkpoint to compare with: %v", err)
			continue
		}
		w.continues("seen", head, c, func() { w.report.Seen++ })
	}
	w.receipts = map[int64][]Receipt{}
	for _, r := range w.check.Receipts {
		c, err := r.Verify(log, r.Leaf)
		if err != nil {
			w.report.find("receipt", r.Index, "%v", err)
			continue
		}
		w.continues("receipt", head, c, func() {})
		w.receipts[r.Index] = append(w.receipts[r.Index], r)
	}
}

func (w *walk) root(size int64, root Hash, bad, good func()) {
	w.want[size] = append(w.want[size], expectation{root, bad, good})
}

// continues asks that the log grew out of an earlier checkpoint.
func (w *walk) continues(where string, head, earlier Checkpoint, good func()) {
	switch {
	case earlier.Size > head.Size:
		w.report.find(where, -1, "the log was cut back, or an old checkpoint is served again: it has %d entries, %d were signed for before",
			head.Size, earlier.Size)
	case earlier.Size == head.Size && earlier.Root != head.Root:
		w.report.find(where, -1, "the log is forked: two roots are signed for %d entries", head.Size)
	default:
		w.root(earlier.Size, earlier.Root, func() {
			w.report.find(where, -1, "the log was rewritten: its first %d entries are not those that were signed for before", earlier.Size)
		}, good)
	}
}

// reach compares what was built with what must stand at its size.
func (w *walk) reach() {
	if len(w.want[w.built.size]) == 0 {
		return
	}
	root := w.built.Root()
	for _, e := range w.want[w.built.size] {
		if e.root == root {
			e.good()
		} else {
			e.bad()
		}
	}
}

// run goes through the log bundle by bundle.
func (w *walk) run(head Checkpoint) error {
	next, stop := w.records()
	defer stop()
	w.reach()
	for first := int64(0); first < head.Size; first += tileWidth {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		width := int(min(tileWidth, head.Size-first))
		leaves, err := w.bundle(first, width)
		if err != nil {
			return err
		}
		for i, leaf := range leaves {
			if err := w.leaf(first+int64(i), leaf, next); err != nil {
				return err
			}
		}
	}
	if err := w.partials(); err != nil {
		return err
	}
	w.blame(head)
	return nil
}

// leaf takes one entry into the tree and checks what is known about it.
func (w *walk) leaf(index int64, leaf Leaf, next func() (Sealed, error, bool)) error {
	at := tlog.StoredHashIndex(0, index)
	w.scratch = w.built.push(leaf.Hash(), w.scratch[:0])
	for i, h := range w.scratch {
		if err := w.node(at+int64(i), h); err != nil {
			return err
		}
	}
	w.report.Entries++
	w.reach()
	for _, r := range w.receipts[index] {
		if r.Leaf == leaf {
			w.report.Receipts++
		} else {
			w.report.find("receipt", index, "the log has another entry in its place")
		}
	}
	return w.record(index, leaf, next)
}

// blame says whether the tree or only the entries were altered, once the root
// of the entries was found wrong.
func (w *walk) blame(head Checkpoint) {
	if w.built.Root() != head.Root && w.tiled.size == head.Size && w.tiled.Root() == head.Root {
		w.report.find("checkpoint", -1, "the tiles do give the signed root: entries were altered or put in another order after they were logged")
	}
}
