package desk_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
)

// holder is a visitor with a passkey, who does by hand what the script does.
type holder struct {
	*visitor
	key *passkeytest.Key
}

func (s *stage) site() passkey.Site { return passkey.Site{ID: "localhost", Origin: s.url} }

// options are what a ceremony begins with.
type options struct {
	Nonce       string
	Get, Create struct {
		Challenge string
		RPID      string `json:"rpId"`
	}
}

func (v *visitor) begin(path string, form url.Values) (o options, status int) {
	v.Helper()
	a := v.post(path, form)
	if a.status == http.StatusOK {
		v.must(json.Unmarshal([]byte(a.body), &o))
	}
	return o, a.status
}

func (v *visitor) bytes(text string) []byte {
	v.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	v.must(err)
	return b
}

// enrolled is an officer who has just enrolled a passkey.
func (s *stage) enrolled(officer string) *holder {
	s.Helper()
	h := &holder{s.visitor(), passkeytest.ES256(s)}
	code, err := s.reg.IssueEnrolment(context.Background(), officer, s.clock())
	s.must(err)
	o, _ := h.begin("/enrol/begin", url.Values{"code": {code}})
	to := h.sent("/enrol", url.Values{
		"code": {strings.ToLower(code)}, "label": {"key"}, "nonce": {o.Nonce},
		"answer": {string(h.key.Create(s.site(), h.bytes(o.Create.Challenge)))},
	})
	if !strings.HasPrefix(to, "/signin") {
		s.Fatalf("after enrolling: %s", to)
	}
	return h
}

// signIn signs in; each change spoils what the authenticator says.
func (h *holder) signIn(change ...func(*passkeytest.Answer)) answer {
	h.Helper()
	o, _ := h.begin("/signin/passkey/begin", nil)
	return h.post("/signin/passkey", h.answered(o, change...))
}

func (h *holder) answered(o options, change ...func(*passkeytest.Answer)) url.Values {
	h.Helper()
	a := h.key.Assert(h.site(), h.bytes(o.Get.Challenge), change...)
	return url.Values{"nonce": {o.Nonce}, "answer": {string(h.key.JSON(a))}, "next": {"/desk"}}
}

// with is an officer who has a passkey and has signed in with it.
func (s *stage) with(officer string) *holder {
	s.Helper()
	h := s.enrolled(officer)
	if a := h.signIn(); a.status != http.StatusSeeOther {
		s.Fatalf("signing in as %s: %d %s", officer, a.status, words(a.body))
	}
	return h
}

var signForm = regexp.MustCompile(`action="([^"]+)" data-passkey data-options="([^"]+)">(?:\s|<div class="callout.*?</div></div>)*<input type="hidden" name="body" value="([^"]+)"`)

// toSign is a document that waits for its signature.
type toSign struct {
	post, body string
	challenge  []byte
}

// prepare sends a form that leads to the last look at a document.
func (h *holder) prepare(path string, form url.Values) toSign {
	h.Helper()
	a := h.post(path, form)
	m := signForm.FindStringSubmatch(a.body)
	if a.status != http.StatusOK || m == nil {
		h.Fatalf("%s: %d, nothing to sign: %s", path, a.status, words(a.body))
	}
	var get struct{ Challenge, RPID string }
	h.must(json.Unmarshal([]byte(html.UnescapeString(m[2])), &get))
	return toSign{html.UnescapeString(m[1]), html.UnescapeString(m[3]), h.bytes(get.Challenge)}
}

// hand signs a document and hands it in.
func (h *holder) hand(d toSign, change ...func(*passkeytest.Answer)) answer {
	h.Helper()
	a := h.key.Assert(h.site(), d.challenge, change...)
	return h.post(d.post, url.Values{"body": {d.body}, "answer": {string(h.key.JSON(a))}})
}

// signed signs a form's document, which must be taken, and gives where it leads.
func (h *holder) signed(path string, form url.Values) string {
	h.Helper()
	a := h.hand(h.prepare(path, form))
	if a.status != http.StatusSeeOther {
		h.Fatalf("%s: %d %s", path, a.status, words(a.body))
	}
	return a.to()
}

// TestPasskeysAtTheDesks rules on a sealing, asks, approves, opens, all under
// passkeys.
func TestPasskeysAtTheDesks(t *testing.T) {
	s := newStage(t, stageOptions{serve: true, passkeys: true})
	cast := s.demo.Cast()
	asker, approver := s.with("querier"), s.with("approver")
	path := asker.signed("/queries", request(cast.PublicOrder))
	body := approver.page(path)
	d := approver.prepare(path, url.Values{"act": {"grant"}, "digest": {digestOf(body)}, "note": {"符合规定"}})
	wrong := map[string]func(*passkeytest.Answer){
		"another challenge": func(a *passkeytest.Answer) { a.Challenge = make([]byte, 32) },
		"another origin":    func(a *passkeytest.Answer) { a.Site.Origin = "http://localhost" },
		"nobody verified":   func(a *passkeytest.Answer) { a.Flags = passkeytest.Present },
	}
	for name, change := range wrong {
		a := approver.hand(d, change)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "签名与登记的本人密钥不符") || signForm.FindString(a.body) == "" {
			t.Errorf("%s: %d %s", name, a.status, words(a.body))
		}
	}
	altered := d
	altered.body = base64.StdEncoding.EncodeToString([]byte(strings.Replace(fromBase64(t, d.body), "符合", "不合", 1)))
	if a := approver.hand(altered); a.status == http.StatusSeeOther {
		t.Error("an altered approval is taken")
	}
	if a := asker.hand(d); a.status == http.StatusSeeOther {
		t.Error("the asker hands in the approver's document")
	}
	if a := approver.hand(d); a.status != http.StatusSeeOther {
		t.Fatalf("the approval: %d %s", a.status, words(a.body))
	}
	if a := approver.hand(d); a.status != http.StatusConflict {
		t.Errorf("approved twice: %d", a.status)
	}
	asker.has(asker.page(asker.sent(path+"/open", nil)), "殴打他人")
}

func fromBase64(t *testing.T, s string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRulingWithAPasskey confirms a sealing and rejects another.
func TestRulingWithAPasskey(t *testing.T) {
	s := newStage(t, stageOptions{serve: true, passkeys: true})
	for _, act := range []string{"confirm", "keep"} {
		h, item := s.courtWithWork()
		to := h.signed(item, url.Values{"act": {act}, "note": {"已核对判决书"}})
		if !strings.HasPrefix(to, "/cases/") {
			t.Errorf("%s leads to %s", act, to)
		}
		body := h.page(to)
		if act == "confirm" {
			h.has(body, "已封存")
		}
		if a := h.post(item, url.Values{"act": {act}, "note": {"再来一次"}}); a.status != http.StatusConflict {
			t.Errorf("settled twice: %d", a.status)
		}
	}
}

// courtWithWork is a clerk with a passkey, of a court that has a sealing to
// rule on.
func (s *stage) courtWithWork() (*holder, string) {
	s.Helper()
	for _, o := range s.demo.Officers() {
		if o.Duty != agency.SealClerk {
			continue
		}
		items, _, err := s.reg.ReviewPage(context.Background(), o.ID, "seal", 1, 0)
		s.must(err)
		if len(items) == 0 {
			continue
		}
		it := items[0].Item
		me, _, err := s.reg.Officer(context.Background(), o.ID)
		s.must(err)
		for _, k := range me.Passkeys.Live() {
			s.must(s.reg.RevokePasskey(context.Background(), "platform", o.ID, k.Name(), s.clock()))
		}
		return s.with(o.ID), "/reviews/" + it.Record.Code.Grouped() + "/" + it.ID
	}
	s.Fatal("no court has anything to rule on")
	return nil, ""
}

// TestUnsealingWithPasskeys goes through step 10 outside the demonstration.
func TestUnsealingWithPasskeys(t *testing.T) {
	s := newStage(t, stageOptions{serve: true, passkeys: true})
	s.relapse()
	clerk, reviewer := s.with("clerk"), s.with("reviewer")
	item := regexp.MustCompile(`href="(/reviews/[0-9A-Z-]+/[0-9a-f-]+)"`).FindStringSubmatch(clerk.page("/reviews?kind=unseal"))[1]
	path := clerk.signed(item, url.Values{
		"act": {"ask-unseal"}, "ground": {"new-crime"}, "basis": {"封存规则：再犯新罪"}, "case_no": {"（2026）解1号"}, "reason": {"新罪判决已经生效"},
	})
	reviewer.signed(path, url.Values{"act": {"grant"}, "digest": {digestOf(reviewer.page(path))}, "note": {"同意"}})
	clerk.has(clerk.page(clerk.sent(path+"/open", nil)), "已解封", "解除封存通知书")
}

// TestSigningInOnce: an answer to a nonce is good once, for five minutes, and
// for nonces that were drawn here.
func TestSigningInOnce(t *testing.T) {
	s := newStage(t, stageOptions{serve: true, passkeys: true})
	h := s.enrolled("querier")
	o, _ := h.begin("/signin/passkey/begin", nil)
	form := h.answered(o)
	if a := h.post("/signin/passkey", form); a.status != http.StatusSeeOther {
		t.Fatalf("signing in: %d %s", a.status, words(a.body))
	}
	again := s.visitor()
	if a := again.post("/signin/passkey", form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "没有登录成功") {
		t.Errorf("an answer sent again: %d", a.status)
	}
	late, _ := h.begin("/signin/passkey/begin", nil)
	s.wait(6 * time.Minute)
	forged := late
	forged.Nonce = strings.Repeat("A", len(late.Nonce))
	for name, form := range map[string]url.Values{"late": h.answered(late), "of nobody's drawing": h.answered(forged), "nothing": {}} {
		if a := again.post("/signin/passkey", form); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if _, status := again.begin("/enrol/begin", url.Values{"code": {"AAAA-BBBB"}}); status != http.StatusForbidden {
		t.Errorf("a code of nobody: %d", status)
	}
	if _, status := again.begin("/keys/begin", nil); status == http.StatusOK {
		t.Error("a stranger begins to add a key")
	}
}

// TestSessionsTurn: signing in gives a new token, and the old one is nobody.
func TestSessionsTurn(t *testing.T) {
	s := newStage(t, stageOptions{serve: true, passkeys: true})
	h := s.with("querier")
	at, err := url.Parse(s.url)
	s.must(err)
	before := h.client.Jar.Cookies(at)
	if a := h.signIn(); a.status != http.StatusSeeOther {
		t.Fatalf("signing in again: %d", a.status)
	}
	after := h.client.Jar.Cookies(at)
	if len(before) == 0 || len(after) == 0 || before[0].Value == after[0].Value {
		t.Error("the session's token stayed the same")
	}
	old := s.visitor()
	old.client.Jar.SetCookies(at, before)
	if a := old.get("/keys"); a.status == http.StatusOK {
		t.Error("the old token is still somebody")
	}
	h.page("/desk")
	for range 8 { // the page asks for the latest, and nobody is there
		s.wait(4 * time.Minute)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/desk/latest", nil)
		s.must(err)
		req.Header.Set("HX-Request", "true")
		h.do(req)
	}
	if a := h.get("/keys"); a.status == http.StatusOK {
		t.Error("a session outlives half an hour without use")
	}
}

// TestWithoutPasskeys is a platform without an address for them, and the words
// for a browser without scripts.
func TestWithoutPasskeys(t *testing.T) {
	s := newStage(t, stageOptions{})
	v := s.visitor()
	for _, path := range []string{"/signin/passkey/begin", "/enrol/begin", "/keys/begin"} {
		if a := v.post(path, nil); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := v.get("/enrol"); a.status != http.StatusNotFound {
		t.Errorf("/enrol: %d", a.status)
	}
	if strings.Contains(v.page("/signin"), "data-passkey") {
		t.Error("passkeys are offered")
	}
	s.as("querier").has(s.as("querier").page("/keys"), "演示密钥", "未启用通行密钥")

	on := newStage(t, stageOptions{serve: true, passkeys: true})
	on.visitor().has(on.visitor().page("/signin"), "<noscript>", "未启用 JavaScript")
	on.visitor().has(on.visitor().page("/enrol"), "<noscript>", "管理员只发注册码")
}
