package store

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fengcun/fengcun/internal/trail"
)

// What is remembered is the top of the tree, however much is kept and in which
// order, and never more than there is room for.
func TestTreetop(t *testing.T) {
	const room, size = 64, 1000
	top := newTreetop(room)
	index := make(map[int64]trail.Hash)
	for level := 0; size>>level > 0; level++ {
		for n := range int64(size >> level) {
			index[tlog.StoredHashIndex(level, n)] = trail.Hash{byte(level), byte(n)}
		}
	}
	for x, h := range index {
		top.keep([]int64{x}, []trail.Hash{h})
		if len(top.known) > room {
			t.Fatalf("%d hashes are kept, %d may be", len(top.known), room)
		}
	}
	for x, h := range index { // those that came before a level was given up
		top.keep([]int64{x}, []trail.Hash{h})
	}
	for x, want := range index {
		got := make([]trail.Hash, 1)
		missing, at := top.fill([]int64{x}, got)
		switch kept := levelOf(x) >= top.lowest; {
		case kept && (len(missing) != 0 || got[0] != want):
			t.Errorf("hash %d of level %d: %x, want %x", x, levelOf(x), got[0], want)
		case !kept && (len(missing) != 1 || missing[0] != x || at[0] != 0):
			t.Errorf("hash %d of level %d is below what is kept and not asked for", x, levelOf(x))
		}
	}
	if top.lowest != 5 { // 31 + 15 + 7 + 3 + 1 fit, 62 more do not
		t.Errorf("level %d and those above are kept of a tree of %d", top.lowest, size)
	}
}
