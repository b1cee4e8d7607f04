package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
)

// refusal is how a kind of error is told. Without detail the error's own text
// is told, which then must not say more than the caller may know.
type refusal struct {
	err    error
	status int
	kind   string
	detail string
}

func refusals() []refusal {
	return []refusal{
		{registry.ErrNotFound, http.StatusNotFound, "not-found", nothingHere},
		{registry.ErrForbidden, http.StatusForbidden, "forbidden", registry.ErrForbidden.Error()},
		{registry.ErrUnsigned, http.StatusUnauthorized, "unsigned", ""},
		{registry.ErrCall, http.StatusUnauthorized, "unsigned", ""},
		{registry.ErrState, http.StatusConflict, "state", registry.ErrState.Error()},
		{registry.ErrVault, http.StatusServiceUnavailable, "vault-unreachable", registry.ErrVault.Error()},
		{registry.ErrInput, http.StatusUnprocessableEntity, "input", ""},
		{docket.ErrCode, http.StatusUnprocessableEntity, "input", ""},
		{grant.ErrIncomplete, http.StatusUnprocessableEntity, "input", ""},
		{grant.ErrSignature, http.StatusUnauthorized, "unsigned", grant.ErrSignature.Error()},
		{grant.ErrSelf, http.StatusForbidden, "self-approval", grant.ErrSelf.Error()},
		{grant.ErrSameAgency, http.StatusForbidden, "same-agency", grant.ErrSameAgency.Error()},
		{grant.ErrDuty, http.StatusForbidden, "forbidden", grant.ErrDuty.Error()},
		{grant.ErrExpired, http.StatusConflict, "expired", grant.ErrExpired.Error()},
		{grant.ErrNotApproved, http.StatusConflict, "not-approved", grant.ErrNotApproved.Error()},
		{grant.ErrOther, http.StatusConflict, "other-request", grant.ErrOther.Error()},
		{context.Canceled, 499, "cancelled", "the request was given up"},
	}
}

const (
	nothingHere = "There is nothing here that you may read."
	ourFault    = "The fault is ours and was recorded; nothing was changed. Try again later."
)

// problem maps a refusal to its status and type, once for the whole API. What
// is withheld and what does not exist give the same answer.
func (s *server) problem(ctx context.Context, err error) error {
	for _, r := range refusals() {
		if !errors.Is(err, r.err) {
			continue
		}
		detail := r.detail
		if detail == "" {
			detail = strings.TrimPrefix(err.Error(), registry.ErrInput.Error()+": ")
		}
		return newProblem(r.status, r.kind, detail)
	}
	s.Log.ErrorContext(ctx, "a request failed", "error", err)
	return newProblem(http.StatusInternalServerError, "internal", ourFault)
}

func newProblem(status int, kind, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: problemType(kind), Title: http.StatusText(status), Status: status, Detail: detail}
}

func problemType(kind string) string { return "urn:fengcun:problem:" + kind }

// typed gives the refusals that the framework makes itself, before a handler
// runs, a type of ours, and takes out the values they would echo.
func typed(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	if m.Type == "" {
		m.Type = problemType(kindOf(m.Status))
	}
	for _, d := range m.Errors {
		if d != nil {
			d.Value = nil
		}
	}
	return m, nil
}

func kindOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not-found"
	case http.StatusRequestEntityTooLarge:
		return "too-large"
	case http.StatusUnsupportedMediaType:
		return "media-type"
	case http.StatusUnauthorized:
		return "unsigned"
	case http.StatusTooManyRequests:
		return "busy"
	}
	if status >= http.StatusInternalServerError {
		return "internal"
	}
	return "input"
}

// nothing answers every path under /api/ that is no operation.
func (s *server) nothing(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusNotFound)
	if err := json.NewEncoder(w).Encode(newProblem(http.StatusNotFound, "not-found", nothingHere)); err != nil {
		s.Log.DebugContext(r.Context(), "answering", "error", err)
	}
}

// Problem is a refusal as a client reads it (RFC 9457).
type Problem struct { //nolint:errname // RFC 9457 calls it so
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
	} `json:"errors"`

	// RetryAfter is how long to wait where the platform says so (429).
	RetryAfter time.Duration `json:"-"`
}

// Kind is the last part of the type, such as "not-found".
func (p *Problem) Kind() string { return strings.TrimPrefix(p.Type, problemType("")) }

// Error is for the officer or operator who sent the request.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Kind() + ": " + p.Detail)
	for _, e := range p.Errors {
		b.WriteString("; " + e.Location + ": " + e.Message)
	}
	return b.String()
}

// maxRetryAfter is the longest wait, in seconds, that a client believes.
const maxRetryAfter = 3600

// readProblem reads a problem document, or makes one of an answer that is none.
func readProblem(status int, header http.Header, text []byte) error {
	p := new(Problem)
	if json.Unmarshal(text, p) != nil || p.Type == "" {
		p = &Problem{Type: problemType(kindOf(status)), Status: status, Detail: "the platform answered " + http.StatusText(status)}
	}
	if s, err := strconv.Atoi(header.Get("Retry-After")); err == nil && s >= 0 {
		p.RetryAfter = time.Duration(min(s, maxRetryAfter)) * time.Second
	}
	return p
}
