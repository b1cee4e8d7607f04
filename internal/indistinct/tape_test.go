package indistinct_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"sync"
)

// tape is the randomness of a world, cut into stretches by what is done: one
// thing done in both worlds draws the same bytes, whatever else was done before
// in one of them. So numbers that are drawn may be compared as they are.
type tape struct {
	mu   sync.Mutex
	seed string
	now  *rand.ChaCha8
}

// begin starts the stretch of one step.
func (t *tape) begin(step string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = rand.NewChaCha8(sha256.Sum256([]byte(t.seed + "\x00" + step)))
}

// Read gives the next bytes of the stretch. A single byte is not counted:
// libraries read one or none at random so that nobody relies on their draws.
func (t *tape) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(p) == 1 {
		p[0] = 0
		return 1, nil
	}
	return t.now.Read(p)
}
