// Package keyring holds the platform's keys by purpose. No key serves two
// purposes, and they are handed out by power: what is given LedgerKeys cannot
// reach the vault's keys.
//
// The ring is one file, encrypted under a passphrase or under a key that a
// Holder keeps: a security module (PKCS#11) or a transit service. A custodian's
// key may lie in the ring or with a Holder; the vault asks it, as a KEK, to
// wrap and unwrap, and never sees it.
package keyring

import (
	"context"
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
	mu      sync.RWMutex
	keys    *contents
	store   *file             // nil for a ring in memory
	holders map[string]Holder // of keys that lie outside the ring, by name
	custody string            // the holder of new custodians' keys; "" is the ring itself
}

// contents is everything in a ring. It is never changed: a change makes a new
// one, which is installed once it is stored.
type contents struct {
	suite suite.Suite
	// generation counts the changes that every process must know of before it
	// writes: rotations. The database holds the same count.
	generation uint64

	ledger       versions[suite.Key]
	ledgerPerson suite.MACKey
	ledgerAlias  suite.MACKey

	custodians  map[string]versions[place]
	vaultPerson suite.MACKey
	vaultAlias  suite.MACKey
	vaultRecord suite.MACKey
	weigh       suite.Key

	audit       suite.DecryptKey
	auditPublic suite.EncryptKey // where audit lies elsewhere
	log         []suite.SignKey
	certificate suite.SignKey
	receipt     suite.MACKey
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
		generation:   1,
		ledger:       versions[suite.Key]{}.next(s.NewKey(rand)),
		ledgerPerson: s.NewMACKey(rand),
		ledgerAlias:  s.NewMACKey(rand),
		custodians:   map[string]versions[place]{},
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

// Suite is the ring's cipher suite.
func (r *Ring) Suite() suite.Suite { return r.view().suite }

func (r *Ring) view() *contents {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys
}

// Generation counts the rotations that this ring has been through, from 1. A
// process whose ring has a smaller one than the database must not write.
func (r *Ring) Generation() uint64 { return r.view().generation }

// change stores and then installs what edit makes of a copy. If it cannot be
// stored the ring stays as it was. What another process stored meanwhile is
// read first, so that none of its keys is lost.
func (r *Ring) change(ctx context.Context, edit func(c *contents) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store == nil {
		next := *r.keys
		if err := edit(&next); err != nil {
			return err
		}
		r.keys = &next
		return nil
	}
	return r.store.locked(func() error {
		if err := r.reload(ctx); err != nil {
			return err
		}
		next := *r.keys
		if err := edit(&next); err != nil {
			return err
		}
		if err := r.store.save(ctx, &next); err != nil {
			return err
		}
		r.keys = &next
		return nil
	})
}

// Refresh reads the ring's file again if another process has changed it.
func (r *Ring) Refresh(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store == nil {
		return nil
	}
	return r.reload(ctx)
}

// CatchUp makes sure that the ring knows of every rotation up to a generation,
// so that nothing is written under a key that is about to be destroyed.
func (k LedgerKeys) CatchUp(ctx context.Context, generation uint64) error {
	if k.r.Generation() >= generation {
		return nil
	}
	if err := k.r.Refresh(ctx); err != nil {
		return err
	}
	if have := k.r.Generation(); have < generation {
		return fmt.Errorf("keyring: this key ring has been through %d rotations, the database through %d: put the newest key ring in its place", have, generation)
	}
	return nil
}

// catchUp reads the ring again where something names a key that it does not
// have yet: another process has made it. If the file does not read, the ring
// stays as it is, and the key is missing.
func (r *Ring) catchUp() { _ = r.Refresh(context.Background()) }

func (r *Ring) reload(ctx context.Context) error {
	c, err := r.store.changed(ctx)
	if err == nil && c != nil {
		r.keys = c
	}
	return err
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
