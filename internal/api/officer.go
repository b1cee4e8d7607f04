package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/registry"
)

// The headers of an officer's signed request.
const (
	headerOfficer   = "Fengcun-Officer"
	headerSignedAt  = "Fengcun-Signed-At"
	headerSignature = "Fengcun-Signature"
)

// callerKey is where the verified officer stands in a request's context.
type callerKey struct{}

// signed registers an operation that an officer's key must sign. The handler
// runs only for a verified officer, whom it is given.
func signed[I, O any](s *server, api huma.API, op huma.Operation, handle func(context.Context, *agency.Officer, *I) (*O, error)) {
	op.Parameters = append(op.Parameters, callHeaders()...)
	op.Middlewares = append(op.Middlewares, s.verified(api))
	op.MaxBodyBytes = MaxOfficerBody
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity)
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		o, ok := ctx.Value(callerKey{}).(*agency.Officer)
		if !ok {
			return nil, s.problem(ctx, registry.ErrCall)
		}
		out, err := handle(ctx, o, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

func callHeaders() []*huma.Param {
	header := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return []*huma.Param{
		header(headerOfficer, "Id of the officer who acts."),
		header(headerSignedAt, "When it was signed, RFC 3339, at most 15 minutes off. The signature is over the time to the microsecond, in UTC."),
		header(headerSignature, "Base64 of the signature by the officer's own key over officer, method, path with query, time and the digest of the body."),
	}
}

// verified lets a request through to its handler once its signature is checked.
func (s *server) verified(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxOfficerBody))
		if err != nil {
			s.refuse(api, ctx, newProblem(http.StatusRequestEntityTooLarge, "too-large",
				fmt.Sprintf("the body is larger than %d bytes, or broke off", MaxOfficerBody)))
			return
		}
		o, err := s.caller(r, body)
		if err != nil {
			s.refuse(api, ctx, s.problem(r.Context(), err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next(huma.WithValue(ctx, callerKey{}, o))
	}
}

func (s *server) caller(r *http.Request, body []byte) (*agency.Officer, error) {
	at, err := time.Parse(time.RFC3339Nano, r.Header.Get(headerSignedAt))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: want an RFC 3339 time", registry.ErrCall, headerSignedAt)
	}
	sig, err := base64.StdEncoding.DecodeString(r.Header.Get(headerSignature))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: want base64", registry.ErrCall, headerSignature)
	}
	return s.Registry.Caller(r.Context(), &registry.Call{
		Officer: r.Header.Get(headerOfficer), Method: r.Method, Path: r.URL.RequestURI(),
		SignedAt: at, Body: body, Signature: sig,
	}, s.Now())
}

func (s *server) refuse(api huma.API, ctx huma.Context, err error) {
	var m *huma.ErrorModel
	if !errors.As(err, &m) {
		m = newProblem(http.StatusInternalServerError, "internal", ourFault)
	}
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(m.Status)
	if err := api.Marshal(ctx.BodyWriter(), "application/json", m); err != nil {
		s.Log.DebugContext(ctx.Context(), "answering", "error", err)
	}
}

// OfficerView is the caller, as the platform knows them.
type OfficerView struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Duty   string `json:"duty"`
	Agency string `json:"agency" doc:"Id of the officer's agency."`
	Of     string `json:"agency_name"`
}

type officerOutput struct{ Body OfficerView }

func (s *server) officers(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "officer", Method: http.MethodGet, Path: "/api/v1/officer",
		Summary: "Who the platform takes the caller for", Tags: []string{"officers"},
	}, func(ctx context.Context, o *agency.Officer, _ *struct{}) (*officerOutput, error) {
		_, a, err := s.Registry.Officer(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		return &officerOutput{OfficerView{ID: o.ID, Name: o.Name, Duty: string(o.Duty), Agency: a.ID, Of: a.Name}}, nil
	})
}
