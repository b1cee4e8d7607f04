package packs_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

func TestEveryPackLoadsAndIsProved(t *testing.T) {
	all, err := packs.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if len(p.Cases) == 0 {
			t.Errorf("%s has no worked case", p.ID)
		}
	}
}

func TestInForce(t *testing.T) {
	set, err := packs.Set()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		regime policy.Regime
		on     string
		want   string
	}{
		{policy.Adult, "2024-12-31", ""},
		{policy.Adult, "2025-01-01", "cn-adult-preferred"},
		{policy.Minor, "2020-05-01", "cn-minor"},
		{policy.PublicOrder, "2025-12-31", ""},
		{policy.PublicOrder, "2026-01-01", "cn-public-order"},
	} {
		got := ""
		if p := set.InForce(c.regime, civil.MustParse(c.on)); p != nil {
			got = p.ID
		}
		if got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.regime, c.on, got, c.want)
		}
	}
}
