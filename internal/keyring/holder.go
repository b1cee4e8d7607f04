package keyring

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/suite"
)

// Holder keeps wrapping keys outside the ring and never gives them out: a
// security module (package pkcs11) or a transit service (package transit). Its
// keys have names and versions, 1, 2, …
//
// What a wrapped key is bound to goes into the plaintext and not into the
// cipher's associated data, because a transit service cannot re-wrap what has
// associated data.
type Holder interface {
	// Name is what the ring's file calls the holder: "pkcs11", "transit".
	Name() string
	// Make makes the key, or its next version, and says which that is.
	Make(ctx context.Context, key string) (version uint32, err error)
	// Wrap encrypts a few hundred bytes under a version.
	Wrap(ctx context.Context, key string, version uint32, plaintext []byte) ([]byte, error)
	// Unwrap undoes Wrap. It fails with suite.ErrOpen for other bytes and with
	// ErrNoKey for a version that was destroyed.
	Unwrap(ctx context.Context, key string, version uint32, wrapped []byte) ([]byte, error)
	// Rewrap turns what one version wrapped into what another would have.
	Rewrap(ctx context.Context, key string, from, to uint32, wrapped []byte) ([]byte, error)
	// DestroyBefore destroys all versions below the given one, for ever. It may
	// be repeated.
	DestroyBefore(ctx context.Context, key string, version uint32) error
}

// ErrHolder is returned where the ring names a holder that was not given to it.
var ErrHolder = errors.New("keyring: no such holder of keys is configured")

// Attach lets the ring use keys that a holder keeps.
func (r *Ring) Attach(h Holder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := map[string]Holder{h.Name(): h}
	for name, other := range r.holders {
		if name != h.Name() {
			next[name] = other
		}
	}
	r.holders = next
}

// NewCustodiansAt makes the keys of custodians to come with a holder; "" is the
// ring itself.
func (r *Ring) NewCustodiansAt(holder string) error {
	if _, err := r.holder(holder); holder != "" && err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.custody = holder
	return nil
}

func (r *Ring) holder(name string) (Holder, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	h, ok := r.holders[name]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrHolder, name)
	}
	return h, nil
}

func (r *Ring) newCustody() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.custody
}

// place is where one version of a custodian's key lies: in the ring, or with a
// holder.
type place struct {
	key  suite.Key
	held held
}

type held struct {
	holder, key string
	version     uint32
}

func (p place) inRing() bool { return p.held.holder == "" }

// text is the place as the ring's file has it: the key, or where it lies.
func (p place) text() string {
	if p.inRing() {
		return p.key.Reveal()
	}
	return fmt.Sprintf("held %s %d %s", p.held.holder, p.held.version, p.held.key)
}

func parsePlace(text string) (place, error) {
	rest, ok := strings.CutPrefix(text, "held ")
	if !ok {
		k, err := suite.ParseKey(text)
		return place{key: k}, err
	}
	parts := strings.Split(rest, " ")
	if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
		return place{}, errors.New("want held HOLDER VERSION NAME")
	}
	n, err := strconv.ParseUint(parts[1], 10, 32)
	if err != nil || n == 0 {
		return place{}, fmt.Errorf("%q is no version", parts[1])
	}
	return place{held: held{parts[0], parts[2], uint32(n)}}, nil
}

// makeAt makes the next version of an agency's key where the holder says.
func (r *Ring) makeAt(ctx context.Context, rand io.Reader, holder, agency string) (place, error) {
	if holder == "" {
		return place{key: r.Suite().NewKey(rand)}, nil
	}
	h, err := r.holder(holder)
	if err != nil {
		return place{}, err
	}
	name := heldName(agency)
	n, err := h.Make(ctx, name)
	if err != nil {
		return place{}, fmt.Errorf("keyring: making a key of custodian %q with %s: %w", agency, holder, err)
	}
	return place{held: held{holder, name, n}}, nil
}

var unsafeName = regexp.MustCompile(`[^a-z0-9-]`)

// heldName is a custodian's name as every holder takes it.
func heldName(agency string) string {
	return "fengcun-" + unsafeName.ReplaceAllStringFunc(agency, func(s string) string { return fmt.Sprintf("_%x", s) })
}

// bound puts what a key is bound to in front of it, as a digest.
func bound(s suite.Suite, data suite.Key, aad []byte) []byte {
	d := s.Digest(aad)
	return append(d[:], data.Reveal()...)
}

func unbind(s suite.Suite, plaintext, aad []byte) (suite.Key, error) {
	want := s.Digest(aad)
	if len(plaintext) < len(want) || subtle.ConstantTimeCompare(plaintext[:len(want)], want[:]) != 1 {
		return suite.Key{}, suite.ErrOpen
	}
	k, err := suite.ParseKey(string(plaintext[len(want):]))
	if err != nil {
		return suite.Key{}, suite.ErrOpen
	}
	return k, nil
}
