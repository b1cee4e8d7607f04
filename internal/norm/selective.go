package norm

import (
	"regexp"
	"strings"
)

// shape is a selective name as a matcher: literals, and lists of which a
// judgment may choose any, in any order.
type shape struct {
	crime *Crime
	re    *regexp.Regexp
}

// maxChoices bounds the single choices of one pattern: all are put into the
// index, and no pattern has nearly as many.
const maxChoices = 64

func (c *Catalogue) addShapes() {
	clash := map[string]bool{}
	for _, row := range table("selective.tsv", "pattern", "crime") {
		crime := c.byName[stem(row[1])].Crime
		c.shapes = append(c.shapes, shape{crime: crime, re: regexp.MustCompile("^" + shapeRegexp(row[0]) + "$")})
		for _, name := range singles(row[0]) {
			if m, taken := c.byName[name]; taken {
				if m.Crime != crime && m.How == Component {
					clash[name] = true
				}
				continue
			}
			c.byName[name] = Match{Crime: crime, How: Component}
		}
	}
	for name := range clash {
		delete(c.byName, name)
		c.several[name] = true
	}
}

// byShape tries the selective patterns; two that fit mean no answer.
func (c *Catalogue) byShape(key string) (Match, bool) {
	if !strings.ContainsAny(key, "、和及") {
		return Match{}, false // a single choice is in the index
	}
	var found *Crime
	for _, s := range c.shapes {
		if !s.re.MatchString(key) {
			continue
		}
		if found != nil && found != s.crime {
			return Match{}, false
		}
		found = s.crime
	}
	return Match{Crime: found, How: Component}, found != nil
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
