package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// examine looks at the quality of whatever waits for it.
func (s *stage) examine() {
	s.Helper()
	for {
		n, err := s.reg.Examine(context.Background(), s.clock(), 500)
		s.must(err)
		if n < 500 {
			return
		}
	}
}

// inspected has the clerk's court report a sentence that was never handed over
// for execution, and gives the item and its facts.
func (s *stage) inspected() (path, facts string) {
	s.Helper()
	s.judged(s.courtOf("clerk"), 3, docket.Identity{Name: "辨质量", Sex: "男"})
	s.examine()
	list, _, err := s.reg.QualityItems(context.Background(), "clerk", registry.QualityListing{State: registry.QualityOpen, Rule: "effect-execution", Limit: 500})
	s.must(err)
	for _, v := range list {
		if v.Name == "辨质量" {
			return "/quality/items/" + v.Row.Record.Code.Grouped() + "/" + v.Row.ID, v.Facts
		}
	}
	s.Fatalf("%d items, none of the record", len(list))
	return "", ""
}

// TestAFaultIsWorked walks a clerk from the figures to the item, its evidence
// and the answer, and shows a supervisor the same without the evidence.
func TestAFaultIsWorked(t *testing.T) {
	s := newStage(t, stageOptions{})
	path, facts := s.inspected()
	v := s.as("clerk")
	v.has(v.page("/quality"), "完整性", "裁判生效后没有交付执行", "刑事诉讼法 264", "/quality/items?rule=effect-execution", "行为之日")
	v.has(v.page("/quality/items?rule=effect-execution"), "辨质量", path, "待办")
	v.has(v.page(path), "辨质量", "2025-06-30", "判决生效后十日以内", "交付执行", "（2025）辨9901刑初3号", "所报无误")
	v.has(v.english().page(path), "A judgment in effect whose execution never began", "Execution begins")

	all := s.as(s.first(agency.Supervisor))
	all.has(all.page("/quality"), "裁判生效后没有交付执行", "待办最多的机关")
	all.has(all.page("/quality/items?rule=effect-execution&agency="+s.courtOf("clerk")), path)
	page := all.page(path)
	all.has(page, "监督岗不看记录内容")
	for _, secret := range []string{"辨质量", "2025-06-30", "（2025）辨9901刑初3号", "name=\"note\""} {
		if strings.Contains(page, secret) {
			t.Errorf("a supervisor is shown %q", secret)
		}
	}
	for _, other := range []string{"clerk-990102", s.first(agency.QueryOfficer), s.first(agency.Auditor)} {
		if a := s.as(other).get(path); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
			t.Errorf("%s gets the item: %d", other, a.status)
		}
	}

	if a := v.post(path, url.Values{"facts": {facts}, "note": {" "}}); a.status == http.StatusSeeOther {
		t.Error("an answer without words is taken")
	}
	if a := v.post(path, url.Values{"facts": {"00"}, "note": {"罪犯在逃"}}); a.status != http.StatusConflict {
		t.Errorf("an answer to other facts: %d", a.status)
	}
	if a := v.post(path, url.Values{"facts": {facts}, "note": {"罪犯在逃，已通缉"}}); a.status != http.StatusSeeOther {
		t.Fatalf("the answer: %d", a.status)
	}
	v.has(v.page("/quality/items?state=answered"), path)
	v.has(v.page(path), "罪犯在逃，已通缉")
	s.examine()
	if page := v.page("/quality/items?rule=effect-execution"); strings.Contains(page, path) {
		t.Error("what was answered comes back")
	}
	if a := s.visitor().get("/quality"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to(), "/signin?next=") {
		t.Errorf("a stranger: %d %s", a.status, a.to())
	}
}
