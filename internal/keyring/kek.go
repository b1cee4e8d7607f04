package keyring

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/fengcun/fengcun/internal/suite"
)

// KEK is a custodian agency's key-encrypting key, wherever it is held. The
// caller gives data keys to wrap and never sees the key itself.
type KEK interface {
	// Wrap seals a data key, bound to aad, under the current version.
	Wrap(ctx context.Context, rand io.Reader, data suite.Key, aad []byte) ([]byte, error)

	// Unwrap undoes Wrap under whichever version wrapped. It fails with
	// suite.ErrOpen for other bytes or another aad, and with ErrNoKey for a
	// version that was destroyed.
	Unwrap(ctx context.Context, wrapped, aad []byte) (suite.Key, error)

	// Rewrap turns what an earlier version wrapped into what the current one
	// would have. What the data key seals stays as it is.
	Rewrap(ctx context.Context, rand io.Reader, wrapped, aad []byte) ([]byte, error)

	// Version is the current version: 1, 2, ….
	Version() uint32

	// Stale says that wrapped is of an earlier version: wrap its key again.
	Stale(wrapped []byte) bool
}

const kekDomain = "fengcun/keyring/custodian"

// custodian is the KEK of a ring. It is a name, not a key: a rotation reaches
// whoever holds it.
type custodian struct {
	r      *Ring
	agency string
}

func (k custodian) versions() versions[place] { return k.r.view().custodians[k.agency] }

func (k custodian) Version() uint32 { return k.versions().current }

// Wrap puts the version, 4 bytes big-endian, in front of the wrapped key.
func (k custodian) Wrap(ctx context.Context, rand io.Reader, data suite.Key, aad []byte) ([]byte, error) {
	v := k.versions()
	front := binary.BigEndian.AppendUint32(nil, v.current)
	p := v.keys[v.current]
	if p.inRing() {
		return append(front, p.key.Wrap(rand, data, k.bind(front, aad))...), nil
	}
	h, err := k.r.holder(p.held.holder)
	if err != nil {
		return nil, err
	}
	box, err := h.Wrap(ctx, p.held.key, p.held.version, bound(k.r.Suite(), data, k.bindHeld(aad)))
	if err != nil {
		return nil, k.failed("wrapping", p, err)
	}
	return append(front, box...), nil
}

func (k custodian) Unwrap(ctx context.Context, wrapped, aad []byte) (suite.Key, error) {
	p, err := k.placeOf(wrapped)
	if err != nil {
		return suite.Key{}, err
	}
	if p.inRing() {
		return p.key.Unwrap(wrapped[4:], k.bind(wrapped[:4], aad))
	}
	h, err := k.r.holder(p.held.holder)
	if err != nil {
		return suite.Key{}, err
	}
	plain, err := h.Unwrap(ctx, p.held.key, p.held.version, wrapped[4:])
	if err != nil {
		return suite.Key{}, k.failed("unwrapping", p, err)
	}
	return unbind(k.r.Suite(), plain, k.bindHeld(aad))
}

// Rewrap leaves the work to the holder where both versions are its own: the
// data key then does not enter this process.
func (k custodian) Rewrap(ctx context.Context, rand io.Reader, wrapped, aad []byte) ([]byte, error) {
	from, err := k.placeOf(wrapped)
	if err != nil {
		return nil, err
	}
	v := k.versions()
	to := v.keys[v.current]
	if from.inRing() || from.held.holder != to.held.holder || from.held.key != to.held.key {
		data, err := k.Unwrap(ctx, wrapped, aad)
		if err != nil {
			return nil, err
		}
		return k.Wrap(ctx, rand, data, aad)
	}
	h, err := k.r.holder(to.held.holder)
	if err != nil {
		return nil, err
	}
	box, err := h.Rewrap(ctx, to.held.key, from.held.version, to.held.version, wrapped[4:])
	if err != nil {
		return nil, k.failed("re-wrapping", to, err)
	}
	return append(binary.BigEndian.AppendUint32(nil, v.current), box...), nil
}

func (k custodian) Stale(wrapped []byte) bool {
	return len(wrapped) < 4 || binary.BigEndian.Uint32(wrapped) != k.Version()
}

func (k custodian) placeOf(wrapped []byte) (place, error) {
	if len(wrapped) < 4 {
		return place{}, suite.ErrOpen
	}
	version := binary.BigEndian.Uint32(wrapped)
	p, ok := k.versions().keys[version]
	if !ok && version > k.Version() {
		k.r.catchUp()
		p, ok = k.versions().keys[version]
	}
	if !ok {
		return place{}, fmt.Errorf("%w: version %d of custodian %q", ErrNoKey, version, k.agency)
	}
	return p, nil
}

func (k custodian) failed(what string, p place, err error) error {
	return fmt.Errorf("keyring: %s with the key %s of %s: %w", what, p.held.key, p.held.holder, err)
}

func (k custodian) bind(version, aad []byte) []byte {
	return suite.Frame(kekDomain, []byte(k.agency), version, aad)
}

// bindHeld leaves the version out: the holder authenticates its own, and
// re-wraps what it cannot read.
func (k custodian) bindHeld(aad []byte) []byte {
	return suite.Frame(kekDomain+"/held", []byte(k.agency), aad)
}
