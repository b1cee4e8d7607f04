package quality_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
	"github.com/fengcun/fengcun/internal/quality"
)

// records are the events of each person's record in each case of a province.
func records(p *province.Province) map[string][]*docket.Event {
	out := make(map[string][]*docket.Event)
	for e := range p.Events() {
		for i := range e.Data.Persons {
			key := e.Data.Numbers[0].No + "/" + e.Data.Persons[i].Identity.Number
			out[key] = append(out[key], e.About(i))
		}
	}
	return out
}

func directoryOf(p *province.Province) *quality.Directory {
	var all []*agency.Agency
	for _, a := range p.Agencies() {
		all = append(all, &a)
	}
	return quality.NewDirectory(all)
}

// TestALawfulProvinceHasNoFaults: the made-up province keeps to the law, so
// whatever is found in the records of the cases that have run their course is a
// mistake of the rules.
func TestALawfulProvinceHasNoFaults(t *testing.T) {
	size := 6000
	if testing.Short() {
		size = 1500
	}
	to := civil.MustParse("2034-01-01")
	p := province.New(7, size, civil.MustParse("2004-01-01"), to)
	all := records(p)
	counts := make(map[string]int)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key][0].Data.Date.After(to.AddYears(-18)) {
			delete(all, key)
			continue
		}
		found, _ := quality.Standard().Examine(all[key], to, directoryOf(p))
		for _, f := range found {
			if counts[f.Rule]++; counts[f.Rule] < 4 {
				t.Errorf("%s: %+v\n%s", key, f, course(all[key]))
			}
		}
	}
	t.Logf("%d records, found %v", len(all), counts)
}

func course(events []*docket.Event) (out string) {
	for _, e := range docket.InOrder(events) {
		out += fmt.Sprintf("   %s %s %s %+v\n", e.Data.Date, e.Type.Chinese(), e.Source, e.Data.Persons)
	}
	return out
}
