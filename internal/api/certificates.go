package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

type standingInput struct {
	ID string `path:"id" maxLength:"40" doc:"The certificate's number, with or without its hyphens."`
}

type standingOutput struct {
	Body CertificateStanding
}

// CertificateStanding says whether a certificate was issued and still stands.
type CertificateStanding struct {
	ID      string `json:"id"`
	Status  string `json:"status" enum:"valid,expired,withdrawn"`
	Issued  string `json:"issued" format:"date"`
	Expires string `json:"expires" format:"date"`
}

type keyOutput struct {
	Body struct {
		Key string `json:"key" doc:"The public key that signs certificates."`
	}
}

// CertificateApplication asks for a certificate of no criminal record.
type CertificateApplication struct {
	ID       string `json:"id,omitempty" maxLength:"128" doc:"The window's own id of the application. Sent again with it, the same certificate is given again."`
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Document string `json:"document,omitempty" maxLength:"50" doc:"Kind of the identity document; 居民身份证 where left out."`
	Number   string `json:"number" minLength:"1" maxLength:"50"`
	Purpose  string `json:"purpose" minLength:"1" maxLength:"200"`
}

// CertificateAnswer is the certificate, or that a human must look: a machine
// refuses nobody (个人信息保护法 24).
type CertificateAnswer struct {
	Outcome string `json:"outcome" enum:"issued,needs_human"`
	ID      string `json:"id,omitempty" doc:"The certificate's number."`
	Text    string `json:"text,omitempty" doc:"The certificate, signed."`
	Record  string `json:"record,omitempty" doc:"The open record that a human must look at."`
}

type applicationInput struct{ Body CertificateApplication }

type certifiedOutput struct{ Body CertificateAnswer }

func (s *server) certificates(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "certificate-standing", Method: http.MethodGet, Path: "/api/v1/certificates/{id}",
		Summary: "Whether a certificate was issued and still stands", Tags: []string{"certificates"},
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
	}, s.standing)
	huma.Register(api, huma.Operation{
		OperationID: "certificate-key", Method: http.MethodGet, Path: "/api/v1/certificate-key",
		Summary: "The key to verify certificates offline", Tags: []string{"certificates"},
	}, func(context.Context, *struct{}) (*keyOutput, error) {
		out := new(keyOutput)
		out.Body.Key = s.Registry.CertificateKey().String()
		return out, nil
	})
	signed(s, api, huma.Operation{
		OperationID: "certify", Method: http.MethodPost, Path: "/api/v1/certificates",
		Summary: "Issue a certificate of no criminal record (step 9)", Tags: []string{"certificates"},
		Description: "From the ledger alone. Where the ledger shows a conviction the answer is needs_human, and nothing is issued.",
	}, s.certify)
}

func (s *server) standing(ctx context.Context, in *standingInput) (*standingOutput, error) {
	st, err := s.Registry.CertificateStanding(ctx, in.ID)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return &standingOutput{Body: CertificateStanding{
		ID: st.ID, Status: st.On(civil.Of(s.Now())), Issued: civil.Of(st.Issued).String(), Expires: st.Expires.String(),
	}}, nil
}

func (s *server) certify(ctx context.Context, o *agency.Officer, in *applicationInput) (*certifiedOutput, error) {
	c, err := s.Registry.Certify(ctx, &registry.Application{
		ID: in.Body.ID, By: o.ID, Purpose: in.Body.Purpose,
		Subject: docket.Identity{Name: in.Body.Name, Document: in.Body.Document, Number: in.Body.Number},
	}, s.Now())
	if err != nil {
		return nil, err
	}
	if len(c.Text) == 0 {
		return &certifiedOutput{CertificateAnswer{Outcome: "needs_human", Record: c.Record.String()}}, nil
	}
	return &certifiedOutput{CertificateAnswer{Outcome: "issued", ID: c.ID, Text: string(c.Text)}}, nil
}
