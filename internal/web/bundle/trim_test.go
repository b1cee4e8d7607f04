package main

import (
	"strings"
	"testing"
)

func used(words ...string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range words {
		m[w] = true
	}
	return m
}

func TestTrim(t *testing.T) {
	for _, c := range []struct{ name, css, want string }{
		{"a class no page has", ".a{x:1}.b{y:2}", ".a{x:1}"},
		{"one selector of a list", ".a,.b:hover,p{x:1}", ".a,p{x:1}"},
		{"all classes must be there", ".a .b{x:1} .a > p{y:2}", ".a > p{y:2}"},
		{"inside :not it is not asked for", ".a:not(.b,.c){x:1}", ".a:not(.b,.c){x:1}"},
		{"an empty media query goes", "@media print{.b{x:1}}@media print{.a{x:1}}", "@media print{.a{x:1}}"},
		{"keyframes stay", "@keyframes k{from{x:1}to{x:2}}.a{animation:k}", "@keyframes k{from{x:1}to{x:2}}.a{animation:k}"},
		{"a brace in a string", `.b{content:"}"}.a{content:'{'}`, `.a{content:'{'}`},
		{"attributes", "[data-bs-theme=dark] .a{x:1}[hidden]{y:2}", "[hidden]{y:2}"},
		{"comments go, licences stay", "/* c */.a{x:1}/*! MIT */", ".a{x:1}"},
		{"properties nobody refers to, in a chain", ":root{--p:1;--q:var(--p);--r:2}.a{x:var(--r)}", ":root{--r:2}.a{x:var(--r)}"},
		{"a property with a data URI", `:root{--p:url("data:a;b}");--r:2}.a{x:var(--r)}`, ":root{--r:2}.a{x:var(--r)}"},
		{"charset", `@charset "UTF-8";.a{x:1}`, `@charset "UTF-8";.a{x:1}`},
	} {
		got := strings.ReplaceAll(trim(c.css, used("a", "hidden")), "\n", "")
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestSymbol(t *testing.T) {
	got, err := symbolOf("home", "<!-- tags -->\n<svg viewBox=\"0 0 24 24\">\n  <path d=\"M5 12\" />\n</svg>\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := "<symbol id=\"home\" viewBox=\"0 0 24 24\"><path d=\"M5 12\" /></symbol>\n"; got != want {
		t.Errorf("got %s", got)
	}
	for _, bad := range []string{"", "<svg", "<svg>"} {
		if _, err := symbolOf("x", bad); err == nil {
			t.Errorf("symbolOf(%q) gave no error", bad)
		}
	}
}

func FuzzTrim(f *testing.F) {
	f.Add(".a{x:1}@media print{.b{y:2}}")
	f.Add(`:root{--p:url("`)
	f.Fuzz(func(_ *testing.T, css string) {
		trim(css, used("a"))
	})
}
