package simulate

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// pack turns a fact into its profile.
func (f *Facts) pack(fact *Fact) (profile, error) {
	p := profile{
		others: fact.Others, completed: truthOf(fact.Completed),
		recidivist: truthOf(fact.Flags.Recidivist), drugRecidivist: truthOf(fact.Flags.DrugRecidivist),
		pleadsGuilty: truthOf(fact.Flags.PleadsGuilty), forgiven: truthOf(fact.Flags.VictimForgives),
		compensated: truthOf(fact.Flags.CompensationPaid), surrender: truthOf(fact.Flags.Surrender),
		applied: truthOf(fact.Flags.Applied),
	}
	if fact.Year != 0 && (fact.Year < firstYear || fact.Year > lastYear) {
		return p, fmt.Errorf("field /year: %d is outside %d to %d", fact.Year, firstYear, lastYear)
	}
	p.year = uint16(fact.Year) //nolint:gosec // bounded above
	for _, set := range []func(*Fact, *profile) error{setKind, setPerson, setSentence} {
		if err := set(fact, &p); err != nil {
			return p, err
		}
	}
	charges, err := f.charges(fact.Crimes)
	p.charges = charges
	return p, err
}

func setKind(fact *Fact, p *profile) error {
	for i, k := range recordKinds {
		if k == fact.Kind {
			p.kind = uint8(i)
			return nil
		}
	}
	return fmt.Errorf("field /kind: %q is no kind of record", fact.Kind)
}

func setPerson(fact *Fact, p *profile) error {
	switch fact.Sex {
	case "":
	case "男":
		p.sex = 1
	case "女":
		p.sex = 2
	default:
		return fmt.Errorf("field /sex: %q is neither 男 nor 女; leave it out if unknown", fact.Sex)
	}
	for i, b := range ageBands {
		if b.name == fact.Age {
			p.age = uint8(i)
			return agree(p)
		}
	}
	return fmt.Errorf("field /age: %q is none of the bands %v", fact.Age, AgeBands())
}

// agree refuses what a dossier for the fact could not say.
func agree(p *profile) error {
	switch young := p.age != 0 && p.age < firstAdultBand; {
	case p.others == OthersAdult && young:
		return fmt.Errorf("field /others: adult, but the fact itself is of a minor; earlier crimes cannot be an adult's")
	case p.others == OthersMinor && p.age == 0:
		return fmt.Errorf("field /others: minor needs the band of the age at this offence (field /age)")
	case p.others == OthersAdult && p.age == 0:
		p.age = firstAdultBand + 1 // an adult already at an earlier offence
	}
	return nil
}

func setSentence(fact *Fact, p *profile) error {
	s := &fact.Sentence
	p.suspended = truthOf(s.Suspended)
	kinds := s.Kinds
	if s.Kind != "" {
		if len(kinds) > 0 {
			return fmt.Errorf("field /sentence/kinds: the kind is given as well; give one of the two")
		}
		kinds = []docket.Penalty{s.Kind}
	}
	for _, k := range kinds {
		if !k.Valid() {
			return fmt.Errorf("field /sentence/kind: %q is no kind of penalty", k)
		}
		p.kinds |= penaltyBit(k)
	}
	if s.FineYuan != nil {
		if *s.FineYuan < 0 {
			return fmt.Errorf("field /sentence/fine_yuan: %d is negative", *s.FineYuan)
		}
		p.fine = fineBand(*s.FineYuan)
	}
	var err error
	p.months = int16(bounded(s.Months, maxMonths, "months", &err))                       //nolint:gosec // bounded
	p.probation = int16(bounded(s.ProbationMonths, maxMonths, "probation_months", &err)) //nolint:gosec // bounded
	p.days = int8(bounded(s.Days, maxDays, "days", &err))                                //nolint:gosec // bounded
	return err
}

// bounded is the value or -1 for unknown.
func bounded(n *int, top int, field string, err *error) int {
	switch {
	case n == nil:
		return -1
	case *n < 0 || *n > top:
		*err = fmt.Errorf("field /sentence/%s: %d is outside 0 to %d", field, *n, top)
		return -1
	}
	return *n
}

func (f *Facts) charges(crimes []Charge) (string, error) {
	if len(crimes) > maxCrimes {
		return "", fmt.Errorf("field /crimes: %d crimes, at most %d are taken", len(crimes), maxCrimes)
	}
	packed := make([]byte, 0, chargeBytes*len(crimes))
	for i := range crimes {
		c := &crimes[i]
		n, err := f.crime(c.Name)
		if err != nil {
			return "", fmt.Errorf("field /crimes/%d/name: %w", i, err)
		}
		if c.MensRea != "" && mensReaCode(c.MensRea) == 0 {
			return "", fmt.Errorf("field /crimes/%d/mens_rea: %q is neither intent nor negligence", i, c.MensRea)
		}
		packed = charge{n, mensReaCode(c.MensRea), truthOf(c.VictimMinor), truthOf(c.ByOfficial)}.appendTo(packed)
	}
	return string(packed), nil
}

// crime is the number of a crime by any of its names. A name that stands for
// several crimes of today gets a number of its own; one that the catalogue does
// not know is refused, for free text could tell who it was.
func (f *Facts) crime(name string) (uint16, error) {
	if name == "" {
		return 0, nil
	}
	if n, ok := f.crimes[name]; ok {
		return n, nil
	}
	m, ok := norm.Crimes().Find(name)
	switch {
	case ok:
		f.crimes[name] = f.crimes[m.Name]
	case norm.Crimes().Several(name):
		f.crimes[name] = uint16(len(f.names)) //nolint:gosec // as many as the catalogue has
		f.names = append(f.names, name)
	default:
		return 0, fmt.Errorf("%q is no crime of the catalogue; leave the name out if unknown", name)
	}
	return f.crimes[name], nil
}
