package registrytest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
)

// finder looks for many secrets at once, each in every spelling in which it
// might lie in a table: UTF-8, hexadecimal, base64 at any alignment, JSON
// escapes. One pass over the text, whatever the number of secrets.
type finder struct {
	known    map[string]bool
	patterns map[uint64][]pattern // by their first bytes
	filter   [1 << 16 / 64]uint64 // whether any pattern begins so, by hash
}

type pattern struct{ text, secret string }

// prefix is how many first bytes choose the patterns to compare; a shorter
// secret would be found by chance.
const prefix = 6

func newFinder() *finder {
	return &finder{known: map[string]bool{}, patterns: map[uint64][]pattern{}}
}

// add makes the finder look for a secret; one of less than six bytes is left out.
func (f *finder) add(secret string) {
	if len(secret) < prefix || f.known[secret] {
		return
	}
	f.known[secret] = true
	for _, text := range spellings(secret) {
		key := keyOf(text)
		f.patterns[key] = append(f.patterns[key], pattern{text, secret})
		h := hash(key)
		f.filter[h/64] |= 1 << (h % 64)
	}
}

func spellings(secret string) []string {
	lower := hex.EncodeToString([]byte(secret))
	out := []string{secret, lower, strings.ToUpper(lower)}
	for k := range 3 {
		whole := base64.RawStdEncoding.EncodeToString(append(make([]byte, k), secret...))
		first, last := (8*k+5)/6, 8*(k+len(secret))/6 // what neither neighbour touches
		inner := whole[first:last]
		out = append(out, inner, strings.NewReplacer("+", "-", "/", "_").Replace(inner))
	}
	var escaped strings.Builder
	for _, r := range secret {
		if r < 128 || r > math.MaxUint16 {
			escaped.WriteRune(r)
		} else {
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
	}
	out = append(out, escaped.String())
	slices.Sort(out)
	return slices.Compact(out)
}

func keyOf[T string | []byte](text T) (key uint64) {
	for i := range prefix {
		key = key<<8 | uint64(text[i])
	}
	return key
}

func hash(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> 48 }

// find gives the secrets that occur in the text, each once.
func (f *finder) find(text []byte) (found []string) {
	const mask = 1<<(8*prefix) - 1
	var key uint64
	for i, b := range text {
		key = (key<<8 | uint64(b)) & mask
		h := hash(key)
		if i < prefix-1 || f.filter[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		at := i - prefix + 1
		for _, p := range f.patterns[key] {
			if len(text)-at >= len(p.text) && string(text[at:at+len(p.text)]) == p.text && !slices.Contains(found, p.secret) {
				found = append(found, p.secret)
			}
		}
	}
	return found
}
