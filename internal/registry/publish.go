package registry

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/trail/witness"
)

// Sequencer says who signs checkpoints and who must cosign them. The zero
// Sequencer is for a program that has the database to itself.
type Sequencer struct {
	// Now is the clock of the lease: without one a program takes it over at
	// once. The lease is renewed with each checkpoint; programs on one database
	// that serve want a clock, so that one of them alone talks to witnesses.
	Now func() time.Time

	// Witnesses cosign each checkpoint before it is published and before a
	// sealed record is opened on it. Nil: the log's signature is enough.
	Witnesses *witness.Group

	// Missed is told of witnesses that did not cosign though there was a quorum.
	Missed func(error)
}

// leaseTerm is how long a program that died keeps others from signing.
const leaseTerm = 5 * time.Second

// ErrWentBack is returned where the database holds less of the log than this
// program has signed: it was restored from an older state, or a standby that
// had not received everything took over. Signing on would fork the log.
var ErrWentBack = errors.New("the trail went back behind a checkpoint that was signed: stop, and compare the database with the last checkpoint kept outside")

// sequencer signs and publishes checkpoints, one at a time.
type sequencer struct {
	Sequencer
	signer   *trail.Signer
	verifier *trail.Verifier // with the witnesses' quorum
	rand     io.Reader
	holder   string
	turn     chan struct{}

	// All with turn held.
	signed trail.Checkpoint // the last one this program signed or saw signed
	public trail.Checkpoint // the last one published
	fence  int64            // of the lease under which it was signed and stored; 0: unknown, as then is edge
	edge   trail.Head       // a head that continues it
}

func newSequencer(c Config, signer *trail.Signer) (*sequencer, error) {
	s := &sequencer{Sequencer: c.Sequencer, signer: signer, verifier: signer.Verifier(), rand: c.Rand, turn: make(chan struct{}, 1)}
	id := make([]byte, 16)
	if _, err := io.ReadFull(c.Rand, id); err != nil {
		return nil, fmt.Errorf("naming the sequencer: %w", err)
	}
	s.holder = hex.EncodeToString(id)
	if s.Witnesses != nil {
		s.verifier = s.verifier.Requiring(s.Witnesses.Quorum())
	}
	return s, nil
}

// published reads the newest checkpoint that outsiders may see; ErrNotFound
// where there is none yet.
func (s *sequencer) published(tx *store.Tx) (trail.Checkpoint, error) {
	last := tx.LastCheckpoint
	if s.Witnesses != nil {
		last = tx.LastCosigned
	}
	note, err := last()
	if err != nil {
		return trail.Checkpoint{}, err
	}
	return s.verifier.Open(note)
}

// term is from when to when the lease is asked for.
func (s *sequencer) term() (now, until time.Time) {
	if s.Now == nil {
		return time.Unix(1<<40, 0), time.Time{}
	}
	now = s.Now()
	return now, now.Add(leaseTerm)
}

// last is the newest checkpoint signed, by what is stored and by what this
// program remembers: a database that went back cannot make it sign a fork.
func (s *sequencer) last(tx *store.Tx) (trail.Checkpoint, error) {
	note, err := tx.LastCheckpoint()
	if errors.Is(err, store.ErrNotFound) {
		return s.signed, nil
	}
	if err != nil {
		return trail.Checkpoint{}, err
	}
	if s.signed.Signed != nil && bytes.Equal(note, s.signed.Signed) {
		return s.signed, nil
	}
	stored, err := s.signer.Verifier().Open(note)
	if err != nil {
		return stored, fmt.Errorf("the last checkpoint stored: %w", err)
	}
	if stored.Size < s.signed.Size {
		return s.signed, nil
	}
	return stored, nil
}

// Publish signs a checkpoint over what was committed so far, has the witnesses
// cosign it, and publishes it. Where another program holds the lease it gives
// what that one has published.
func (r *Registry) Publish(ctx context.Context) (trail.Checkpoint, error) {
	return r.publish(ctx, -1)
}

// publish is Publish; where the last checkpoint of this program already covers
// an entry it is given at once, so that many who wait share one checkpoint.
func (r *Registry) publish(ctx context.Context, entry int64) (trail.Checkpoint, error) {
	s := r.seq
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return trail.Checkpoint{}, ctx.Err()
	}
	if entry >= 0 && s.public.Size > entry {
		return s.public, nil
	}
	var next signature
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		fence, err := s.lease(tx)
		if err != nil {
			return err
		}
		next, err = s.sign(tx, fence)
		return err
	})
	s.settle(next, err)
	switch {
	case errors.Is(err, store.ErrStale):
		return r.others(ctx)
	case err != nil:
		return trail.Checkpoint{}, err
	}
	cp := next.cp
	if s.Witnesses != nil && cp.Size > 0 {
		if cp, err = r.cosigned(ctx, cp, next.fence); err != nil {
			return cp, err
		}
	}
	s.public = cp
	return cp, nil
}

// StepDown ends the lease, so that another program need not wait for its end.
func (r *Registry) StepDown(ctx context.Context) {
	_ = r.db.Write(ctx, func(tx *store.Tx) error { // one that fails ends by itself
		now, _ := r.seq.term()
		_, err := tx.TakeLease(r.seq.holder, now, time.Time{})
		return err
	})
}

// others is what the holder of the lease has published.
func (r *Registry) others(ctx context.Context) (cp trail.Checkpoint, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		cp, err = r.seq.published(tx)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return trail.Checkpoint{Origin: r.signer.Origin()}, nil
	}
	return cp, err
}

// cosigned asks the witnesses and stores what they said, unless the lease was
// lost meanwhile. One that is already published is not asked about again.
func (r *Registry) cosigned(ctx context.Context, cp trail.Checkpoint, fence int64) (trail.Checkpoint, error) {
	before, err := r.others(ctx)
	if err == nil && before.Size == cp.Size && before.Root == cp.Root {
		return before, nil
	}
	out, missed, err := r.seq.Witnesses.Cosign(ctx, cp, func(ctx context.Context, size int64) (proof []trail.Hash, err error) {
		err = r.db.Read(ctx, func(tx *store.Tx) error {
			proof, err = cp.ProveSince(size, tx)
			return err
		})
		return proof, err
	})
	if err != nil {
		return cp, err
	}
	if missed != nil && r.seq.Missed != nil {
		r.seq.Missed(missed)
	}
	err = r.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.CheckLease(r.seq.holder, fence); err != nil {
			return err
		}
		return tx.AddCosigned(out.Size, out.Signed)
	})
	return out, err
}

// Checkpoint is the trail's newest checkpoint, verified; the zero one where
// none was published yet.
func (r *Registry) Checkpoint(ctx context.Context) (trail.Checkpoint, error) { return r.others(ctx) }

// How long an opening waits for the program that holds the lease, and how often
// it looks.
const (
	publishWait = 2 * leaseTerm
	publishPoll = 25 * time.Millisecond
)

// receiptOf proves an intent against a published checkpoint.
func (r *Registry) receiptOf(ctx context.Context, p *prepared) (receipt trail.Receipt, err error) {
	if p.receipt.Checkpoint != nil {
		return p.receipt, nil
	}
	cp, err := r.covering(ctx, p.leaf)
	if err != nil {
		return receipt, err
	}
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		receipt, err = tx.Prove(cp, p.leaf)
		return err
	})
	return receipt, err
}

// covering is a published checkpoint that an entry stands under.
func (r *Registry) covering(ctx context.Context, index int64) (trail.Checkpoint, error) {
	for waited := time.Duration(0); ; waited += publishPoll {
		cp, err := r.publish(ctx, index)
		if err != nil || cp.Size > index {
			return cp, err
		}
		if waited > publishWait {
			return cp, fmt.Errorf("entry %d: %w: no checkpoint covers it yet", index, ErrState)
		}
		select {
		case <-time.After(publishPoll):
		case <-ctx.Done():
			return cp, ctx.Err()
		}
	}
}
