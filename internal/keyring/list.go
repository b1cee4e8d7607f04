package keyring

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/fengcun/fengcun/internal/suite"
)

// Info says that a key is there, and never what it is.
type Info struct {
	Purpose string // "ledger", "custodian 990101", "log", …
	Suite   string
	Version uint32 // for keys that rotate: 1, 2, …; else 0
	Current bool   // what is written now uses it
	Public  string // the public half, where there is one
}

// List names the ring's keys in a fixed order.
func (r *Ring) List() []Info {
	c := r.view()
	out := c.ledger.list("ledger")
	one := func(purpose, suiteName, public string) {
		out = append(out, Info{Purpose: purpose, Suite: suiteName, Current: true, Public: public})
	}
	name := c.suite.Name()
	one("ledger person index", name, "")
	one("ledger alias index", name, "")
	for _, agency := range slices.Sorted(maps.Keys(c.custodians)) {
		out = append(out, c.custodians[agency].list("custodian "+agency)...)
	}
	one("vault person index", name, "")
	one("vault alias index", name, "")
	one("vault record index", name, "")
	one("weigh", name, "")
	one("audit", name, c.audit.Public().String())
	for _, k := range c.log {
		one("log", k.Suite().Name(), k.Public().String())
	}
	one("certificate", name, c.certificate.Public().String())
	one("receipt", name, "")
	return out
}

func (v versions) list(purpose string) []Info {
	var out []Info
	for _, n := range slices.Sorted(maps.Keys(v.keys)) {
		out = append(out, Info{Purpose: purpose, Suite: v.keys[n].Suite().Name(), Version: n, Current: n == v.current})
	}
	return out
}

// ChangePassphrase encrypts the ring's file under another passphrase.
func (r *Ring) ChangePassphrase(rand io.Reader, passphrase string) error {
	return r.changePassphrase(rand, passphrase, suite.DefaultCost())
}

func (r *Ring) changePassphrase(rand io.Reader, passphrase string, cost suite.Cost) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store == nil {
		return errors.New("keyring: a ring in memory has no passphrase")
	}
	lock, err := r.keys.suite.NewLock(rand, passphrase, cost)
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	old := r.store.lock
	r.store.lock = lock
	if err := r.store.save(r.keys); err != nil {
		r.store.lock = old
		return err
	}
	return nil
}
