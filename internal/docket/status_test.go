package docket

import (
	"testing"
	"time"
)

func TestTransitions(t *testing.T) {
	legal := map[[2]Status]bool{
		{"", Open}:          true,
		{Open, Pending}:     true,
		{Open, Sealed}:      true, // automatic: nothing to review
		{Pending, Open}:     true, // the proposal was turned down
		{Pending, Sealed}:   true,
		{Pending, Unsealed}: true, // a second sealing was turned down
		{Sealed, Unsealed}:  true,
		{Unsealed, Pending}: true,
		{Unsealed, Sealed}:  true,
		{"", Merged}:        true, // heard of under another number of a case that has a record of the person
		{Open, Merged}:      true,
		{Unsealed, Merged}:  true,
		{Merged, Open}:      true, // the link was taken back
		{Merged, Unsealed}:  true,
	}
	all := append([]Status{""}, Statuses()...)
	for _, from := range all {
		for _, to := range append(all, "burnt") {
			c := Change{From: from, To: to, At: time.Unix(1, 0), Operator: "o", Basis: "b"}
			if err := c.Check(); (err == nil) != legal[[2]Status{from, to}] {
				t.Errorf("%q to %q: %v", from, to, err)
			}
		}
	}
}

func TestAChangeNeedsItsCircumstances(t *testing.T) {
	good := Change{From: Open, To: Sealed, At: time.Unix(1, 0), Operator: "policy:p", Basis: "刑诉法 286"}
	for name, change := range map[string]func(*Change){
		"time":     func(c *Change) { c.At = time.Time{} },
		"operator": func(c *Change) { c.Operator = "" },
		"basis":    func(c *Change) { c.Basis = "" },
	} {
		bad := good
		change(&bad)
		if bad.Check() == nil {
			t.Errorf("a change without %s is taken", name)
		}
	}
}

func TestWhatIsReadInTheLedger(t *testing.T) {
	for _, s := range Statuses() {
		if s.InLedger() != (s != Sealed && s != Merged) {
			t.Errorf("%s in the ledger: %v", s, s.InLedger())
		}
		if s.Chinese() == string(s) {
			t.Errorf("no Chinese for %s", s)
		}
	}
}

func TestEveryTypeHasItsWordAndRank(t *testing.T) {
	for i, typ := range Types() {
		if typ.Chinese() == string(typ) || typ.rank() != i {
			t.Errorf("%s: %s, rank %d", typ, typ.Chinese(), typ.rank())
		}
	}
	if Type("x").Chinese() != "x" || Type("x").rank() != len(Types()) {
		t.Error("an unknown type passes for a known one")
	}
}
