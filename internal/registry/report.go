package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
)

// What becomes of records beside what policy says.
const (
	Unsettled = "unsettled" // no decision is due yet: it was filed and not judged
	Undecided = "undecided" // policy has no answer on its person, who waits on: too many records, or a rule that errs
)

// Outcomes are what may become of a record in a wave, in the order of a report.
func Outcomes() []string {
	return []string{string(policy.Seal), string(policy.Observe), string(policy.Review), string(policy.Keep), Unsettled, Undecided}
}

// The dimensions of a report.
const (
	ByCrime   = "crime"   // the first that the record names, as the catalogue has it
	ByRegion  = "region"  // two digits of the custodian's division; "" where the directory does not know it
	ByPenalty = "penalty" // kind of the sentence to be executed, and whether it is suspended
)

// Tally is how many records came to each outcome.
type Tally map[string]int64

// Report is what a wave does, counted: no person and no case in it.
type Report struct {
	Persons int64
	Records int64
	All     Tally
	By      map[string]map[string]Tally // by dimension and its value
	Letters map[string]int64            // records in letters, by agency
}

// NewReport is a report of nothing.
func NewReport() *Report {
	return &Report{
		All: Tally{}, By: map[string]map[string]Tally{ByCrime: {}, ByRegion: {}, ByPenalty: {}}, Letters: map[string]int64{},
	}
}

// record counts one record.
func (r *Report) record(s *docket.State, region, outcome string) {
	r.Records++
	r.All[outcome]++
	r.tally(ByCrime, crimeOf(s), outcome, 1)
	r.tally(ByRegion, region, outcome, 1)
	r.tally(ByPenalty, penaltyOf(s), outcome, 1)
}

func (r *Report) tally(dimension, value, outcome string, n int64) {
	of := r.By[dimension]
	if of[value] == nil {
		of[value] = Tally{}
	}
	of[value][outcome] += n
}

// letters counts the agencies that are told of a sealing.
func (r *Report) letters(s *docket.State) {
	for _, source := range s.Holders {
		if id, err := agency.IDOf(source); err == nil {
			r.Letters[id]++
		}
	}
}

// crimeOf is the first crime of a record by its name in the catalogue. What
// agencies write otherwise is no heading: it may be anything.
func crimeOf(s *docket.State) string {
	for _, c := range crimesOf(s) {
		if m, ok := norm.Crimes().Find(c.Name); ok {
			return m.Name
		}
	}
	return ""
}

func penaltyOf(s *docket.State) string {
	switch {
	case s.Sentence == nil:
		return ""
	case s.Sentence.Suspended != nil && *s.Sentence.Suspended:
		return string(s.Sentence.Kind) + "（缓刑）"
	}
	return string(s.Sentence.Kind)
}

// Add takes the counts of another report over.
func (r *Report) Add(o *Report) {
	r.Persons += o.Persons
	r.Records += o.Records
	for outcome, n := range o.All {
		r.All[outcome] += n
	}
	for dimension, values := range o.By {
		for value, tally := range values {
			for outcome, n := range tally {
				r.tally(dimension, value, outcome, n)
			}
		}
	}
	for id, n := range o.Letters {
		r.Letters[id] += n
	}
}

// The topics under which a report is kept; dimensions have theirs with the
// outcome behind a point.
const (
	topicPersons = "persons"
	topicAll     = "all"
	topicLetters = "letters"
)

// counts is the report as it is kept, in one order.
func (r *Report) counts() []store.WaveCount {
	out := []store.WaveCount{{Topic: topicPersons, N: r.Persons}}
	for outcome, n := range r.All {
		out = append(out, store.WaveCount{Topic: topicAll, Key: outcome, N: n})
	}
	for dimension, values := range r.By {
		for value, tally := range values {
			for outcome, n := range tally {
				out = append(out, store.WaveCount{Topic: dimension + "." + outcome, Key: value, N: n})
			}
		}
	}
	for id, n := range r.Letters {
		out = append(out, store.WaveCount{Topic: topicLetters, Key: id, N: n})
	}
	slices.SortFunc(out, func(a, b store.WaveCount) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// read takes over what was kept.
func (r *Report) read(counts []store.WaveCount) error {
	for _, c := range counts {
		dimension, outcome, of := strings.Cut(c.Topic, ".")
		switch {
		case c.Topic == topicPersons:
			r.Persons += c.N
		case c.Topic == topicAll:
			r.Records += c.N
			r.All[c.Key] += c.N
		case c.Topic == topicLetters:
			r.Letters[c.Key] += c.N
		case of && r.By[dimension] != nil:
			r.tally(dimension, c.Key, outcome, c.N)
		default:
			return fmt.Errorf("a count of a wave has the topic %q", c.Topic)
		}
	}
	return nil
}

// Values are the values of a dimension, those with most records first.
func (r *Report) Values(dimension string) []string {
	of := r.By[dimension]
	return slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(of[b].Sum(), of[a].Sum()), cmp.Compare(a, b))
	})
}

// Sum is all records of a tally.
func (t Tally) Sum() (n int64) {
	for _, x := range t {
		n += x
	}
	return n
}

// LettersFor is how many letters name so many records, at least: a wave that was
// stopped issues some that are not full.
func LettersFor(records int64) int64 { return (records + notice.MostRecords - 1) / notice.MostRecords }
