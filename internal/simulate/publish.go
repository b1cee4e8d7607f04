package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/policy"
)

// FactOf is what statistics may keep of a record: no person, no free text, the
// year alone, age and fine in bands. region and defendants are the case's; what
// is out of range is left unknown, so that Add takes it.
//
// Other convictions are left unknown. What a fact said of them would tell of one
// that is sealed, or is sealed later.
func FactOf(who policy.Person, r *policy.Record, region string, defendants int) *Fact {
	out := factOf(&policy.Dossier{Person: who, Records: []policy.Record{*r}}, 0, civil.Date{})
	out.Others = OthersUnknown
	if _, ok := regionNumber(region); ok {
		out.Region = region
	}
	out.Defendants = min(max(defendants, 1), math.MaxUint8)
	out.coarsen()
	return out
}

// coarsen takes out what is too fine, or what Add would refuse.
func (f *Fact) coarsen() {
	if f.Year < firstYear || f.Year > lastYear {
		f.Year = 0
	}
	f.Crimes = slices.Clone(f.Crimes[:min(len(f.Crimes), maxCrimes)])
	for i := range f.Crimes {
		c := &f.Crimes[i]
		if m, ok := norm.Crimes().Find(c.Name); ok {
			c.Name = m.Name
		} else if !norm.Crimes().Several(c.Name) {
			c.Name = ""
		}
		if mensReaCode(c.MensRea) == 0 {
			c.MensRea = ""
		}
	}
	s := &f.Sentence
	s.Months, s.Days, s.ProbationMonths = within(s.Months, maxMonths), within(s.Days, maxDays), within(s.ProbationMonths, maxMonths)
	if s.FineYuan != nil {
		top := fineBands[fineBand(max(0, *s.FineYuan))]
		s.FineYuan = &top
	}
}

func within(n *int, top int) *int {
	if n == nil || *n < 0 || *n > top {
		return nil
	}
	return n
}

// MarshalJSON writes the fact as docs/calibration.md has it; DecodeFact reads it.
func (f *Fact) MarshalJSON() ([]byte, error) {
	out := jsonFact{
		Year: f.Year, Region: f.Region, Kind: &f.Kind, Crimes: f.Crimes, Sentence: f.Sentence, Age: f.Age, Sex: f.Sex,
		Completed: f.Completed, Flags: f.Flags, Defendants: f.Defendants, Persons: f.Persons,
	}
	if f.Others != OthersUnknown {
		out.Others = &f.Others
	}
	return json.Marshal(out)
}

// Gather brings facts, each as MarshalJSON wrote it, into lines for a file: equal
// ones become one line that stands for all their persons, and the lines are in
// the order of their text, so that nothing tells which came first.
func Gather(facts [][]byte) ([][]byte, error) {
	count := map[string]int{}
	for n, raw := range facts {
		f, err := DecodeFact(raw)
		if err != nil {
			return nil, fmt.Errorf("fact %d: %w", n+1, err)
		}
		persons := f.Persons
		f.Persons = 1
		key, err := json.Marshal(f)
		if err != nil {
			return nil, fmt.Errorf("fact %d: %w", n+1, err)
		}
		count[string(key)] += persons
	}
	var lines [][]byte
	for key, persons := range count {
		f, err := DecodeFact([]byte(key))
		if err != nil {
			return nil, err
		}
		for ; persons > 0; persons -= f.Persons {
			f.Persons = min(persons, math.MaxUint16)
			line, err := json.Marshal(f)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, bytes.Compare)
	return lines, nil
}
