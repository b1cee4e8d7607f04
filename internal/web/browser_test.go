package web

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web/browsertest"
	"github.com/fengcun/fengcun/internal/web/pages/pagestest"
)

// signedIn makes the browser's visitor an officer with a duty, or nobody.
func signedIn(b *browsertest.Browser, url string, duty agency.Duty) {
	path := "/signout"
	if duty != "" {
		path = "/signin/demo"
	}
	b.Open(url + "/problem")
	browsertest.Eval[bool](b, `(() => { const f = document.createElement("form"); f.method = "post"; f.action = "`+path+`";
		const i = document.createElement("input"); i.name = "account"; i.value = "`+string(duty)+`"; f.append(i); document.body.append(f); f.submit(); return true })()`)
	want := "body.in-public"
	if duty != "" {
		want = "body.with-side"
	}
	b.Do("sign in", chromedp.WaitReady(chromedp.CSS(want)))
}

func name(sample pagestest.Sample) string {
	n := strings.ReplaceAll(strings.Trim(sample.Path, "/"), "/", "-")
	if n == "" {
		return "home"
	}
	return n
}

// officer is a browser signed in to the sample pages, and their address.
func officer(t *testing.T, role agency.Duty) (b *browsertest.Browser, url string) {
	t.Helper()
	s := newSite(t, io.Discard)
	srv := httptest.NewServer(s.Handler(sampleMux(s)))
	t.Cleanup(srv.Close)
	b = browsertest.New(t)
	signedIn(b, srv.URL, role)
	return b, srv.URL
}

// uncomplaining reports what the browser's console complained of.
func uncomplaining(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// TestPagesInTheBrowser opens every page in both languages, on a wide and a
// narrow window: no breach of the policy, nothing on the console, nothing that
// the audit finds.
func TestPagesInTheBrowser(t *testing.T) {
	s := newSite(t, io.Discard)
	srv := httptest.NewServer(s.Handler(sampleMux(s)))
	t.Cleanup(srv.Close)
	b := browsertest.New(t)
	var duty agency.Duty = "none yet"
	for _, sample := range pagestest.Samples() {
		if sample.Duty != duty {
			duty = sample.Duty
			signedIn(b, srv.URL, duty)
			b.Complaints() // of the page that is left
		}
		t.Run(name(sample), func(t *testing.T) {
			for _, lang := range []string{"zh-CN", "en"} {
				b.Size(1360, 900)
				b.Open(srv.URL + "/language?to=" + lang + "&back=" + sample.Path)
				check(t, b, lang+" wide")
				b.Screenshot(name(sample) + "-" + lang)
				b.Size(390, 844)
				check(t, b, lang+" narrow")
				if lang == "zh-CN" {
					b.Screenshot(name(sample) + "-narrow")
				}
			}
		})
	}
}

func check(t *testing.T, b *browsertest.Browser, where string) {
	t.Helper()
	for _, c := range b.Complaints() {
		t.Errorf("%s: the browser says: %s", where, c)
	}
	for _, w := range b.Audit() {
		t.Errorf("%s: %s", where, w)
	}
}

func TestChartsAndCopyAndMenus(t *testing.T) {
	b, url := officer(t, agency.SealClerk)
	b.Do("draw the chart", chromedp.WaitVisible(chromedp.CSS(".chart svg path")))
	b.Do("hover over it", chromedp.ScrollIntoView(chromedp.CSS(".chart")), chromedp.MouseClickXY(700, 400))
	b.Do("open the menu", chromedp.Click(chromedp.CSS("details.menu summary")), chromedp.WaitVisible(chromedp.CSS(".menu-box")))
	b.Do("close it by the keyboard", chromedp.KeyEvent(kb.Escape), chromedp.WaitReady(chromedp.CSS("details.menu:not([open])")))

	b.Open(url + "/case")
	b.Do("copy a code", chromedp.Click(chromedp.CSS(".case-code .code-copy")), chromedp.WaitReady(chromedp.CSS(".code-copy.is-copied")))
	if said := browsertest.Eval[string](b, `document.getElementById("live").textContent`); said == "" {
		t.Error("a screen reader does not hear that the code was copied")
	}
	uncomplaining(t, b)
}

func TestNarrowMenu(t *testing.T) {
	b, url := officer(t, agency.SealClerk)
	b.Size(390, 844)
	b.Open(url + "/cases")
	b.Do("the menu is folded", chromedp.WaitNotVisible(chromedp.CSS("#side-menu")))
	b.Do("unfold it", chromedp.Click(chromedp.CSS(".navbar-toggler")), chromedp.WaitVisible(chromedp.CSS("#side-menu a")))
	if browsertest.Eval[string](b, `document.querySelector(".navbar-toggler").ariaExpanded`) != "true" {
		t.Error("the button does not say that the menu is open")
	}
	b.Screenshot("menu-narrow")
}

func TestTheDeskRefreshesItself(t *testing.T) {
	b, _ := officer(t, agency.SealClerk)
	b.Do("wait for the desk", chromedp.WaitReady(chromedp.CSS(".live")))
	browsertest.Eval[bool](b, `(() => { document.querySelector(".live").textContent = ""; return true })()`)
	b.Do("wait for the list", chromedp.WaitVisible(chromedp.CSS(".live .entry")))
	uncomplaining(t, b)
}

func TestCertificatePrintsOnOnePage(t *testing.T) {
	b, url := officer(t, agency.CertWindow)
	b.Open(url + "/certificate")
	pdf := string(b.PDF("certificate"))
	if n := strings.Count(pdf, "/Type /Page\n") + strings.Count(pdf, "/Type /Page/") + strings.Count(pdf, "/Type /Page "); n != 1 {
		t.Errorf("%d pages", n)
	}
}

// TestPagesWorkWithoutScripts submits a form as a browser without JavaScript
// would: every link and form is plain HTML.
func TestPagesWorkWithoutScripts(t *testing.T) {
	s := newSite(t, io.Discard)
	h := s.Handler(sampleMux(s))
	for _, sample := range pagestest.Samples() {
		body := get(h, sample.Path).Body.String()
		if strings.Contains(body, `href="#"`) || strings.Contains(body, "hx-post") {
			t.Errorf("%s has a control that needs a script", sample.Path)
		}
	}
}
