package province_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// TestTheCastLivesItsStory folds what is reported of each of them.
func TestTheCastLivesItsStory(t *testing.T) {
	p := small(1)
	of := make(map[string]map[string][]*docket.Event) // by person and case
	for e := range p.Events() {
		for i, part := range e.Data.Persons {
			number := part.Identity.Number
			if of[number] == nil {
				of[number] = make(map[string][]*docket.Event)
			}
			filed := e.Data.Numbers[0].No
			of[number][filed] = append(of[number][filed], e.About(i))
		}
	}
	records := func(who docket.Identity) []docket.State {
		var list []docket.State
		for _, filed := range slices.Sorted(maps.Keys(of[who.Number])) {
			list = append(list, docket.Fold(of[who.Number][filed]))
		}
		return list
	}
	one := func(who docket.Identity) docket.State {
		list := records(who)
		if len(list) != 1 {
			t.Fatalf("%s has %d records, want one", who.Name, len(list))
		}
		return list[0]
	}
	cast := p.Cast()
	for _, who := range []docket.Identity{cast.DrunkDriver, cast.Relapsing} {
		if s := one(who); s.Kind != docket.Conviction || s.Sentence.Kind != docket.Detention || !s.CompletedDate.Before(last) {
			t.Errorf("%s: %s, completed %s", who.Name, s.Kind, s.CompletedDate)
		}
	}
	if s := one(cast.OnProbation); s.EffectiveDate.IsZero() || !s.CompletedDate.IsZero() {
		t.Errorf("on probation: effective %s, completed %s", s.EffectiveDate, s.CompletedDate)
	}
	if list := records(cast.Reoffender); len(list) != 2 || list[0].CompletedDate.IsZero() == list[1].CompletedDate.IsZero() {
		t.Errorf("the reoffender has %d records", len(list))
	}
	if s := one(cast.Minor); civil.AgeOn(s.Identity.Birth, s.OffenceDate) != 16 {
		t.Errorf("the minor was %d", civil.AgeOn(s.Identity.Birth, s.OffenceDate))
	}
	if s := one(cast.PublicOrder); s.Kind != docket.PublicOrder || s.CompletedDate.IsZero() {
		t.Errorf("public order: %s, completed %s", s.Kind, s.CompletedDate)
	}
	if len(records(cast.NoRecord)) != 0 {
		t.Error("who has no record has one")
	}
	light, grave := one(cast.LesserPartner), one(cast.GraverPartner)
	if light.Numbers[0] != grave.Numbers[0] || light.Sentence.Kind.Gravity() >= grave.Sentence.Kind.Gravity() {
		t.Errorf("partners: %v %s, %v %s", light.Numbers, light.Sentence.Kind, grave.Numbers, grave.Sentence.Kind)
	}
	if !slices.ContainsFunc(p.Persons(), func(i docket.Identity) bool { return i.Number == cast.NoRecord.Number }) {
		t.Error("the cast is not among the persons")
	}
}
