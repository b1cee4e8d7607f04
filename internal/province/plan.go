package province

import (
	"math/rand/v2"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// plan is one case before it is told: everything else follows from the seed.
type plan struct {
	index   int // fixes event ids
	county  int
	serial  int // within the county: the agencies' numbers
	crime   int // into offences; -1 is a public-order case
	offence civil.Date
	persons []int
	stands  []standing
	revoked []revocation
	script  func(*teller) // for the people of the guided tour
}

// revocation takes a suspended sentence back because of a later case.
type revocation struct {
	on     civil.Date
	ground string
}

// ending is what a case left of one defendant, for what may come after.
type ending struct {
	kind      docket.Kind
	sentence  docket.Sentence
	crime     int
	effective civil.Date
	free      civil.Date // at large again from here; zero when not within sight
	completed civil.Date // of imprisonment served: the start of the five years of 刑法 65
	probation civil.Date // end of a suspended sentence's probation
}

func (p *Province) rng(stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(p.seed, stream)) //nolint:gosec // a story, not a secret
}

// people draws the persons and the cases until the province is full.
func (p *Province) people(size int) {
	rng := p.rng(1)
	m := newMaker(p.rng(2))
	for len(p.persons) < size {
		pl := p.newPlan(rng)
		count := 1
		if pl.crime < 0 {
			p.addPersons(rng, m, pl, 1)
			p.add(pl)
			continue
		}
		if chance(rng, p.crimes[pl.crime].group) {
			count = 2 + weighted(rng, 3, func(i int) int { return []int{62, 26, 12}[i] })
		}
		p.addPersons(rng, m, pl, min(count, size-len(p.persons)))
		p.add(pl)
		for i := range pl.persons {
			p.again(rng, pl, i, 2)
		}
	}
}

func (p *Province) newPlan(rng *rand.Rand) *plan {
	pl := &plan{county: rng.IntN(len(p.counties)), crime: -1}
	if !chance(rng, 9) {
		pl.crime = p.drawCrime(rng)
	}
	pl.offence = p.from.AddDays(rng.IntN(max(1, p.to.Sub(p.from))))
	return pl
}

func (p *Province) drawCrime(rng *rand.Rand) int {
	return weighted(rng, len(p.crimes), func(i int) int { return p.crimes[i].weight })
}

// add numbers a plan and keeps it.
func (p *Province) add(pl *plan) {
	p.serials[pl.county]++
	pl.index, pl.serial = len(p.plans)+1, p.serials[pl.county]
	pl.revoked = make([]revocation, len(pl.persons))
	p.plans = append(p.plans, pl)
}

func (p *Province) addPersons(rng *rand.Rand, m *maker, pl *plan, count int) {
	for range count {
		sex := "男"
		var age int
		men, minors := 80, 0
		if pl.crime >= 0 {
			men, minors = p.crimes[pl.crime].men, p.crimes[pl.crime].minors
		}
		if !chance(rng, men) {
			sex = "女"
		}
		if rng.IntN(1000) < minors {
			age = between(rng, 16, 17)
		} else {
			age = 18 + weighted(rng, 5, func(i int) int { return []int{16, 34, 28, 15, 7}[i] })*9 + rng.IntN(10)
		}
		// between the last and the next birthday, and never on the day itself
		birth := pl.offence.AddYears(-age).AddDays(-2 - rng.IntN(355))
		pl.persons = append(pl.persons, len(p.persons))
		pl.stands = append(pl.stands, standing{minor: age < 18})
		p.persons = append(p.persons, m.person(p.counties[pl.county], sex, birth))
	}
}

// again may give a person another case, after what the first one left.
func (p *Province) again(rng *rand.Rand, old *plan, which, deepest int) {
	if deepest == 0 || !chance(rng, 13) {
		return
	}
	end := p.tell(old).endings[which]
	if end.free.IsZero() {
		return
	}
	offence := end.free.AddDays(20 + int(rng.ExpFloat64()*760))
	if !offence.Before(p.to) {
		return
	}
	person := old.persons[which]
	pl := &plan{county: old.county, crime: p.drawCrime(rng), offence: offence, persons: []int{person}}
	if chance(rng, 45) && end.crime >= 0 {
		pl.crime = end.crime // many come back with the same
	}
	pl.stands = []standing{p.standingOf(person, old.stands[which], end, pl)}
	during := offence.Before(end.probation)
	if during {
		pl.stands[0].suspended = &end.sentence
	}
	p.add(pl)
	if during {
		p.revokeBy(old, which, pl)
	}
	p.again(rng, pl, 0, deepest-1)
}

func (p *Province) standingOf(person int, before standing, end ending, pl *plan) standing {
	served := end.kind == docket.Conviction && end.sentence.Kind == ft && !end.completed.IsZero()
	within := !pl.offence.After(end.completed.AddYears(5))
	earlier, now := p.crimes[max(0, end.crime)], p.crimes[pl.crime]
	return standing{
		minor: civil.AgeOn(p.persons[person].Birth, pl.offence) < 18,
		recidivist: served && within && !before.minor && earlier.mens == docket.Intent &&
			now.mens == docket.Intent,
		drug: before.drug || (end.kind == docket.Conviction && end.crime >= 0 && earlier.drug),
	}
}

// revokeBy takes the suspension of old back when the new judgment stands.
func (p *Province) revokeBy(old *plan, which int, pl *plan) {
	later := p.tell(pl).endings[0]
	if later.kind == docket.Conviction && !later.effective.IsZero() {
		old.revoked[which] = revocation{on: later.effective, ground: "新罪"}
	}
}
