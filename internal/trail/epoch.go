package trail

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/fengcun/fengcun/internal/suite"
)

const (
	epochDomain = "fengcun/trail/epoch"
	entryDomain = "fengcun/trail/entry"
)

// Epoch is a run of private records under one key, which is wrapped once to
// the auditor's public key: one public-key operation for a whole epoch. The
// writer starts an epoch when it starts and forgets its key when it ends, after
// which only the auditor can read those records.
type Epoch struct {
	id      string
	wrapped []byte
	key     suite.Key
}

// Sealed is one entry as the store keeps it: the public leaf, and the
// commitment that opens it, encrypted to the auditor and padded.
type Sealed struct {
	Leaf  Leaf
	Epoch string // the id under which the epoch's wrapped key is stored
	Box   []byte
}

// ErrNotCommitted is returned where a private record is not the one its leaf
// commits to.
var ErrNotCommitted = errors.New("trail: the private record is not what its leaf commits to: it was replaced or altered")

// NewEpoch makes an epoch's key and id and wraps the key to the auditor. Store
// ID and Wrapped before the first entry sealed under it.
func NewEpoch(rand io.Reader, auditor suite.EncryptKey) (*Epoch, error) {
	if auditor.IsZero() {
		return nil, errors.New("trail: new epoch: no audit key")
	}
	raw := make([]byte, 16)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return nil, fmt.Errorf("trail: new epoch: the random source failed: %w", err)
	}
	e := &Epoch{id: hex.EncodeToString(raw), key: auditor.Suite().NewKey(rand)}
	wrapped, err := auditor.Wrap(rand, e.key, e.context())
	if err != nil {
		return nil, fmt.Errorf("trail: new epoch: %w", err)
	}
	e.wrapped = wrapped
	return e, nil
}

// OpenEpoch unwraps an epoch's key for the auditor.
func OpenEpoch(auditor suite.DecryptKey, id string, wrapped []byte) (*Epoch, error) {
	e := &Epoch{id: id, wrapped: wrapped}
	key, err := auditor.Unwrap(wrapped, e.context())
	if err != nil {
		return nil, fmt.Errorf("trail: open epoch %s: %w", id, err)
	}
	e.key = key
	return e, nil
}

func (e *Epoch) context() []byte { return suite.Frame(epochDomain, []byte(e.id)) }

// ID names the epoch: 32 hexadecimal digits.
func (e *Epoch) ID() string { return e.id }

// Wrapped is the epoch's key, sealed to the auditor.
func (e *Epoch) Wrapped() []byte { return e.wrapped }

// Seal encrypts a commitment under the epoch and binds it to its leaf.
func (e *Epoch) Seal(rand io.Reader, c Commitment) Sealed {
	leaf := c.Leaf()
	box := e.key.SealPadded(rand, c.Bytes(), e.bind(leaf))
	return Sealed{Leaf: leaf, Epoch: e.id, Box: box}
}

// Open decrypts a private record and checks it against its leaf.
func (e *Epoch) Open(s Sealed) (Commitment, error) {
	if s.Epoch != e.id {
		return Commitment{}, fmt.Errorf("trail: the record is of epoch %s, not %s", s.Epoch, e.id)
	}
	plain, err := e.key.OpenPadded(s.Box, e.bind(s.Leaf))
	if err != nil {
		return Commitment{}, fmt.Errorf("trail: open a private record: %w", err)
	}
	c, err := ParseCommitment(plain)
	if err != nil {
		return Commitment{}, err
	}
	if c.Leaf() != s.Leaf {
		return Commitment{}, ErrNotCommitted
	}
	return c, nil
}

func (e *Epoch) bind(leaf Leaf) []byte {
	return suite.Frame(entryDomain, []byte(e.id), leaf[:])
}
