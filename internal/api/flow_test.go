package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/trail"
)

func TestQueryToOpening(t *testing.T) {
	s := serve(t)
	who := s.Adult()
	_, id := s.Sealed(who)
	asker, approver := s.as(registrytest.Police, agency.QueryOfficer), s.as(registrytest.Court, agency.QueryApprover)
	req := s.About(who)
	signed := s.Signed(req)
	var q api.QueryView
	asker.call(http.MethodPost, "/api/v1/queries", api.Signed(signed), &q)
	if q.ID != req.ID || q.State != "filed" || string(q.Request.Body) != string(signed.Body) {
		t.Fatalf("filed as %+v", q)
	}
	asker.refused("not-approved", http.StatusConflict, http.MethodPost, api.QueryPath(q.ID, "opening"), nil)
	yes := api.Signed(s.SignAnswer(s.Approval(signed, approver.Officer, registrytest.Court)))
	approver.call(http.MethodPost, api.QueryPath(q.ID, "answers"), yes, &q)
	if q.State != "approved" || len(q.Answers) != 1 || q.Answers[0].Verdict != "approve" {
		t.Fatalf("approved as %+v", q)
	}
	approver.refused("state", http.StatusConflict, http.MethodPost, api.QueryPath(q.ID, "answers"), yes)
	approver.refused("not-found", http.StatusNotFound, http.MethodPost, api.QueryPath(q.ID, "opening"), nil)
	var o api.Opening
	asker.call(http.MethodPost, api.QueryPath(q.ID, "opening"), nil, &o)
	if len(o.Records) != 1 || o.Records[0].Record != id.String() || o.Records[0].State.Person.Number != who.Number || len(o.Records[0].Timeline) == 0 {
		t.Errorf("opened as %+v", o)
	}
	if !strings.Contains(o.Watermark, asker.Officer) || !strings.Contains(o.Watermark, q.ID) {
		t.Errorf("the watermark %q does not say who and which", o.Watermark)
	}
	receipt, err := trail.ParseReceipt([]byte(o.Receipt))
	if err == nil {
		_, err = receipt.Verify(s.Reg.Verifier(), receipt.Leaf)
	}
	if err != nil {
		t.Errorf("the receipt: %v", err)
	}
	asker.refused("not-approved", http.StatusConflict, http.MethodPost, api.QueryPath(q.ID, "opening"), nil)
	var list []api.QueryView
	approver.call(http.MethodGet, "/api/v1/queries?limit=5", nil, &list)
	if len(list) != 1 || list[0].State != "opened" {
		t.Errorf("the approver's list: %+v", list)
	}
}

// TestScope: a summary shows the sentence and not the file.
func TestScope(t *testing.T) {
	s := serve(t)
	who := s.Adult()
	s.Sealed(who)
	asker := s.as(registrytest.Police, agency.QueryOfficer)
	req := s.About(who)
	req.Scope = grant.Summary
	s.Approve(req, s.Ask(req))
	var o api.Opening
	asker.call(http.MethodPost, api.QueryPath(req.ID, "opening"), nil, &o)
	st := o.Records[0].State
	if len(o.Records[0].Timeline) != 0 || st.Person.Address != "" || len(st.Numbers) != 0 || len(st.Crimes) == 0 || st.Sentence == nil {
		t.Errorf("the summary is %+v", o.Records[0])
	}
}

func TestRefusalsOfGrants(t *testing.T) {
	s := serve(t)
	who := s.Adult()
	asker, approver := s.as(registrytest.Police, agency.QueryOfficer), s.as(registrytest.Court, agency.QueryApprover)
	window := s.as(registrytest.Police, agency.CertWindow)
	req := s.About(who)
	signed := s.Signed(req)
	window.refused("unsigned", http.StatusUnauthorized, http.MethodPost, "/api/v1/queries", api.Signed(signed)) // another's document
	sameAgency := s.About(who)
	sameAgency.Approver = registrytest.Police
	asker.refused("same-agency", http.StatusForbidden, http.MethodPost, "/api/v1/queries", api.Signed(s.Signed(sameAgency)))
	noGround := s.About(who)
	noGround.Ground = "curiosity"
	asker.refused("input", http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/queries", api.Signed(s.Signed(noGround)))
	asker.refused("input", http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/queries", api.Signed{Body: []byte("{"), Signature: []byte("x")})
	asker.refused("input", http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/queries", map[string]string{"letter": "please"})
	asker.call(http.MethodPost, "/api/v1/queries", api.Signed(signed), nil)
	self := s.SignAnswer(s.Approval(signed, asker.Officer, registrytest.Police))
	asker.refused("self-approval", http.StatusForbidden, http.MethodPost, api.QueryPath(req.ID, "answers"), api.Signed(self))
	other := s.Approval(signed, approver.Officer, registrytest.Court)
	other.Request = strings.Repeat("0", 64)
	approver.refused("other-request", http.StatusConflict, http.MethodPost, api.QueryPath(req.ID, "answers"), api.Signed(s.SignAnswer(other)))
	late := s.Approval(signed, approver.Officer, registrytest.Court)
	late.Expires = s.Now
	approver.refused("expired", http.StatusConflict, http.MethodPost, api.QueryPath(req.ID, "answers"), api.Signed(s.SignAnswer(late)))
	no := s.Approval(signed, approver.Officer, registrytest.Court)
	no.Verdict = grant.Refuse
	var q api.QueryView
	approver.call(http.MethodPost, api.QueryPath(req.ID, "answers"), api.Signed(s.SignAnswer(no)), &q)
	if q.State != "refused" {
		t.Errorf("refused as %+v", q)
	}
	asker.refused("not-approved", http.StatusConflict, http.MethodPost, api.QueryPath(req.ID, "opening"), nil)
	window.refused("forbidden", http.StatusForbidden, http.MethodGet, "/api/v1/reviews", nil)
	window.refused("forbidden", http.StatusForbidden, http.MethodGet, "/api/v1/notices", nil)
	asker.refused("forbidden", http.StatusForbidden, http.MethodPost, "/api/v1/certificates",
		api.CertificateApplication{Name: who.Name, Number: who.Number, Purpose: "就业"})
}

func TestUnsealing(t *testing.T) {
	s := serve(t)
	who := s.Adult()
	_, id := s.Sealed(who)
	var cert api.CertificateAnswer
	window := s.as(registrytest.Police, agency.CertWindow)
	application := api.CertificateApplication{Name: who.Name, Number: who.Number, Purpose: "就业"}
	window.call(http.MethodPost, "/api/v1/certificates", application, &cert)
	clerk, reviewer := s.as(registrytest.Court, agency.SealClerk), s.as(registrytest.Court, agency.SealReviewer)
	s.Convicted(who, "盗窃罪", "2026-02-10", registrytest.Months(docket.FixedTerm, 8), "2026-03-01")
	var queue []api.ReviewView
	clerk.call(http.MethodGet, "/api/v1/reviews", nil, &queue)
	if len(queue) != 1 || queue[0].Kind != "unseal" || queue[0].State != nil {
		t.Fatalf("the queue: %+v", queue)
	}
	clerk.refused("state", http.StatusConflict, http.MethodPost, "/api/v1/reviews/"+string(id.Code)+"/"+queue[0].ID,
		map[string]string{"verdict": "confirm", "note": "x"})
	req := s.ToUnseal(id, registrytest.Court)
	req.Ground = "new-crime"
	signed := s.Signed(req)
	clerk.call(http.MethodPost, "/api/v1/queries", api.Signed(signed), nil)
	clerk.refused("not-approved", http.StatusConflict, http.MethodPost, api.QueryPath(req.ID, "unsealing"), nil)
	reviewer.call(http.MethodPost, api.QueryPath(req.ID, "answers"), api.Signed(s.SignAnswer(s.Approval(signed, reviewer.Officer, registrytest.Court))), nil)
	clerk.refused("not-found", http.StatusNotFound, http.MethodPost, api.QueryPath(req.ID, "opening"), nil) // not a query to read
	var out struct{ Record string }
	clerk.call(http.MethodPost, api.QueryPath(req.ID, "unsealing"), nil, &out)
	if out.Record != id.String() {
		t.Errorf("unsealed %q, want %s", out.Record, id)
	}
	var standing api.CertificateStanding
	clerk.call(http.MethodGet, "/api/v1/certificates/"+cert.ID, nil, &standing)
	if standing.Status != "withdrawn" {
		t.Errorf("the certificate is %s", standing.Status)
	}
	var again api.CertificateAnswer
	window.call(http.MethodPost, "/api/v1/certificates", application, &again)
	if again.Outcome != "needs_human" || again.Record == "" || again.Text != "" || again.ID != "" {
		t.Errorf("the new application: %+v", again)
	}
	var c api.CaseView
	clerk.call(http.MethodGet, "/api/v1/cases/"+id.Code.Grouped(), nil, &c)
	if c.Records[0].Status != "unsealed" || c.Records[0].State == nil || len(c.Records[0].Timeline) == 0 {
		t.Errorf("the case: %+v", c)
	}
}

func TestNoticesAreAcknowledgedOnce(t *testing.T) {
	s := serve(t)
	_, id := s.Sealed(s.Adult())
	clerk := s.as(registrytest.Police, agency.NoticeClerk)
	var list []api.NoticeView
	clerk.call(http.MethodGet, "/api/v1/notices", nil, &list)
	if len(list) != 1 || list[0].Record != id.String() || list[0].Acknowledged != nil || len(list[0].Letter) == 0 {
		t.Fatalf("the letters: %+v", list)
	}
	path := "/api/v1/notices/" + string(id.Code) + "/" + list[0].ID + "/acknowledgement"
	s.as(registrytest.OtherPolice, agency.NoticeClerk).refused("not-found", http.StatusNotFound, http.MethodPost, path, nil)
	clerk.call(http.MethodPost, path, nil, nil)
	clerk.refused("state", http.StatusConflict, http.MethodPost, path, nil)
	clerk.call(http.MethodGet, "/api/v1/notices", nil, &list)
	if list[0].Acknowledged == nil || list[0].By != clerk.Officer {
		t.Errorf("the letters after: %+v", list)
	}
}

// TestQualityItems: an agency's system fetches what is to be mended, page by
// page, and answers for its own agency alone, once and to what it has read.
func TestQualityItems(t *testing.T) {
	s := serve(t)
	for range 3 {
		s.Convicted(s.Adult(), "盗窃罪", "2024-02-10", registrytest.Months(docket.FixedTerm, 60), "2025-03-01")
	}
	s.Examine()
	clerk := s.as(registrytest.Court, agency.NoticeClerk)
	var list, rest []api.QualityItemView
	clerk.call(http.MethodGet, "/api/v1/quality/items?rule=effect-execution&limit=2", nil, &list)
	clerk.call(http.MethodGet, "/api/v1/quality/items?rule=effect-execution&limit=2&offset=2", nil, &rest)
	if len(list) != 2 || len(rest) != 1 {
		t.Fatalf("%d items, then %d", len(list), len(rest))
	}
	v := list[0]
	if v.Law == "" || v.MendEn == "" || v.Facts == "" || v.Agency != registrytest.Court || len(v.Statements) == 0 || len(v.Numbers) == 0 || v.Missing[0] != docket.ExecutionStarted {
		t.Errorf("%+v", v)
	}
	path := "/api/v1/quality/items/" + v.Code + "/" + v.ID + "/answer"
	answer := map[string]string{"facts": v.Facts, "note": "罪犯在逃，已裁定中止执行"}
	s.as(registrytest.OtherCourt, agency.NoticeClerk).refused("not-found", http.StatusNotFound, http.MethodPost, path, answer)
	s.as(registrytest.Police, agency.CertWindow).refused("forbidden", http.StatusForbidden, http.MethodGet, "/api/v1/quality/items", nil)
	clerk.refused("state", http.StatusConflict, http.MethodPost, path, map[string]string{"facts": "00", "note": "x"})
	clerk.call(http.MethodPost, path, answer, nil)
	clerk.refused("state", http.StatusConflict, http.MethodPost, path, answer)
	clerk.call(http.MethodGet, "/api/v1/quality/items?state=answered", nil, &list)
	if len(list) != 1 || list[0].ID != v.ID || list[0].Answer != answer["note"] || list[0].Settled == nil {
		t.Errorf("answered: %+v", list)
	}
	var seen []api.QualityItemView
	s.as(registrytest.Procuratorate, agency.Supervisor).call(http.MethodGet, "/api/v1/quality/items?state=answered", nil, &seen)
	if len(seen) != 1 || seen[0].Answer != "" || seen[0].Facts != "" || seen[0].Statements != nil || seen[0].Numbers != nil {
		t.Errorf("a supervisor is told %+v", seen)
	}
}

func TestReviews(t *testing.T) {
	s := serve(t)
	who := s.Adult()
	c := s.Case()
	judged := registrytest.Convict(who, "盗窃罪", "2025-01-10", registrytest.Months(docket.FixedTerm, 6), "2025-06-01")
	judged.Judgment.Flags = docket.Flags{} // whether recidivist is not told: a human must look
	code := s.Push(c.Event(registrytest.Police, docket.CaseFiled, "2025-01-12", registrytest.Suspect(who, "盗窃罪", "2025-01-10")),
		c.Event(registrytest.Court, docket.JudgmentRendered, "2025-05-20", judged))
	clerk := s.as(registrytest.Court, agency.SealClerk)
	var list []api.ReviewView
	clerk.call(http.MethodGet, "/api/v1/reviews", nil, &list)
	if len(list) != 1 || list[0].Decision != "review" || list[0].State == nil || !hasUnknown(list[0].Reasons) {
		t.Fatalf("the queue: %+v", list)
	}
	path := "/api/v1/reviews/" + string(code) + "/" + list[0].ID
	verdict := map[string]string{"verdict": "confirm", "note": "不是累犯"}
	s.as(registrytest.OtherCourt, agency.SealClerk).refused("not-found", http.StatusNotFound, http.MethodPost, path, verdict)
	clerk.refused("input", http.StatusUnprocessableEntity, http.MethodPost, path, map[string]string{"verdict": "perhaps", "note": "x"})
	clerk.refused("input", http.StatusUnprocessableEntity, http.MethodPost, "/api/v1/reviews/7Q2M-0ZK4-XB9T-R51H-DWC1/x", verdict)
	clerk.call(http.MethodPost, path, verdict, nil)
	clerk.refused("state", http.StatusConflict, http.MethodPost, path, verdict)
}

func hasUnknown(reasons []api.Reason) bool {
	for _, r := range reasons {
		if r.Holds == nil && r.Zh != "" && r.Basis != "" {
			return true
		}
	}
	return false
}
