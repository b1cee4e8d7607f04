package keyring

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/fengcun/fengcun/internal/cputime"
	"github.com/fengcun/fengcun/internal/suite"
)

const (
	recordSize = 20 << 10
	mostRatio  = 1.5
)

// sealRecord is what sealing costs beyond the database: a data key, its
// wrapping by the custodian, the padded content, once over.
func sealRecord(tb testing.TB, s suite.Suite) func(plain []byte) {
	tb.Helper()
	ctx := context.Background()
	kek, err := newRing(tb, s).Vault().AddCustodian(ctx, rand.Reader, "court-990101")
	if err != nil {
		tb.Fatal(err)
	}
	aad := make([]byte, 64)
	return func(plain []byte) {
		data := s.NewKey(rand.Reader)
		if _, err := kek.Wrap(ctx, rand.Reader, data, aad); err != nil {
			tb.Fatal(err)
		}
		data.SealPadded(rand.Reader, plain, aad)
	}
}

// BenchmarkSealRecord promises that sealing a record of 20 KB with the key in
// the ring costs at most half as much again as the cipher alone. A key with a
// holder costs its call on top: see BenchmarkWrap in pkcs11 and transit.
func BenchmarkSealRecord(b *testing.B) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		b.Run(s.Name(), func(b *testing.B) {
			plain, aad := make([]byte, recordSize), make([]byte, 64)
			seal, key := sealRecord(b, s), s.NewKey(rand.Reader)
			const runs = 100
			many := func(do func()) func() {
				return func() {
					for range runs {
						do()
					}
				}
			}
			for b.Loop() {
				r := cputime.Compare(101, many(func() { seal(plain) }), many(func() { key.Seal(rand.Reader, plain, aad) }))
				b.ReportMetric(float64(r.A.Nanoseconds())/runs, "cpu-ns/record")
				b.ReportMetric(float64(r.B.Nanoseconds())/runs, "cpu-ns/aead")
				b.ReportMetric(r.X, "x-aead")
				if r.X > mostRatio {
					b.Errorf("sealing costs %.2f of the cipher alone, at most %.1f is promised", r.X, mostRatio)
				}
			}
		})
	}
}

// BenchmarkRewrap is one data key of the ring put under the next version.
func BenchmarkRewrap(b *testing.B) {
	ctx := context.Background()
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		b.Run(s.Name(), func(b *testing.B) {
			r := newRing(b, s)
			kek, err := r.Vault().AddCustodian(ctx, rand.Reader, "court-990101")
			if err != nil {
				b.Fatal(err)
			}
			wrapped, err := kek.Wrap(ctx, rand.Reader, s.NewKey(rand.Reader), nil)
			if err == nil {
				err = r.Vault().RotateCustodian(ctx, rand.Reader, "court-990101", "")
			}
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := kek.Rewrap(ctx, rand.Reader, wrapped, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
