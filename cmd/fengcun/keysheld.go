package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/keyring/transit"
)

// Where wrapping keys lie that are not in the ring; docs/keys.md says what each
// is good for.
type pkcs11Config struct {
	Module  string `yaml:"module"`
	Token   string `yaml:"token"`
	PINFile string `yaml:"pin_file"`
}

type transitConfig struct {
	URL       string `yaml:"url"`
	Mount     string `yaml:"mount"`
	TokenFile string `yaml:"token_file"`
	Namespace string `yaml:"namespace"`
}

// rootKey is the name of the ring's own key with a holder.
const rootKey = "fengcun-root"

// holders opens those that are configured, by name.
func (c *config) holders() (map[string]keyring.Holder, error) {
	held := map[string]keyring.Holder{}
	if c.PKCS11 != nil {
		h, err := openPKCS11(c.PKCS11)
		if err != nil {
			return nil, err
		}
		held[h.Name()] = h
	}
	if t := c.Transit; t != nil {
		h, err := transit.New(transit.Config{URL: t.URL, Mount: t.Mount, TokenFile: t.TokenFile, Namespace: t.Namespace})
		if err != nil {
			return nil, err
		}
		held[h.Name()] = h
	}
	return held, nil
}

// root is what the ring's file is encrypted under.
func (c *config) root(held map[string]keyring.Holder) (keyring.Root, error) {
	switch c.Root {
	case "", "passphrase":
		pass, err := c.passphrase()
		return keyring.Passphrase(pass), err
	}
	h, ok := held[c.Root]
	if !ok {
		return keyring.Root{}, fmt.Errorf("root: %q: want passphrase, or pkcs11 or transit with a section of that name", c.Root)
	}
	return keyring.HeldRoot(h, rootKey), nil
}

// ring opens the key ring with all holders attached.
func (c *config) ring(ctx context.Context) (*keyring.Ring, error) {
	held, err := c.holders()
	if err != nil {
		return nil, err
	}
	root, err := c.root(held)
	if err != nil {
		return nil, err
	}
	ring, err := keyring.OpenUnder(ctx, c.Keys, root, rand.Reader)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		ring.Attach(h)
	}
	at := c.CustodianKeys
	if at == "ring" {
		at = ""
	}
	if err := ring.NewCustodiansAt(at); err != nil {
		return nil, fmt.Errorf("custodian_keys: %q: want ring, or pkcs11 or transit with a section of that name", c.CustodianKeys)
	}
	return ring, nil
}

// held is what of the vault's configuration says where its keys lie.
func (c *vaultConfig) held() *config {
	return &config{
		Keys: c.Keys, PassphraseFile: c.PassphraseFile, Root: c.Root, CustodianKeys: c.CustodianKeys, PKCS11: c.PKCS11, Transit: c.Transit,
	}
}
