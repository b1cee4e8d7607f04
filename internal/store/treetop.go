package store

import (
	"maps"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fengcun/fengcun/internal/trail"
)

// treetop remembers the top of the trail's tree, as many of its levels as there
// is room for: every proof goes through it, and a stored hash never changes. It
// takes over only hashes of proofs that held, so what it gives is what a signed
// checkpoint covers.
type treetop struct {
	mu     sync.RWMutex
	room   int
	lowest int // level; those below are not kept
	known  map[int64]trail.Hash
}

// treetopRoom is how many hashes are kept, some eight megabytes: all but the
// two lowest levels of a log of 100,000 entries, the upper half of the levels of
// one of a thousand million.
const treetopRoom = 1 << 16

func newTreetop(room int) *treetop { return &treetop{room: room, known: make(map[int64]trail.Hash)} }

// fill sets the hashes that are known and gives the indexes of the others, with
// their places.
func (t *treetop) fill(indexes []int64, into []trail.Hash) (missing []int64, at []int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i, x := range indexes {
		h, ok := t.known[x]
		if !ok {
			missing, at = append(missing, x), append(at, i)
			continue
		}
		into[i] = h
	}
	return missing, at
}

// keep remembers hashes of a proof that held.
func (t *treetop) keep(indexes []int64, hashes []trail.Hash) {
	if len(indexes) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, x := range indexes {
		if levelOf(x) >= t.lowest {
			t.known[x] = hashes[i]
		}
	}
	for len(t.known) > t.room {
		t.lowest++
		maps.DeleteFunc(t.known, func(x int64, _ trail.Hash) bool { return levelOf(x) < t.lowest })
	}
}

func levelOf(index int64) int {
	level, _ := tlog.SplitStoredHashIndex(index)
	return level
}
