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
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// site is a platform with its API, served.
type site struct {
	*registrytest.World
	URL string
}

func serve(t *testing.T) *site {
	t.Helper()
	w := registrytest.New(t, registrytest.Options{})
	mux := http.NewServeMux()
	api.Register(mux, api.Options{
		Registry: w.Reg, Now: func() time.Time { return w.Now }, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Version: "test",
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return &site{w, srv.URL}
}

func (s *site) clock() time.Time { return s.Now }

// client is the police's system.
func (s *site) client() *api.Client {
	return &api.Client{URL: s.URL, Agency: registrytest.Police, Key: s.SystemKey(registrytest.Police), HTTP: http.DefaultClient, Rand: rand.Reader}
}

// as is the client of the officer of an agency who holds a duty.
func (s *site) as(agencyID string, duty agency.Duty) *caller {
	id := registrytest.OfficerID(agencyID, duty)
	return &caller{s, api.OfficerClient{
		URL: s.URL, Officer: id, Key: s.OfficerKey(id), HTTP: http.DefaultClient, Rand: rand.Reader,
	}}
}

type caller struct {
	site *site
	api.OfficerClient
}

// call must succeed.
func (c *caller) call(method, path string, in, out any) {
	c.site.Helper()
	if err := c.Call(context.Background(), method, path, in, out, c.site.Now); err != nil {
		c.site.Fatalf("%s %s: %v", method, path, err)
	}
	c.site.Check()
}

// refused must fail with a problem of a kind.
func (c *caller) refused(kind string, status int, method, path string, in any) {
	c.site.Helper()
	err := c.Call(context.Background(), method, path, in, nil, c.site.Now)
	var p *api.Problem
	if !errors.As(err, &p) {
		c.site.Fatalf("%s %s: got %v, want a problem", method, path, err)
	}
	if p.Kind() != kind || p.Status != status {
		c.site.Errorf("%s %s: %d %s, want %d %s (%s)", method, path, p.Status, p.Kind(), status, kind, p.Detail)
	}
	c.site.Check()
}

// exchange sends a request as it is.
func (s *site) exchange(req *http.Request) (status int, header http.Header, body []byte) {
	s.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		s.Fatal(err)
	}
	return res.StatusCode, res.Header, body
}

// recorded is what a client sent last, to be sent again or spoilt.
type recorded struct {
	method, url string
	header      http.Header
	body        []byte
}

// RoundTrip records.
func (r *recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r.method, r.url, r.header, r.body = req.Method, req.URL.String(), req.Header.Clone(), body
	req.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultTransport.RoundTrip(req)
}

func (r *recorded) request(t *testing.T) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, r.url, bytes.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.header.Clone()
	return req
}
