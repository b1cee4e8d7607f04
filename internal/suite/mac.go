package suite

import (
	"crypto/hmac"
	"crypto/subtle"
	"fmt"
	"hash"
	"io"
	"sync"
)

// MACKey is a secret key for blind indexes and for authenticating the
// platform's own receipts: HMAC over the suite's hash (RFC 2104, GB/T
// 15852.2). It is safe for concurrent use.
type MACKey struct {
	redacted
	m func() *macMaterial
}

type macMaterial struct {
	alg  algorithms
	raw  []byte
	pool sync.Pool // of hash.Hash, keyed: setting up the pads costs more than a short message
}

func newMACKey(alg algorithms, raw []byte) (MACKey, error) {
	if len(raw) != Size {
		return MACKey{}, fmt.Errorf("suite: a MAC key has %d bytes, not %d", Size, len(raw))
	}
	m := &macMaterial{alg: alg, raw: raw}
	m.pool.New = func() any { return hmac.New(alg.newHash, raw) }
	return MACKey{m: hide(m)}, nil
}

// NewMACKey makes a random key of 32 bytes.
func (s Suite) NewMACKey(rand io.Reader) MACKey {
	raw := make([]byte, Size)
	mustRead(rand, raw)
	k, err := newMACKey(s.alg, raw)
	if err != nil {
		panic(err) // the size is right by construction
	}
	return k
}

// IsZero says that there is no key.
func (k MACKey) IsZero() bool { return k.m == nil }

// Equal compares two keys in constant time.
func (k MACKey) Equal(o MACKey) bool {
	if k.IsZero() || o.IsZero() {
		return k.IsZero() && o.IsZero()
	}
	a, b := k.m(), o.m()
	return a.alg == b.alg && subtle.ConstantTimeCompare(a.raw, b.raw) == 1
}

// Index is the keyed digest of Frame(domain, parts...). The domain separates
// uses of one key ("person", "alias"); without the key nobody can test a guess.
func (k MACKey) Index(domain string, parts ...[]byte) [Size]byte {
	m := k.m()
	h := m.pool.Get().(hash.Hash)
	h.Reset()
	_, _ = h.Write(Frame(domain, parts...)) // a hash never fails
	var out [Size]byte
	h.Sum(out[:0])
	m.pool.Put(h)
	return out
}

// Check says in constant time whether sum is the index of the same domain and
// parts.
func (k MACKey) Check(sum []byte, domain string, parts ...[]byte) bool {
	want := k.Index(domain, parts...)
	return subtle.ConstantTimeCompare(sum, want[:]) == 1
}
