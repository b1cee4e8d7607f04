package desk

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
)

// shown keeps opened answers for as long as their readers may look at them
// again. Each lies encrypted under a key that only the reader's browser holds,
// in a cookie for that one address: this process could not read what it keeps.
type shown struct {
	suite suite.Suite
	mu    sync.Mutex
	boxes map[string]box // by officer and query
}

type box struct {
	until  time.Time
	sealed []byte
}

const (
	shownFor    = 30 * time.Minute
	shownAtMost = 1000
)

func newShown(s suite.Suite) *shown { return &shown{suite: s, boxes: make(map[string]box)} }

func boxName(officer, query string) string { return officer + "\x00" + query }

func boxContext(officer, query string) []byte {
	return suite.Frame("fengcun/shown/1", []byte(officer), []byte(query))
}

const shownCookie = "opened"

// keep locks an answer away and gives the cookie with its key.
func (s *shown) keep(rand io.Reader, officer, query string, a *registry.Answer, now time.Time) (*http.Cookie, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("keeping an opened answer: %w", err)
	}
	key := s.suite.NewKey(rand)
	b := box{until: now.Add(shownFor), sealed: key.SealPadded(rand, plain, boxContext(officer, query))}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	s.boxes[boxName(officer, query)] = b
	return &http.Cookie{ //nolint:gosec // Secure is set by the caller, as for the session
		Name: shownCookie, Value: key.Reveal(), Path: "/queries/" + query, MaxAge: int(shownFor / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}, nil
}

// sweep forgets what has run out, and everything where far too much is kept.
func (s *shown) sweep(now time.Time) {
	for name, b := range s.boxes {
		if !now.Before(b.until) {
			delete(s.boxes, name)
		}
	}
	if len(s.boxes) >= shownAtMost {
		clear(s.boxes)
	}
}

// has says whether the reader still holds the key of an answer.
func (s *shown) has(r *http.Request, officer, query string, now time.Time) bool {
	if _, err := r.Cookie(shownCookie); err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.boxes[boxName(officer, query)]
	return ok && now.Before(b.until)
}

// read opens an answer with the key of the request's cookie.
func (s *shown) read(r *http.Request, officer, query string, now time.Time) (*registry.Answer, time.Time, error) {
	c, err := r.Cookie(shownCookie)
	if err != nil {
		return nil, time.Time{}, registry.ErrNotFound
	}
	s.mu.Lock()
	b, ok := s.boxes[boxName(officer, query)]
	s.mu.Unlock()
	key, err := suite.ParseKey(c.Value)
	if !ok || err != nil || !now.Before(b.until) {
		return nil, time.Time{}, registry.ErrNotFound
	}
	plain, err := key.OpenPadded(b.sealed, boxContext(officer, query))
	if err != nil {
		return nil, time.Time{}, registry.ErrNotFound
	}
	a := new(registry.Answer)
	if err := json.Unmarshal(plain, a); err != nil {
		return nil, time.Time{}, fmt.Errorf("reading an opened answer: %w", err)
	}
	return a, b.until, nil
}
