package norm

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
	"sync"
)

// How says by which route a name was recognised.
type How string

// The routes, the surest first.
const (
	Exact     How = "exact"     // the official name, with or without 罪
	Component How = "component" // a choice from a selective name (选择性罪名)
	Alias     How = "alias"     // a former name or another spelling
)

// Match is a crime found by a name.
type Match struct {
	*Crime
	How        How
	Unverified bool   // the alias rests on memory
	Note       string // of the alias
}

// Catalogue is the list of crimes with its index of names. It is immutable.
type Catalogue struct {
	crimes  []*Crime
	byID    map[string]*Crime
	byName  map[string]Match // keys without 罪
	several map[string]bool  // names that stand for several crimes of today
	shapes  []shape
	digest  string
}

var crimes = sync.OnceValue(newCatalogue)

// Crimes is the catalogue that the program carries.
func Crimes() *Catalogue { return crimes() }

func newCatalogue() *Catalogue {
	c := &Catalogue{byID: map[string]*Crime{}, byName: map[string]Match{}, several: map[string]bool{}}
	for _, row := range table("crimes.tsv", "id", "code", "clause", "name", "chapter_no", "chapter", "section_no", "section",
		"mens_rea", "mens_note", "national_security", "terrorism", "sexual", "drug", "mafia", "duty", "violent8", "articles", "source") {
		crime := crimeOf(row)
		c.crimes = append(c.crimes, crime)
		c.byID[crime.ID] = crime
		c.byName[stem(crime.Name)] = Match{Crime: crime, How: Exact}
	}
	c.addShapes()
	c.addAliases()
	c.digest = digest("crimes.tsv", "selective.tsv", "aliases.tsv")
	return c
}

func (c *Catalogue) addAliases() {
	for _, row := range table("aliases.tsv", "name", "current", "kind", "mark", "note") {
		key := stem(row[0])
		if row[1] == "" {
			c.several[key] = true
			continue
		}
		match := Match{Crime: c.byName[stem(row[1])].Crime, How: Alias, Unverified: row[3] == "unverified", Note: row[4]}
		if strings.Contains(key, "[") {
			c.addShape(key, match, map[string]bool{})
		} else if _, taken := c.byName[key]; !taken {
			c.byName[key] = match
		}
	}
}

// All lists the crimes in the order of the code.
func (c *Catalogue) All() []*Crime { return append([]*Crime(nil), c.crimes...) }

// ByID finds a crime by article and ordinal ("347.1").
func (c *Catalogue) ByID(id string) (*Crime, bool) {
	crime, ok := c.byID[id]
	return crime, ok
}

// Find recognises a name as judgments print it: the official name, the same
// without 罪, a choice from a selective name in any order, a former name. It
// reports false for a name that is none of them or stands for several crimes.
func (c *Catalogue) Find(name string) (Match, bool) {
	if m, ok := c.byName[strings.TrimSuffix(name, "罪")]; ok {
		return m, true
	}
	key := stem(name)
	if m, ok := c.byName[key]; ok {
		return m, true
	}
	if c.several[key] || key == "" {
		return Match{}, false
	}
	return c.byShape(key)
}

// Several says that the name is known but stands for several crimes of today.
func (c *Catalogue) Several(name string) bool { return c.several[stem(name)] }

// Is says whether two names mean the same crime; names outside the catalogue
// are compared as text.
func (c *Catalogue) Is(a, b string) bool {
	x, okX := c.Find(a)
	y, okY := c.Find(b)
	if okX && okY {
		return x.Crime == y.Crime
	}
	return stem(a) == stem(b)
}

// In lists the crimes that bear a mark in a category, whatever the mark.
func (c *Catalogue) In(of Category) []*Crime {
	var in []*Crime
	for _, crime := range c.crimes {
		if crime.Mark(of) != Never {
			in = append(in, crime)
		}
	}
	return in
}

// Digest is the SHA-256 of the data behind the catalogue, so that a decision
// can name what it rested on.
func (c *Catalogue) Digest() string { return c.digest }

// stem is the form names are compared in: no white space, one kind of comma,
// no 罪 at the end.
func stem(name string) string {
	name = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '\u3000', '“', '”', '"', '‘', '’':
			return -1
		case ',', '，', '､':
			return '、'
		case '(':
			return '（'
		case ')':
			return '）'
		case '帐':
			return '账'
		}
		return r
	}, name)
	return strings.TrimSuffix(name, "罪")
}

func digest(names ...string) string {
	sort.Strings(names)
	h := sha256.New()
	for _, name := range names {
		raw, err := files.ReadFile("data/" + name)
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(raw)
		h.Write([]byte(name + " " + hex.EncodeToString(sum[:]) + "\n"))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
