package identity

import (
	"slices"
	"strings"
	"unicode"

	"github.com/fengcun/fengcun/internal/docket"
)

// NormalName is a name in one spelling: simplified characters, half-width and
// upper-case letters, no spaces, and none of the dots that stand between the
// parts of minority and foreign names (买买提·艾力, 买买提•艾力, 买买提．艾力).
func NormalName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		switch r {
		case '·', '•', '・', '‧', '∙', '⋅', '.', '。', '･', '-', '‐', '–', '—', '\'', '’', ',', '，', '|', '/':
			return -1
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		if s, ok := simplified(r); ok {
			return s
		}
		return unicode.ToUpper(r)
	}, s)
}

// plain is text without what does not matter when an address is compared.
func plain(s string) string { return NormalName(s) }

// namesOf are all names of a person, the present one first, normal.
func namesOf(p docket.Identity) []string {
	out := make([]string, 0, 1+len(p.Aliases))
	for _, n := range append([]string{p.Name}, p.Aliases...) {
		if n = NormalName(n); n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// names compares the names of two statements, names used before included.
func names(a, b docket.Identity) Evidence {
	xs, ys := namesOf(a), namesOf(b)
	if len(xs) == 0 || len(ys) == 0 {
		return Evidence{Level: Unknown}
	}
	if xs[0] == ys[0] {
		level := Same
		if strings.TrimSpace(a.Name) != strings.TrimSpace(b.Name) {
			level = Variant
		}
		return Evidence{Level: level, Points: rarity(xs[0])}
	}
	best := Evidence{Level: Differs, Points: -6}
	for _, x := range xs {
		for _, y := range ys {
			if e := twoNames(x, y); better(e, best) {
				best = e
			}
		}
	}
	return best
}

// rarity is what an equal name is worth: names of two characters are shared by
// far more people than longer ones.
func rarity(name string) int {
	switch n := len([]rune(name)); {
	case n <= 1:
		return 2
	case n == 2:
		return 7
	case n == 3:
		return 10
	}
	return 12
}

func twoNames(x, y string) Evidence {
	worth := min(rarity(x), rarity(y))
	switch {
	case x == y: // a name used before
		return Evidence{Level: Variant, Points: worth - 1}
	case sameWords(x, y):
		return Evidence{Level: Variant, Points: worth - 2}
	case soundsLike(x, y):
		return Evidence{Level: Near, Points: max(0, worth-4)}
	case oneApart(x, y):
		return Evidence{Level: Near, Points: max(0, worth-8)}
	case sharedSurname(x, y):
		return Evidence{Level: Partly, Points: -3}
	}
	return Evidence{Level: Differs, Points: -6}
}

// sameWords says that one name is the other without some of its parts, as
// minority and foreign names are often cut short: at least four characters.
func sameWords(x, y string) bool {
	if len([]rune(x)) > len([]rune(y)) {
		x, y = y, x
	}
	return len([]rune(x)) >= 4 && (strings.HasPrefix(y, x) || strings.HasSuffix(y, x))
}

// soundsLike says that two names have the same characters but for such as
// sound the same: names that were heard, not read (自报姓名).
func soundsLike(x, y string) bool {
	a, b := []rune(x), []rune(y)
	if len(a) != len(b) || len(a) < 2 {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !homophones(a[i], b[i]) {
			return false
		}
	}
	return true
}

// oneApart says that one character of three or more is another, or is missing.
func oneApart(x, y string) bool {
	a, b := []rune(x), []rune(y)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) < 3 || len(b)-len(a) > 1 {
		return false
	}
	head := 0
	for head < len(a) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return len(b)-head-tail <= 1
}

func sharedSurname(x, y string) bool {
	a, b := []rune(x), []rune(y)
	return a[0] == b[0] || homophones(a[0], b[0])
}
