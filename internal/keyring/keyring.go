// Package keyring holds the platform's keys by purpose. No key serves two
// purposes, and they are handed out by power: what is given LedgerKeys cannot
// reach the vault's keys.
//
// The default ring is one file encrypted under a passphrase. The trust boundary
// to other holders of keys (a security module, a transit service) is KEK: the
// vault asks a custodian's key to wrap and unwrap, and never sees it.
package keyring

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/fengcun/fengcun/internal/suite"
)

// Ring is a set of keys. It is safe for concurrent use. It does not print its
// keys.
type Ring struct {
	mu    sync.RWMutex
	keys  *contents
	store *file // nil for a ring in memory
}

// contents is everything in a ring. It is never changed: a change makes a new
// one, which is installed once it is stored.
type contents struct {
	suite suite.Suite

	ledger       versions
	ledgerPerson suite.MACKey
	ledgerAlias  suite.MACKey

	custodians  map[string]versions
	vaultPerson suite.MACKey
	vaultAlias  suite.MACKey
	vaultRecord suite.MACKey
	weigh       suite.Key

	audit       suite.DecryptKey
	log         []suite.SignKey
	certificate suite.SignKey
	receipt     suite.MACKey
}

// versions is one key through its rotations.
type versions struct {
	current uint32
	keys    map[uint32]suite.Key
}

// ErrNoKey is returned where the ring has no such key: it was never made, or
// it was destroyed.
var ErrNoKey = errors.New("keyring: no such key")

// New makes a ring with fresh keys in memory. Nothing stores it.
func New(s suite.Suite, rand io.Reader) (*Ring, error) {
	c, err := generate(s, rand)
	if err != nil {
		return nil, err
	}
	return &Ring{keys: c}, nil
}

func generate(s suite.Suite, rand io.Reader) (*contents, error) {
	c := &contents{
		suite:        s,
		ledger:       versions{}.next(s.NewKey(rand)),
		ledgerPerson: s.NewMACKey(rand),
		ledgerAlias:  s.NewMACKey(rand),
		custodians:   map[string]versions{},
		vaultPerson:  s.NewMACKey(rand),
		vaultAlias:   s.NewMACKey(rand),
		vaultRecord:  s.NewMACKey(rand),
		weigh:        s.NewKey(rand),
		receipt:      s.NewMACKey(rand),
	}
	var err error
	if c.audit, err = s.GenerateDecryptKey(rand); err != nil {
		return nil, fmt.Errorf("keyring: audit key: %w", err)
	}
	if c.certificate, err = s.GenerateSignKey(rand); err != nil {
		return nil, fmt.Errorf("keyring: certificate key: %w", err)
	}
	if c.log, err = logKeys(s, rand); err != nil {
		return nil, fmt.Errorf("keyring: log key: %w", err)
	}
	return c, nil
}

// logKeys are an intl key, which public tools verify, and one of the suite
// where that is another.
func logKeys(s suite.Suite, rand io.Reader) ([]suite.SignKey, error) {
	suites := []suite.Suite{suite.Intl()}
	if s != suite.Intl() {
		suites = append(suites, s)
	}
	var out []suite.SignKey
	for _, each := range suites {
		k, err := each.GenerateSignKey(rand)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// next adds a version and makes it the current one.
func (v versions) next(k suite.Key) versions {
	out := v.clone()
	out.current++
	out.keys[out.current] = k
	return out
}

func (v versions) clone() versions {
	out := versions{v.current, make(map[uint32]suite.Key, len(v.keys)+1)}
	for n, k := range v.keys {
		out.keys[n] = k
	}
	return out
}

// destroyBefore forgets every version before the given one.
func (v versions) destroyBefore(version uint32) (versions, error) {
	if version > v.current {
		return versions{}, fmt.Errorf("keyring: version %d is not there yet; the current one is %d", version, v.current)
	}
	out := v.clone()
	for n := range out.keys {
		if n < version {
			delete(out.keys, n)
		}
	}
	return out, nil
}

// Suite is the ring's cipher suite.
func (r *Ring) Suite() suite.Suite { return r.view().suite }

func (r *Ring) view() *contents {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys
}

// change stores and then installs what edit makes of a copy. If it cannot be
// stored the ring stays as it was.
func (r *Ring) change(edit func(c *contents) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := *r.keys
	if err := edit(&next); err != nil {
		return err
	}
	if r.store != nil {
		if err := r.store.save(&next); err != nil {
			return err
		}
	}
	r.keys = &next
	return nil
}

const redactedText = "[keyring]"

// String does not print keys.
func (r *Ring) String() string { return redactedText }

// GoString does not print keys.
func (r *Ring) GoString() string { return redactedText }

// LogValue does not log keys.
func (r *Ring) LogValue() slog.Value { return slog.StringValue(redactedText) }

// Format does not print keys, whatever the verb.
func (r *Ring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redactedText) }

// MarshalJSON refuses.
func (r *Ring) MarshalJSON() ([]byte, error) {
	return nil, errors.New("keyring: a ring does not marshal itself")
}
