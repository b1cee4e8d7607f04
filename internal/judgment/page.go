package judgment

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// page is a text folded into one spelling: no white space, digits and letters
// in their narrow form, Chinese punctuation, one kind of bracket and of zero.
// Line-broken text and text from a scan so read like any other.
type page struct {
	s      string
	at     []int32 // offset in runes of the source, for each byte of s, and one past the end
	breaks []int32 // places in s before which white space stood in the source
}

func newPage(text string) *page {
	p := &page{at: make([]int32, 0, len(text)+1)}
	var b strings.Builder
	b.Grow(len(text))
	n, gap := int32(0), false
	for _, r := range text {
		if f, ok := fold(r); ok {
			if gap {
				p.breaks, gap = append(p.breaks, int32(b.Len())), false //nolint:gosec // a text of 2 GB is refused earlier
			}
			size, _ := b.WriteRune(f)
			for range size {
				p.at = append(p.at, n)
			}
		} else {
			gap = true
		}
		n++
	}
	p.at = append(p.at, n)
	p.s = b.String()
	return p
}

// fold is the one spelling of a character; false for white space and what has
// no width.
func fold(r rune) (rune, bool) {
	if r >= 0x4E00 && r <= 0x9FFF {
		return r, true
	}
	if r >= 0xFF01 && r <= 0xFF5E { // the wide forms of ASCII
		r -= 0xFEE0
	}
	switch {
	case unicode.IsSpace(r), r == 0xFEFF, r >= 0x200B && r <= 0x200F, r == 0x2060, r == 0xAD, unicode.IsControl(r):
		return 0, false
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return r, true
	}
	return mark(r), true
}

// mark is the one spelling of a punctuation mark or sign.
func mark(r rune) rune {
	switch r {
	case ',':
		return '，'
	case ';':
		return '；'
	case ':':
		return '：'
	case '(', '[', '{', '〔', '【', '﹝', '〖':
		return '（'
	case ')', ']', '}', '〕', '】', '﹞', '〗':
		return '）'
	case '○', '◯', '⚪', '〇':
		return '〇'
	case '﹑', '､':
		return '、'
	case '｡':
		return '。'
	case '〈', '<':
		return '《'
	case '〉', '>':
		return '》'
	case '"':
		return '“'
	}
	return r
}

// runes gives the stretch [start, end) of s as rune offsets in the source,
// without white space at its end.
func (p *page) runes(start, end int) (from, to int) {
	if end <= start {
		return int(p.at[start]), int(p.at[start])
	}
	return int(p.at[start]), int(p.at[end-1]) + 1
}

// broken says that white space stood in the source before place i of s.
func (p *page) broken(i int) bool {
	k := sort.Search(len(p.breaks), func(k int) bool { return int(p.breaks[k]) >= i })
	return i == 0 || (k < len(p.breaks) && int(p.breaks[k]) == i)
}

// opens says that a sentence may begin at place i: after its predecessor's end
// or after a line's end.
func (p *page) opens(i int) bool {
	if p.broken(i) {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(p.s[:i])
	return strings.ContainsRune("。；：！？）》”", r)
}

// part is a stretch of a page.
type part struct {
	*page
	start, end int
}

func (p part) text() string { return p.s[p.start:p.end] }

// find is where word first stands in the part, -1 if nowhere.
func (p part) find(word string) int {
	if i := index(p.text(), word); i >= 0 {
		return p.start + i
	}
	return -1
}

// first is the earliest place of any of the words, and the word.
func (p part) first(words ...string) (int, string) {
	at, which := -1, ""
	for _, w := range words {
		if i := p.find(w); i >= 0 && (at < 0 || i < at) {
			at, which = i, w
		}
	}
	return at, which
}

// has says that one of the words stands in the part.
func (p part) has(words ...string) bool { return hasAny(p.text(), words...) }

func hasAny(s string, words ...string) bool {
	for _, w := range words {
		if index(s, w) >= 0 {
			return true
		}
	}
	return false
}

// skip gives the length of the first of the words that s begins with.
func skip(s string, words ...string) int {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return len(w)
		}
	}
	return 0
}

// index is strings.Index for Chinese words. It looks for the third byte of the
// word: the first one is shared by thousands of characters, and a search for it
// stops at every second character of a judgment.
func index(s, word string) int {
	if len(word) < 3 {
		return strings.Index(s, word)
	}
	for i := 2; i < len(s); i++ {
		k := strings.IndexByte(s[i:], word[2])
		if k < 0 {
			return -1
		}
		i += k
		if strings.HasPrefix(s[i-2:], word) {
			return i - 2
		}
	}
	return -1
}
