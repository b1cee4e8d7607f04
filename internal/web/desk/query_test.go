package desk_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
)

// request is a complete form about a person.
func request(p docket.Identity) url.Values {
	return url.Values{
		"ground": {"organ-case"}, "basis": {"治安管理处罚法第一百三十六条"}, "case_no": {"松公（治）立字〔2026〕1号"},
		"name": {p.Name}, "document": {docket.ResidentID}, "number": {p.Number}, "scope": {"full"},
		"purpose": {"办理另案，核实前科"}, "approver": {"procuratorate-990101"},
	}
}

func digestOf(body string) string {
	m := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1]
}

// TestAskApproveOpen goes through steps 5 to 8.
func TestAskApproveOpen(t *testing.T) {
	s := newStage(t, stageOptions{})
	cast := s.demo.Cast()
	asker, approver := s.as("querier"), s.as("approver")
	path := asker.sent("/queries", request(cast.PublicOrder))
	if strings.Contains(asker.page(path), "action=\""+path+"\"") {
		t.Error("the asker is offered to approve")
	}
	if a := asker.post(path, url.Values{"act": {"grant"}, "digest": {strings.Repeat("0", 64)}}); a.status < 400 {
		t.Errorf("the asker approves: %d", a.status)
	}
	if a := asker.post(path+"/open", nil); a.status != http.StatusConflict || !strings.Contains(a.body, "尚未获得批准") {
		t.Errorf("opened before the approval: %d %s", a.status, words(a.body))
	}
	if a := s.as("approver-city").get(path); a.status != http.StatusNotFound {
		t.Errorf("an approver of an agency that was not asked: %d", a.status)
	}
	body := approver.page(path)
	approver.has(body, "签名的就是这份申请", "审批人密钥", cast.PublicOrder.Name, "申请机关与审批机关不同")
	if strings.Contains(body, cast.PublicOrder.Number) {
		t.Error("the approver is shown the whole document number")
	}
	if a := approver.post(path, url.Values{"act": {"grant"}, "digest": {strings.Repeat("0", 64)}}); a.status != http.StatusConflict || !strings.Contains(a.body, "不是这份申请") {
		t.Errorf("another request signed: %d %s", a.status, words(a.body))
	}
	approver.sent(path, url.Values{"act": {"grant"}, "digest": {digestOf(body)}, "note": {"符合规定"}})
	to := asker.sent(path+"/open", nil)
	opened := asker.page(to)
	asker.has(opened, cast.PublicOrder.Name, "殴打他人", "依法开启", "留痕回执", "水印")
	asker.has(asker.page(to), "殴打他人") // shown again
	asker.has(asker.page(path), "再看一次查询结果")
	if a := asker.post(path+"/open", nil); a.status != http.StatusConflict {
		t.Errorf("opened twice: %d", a.status)
	}
	if a := s.as("querier").get(to); a.status != http.StatusNotFound {
		t.Errorf("the answer is shown to another browser: %d", a.status)
	}
	proof := regexp.MustCompile(`href="(/trail/entry\?index=\d+)"`).FindStringSubmatch(opened)[1]
	asker.has(s.visitor().page(proof), "条目确在")
	s.wait(31 * time.Minute)
	if a := asker.get(to); a.status != http.StatusNotFound && a.status != http.StatusSeeOther {
		t.Errorf("the answer is shown for ever: %d", a.status)
	}
}

// TestAnswersOfTheUnknown asks about a sealed person, one who was never
// recorded: up to the opening everything is the same.
func TestAnswersOfTheUnknown(t *testing.T) {
	s := newStage(t, stageOptions{})
	cast := s.demo.Cast()
	asker, approver := s.as("querier"), s.as("approver")
	path := asker.sent("/queries", request(cast.NoRecord))
	approver.sent(path, url.Values{"act": {"grant"}, "digest": {digestOf(approver.page(path))}})
	asker.has(asker.page(asker.sent(path+"/open", nil)), "没有可以提供的记录")
}

// TestSummary opens within the narrower scope: what the person did and what it
// cost, and no more.
func TestSummary(t *testing.T) {
	s := newStage(t, stageOptions{})
	asker, approver := s.as("querier"), s.as("approver")
	form := request(s.demo.Cast().PublicOrder)
	form.Set("scope", "summary")
	path := asker.sent("/queries", form)
	approver.sent(path, url.Values{"act": {"grant"}, "digest": {digestOf(approver.page(path))}})
	body := asker.page(asker.sent(path+"/open", nil))
	asker.has(body, "殴打他人", "行政拘留")
	if strings.Contains(body, "办案经过") {
		t.Error("the course of the case lies beyond the scope")
	}
}

func TestRefusing(t *testing.T) {
	s := newStage(t, stageOptions{})
	asker, approver := s.as("querier"), s.as("approver")
	path := asker.sent("/queries", request(s.demo.Cast().Minor))
	digest := digestOf(approver.page(path))
	if a := approver.post(path, url.Values{"act": {"refuse"}, "digest": {digest}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("refused without reasons: %d", a.status)
	}
	if a := approver.post(path, url.Values{"act": {"whatever"}, "digest": {digest}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("neither approved nor refused: %d", a.status)
	}
	approver.sent(path, url.Values{"act": {"refuse"}, "digest": {digest}, "note": {"未说明必要性"}})
	asker.has(asker.page(path), "不予批准", "未说明必要性")
	if a := asker.post(path+"/open", nil); a.status != http.StatusConflict {
		t.Errorf("opened after a refusal: %d", a.status)
	}
}

func TestQueryForm(t *testing.T) {
	s := newStage(t, stageOptions{})
	v := s.as("querier").english()
	who := s.demo.Cast().DrunkDriver
	for name, c := range map[string]struct {
		change func(url.Values)
		says   string
	}{
		"no ground":      {func(f url.Values) { f.Del("ground") }, "Fill in this field"},
		"no such ground": {func(f url.Values) { f.Set("ground", "curiosity") }, "Fill in this field"},
		"a wrong number": {func(f url.Values) { f.Set("number", who.Number[:17]+"Z") }, "The number is not right"},
		"nobody":         {func(f url.Values) { f.Del("name"); f.Del("number") }, "Fill in this field"},
		"two at once":    {func(f url.Values) { f.Set("record", "x") }, "not both"},
		"a wrong record": {func(f url.Values) { f.Del("name"); f.Del("number"); f.Set("record", "x") }, "Not the number of a record"},
		"own agency":     {func(f url.Values) { f.Set("approver", "police-990101") }, "Fill in this field"},
		"a long reason":  {func(f url.Values) { f.Set("purpose", strings.Repeat("长", 501)) }, "At most 500"},
	} {
		form := request(who)
		c.change(form)
		a := v.post("/queries", form)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, c.says) {
			t.Errorf("%s: %d, want %q: %.600s", name, a.status, c.says, words(a.body))
		}
	}
	if a := s.as("clerk").get("/queries/new"); a.status != http.StatusForbidden {
		t.Errorf("a clerk files queries: %d", a.status)
	}
}

// TestUnsealing goes through step 10.
func TestUnsealing(t *testing.T) {
	s := newStage(t, stageOptions{})
	s.relapse()
	clerk, reviewer := s.as("clerk"), s.as("reviewer")
	item := regexp.MustCompile(`href="(/reviews/[0-9A-Z-]+/[0-9a-f-]+)"`).FindStringSubmatch(clerk.page("/reviews?kind=unseal"))[1]
	clerk.has(clerk.page(item), "签名提出解封申请", "解除封存")
	reviewer.has(reviewer.page(item), "由经办人签名提出申请")
	if a := clerk.post(item, url.Values{"act": {"ask-unseal"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an empty request: %d", a.status)
	}
	path := clerk.sent(item, url.Values{
		"act": {"ask-unseal"}, "ground": {"new-crime"}, "basis": {"封存规则：再犯新罪"}, "case_no": {"（2026）解1号"}, "reason": {"新罪判决已经生效"},
	})
	if a := clerk.post(path+"/open", nil); a.status != http.StatusConflict {
		t.Errorf("unsealed before the approval: %d", a.status)
	}
	body := reviewer.page(path)
	reviewer.has(body, "再犯新罪")
	reviewer.sent(path, url.Values{"act": {"grant"}, "digest": {digestOf(body)}, "note": {"同意"}})
	clerk.has(clerk.page(path), "执行解封")
	to := clerk.sent(path+"/open", nil)
	clerk.has(clerk.page(to), "已解封", "解除封存通知书")
}
