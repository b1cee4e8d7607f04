package desk

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fengcun/fengcun/internal/trail"
)

// tree is a log in memory.
type tree struct{ hashes []trail.Hash }

func (m *tree) ReadHashes(indexes []int64) ([]trail.Hash, error) {
	out := make([]trail.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = m.hashes[x]
	}
	return out, nil
}

// TestClimb computes the root from every leaf of trees of many sizes.
func TestClimb(t *testing.T) {
	var (
		head   trail.Head
		m      tree
		leaves []trail.Leaf
	)
	for size := int64(1); size <= 70; size++ {
		leaf := trail.Leaf{byte(size)}
		b := head.Append(leaf)
		m.hashes, head, leaves = append(m.hashes, b.Hashes...), b.Head, append(leaves, leaf)
		for index := range size {
			path, err := tlog.ProveRecord(size, index, &m)
			if err != nil {
				t.Fatal(err)
			}
			steps, root := climb(index, size, leaves[index].Hash(), path)
			if root != head.Root() || len(steps) != len(path) {
				t.Fatalf("entry %d of %d: the climb ends elsewhere", index, size)
			}
			if len(path) > 0 {
				path[0][0] ^= 1
				if _, root := climb(index, size, leaves[index].Hash(), path); root == head.Root() {
					t.Fatalf("entry %d of %d: an altered path leads to the root", index, size)
				}
			}
		}
	}
}
