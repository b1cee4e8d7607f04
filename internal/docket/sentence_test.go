package docket

import "testing"

func TestGravityIsTheOrderOfTheStatute(t *testing.T) {
	for _, c := range []struct{ lighter, graver Penalty }{
		{ExemptFromPunishment, Fine},
		{Fine, PublicSurveillance},
		{PublicSurveillance, Detention},
		{Detention, FixedTerm},
		{FixedTerm, LifeImprisonment},
		{LifeImprisonment, Death},
	} {
		if c.lighter.Gravity() >= c.graver.Gravity() {
			t.Errorf("%s must be lighter than %s", c.lighter, c.graver)
		}
	}
	before := -1
	for _, p := range Penalties() {
		if !p.Valid() || p.Gravity() < before {
			t.Errorf("%s out of order", p)
		}
		before = p.Gravity()
	}
	if Penalty("拘留").Valid() || Penalty("").Valid() {
		t.Error("no penalty passes for one")
	}
}
