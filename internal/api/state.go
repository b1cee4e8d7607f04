package api

import (
	"encoding/json"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// RecordState is what the events of one record add up to. What is unknown is
// left out.
type RecordState struct {
	Kind      string           `json:"kind,omitempty" doc:"conviction, non_prosecution, withdrawn, acquittal or public_order; none while the case is under way."`
	Stage     string           `json:"stage,omitempty" doc:"Type of the latest act."`
	Person    docket.Identity  `json:"person"`
	Charged   []docket.Crime   `json:"charged,omitempty"`
	Crimes    []docket.Crime   `json:"crimes,omitempty" doc:"Of the judgment that stands."`
	Sentence  *docket.Sentence `json:"sentence,omitempty"`
	Flags     docket.Flags     `json:"flags,omitzero"`
	Offence   string           `json:"offence_date,omitempty" format:"date"`
	Judgment  string           `json:"judgment_date,omitempty" format:"date"`
	Effective string           `json:"effective_date,omitempty" format:"date"`
	Completed string           `json:"completed_date,omitempty" format:"date"`
	Numbers   []docket.Number  `json:"numbers,omitempty" doc:"The agencies' own numbers, as printed."`
}

func stateView(s *docket.State) RecordState {
	return RecordState{
		Kind: string(s.Kind), Stage: string(s.Stage), Person: s.Identity, Charged: s.Charged, Crimes: s.Crimes,
		Sentence: s.Sentence, Flags: s.Flags, Offence: day(s.OffenceDate), Judgment: day(s.JudgmentDate),
		Effective: day(s.EffectiveDate), Completed: day(s.CompletedDate), Numbers: s.Numbers,
	}
}

func day(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// timeline is the events as JSON, in their order.
func timeline(events []*docket.Event) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for _, e := range events {
		raw, err := e.Encode()
		if err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return out, nil
}
