package desk_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/fengcun/fengcun/internal/web/browsertest"
)

// tourist is a newcomer who clicks through the demonstration.
type tourist struct {
	*browsertest.Browser
	s *stage
	t *testing.T

	prefix string // of the pictures' names
}

// look checks and pictures the page that the tourist has come to.
func (v *tourist) look(name string) {
	v.t.Helper()
	for _, c := range v.Complaints() {
		v.t.Errorf("%s: the browser says: %s", name, c)
	}
	for _, w := range v.Audit() {
		v.t.Errorf("%s: %s", name, w)
	}
	v.Screenshot(cmp.Or(v.prefix, "tour-") + name)
}

// click clicks what a selector names and waits for the page it leads to.
func (v *tourist) click(selector string) {
	v.t.Helper()
	browsertest.Eval[bool](v.Browser, `(() => { document.body.dataset.left = "1"; return true })()`)
	v.Do("click "+selector, chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)),
		chromedp.WaitReady(chromedp.CSS("body:not([data-left]) footer")))
}

// step clicks "go as …" at a step of the flow.
func (v *tourist) step(n int) {
	v.t.Helper()
	v.Open(v.s.url + "/flow")
	at := `.tour-step:nth-child(` + string("0123456789"[n%10]) + `)`
	if n == 10 {
		at = `.tour-step:last-child`
	}
	v.click(at + ` .tour-try .btn`)
}

func (v *tourist) fill(id, text string) {
	v.t.Helper()
	browsertest.Eval[bool](v.Browser, `(() => { document.getElementById("f-`+id+`").value = ""; return true })()`)
	v.Do("fill in "+id, chromedp.SendKeys(chromedp.CSS("#f-"+id), text))
}

func (v *tourist) choose(id, value string) {
	v.t.Helper()
	v.Do("choose "+id, chromedp.SetValue(chromedp.CSS("#f-"+id), value))
}

// tick takes one of a set of choices.
func (v *tourist) tick(value string) {
	v.t.Helper()
	if !browsertest.Eval[bool](v.Browser, `(() => { const i = document.querySelector('input[value="`+value+`"]'); i.click(); return i.checked })()`) {
		v.t.Fatalf("%s cannot be chosen", value)
	}
}

func (v *tourist) says(all ...string) {
	v.t.Helper()
	text := browsertest.Eval[string](v.Browser, `document.querySelector("main").innerText`)
	for _, want := range all {
		if !strings.Contains(text, want) {
			v.t.Errorf("the page does not say %q: %.800s", want, strings.Join(strings.Fields(text), " "))
		}
	}
}

// TestTour clicks through all ten steps in Chromium as the page of the flow
// tells a newcomer to.
func TestTour(t *testing.T) {
	s := newStage(t, stageOptions{})
	s.relapse()
	b := browsertest.New(t)
	v := &tourist{Browser: b, s: s, t: t}
	cast := s.demo.Cast()

	v.Open(s.url + "/")
	v.look("home")
	v.Open(s.url + "/signin")
	v.look("signin")
	v.Open(s.url + "/flow")
	v.look("flow")

	v.step(1)
	v.says("顾衡之", "最新留痕")
	v.look("1-desk")
	v.Do("the list refreshes itself", chromedp.Sleep(6*time.Second))
	v.look("1-desk-later")

	v.step(2)
	v.click("tbody tr:first-child a")
	v.says("办案经过", "立案")
	v.look("2-case")

	v.step(3)
	v.look("3-reviews")
	if browsertest.Eval[bool](b, `document.querySelector("tbody a") !== null`) {
		v.click("tbody tr:first-child .btn")
		v.says("全部理由")
		v.look("3-review")
	}

	v.step(4)
	v.click("tbody tr:first-child a")
	v.says("内容不在台账中", "犯罪记录封存通知书")
	v.look("4-sealed")

	v.step(5)
	v.tick("organ-case")
	v.fill("basis", "治安管理处罚法第一百三十六条")
	v.fill("case_no", "松公（治）立字〔2026〕1号")
	v.fill("name", cast.PublicOrder.Name)
	v.fill("number", cast.PublicOrder.Number)
	v.tick("full")
	v.fill("purpose", "办理另案，核实前科")
	v.choose("approver", "procuratorate-990101")
	v.look("5-form")
	v.click(".acts .btn-primary")
	v.says("待审批")
	v.look("5-filed")

	v.step(6)
	v.look("6-queries")
	v.click("tbody tr:first-child .btn")
	v.fill("note", "符合规定")
	v.look("6-approval")
	v.click(`.acts .btn-seal`)
	v.says("已批准")
	v.look("6-approved")
	s.publish()

	v.step(7)
	v.look("7-trail")
	v.click(".entries li:first-child a")
	v.says("条目确在", "原始记录")
	v.look("7-entry")

	v.step(8)
	v.click("tbody tr:first-child .btn")
	v.click(".btn-seal")
	v.says("依法开启", cast.PublicOrder.Name, "殴打他人")
	v.look("8-opening")

	for _, p := range []struct{ name, number, what string }{
		{cast.DrunkDriver.Name, cast.DrunkDriver.Number, "9-sealed"}, {cast.NoRecord.Name, cast.NoRecord.Number, "9-never"},
	} {
		v.step(9)
		v.fill("name", p.name)
		v.fill("number", p.number)
		v.fill("purpose", "求职")
		v.look(p.what + "-form")
		v.click(".acts .btn-primary")
		v.says("未发现有犯罪记录", p.name)
		v.look(p.what)
	}
	v.click(`.btn-list a[href*="/certificates/check"]`)
	v.says("有效", "松涧县公安局")
	v.look("9-check")

	v.step(10)
	v.look("10-reviews")
	v.click("tbody tr:first-child .btn")
	v.fill("case_no", "（2026）解1号")
	v.fill("reason", "新罪判决已经生效")
	v.look("10-proposal")
	v.click(".acts .btn")
	v.says("待审批")
	v.look("10-requested")
	path := browsertest.Eval[string](b, `location.pathname`)
	v.signIn("reviewer", path)
	v.fill("note", "同意解封")
	v.look("10-approval")
	v.click(`.acts .btn-seal`)
	v.signIn("clerk", path)
	v.look("10-approved")
	v.click(".btn-seal")
	v.says("已解封", "犯罪记录解除封存通知书")
	v.look("10-unsealed")

	s.publish()
	v.Open(s.url + "/trail")
	v.fill("index", "7"+kb.Enter)
	v.Do("the proof", chromedp.WaitReady(chromedp.CSS(".proof-root")))
	v.look("proof")
	v.english(path)
}

// signIn changes the account.
func (v *tourist) signIn(account, next string) {
	v.t.Helper()
	v.Open(v.s.url + "/signin")
	browsertest.Eval[bool](v.Browser, `(() => { document.querySelector(".accounts input[name=next]").value = "`+next+`"; return true })()`)
	v.click(`button[value="` + account + `"]`)
}

// english looks at the main pages once more in the other language, wide and
// narrow.
func (v *tourist) english(query string) {
	v.t.Helper()
	for _, p := range []struct{ account, path, name string }{
		{"clerk", "/desk", "desk"},
		{"clerk", "/reviews", "reviews"},
		{"querier", "/queries/new", "query-form"},
		{"reviewer", query, "approval"},
		{"notices", "/notices", "notices"},
		{"window", "/certificates/new", "certificate-form"},
		{"auditor", "/trail", "trail"},
		{"auditor", "/flow", "flow"},
		{"supervisor", "/cases", "cases"},
	} {
		v.signIn(p.account, p.path)
		v.Open(v.s.url + "/language?to=en&back=" + p.path)
		v.look("en-" + p.name)
		v.Size(390, 844)
		v.look("en-" + p.name + "-narrow")
		v.Size(1360, 900)
		v.Open(v.s.url + "/language?to=zh-CN&back=/")
	}
}
