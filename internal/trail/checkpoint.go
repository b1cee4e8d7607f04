package trail

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a signed statement of the log's size and root, in the format
// of C2SP tlog-checkpoint.
type Checkpoint struct {
	Origin string // the log's name
	Size   int64
	Root   Hash
	Signed []byte // the note with its signature lines, as published

	// Witnessed are the cosignatures that a Verifier who knows the witnesses
	// has checked.
	Witnessed []Cosignature
}

// errCheckpoint names what a checkpoint must look like.
var errCheckpoint = errors.New("trail: not a checkpoint: want the lines origin, size, base64 root")

// body is the text that is signed.
func (c Checkpoint) body() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// parseBody reads a checkpoint's text. Extension lines are allowed and not
// looked at.
func parseBody(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) != 4 || lines[0] == "" {
		return Checkpoint{}, errCheckpoint
	}
	size, err := ParseCount(lines[1])
	if err != nil {
		return Checkpoint{}, errCheckpoint
	}
	root, err := ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, errCheckpoint
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// ParseCount reads a decimal number without sign or leading zeroes.
func ParseCount(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > maxSize || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q is not a count", s)
	}
	return n, nil
}

// ParseHash reads base64 in its one canonical spelling.
func ParseHash(s string) (Hash, error) {
	h, err := tlog.ParseHash(s)
	if err != nil || h.String() != s {
		return Hash{}, fmt.Errorf("%q is not a hash in base64", s)
	}
	return h, nil
}

// OriginOf is the log that a checkpoint says it is of, which nobody has signed
// for yet.
func OriginOf(signed []byte) (string, error) {
	c, err := parseUnverified(signed)
	return c.Origin, err
}

// Prove makes the receipt of one entry against this checkpoint. It checks the
// proof before it gives it out, so stored hashes that were altered show here.
func (c Checkpoint) Prove(index int64, leaf Leaf, r HashReader) (Receipt, error) {
	if index < 0 || index >= c.Size {
		return Receipt{}, fmt.Errorf("trail: entry %d is not in a log of %d", index, c.Size)
	}
	proof, err := tlog.ProveRecord(c.Size, index, r)
	if err != nil {
		return Receipt{}, fmt.Errorf("trail: prove entry %d of %d: %w", index, c.Size, err)
	}
	if err := c.Includes(index, leaf, proof); err != nil {
		return Receipt{}, err
	}
	return Receipt{Index: index, Leaf: leaf, Proof: proof, Checkpoint: c.Signed}, nil
}

// ProveStored is Prove where the leaf and the hashes are read together. read is
// called once, with no indexes where the log has one entry.
func (c Checkpoint) ProveStored(index int64, read func(indexes []int64) (Leaf, []Hash, error)) (Receipt, error) {
	var (
		leaf Leaf
		done bool
	)
	once := tlog.HashReaderFunc(func(indexes []int64) (hashes []Hash, err error) {
		leaf, hashes, err = read(indexes)
		done = true
		return hashes, err
	})
	if index < 0 || index >= c.Size {
		return Receipt{}, fmt.Errorf("trail: entry %d is not in a log of %d", index, c.Size)
	}
	proof, err := tlog.ProveRecord(c.Size, index, once)
	if err == nil && !done {
		leaf, _, err = read(nil)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("trail: prove entry %d of %d: %w", index, c.Size, err)
	}
	if err := c.Includes(index, leaf, proof); err != nil {
		return Receipt{}, err
	}
	return Receipt{Index: index, Leaf: leaf, Proof: proof, Checkpoint: c.Signed}, nil
}

// Includes checks that the leaf stands at index in the checkpoint's tree.
func (c Checkpoint) Includes(index int64, leaf Leaf, proof []Hash) error {
	if err := tlog.CheckRecord(proof, c.Size, c.Root, index, leaf.Hash()); err != nil {
		return fmt.Errorf("%w: entry %d in a log of %d", ErrNotIncluded, index, c.Size)
	}
	return nil
}

// ErrNotIncluded is returned where a proof of inclusion does not hold.
var ErrNotIncluded = errors.New("trail: the proof does not show that the entry is in the log")

// ErrNotConsistent is returned where one checkpoint does not continue another.
var ErrNotConsistent = errors.New("trail: the log was rewritten: the later checkpoint does not continue the earlier")

// ProveSince is the proof that this checkpoint continues the log as it was at
// an earlier size.
func (c Checkpoint) ProveSince(size int64, r HashReader) ([]Hash, error) {
	if size < 0 || size > c.Size {
		return nil, fmt.Errorf("trail: a log of %d has no earlier size of %d", c.Size, size)
	}
	if size == 0 || size == c.Size {
		return nil, nil
	}
	proof, err := tlog.ProveTree(c.Size, size, r)
	if err != nil {
		return nil, fmt.Errorf("trail: prove that %d continues %d: %w", c.Size, size, err)
	}
	return proof, nil
}

// Continues checks a proof made by ProveSince.
func (c Checkpoint) Continues(earlier Checkpoint, proof []Hash) error {
	switch {
	case c.Origin != earlier.Origin:
		return fmt.Errorf("trail: checkpoints of two logs: %q and %q", c.Origin, earlier.Origin)
	case c.Size < earlier.Size:
		return fmt.Errorf("%w: it has %d entries, %d were seen", ErrNotConsistent, c.Size, earlier.Size)
	case c.Size == earlier.Size:
		if c.Root != earlier.Root {
			return fmt.Errorf("%w: two roots at %d entries", ErrNotConsistent, c.Size)
		}
		return nil
	case earlier.Size == 0:
		return nil // everything continues nothing
	}
	if err := tlog.CheckTree(proof, c.Size, c.Root, earlier.Size, earlier.Root); err != nil {
		return fmt.Errorf("%w: from %d to %d entries", ErrNotConsistent, earlier.Size, c.Size)
	}
	return nil
}
