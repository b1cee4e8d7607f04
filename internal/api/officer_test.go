package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

func TestWhoSigned(t *testing.T) {
	s := serve(t)
	window := s.as(registrytest.Police, agency.CertWindow)
	var me api.OfficerView
	window.call(http.MethodGet, "/api/v1/officer", nil, &me)
	if me.ID != window.Officer || me.Agency != registrytest.Police || me.Duty != "cert-window" {
		t.Errorf("the platform takes the caller for %+v", me)
	}
	other := s.as(registrytest.Court, agency.SealClerk)
	wrongKey := &caller{s, window.OfficerClient}
	wrongKey.Key = other.Key
	wrongKey.refused("unsigned", http.StatusUnauthorized, http.MethodGet, "/api/v1/officer", nil)
	nobody := &caller{s, window.OfficerClient}
	nobody.Officer = "nobody"
	nobody.refused("unsigned", http.StatusUnauthorized, http.MethodGet, "/api/v1/officer", nil)
}

// TestSpoiltRequests sends a good request with one thing changed.
func TestSpoiltRequests(t *testing.T) {
	s := serve(t)
	rec := new(recorded)
	window := s.as(registrytest.Police, agency.CertWindow)
	window.HTTP = &http.Client{Transport: rec}
	who := s.Adult()
	window.call(http.MethodPost, "/api/v1/certificates",
		api.CertificateApplication{ID: "a1", Name: who.Name, Number: who.Number, Purpose: "就业"}, nil)
	for name, spoil := range map[string]func(*http.Request){
		"no officer":      func(r *http.Request) { r.Header.Del("Fengcun-Officer") },
		"another officer": func(r *http.Request) { r.Header.Set("Fengcun-Officer", "police-990102.cert-window") },
		"no time":         func(r *http.Request) { r.Header.Del("Fengcun-Signed-At") },
		"no time at all":  func(r *http.Request) { r.Header.Set("Fengcun-Signed-At", "yesterday") },
		"another time": func(r *http.Request) {
			r.Header.Set("Fengcun-Signed-At", s.Now.Add(-time.Second).Format(time.RFC3339Nano))
		},
		"an old time": func(r *http.Request) {
			r.Header.Set("Fengcun-Signed-At", s.Now.Add(-time.Hour).Format(time.RFC3339Nano))
		},
		"no signature": func(r *http.Request) { r.Header.Del("Fengcun-Signature") },
		"no base64":    func(r *http.Request) { r.Header.Set("Fengcun-Signature", "*") },
		"another signature": func(r *http.Request) {
			r.Header.Set("Fengcun-Signature", base64.StdEncoding.EncodeToString(make([]byte, 64)))
		},
		"another query": func(r *http.Request) { r.URL.RawQuery = "x=1" },
		"another path":  func(r *http.Request) { r.URL.Path = "/api/v1/queries" },
		"another body":  func(r *http.Request) { spoilBody(r, rec.body) },
		"no body":       func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 },
	} {
		req := rec.request(t)
		spoil(req)
		status, header, body := s.exchange(req)
		if status != http.StatusUnauthorized || header.Get("Content-Type") != "application/problem+json" ||
			!bytes.Contains(body, []byte(`"urn:fengcun:problem:unsigned"`)) {
			t.Errorf("%s: %d %s %s", name, status, header.Get("Content-Type"), body)
		}
	}
	s.Check()
}

func spoilBody(r *http.Request, body []byte) {
	other := bytes.Replace(body, []byte("就业"), []byte("就学"), 1)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(other)), int64(len(other))
}

// TestSkew holds the quarter of an hour.
func TestSkew(t *testing.T) {
	s := serve(t)
	window := s.as(registrytest.Police, agency.CertWindow)
	for off, taken := range map[time.Duration]bool{
		15 * time.Minute: true, -15 * time.Minute: true, 15*time.Minute + time.Second: false, -15*time.Minute - time.Second: false,
	} {
		err := window.Call(context.Background(), http.MethodGet, "/api/v1/officer", nil, nil, s.Now.Add(off))
		if (err == nil) != taken {
			t.Errorf("signed %s off: %v", off, err)
		}
	}
}

// TestReplay sends what changed something once more, byte for byte: it is
// refused, or gives what it gave, and leaves the books as they are.
func TestReplay(t *testing.T) {
	s := serve(t)
	who := s.Adult()
	s.Sealed(who)
	for name, c := range map[string]struct {
		agency string
		duty   agency.Duty
		method string
		path   string
		in     any
		status int
	}{
		"certify": {
			registrytest.Police, agency.CertWindow, http.MethodPost, "/api/v1/certificates",
			api.CertificateApplication{ID: "a7", Name: who.Name, Number: who.Number, Purpose: "就业"},
			http.StatusOK,
		},
		"ask": {registrytest.Police, agency.QueryOfficer, http.MethodPost, "/api/v1/queries", api.Signed(s.Signed(s.About(who))), http.StatusConflict},
	} {
		rec := new(recorded)
		by := s.as(c.agency, c.duty)
		by.HTTP = &http.Client{Transport: rec}
		var first map[string]any
		by.call(c.method, c.path, c.in, &first)
		size := s.Count(`SELECT COUNT(*) FROM trail_entry`)
		status, _, body := s.exchange(rec.request(t))
		if status != c.status {
			t.Errorf("%s again: %d %s", name, status, body)
		}
		if id, ok := first["id"].(string); ok && status == http.StatusOK && !strings.Contains(string(body), id) {
			t.Errorf("%s again gave another thing: %s", name, body)
		}
		if again := s.Count(`SELECT COUNT(*) FROM trail_entry`); again != size {
			t.Errorf("%s again: the trail grew from %d to %d entries", name, size, again)
		}
	}
}

// TestOneApplicationOneCertificate: an application's id stands for one person
// and purpose.
func TestOneApplicationOneCertificate(t *testing.T) {
	s := serve(t)
	a, b := s.Adult(), s.Adult()
	window := s.as(registrytest.Police, agency.CertWindow)
	apply := func(id, name, number, purpose string) api.CertificateApplication {
		return api.CertificateApplication{ID: id, Name: name, Number: number, Purpose: purpose}
	}
	var first, second, third api.CertificateAnswer
	window.call(http.MethodPost, "/api/v1/certificates", apply("x", a.Name, a.Number, "就业"), &first)
	s.Now = s.Now.AddDate(0, 0, 1)
	window.call(http.MethodPost, "/api/v1/certificates", apply("x", a.Name, a.Number, "就业"), &second)
	if first != second {
		t.Errorf("one application gave\n%v\nand\n%v", first, second)
	}
	window.refused("input", http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/certificates", apply("x", b.Name, b.Number, "就业"))
	window.refused("input", http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/certificates", apply("x", a.Name, a.Number, "留学"))
	window.call(http.MethodPost, "/api/v1/certificates", apply("", a.Name, a.Number, "就业"), &third)
	if third.ID == first.ID {
		t.Error("two applications without an id gave one certificate")
	}
	other := s.as(registrytest.OtherPolice, agency.CertWindow)
	var fourth api.CertificateAnswer
	other.call(http.MethodPost, "/api/v1/certificates", apply("x", b.Name, b.Number, "就业"), &fourth)
	if fourth.ID == first.ID {
		t.Error("two windows share the ids of applications")
	}
}
