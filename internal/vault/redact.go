package vault

import (
	"strings"

	"github.com/fengcun/fengcun/internal/docket"
)

// maxName is the longest name that is recognised, in runes.
const maxName = 20

// Redact takes those whose records are sealed out of a text: it replaces their
// names and their document numbers. The vault knows neither without opening;
// it tries each stretch of the text against its keyed indexes. Aliases and
// addresses are not indexed, so they are not recognised.
func (v *Vault) Redact(rows Rows, sealed []docket.RecordID, text, replacement string) (string, error) {
	if len(sealed) == 0 || text == "" {
		return text, nil
	}
	known := make(map[string]bool)
	for _, id := range sealed {
		links, err := rows.LinksOfRecord(v.recordKey(id))
		if err != nil {
			return "", err
		}
		for _, l := range links {
			known[string(l.PersonKey)] = true
		}
	}
	code := sealed[0].Code // records of one case
	runes := []rune(text)
	var b strings.Builder
	for i := 0; i < len(runes); {
		n := v.recognise(code, runes[i:], known)
		if n == 0 {
			b.WriteRune(runes[i])
			i++
			continue
		}
		b.WriteString(replacement)
		i += n
	}
	return b.String(), nil
}

// recognise gives the length of the longest name or document number that the
// text begins with, 0 for none.
func (v *Vault) recognise(code docket.Code, text []rune, known map[string]bool) int {
	for n := min(maxName, len(text)); n >= 2; n-- {
		s := string(text[:n])
		for _, p := range []docket.Identity{{Name: s}, {Number: s}, {Number: s, Document: docket.Passport}} {
			if p.Name == "" && !documentLike(s) {
				continue
			}
			if known[string(v.personKey(code, p))] {
				return n
			}
		}
	}
	return 0
}

// documentLike says that a stretch may be a document's number: ASCII letters
// and digits, at least five.
func documentLike(s string) bool {
	return len(s) >= 5 && strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}
