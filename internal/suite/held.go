package suite

import (
	"errors"
	"sync"
)

// Held remembers which signatures held. That one holds follows from its key,
// message and bytes alone, so it holds again; whose key it is, and whether that
// key still counts, its user asks each time. What did not hold is not
// remembered. It keeps digests, in bounded room, and is safe for concurrent use;
// a nil Held remembers nothing.
type Held struct {
	suite     Suite
	room      int
	mu        sync.Mutex
	now, past map[[Size]byte]struct{} // past was now when it was full
}

// NewHeld remembers the last room signatures at least, twice as many at most.
func NewHeld(s Suite, room int) *Held {
	return &Held{suite: s, room: room, now: make(map[[Size]byte]struct{})}
}

// Check is verify, asked once for the same domain and parts: everything that
// its answer depends on.
func (h *Held) Check(verify func() error, domain string, parts ...[]byte) error {
	if h == nil {
		return verify()
	}
	sum := h.suite.Digest(Frame(domain, parts...))
	if h.knows(sum) {
		return nil
	}
	err := verify()
	if err == nil {
		h.keep(sum)
	}
	return err
}

// Verify is the key's Verify, asked once for the same message and signature.
func (h *Held) Verify(key VerifyKey, message, signature []byte) bool {
	return h.Check(func() error {
		if !key.Verify(message, signature) {
			return errNotHeld
		}
		return nil
	}, "key", key.NoteKey(), message, signature) == nil
}

var errNotHeld = errors.New("suite: the signature does not hold")

func (h *Held) knows(sum [Size]byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.now[sum]; ok {
		return true
	}
	_, ok := h.past[sum]
	return ok
}

func (h *Held) keep(sum [Size]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.now) >= h.room {
		h.past, h.now = h.now, make(map[[Size]byte]struct{})
	}
	h.now[sum] = struct{}{}
}
