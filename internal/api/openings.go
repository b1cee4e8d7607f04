package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/agency"
)

// Opening is the answer to an approved query. No record at all is an answer
// too.
type Opening struct {
	Query     string         `json:"query"`
	Watermark string         `json:"watermark" doc:"Who, when, which query: to stand on every page and copy."`
	Records   []OpenedRecord `json:"records"`
	Receipt   string         `json:"receipt" doc:"Proof that the opening was in the trail before anything was decrypted: C2SP tlog-proof text."`
}

// OpenedRecord is one record of an answer, cut to the scope of the request.
type OpenedRecord struct {
	Record   string            `json:"record"`
	State    RecordState       `json:"state"`
	Timeline []json.RawMessage `json:"timeline,omitempty" doc:"The events, CloudEvents 1.0 JSON; none within the summary scope."`
}

type openingOutput struct{ Body Opening }

type unsealingOutput struct {
	Body struct {
		Record string `json:"record" doc:"The record that is back in the ledger."`
	}
}

func (s *server) openings(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "open", Method: http.MethodPost, Path: "/api/v1/queries/{id}/opening",
		Summary: "Open an approved query, once (steps 7 and 8)", Tags: []string{"queries"},
		Description: "The intent is in the trail, under a signed checkpoint, before anything is decrypted. A query opens once; " +
			"whoever loses the answer asks anew.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, s.open)
	signed(s, api, huma.Operation{
		OperationID: "unseal", Method: http.MethodPost, Path: "/api/v1/queries/{id}/unsealing",
		Summary: "Carry out an approved unsealing (step 10)", Tags: []string{"queries"},
		Description: "The record returns to the ledger, the agencies that hold a copy are told, and certificates of its person are withdrawn.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, o *agency.Officer, in *queryInput) (*unsealingOutput, error) {
		id, err := s.Registry.Unseal(ctx, o.ID, in.ID, s.Now())
		out := new(unsealingOutput)
		out.Body.Record = id.String()
		return out, err
	})
}

func (s *server) open(ctx context.Context, o *agency.Officer, in *queryInput) (*openingOutput, error) {
	a, err := s.Registry.Open(ctx, o.ID, in.ID, s.Now())
	if err != nil {
		return nil, err
	}
	out := Opening{Query: in.ID, Watermark: a.Watermark, Receipt: string(a.Receipt.Bytes()), Records: []OpenedRecord{}}
	for i := range a.Records {
		r := &a.Records[i]
		opened := OpenedRecord{Record: r.ID.String(), State: stateView(&r.State)}
		if opened.Timeline, err = timeline(r.Timeline); err != nil {
			return nil, err
		}
		out.Records = append(out.Records, opened)
	}
	return &openingOutput{out}, nil
}
