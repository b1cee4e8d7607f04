// Package locale is the one catalogue of what the pages say: Chinese first,
// English beside it. A view model carries a Text, which names a message; the
// page says it in the reader's language when it is rendered.
package locale

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Lang is a language of the pages, as in <html lang>.
type Lang string

// The two languages.
const (
	Zh Lang = "zh-CN"
	En Lang = "en"
)

// Langs lists them; the first is the default.
func Langs() []Lang { return []Lang{Zh, En} }

// Parse is the language named by "zh-CN" or "en"; anything else is Chinese.
func Parse(s string) Lang {
	if Lang(s) == En {
		return En
	}
	return Zh
}

// Other is the language beside this one.
func (l Lang) Other() Lang {
	if l == En {
		return Zh
	}
	return En
}

// Text is what to say: a message of the catalogue with its arguments, or a
// piece of data that is the same in every language.
type Text struct {
	Key  string
	Args []string
	Raw  string
}

// T is the message named by key; "{0}", "{1}" … in it become the arguments.
func T(key string, args ...any) Text {
	t := Text{Key: key}
	for _, a := range args {
		t.Args = append(t.Args, fmt.Sprint(a))
	}
	return t
}

// Plain is data that is said as it stands.
func Plain(s string) Text { return Text{Raw: s} }

// IsZero says that there is nothing to say.
func (t Text) IsZero() bool { return t.Key == "" && t.Raw == "" }

// Both is data that comes in two languages, such as the title of a policy's
// condition.
type Both struct{ Zh, En string }

// In is the text in a language, or in the other where it lacks.
func (b Both) In(l Lang) string {
	if (l == En && b.En != "") || b.Zh == "" {
		return b.En
	}
	return b.Zh
}

// Catalogue holds the messages of both languages.
type Catalogue struct {
	messages map[Lang]map[string]string
}

//go:embed zh.yaml en.yaml
var files embed.FS

// Load reads the catalogue that is built in.
func Load() (*Catalogue, error) {
	c := &Catalogue{messages: make(map[Lang]map[string]string)}
	for _, l := range Langs() {
		name := strings.TrimSuffix(string(l), "-CN") + ".yaml"
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the catalogue: %w", err)
		}
		if c.messages[l], err = parse(b); err != nil {
			return nil, fmt.Errorf("read the catalogue %s: %w", name, err)
		}
	}
	return c, nil
}

// parse reads a mapping of mappings, at most two deep: section.name.
func parse(b []byte) (map[string]string, error) {
	var sections map[string]map[string]string
	if err := yaml.Unmarshal(b, &sections); err != nil {
		return nil, fmt.Errorf("want sections of messages: %w", err)
	}
	flat := make(map[string]string)
	for section, messages := range sections {
		for name, message := range messages {
			flat[section+"."+name] = message
		}
	}
	return flat, nil
}

// Has says that a message exists in a language.
func (c *Catalogue) Has(l Lang, key string) bool {
	_, ok := c.messages[l][key]
	return ok
}

// Keys are the messages of a language, in no order.
func (c *Catalogue) Keys(l Lang) []string {
	keys := make([]string, 0, len(c.messages[l]))
	for k := range c.messages[l] {
		keys = append(keys, k)
	}
	return keys
}

// Say puts a text into words. A message that is missing is said by its key,
// so that a page never fails for a word; a test keeps it from happening.
func (c *Catalogue) Say(l Lang, t Text) string {
	if t.Key == "" {
		return t.Raw
	}
	message, ok := c.messages[l][t.Key]
	if !ok {
		return t.Key
	}
	if len(t.Args) == 0 {
		return message
	}
	pairs := make([]string, 0, 2*len(t.Args))
	for i, a := range t.Args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", a)
	}
	return strings.NewReplacer(pairs...).Replace(message)
}
