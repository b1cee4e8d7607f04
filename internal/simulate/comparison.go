package simulate

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
)

// Comparison is packs side by side over the same facts.
type Comparison struct {
	Facts  Source       `json:"facts"`
	On     civil.Date   `json:"on"`
	Strict bool         `json:"strict"` // see Conventions
	Packs  []*Result    `json:"packs"`
	Sweeps []*Sweep     `json:"sweeps,omitempty"`
	Report *ReportTable `json:"report,omitempty"`
}

// Source says on which facts something was counted.
type Source struct {
	Name      string  `json:"name"`
	Format    Format  `json:"format,omitempty"` // none: the synthetic year
	Synthetic bool    `json:"synthetic"`
	Rows      int     `json:"rows"`
	Profiles  int     `json:"profiles"`
	Persons   float64 `json:"persons"`
	Cases     float64 `json:"cases"`
}

// Source describes the facts.
func (f *Facts) Source(name string, format Format) Source {
	var all total
	share := caseShares()
	for i, w := range f.persons {
		all.add(total{int64(w), int64(w) * share[f.defendants[i]]})
	}
	return Source{
		Name: name, Format: format, Synthetic: format == "", Rows: f.Len(), Profiles: f.Profiles(),
		Persons: float64(all.persons), Cases: round(float64(all.cases)/caseUnit, 2),
	}
}

// Compare evaluates the packs. laid names, for each, the layers that were laid
// over it.
func (f *Facts) Compare(packs []*policy.Pack, laid [][]string, by Conventions, workers int) []*Result {
	out := make([]*Result, len(packs))
	for i, p := range packs {
		out[i] = f.Ask(p, by, workers).Result(p, by.On)
		if i < len(laid) {
			out[i].Layers = laid[i]
		}
	}
	return out
}
