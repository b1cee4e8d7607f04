package keyring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/fengcun/fengcun/internal/suite"
)

// A ring may lie in two files, so that the process which serves the web never
// reads the vault's: the custodians' keys, the vault's indexes, the weighing
// key, and the auditor's private key go together, all else stays.

// HasVault says that the ring holds the vault's keys.
func (r *Ring) HasVault() bool { return !r.view().vaultPerson.IsZero() }

// HasLedger says that the ring holds the platform's other keys.
func (r *Ring) HasLedger() bool { return !r.view().ledgerPerson.IsZero() }

// MoveVault takes the vault's keys out of the ring into a new file under its
// own root. Copies of the ring's file made before still hold them.
func (r *Ring) MoveVault(ctx context.Context, path string, root Root, rand io.Reader) error {
	if r.store == nil || !r.HasVault() || !r.HasLedger() {
		return errors.New("keyring: there is nothing to move: the ring does not hold both the vault's keys and the others")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keyring: %s is there already. If an earlier run was interrupted, remove it: the ring still holds the vault's keys", path)
	}
	lock, err := root.fresh(ctx, r.Suite(), rand)
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	return r.change(ctx, func(c *contents) error {
		f := &file{path: path, lock: lock, rand: rand}
		if err := f.save(ctx, c.vaultPart()); err != nil {
			return err
		}
		*c = *c.withoutVault()
		return nil
	})
}

func (c *contents) vaultPart() *contents {
	return &contents{
		suite: c.suite, generation: c.generation, custodians: c.custodians,
		vaultPerson: c.vaultPerson, vaultAlias: c.vaultAlias, vaultRecord: c.vaultRecord, weigh: c.weigh,
		audit: c.audit,
	}
}

func (c *contents) withoutVault() *contents {
	return &contents{
		suite: c.suite, generation: c.generation, custodians: map[string]versions[place]{},
		ledger: c.ledger, ledgerPerson: c.ledgerPerson, ledgerAlias: c.ledgerAlias,
		auditPublic: c.auditKey(), log: c.log, certificate: c.certificate, receipt: c.receipt,
	}
}

// auditKey is the public half, wherever the private one lies.
func (c *contents) auditKey() suite.EncryptKey {
	if c.audit.IsZero() {
		return c.auditPublic
	}
	return c.audit.Public()
}
