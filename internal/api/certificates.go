package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/civil"
)

type standingInput struct {
	ID string `path:"id" doc:"The certificate's number, with or without its hyphens."`
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
