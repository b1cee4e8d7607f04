package keyring

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/fengcun/fengcun/internal/suite"
)

// LedgerKeys are the keys of the open records.
type LedgerKeys struct{ r *Ring }

// Ledger hands out the ledger's keys.
func (r *Ring) Ledger() LedgerKeys { return LedgerKeys{r} }

// Content is the key for what is written now, and its epoch, which is stored
// beside what it seals.
func (k LedgerKeys) Content() (epoch uint32, key suite.Key) {
	v := k.r.view().ledger
	return v.current, v.keys[v.current]
}

// ContentAt is the key of an epoch; ErrNoKey where that was destroyed.
func (k LedgerKeys) ContentAt(epoch uint32) (suite.Key, error) {
	key, ok := k.r.view().ledger.keys[epoch]
	if !ok {
		return suite.Key{}, fmt.Errorf("%w: ledger epoch %d", ErrNoKey, epoch)
	}
	return key, nil
}

// Rotate begins a new epoch and returns it. Content of earlier epochs is to be
// sealed again, then DestroyBefore makes old backups unreadable.
func (k LedgerKeys) Rotate(rand io.Reader) (epoch uint32, err error) {
	err = k.r.change(func(c *contents) error {
		c.ledger = c.ledger.next(c.suite.NewKey(rand))
		epoch = c.ledger.current
		return nil
	})
	return epoch, err
}

// DestroyBefore forgets the keys of all epochs before the given one, for ever.
func (k LedgerKeys) DestroyBefore(epoch uint32) error {
	return k.r.change(func(c *contents) (err error) {
		c.ledger, err = c.ledger.destroyBefore(epoch)
		return err
	})
}

// Person is the key of the ledger's index of persons.
func (k LedgerKeys) Person() suite.MACKey { return k.r.view().ledgerPerson }

// Alias is the key of the ledger's index of agencies' numbers.
func (k LedgerKeys) Alias() suite.MACKey { return k.r.view().ledgerAlias }

// VaultKeys are the keys of the sealed records.
type VaultKeys struct{ r *Ring }

// Vault hands out the vault's keys.
func (r *Ring) Vault() VaultKeys { return VaultKeys{r} }

// Person is the key of the vault's index of persons. It has nothing in common
// with the ledger's, so the two books cannot be joined.
func (k VaultKeys) Person() suite.MACKey { return k.r.view().vaultPerson }

// Alias is the key of the vault's index of agencies' numbers.
func (k VaultKeys) Alias() suite.MACKey { return k.r.view().vaultAlias }

// Record is the key of the vault's index of records.
func (k VaultKeys) Record() suite.MACKey { return k.r.view().vaultRecord }

// Weigh is the key of the capsules by which policy weighs a sealed record
// without opening it.
func (k VaultKeys) Weigh() suite.Key { return k.r.view().weigh }

// Custodian is the key of a custodian agency; ErrNoKey where it has none.
func (k VaultKeys) Custodian(agency string) (KEK, error) {
	if _, ok := k.r.view().custodians[agency]; !ok {
		return nil, fmt.Errorf("%w: agency %q is no custodian of this vault", ErrNoKey, agency)
	}
	return custodian{k.r, agency}, nil
}

// Custodians lists the agencies that have a key, sorted.
func (k VaultKeys) Custodians() []string {
	return slices.Sorted(maps.Keys(k.r.view().custodians))
}

// AddCustodian gives an agency a key and stores the ring; an agency that has
// one keeps it.
func (k VaultKeys) AddCustodian(rand io.Reader, agency string) (KEK, error) {
	if agency == "" {
		return nil, fmt.Errorf("%w: a custodian without a name", ErrNoKey)
	}
	if kek, err := k.Custodian(agency); err == nil {
		return kek, nil
	}
	err := k.r.change(func(c *contents) error {
		if _, ok := c.custodians[agency]; !ok {
			c.custodians = maps.Clone(c.custodians)
			c.custodians[agency] = versions{}.next(c.suite.NewKey(rand))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return custodian{k.r, agency}, nil
}

// RotateCustodian makes a new version of an agency's key. Keys wrapped before
// still unwrap; KEK.Stale finds them.
func (k VaultKeys) RotateCustodian(rand io.Reader, agency string) error {
	return k.changeCustodian(agency, func(c *contents, v versions) (versions, error) {
		return v.next(c.suite.NewKey(rand)), nil
	})
}

// DestroyCustodianBefore forgets an agency's versions before the given one, for
// ever: what is still wrapped under them is lost.
func (k VaultKeys) DestroyCustodianBefore(agency string, version uint32) error {
	return k.changeCustodian(agency, func(_ *contents, v versions) (versions, error) {
		return v.destroyBefore(version)
	})
}

func (k VaultKeys) changeCustodian(agency string, edit func(*contents, versions) (versions, error)) error {
	return k.r.change(func(c *contents) error {
		v, ok := c.custodians[agency]
		if !ok {
			return fmt.Errorf("%w: agency %q is no custodian of this vault", ErrNoKey, agency)
		}
		next, err := edit(c, v)
		if err != nil {
			return err
		}
		c.custodians = maps.Clone(c.custodians)
		c.custodians[agency] = next
		return nil
	})
}

// TrailKeys are the keys of the log.
type TrailKeys struct{ r *Ring }

// Trail hands out the log's keys.
func (r *Ring) Trail() TrailKeys { return TrailKeys{r} }

// Log is the keys that sign checkpoints: the intl one first, and the suite's
// own where that is another.
func (k TrailKeys) Log() []suite.SignKey { return slices.Clone(k.r.view().log) }

// AuditPublic is the key to which private records are sealed: all a writer
// needs.
func (k TrailKeys) AuditPublic() suite.EncryptKey { return k.r.view().audit.Public() }

// Audit is the auditor's private key.
func (k TrailKeys) Audit() suite.DecryptKey { return k.r.view().audit }

// Receipt is the key that authenticates receipts of intake.
func (k TrailKeys) Receipt() suite.MACKey { return k.r.view().receipt }

// Certificate is the key that signs certificates.
func (r *Ring) Certificate() suite.SignKey { return r.view().certificate }
