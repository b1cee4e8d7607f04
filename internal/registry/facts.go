package registry

import (
	"encoding/json"
	"strconv"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// Fact is one conviction as the statistics keep it: no person, no case, the
// year alone, the age in bands.
type Fact struct {
	Year      int            `json:"year"`
	Division  string         `json:"division"` // of the custodian's id, to the county
	Kind      docket.Kind    `json:"kind"`
	Crimes    []string       `json:"crimes"`
	Penalty   docket.Penalty `json:"penalty,omitempty"`
	Months    *int           `json:"months,omitempty"`
	Suspended *bool          `json:"suspended,omitempty"`
	AgeBand   string         `json:"age_band,omitempty"` // at the offence
}

// putFact writes what a settled record adds to the statistics. Its key is
// keyed, so that a correction finds it and nobody else does.
func (r *Registry) putFact(tx *store.Tx, s *standing) error {
	if s.state.Kind != docket.Conviction || s.state.JudgmentDate.IsZero() {
		return nil
	}
	f := Fact{
		Year: s.state.JudgmentDate.Year(), Division: s.row.Custodian, Kind: s.state.Kind,
		AgeBand: ageBand(civil.AgeOn(s.state.Identity.Birth, s.state.OffenceDate)),
	}
	for _, c := range s.state.Crimes {
		f.Crimes = append(f.Crimes, c.Name)
	}
	if p := s.state.Sentence; p != nil {
		f.Penalty, f.Months, f.Suspended = p.Kind, p.Months, p.Suspended
	}
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	key := r.ledger.Alias().Index("facts", []byte(s.row.ID.Code), []byte(strconv.Itoa(s.row.ID.Seq)))
	return tx.PutFact(key[:], f.Year, body)
}

func ageBand(age int) string {
	switch {
	case age < 0:
		return ""
	case age < 18:
		return "<18"
	case age < 25:
		return "18-24"
	case age < 60:
		return "25-59"
	}
	return "60+"
}
