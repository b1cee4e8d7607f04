package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBothLanguagesHaveTheSameMessages(t *testing.T) {
	c := load(t)
	zh, en := c.Keys(Zh), c.Keys(En)
	slices.Sort(zh)
	slices.Sort(en)
	if d := cmp.Diff(zh, en); d != "" {
		t.Errorf("the languages differ (-Chinese +English):\n%s", d)
	}
}

func TestPlaceholdersAgree(t *testing.T) {
	c := load(t)
	hole := regexp.MustCompile(`\{\d\}`)
	for _, k := range c.Keys(Zh) {
		zh := hole.FindAllString(c.messages[Zh][k], -1)
		en := hole.FindAllString(c.messages[En][k], -1)
		slices.Sort(zh)
		slices.Sort(en)
		if !slices.Equal(zh, en) {
			t.Errorf("%s: Chinese takes %v, English %v", k, zh, en)
		}
	}
}

func TestMessagesAreInTheirLanguage(t *testing.T) {
	c := load(t)
	han := regexp.MustCompile(`\p{Han}`)
	for _, k := range c.Keys(En) {
		if m := c.messages[En][k]; han.MatchString(m) && !strings.HasPrefix(k, "lang.") {
			t.Errorf("%s: Chinese characters in the English catalogue: %s", k, m)
		}
		if strings.TrimSpace(c.messages[Zh][k]) == "" || strings.TrimSpace(c.messages[En][k]) == "" {
			t.Errorf("%s says nothing", k)
		}
	}
}

func TestSay(t *testing.T) {
	c := &Catalogue{messages: map[Lang]map[string]string{Zh: {"a.b": "{0}共{1}"}, En: {"a.b": "{1} of {0}"}}}
	for _, k := range []struct {
		lang Lang
		text Text
		want string
	}{
		{Zh, T("a.b", "案", 3), "案共3"},
		{En, T("a.b", "案", 3), "3 of 案"},
		{En, T("a.b", "{1}", "x"), "x of {1}"}, // an argument is never a pattern
		{En, Plain("（2024）"), "（2024）"},
		{Zh, T("no.such"), "no.such"},
		{Zh, Text{}, ""},
	} {
		if got := c.Say(k.lang, k.text); got != k.want {
			t.Errorf("Say(%s, %v) = %q, want %q", k.lang, k.text, got, k.want)
		}
	}
}

func TestBoth(t *testing.T) {
	b := Both{Zh: "罪", En: "crime"}
	if b.In(Zh) != "罪" || b.In(En) != "crime" {
		t.Error("each language has its own")
	}
	if (Both{Zh: "罪"}).In(En) != "罪" || (Both{En: "crime"}).In(Zh) != "crime" {
		t.Error("a missing language is filled by the other")
	}
}

func TestParseLang(t *testing.T) {
	for in, want := range map[string]Lang{"zh-CN": Zh, "en": En, "": Zh, "fr": Zh, "EN": Zh} {
		if got := Parse(in); got != want {
			t.Errorf("Parse(%q) = %s", in, got)
		}
	}
	if Zh.Other() != En || En.Other() != Zh {
		t.Error("each is the other's other")
	}
}
