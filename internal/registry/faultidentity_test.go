package registry_test

import (
	"context"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// knownAgain is knownTwice for a world in which it happens many times: nobody
// has another's birthday.
func knownAgain(w *world) (of func() int) {
	births := civil.MustParse("1950-01-01")
	return func() int {
		births = births.AddDays(100)
		p := w.Person(births.String())
		w.Convicted(p, registrytest.Theft, "2024-01-05", registrytest.Months(docket.FixedTerm, 60), "2024-06-20")
		w.Convicted(selfReported(p), registrytest.Theft, "2023-05-05", registrytest.Months(docket.FixedTerm, 61), "2023-11-01")
		return w.Count(`SELECT COUNT(*) FROM identity_pair`)
	}
}

func identifyAct(w *world) func() deed {
	again := knownAgain(w)
	return func() deed {
		before := again()
		return deed{do: func() error { _, err := w.Reg.Identify(context.Background(), w.Now, 10); return err }, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM identity_pair`); n != before+2 {
				w.Fatalf("one pair is %d rows", n-before)
			}
			if n := w.Count(`SELECT COUNT(*) FROM identity_work`); n != 0 {
				w.Fatalf("%d persons still wait", n)
			}
		}}
	}
}

func joinAct(w *world) func() deed {
	again := knownAgain(w)
	return func() deed {
		again()
		w.Identify()
		return verdictDeed(w, pairs(w, reviewer, "")[0].Row.ID, "", registry.SamePerson)
	}
}

func partAct(w *world) func() deed {
	again := knownAgain(w)
	return func() deed {
		again()
		w.Identify()
		id := pairs(w, reviewer, "")[0].Row.ID
		if err := ruleIdentity(w, reviewer, id, "", registry.SamePerson); err != nil {
			w.Fatal(err)
		}
		return verdictDeed(w, id, registry.SamePerson, registry.DifferentPerson)
	}
}

func verdictDeed(w *world, id, was, verdict string) deed {
	return deed{do: func() error {
		return w.Reg.RuleIdentity(context.Background(), reviewer, registry.IdentityRuling{
			Pair: id, Was: was, Verdict: verdict, Basis: "household", Note: "户籍底册核对",
		}, w.Now)
	}, done: func() {
		if n := w.Count(`SELECT COUNT(*) FROM identity_pair WHERE id = $1 AND verdict = $2`, id, verdict); n != 2 {
			w.Fatalf("the verdict stands in %d rows", n)
		}
	}}
}
