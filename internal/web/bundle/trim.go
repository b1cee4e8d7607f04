package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	word       = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_-]*`)
	classOrID  = regexp.MustCompile(`[.#](-?[A-Za-z_](?:\\.|[A-Za-z0-9_-])*)`)
	attribute  = regexp.MustCompile(`\[([A-Za-z-]+)(?:[~|^$*]?=("[^"]*"|[^\]]*))?\]`)
	comment    = regexp.MustCompile(`(?s)/\*[^!].*?\*/`)
	declared   = regexp.MustCompile(`(--[A-Za-z0-9_-]+)\s*:`)
	referenced = regexp.MustCompile(`var\(\s*(--[A-Za-z0-9_-]+)`)
)

// tokens are all words in the templates, the Go code and the scripts under
// dir: whatever class a page can have is among them.
func tokens(dir string) (map[string]bool, error) {
	used := map[string]bool{"html": true, "body": true}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "front" || d.Name() == "bundle" || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".html", ".js", ".go", ".css":
		default:
			return nil
		}
		b, err := os.ReadFile(path) //nolint:gosec // our own sources
		if err != nil {
			return err
		}
		for _, w := range word.FindAllString(string(b), -1) {
			used[w] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	return used, nil
}

// trim drops from a style sheet every rule whose selectors all name a class,
// an id or an attribute that is in no page, then every custom property that
// nothing refers to.
func trim(css string, used map[string]bool) string {
	css = comment.ReplaceAllString(css, "")
	kept := rules(css, func(selector string) string { return keepSelectors(selector, used) })
	for {
		refs := make(map[string]bool)
		for _, m := range referenced.FindAllStringSubmatch(kept, -1) {
			refs[m[1]] = true
		}
		next := dropProperties(kept, refs, used)
		if len(next) == len(kept) {
			return kept
		}
		kept = next
	}
}

// rules walks the blocks of a style sheet. A style rule stays with the
// selectors that keep answers; an at-rule that holds rules stays if one does.
func rules(css string, keep func(string) string) string {
	var out strings.Builder
	for len(css) > 0 {
		stop := strings.IndexAny(css, "{;")
		if stop < 0 {
			break
		}
		prelude := strings.TrimSpace(css[:stop])
		if css[stop] == ';' { // @charset, @import
			out.WriteString(prelude + ";\n")
			css = css[stop+1:]
			continue
		}
		end := closing(css, stop)
		body := css[stop+1 : end]
		css = css[min(end+1, len(css)):]
		switch {
		case nests(prelude):
			if inner := rules(body, keep); strings.TrimSpace(inner) != "" {
				out.WriteString(prelude + "{" + inner + "}\n")
			}
		case strings.Contains(prelude, "@"): // @keyframes, @font-face, @property
			out.WriteString(prelude + "{" + body + "}\n")
		default:
			if s := keep(prelude); s != "" {
				out.WriteString(s + "{" + body + "}\n")
			}
		}
	}
	return out.String()
}

func nests(prelude string) bool {
	for _, at := range []string{"@media", "@supports", "@layer", "@container"} {
		if strings.HasPrefix(prelude, at) {
			return true
		}
	}
	return false
}

// closing is the index of the brace that closes the one at open; strings are
// skipped. In broken input it is the end.
func closing(css string, open int) int {
	depth, quote := 0, byte(0)
	for i := open; i < len(css); i++ {
		c := css[i]
		switch {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(css)
}

// keepSelectors is the list without the selectors that can match no page.
func keepSelectors(list string, used map[string]bool) string {
	var kept []string
	for _, s := range splitSelectors(list) {
		if matches(s, used) {
			kept = append(kept, strings.TrimSpace(s))
		}
	}
	return strings.Join(kept, ",")
}

// splitSelectors splits at the commas that stand in no parentheses.
func splitSelectors(list string) []string {
	var parts []string
	depth, start := 0, 0
	for i, r := range list {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, list[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, list[start:])
}

// matches says that every class, id and attribute a selector asks for is a
// word of the pages. What stands in :not() or :is() is not asked for.
func matches(selector string, used map[string]bool) bool {
	selector = withoutParens(selector)
	for _, m := range attribute.FindAllStringSubmatch(selector, -1) {
		value := strings.Trim(m[2], `"'`)
		if m[1] == "class" || m[1] == "type" {
			continue
		}
		if !used[m[1]] || (strings.HasPrefix(m[1], "data-bs-") && value != "" && !used[value]) {
			return false
		}
	}
	selector = attribute.ReplaceAllString(selector, "")
	for _, m := range classOrID.FindAllStringSubmatch(selector, -1) {
		if !used[strings.ReplaceAll(m[1], `\`, "")] {
			return false
		}
	}
	return true
}

func withoutParens(s string) string {
	var out strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth == 0:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// dropProperties removes the declarations of custom properties that are
// referred to neither in the style sheet nor in our own.
func dropProperties(css string, refs, used map[string]bool) string {
	var out strings.Builder
	last := 0
	for _, m := range declared.FindAllStringSubmatchIndex(css, -1) {
		name := css[m[2]:m[3]]
		if m[0] < last || refs[name] || used[strings.TrimPrefix(name, "--")] || !startsDeclaration(css, m[0]) {
			continue
		}
		out.WriteString(css[last:m[0]])
		last = declarationEnd(css, m[1])
	}
	out.WriteString(css[last:])
	return out.String()
}

func startsDeclaration(css string, at int) bool {
	before := strings.TrimRight(css[:at], " \t\n")
	return before == "" || strings.ContainsRune("{;", rune(before[len(before)-1]))
}

// declarationEnd is the index after the ";" that ends a declaration, or that
// of the "}" which ends its block.
func declarationEnd(css string, from int) int {
	depth, quote := 0, byte(0)
	for i := from; i < len(css); i++ {
		c := css[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ';' && depth == 0:
			return i + 1
		case c == '}' && depth == 0:
			return i
		}
	}
	return len(css)
}
