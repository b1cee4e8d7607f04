package trail

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/suite"
)

// memory is a log kept in slices: the smallest store that is one.
type memory struct {
	head       Head
	hashes     []Hash
	leaves     []Leaf
	sealed     []Sealed
	checkpoint Checkpoint
	signer     *Signer
}

func newMemory(tb testing.TB, s suite.Suite) *memory {
	tb.Helper()
	return &memory{signer: newSigner(tb, s)}
}

// newSigner makes a log key of each suite that s asks for.
func newSigner(tb testing.TB, s suite.Suite) *Signer {
	tb.Helper()
	return newSignerFrom(tb, s, rand.Reader)
}

// repeatable gives each of the fuzzer's processes the same keys, so that a seed
// made by one is good in all.
func repeatable() io.Reader { return mathrand.NewChaCha8([32]byte{1}) }

func newSignerFrom(tb testing.TB, s suite.Suite, random io.Reader) *Signer {
	tb.Helper()
	var keys []suite.SignKey
	for _, each := range []suite.Suite{suite.Intl(), suite.GM()} {
		k, err := each.GenerateSignKey(random)
		if err != nil {
			tb.Fatal(err)
		}
		keys = append(keys, k)
		if each == s {
			break
		}
	}
	signer, err := NewSigner("fengcun.example/trail", keys...)
	if err != nil {
		tb.Fatal(err)
	}
	return signer
}

// add stores a batch and signs a checkpoint, as one transaction would.
func (m *memory) add(tb testing.TB, leaves ...Leaf) Checkpoint {
	tb.Helper()
	b := m.head.Append(leaves...)
	if b.First != int64(len(m.leaves)) || b.FirstHash != int64(len(m.hashes)) {
		tb.Fatalf("the batch goes to %d, %d; stored are %d, %d", b.First, b.FirstHash, len(m.leaves), len(m.hashes))
	}
	m.hashes = append(m.hashes, b.Hashes...)
	m.leaves = append(m.leaves, b.Leaves...)
	m.head = b.Head
	c, err := m.signer.Checkpoint(rand.Reader, m.head)
	if err != nil {
		tb.Fatal(err)
	}
	m.checkpoint = c
	return c
}

func (m *memory) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = m.hashes[x]
	}
	return out, nil
}

func (m *memory) Checkpoint(context.Context) ([]byte, error) { return m.checkpoint.Signed, nil }

func (m *memory) Hashes(_ context.Context, indexes []int64) ([]Hash, error) {
	return m.ReadHashes(indexes)
}

func (m *memory) Leaves(_ context.Context, first int64, n int) ([]Leaf, error) {
	if first < 0 || first+int64(n) > int64(len(m.leaves)) {
		return nil, fmt.Errorf("no leaves %d+%d", first, n)
	}
	return m.leaves[first : first+int64(n)], nil
}

// leaf makes a leaf out of a number.
func leaf(n int) Leaf { return suite.Intl().Digest(fmt.Append(nil, n)) }

func leaves(from, n int) []Leaf {
	out := make([]Leaf, n)
	for i := range out {
		out[i] = leaf(from + i)
	}
	return out
}

func entry(n int) Entry {
	return Entry{
		Kind: "seal", At: time.Date(2026, 7, 1, 9, 0, n%60, 1000, time.UTC), Actor: "officer-1",
		Agency: "990101", Code: fmt.Sprintf("C-%d", n), Basis: "刑诉法第286条", Detail: map[string]string{"b": "2", "a": "<1>"},
	}
}
