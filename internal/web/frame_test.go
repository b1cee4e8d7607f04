package web

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web/locale"
)

func browserless(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func post(t *testing.T, c *http.Client, url, form string) string {
	t.Helper()
	resp, err := c.Post(url, "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHeaders(t *testing.T) {
	s := newSite(t, io.Discard)
	w := get(s.Handler(sampleMux(s)), "/")
	for name, want := range map[string]string{
		"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAssets(t *testing.T) {
	s := newSite(t, io.Discard)
	h := s.Handler(sampleMux(s))
	css := s.assets.url("app.css")
	w := get(h, css, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip, br") })
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	plain := get(h, css)
	if plain.Header().Get("Content-Encoding") != "" || plain.Body.Len() <= w.Body.Len() {
		t.Error("a browser without gzip gets the plain file")
	}
	again := get(h, css, func(r *http.Request) { r.Header.Set("If-None-Match", w.Header().Get("ETag")) })
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("%d", again.Code)
	}
	for _, bad := range []string{"/static/", "/static/.gitkeep", "/static/none.css", css + ".gz", "/static/../site.go"} {
		if w := get(h, bad); w.Code == http.StatusOK {
			t.Errorf("%s was served", bad)
		}
	}
	if w := get(h, "/favicon.ico"); w.Code != http.StatusFound {
		t.Errorf("favicon: %d", w.Code)
	}
}

func TestWithoutBundle(t *testing.T) {
	if _, err := loadAssets(fstest.MapFS{".gitkeep": {}}); err != ErrNotBundled { //nolint:errorlint // it is the value itself
		t.Errorf("%v", err)
	}
	if _, err := loadAssets(fstest.MapFS{"manifest.json": {Data: []byte("{")}}); err == nil {
		t.Error("a broken manifest was read")
	}
}

func TestLanguage(t *testing.T) {
	s := newSite(t, io.Discard)
	h := s.Handler(sampleMux(s))
	w := get(h, "/language?to=en&back=/certificates/check%3Fcode%3DX")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/certificates/check?code=X" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	if !strings.Contains(get(h, "/").Body.String(), `<html lang="zh-CN">`) {
		t.Error("Chinese is the default")
	}
	if !strings.Contains(get(h, "/", english).Body.String(), `<html lang="en">`) {
		t.Error("the cookie is not heeded")
	}
}

func TestLocal(t *testing.T) {
	for in, want := range map[string]string{
		"/cases": "/cases", "/cases?page=2": "/cases?page=2", "": "/", "//evil.test": "/", "https://evil.test/": "/",
		`/\evil.test`: "/", "javascript:alert(1)": "/", "cases": "/", "/a\r\nb": "/", "/\t/evil.test": "/",
	} {
		if got := local(in); got != want {
			t.Errorf("local(%q) = %q", in, got)
		}
	}
}

func FuzzLocal(f *testing.F) {
	f.Add("/cases?page=2")
	f.Add("//evil.test")
	f.Fuzz(func(t *testing.T, in string) {
		if got := local(in); !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.HasPrefix(got, `/\`) {
			t.Errorf("local(%q) = %q leads off", in, got)
		}
	})
}

func TestEveryDutyHasAMenuOfKnownIcons(t *testing.T) {
	s := newSite(t, io.Discard)
	for _, d := range agency.Duties() {
		for _, g := range menuOf(d) {
			if !s.catalogue.Has(locale.En, g.Title.Key) || len(g.Links) == 0 {
				t.Errorf("%s: group %v", d, g.Title)
			}
			for _, l := range g.Links {
				if !s.assets.icons[l.Icon] || !s.catalogue.Has(locale.En, l.Text.Key) {
					t.Errorf("%s: %+v", d, l)
				}
			}
		}
	}
}

func TestGrouped(t *testing.T) {
	for in, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 186204: "186,204", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		if got := grouped(in); got != want {
			t.Errorf("grouped(%d) = %s", in, got)
		}
	}
}
