package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/fengcun/fengcun/internal/agency"
)

// Visitor is who has signed in.
type Visitor struct {
	ID     string
	Name   string
	Agency string
	Duty   agency.Duty
}

type visitorKey struct{}

const sessionOfficer = "officer"

// VisitorOf is who sent a request; nil is the public.
func VisitorOf(r *http.Request) *Visitor {
	v, _ := r.Context().Value(visitorKey{}).(*Visitor)
	return v
}

// visiting puts the visitor of the session into the request.
func (s *Site) visiting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := s.sessions.GetString(r.Context(), sessionOfficer)
		if id == "" {
			next.ServeHTTP(w, r)
			return
		}
		v, ok := s.opts.Who(r.Context(), id)
		if !ok {
			s.sessions.Remove(r.Context(), sessionOfficer)
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, &v)))
	})
}

// SignIn makes an officer the visitor of this session. The session gets a new
// token, so that one planted before is of no use.
func (s *Site) SignIn(r *http.Request, id string) error {
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	s.sessions.Put(r.Context(), sessionOfficer, id)
	return nil
}

// SignOut ends the session.
func (s *Site) SignOut(r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
