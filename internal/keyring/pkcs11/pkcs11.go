//go:build pkcs11

// Package pkcs11 keeps wrapping keys in a security module that speaks PKCS#11
// (OASIS, 2.40): AES keys of 256 bits that are sensitive and cannot be
// extracted, used with CKM_AES_GCM. It needs cgo and is built under the tag
// pkcs11 only.
package pkcs11

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/ThalesGroup/crypto11"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
)

// Name is what the ring's file calls this holder.
const Name = "pkcs11"

// Config says which token of which module.
type Config struct {
	Module  string // path of the module's library
	Token   string // label of the token
	PINFile string // holds the user's PIN; its owner alone may read it
}

// Module is a holder of keys: a keyring.Holder.
type Module struct {
	ctx *crypto11.Context
	mu  sync.Mutex // a token's objects are listed and made by one at a time
}

var _ keyring.Holder = (*Module)(nil)

// Open logs in to the token.
func Open(c Config) (*Module, error) {
	info, err := os.Stat(c.PINFile)
	if err != nil {
		return nil, fmt.Errorf("pkcs11: pin_file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("pkcs11: pin_file: %s can be read by others; run chmod 600 on it", c.PINFile)
	}
	pin, err := os.ReadFile(c.PINFile)
	if err != nil {
		return nil, fmt.Errorf("pkcs11: pin_file: %w", err)
	}
	ctx, err := crypto11.Configure(&crypto11.Config{Path: c.Module, TokenLabel: c.Token, Pin: strings.TrimSpace(string(pin))})
	if err != nil {
		return nil, fmt.Errorf("pkcs11: token %q of %s: %w", c.Token, c.Module, err)
	}
	return &Module{ctx: ctx}, nil
}

// Close logs out.
func (m *Module) Close() error { return m.ctx.Close() }

// Name implements keyring.Holder.
func (*Module) Name() string { return Name }

// A version is an object of its own: CKA_LABEL is the key's name, CKA_ID the
// version, 4 bytes big-endian.
func idOf(version uint32) []byte { return binary.BigEndian.AppendUint32(nil, version) }

// versions lists the objects of a key.
func (m *Module) versions(key string) (map[uint32]*crypto11.SecretKey, error) {
	found, err := m.ctx.FindKeys(nil, []byte(key))
	if err != nil {
		return nil, fmt.Errorf("pkcs11: looking for key %s: %w", key, err)
	}
	out := make(map[uint32]*crypto11.SecretKey, len(found))
	for _, k := range found {
		id, err := m.ctx.GetAttribute(k, crypto11.CkaId)
		if err != nil {
			return nil, fmt.Errorf("pkcs11: reading the version of key %s: %w", key, err)
		}
		if id != nil && len(id.Value) == 4 {
			out[binary.BigEndian.Uint32(id.Value)] = k
		}
	}
	return out, nil
}

// Make implements keyring.Holder. The number goes on from the highest that is
// there; destroying never takes the highest.
func (m *Module) Make(_ context.Context, key string) (uint32, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	have, err := m.versions(key)
	if err != nil {
		return 0, err
	}
	next := uint32(1)
	for n := range have {
		next = max(next, n+1)
	}
	const bits = 256
	if _, err := m.ctx.GenerateSecretKeyWithLabel(idOf(next), []byte(key), bits, crypto11.CipherAES); err != nil {
		return 0, fmt.Errorf("pkcs11: making key %s: %w", key, err)
	}
	return next, nil
}

func (m *Module) aead(key string, version uint32) (cipher.AEAD, error) {
	found, err := m.ctx.FindKeys(idOf(version), []byte(key))
	if err != nil {
		return nil, fmt.Errorf("pkcs11: looking for key %s: %w", key, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: version %d of %s in the token", keyring.ErrNoKey, version, key)
	}
	return found[0].NewGCM()
}

// nonceSize is the nonce's, which stands in front of what it sealed.
const nonceSize = 12

// Wrap implements keyring.Holder.
func (m *Module) Wrap(_ context.Context, key string, version uint32, plaintext []byte) (box []byte, err error) {
	a, err := m.aead(key, version)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, nonceSize)
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	defer func() { // the library panics where the module refuses
		if p := recover(); p != nil {
			box, err = nil, fmt.Errorf("pkcs11: encrypting with key %s: %v", key, p)
		}
	}()
	return a.Seal(nonce, nonce, plaintext, nil), nil
}

// Unwrap implements keyring.Holder.
func (m *Module) Unwrap(_ context.Context, key string, version uint32, wrapped []byte) ([]byte, error) {
	a, err := m.aead(key, version)
	if err != nil {
		return nil, err
	}
	if len(wrapped) < nonceSize {
		return nil, suite.ErrOpen
	}
	plain, err := a.Open(nil, wrapped[:nonceSize], wrapped[nonceSize:], nil)
	if err != nil {
		// A module says this in many words: CKR_ENCRYPTED_DATA_INVALID,
		// CKR_GENERAL_ERROR, …
		return nil, errors.Join(suite.ErrOpen, fmt.Errorf("pkcs11: decrypting with key %s: %w", key, err))
	}
	return plain, nil
}

// Rewrap implements keyring.Holder. PKCS#11 has no call for it: the data key
// passes through this process.
func (m *Module) Rewrap(ctx context.Context, key string, from, to uint32, wrapped []byte) ([]byte, error) {
	plain, err := m.Unwrap(ctx, key, from, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return m.Wrap(ctx, key, to, plain)
}

// DestroyBefore implements keyring.Holder.
func (m *Module) DestroyBefore(_ context.Context, key string, version uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	have, err := m.versions(key)
	if err != nil {
		return err
	}
	if _, ok := have[version]; !ok && len(have) > 0 {
		return fmt.Errorf("pkcs11: key %s has no version %d: nothing is destroyed", key, version)
	}
	for n, k := range have {
		if n >= version {
			continue
		}
		if err := k.Delete(); err != nil {
			return fmt.Errorf("pkcs11: destroying version %d of key %s: %w", n, key, err)
		}
	}
	return nil
}
