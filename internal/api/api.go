// Package api is the HTTP interface for systems: agencies push events, anybody
// checks a certificate, and the document at /api/openapi.json, made from the
// types here, says how. Pages for people are package web's.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
)

// Options are what the API is made of.
type Options struct {
	Registry *registry.Registry
	Now      func() time.Time
	Log      *slog.Logger
	Version  string
}

// The limits of one request.
const (
	MaxBody   = 64 << 20
	MaxEvents = 10_000
)

type server struct{ Options }

// Register adds the API's routes to a mux.
func Register(mux *http.ServeMux, o Options) huma.API {
	config := huma.DefaultConfig("封存 Fengcun", o.Version)
	config.Info.Description = "轻微犯罪记录封存信息管理平台. Errors are RFC 9457 problem documents; see each operation's list."
	config.OpenAPIPath = "/api/openapi"
	config.DocsPath = ""
	config.SchemasPath = "/api/schemas"
	config.CreateHooks = nil // no $schema links in answers
	api := humago.New(mux, config)
	s := &server{o}
	s.events(api)
	s.certificates(api)
	return api
}

// problem maps a refusal to its status and type, once for the whole API. What
// is withheld and what does not exist give the same answer.
func (s *server) problem(ctx context.Context, err error) error {
	for _, k := range []struct {
		err    error
		status int
		kind   string
	}{
		{registry.ErrNotFound, http.StatusNotFound, "not-found"},
		{registry.ErrForbidden, http.StatusForbidden, "forbidden"},
		{registry.ErrUnsigned, http.StatusUnauthorized, "unsigned"},
		{registry.ErrState, http.StatusConflict, "state"},
		{registry.ErrInput, http.StatusUnprocessableEntity, "input"},
		{grant.ErrIncomplete, http.StatusUnprocessableEntity, "input"},
		{context.Canceled, 499, "cancelled"},
	} {
		if errors.Is(err, k.err) {
			return &huma.ErrorModel{
				Type: problemType(k.kind), Title: http.StatusText(k.status), Status: k.status, Detail: err.Error(),
			}
		}
	}
	s.Log.ErrorContext(ctx, "a request failed", "error", err)
	return &huma.ErrorModel{
		Type: problemType("internal"), Title: http.StatusText(http.StatusInternalServerError),
		Status: http.StatusInternalServerError, Detail: "The fault is ours and was recorded; nothing was changed. Try again later.",
	}
}

func problemType(kind string) string { return "urn:fengcun:problem:" + kind }
