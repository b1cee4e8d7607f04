package suite

import (
	"crypto/rand"
	"io"
	"testing"
)

// recordSize is the record of the promise: sealing it costs at most 1.5 times
// the bare cipher.
const recordSize = 20_000

// fixed is a random source without a cost, so that a benchmark shows the work
// and not the system call.
type fixed struct{}

func (fixed) Read(b []byte) (int, error) { return len(b), nil }

// BenchmarkBareAEAD is what the others are compared with: the suite's cipher
// into a fresh slice.
func BenchmarkBareAEAD(b *testing.B) {
	for _, s := range suites() {
		b.Run(s.Name(), func(b *testing.B) {
			plain, nonce, aad := make([]byte, recordSize), make([]byte, nonceSize), make([]byte, 64)
			aead := s.NewKey(rand.Reader).m().aead
			b.SetBytes(recordSize)
			for b.Loop() {
				aead.Seal(nil, nonce, plain, aad)
			}
		})
	}
}

func BenchmarkSeal(b *testing.B) { benchSeal(b, Key.Seal) }

func BenchmarkSealPadded(b *testing.B) { benchSeal(b, Key.SealPadded) }

// BenchmarkSealRecord is what one record costs: a new key, its wrapping, the
// padded content.
func BenchmarkSealRecord(b *testing.B) {
	for _, s := range suites() {
		b.Run(s.Name(), func(b *testing.B) {
			plain, aad := make([]byte, recordSize), make([]byte, 64)
			kek := s.NewKey(rand.Reader)
			b.SetBytes(recordSize)
			for b.Loop() {
				k := s.NewKey(rand.Reader)
				kek.Wrap(rand.Reader, k, aad)
				k.SealPadded(rand.Reader, plain, aad)
			}
		})
	}
}

func benchSeal(b *testing.B, seal func(Key, io.Reader, []byte, []byte) []byte) {
	b.Helper()
	for _, s := range suites() {
		b.Run(s.Name(), func(b *testing.B) {
			plain, aad := make([]byte, recordSize), make([]byte, 64)
			k := s.NewKey(rand.Reader)
			b.SetBytes(recordSize)
			for b.Loop() {
				seal(k, fixed{}, plain, aad)
			}
		})
	}
}

func BenchmarkSealSmall(b *testing.B) {
	for _, s := range suites() {
		b.Run(s.Name(), func(b *testing.B) {
			plain, aad := make([]byte, 300), make([]byte, 64)
			k := s.NewKey(rand.Reader)
			for b.Loop() {
				k.Seal(rand.Reader, plain, aad)
			}
		})
	}
}

func BenchmarkIndex(b *testing.B) {
	for _, s := range suites() {
		b.Run(s.Name(), func(b *testing.B) {
			k, id := s.NewMACKey(rand.Reader), []byte("990101199001011234")
			for b.Loop() {
				k.Index("person", id)
			}
		})
	}
}

func BenchmarkPublicKey(b *testing.B) {
	for _, s := range suites() {
		b.Run(s.Name(), func(b *testing.B) {
			k := someKeys(b, s)
			message := make([]byte, 300)
			sig, err := k.sign.Sign(rand.Reader, message)
			if err != nil {
				b.Fatal(err)
			}
			pub := k.sign.Public()
			b.Run("sign", func(b *testing.B) {
				for b.Loop() {
					if _, err := k.sign.Sign(rand.Reader, message); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("verify", func(b *testing.B) {
				for b.Loop() {
					if !pub.Verify(message, sig) {
						b.Fatal("refused")
					}
				}
			})
			b.Run("seal", func(b *testing.B) {
				for b.Loop() {
					if _, err := k.decrypt.Public().Seal(rand.Reader, message, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
