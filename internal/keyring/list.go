package keyring

import (
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
	Holder  string // where the key lies: "" is the ring
}

// List names the ring's keys in a fixed order.
func (r *Ring) List() []Info {
	c := r.view()
	out := list(c.ledger, "ledger", func(k suite.Key) Info { return Info{Suite: k.Suite().Name()} })
	one := func(purpose, suiteName, public string) {
		out = append(out, Info{Purpose: purpose, Suite: suiteName, Current: true, Public: public})
	}
	name := c.suite.Name()
	if !c.ledgerPerson.IsZero() {
		one("ledger person index", name, "")
		one("ledger alias index", name, "")
	}
	for _, agency := range slices.Sorted(maps.Keys(c.custodians)) {
		out = append(out, list(c.custodians[agency], "custodian "+agency, place.info)...)
	}
	if !c.vaultPerson.IsZero() {
		one("vault person index", name, "")
		one("vault alias index", name, "")
		one("vault record index", name, "")
		one("weigh", name, "")
	}
	one("audit", name, c.auditKey().String())
	for _, k := range c.log {
		one("log", k.Suite().Name(), k.Public().String())
	}
	if !c.certificate.IsZero() {
		one("certificate", name, c.certificate.Public().String())
		one("receipt", name, "")
	}
	return out
}

func list[K any](v versions[K], purpose string, info func(K) Info) []Info {
	var out []Info
	for _, n := range slices.Sorted(maps.Keys(v.keys)) {
		i := info(v.keys[n])
		i.Purpose, i.Version, i.Current = purpose, n, n == v.current
		out = append(out, i)
	}
	return out
}

// info leaves out the suite of a key that a holder keeps: it is the holder's
// choice.
func (p place) info() Info {
	if p.inRing() {
		return Info{Suite: p.key.Suite().Name()}
	}
	return Info{Holder: p.held.holder}
}
