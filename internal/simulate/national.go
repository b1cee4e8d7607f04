package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// NationalYear is the year of the synthetic facts.
const NationalYear = 2024

// grain is how many persons one synthetic fact stands for.
const grain = 10

// Assumptions are what may be turned in the synthetic year.
type Assumptions struct {
	Others float64 // percent of adults with another conviction in effect; below 0: unknown for all
}

// DefaultAssumptions are those of Figures.
func DefaultAssumptions() Assumptions { return Assumptions{Others: figure("other_conviction")} }

// National makes the synthetic national year 2024: persons, crimes and bands of
// punishment after Figures, everything else drawn at random from the seed that
// is part of the program, so that it is the same every time. It is no
// statistics: it is what the published figures allow to say, and assumptions.
func National(a Assumptions) (*Facts, error) {
	if a.Others > 100 {
		return nil, fmt.Errorf("%v%% of the persons with another conviction: at most 100", a.Others)
	}
	crimes, table := crimePersons()
	counts := apportion(table, int(figure("persons"))/grain)
	n := nation{facts: NewFacts(), by: a, rng: rand.New(rand.NewPCG(NationalYear, 1))} //nolint:gosec // a sample, not a secret
	n.minors, n.young = figure("minors")/100, figure("under_25")/100
	n.suspended, n.recidivist = figure("suspended")/100, figure("recidivist")/100
	n.facts.Grow(int(figure("persons")) / grain)
	n.defendants()
	for i := range crimes {
		for band, count := range counts[i] {
			for k := range count {
				if err := n.add(&crimes[i], band, (float64(k)+0.5)/float64(count)); err != nil {
					return nil, fmt.Errorf("synthetic year, %s: %w", crimes[i].name, err)
				}
			}
		}
	}
	return n.facts, nil
}

// nation draws the facts of the synthetic year.
type nation struct {
	facts *Facts
	by    Assumptions
	rng   *rand.Rand
	alone float64 // of persons not drunk drivers, those in cases of one defendant
	pairs float64 // and of two; the rest in cases of four

	spread                               float64
	minors, young, suspended, recidivist float64 // shares from Figures
}

// defendants solves for the cases of four so that persons and cases agree with
// the figures: cases = drivers' cases / their share.
func (n *nation) defendants() {
	drivers := figure("dangerous_driving_cases")
	cases := drivers/(figure("dangerous_driving_share")/100) - drivers
	perCase := (figure("persons") - drivers) / cases
	two := figure("two_defendants") / 100
	four := (perCase - 1 - two) / 3
	n.alone, n.pairs = (1-two-four)/perCase, 2*two/perCase
}

// add adds one fact. at is its place among those of its crime and band, from 0
// to 1, by which the term is spread.
func (n *nation) add(c *crimeFigure, band int, at float64) error {
	f := Fact{
		Year: NationalYear, Kind: docket.Conviction, Defendants: 1, Persons: grain,
		Crimes: []Charge{n.charge(c)}, Sentence: sentenceIn(band, at, c.name == "危险驾驶罪"),
	}
	if c.name != "危险驾驶罪" {
		f.Defendants = n.company()
	}
	n.person(&f, c)
	return n.facts.Add(&f)
}

// company is the number of defendants, spread evenly instead of at random, so
// that the number of cases comes out right.
func (n *nation) company() int {
	n.spread = math.Mod(n.spread+(math.Sqrt(5)-1)/2, 1)
	switch {
	case n.spread < n.alone:
		return 1
	case n.spread < n.alone+n.pairs:
		return 2
	}
	return 4
}

func (n *nation) charge(c *crimeFigure) Charge {
	m, _ := norm.Crimes().Find(c.name)
	out := Charge{Name: c.name, MensRea: docket.MensRea(m.MensRea), ByOfficial: new(bool)}
	*out.ByOfficial = c.duty
	return out
}

// person draws the age and the past.
func (n *nation) person(f *Fact, c *crimeFigure) {
	adultOnly := c.duty || c.name == "危险驾驶罪"
	switch r := n.rng.Float64(); {
	case r < n.minors && !adultOnly:
		f.Age = "16-17"
	case r < n.young:
		f.Age = "18-24"
	default:
		f.Age = []string{"25-34", "35-44", "45-59", "60-74"}[n.pick(0.42, 0.33, 0.21)]
	}
	f.Flags.Recidivist, f.Flags.DrugRecidivist = new(bool), new(bool)
	if n.by.Others < 0 {
		f.Flags.Recidivist, f.Flags.DrugRecidivist = nil, nil
		return
	}
	f.Others = OthersNone
	if f.Age != "16-17" && n.rng.Float64() < n.others(*f.Sentence.Suspended) {
		f.Others = OthersAdult
		s := f.Sentence
		*f.Flags.Recidivist = s.Kind == docket.FixedTerm && !*s.Suspended && n.rng.Float64() < n.recidivist
		*f.Flags.DrugRecidivist = n.rng.Float64() < n.recidivist
	}
}

// others is the chance of another conviction: half as high for the suspended,
// among whom no recidivist can be (刑法 74), and right on the whole.
func (n *nation) others(suspended bool) float64 {
	chance := n.by.Others / 100 / (1 - n.suspended/2)
	if suspended {
		chance /= 2
	}
	return chance
}

func (n *nation) pick(a, b, c float64) int {
	switch r := n.rng.Float64(); {
	case r < a:
		return 0
	case r < a+b:
		return 1
	case r < a+b+c:
		return 2
	}
	return 3
}

// sentenceIn is a sentence of a band. Terms heap on the months that courts are
// assumed to prefer.
func sentenceIn(band int, at float64, driving bool) Sentence {
	s := Sentence{Suspended: new(bool)}
	*s.Suspended = band == detentionSuspended || band == yearSuspended || band == threeSuspended
	term := func(kind docket.Penalty, months ...int) {
		m := months[min(len(months)-1, int(at*float64(len(months))))]
		s.Kind, s.Months = kind, &m
	}
	switch band {
	case exempt:
		s.Kind = docket.ExemptFromPunishment
	case fineAlone:
		s.Kind = docket.Fine
	case surveillance:
		term(docket.PublicSurveillance, 3, 6, 6, 8, 10, 12, 12, 18, 24)
	case detention, detentionSuspended:
		if driving {
			term(docket.Detention, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4)
		} else {
			term(docket.Detention, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6)
		}
	case year, yearSuspended:
		term(docket.FixedTerm, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 10, 11, 12, 12, 12, 12)
	case three, threeSuspended:
		term(docket.FixedTerm, 13, 14, 14, 15, 15, 16, 16, 18, 18, 18, 18, 18, 20, 20, 22, 24, 24, 24, 26, 28, 30, 30, 32, 34, 36, 36, 36, 36)
	case five:
		term(docket.FixedTerm, 37, 38, 40, 42, 42, 42, 45, 48, 48, 48, 50, 54, 54, 57)
	default:
		if term(docket.FixedTerm, 60, 60, 66, 72, 78, 84, 84, 96, 108, 120, 120, 126, 132, 144, 156, 180); at > 0.99 {
			s.Kind, s.Months = docket.LifeImprisonment, nil
		}
	}
	return s
}
