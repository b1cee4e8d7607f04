package simulate

import (
	"fmt"
	"math"
	"sync"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// Fact is one conviction fact as it is read: one person, or several persons
// alike, in one judgment. Nil and empty are unknown.
type Fact struct {
	Year       int          // in which the judgment took effect; 0 is unknown
	Region     string       // first two digits of the division code; "" is not given
	Kind       docket.Kind  // "" is unknown
	Crimes     []Charge     // the principal one first
	Sentence   Sentence     //
	Age        string       // band of the age at the offence: see AgeBands
	Sex        string       // 男 or 女
	Completed  *bool        // the execution has ended
	Others     Others       // other convictions of the person
	Flags      docket.Flags //
	Defendants int          // of the case; at least 1
	Persons    int          // whom the fact stands for; at least 1
}

// Charge is one crime of a fact.
type Charge struct {
	Name        string         `json:"name,omitempty"`
	MensRea     docket.MensRea `json:"mens_rea,omitempty"`
	VictimMinor *bool          `json:"victim_minor,omitempty"`
	ByOfficial  *bool          `json:"by_official,omitempty"`
}

// Sentence is the combined sentence of a fact. Where a source leaves open which
// penalty of several it was, Kinds lists them and Kind is empty: a rule that
// treats all of them alike is then still answered.
type Sentence struct {
	Kind            docket.Penalty   `json:"kind,omitempty"`
	Kinds           []docket.Penalty `json:"kinds,omitempty"`
	Months          *int             `json:"months,omitempty"`
	Days            *int             `json:"days,omitempty"`
	Suspended       *bool            `json:"suspended,omitempty"`
	ProbationMonths *int             `json:"probation_months,omitempty"`
	FineYuan        *int64           `json:"fine_yuan,omitempty"`
}

// AgeBands lists the bands of the age at the offence.
func AgeBands() []string {
	var names []string
	for _, b := range ageBands[1:] {
		names = append(names, b.name)
	}
	return names
}

// Limits of facts.
const (
	MaxProfiles = 1 << 22 // distinct profiles; more would break the bound on memory
	maxCrimes   = 50
	maxMonths   = 1200
	maxDays     = 99
	firstYear   = 1950
	lastYear    = 2300
)

// Facts is conviction facts in columns, eight bytes a fact: the number of the
// profile, the persons it stands for, the region and the defendants of the
// case. It grows by Add and is safe for concurrent reading when it no longer
// does.
type Facts struct {
	profiles []profile
	numbers  map[profile]uint32
	names    []string // of crimes, by the number in a charge; the first is unknown
	crimes   map[string]uint16

	profile    []uint32
	persons    []uint16
	region     []uint8
	defendants []uint8

	once   sync.Once
	totals []total // by profile
}

// NewFacts has no facts yet.
func NewFacts() *Facts {
	f := &Facts{numbers: map[profile]uint32{}, names: []string{""}, crimes: map[string]uint16{}}
	for _, c := range norm.Crimes().All() {
		f.crimes[c.Name] = uint16(len(f.names)) //nolint:gosec // 483 of them
		f.names = append(f.names, c.Name)
	}
	return f
}

// Len is the number of facts; each may stand for several persons.
func (f *Facts) Len() int { return len(f.profile) }

// Profiles is the number of distinct profiles among them.
func (f *Facts) Profiles() int { return len(f.profiles) }

// Add appends a fact. An error names the field; nothing is added then.
func (f *Facts) Add(fact *Fact) error {
	p, err := f.pack(fact)
	if err != nil {
		return err
	}
	region, ok := regionNumber(fact.Region)
	if !ok {
		return fmt.Errorf("field /region: %q is no province's code of two digits", fact.Region)
	}
	if fact.Defendants < 1 || fact.Defendants > math.MaxUint8 {
		return fmt.Errorf("field /defendants: %d is outside 1 to %d", fact.Defendants, math.MaxUint8)
	}
	if fact.Persons < 1 || fact.Persons > math.MaxUint16 {
		return fmt.Errorf("field /persons: %d is outside 1 to %d; split the fact", fact.Persons, math.MaxUint16)
	}
	n, known := f.numbers[p]
	if !known {
		if len(f.profiles) >= MaxProfiles {
			return fmt.Errorf("more than %d distinct facts; leave out days and fines, or split the input by year", MaxProfiles)
		}
		n = uint32(len(f.profiles)) //nolint:gosec // bounded above
		f.profiles, f.numbers[p] = append(f.profiles, p), n
	}
	f.row(n, uint16(fact.Persons), region, uint8(fact.Defendants))
	return nil
}

func (f *Facts) row(n uint32, persons uint16, region, defendants uint8) {
	f.profile = append(f.profile, n)
	f.persons = append(f.persons, persons)
	f.region = append(f.region, region)
	f.defendants = append(f.defendants, defendants)
}

// Grow makes room for n more facts, so that adding them copies nothing.
func (f *Facts) Grow(n int) {
	f.profile = append(make([]uint32, 0, len(f.profile)+n), f.profile...)
	f.persons = append(make([]uint16, 0, len(f.persons)+n), f.persons...)
	f.region = append(make([]uint8, 0, len(f.region)+n), f.region...)
	f.defendants = append(make([]uint8, 0, len(f.defendants)+n), f.defendants...)
}

// LastYear is the latest year of any fact; 0 if none is known.
func (f *Facts) LastYear() int {
	last := 0
	for i := range f.profiles {
		last = max(last, int(f.profiles[i].year))
	}
	return last
}
