package registry_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
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
	now := today.Time().Add(9 * time.Hour)
	if err := w.Reg.Commence(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	const others = "cn-public-order 2000-01-01"
	for _, c := range []struct {
		terms []string
		want  string
	}{
		{[]string{"cn-minor 2000-01-01", others}, "cn-adult-preferred has been in force since 2000-01-01 and is gone from the list"},
		{[]string{"cn-adult-opinion-2 2000-01-01", "cn-minor 2000-01-01", others}, "a pack in force never changes"},
		{[]string{"cn-adult-preferred 2000-01-01 2020-12-31", "cn-minor 2000-01-01", others}, "have passed and do not change"},
	} {
		if err := w.Reg.Enact(t.Context(), setOf(t, c.terms...), now); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.terms, err, c.want)
		}
		if got := w.Reg.PacksInForce(today); got != 3 {
			t.Errorf("after a refused list %d packs are in force", got)
		}
	}
	next := setOf(t, "cn-adult-preferred 2000-01-01 2026-11-23", "cn-adult-opinion-2 2026-11-24", "cn-minor 2000-01-01", others)
	if err := w.Reg.Enact(t.Context(), next, now); err != nil {
		t.Fatal(err)
	}
	if next.InForce(policy.Adult, tomorrow).ID != "cn-adult-opinion-2" || w.Reg.PacksInForce(tomorrow) != 3 {
		t.Error("the new rule is not in force on its day")
	}
	if _, ok := w.Reg.Pack(next.InForce(policy.Adult, today).Digest); !ok {
		t.Error("a decision under the old rule cannot be replayed")
	}
}

// What was in force stays so over a restart, too: a pack whose folder was edited
// while the platform stood still is not taken.
func TestCommenceAfterARestart(t *testing.T) {
	w := registrytest.New(t, registrytest.Options{})
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai)
	restarted := func(set *policy.Set) error {
		t.Helper()
		again, err := registry.New(t.Context(), registry.Config{DB: w.DB, Ring: w.Ring, Origin: "test/trail", Packs: set, Rand: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		return again.Commence(t.Context(), now)
	}
	same := []string{"cn-adult-preferred 2000-01-01", "cn-minor 2000-01-01", "cn-public-order 2000-01-01"}
	for _, c := range []struct {
		name  string
		terms []string
		want  string
	}{
		{"first start", same, ""},
		{"the same list", same, ""},
		{"another pack", []string{"cn-adult-opinion-2 2000-01-01", same[1], same[2]}, "a pack in force never changes"},
		{"one gone", same[:2], "cn-public-order has been in force since 2000-01-01 and is gone from the list"},
		{"another after the first's end", []string{same[0] + " 2026-12-01", "cn-adult-opinion-2 2026-12-02", same[1], same[2]}, ""},
		{"the old list again", same, "cn-adult-opinion-2 has been in force since 2026-12-02 and is gone from the list"},
	} {
		err := restarted(setOf(t, c.terms...))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		now = now.AddDate(0, 0, 2)
	}
}
