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

func (k custodian) versions() versions { return k.r.view().custodians[k.agency] }

func (k custodian) Version() uint32 { return k.versions().current }

// Wrap puts the version, 4 bytes big-endian, in front of the wrapped key.
func (k custodian) Wrap(_ context.Context, rand io.Reader, data suite.Key, aad []byte) ([]byte, error) {
	v := k.versions()
	front := binary.BigEndian.AppendUint32(nil, v.current)
	box := v.keys[v.current].Wrap(rand, data, k.bind(front, aad))
	return append(front, box...), nil
}

func (k custodian) Unwrap(_ context.Context, wrapped, aad []byte) (suite.Key, error) {
	if len(wrapped) < 4 {
		return suite.Key{}, suite.ErrOpen
	}
	version := binary.BigEndian.Uint32(wrapped)
	key, ok := k.versions().keys[version]
	if !ok {
		return suite.Key{}, fmt.Errorf("%w: version %d of custodian %q", ErrNoKey, version, k.agency)
	}
	return key.Unwrap(wrapped[4:], k.bind(wrapped[:4], aad))
}

func (k custodian) Stale(wrapped []byte) bool {
	return len(wrapped) < 4 || binary.BigEndian.Uint32(wrapped) != k.Version()
}

func (k custodian) bind(version, aad []byte) []byte {
	return suite.Frame(kekDomain, []byte(k.agency), version, aad)
}
