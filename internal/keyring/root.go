package keyring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/fengcun/fengcun/internal/suite"
)

// Root is what a ring's file is encrypted under: a passphrase, or a key that a
// holder keeps. The holder's is the stronger one: with its old versions
// destroyed, no old copy of the file opens any more.
type Root struct {
	passphrase string
	cost       suite.Cost
	holder     Holder
	key        string
}

// Passphrase is the root that a person or a file knows, stretched by argon2id.
func Passphrase(text string) Root { return Root{passphrase: text, cost: suite.DefaultCost()} }

// HeldRoot is the root that a holder keeps under a name.
func HeldRoot(h Holder, key string) Root { return Root{holder: h, key: key} }

// rootLock is an opened root: it encrypts the file again without asking.
type rootLock interface {
	seal(ctx context.Context, rand io.Reader, plain []byte) ([]byte, error)
	open(ctx context.Context, sealed []byte) ([]byte, error) // suite.ErrOpen under another root
}

// fresh makes a new lock: a new salt, or a new version of the holder's key.
func (r Root) fresh(ctx context.Context, s suite.Suite, rand io.Reader) (rootLock, error) {
	if r.holder == nil {
		l, err := s.NewLock(rand, r.passphrase, r.cost)
		return passphraseLock{l}, err
	}
	n, err := r.holder.Make(ctx, r.key)
	if err != nil {
		return nil, fmt.Errorf("making the ring's key with %s: %w", r.holder.Name(), err)
	}
	return heldLock{r.holder, s, heldFront{Holder: r.holder.Name(), Key: r.key, Version: n}}, nil
}

// unlock opens a file of this root.
func (r Root) unlock(ctx context.Context, sealed []byte) ([]byte, rootLock, error) {
	front, isHeld := parseFront(sealed)
	switch {
	case isHeld && r.holder == nil:
		return nil, nil, fmt.Errorf("it is encrypted under the key %q of %s: configure that as its root", front.Key, front.Holder)
	case !isHeld && r.holder != nil:
		return nil, nil, fmt.Errorf("it is encrypted under a passphrase, and %s is configured as its root", r.holder.Name())
	case !isHeld:
		plain, l, err := suite.OpenLocked(r.passphrase, sealed)
		return plain, passphraseLock{l}, err
	case front.Holder != r.holder.Name() || front.Key != r.key:
		return nil, nil, fmt.Errorf("it is encrypted under the key %q of %s, and %q of %s is configured", front.Key, front.Holder, r.key, r.holder.Name())
	}
	l := heldLock{holder: r.holder, front: heldFront{Holder: front.Holder, Key: front.Key, Version: front.Version}}
	data, plain, err := l.both(ctx, sealed)
	if err != nil {
		return nil, nil, err
	}
	l.suite = data.Suite()
	return plain, l, nil
}

type passphraseLock struct{ suite.Lock }

func (l passphraseLock) seal(_ context.Context, rand io.Reader, plain []byte) ([]byte, error) {
	return l.Seal(rand, plain), nil
}

func (l passphraseLock) open(_ context.Context, sealed []byte) ([]byte, error) { return l.Open(sealed) }

// heldLock encrypts each time under a fresh key, which the holder wraps.
type heldLock struct {
	holder Holder
	suite  suite.Suite
	front  heldFront
}

// heldFront stands in clear in front of a file: one line, after frontMagic.
type heldFront struct {
	Holder  string `json:"holder"`
	Key     string `json:"key"`
	Version uint32 `json:"version"`
	Wrapped []byte `json:"wrapped,omitempty"`
}

const (
	frontMagic = "fengcun ring, held\n"
	rootDomain = "fengcun/keyring/root"
)

func parseFront(sealed []byte) (f heldFront, ok bool) {
	rest, ok := bytes.CutPrefix(sealed, []byte(frontMagic))
	if !ok {
		return f, false
	}
	line, _, ok := bytes.Cut(rest, []byte("\n"))
	return f, ok && json.Unmarshal(line, &f) == nil && f.Version > 0
}

func (l heldLock) seal(ctx context.Context, rand io.Reader, plain []byte) ([]byte, error) {
	data := l.suite.NewKey(rand)
	f := l.front
	var err error
	if f.Wrapped, err = l.holder.Wrap(ctx, f.Key, f.Version, []byte(data.Reveal())); err != nil {
		return nil, err
	}
	line, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	front := append([]byte(frontMagic), append(line, '\n')...)
	return append(front, data.Seal(rand, plain, suite.Frame(rootDomain, front))...), nil
}

func (l heldLock) open(ctx context.Context, sealed []byte) ([]byte, error) {
	_, plain, err := l.both(ctx, sealed)
	return plain, err
}

func (l heldLock) both(ctx context.Context, sealed []byte) (suite.Key, []byte, error) {
	f, ok := parseFront(sealed)
	if !ok || f.Holder != l.front.Holder || f.Key != l.front.Key {
		return suite.Key{}, nil, suite.ErrOpen
	}
	text, err := l.holder.Unwrap(ctx, f.Key, f.Version, f.Wrapped)
	if errors.Is(err, ErrNoKey) {
		return suite.Key{}, nil, fmt.Errorf("version %d of its key %q was destroyed: this copy never opens again: %w", f.Version, f.Key, err)
	}
	if err != nil {
		return suite.Key{}, nil, err
	}
	data, err := suite.ParseKey(string(text))
	if err != nil {
		return suite.Key{}, nil, suite.ErrOpen
	}
	end := len(frontMagic) + bytes.IndexByte(sealed[len(frontMagic):], '\n') + 1
	plain, err := data.Open(sealed[end:], suite.Frame(rootDomain, sealed[:end]))
	return data, plain, err
}

// ChangePassphrase encrypts the ring's file under another passphrase.
func (r *Ring) ChangePassphrase(rand io.Reader, passphrase string) error {
	return r.ChangeRoot(context.Background(), rand, Passphrase(passphrase))
}

// ChangeRoot encrypts the ring's file under another root, or under a new
// version of a holder's key. Copies of the file made before open as they did:
// see DestroyOldRoots.
func (r *Ring) ChangeRoot(ctx context.Context, rand io.Reader, root Root) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store == nil {
		return errors.New("keyring: a ring in memory has no file to encrypt")
	}
	return r.store.locked(func() error {
		if err := r.reload(ctx); err != nil {
			return err
		}
		lock, err := root.fresh(ctx, r.keys.suite, rand)
		if err != nil {
			return fmt.Errorf("keyring: %w", err)
		}
		old := r.store.lock
		r.store.lock = lock
		if err := r.store.save(ctx, r.keys); err != nil {
			r.store.lock = old
			return err
		}
		return nil
	})
}

// DestroyOldRoots destroys, with the holder, the versions of the ring's root
// before the one its file is encrypted under: no older copy of the file opens
// again. A ring under a passphrase cannot do that.
func (r *Ring) DestroyOldRoots(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store == nil {
		return errors.New("keyring: a ring in memory has no root")
	}
	return r.store.locked(func() error {
		if err := r.reload(ctx); err != nil {
			return err
		}
		l, ok := r.store.lock.(heldLock)
		f, isHeld := parseFront(r.store.last)
		if !ok || !isHeld {
			return errors.New("keyring: the ring lies under a passphrase; old copies of it open with the passphrase of their time, so destroy the copies")
		}
		return l.holder.DestroyBefore(ctx, f.Key, f.Version)
	})
}
