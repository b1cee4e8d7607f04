// Package witness keeps a log honest towards those who do not see all of it. A
// witness remembers the largest checkpoint it has seen of each log, and
// cosigns a larger one only after a proof that it continues that. Whoever asks
// for cosignatures of several independent witnesses cannot be shown a fork.
//
// The protocol is C2SP tlog-witness (add-checkpoint), so that logs and
// witnesses of other makes work with ours. A Witness answers, a Group asks.
package witness

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/trail"
)

// What a witness refuses; Handler gives each its status.
var (
	ErrUnknownLog = errors.New("witness: no log of that name is watched here")
	ErrOldSize    = errors.New("witness: the old size is larger than the checkpoint's")
	ErrProof      = errors.New("witness: the checkpoint does not continue the one seen before")
)

// ErrStale is returned where the request starts from another size than the
// witness stands at, or names the same size with another root.
type ErrStale struct { //nolint:errname // named by what it says, as its kin
	Size   int64 // of the last checkpoint cosigned
	Forked bool  // the log signed two roots for that size
}

func (e ErrStale) Error() string {
	if e.Forked {
		return fmt.Sprintf("witness: the log signed two roots for %d entries: it is forked", e.Size)
	}
	return fmt.Sprintf("witness: the last checkpoint cosigned has %d entries", e.Size)
}

// Witness cosigns checkpoints of the logs it watches. It is safe for
// concurrent use.
type Witness struct {
	cosigner *trail.Cosigner
	logs     map[string]*trail.Verifier
	rand     io.Reader

	mu    sync.Mutex
	state *State
}

// New makes a witness for logs. The state must be used by nobody else.
func New(cosigner *trail.Cosigner, state *State, rand io.Reader, logs ...*trail.Verifier) (*Witness, error) {
	w := &Witness{cosigner: cosigner, logs: map[string]*trail.Verifier{}, rand: rand, state: state}
	for _, v := range logs {
		if w.logs[v.Origin()] != nil {
			return nil, fmt.Errorf("witness: the log %q is given twice", v.Origin())
		}
		w.logs[v.Origin()] = v
	}
	if len(w.logs) == 0 {
		return nil, errors.New("witness: no log to watch")
	}
	return w, nil
}

// Key is the witness's public key.
func (w *Witness) Key() trail.WitnessKey { return w.cosigner.Key() }

// Add checks a checkpoint against the last one cosigned, makes it durable as
// the new last one, and cosigns it. The error is ErrUnknownLog,
// trail.ErrSignature, ErrOldSize, an ErrStale, ErrProof, or says that the state
// could not be kept; then nothing was signed.
func (w *Witness) Add(r Request, now time.Time) (trail.Cosignature, error) {
	cp, err := w.open(r.Checkpoint)
	if err != nil {
		return trail.Cosignature{}, err
	}
	if r.Old > cp.Size {
		return trail.Cosignature{}, ErrOldSize
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	last := w.state.last(cp.Origin)
	if err := follows(last, cp, r); err != nil {
		return trail.Cosignature{}, err
	}
	// A clock that was set back must not make the statement "the largest I have
	// seen by then" false.
	if now.Unix() < last.at {
		now = time.Unix(last.at, 0)
	}
	if err := w.state.keep(cp.Origin, seen{cp.Size, cp.Root, now.Unix()}); err != nil {
		return trail.Cosignature{}, err
	}
	return w.cosigner.Sign(w.rand, cp, now)
}

// open finds the log by the first line and checks its signature.
func (w *Witness) open(signed []byte) (trail.Checkpoint, error) {
	origin, err := trail.OriginOf(signed)
	if err != nil {
		return trail.Checkpoint{}, err
	}
	v, ok := w.logs[origin]
	if !ok {
		return trail.Checkpoint{}, ErrUnknownLog
	}
	return v.Open(signed)
}

// follows says whether a checkpoint may come after the last one cosigned.
func follows(last seen, cp trail.Checkpoint, r Request) error {
	if r.Old != last.size {
		return ErrStale{Size: last.size}
	}
	if cp.Size == last.size && cp.Root != last.root {
		return ErrStale{Size: last.size, Forked: true}
	}
	if (cp.Size == last.size || last.size == 0) && len(r.Proof) > 0 {
		return fmt.Errorf("%w: nothing is to be proved from %d to %d", ErrProof, last.size, cp.Size)
	}
	earlier := trail.Checkpoint{Origin: cp.Origin, Size: last.size, Root: last.root}
	if err := cp.Continues(earlier, r.Proof); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}
