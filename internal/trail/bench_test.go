package trail

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

const benchSize = 150_000

func benchLog(b *testing.B) *memory {
	b.Helper()
	m := newMemory(b, suite.Intl())
	m.add(b, leaves(0, benchSize)...)
	return m
}

// BenchmarkCommit is what one entry costs before the transaction: encode, salt,
// hash, encrypt to the auditor.
func BenchmarkCommit(b *testing.B) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		b.Run(s.Name(), func(b *testing.B) {
			key, err := s.GenerateDecryptKey(rand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			e, err := NewEpoch(rand.Reader, key.Public())
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				c, err := Commit(s, rand.Reader, entry(i))
				if err != nil {
					b.Fatal(err)
				}
				e.Seal(rand.Reader, c)
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	head := Head{}.Append(leaves(0, benchSize)...).Head
	for _, n := range []int{1, 100, 1000} {
		batch := leaves(0, n)
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			for b.Loop() {
				head.Append(batch...)
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

func BenchmarkCheckpoint(b *testing.B) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		b.Run(s.Name(), func(b *testing.B) {
			signer, head := newSigner(b, s), Head{}.Append(leaves(0, 1000)...).Head
			for b.Loop() {
				if _, err := signer.Checkpoint(rand.Reader, head); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkProve(b *testing.B) {
	m := benchLog(b)
	for i := 0; b.Loop(); i++ {
		n := i * 7919 % benchSize
		if _, err := m.checkpoint.Prove(int64(n), m.leaves[n], m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIncludes is a proof against a checkpoint that was opened before;
// BenchmarkReceipt verifies the signature as well.
func BenchmarkIncludes(b *testing.B) {
	m := benchLog(b)
	r, err := m.checkpoint.Prove(77_777, m.leaves[77_777], m)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := m.checkpoint.Includes(r.Index, r.Leaf, r.Proof); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "proofs/s")
}

func BenchmarkReceipt(b *testing.B) {
	m := benchLog(b)
	r, err := m.checkpoint.Prove(77_777, m.leaves[77_777], m)
	if err != nil {
		b.Fatal(err)
	}
	v := m.signer.Verifier()
	for b.Loop() {
		if _, err := r.Verify(v, r.Leaf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyLog(b *testing.B) {
	m := benchLog(b)
	files := m.save(b)
	for b.Loop() {
		r, _, err := VerifyLog(context.Background(), Dir(files), m.signer.Verifier(), Check{})
		if err != nil || r.Err() != nil {
			b.Fatal(err, r.Err())
		}
	}
	b.ReportMetric(float64(b.N*benchSize)/b.Elapsed().Seconds(), "entries/s")
}
