package trail

import (
	"context"
	"errors"
	"io/fs"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fengcun/fengcun/internal/suite"
)

// bundle reads entries and compares them with their tile. Where the bundle is
// missing or malformed it cannot go on: an entry's hash alone is not the entry.
func (w *walk) bundle(first int64, width int) ([]Leaf, error) {
	t := Tile{EntryLevel, first / tileWidth, width}
	data, err := readTile(w.ctx, w.copy, t, 2+LeafSize)
	if err != nil {
		return nil, w.missing(t, err)
	}
	leaves, err := ParseBundle(data, width)
	if err != nil {
		w.report.find(t.Path(), -1, "%v", err)
		return nil, errStop
	}
	w.report.Tiles++
	hashes, err := w.tile(Tile{0, t.N, width})
	if err != nil || hashes == nil {
		return leaves, err
	}
	for i, h := range hashes {
		w.tiled.push(h, nil)
		if h != leaves[i].Hash() {
			w.report.find(t.Path(), first+int64(i), "it does not hash to what %s says", Tile{0, t.N, width}.Path())
		}
	}
	return leaves, nil
}

// errStop ends a walk whose finding is reported already.
var errStop = errors.New("trail: the walk cannot go on")

// missing turns a file that is not there into a finding.
func (w *walk) missing(t Tile, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	w.report.find(t.Path(), -1, "it is missing: the log does not show what it signed for")
	return errStop
}

// tile reads a tile of hashes; nil where a finding was made of it, without
// which the entries still go on.
func (w *walk) tile(t Tile) ([]Hash, error) {
	data, err := readTile(w.ctx, w.copy, t, tlog.HashSize)
	if errors.Is(err, fs.ErrNotExist) {
		w.report.find(t.Path(), -1, "it is missing")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(data) != t.Width*tlog.HashSize {
		w.report.find(t.Path(), -1, "it has %d bytes, not %d", len(data), t.Width*tlog.HashSize)
		return nil, nil
	}
	w.report.Tiles++
	return splitHashes(data), nil
}

// node takes a computed hash into its tile, and compares the tile when full.
// Level 0 was compared with its bundle.
func (w *walk) node(stored int64, h Hash) error {
	level, n := tlog.SplitStoredHashIndex(stored)
	if level == 0 || level%tileHeight != 0 {
		return nil
	}
	l := level / tileHeight
	for len(w.levels) <= l {
		w.levels = append(w.levels, nil)
	}
	w.levels[l] = append(w.levels[l], h)
	if len(w.levels[l]) < tileWidth {
		return nil
	}
	full := w.levels[l]
	w.levels[l] = nil
	return w.compare(Tile{l, n / tileWidth, tileWidth}, full)
}

// partials compares the tiles at the right edge.
func (w *walk) partials() error {
	for l, hashes := range w.levels {
		if len(hashes) == 0 {
			continue
		}
		n := w.built.size >> (tileHeight * l) / tileWidth
		if err := w.compare(Tile{l, n, len(hashes)}, hashes); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) compare(t Tile, computed []Hash) error {
	served, err := w.tile(t)
	if err != nil || served == nil {
		return err
	}
	for i, h := range served {
		if h != computed[i] {
			w.report.find(t.Path(), -1, "hash %d is not what the entries below it give", i)
			return nil
		}
	}
	return nil
}

// Auditor opens private records with the audit key.
type Auditor struct {
	key     suite.DecryptKey
	wrapped func(ctx context.Context, epoch string) ([]byte, error)
	epochs  map[string]*Epoch
}

// NewAuditor takes the audit key and where to find an epoch's wrapped key. It
// is for one goroutine.
func NewAuditor(key suite.DecryptKey, wrapped func(ctx context.Context, epoch string) ([]byte, error)) *Auditor {
	return &Auditor{key, wrapped, map[string]*Epoch{}}
}

// Open decrypts a record and checks it against its leaf.
func (a *Auditor) Open(ctx context.Context, s Sealed) (Commitment, error) {
	e, ok := a.epochs[s.Epoch]
	if !ok {
		wrapped, err := a.wrapped(ctx, s.Epoch)
		if err != nil {
			return Commitment{}, err
		}
		if e, err = OpenEpoch(a.key, s.Epoch, wrapped); err != nil {
			return Commitment{}, err
		}
		a.epochs[s.Epoch] = e
	}
	return e.Open(s)
}

// records starts reading the private records.
func (w *walk) records() (next func() (Sealed, error, bool), stop func()) {
	if w.check.Records == nil || w.check.Auditor == nil {
		return nil, func() {}
	}
	return iter.Pull2(w.check.Records)
}

// record checks the private record of one entry.
func (w *walk) record(index int64, leaf Leaf, next func() (Sealed, error, bool)) error {
	if next == nil {
		return nil
	}
	s, err, ok := next()
	switch {
	case err != nil:
		return err
	case !ok:
		w.report.find("records", index, "there is no private record")
		return nil
	case s.Leaf != leaf:
		w.report.find("records", index, "the private record belongs to another entry")
		return nil
	}
	if _, err := w.check.Auditor.Open(w.ctx, s); err != nil {
		w.report.find("records", index, "%v", err)
		return nil
	}
	w.report.Records++
	return nil
}
