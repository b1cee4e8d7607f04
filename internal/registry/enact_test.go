package registry_test

import (
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/packs"
)

// setOf puts packs in force, each "id from to"; to may be missing.
func setOf(t *testing.T, terms ...string) *policy.Set {
	t.Helper()
	var known []*policy.Pack
	var enacted []policy.Enactment
	for _, term := range terms {
		words := append(strings.Fields(term), "")
		p, err := packs.Open(words[0])
		if err != nil {
			t.Fatal(err)
		}
		on := civil.MustParse(words[1])
		e := policy.Enactment{Pack: p.ID, Digest: p.Digest, From: on, Signed: []policy.Signoff{
			{Officer: "a", Agency: "x", On: on.AddDays(-9)}, {Officer: "b", Agency: "y", On: on.AddDays(-8)},
		}}
		if words[2] != "" {
			e.To = civil.MustParse(words[2])
		}
		known, enacted = append(known, p), append(enacted, e)
	}
	set, err := policy.NewSet(known, enacted)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Other packs are put in force while the platform runs. A list that would change
// what was in force is refused, and the packs in force go on.
func TestEnactWhileItRuns(t *testing.T) {
	w := registrytest.New(t, registrytest.Options{})
	today, tomorrow := civil.MustParse("2026-11-23"), civil.MustParse("2026-11-24")
	const others = "cn-public-order 2000-01-01"
	for _, c := range []struct {
		terms []string
		want  string
	}{
		{[]string{"cn-minor 2000-01-01", others}, "cn-adult-preferred has been in force since 2000-01-01 and is gone from the list"},
		{[]string{"cn-adult-opinion-2 2000-01-01", "cn-minor 2000-01-01", others}, "a pack in force never changes"},
		{[]string{"cn-adult-preferred 2000-01-01 2020-12-31", "cn-minor 2000-01-01", others}, "have passed and do not change"},
	} {
		if err := w.Reg.Enact(setOf(t, c.terms...), today); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.terms, err, c.want)
		}
		if got := w.Reg.PacksInForce(today); got != 3 {
			t.Errorf("after a refused list %d packs are in force", got)
		}
	}
	next := setOf(t, "cn-adult-preferred 2000-01-01 2026-11-23", "cn-adult-opinion-2 2026-11-24", "cn-minor 2000-01-01", others)
	if err := w.Reg.Enact(next, today); err != nil {
		t.Fatal(err)
	}
	if next.InForce(policy.Adult, tomorrow).ID != "cn-adult-opinion-2" || w.Reg.PacksInForce(tomorrow) != 3 {
		t.Error("the new rule is not in force on its day")
	}
	if _, ok := w.Reg.Pack(next.InForce(policy.Adult, today).Digest); !ok {
		t.Error("a decision under the old rule cannot be replayed")
	}
}
