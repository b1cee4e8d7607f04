package keyring

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/fengcun/fengcun/internal/suite"
)

// LedgerKeys are the keys of the open records. What is written has a data key
// of its own, wrapped by the key of the epoch: epoch, 4 bytes big-endian; the
// length of the wrapped key, 1 byte; the wrapped key; the ciphertext. A new
// epoch re-wraps the data keys and leaves the ciphertexts alone.
type LedgerKeys struct{ r *Ring }

// EpochSize is how many bytes of a ledger ciphertext name its epoch.
const EpochSize = 4

const ledgerDomain = "fengcun/keyring/ledger"

// Ledger hands out the ledger's keys.
func (r *Ring) Ledger() LedgerKeys { return LedgerKeys{r} }

// Epoch is the epoch of what is written now: 1, 2, ….
func (k LedgerKeys) Epoch() uint32 { return k.r.view().ledger.current }

// Has says whether the key of an epoch is still there.
func (k LedgerKeys) Has(epoch uint32) bool {
	_, ok := k.r.view().ledger.keys[epoch]
	return ok
}

// Seal encrypts for the ledger and binds aad.
func (k LedgerKeys) Seal(rand io.Reader, plaintext, aad []byte) []byte {
	v := k.r.view().ledger
	data := v.keys[v.current].Suite().NewKey(rand)
	return append(wrapEpoch(rand, v, data, aad), data.Seal(rand, plaintext, aad)...)
}

func wrapEpoch(rand io.Reader, v versions[suite.Key], data suite.Key, aad []byte) []byte {
	front := binary.BigEndian.AppendUint32(nil, v.current)
	wrapped := v.keys[v.current].Wrap(rand, data, suite.Frame(ledgerDomain, front, aad))
	return append(append(front, byte(len(wrapped))), wrapped...) //nolint:gosec // 46 or 62 bytes
}

// Open undoes Seal: suite.ErrOpen for altered bytes or another aad, ErrNoKey
// where the key of the epoch was destroyed.
func (k LedgerKeys) Open(body, aad []byte) ([]byte, error) {
	data, content, err := k.unwrap(body, aad)
	if err != nil {
		return nil, err
	}
	return data.Open(content, aad)
}

// Rewrap puts the data key under the current epoch.
func (k LedgerKeys) Rewrap(rand io.Reader, body, aad []byte) ([]byte, error) {
	data, content, err := k.unwrap(body, aad)
	if err != nil {
		return nil, err
	}
	return append(wrapEpoch(rand, k.r.view().ledger, data, aad), content...), nil
}

func (k LedgerKeys) unwrap(body, aad []byte) (data suite.Key, content []byte, err error) {
	if len(body) < EpochSize+1 || len(body) < EpochSize+1+int(body[EpochSize]) {
		return suite.Key{}, nil, errors.New("keyring: a ledger ciphertext is too short")
	}
	epoch := binary.BigEndian.Uint32(body)
	key, ok := k.r.view().ledger.keys[epoch]
	if !ok && epoch > k.Epoch() {
		k.r.catchUp()
		key, ok = k.r.view().ledger.keys[epoch]
	}
	if !ok {
		return suite.Key{}, nil, fmt.Errorf("%w: ledger epoch %d", ErrNoKey, epoch)
	}
	end := EpochSize + 1 + int(body[EpochSize])
	data, err = key.Unwrap(body[EpochSize+1:end], suite.Frame(ledgerDomain, body[:EpochSize], aad))
	return data, body[end:], err
}

// Rotate begins a new epoch and returns it. What was written in earlier epochs
// is to be re-wrapped, then DestroyBefore makes old backups unreadable.
func (k LedgerKeys) Rotate(ctx context.Context, rand io.Reader) (epoch uint32, err error) {
	err = k.r.change(ctx, func(c *contents) error {
		c.ledger = c.ledger.next(c.suite.NewKey(rand))
		c.generation++
		epoch = c.ledger.current
		return nil
	})
	return epoch, err
}

// DestroyBefore forgets the keys of all epochs before the given one, for ever.
func (k LedgerKeys) DestroyBefore(ctx context.Context, epoch uint32) error {
	return k.r.change(ctx, func(c *contents) (err error) {
		c.ledger, err = c.ledger.destroyBefore(epoch)
		return err
	})
}

// Person is the key of the ledger's index of persons.
func (k LedgerKeys) Person() suite.MACKey { return k.r.view().ledgerPerson }

// Alias is the key of the ledger's index of agencies' numbers.
func (k LedgerKeys) Alias() suite.MACKey { return k.r.view().ledgerAlias }
