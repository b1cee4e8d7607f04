package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
)

func TestGateSlowsGuessing(t *testing.T) {
	g := newGate()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i := range freeFailures + 1 {
		leave, err := g.enter("a", now)
		if err != nil {
			t.Fatalf("attempt %d: %v", i, err)
		}
		leave(false, now)
	}
	if _, err := g.enter("a", now); !errors.Is(err, errBusy) {
		t.Errorf("one guess too many: %v", err)
	}
	if leave, err := g.enter("b", now); err != nil {
		t.Errorf("another account waits too: %v", err)
	} else {
		leave(true, now)
	}
	leave, err := g.enter("a", now.Add(3*time.Second))
	if err != nil {
		t.Fatalf("later: %v", err)
	}
	leave(true, now)
	if len(g.failed) != 0 {
		t.Error("a success does not forget the failures")
	}
}

func TestGateHashesFewAtOnce(t *testing.T) {
	g := newGate()
	var leaves []func(bool, time.Time)
	for range hashesAtOnce {
		leave, err := g.enter("a", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	if _, err := g.enter("b", time.Time{}); !errors.Is(err, errBusy) {
		t.Errorf("%v", err)
	}
	for _, leave := range leaves {
		leave(true, time.Time{})
	}
	if _, err := g.enter("b", time.Time{}); err != nil {
		t.Errorf("%v", err)
	}
}

// TestShownNeedsTheCookie keeps an answer and reads it with the key, without
// it, as somebody else, with another key, and too late.
func TestShownNeedsTheCookie(t *testing.T) {
	s := newShown(suite.Intl())
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	code, err := docket.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	in := &registry.Answer{Watermark: "w", Records: []registry.AnswerRecord{{ID: docket.RecordID{Code: code, Seq: 1}}}}
	cookie, err := s.keep(rand.Reader, "o", "q", in, now)
	if err != nil {
		t.Fatal(err)
	}
	with := func(c *http.Cookie) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if c != nil {
			r.AddCookie(c)
		}
		return r
	}
	out, until, err := s.read(with(cookie), "o", "q", now)
	if err != nil || out.Watermark != "w" || out.Records[0].ID != in.Records[0].ID || !until.Equal(now.Add(shownFor)) {
		t.Errorf("%+v %v %v", out, until, err)
	}
	if !s.has(with(cookie), "o", "q", now) || s.has(with(nil), "o", "q", now) || s.has(with(cookie), "p", "q", now) {
		t.Error("the page does not know whether there is an answer to show")
	}
	other := *cookie
	other.Value = suite.Intl().NewKey(rand.Reader).Reveal()
	for name, read := range map[string]func() error{
		"no cookie":  func() error { _, _, err := s.read(with(nil), "o", "q", now); return err },
		"another":    func() error { _, _, err := s.read(with(cookie), "p", "q", now); return err },
		"other key":  func() error { _, _, err := s.read(with(&other), "o", "q", now); return err },
		"other id":   func() error { _, _, err := s.read(with(cookie), "o", "r", now); return err },
		"much later": func() error { _, _, err := s.read(with(cookie), "o", "q", now.Add(shownFor)); return err },
	} {
		if err := read(); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusalsHaveStatusAndWords(t *testing.T) {
	for _, r := range refusals() {
		if r.status < 400 || r.status >= 600 {
			t.Errorf("%v: %d", r.err, r.status)
		}
		if Status(errors.Join(r.err)) != r.status {
			t.Errorf("%v: the status of a wrapped one is another", r.err)
		}
	}
	if Status(errors.New("disk on fire")) != http.StatusInternalServerError || !Explain(errors.New("disk on fire")).IsZero() {
		t.Error("a fault is explained")
	}
	if !Explain(registry.ErrNotFound).IsZero() {
		t.Error("what is withheld is explained")
	}
}
