package keyring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/fengcun/fengcun/internal/suite"
)

// AddCustodian gives an agency a key and stores the ring; an agency that has
// one keeps it.
func (k VaultKeys) AddCustodian(ctx context.Context, rand io.Reader, agency string) (KEK, error) {
	if agency == "" {
		return nil, fmt.Errorf("%w: a custodian without a name", ErrNoKey)
	}
	if kek, err := k.Custodian(agency); err == nil {
		return kek, nil
	}
	p, err := k.r.makeAt(ctx, rand, k.r.newCustody(), agency)
	if err != nil {
		return nil, err
	}
	err = k.r.change(ctx, func(c *contents) error {
		if _, ok := c.custodians[agency]; !ok {
			c.custodians = maps.Clone(c.custodians)
			c.custodians[agency] = versions[place]{}.next(p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return custodian{k.r, agency}, nil
}

// RotateCustodian makes a new version of an agency's key with a holder ("" is
// the ring), which may be another than that of the version before. Keys wrapped
// before still unwrap; KEK.Stale finds them.
func (k VaultKeys) RotateCustodian(ctx context.Context, rand io.Reader, agency, holder string) error {
	if _, err := k.Custodian(agency); err != nil {
		return err
	}
	p, err := k.r.makeAt(ctx, rand, holder, agency)
	if err != nil {
		return err
	}
	return k.changeCustodian(ctx, agency, func(c *contents, v versions[place]) (versions[place], error) {
		c.generation++
		return v.next(p), nil
	})
}

// HolderOf says where the current version of an agency's key lies: "" is the
// ring.
func (k VaultKeys) HolderOf(agency string) string {
	v := k.r.view().custodians[agency]
	return v.keys[v.current].held.holder
}

// DestroyCustodianBefore destroys an agency's versions before the given one,
// for ever: what is still wrapped under them is lost. It may be repeated.
func (k VaultKeys) DestroyCustodianBefore(ctx context.Context, agency string, version uint32) error {
	v, ok := k.r.view().custodians[agency]
	if !ok {
		return fmt.Errorf("%w: agency %q is no custodian of this vault", ErrNoKey, agency)
	}
	after, err := v.destroyBefore(version)
	if err != nil {
		return err
	}
	// The holder first: a ring that has forgotten a key cannot have it destroyed.
	for _, gone := range v.before(version) {
		if err := k.destroyHeld(ctx, gone, after); err != nil {
			return err
		}
	}
	return k.changeCustodian(ctx, agency, func(_ *contents, v versions[place]) (versions[place], error) {
		return v.destroyBefore(version)
	})
}

// destroyHeld destroys a version with its holder; the versions that stay, and
// only they, survive it.
func (k VaultKeys) destroyHeld(ctx context.Context, gone place, stay versions[place]) error {
	if gone.inRing() {
		return nil
	}
	h, err := k.r.holder(gone.held.holder)
	if err != nil {
		return err
	}
	first := gone.held.version + 1
	for _, p := range stay.keys {
		if p.held.holder == gone.held.holder && p.held.key == gone.held.key && p.held.version < first {
			return errors.New("keyring: a version that stays is older with its holder than one that goes")
		}
	}
	if err := h.DestroyBefore(ctx, gone.held.key, first); err != nil {
		return fmt.Errorf("keyring: destroying versions of %s with %s: %w", gone.held.key, gone.held.holder, err)
	}
	return nil
}

func (k VaultKeys) changeCustodian(ctx context.Context, agency string, edit func(*contents, versions[place]) (versions[place], error)) error {
	return k.r.change(ctx, func(c *contents) error {
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

// reveal is the text of one version of an agency's key, to be split. A key that
// a holder keeps cannot be revealed.
func (k VaultKeys) reveal(agency string, version uint32) (string, error) {
	p, ok := k.r.view().custodians[agency].keys[version]
	if !ok {
		return "", fmt.Errorf("%w: version %d of custodian %q", ErrNoKey, version, agency)
	}
	if !p.inRing() {
		return "", fmt.Errorf("keyring: the key of custodian %q lies with %s, which does not give it out: back it up there", agency, p.held.holder)
	}
	return p.key.Reveal(), nil
}

// restore puts a recovered version back. Another key in its place is never
// overwritten.
func (k VaultKeys) restore(ctx context.Context, agency string, version uint32, key suite.Key) error {
	return k.r.change(ctx, func(c *contents) error {
		v := c.custodians[agency]
		if p, ok := v.keys[version]; ok {
			if p.inRing() && p.key.Equal(key) {
				return nil
			}
			return fmt.Errorf("keyring: custodian %q has another key as version %d: the shares are of another ring", agency, version)
		}
		c.custodians = maps.Clone(c.custodians)
		c.custodians[agency] = v.with(version, place{key: key})
		c.generation++
		return nil
	})
}
