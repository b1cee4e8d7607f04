package indistinct_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/registry"
)

// answer is all that somebody gets who asks something over HTTP.
type answer struct {
	status int
	header string // those that may tell something, one a line
	body   string
}

func (a answer) String() string { return fmt.Sprintf("%d\n%s\n%s", a.status, a.header, a.body) }

// told are the headers that are compared. Set-Cookie is not: it names the
// session and ends at a time of the wall clock.
func told() []string {
	return []string{"Content-Type", "Content-Length", "Content-Disposition", "Cache-Control", "Location", "ETag", "Last-Modified", "Link", "Retry-After"}
}

// send gives a request to the platform.
func (s *side) send(r *http.Request) answer {
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r)
	a := answer{status: w.Code, body: w.Body.String()}
	for _, h := range told() {
		if v := w.Header().Values(h); len(v) > 0 {
			a.header += h + ": " + strings.Join(v, ", ") + "\n"
		}
	}
	if s.leak != nil {
		s.leak(s, r, &a)
	}
	return s.renamed.heard(a)
}

// page asks for a page as an officer, or as the public where officer is "";
// with a form it sends that.
func (s *side) page(officer, path string, form url.Values) answer {
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	path, body = s.renamed.spoken(path), s.renamed.spoken(body)
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if officer != "" {
		r.AddCookie(s.cookies[officer])
	}
	return s.send(r)
}

// call asks the API by a request that the officer signed; in may be nil.
func (s *side) call(officer, method, path string, in any) answer {
	s.Helper()
	var body []byte
	if in != nil {
		var err error
		body, err = json.Marshal(in)
		s.must(err)
	}
	path = s.renamed.spoken(path)
	r := httptest.NewRequestWithContext(context.Background(), method, path, bytes.NewReader(body))
	if officer != "" {
		c := registry.Call{Officer: officer, Method: method, Path: r.URL.RequestURI(), SignedAt: s.clock().UTC(), Body: body}
		sig, err := s.sign.Sign(s.tape, c.Message(s.suite))
		s.must(err)
		r.Header.Set("Fengcun-Officer", officer)
		r.Header.Set("Fengcun-Signed-At", c.SignedAt.Format(time.RFC3339Nano))
		r.Header.Set("Fengcun-Signature", base64.StdEncoding.EncodeToString(sig))
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	return s.send(r)
}
