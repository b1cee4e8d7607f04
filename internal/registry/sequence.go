package registry

import (
	"errors"
	"fmt"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// signature is what a transaction that signs a checkpoint leaves behind once it
// is committed.
type signature struct {
	cp    trail.Checkpoint // the zero one: nothing was signed
	fence int64
	edge  trail.Head // a head that continues cp, or what was signed before; empty: unknown
}

// settle remembers what a transaction signed, with turn held. Of one that may
// or may not have been committed nothing is known: the next reads the tables.
func (s *sequencer) settle(next signature, err error) {
	if err != nil {
		next = signature{}
	}
	if s.edge = next.edge; s.edge.Size() == 0 {
		s.fence = 0
		return
	}
	if next.fence == 0 {
		return
	}
	s.signed, s.fence = next.cp, next.fence
	if s.Witnesses == nil {
		s.public = next.cp
	}
}

// lease takes or renews the right to sign, to the end of the transaction. A
// program that lost it, or never had it, gets store.ErrStale and signs nothing.
func (s *sequencer) lease(tx *store.Tx) (fence int64, err error) {
	now, until := s.term()
	return tx.TakeLease(s.holder, now, until)
}

// leaseSoon is lease where the transaction is to sign by itself: the fence
// comes with the log's head, and stays 0 where another program signs, where
// witnesses have to cosign first, or where nobody needs a checkpoint yet.
func (s *sequencer) leaseSoon(tx *store.Tx, wanted bool) *int64 {
	fence := new(int64)
	if wanted && s.Witnesses == nil {
		now, until := s.term()
		tx.TakeLeaseSoon(s.holder, now, until, fence)
	}
	return fence
}

// signWithin signs a checkpoint over what the transaction appended, to be
// stored with it; without a fence it follows the head. A checkpoint that an
// intent needs is then waited for once this is committed.
//
// What is appended to a head that continues the last checkpoint continues it,
// too, so where every step since was taken here no hashes are read.
func (s *sequencer) signWithin(tx *store.Tx, j *journal, fence int64) (next signature, err error) {
	before := j.batch.Before()
	known := s.fence != 0 && before.Size() == s.edge.Size() && before.Root() == s.edge.Root()
	if known {
		next.edge = j.batch.Head
	}
	switch {
	case fence == 0:
		return next, nil
	case !known || fence != s.fence:
		return s.sign(tx, fence)
	}
	cp, err := s.signer.Checkpoint(s.rand, j.batch.Head)
	if err != nil {
		return next, err
	}
	tx.AddCheckpoint(cp.Size, cp.Signed)
	return signature{cp, fence, j.batch.Head}, nil
}

// sign extends the log's last checkpoint over what was committed since, once
// the stored hashes have shown that it is continued. It holds the lease.
func (s *sequencer) sign(tx *store.Tx, fence int64) (signature, error) {
	head, err := tx.CurrentHead()
	if err != nil {
		return signature{}, err
	}
	last, err := s.last(tx)
	if err != nil {
		return signature{}, err
	}
	var cp trail.Checkpoint
	switch {
	case last.Size == head.Size() && last.Root == head.Root():
		return signature{last, fence, head}, nil
	case last.Signed == nil:
		cp, err = s.signer.Checkpoint(s.rand, head)
	default:
		cp, err = s.signer.Extend(s.rand, last, head, tx)
	}
	if errors.Is(err, trail.ErrNotConsistent) {
		return signature{}, fmt.Errorf("%w: %w", ErrWentBack, err)
	}
	if err != nil || cp.Size == 0 {
		return signature{}, err
	}
	tx.AddCheckpoint(cp.Size, cp.Signed)
	return signature{cp, fence, head}, nil
}
