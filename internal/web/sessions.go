package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

// A session ends after a working day, and after half an hour without use.
const (
	sessionLife = 8 * time.Hour
	sessionIdle = 30 * time.Minute
)

// newSessions keeps sessions in memory: whoever has signed in signs in again
// after a restart. The manager is put together here and not by scs.New, which
// would start a goroutine that nothing can stop safely.
func newSessions(secure bool, now func() time.Time) *scs.SessionManager {
	return &scs.SessionManager{
		Lifetime:         sessionLife,
		IdleTimeout:      sessionIdle,
		Store:            &shelf{now: now, life: sessionLife, idle: sessionIdle, kept: make(map[string]session)},
		Codec:            scs.GobCodec{},
		HashTokenInStore: true,
		ErrorFunc: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, sorry, http.StatusInternalServerError)
		},
		Cookie: scs.SessionCookie{
			Name: "fengcun", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure,
		},
	}
}

// session is what is kept of one visitor: bytes that scs encoded.
type session struct {
	data   []byte
	born   time.Time // when the token was given: at sign-in
	expiry time.Time
}

// shelf is a scs.Store. It reckons both ends of a session by the site's clock;
// scs knows the machine's alone. It sweeps out the expired whenever it has doubled, so
// that the cost of a sweep is spread over what made it necessary.
type shelf struct {
	now        func() time.Time
	life, idle time.Duration // 0: no end

	mu    sync.Mutex
	kept  map[string]session
	sweep int // the size at which to sweep next
}

// Find gives the data of a session that has not expired.
func (s *shelf) Find(token string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.kept[token]
	if !ok || s.now().After(found.expiry) {
		return nil, false, nil
	}
	return found.data, true, nil
}

// Commit keeps a session until its expiry, and not beyond its life or past
// its idle time.
func (s *shelf) Commit(token string, data []byte, expiry time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	born := now
	if old, ok := s.kept[token]; ok {
		born = old.born
	}
	if end := born.Add(s.life); s.life > 0 && end.Before(expiry) {
		expiry = end
	}
	if end := now.Add(s.idle); s.idle > 0 && end.Before(expiry) {
		expiry = end
	}
	if len(s.kept) >= max(s.sweep, 1024) {
		for t, old := range s.kept {
			if now.After(old.expiry) {
				delete(s.kept, t)
			}
		}
		s.sweep = 2 * len(s.kept)
	}
	s.kept[token] = session{data: data, born: born, expiry: expiry}
	return nil
}

// unattendedKey marks a request that the page sent and not its reader.
type unattendedKey struct{}

// unattended marks what a page asks for by itself: a desk that is left open
// must not keep its session alive.
func unattended(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.Header.Get("HX-Request") != "" {
			r = r.WithContext(context.WithValue(r.Context(), unattendedKey{}, true))
		}
		next.ServeHTTP(w, r)
	})
}

// CommitCtx is Commit; an unattended request changes no expiry.
func (s *shelf) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if ctx.Value(unattendedKey{}) == nil {
		return s.Commit(token, data, expiry)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.kept[token]; ok {
		s.kept[token] = session{data: data, born: old.born, expiry: old.expiry}
	}
	return nil
}

// FindCtx is Find.
func (s *shelf) FindCtx(_ context.Context, token string) ([]byte, bool, error) { return s.Find(token) }

// DeleteCtx is Delete.
func (s *shelf) DeleteCtx(_ context.Context, token string) error { return s.Delete(token) }

// Delete forgets a session.
func (s *shelf) Delete(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, token)
	return nil
}
