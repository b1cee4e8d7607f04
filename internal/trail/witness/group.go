package witness

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/trail"
)

// Peer is a witness to ask.
type Peer struct {
	Key trail.WitnessKey
	URL string // what "add-checkpoint" is put behind
}

// Group asks witnesses for cosignatures of one log. It is safe for concurrent
// use; calls run one after the other, so that the checkpoints grow.
type Group struct {
	quorum trail.Quorum
	peers  []*peer
	turn   chan struct{}
}

// How long a witness may take, and how long the slower ones are waited for once
// there is a quorum.
const (
	patience = 5 * time.Second
	grace    = 300 * time.Millisecond
)

// NewGroup asks with a client; need of the peers make a quorum.
func NewGroup(client *http.Client, need int, peers ...Peer) (*Group, error) {
	g := &Group{turn: make(chan struct{}, 1)}
	keys := make([]trail.WitnessKey, len(peers))
	for i, p := range peers {
		call, err := newCaller(client, p)
		if err != nil {
			return nil, err
		}
		keys[i] = p.Key
		g.peers = append(g.peers, call)
	}
	var err error
	g.quorum, err = trail.NewQuorum(need, keys...)
	return g, err
}

// Quorum is how many of which witnesses have to cosign.
func (g *Group) Quorum() trail.Quorum { return g.quorum }

// Prover gives the proof that a checkpoint continues the log at an earlier
// size: trail.Checkpoint.ProveSince over the stored hashes. It is called from
// several goroutines.
type Prover func(ctx context.Context, size int64) ([]trail.Hash, error)

// Cosign gives the checkpoint with the witnesses' lines under it. With fewer
// than a quorum the error is trail.ErrQuorum and says what became of each
// witness. The second error is of witnesses that did not answer, or refused,
// though there is a quorum.
func (g *Group) Cosign(ctx context.Context, cp trail.Checkpoint, prove Prover) (out trail.Checkpoint, missed, err error) {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return cp, nil, ctx.Err()
	}
	got, failed := g.ask(ctx, cp, prove)
	missed = errors.Join(failed...)
	var by []trail.Cosignature
	for _, c := range got {
		if c.Line != "" {
			by = append(by, c)
		}
	}
	if len(by) < g.quorum.Need() {
		return cp, nil, fmt.Errorf("%w: %d of the %d wanted: %w", trail.ErrQuorum, len(by), g.quorum.Need(), missed)
	}
	return cp.Cosigned(by...), missed, nil
}

// ask calls all at once and gives the answers in the order of the peers. Once
// a quorum is there the others have a grace.
func (g *Group) ask(ctx context.Context, cp trail.Checkpoint, prove Prover) ([]trail.Cosignature, []error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		got    = make([]trail.Cosignature, len(g.peers))
		failed = make([]error, len(g.peers))
		good   int
	)
	arrived := func() { // with mu held
		if good++; good == g.quorum.Need() {
			time.AfterFunc(grace, cancel)
		}
	}
	if g.quorum.Need() == 0 {
		time.AfterFunc(grace, cancel)
	}
	for i, p := range g.peers {
		wg.Go(func() {
			c, err := p.cosign(ctx, cp, prove)
			mu.Lock()
			defer mu.Unlock()
			if got[i], failed[i] = c, err; err == nil {
				arrived()
			}
		})
	}
	wg.Wait()
	return got, failed
}

// peer is one witness with the size it is believed to stand at.
type peer struct {
	Peer
	client *http.Client
	url    string
	size   int64
}

func newCaller(client *http.Client, p Peer) (*peer, error) {
	if err := checkURL(p.URL); err != nil {
		return nil, err
	}
	return &peer{Peer: p, client: client, url: strings.TrimSuffix(p.URL, "/") + "/add-checkpoint"}, nil
}

// ErrAhead is returned where a witness has seen more of the log than there is:
// the log was cut back, most likely restored from a backup.
var ErrAhead = errors.New("witness: it has cosigned a larger checkpoint of this log: was the database restored from an older state?")

// cosign asks once, and once more from the size the witness says it stands at.
// Group.turn keeps two calls of one peer apart.
func (p *peer) cosign(ctx context.Context, cp trail.Checkpoint, prove Prover) (trail.Cosignature, error) {
	from := min(p.size, cp.Size)
	c, err := p.ask(ctx, cp, from, prove)
	if at, stale := p.standsAt(err); stale && at != from && at <= cp.Size {
		from = at
		c, err = p.ask(ctx, cp, from, prove)
	}
	switch at, stale := p.standsAt(err); {
	case stale && at > cp.Size:
		err = fmt.Errorf("%w (it: %d entries; here: %d)", ErrAhead, at, cp.Size)
	case stale && at == from:
		err = fmt.Errorf("%w: it has another root for %d entries", ErrProof, from)
	case err == nil:
		p.size = cp.Size
		return c, nil
	}
	return c, fmt.Errorf("witness %s: %w", p.Key.Name(), err)
}

// standsAt reads the size out of a refusal and remembers it.
func (p *peer) standsAt(err error) (int64, bool) {
	var stale ErrStale
	if !errors.As(err, &stale) {
		return 0, false
	}
	p.size = stale.Size
	return stale.Size, true
}

// ask sends one request.
func (p *peer) ask(ctx context.Context, cp trail.Checkpoint, from int64, prove Prover) (trail.Cosignature, error) {
	proof, err := prove(ctx, from)
	if err != nil {
		return trail.Cosignature{}, err
	}
	lines, err := p.post(ctx, Request{Old: from, Proof: proof, Checkpoint: cp.Signed})
	if err != nil {
		return trail.Cosignature{}, err
	}
	return p.Key.Find(cp, lines)
}
