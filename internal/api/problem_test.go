package api_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// TestWithheldLooksLikeNotFound asks for what is not there and for what is
// another's: the answers are the same bytes under the same headers.
func TestWithheldLooksLikeNotFound(t *testing.T) {
	s := serve(t)
	who := s.Adult()
	_, id := s.Sealed(who)
	_, open := s.Convicted(s.Adult(), "盗窃罪", "2024-02-10", registrytest.Months(docket.FixedTerm, 30), "2025-03-01")
	req := s.About(who)
	s.Ask(req)
	var letters []api.NoticeView
	s.as(registrytest.Police, agency.NoticeClerk).call(http.MethodGet, "/api/v1/notices", nil, &letters)
	unknown, err := docket.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s.Examine()
	var faults []api.QualityItemView
	s.as(registrytest.Court, agency.NoticeClerk).call(http.MethodGet, "/api/v1/quality/items", nil, &faults)
	if len(faults) == 0 || faults[0].Record != open.String() {
		t.Fatalf("the faults: %+v", faults)
	}
	fault := map[string]string{"facts": faults[0].Facts, "note": "x"}
	const noID = "00000000-0000-4000-8000-000000000000"
	verdict := map[string]string{"verdict": "confirm", "note": "x"}
	foreign := func(d agency.Duty) *caller { return s.as(registrytest.OtherCourt, d) }
	var first string
	for _, c := range []struct {
		by     *caller
		method string
		path   string
		in     any
	}{
		{foreign(agency.SealClerk), http.MethodGet, "/api/v1/cases/" + string(unknown), nil},
		{foreign(agency.SealClerk), http.MethodGet, "/api/v1/cases/" + string(id.Code), nil},
		{foreign(agency.SealClerk), http.MethodGet, "/api/v1/cases/" + string(open.Code), nil},
		{s.as(registrytest.School, agency.QueryOfficer), http.MethodGet, "/api/v1/cases/" + string(id.Code), nil},
		{foreign(agency.QueryApprover), http.MethodGet, api.QueryPath(noID, ""), nil},
		{foreign(agency.QueryApprover), http.MethodGet, api.QueryPath(req.ID, ""), nil},
		{foreign(agency.QueryOfficer), http.MethodPost, api.QueryPath(noID, "opening"), nil},
		{foreign(agency.QueryOfficer), http.MethodPost, api.QueryPath(req.ID, "opening"), nil},
		{foreign(agency.SealClerk), http.MethodPost, api.QueryPath(noID, "unsealing"), nil},
		{foreign(agency.SealClerk), http.MethodPost, api.QueryPath(req.ID, "unsealing"), nil},
		{foreign(agency.NoticeClerk), http.MethodPost, "/api/v1/notices/" + string(id.Code) + "/" + noID + "/acknowledgement", nil},
		{foreign(agency.NoticeClerk), http.MethodPost, "/api/v1/notices/" + string(id.Code) + "/" + letters[0].ID + "/acknowledgement", nil},
		{foreign(agency.SealClerk), http.MethodPost, "/api/v1/reviews/" + string(id.Code) + "/" + noID, verdict},
		{foreign(agency.SealClerk), http.MethodPost, "/api/v1/quality/items/" + string(open.Code) + "/" + noID + "/answer", fault},
		{foreign(agency.SealClerk), http.MethodPost, "/api/v1/quality/items/" + string(open.Code) + "/" + faults[0].ID + "/answer", fault},
		{foreign(agency.SealClerk), http.MethodPost, "/api/v1/quality/items/" + string(id.Code) + "/" + faults[0].ID + "/answer", fault},
		{foreign(agency.SealClerk), http.MethodGet, "/api/v1/certificates/" + unknown.Grouped(), nil},
		{foreign(agency.SealClerk), http.MethodGet, "/api/v1/receipts/1000000", nil},
		{foreign(agency.SealClerk), http.MethodGet, "/api/v1/nothing", nil},
	} {
		rec := new(recorded)
		c.by.HTTP = &http.Client{Transport: rec}
		c.by.refused("not-found", http.StatusNotFound, c.method, c.path, c.in)
		_, header, body := s.exchange(rec.request(t))
		header.Del("Date")
		whole, err := json.Marshal(header)
		if err != nil {
			t.Fatal(err)
		}
		if answer := string(whole) + string(body); first == "" {
			first = answer
		} else if answer != first {
			t.Errorf("%s %s: %s, elsewhere %s", c.method, c.path, answer, first)
		}
	}
}

// TestCertificatesDoNotTell: the answer for a sealed person and for one never
// recorded differ in name, number and chance alone.
func TestCertificatesDoNotTell(t *testing.T) {
	s := serve(t)
	sealed, never := s.Adult(), s.Adult()
	s.Sealed(sealed)
	window := s.as(registrytest.Police, agency.CertWindow)
	var texts []string
	for _, who := range []docket.Identity{sealed, never} {
		var a api.CertificateAnswer
		window.call(http.MethodPost, "/api/v1/certificates", api.CertificateApplication{Name: who.Name, Number: who.Number, Purpose: "就业"}, &a)
		text, _, _ := strings.Cut(a.Text, "— ")
		texts = append(texts, a.Outcome+strings.NewReplacer(a.ID, "ID", who.Name, "NAME", who.Number, "NUMBER").Replace(text))
	}
	if texts[0] != texts[1] {
		t.Errorf("sealed:\n%s\nnever recorded:\n%s", texts[0], texts[1])
	}
}

// TestLimits: what is too large or of the wrong kind is a problem document too,
// and echoes nothing.
func TestLimits(t *testing.T) {
	s := serve(t)
	window := s.as(registrytest.Police, agency.CertWindow)
	big := api.CertificateApplication{Name: strings.Repeat("名", api.MaxOfficerBody/3), Number: "1", Purpose: "x"}
	window.refused("too-large", http.StatusRequestEntityTooLarge, http.MethodPost, "/api/v1/certificates", big)
	rec := new(recorded)
	window.HTTP = &http.Client{Transport: rec}
	window.refused("input", http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/certificates",
		map[string]string{"name": "柳明岐", "number": "1", "purpose": "x", "nickname": "鄢不见"})
	_, _, body := s.exchange(rec.request(t))
	if strings.Contains(string(body), "鄢不见") || strings.Contains(string(body), "柳明岐") {
		t.Errorf("the refusal echoes the person: %s", body)
	}
	window.refused("input", http.StatusUnprocessableEntity, http.MethodGet, "/api/v1/cases/7Q2M-0ZK4-XB9T-R51H-DWC1", nil)
}
