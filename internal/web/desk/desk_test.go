package desk_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
)

// addresses are those that a menu or a page leads to without naming anything.
func addresses() []string {
	return []string{
		"/", "/signin", "/flow", "/desk", "/desk/latest", "/cases", "/cases?status=open", "/cases?status=sealed", "/cases?page=2",
		"/reviews", "/identity", "/identity?verdict=same", "/quality", "/quality?days=7&agency=court-990101", "/quality/items", "/quality/items?state=mended&kind=accuracy&rule=term-span&page=2", "/reviews?kind=seal", "/reviews?kind=unseal", "/queries", "/queries?page=2", "/queries/new", "/certificates/new", "/certificates/check",
		"/notices", "/notices?page=2", "/trail", "/trail?page=2", "/trail/entry?index=3",
	}
}

// unsaid is the name of a message that stands on a page instead of its words.
var unsaid = regexp.MustCompile(`>\s*(act|nav|query|case|record|review|tour|state|refusal|trail|form|approval|unseal|ground|work|desk)\.[a-z0-9-]+\s*<`)

func TestEveryAddressForEveryDuty(t *testing.T) {
	s := newStage(t, stageOptions{})
	s.relapse()
	for _, duty := range agency.Duties() {
		v := s.as(s.first(duty))
		if duty == agency.Auditor {
			v.english()
		}
		for _, path := range addresses() {
			a := v.get(path)
			if a.status != http.StatusOK && a.status != http.StatusForbidden {
				t.Errorf("%s %s: %d", duty, path, a.status)
			}
			if m := unsaid.FindString(a.body); m != "" || strings.Contains(a.body, "ZgotmplZ") {
				t.Errorf("%s %s: %q stands on the page", duty, path, m)
			}
		}
	}
	if log := s.log.String(); strings.Contains(log, `"level":"ERROR"`) {
		t.Error(log)
	}
}

// TestMenusLeadSomewhere follows the menu of each duty: it leads to nothing
// that the officer may not see.
func TestMenusLeadSomewhere(t *testing.T) {
	s := newStage(t, stageOptions{})
	link := regexp.MustCompile(`class="nav-link" href="([^"]+)"`)
	for _, duty := range agency.Duties() {
		v := s.as(s.first(duty))
		found := link.FindAllStringSubmatch(v.page("/desk"), -1)
		if len(found) < 4 {
			t.Errorf("%s has a menu of %d", duty, len(found))
		}
		for _, m := range found {
			if a := v.get(m[1]); a.status != http.StatusOK {
				t.Errorf("%s: the menu leads to %s: %d", duty, m[1], a.status)
			}
		}
		for _, m := range regexp.MustCompile(`class="card stat [^"]*" href="([^"]+)"`).FindAllStringSubmatch(v.page("/desk"), -1) {
			if a := v.get(strings.ReplaceAll(m[1], "&amp;", "&")); a.status != http.StatusOK {
				t.Errorf("%s: a number leads to %s: %d", duty, m[1], a.status)
			}
		}
	}
}

func TestStrangersGoToSignIn(t *testing.T) {
	s := newStage(t, stageOptions{})
	v := s.visitor()
	for _, path := range []string{"/desk", "/cases", "/reviews", "/identity", "/quality", "/quality/items", "/queries", "/queries/new", "/certificates/new", "/notices"} {
		if a := v.get(path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to(), "/signin?next=") {
			t.Errorf("%s: %d %s", path, a.status, a.to())
		}
	}
	for _, path := range []string{"/cases", "/queries", "/certificates", "/queries/x", "/queries/x/open", "/reviews/x/y", "/notices/x/y"} {
		if a := v.post(path, url.Values{"act": {"grant"}}); a.status != http.StatusUnauthorized {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
	if a := v.post("/signin/demo", url.Values{"account": {"nobody"}}); a.status != http.StatusNotFound {
		t.Errorf("an account that there is not: %d", a.status)
	}
}

// TestWithheldIsNotFound asks for a case of another court, one that nobody has
// and one with a wrong check character: status, body and headers are the same.
func TestWithheldIsNotFound(t *testing.T) {
	s := newStage(t, stageOptions{})
	href := regexp.MustCompile(`href="/cases/([0-9A-Z-]+)"`)
	mine := map[string]bool{}
	for _, m := range href.FindAllStringSubmatch(s.as("clerk").page("/cases"), -1) {
		mine[m[1]] = true
	}
	other := ""
	for _, m := range href.FindAllStringSubmatch(s.as("clerk-990102").page("/cases"), -1) {
		if !mine[m[1]] {
			other = m[1]
		}
	}
	if other == "" {
		t.Fatal("another court has no case of its own")
	}
	unknown, err := docket.NewCode(zeros{})
	s.must(err)
	wrong := other[:len(other)-1] + string(rune('0'+(other[len(other)-1]+1)%10))
	v := s.as("clerk")
	plain := func(code string) (int, string, http.Header) {
		a := v.get("/cases/" + code)
		a.header.Del("Date")
		return a.status, strings.ReplaceAll(a.body, code, ""), a.header
	}
	status, body, header := plain(unknown.Grouped())
	if status != http.StatusNotFound {
		t.Fatalf("a case that nobody has: %d", status)
	}
	for _, code := range []string{other, wrong} {
		st, b, h := plain(code)
		if st != status || b != body || !sameHeaders(h, header) {
			t.Errorf("%s can be told from a case that there is not: %d\n%v\n%v", code, st, h, header)
		}
	}
	for _, path := range []string{"/queries/00000000-0000-0000-0000-000000000000", "/queries/x", "/queries/x/answer", "/trail/entry?index=99999999", "/trail/entry?index=x", "/certificates/X"} {
		if a := v.get(path); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 7
	}
	return len(b), nil
}

func sameHeaders(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a.Get(k) != b.Get(k) {
			return false
		}
	}
	return true
}

func TestFindingACase(t *testing.T) {
	s := newStage(t, stageOptions{})
	v := s.as("clerk")
	list := v.page("/cases?status=open")
	code := regexp.MustCompile(`href="/cases/([0-9A-Z-]+)"`).FindStringSubmatch(list)[1]
	one := v.page("/cases/" + code)
	number := regexp.MustCompile(`<dd>([^<]+)<small>`).FindStringSubmatch(one)[1]
	v.has(one, "立案", "办案经过")
	for _, q := range []string{code, strings.ToLower(strings.ReplaceAll(code, "-", "")), code + "-01", number} {
		if to := v.sent("/cases", url.Values{"q": {q}}); to != "/cases/"+code {
			t.Errorf("%q leads to %s", q, to)
		}
	}
	if a := v.post("/cases", url.Values{"q": {"（2024）无此1号"}}); !strings.Contains(a.body, "没有找到案件") {
		t.Errorf("a number that nobody gave: %d %s", a.status, words(a.body))
	}
	if a := s.as("clerk-990102").post("/cases", url.Values{"q": {number}}); a.status == http.StatusSeeOther {
		t.Error("another court finds the case by its number")
	}
	if a := v.post("/cases", url.Values{"q": {" "}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing asked: %d", a.status)
	}
}

func TestReviewing(t *testing.T) {
	s := newStage(t, stageOptions{})
	for _, act := range []string{"confirm", "keep"} {
		account, item := someReview(s)
		v := s.as(account)
		v.has(v.page(item), "全部理由", "政策摘要")
		if a := v.post(item, url.Values{"act": {act}, "note": {" "}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("without a note: %d", a.status)
		}
		to := v.sent(item, url.Values{"act": {act}, "note": {"已核对判决书"}})
		body := v.page(to)
		if act == "confirm" {
			v.has(body, "已封存", "承办人确认提议")
		}
		a := v.post(item, url.Values{"act": {act}, "note": {"再来一次"}})
		if a.status != http.StatusConflict || !strings.Contains(a.body, "他人已先一步处理") {
			t.Errorf("settled twice: %d %s", a.status, words(a.body))
		}
		if a := s.as("clerk-990100").get(item); account != "clerk-990100" && a.status != http.StatusNotFound {
			t.Errorf("another court sees the item: %d", a.status)
		}
	}
}

// someReview finds a court with something to review.
func someReview(s *stage) (account, path string) {
	s.Helper()
	href := regexp.MustCompile(`href="(/reviews/[0-9A-Z-]+/[0-9a-f-]+)"`)
	for _, o := range s.demo.Officers() {
		if o.Duty != agency.SealClerk {
			continue
		}
		if m := href.FindStringSubmatch(s.as(o.ID).page("/reviews?kind=seal")); m != nil {
			return o.ID, m[1]
		}
	}
	s.Fatal("no court has anything to review")
	return "", ""
}

func TestAcknowledging(t *testing.T) {
	s := newStage(t, stageOptions{})
	v := s.as("notices")
	body := v.page("/notices")
	v.has(body, "犯罪记录封存通知书", "文号：")
	post := regexp.MustCompile(`action="(/notices/[^"]+)"`).FindStringSubmatch(body)[1]
	if a := s.as("notices-police").post(post, nil); a.status != http.StatusNotFound {
		t.Errorf("another agency acknowledges: %d", a.status)
	}
	v.sent(post, nil)
	if a := v.post(post, nil); a.status != http.StatusConflict {
		t.Errorf("acknowledged twice: %d", a.status)
	}
}
