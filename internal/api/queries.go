package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
)

// Signed is a document with the officer's signature, as package grant makes it.
type Signed struct {
	Body      []byte `json:"body" doc:"The document's JSON, byte for byte as it was signed."`
	Signature []byte `json:"signature" doc:"By the officer's own key, over the frame fengcun/grant/1 of the body."`
}

func (s Signed) grant() grant.Signed { return grant.Signed{Body: s.Body, Signature: s.Signature} }

// QueryView is a query as its parties see it. Whether the record it names is
// there, is sealed, or was never made plays no part in it.
type QueryView struct {
	ID       string         `json:"id"`
	State    string         `json:"state" enum:"filed,approved,refused,opened"`
	Purpose  string         `json:"purpose" enum:"inspect,unseal"`
	Officer  string         `json:"officer"`
	Agency   string         `json:"agency"`
	Approver string         `json:"approver" doc:"Agency that is asked to approve."`
	Filed    time.Time      `json:"filed"`
	Expires  time.Time      `json:"expires"`
	Digest   string         `json:"digest" doc:"Hex digest of the signed request; an approval cites it."`
	Request  *Signed        `json:"request,omitempty"`
	Answers  []QueryVerdict `json:"answers,omitempty"`
}

// QueryVerdict is one answer to a query.
type QueryVerdict struct {
	Officer string    `json:"officer"`
	Agency  string    `json:"agency"`
	Verdict string    `json:"verdict" enum:"approve,refuse"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
}

type signedInput struct{ Body Signed }

type answerInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The query's id."`
	Body Signed
}

type queryInput struct {
	ID string `path:"id" maxLength:"64" doc:"The query's id."`
}

type listInput struct {
	Limit  int `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Offset int `query:"offset" minimum:"0" default:"0"`
}

type latestInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type queryOutput struct{ Body QueryView }

type queriesOutput struct{ Body []QueryView }

func (s *server) queries(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "ask", Method: http.MethodPost, Path: "/api/v1/queries", DefaultStatus: http.StatusCreated,
		Summary: "File a signed request for a sealed record (step 5)", Tags: []string{"queries"},
		Description: "Every well-formed request is filed alike, whether or not there is such a record. With purpose unseal a " +
			"sealing clerk asks for a record's return to the ledger. A request whose id was filed before is refused (409).",
		Errors: []int{http.StatusConflict},
	}, s.ask)
	signed(s, api, huma.Operation{
		OperationID: "answer", Method: http.MethodPost, Path: "/api/v1/queries/{id}/answers", DefaultStatus: http.StatusCreated,
		Summary: "Approve or refuse a request, by signature (step 6)", Tags: []string{"queries"},
		Description: "The approval cites the digest of the signed request. Nobody approves a request of their own; an inspection " +
			"takes an officer of another agency, the one that was asked. A second answer is refused (409).",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, s.answer)
	signed(s, api, huma.Operation{
		OperationID: "queries", Method: http.MethodGet, Path: "/api/v1/queries",
		Summary: "The caller's queries, or for an approver those the agency is asked to answer", Tags: []string{"queries"},
	}, func(ctx context.Context, o *agency.Officer, in *latestInput) (*queriesOutput, error) {
		found, err := s.Registry.Queries(ctx, o.ID, in.Limit)
		out := &queriesOutput{Body: []QueryView{}}
		for i := range found {
			out.Body = append(out.Body, queryView(&found[i]))
		}
		return out, err
	})
	signed(s, api, huma.Operation{
		OperationID: "query", Method: http.MethodGet, Path: "/api/v1/queries/{id}",
		Summary: "One query with its request and answers, for its parties", Tags: []string{"queries"},
		Errors: []int{http.StatusNotFound},
	}, s.query)
}

// ask files a request; the caller must be who signed it.
func (s *server) ask(ctx context.Context, o *agency.Officer, in *signedInput) (*queryOutput, error) {
	req, err := grant.ReadRequest(in.Body.Body)
	if err != nil {
		return nil, err
	}
	if req.Officer != o.ID {
		return nil, grant.ErrSignature
	}
	if req, err = s.Registry.Ask(ctx, in.Body.grant(), s.Now()); err != nil {
		return nil, err
	}
	return s.query(ctx, o, &queryInput{ID: req.ID})
}

func (s *server) answer(ctx context.Context, o *agency.Officer, in *answerInput) (*queryOutput, error) {
	a, err := grant.ReadApproval(in.Body.Body)
	if err != nil {
		return nil, err
	}
	if a.Officer != o.ID {
		return nil, grant.ErrSignature
	}
	if _, err = s.Registry.Approve(ctx, in.ID, in.Body.grant(), s.Now()); err != nil {
		return nil, err
	}
	return s.query(ctx, o, &queryInput{ID: in.ID})
}

func (s *server) query(ctx context.Context, o *agency.Officer, in *queryInput) (*queryOutput, error) {
	v, err := s.Registry.Query(ctx, o.ID, in.ID)
	if err != nil {
		return nil, err
	}
	return &queryOutput{queryView(v)}, nil
}

func queryView(v *registry.QueryView) QueryView {
	out := QueryView{
		ID: v.Query.ID, State: string(v.Query.State), Purpose: string(v.Query.Purpose), Officer: v.Query.Officer,
		Agency: v.Query.Agency, Approver: v.Query.Approver, Filed: v.Query.Filed.UTC(), Expires: v.Query.Expires.UTC(),
		Digest:  hex.EncodeToString(v.Query.Digest),
		Request: &Signed{Body: v.Signed.Body, Signature: v.Signed.Signature},
	}
	for _, a := range v.Answers {
		out.Answers = append(out.Answers, QueryVerdict{
			Officer: a.Officer, Agency: a.Agency, Verdict: string(a.Verdict), Reason: a.Reason, At: a.At.UTC(), Expires: a.Expires.UTC(),
		})
	}
	return out
}
