package web

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

//go:embed layout.html
var layoutFile embed.FS

// templates are the pages in one language.
type templates struct{ set *template.Template }

func parseTemplates(l locale.Lang, c *locale.Catalogue, a *assets) (*templates, error) {
	set := template.New("").Option("missingkey=error").Funcs(words(l, c)).Funcs(pictures(a))
	for _, files := range []fs.FS{layoutFile, parts.Files, pages.Files} {
		var err error
		if set, err = set.ParseFS(files, "*.html"); err != nil {
			return nil, fmt.Errorf("read the templates: %w", err)
		}
	}
	return &templates{set: set}, nil
}

// words are the functions with which a template speaks. "t" says a message in
// the reader's language, "alt" the same in the other one.
func words(l locale.Lang, c *locale.Catalogue) template.FuncMap {
	o := l.Other()
	return template.FuncMap{
		"t":         func(key string, args ...any) string { return c.Say(l, locale.T(key, args...)) },
		"alt":       func(key string, args ...any) string { return c.Say(o, locale.T(key, args...)) },
		"say":       func(t locale.Text) string { return c.Say(l, t) },
		"aside":     func(t locale.Text) string { return asideOf(c, o, t) },
		"both":      func(b locale.Both) string { return b.In(l) },
		"bothAside": func(b locale.Both) string { return bothAside(b, o) },
		"other":     func() string { return string(o) },
		"date":      func(d civil.Date) string { return dateIn(l, d) },
		"stamp":     func(t time.Time) string { return t.In(civil.Shanghai).Format("2006-01-02 15:04:05") },
		"minute":    func(t time.Time) string { return t.In(civil.Shanghai).Format("2006-01-02 15:04") },
		"iso":       func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"num":       grouped,
		"minus":     func(n int) int { return -n },
		"groups":    func(code parts.Code) []string { return strings.Split(string(code), "-") },
	}
}

// asideOf is a text in the other language; data that has no language needs
// none beside it.
func asideOf(c *locale.Catalogue, other locale.Lang, t locale.Text) string {
	if t.Key == "" {
		return ""
	}
	return c.Say(other, t)
}

func bothAside(b locale.Both, other locale.Lang) string {
	if b.Zh == "" || b.En == "" {
		return ""
	}
	return b.In(other)
}

func dateIn(l locale.Lang, d civil.Date) string {
	if d.IsZero() || l == locale.Zh {
		return d.Chinese()
	}
	y, m, day := d.YMD()
	return fmt.Sprintf("%d %s %d", day, m.String()[:3], y)
}

// grouped is a number with its thousands apart.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// pictures are the functions that name files of the bundle. A name that is not
// in it fails the page, which a test keeps from happening.
func pictures(a *assets) template.FuncMap {
	sprite := a.url("icons.svg")
	return template.FuncMap{
		"asset": func(name string) (string, error) {
			if u := a.url(name); u != "" {
				return u, nil
			}
			return "", fmt.Errorf("no file %q in the bundle", name)
		},
		"icon": func(name string) (template.HTML, error) {
			if !a.icons[name] {
				return "", fmt.Errorf("no icon %q: add it to assets/icons.txt", name)
			}
			//nolint:gosec // the name is one of the sprite's ids
			return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + sprite + `#` + name + `"></use></svg>`), nil
		},
	}
}
