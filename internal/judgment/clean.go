package judgment

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// clean is a stretch of a page without what stands in brackets or quotation
// marks: there courts put how a term is counted, and cite other judgments.
type clean struct {
	s     string
	from  []int32 // start in s of each kept piece
	place []int32 // its start on the page
	end   int     // of the stretch on the page
}

// places of a piece: see at.
func (c *clean) at(i int) int {
	k := sort.Search(len(c.from), func(k int) bool { return int(c.from[k]) > i }) - 1
	if k < 0 {
		return c.end
	}
	return int(c.place[k]) + i - int(c.from[k])
}

// far is more than what stands in one pair of brackets.
const far = 2400

// cleaned drops brackets and quotations. A bracket that is never closed reaches
// to the next item: courts forget the second bracket, and a whole sentence
// must not vanish with it.
func cleaned(p part) *clean {
	c := &clean{end: p.end}
	var b strings.Builder
	text := p.text()
	keep := func(from, to int) {
		if to > from {
			c.from, c.place = append(c.from, int32(b.Len())), append(c.place, int32(p.start+from)) //nolint:gosec // offsets of a page
			b.WriteString(text[from:to])
		}
	}
	last := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		w := 0
		switch r {
		case '（':
			w = bracket(text[i:])
		case '“', '”':
			w = quotation(text[i:])
		}
		if w == 0 {
			i += size
			continue
		}
		keep(last, i)
		i += w
		last = i
	}
	keep(last, len(text))
	c.s = b.String()
	return c
}

// bracket is the length of a bracketed remark at the start of s; 0 when what
// is in it is part of the sentence.
func bracket(s string) int {
	depth, stop := 0, min(len(s), far)
	for i := 0; i < stop; {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch r {
		case '（':
			if depth++; depth > 8 {
				return len("（")
			}
		case '）':
			depth--
		}
		if i > 0 && itemMark(s[i:]) > 0 && endsSentence(s[:i]) {
			return i
		}
		i += size
		if depth == 0 {
			if inner := strings.TrimPrefix(s[:i], "（"); operativeInside(inner) {
				return 0
			}
			return i
		}
	}
	for _, end := range []string{"。", "；"} {
		if i := strings.Index(s[:stop], end); i >= 0 {
			return i
		}
	}
	return len("（")
}

// operativeInside says that a bracket opens with a penalty: （缓刑二年）.
func operativeInside(inner string) bool {
	for _, w := range []string{"缓刑", "宣告缓刑"} {
		if n := skip(inner, w); n > 0 {
			_, t := term(inner[n:])
			return t > 0
		}
	}
	if n := skip(inner, "并处罚金"); n > 0 {
		_, m := money(inner[n:])
		return m > 0
	}
	return false
}

// quotation is the length of a quotation at the start of s.
func quotation(s string) int {
	open := len("“")
	if i := strings.IndexAny(s[open:min(len(s), far)], "”“"); i >= 0 {
		return open + i + len("”")
	}
	return open
}

// itemMark is the length of the number of an item (一、 or 1、) at the start of s.
func itemMark(s string) int {
	i := 0
	for range 3 {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !strings.ContainsRune("一二三四五六七八九十0123456789", r) {
			break
		}
		i += size
	}
	if i == 0 {
		return 0
	}
	w := skip(s[i:], "、", ".", "．")
	if w == 0 || (s[i+w-1] == '.' && i+w < len(s) && isDigit(s[i+w])) {
		return 0
	}
	return i + w
}

// endsSentence says that a new item may follow s.
func endsSentence(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("。；：）”，", r)
}
