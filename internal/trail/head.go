package trail

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Head is the log at one size: the number of entries and the right edge of the
// tree, which is all that appending needs. It is a value: nothing changes it.
// The zero Head is the empty log.
//
// The store keeps Bytes in one row and reads it under that row's lock in the
// appending transaction, so appending reads no hashes, no cache can be stale
// after a rollback, and several writers need not know of each other.
type Head struct {
	size  int64
	peaks []Hash // roots of the complete subtrees, left to right: one for each 1 in size
}

// Batch is what appending leaves gives the caller to store in one transaction.
type Batch struct {
	First     int64  // index of the first leaf
	Leaves    []Leaf // at indexes First, First+1, …
	FirstHash int64  // stored index of the first hash
	Hashes    []Hash // at stored indexes FirstHash, FirstHash+1, …
	Head      Head   // the log after the batch

	before Head
}

// Size is the number of entries.
func (h Head) Size() int64 { return h.size }

// Root is the tree's root hash; the hash of nothing for an empty log.
func (h Head) Root() Hash {
	if len(h.peaks) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // reads nothing and cannot fail
		return empty
	}
	root := h.peaks[len(h.peaks)-1]
	for i := len(h.peaks) - 2; i >= 0; i-- {
		root = tlog.NodeHash(h.peaks[i], root)
	}
	return root
}

// Append is the log with leaves added. It leaves h as it is.
func (h Head) Append(leaves ...Leaf) Batch {
	next := Head{h.size, slices.Clone(h.peaks)}
	hashes := make([]Hash, 0, 2*len(leaves)+bits.Len64(uint64(h.size))) //nolint:gosec // never negative
	for _, l := range leaves {
		hashes = next.push(l.Hash(), hashes)
	}
	return Batch{
		First:     h.size,
		Leaves:    slices.Clone(leaves),
		FirstHash: tlog.StoredHashIndex(0, h.size),
		Hashes:    hashes,
		Head:      next,
		before:    h,
	}
}

// Before is the log without the batch.
func (b Batch) Before() Head { return b.before }

// ReadHashes gives the stored hashes that the batch adds and the roots that it
// was put beside: HashReader, enough to prove each of its leaves under the head
// after it, whatever the size of the log.
func (b Batch) ReadHashes(indexes []int64) ([]Hash, error) {
	peaks := peakIndexes(b.before.size)
	out := make([]Hash, len(indexes))
	for i, x := range indexes {
		at := x - b.FirstHash
		if 0 <= at && at < int64(len(b.Hashes)) {
			out[i] = b.Hashes[at]
			continue
		}
		peak := slices.Index(peaks, x)
		if peak < 0 {
			return nil, fmt.Errorf("trail: hash %d is not of the batch at %d", x, b.First)
		}
		out[i] = b.before.peaks[peak]
	}
	return out, nil
}

// push adds a leaf's hash in place and appends to stored what tlog.StoredHashes
// would return: the leaf's hash and each subtree that it completes.
func (h *Head) push(leaf Hash, stored []Hash) []Hash {
	stored = append(stored, leaf)
	node := leaf
	for n := h.size; n&1 == 1; n >>= 1 {
		last := len(h.peaks) - 1
		node = tlog.NodeHash(h.peaks[last], node)
		h.peaks = h.peaks[:last]
		stored = append(stored, node)
	}
	h.peaks = append(h.peaks, node)
	h.size++
	return stored
}

// Bytes is the head for storage: the size, 8 bytes big-endian, and the edge,
// 32 bytes for each 1 in the size's binary form.
func (h Head) Bytes() []byte {
	b := make([]byte, 0, 8+len(h.peaks)*tlog.HashSize)
	b = binary.BigEndian.AppendUint64(b, uint64(h.size)) //nolint:gosec // never negative
	for _, p := range h.peaks {
		b = append(b, p[:]...)
	}
	return b
}

// ParseHead undoes Bytes. No bytes at all are the empty log.
func ParseHead(b []byte) (Head, error) {
	if len(b) == 0 {
		return Head{}, nil
	}
	if len(b) < 8 {
		return Head{}, errors.New("trail: head: too short")
	}
	size := binary.BigEndian.Uint64(b)
	if size > maxSize || len(b) != 8+bits.OnesCount64(size)*tlog.HashSize {
		return Head{}, fmt.Errorf("trail: head: %d bytes do not belong to a size of %d", len(b), size)
	}
	h := Head{size: int64(size)}
	for b = b[8:]; len(b) > 0; b = b[tlog.HashSize:] {
		h.peaks = append(h.peaks, Hash(b[:tlog.HashSize]))
	}
	return h, nil
}

// maxSize bounds every size and index that is parsed: stored indexes, twice as
// large, must fit.
const maxSize = 1 << 60

// LoadHead rebuilds the head of a given size from stored hashes. Compared with
// the stored head at start-up it shows a table that was altered.
func LoadHead(size int64, r HashReader) (Head, error) {
	if size < 0 || size > maxSize {
		return Head{}, fmt.Errorf("trail: head: a log of %d entries", size)
	}
	indexes := peakIndexes(size)
	if len(indexes) == 0 {
		return Head{}, nil
	}
	peaks, err := r.ReadHashes(indexes)
	if err != nil {
		return Head{}, fmt.Errorf("trail: head of size %d: %w", size, err)
	}
	if len(peaks) != len(indexes) {
		return Head{}, fmt.Errorf("trail: head of size %d: %d of %d hashes were read", size, len(peaks), len(indexes))
	}
	return Head{size, peaks}, nil
}

// peakIndexes is where the roots of the complete subtrees are stored.
func peakIndexes(size int64) []int64 {
	var out []int64
	var start int64
	for level := bits.Len64(uint64(size)) - 1; level >= 0; level-- { //nolint:gosec // checked by the caller
		if size>>level&1 == 0 {
			continue
		}
		out = append(out, tlog.StoredHashIndex(level, start>>level))
		start += 1 << level
	}
	return out
}
