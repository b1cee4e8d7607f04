package web

import (
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

// newSessions keeps sessions in memory: whoever has signed in signs in again
// after a restart. The manager is put together here and not by scs.New, which
// would start a goroutine that nothing can stop safely.
func newSessions(secure bool, now func() time.Time) *scs.SessionManager {
	return &scs.SessionManager{
		Lifetime:         8 * time.Hour, // a working day
		IdleTimeout:      30 * time.Minute,
		Store:            &shelf{now: now, kept: make(map[string]session)},
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
	expiry time.Time
}

// shelf is a scs.Store. It sweeps out the expired whenever it has doubled, so
// that the cost of a sweep is spread over what made it necessary.
type shelf struct {
	now func() time.Time

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

// Commit keeps a session until its expiry.
func (s *shelf) Commit(token string, data []byte, expiry time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= max(s.sweep, 1024) {
		now := s.now()
		for t, old := range s.kept {
			if now.After(old.expiry) {
				delete(s.kept, t)
			}
		}
		s.sweep = 2 * len(s.kept)
	}
	s.kept[token] = session{data: data, expiry: expiry}
	return nil
}

// Delete forgets a session.
func (s *shelf) Delete(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, token)
	return nil
}
