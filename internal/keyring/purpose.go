package keyring

import (
	"fmt"
	"maps"
	"slices"

	"github.com/fengcun/fengcun/internal/suite"
)

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
	_, ok := k.r.view().custodians[agency]
	if !ok {
		k.r.catchUp()
		_, ok = k.r.view().custodians[agency]
	}
	if !ok {
		return nil, fmt.Errorf("%w: agency %q is no custodian of this vault", ErrNoKey, agency)
	}
	return custodian{k.r, agency}, nil
}

// Custodians lists the agencies that have a key, sorted.
func (k VaultKeys) Custodians() []string {
	return slices.Sorted(maps.Keys(k.r.view().custodians))
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
func (k TrailKeys) AuditPublic() suite.EncryptKey { return k.r.view().auditKey() }

// Audit is the auditor's private key; zero in a ring whose vault is apart.
func (k TrailKeys) Audit() suite.DecryptKey { return k.r.view().audit }

// Receipt is the key that authenticates receipts of intake.
func (k TrailKeys) Receipt() suite.MACKey { return k.r.view().receipt }

// Certificate is the key that signs certificates.
func (r *Ring) Certificate() suite.SignKey { return r.view().certificate }
