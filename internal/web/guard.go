package web

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// policy forbids what no page of ours needs: scripts, styles, frames and
// connections from anywhere else, and everything inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// headers sets what every answer carries.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses a form that another site sends.
func (s *Site) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Problem(w, r, http.StatusForbidden)
	}))
	return guard.Handler(next)
}

// recovering turns a panic into the problem page; the server goes on.
func (s *Site) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
				panic(p)
			}
			s.opts.Log.ErrorContext(r.Context(), "panic", "route", r.Pattern, "request", requestID(r),
				"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			s.Problem(w, r, http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

type requestKey struct{}

// requestID names a request in the log and on the problem page.
func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestKey{}).(string)
	return id
}

func (s *Site) newRequestID() string {
	var b [8]byte
	if _, err := io.ReadFull(s.opts.Random, b[:]); err != nil {
		return "" // a request without a name is still answered
	}
	return hex.EncodeToString(b[:])
}

// logging writes one line a request. It holds the route and not the address,
// for an address may hold a code, and nothing of who asked.
func (s *Site) logging(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.opts.Now()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, s.newRequestID()))
		seen := &answer{ResponseWriter: w, status: http.StatusOK}
		route := &routed{}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), routedKey{}, route)))
		s.opts.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("route", route.pattern), slog.Int("status", seen.status),
			slog.Int("bytes", seen.bytes), slog.Duration("took", s.opts.Now().Sub(start)), slog.String("request", requestID(r)))
	})
}

// answer remembers what was answered.
type answer struct {
	http.ResponseWriter
	status, bytes int
}

func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	n, err := a.ResponseWriter.Write(b)
	a.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// routed carries the matched route back to the log: the request that reaches
// the routes is a copy of the one the log sees.
type routed struct{ pattern string }

type routedKey struct{}

// naming tells the log which route answers.
func naming(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route, ok := r.Context().Value(routedKey{}).(*routed); ok {
			_, route.pattern = mux.Handler(r)
		}
		mux.ServeHTTP(w, r)
	})
}
