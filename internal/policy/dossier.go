package policy

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Dossier is what a decision is made on: one person and all of the person's
// records that are to be taken into account. A zero date, nil pointer, empty
// string or absent list is unknown; it never means "no".
type Dossier struct {
	ID      string         `json:"id"`
	On      civil.Date     `json:"on,omitzero"` // the date to evaluate on, where the dossier brings one
	Person  Person         `json:"person"`
	Records []Record       `json:"records"`
	Labels  map[string]any `json:"labels,omitempty"` // free: strings, numbers, booleans that packs may read
}

// Person is what policies may know of the person; no name, no number.
type Person struct {
	Birth civil.Date `json:"birth,omitzero"`
	Sex   string     `json:"sex,omitempty"` // 男 or 女
}

// Record is one person in one case, the unit of sealing.
type Record struct {
	ID            string           `json:"id"`
	Kind          docket.Kind      `json:"kind,omitempty"`
	Status        docket.Status    `json:"status,omitempty"` // absent is open
	OffenceDate   civil.Date       `json:"offence_date,omitzero"`
	JudgmentDate  civil.Date       `json:"judgment_date,omitzero"`
	EffectiveDate civil.Date       `json:"effective_date,omitzero"` // 生效, not the date of the judgment
	CompletedDate civil.Date       `json:"completed_date,omitzero"` // 执行完毕: the last of several clocks
	Crimes        []docket.Crime   `json:"crimes,omitzero"`
	Sentence      *docket.Sentence `json:"sentence,omitempty"` // 决定执行的刑期, the combined sentence
	Flags         docket.Flags     `json:"flags"`
}

// Limits of a dossier. They bound the cost of evaluating a pack; Decode refuses
// what exceeds them.
const (
	MaxRecords = 200
	MaxCrimes  = 50
)

// crimesKnown gives the crimes, and whether they are known. A conviction
// without a crime does not exist, so an empty list on one is unknown.
func (r *Record) crimesKnown() ([]docket.Crime, bool) {
	if r.Crimes == nil || (len(r.Crimes) == 0 && r.Kind == docket.Conviction) {
		return nil, false
	}
	return r.Crimes, true
}

func (r *Record) sealed() bool { return r.Status == docket.Sealed }
