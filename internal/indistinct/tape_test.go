package indistinct_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"sync"
)

// tape is the randomness of a world, cut into stretches by what is done: one
// thing done in both worlds draws the same bytes, whatever else was done before
// in one of them. So numbers that are drawn may be compared as they are. The
// vault draws from a reel of its own: how often it encrypts depends on what it
// holds, and what else draws must not.
type tape struct {
	mu    sync.Mutex
	seed  string
	now   *rand.ChaCha8
	vault *rand.ChaCha8
}

// begin starts the stretch of one step.
func (t *tape) begin(step string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = rand.NewChaCha8(sha256.Sum256([]byte(t.seed + "\x00" + step)))
	t.vault = rand.NewChaCha8(sha256.Sum256([]byte(t.seed + "\x00vault\x00" + step)))
}

// Read gives the next bytes of the stretch.
func (t *tape) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return next(t.now, p)
}

// vaultTape is the vault's reel.
type vaultTape struct{ *tape }

func (t vaultTape) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return next(t.vault, p)
}

// next does not count a single byte: libraries read one or none at random so
// that nobody relies on their draws.
func next(from *rand.ChaCha8, p []byte) (int, error) {
	if len(p) == 1 {
		p[0] = 0
		return 1, nil
	}
	return from.Read(p)
}
