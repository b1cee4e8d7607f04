package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/pages/pagestest"
)

// people are the visitors of the tests; an id is the duty.
func people(_ context.Context, id string) (Visitor, bool) {
	if id == "gone" {
		return Visitor{}, false
	}
	return Visitor{ID: id, Name: "韩静文", Agency: "云麓市青石区人民法院", Duty: agency.Duty(id)}, true
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func newSite(t testing.TB, log io.Writer) *Site {
	t.Helper()
	s, err := New(Options{
		Who: people, Now: time.Now, Random: zeros{}, Demo: true, Version: "test",
		Log: slog.New(slog.NewJSONHandler(log, nil)),
		Status: func(err error) int {
			switch err.Error() {
			case "withheld", "not found":
				return http.StatusNotFound
			case "sign in":
				return http.StatusUnauthorized
			}
			return http.StatusInternalServerError
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sampleMux serves every sample page and signs in whoever asks.
func sampleMux(s *Site) *http.ServeMux {
	mux := http.NewServeMux()
	s.Routes(mux)
	for _, sample := range pagestest.Samples() {
		path := sample.Path
		if path == "/" {
			path = "/{$}"
		}
		mux.Handle("GET "+path, s.Show(func(*http.Request) (pages.Page, error) { return sample.Page, nil }))
	}
	mux.Handle("POST /signin/demo", s.Take(func(r *http.Request) (string, pages.Page, error) {
		return "/desk", nil, s.SignIn(r, r.FormValue("account"))
	}))
	mux.Handle("POST /signout", s.Take(func(r *http.Request) (string, pages.Page, error) {
		return "/", nil, s.SignOut(r)
	}))
	mux.Handle("GET /desk/latest", s.Part(func(*http.Request) (string, any, error) {
		return "entries", pagestest.Entries(), nil
	}))
	return mux
}

func get(h http.Handler, path string, set ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, f := range set {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func english(r *http.Request) { r.AddCookie(&http.Cookie{Name: "lang", Value: "en"}) }

func TestEverySampleIsServedInBothLanguages(t *testing.T) {
	s := newSite(t, io.Discard)
	h := s.Handler(sampleMux(s))
	for _, sample := range pagestest.Samples() {
		for _, set := range [][]func(*http.Request){nil, {english}} {
			w := get(h, sample.Path, set...)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d", sample.Path, w.Code)
			}
			body := w.Body.String()
			if !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
				t.Errorf("%s does not end", sample.Path)
			}
			for _, bad := range []string{" style=", "ZgotmplZ", "<no value>", " onclick=", "<style", "javascript:"} {
				if strings.Contains(body, bad) {
					t.Errorf("%s contains %q", sample.Path, bad)
				}
			}
		}
	}
}

func TestEmptyPagesAreServed(t *testing.T) {
	s := newSite(t, io.Discard)
	for _, p := range pages.All() {
		if _, err := s.page(httptest.NewRequest(http.MethodGet, "/", nil), p); err != nil {
			t.Errorf("%s: %v", p.Name(), err)
		}
	}
}

func TestWithheldLooksLikeNotFound(t *testing.T) {
	s := newSite(t, io.Discard)
	mux := sampleMux(s)
	for _, kind := range []string{"withheld", "not found"} {
		mux.Handle("GET /"+strings.ReplaceAll(kind, " ", "-"), s.Show(func(*http.Request) (pages.Page, error) {
			return nil, stringError(kind)
		}))
	}
	h := s.Handler(mux)
	want := get(h, "/no/such/page")
	for _, path := range []string{"/withheld", "/not-found"} {
		got := get(h, path)
		// The language link carries the address that the reader typed.
		a := strings.ReplaceAll(got.Body.String(), strings.ReplaceAll(path, "/", "%2f"), "")
		b := strings.ReplaceAll(want.Body.String(), "%2fno%2fsuch%2fpage", "")
		if got.Code != want.Code || a != b || len(got.Header()) != len(want.Header()) {
			t.Errorf("%s can be told from a page that does not exist:\n%s\n%s", path, a, b)
		}
	}
}

type stringError string

func (e stringError) Error() string { return string(e) }

func TestFaultIsLoggedAndNotShown(t *testing.T) {
	var log bytes.Buffer
	s := newSite(t, &log)
	mux := sampleMux(s)
	mux.Handle("GET /fault/{code}", s.Show(func(*http.Request) (pages.Page, error) { return nil, stringError("disk on fire") }))
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	h := s.Handler(mux)
	for path, secret := range map[string]string{"/fault/7K2M": "disk on fire", "/panic": "boom"} {
		w := get(h, path)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s: %d, or the reader learns why", path, w.Code)
		}
		if !strings.Contains(log.String(), secret) || !strings.Contains(w.Body.String(), "0000000000000000") {
			t.Errorf("%s: the log does not say why, or the page has no reference", path)
		}
	}
	if strings.Contains(log.String(), "7K2M") {
		t.Errorf("the log holds the address: %s", log.String())
	}
	if !strings.Contains(log.String(), `"route":"GET /fault/{code}"`) {
		t.Errorf("the log does not hold the route: %s", log.String())
	}
}

func TestSignInAndOut(t *testing.T) {
	s := newSite(t, io.Discard)
	srv := httptest.NewServer(s.Handler(sampleMux(s)))
	defer srv.Close()
	c := browserless(t)
	body := post(t, c, srv.URL+"/signin/demo", "account=seal-clerk")
	if !strings.Contains(body, "韩静文") || !strings.Contains(body, `href="/reviews"`) {
		t.Error("the clerk is not signed in, or has no menu")
	}
	body = post(t, c, srv.URL+"/signout", "")
	if strings.Contains(body, "韩静文") {
		t.Error("still signed in")
	}
	post(t, c, srv.URL+"/signin/demo", "account=gone")
	if body = post(t, c, srv.URL+"/signout", ""); strings.Contains(body, "韩静文") {
		t.Error("an account that is gone is still signed in")
	}
}

func TestUnsignedGoesToSignIn(t *testing.T) {
	s := newSite(t, io.Discard)
	mux := sampleMux(s)
	mux.Handle("GET /mine", s.Show(func(*http.Request) (pages.Page, error) { return nil, stringError("sign in") }))
	w := get(s.Handler(mux), "/mine?page=2")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/signin?next=%2Fmine%3Fpage%3D2" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
}

func TestFormsComeFromOurOwnPagesOnly(t *testing.T) {
	s := newSite(t, io.Discard)
	h := s.Handler(sampleMux(s))
	for header, want := range map[string]int{"cross-site": http.StatusForbidden, "same-site": http.StatusForbidden, "same-origin": http.StatusSeeOther} {
		r := httptest.NewRequest(http.MethodPost, "/signin/demo", strings.NewReader("account=auditor"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", header)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", header, w.Code, want)
		}
	}
}

func TestFormTooLarge(t *testing.T) {
	s := newSite(t, io.Discard)
	r := httptest.NewRequest(http.MethodPost, "/signin/demo", strings.NewReader("account="+strings.Repeat("x", maxForm+1)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.Handler(sampleMux(s)).ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("%d", w.Code)
	}
}
