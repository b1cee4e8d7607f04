package desk_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/fengcun/fengcun/internal/web/browsertest"
)

// newcomer opens a browser with a security key for an officer who has nothing
// but a code.
func newcomer(t *testing.T, s *stage) (*tourist, *browsertest.Authenticator) {
	t.Helper()
	b := browsertest.New(t)
	return &tourist{Browser: b, s: s, t: t, prefix: "passkey-"}, b.Authenticator()
}

// enrol follows the administrator's link, makes the key and signs in with it.
func (v *tourist) enrol(officer string) {
	v.t.Helper()
	code, err := v.s.reg.IssueEnrolment(v.t.Context(), officer, v.s.clock())
	v.s.must(err)
	v.Open(v.s.url + "/enrol#" + code)
	if got := browsertest.Eval[string](v.Browser, `document.getElementById("f-code").value + location.hash`); got != code {
		v.t.Errorf("the link's code arrives as %q", got)
	}
	v.fill("label", "办公电脑")
	v.look(officer + "-1-enrol")
	v.click(`form[data-code] .btn-primary`)
	v.Complaints() // the browser wants RSA offered too
	v.says("密钥已经登记")
	v.look(officer + "-2-enrolled")
	v.click(`form[data-begin="/signin/passkey/begin"] .btn`)
	v.says("工作台")
}

// refused clicks where the page must stay and say what is wrong.
func (v *tourist) refused(selector, says string) {
	v.t.Helper()
	v.Do("click "+selector, chromedp.Click(chromedp.CSS(selector)), chromedp.WaitVisible(chromedp.CSS("[data-said]")))
	v.says(says)
	v.Complaints() // the browser notes the refusal itself
}

// told clicks where the platform refuses, on a page of its own.
func (v *tourist) told(selector, says string) {
	v.t.Helper()
	v.click(selector)
	v.says(says)
	v.Complaints()
}

const signButton = ".sign-card .btn-seal"

// TestPasskeysInTheBrowser is the whole story outside the demonstration, in
// Chromium with security keys: two officers of two agencies enrol, sign in,
// one asks, the other approves, the first opens.
func TestPasskeysInTheBrowser(t *testing.T) {
	s := newStage(t, stageOptions{serve: true, passkeys: true})
	asker, key := newcomer(t, s)
	asker.enrol("querier")
	asker.ask(s)
	path := asker.signs(key)

	approver, second := newcomer(t, s)
	approver.enrol("approver")
	approver.Open(s.url + path)
	approver.look("5-approval")
	approver.fill("note", "核对了立案决定书，与所办案件相符。")
	approver.click(`.acts .btn-seal`)
	approver.says("核对并签名", "批准这份申请", "核对了立案决定书")
	approver.look("6-sign-approval")
	approver.click(signButton)
	approver.says("批准")
	approver.look("7-approved")

	asker.Open(s.url + path)
	asker.says("开启")
	asker.click(".btn-seal")
	asker.says("殴打他人", "留痕回执")
	asker.look("8-opened")

	approver.copies(second)
	asker.spare(key)
}

// ask fills in the request and comes to the last look at it.
func (v *tourist) ask(s *stage) {
	v.t.Helper()
	person := s.demo.Cast().PublicOrder
	v.Open(s.url + "/queries/new")
	v.tick("organ-case")
	v.fill("basis", "治安管理处罚法第一百三十六条")
	v.fill("case_no", "松公（治）立字〔2026〕1号")
	v.fill("name", person.Name)
	v.fill("number", person.Number)
	v.tick("full")
	v.fill("purpose", "办理另案，核实前科")
	v.choose("approver", "procuratorate-990101")
	v.click(".acts .btn-primary")
	v.says("核对并签名", "提出查询申请", person.Name, "待签名内容的摘要")
	v.look("3-sign-request")
}

// signs signs the request: not without the officer's PIN, not with a wrong
// signature, then rightly. It gives the address of the request.
func (v *tourist) signs(key *browsertest.Authenticator) string {
	v.t.Helper()
	key.Lying(true, false)
	v.told(signButton, "签名与登记的本人密钥不符")
	v.look("3-refused")
	key.Lying(false, true)
	v.told(signButton, "签名与登记的本人密钥不符")
	key.Lying(false, false)
	v.click(signButton)
	v.says("待审批")
	v.look("4-filed")
	return browsertest.Eval[string](v.Browser, `location.pathname`)
}

// copies signs in with a key, and then with a thief's copy of it.
func (v *tourist) copies(key *browsertest.Authenticator) {
	v.t.Helper()
	thief := key.Copy()
	thief.Touched(false)
	signIn := func() { v.Open(v.s.url + "/signin") }
	signIn()
	v.click(`form[data-begin="/signin/passkey/begin"] .btn`)
	v.says("工作台")
	key.Unplug()
	thief.Touched(true)
	signIn()
	v.told(`form[data-begin="/signin/passkey/begin"] .btn`, "没有登录成功")
	v.look("9-copy")
}

// spare enrols a second key on the word of the first, loses the first and
// revokes it with the second.
func (v *tourist) spare(first *browsertest.Authenticator) {
	v.t.Helper()
	v.Open(v.s.url + "/keys")
	v.says("办公电脑", "登记备用密钥")
	v.fill("label", "备用安全密钥")
	v.refused(`form[data-begin="/keys/begin"] .btn`, "此设备已经登记过")
	v.look("10-known")
	first.Touched(false)
	second := v.Authenticator()
	v.click(`form[data-begin="/keys/begin"] .btn`)
	v.Complaints() // as above
	v.says("登记又一个本人密钥", "备用安全密钥")
	v.look("11-vouch")
	second.Touched(false)
	first.Touched(true)
	v.click(signButton)
	v.says("办公电脑", "备用安全密钥")
	v.look("12-two")
	first.Unplug()
	second.Touched(true)
	v.Open(v.s.url + "/signin")
	v.click(`form[data-begin="/signin/passkey/begin"] .btn`)
	v.Open(v.s.url + "/keys")
	v.click(".passkey:first-child .btn-outline-danger")
	v.says("已撤销")
	v.look("13-revoked")
}
