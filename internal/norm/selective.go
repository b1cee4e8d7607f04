package norm

import (
	"regexp"
	"strings"
)

// shape is a selective name as a matcher: literals, and lists of which a
// judgment may choose any, in any order.
type shape struct {
	match Match
	re    *regexp.Regexp
}

// maxChoices bounds the single choices of one pattern: all are put into the
// index, and no pattern has nearly as many.
const maxChoices = 64

func (c *Catalogue) addShapes() {
	clash := map[string]bool{}
	for _, row := range table("selective.tsv", "pattern", "crime") {
		c.addShape(row[0], Match{Crime: c.byName[stem(row[1])].Crime, How: Component}, clash)
	}
	for name := range clash {
		delete(c.byName, name)
		c.several[name] = true
	}
}

// addShape enters a pattern and every single choice from it. A choice that
// another pattern of the same rank gives, too, is noted as a clash.
func (c *Catalogue) addShape(pattern string, match Match, clash map[string]bool) {
	c.shapes = append(c.shapes, shape{match: match, re: regexp.MustCompile("^" + shapeRegexp(pattern) + "$")})
	for _, name := range singles(pattern) {
		switch m, taken := c.byName[name]; {
		case !taken:
			c.byName[name] = match
		case m.Crime != match.Crime && m.How == match.How:
			clash[name] = true
		}
	}
}

// byShape tries the selective patterns; two that fit mean no answer.
func (c *Catalogue) byShape(key string) (Match, bool) {
	if !strings.ContainsAny(key, "、和及") {
		return Match{}, false // a single choice is in the index
	}
	var found Match
	for _, s := range c.shapes {
		switch {
		case !s.re.MatchString(key):
		case found.Crime == nil:
			found = s.match
		case found.Crime != s.match.Crime:
			return Match{}, false
		}
	}
	return found, found.Crime != nil
}

// shapeRegexp turns "[走私|贩卖]毒品" into an expression that takes a list of
// the alternatives, joined by 、 or by 和 or 及.
func shapeRegexp(pattern string) string {
	var b strings.Builder
	for _, part := range split(pattern) {
		if !part.choice {
			b.WriteString(regexp.QuoteMeta(part.text[0]))
			continue
		}
		alternatives := make([]string, len(part.text))
		for i, alt := range part.text {
			alternatives[i] = regexp.QuoteMeta(alt)
		}
		one := "(?:" + strings.Join(alternatives, "|") + ")"
		b.WriteString(one + "(?:[、和及]" + one + ")*")
	}
	return b.String()
}

// singles lists the names with one alternative from each list.
func singles(pattern string) []string {
	names := []string{""}
	for _, part := range split(pattern) {
		var next []string
		for _, head := range names {
			for _, alt := range part.text {
				next = append(next, head+alt)
			}
		}
		if names = next; len(names) > maxChoices {
			panic("norm: the pattern has too many choices: " + pattern)
		}
	}
	return names
}

type part struct {
	text   []string
	choice bool
}

func split(pattern string) []part {
	var parts []part
	for pattern != "" {
		head, rest, found := strings.Cut(pattern, "[")
		if head != "" {
			parts = append(parts, part{text: []string{head}})
		}
		if !found {
			break
		}
		list, tail, _ := strings.Cut(rest, "]")
		parts = append(parts, part{text: strings.Split(list, "|"), choice: true})
		pattern = tail
	}
	return parts
}
