// Package packstest has the packs of this module in force, for tests of what
// stands on a policy.
package packstest

import (
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

// InForce is a set with one pack for adults, for minors and for public order,
// in force since 2000 and signed off by two officers who do not exist.
func InForce(tb testing.TB) *policy.Set {
	tb.Helper()
	set, err := Set()
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

// Set is [InForce] where there is no test to fail.
func Set() (*policy.Set, error) {
	from := civil.MustParse("2000-01-01")
	signed := []policy.Signoff{{Officer: "a", Agency: "x", On: from}, {Officer: "b", Agency: "x", On: from}}
	var known []*policy.Pack
	var enacted []policy.Enactment
	for _, id := range []string{"cn-adult-preferred", "cn-minor", "cn-public-order"} {
		p, err := packs.Open(id)
		if err != nil {
			return nil, err
		}
		known = append(known, p)
		enacted = append(enacted, policy.Enactment{Pack: id, Digest: p.Digest, From: from, Signed: signed, Note: "test"})
	}
	return policy.NewSet(known, enacted)
}
