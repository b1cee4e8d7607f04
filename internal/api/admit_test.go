package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/suite"
)

// TestBackPressure: past the bound a push is answered 429 before it is read,
// with the time to wait; when the others are through it goes in.
func TestBackPressure(t *testing.T) {
	for name, most := range map[string]api.Pushes{
		"by count": {Count: 1, Bytes: 1 << 30},
		"by bytes": {Count: 100, Bytes: api.MaxBody},
	} {
		t.Run(name, func(t *testing.T) {
			w := registrytest.New(t, registrytest.Options{})
			mux := http.NewServeMux()
			api.Register(mux, api.Options{
				Registry: w.Reg, Now: func() time.Time { return w.Now }, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Pushes: most,
			})
			srv := httptest.NewServer(mux)
			t.Cleanup(srv.Close)
			backPressure(t, &site{w, srv.URL})
		})
	}
}

func backPressure(t *testing.T, s *site) {
	t.Helper()
	body, slow := io.Pipe()
	first := make(chan int, 1)
	go func() {
		req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, s.URL+"/api/v1/events", body)
		req.Header.Set("Content-Type", "application/x-ndjson")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			first <- 0
			return
		}
		_ = res.Body.Close()
		first <- res.StatusCode
	}()
	if _, err := slow.Write([]byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	raw, err := s.Case().Event(registrytest.Police, docket.CaseFiled, "2026-02-01", registrytest.Suspect(s.Adult(), "盗窃罪", "2026-01-30")).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ { // the first may still be on its way in
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/v1/events", bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		status, header, text := s.exchange(req)
		if status == http.StatusTooManyRequests {
			if header.Get("Retry-After") != "2" || !strings.Contains(string(text), "urn:fengcun:problem:busy") {
				t.Errorf("past the bound: %v %s", header, text)
			}
			break
		}
		if n == 500 {
			t.Fatalf("past the bound: %d %s", status, text)
		}
		time.Sleep(2 * time.Millisecond)
	}
	_ = slow.Close()
	if status := <-first; status != http.StatusUnprocessableEntity {
		t.Errorf("the first push: %d", status)
	}
	if status, a, text := s.push("application/cloudevents+json", raw, raw); status != http.StatusOK || a.Accepted != 1 {
		t.Errorf("when the others are through: %d %s", status, text)
	}
}

// TestClientIsToldToWait: a client reads how long to wait, and believes no more
// than an hour.
func TestClientIsToldToWait(t *testing.T) {
	for said, want := range map[string]time.Duration{"7": 7 * time.Second, "": 0, "soon": 0, "-1": 0, "99999999": time.Hour} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", said)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		key, err := suite.Intl().GenerateSignKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &api.Client{URL: srv.URL, Agency: "a", Key: key, HTTP: http.DefaultClient, Rand: rand.Reader}
		_, err = c.Push(t.Context(), "d", [][]byte{[]byte("{}")}, time.Now())
		var p *api.Problem
		if !errors.As(err, &p) || p.Status != http.StatusTooManyRequests || p.Kind() != "busy" || p.RetryAfter != want {
			t.Errorf("%q: %+v", said, p)
		}
		srv.Close()
	}
}
