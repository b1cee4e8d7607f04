package suite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// Cost is what a guess at a passphrase costs: Argon2id (RFC 9106) with Time
// passes over MemoryKiB, in Lanes lanes.
type Cost struct {
	Time      uint32
	MemoryKiB uint32
	Lanes     uint8
}

// DefaultCost is the second recommended option of RFC 9106, section 4: 3
// passes over 64 MiB, about a fifth of a second.
func DefaultCost() Cost { return Cost{Time: 3, MemoryKiB: 64 << 10, Lanes: 4} }

// maxCost bounds what a file may ask of the machine that opens it.
var maxCost = Cost{Time: 64, MemoryKiB: 2 << 20, Lanes: 64}

const (
	saltSize = 16
	// header, time, memory, lanes, salt
	lockFront = 1 + 4 + 4 + 1 + saltSize
)

// Lock is a key derived from a passphrase. It keeps what is needed to seal
// again without asking for the passphrase.
type Lock struct {
	redacted
	m func() *lockMaterial
}

type lockMaterial struct {
	front []byte // header, cost and salt, in clear and authenticated
	key   Key
}

// NewLock derives a key from a passphrase with a fresh salt.
func (s Suite) NewLock(rand io.Reader, passphrase string, cost Cost) (Lock, error) {
	if err := cost.check(); err != nil {
		return Lock{}, err
	}
	if passphrase == "" {
		return Lock{}, errors.New("suite: the passphrase is empty")
	}
	front := make([]byte, lockFront)
	front[0] = header(kindLocked, s.alg)
	binary.BigEndian.PutUint32(front[1:], cost.Time)
	binary.BigEndian.PutUint32(front[5:], cost.MemoryKiB)
	front[9] = cost.Lanes
	mustRead(rand, front[10:])
	return s.deriveLock(front, passphrase, cost)
}

func (s Suite) deriveLock(front []byte, passphrase string, cost Cost) (Lock, error) {
	n := uint32(s.alg.keySize()) //nolint:gosec // 16 or 32
	raw := argon2.IDKey([]byte(passphrase), front[10:lockFront], cost.Time, cost.MemoryKiB, cost.Lanes, n)
	key, err := newKey(s.alg, raw)
	if err != nil {
		return Lock{}, err
	}
	return Lock{m: hide(&lockMaterial{front, key})}, nil
}

// Seal encrypts plaintext under the passphrase. Cost and salt stand in front;
// whoever alters them only makes it impossible to open.
func (l Lock) Seal(rand io.Reader, plaintext []byte) []byte {
	m := l.m()
	return append(bytes.Clone(m.front), m.key.Seal(rand, plaintext, m.front)...)
}

// Open undoes Seal with the same lock: what was sealed under another passphrase
// or salt gives ErrOpen.
func (l Lock) Open(locked []byte) ([]byte, error) {
	m := l.m()
	rest, ok := bytes.CutPrefix(locked, m.front)
	if !ok {
		return nil, ErrOpen
	}
	return m.key.Open(rest, m.front)
}

// OpenLocked undoes Lock.Seal and returns the lock with which to seal again.
// A wrong passphrase gives ErrOpen.
func OpenLocked(passphrase string, locked []byte) ([]byte, Lock, error) {
	if len(locked) < lockFront+Overhead || locked[0]>>4 != kindLocked {
		return nil, Lock{}, errors.New("suite: not a file sealed under a passphrase")
	}
	s, ok := byID(locked[0] & 0x0f)
	if !ok {
		return nil, Lock{}, errors.New("suite: sealed under a passphrase by an unknown suite")
	}
	cost := Cost{binary.BigEndian.Uint32(locked[1:]), binary.BigEndian.Uint32(locked[5:]), locked[9]}
	if err := cost.check(); err != nil {
		return nil, Lock{}, err
	}
	front := bytes.Clone(locked[:lockFront])
	lock, err := s.deriveLock(front, passphrase, cost)
	if err != nil {
		return nil, Lock{}, err
	}
	plaintext, err := lock.m().key.Open(locked[lockFront:], front)
	if err != nil {
		return nil, Lock{}, err
	}
	return plaintext, lock, nil
}

func (c Cost) check() error {
	switch {
	case c.Time < 1 || c.Time > maxCost.Time,
		c.MemoryKiB < 8*uint32(c.Lanes) || c.MemoryKiB > maxCost.MemoryKiB,
		c.Lanes < 1 || c.Lanes > maxCost.Lanes:
		return fmt.Errorf("suite: passphrase cost out of range: %d passes, %d KiB, %d lanes", c.Time, c.MemoryKiB, c.Lanes)
	}
	return nil
}
