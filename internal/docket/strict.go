package docket

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds nesting: an event needs 8 levels.
const maxDepth = 32

// syntaxError says where a text stops being the JSON that is read here.
type syntaxError struct {
	offset int
	why    string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.offset, e.why) }

// strictReader reads RFC 8259 JSON as I-JSON (RFC 7493): UTF-8, no name twice
// in one object, no half of a surrogate pair. Two parsers that disagree about
// such texts would disagree about what an agency signed. Numbers are whole.
type strictReader struct {
	b     []byte
	i     int
	depth int
}

// readStrict gives the value as map[string]any, []any, string, json.Number,
// bool or nil.
func readStrict(b []byte) (any, error) {
	if at := notUTF8(b); at >= 0 {
		return nil, &syntaxError{at, "the text is not UTF-8; convert it before sending"}
	}
	r := &strictReader{b: b}
	v, err := r.value()
	if err != nil {
		return nil, err
	}
	if r.space(); r.i < len(b) {
		return nil, r.fail("more text after the end of the object; send one event at a time")
	}
	return v, nil
}

// notUTF8 is the offset of the first byte that is not UTF-8, -1 for none.
func notUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

func (r *strictReader) fail(why string) error { return &syntaxError{r.i, why} }

func (r *strictReader) space() {
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// next skips space and gives the byte that follows, 0 at the end.
func (r *strictReader) next() byte {
	r.space()
	if r.i >= len(r.b) {
		return 0
	}
	return r.b[r.i]
}

func (r *strictReader) value() (any, error) {
	switch c := r.next(); {
	case c == '{':
		return r.nested((*strictReader).object)
	case c == '[':
		return r.nested((*strictReader).array)
	case c == '"':
		return r.str()
	case c == '-' || (c >= '0' && c <= '9'):
		return r.number()
	case c == 't':
		return true, r.word("true")
	case c == 'f':
		return false, r.word("false")
	case c == 'n':
		return nil, r.word("null")
	case c == 0:
		return nil, r.fail("the text ends too early")
	}
	return nil, r.fail("not JSON: a value was expected here")
}

func (r *strictReader) nested(read func(*strictReader) (any, error)) (any, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, r.fail("nested too deeply")
	}
	r.i++
	v, err := read(r)
	r.depth--
	return v, err
}

func (r *strictReader) object() (any, error) {
	m := make(map[string]any, 8)
	if r.next() == '}' {
		r.i++
		return m, nil
	}
	for {
		if r.next() != '"' {
			return nil, r.fail("not JSON: a property name in quotes was expected here")
		}
		at := r.i
		name, err := r.str()
		if err != nil {
			return nil, err
		}
		if _, twice := m[name]; twice {
			return nil, &syntaxError{at, "the same property name a second time in one object; send each once"}
		}
		if r.next() != ':' {
			return nil, r.fail("not JSON: a colon was expected here")
		}
		r.i++
		if m[name], err = r.value(); err != nil {
			return nil, err
		}
		if more, err := r.more('}'); !more {
			return m, err
		}
	}
}

func (r *strictReader) array() (any, error) {
	list := []any{}
	if r.next() == ']' {
		r.i++
		return list, nil
	}
	for {
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if more, err := r.more(']'); !more {
			return list, err
		}
	}
}

// more steps over a comma (true) or the closing bracket (false).
func (r *strictReader) more(closing byte) (bool, error) {
	switch r.next() {
	case ',':
		r.i++
		return true, nil
	case closing:
		r.i++
		return false, nil
	}
	return false, r.fail("not JSON: a comma or the closing bracket was expected here")
}

func (r *strictReader) word(w string) error {
	if len(r.b)-r.i < len(w) || string(r.b[r.i:r.i+len(w)]) != w {
		return r.fail("not JSON: a value was expected here")
	}
	r.i += len(w)
	return nil
}

func (r *strictReader) number() (any, error) {
	start := r.i
	r.skip('-')
	switch {
	case r.skip('0'):
	case r.digits():
	default:
		return nil, r.fail("not JSON: a digit was expected here")
	}
	if r.i < len(r.b) && (r.b[r.i] == '.' || r.b[r.i]|' ' == 'e') {
		return nil, r.fail("numbers are whole here: write them without point or exponent")
	}
	if r.i-start > 32 {
		return nil, r.fail("a number of more than 32 characters")
	}
	return json.Number(r.b[start:r.i]), nil
}

func (r *strictReader) skip(c byte) bool {
	if r.i < len(r.b) && r.b[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *strictReader) digits() bool {
	start := r.i
	for r.i < len(r.b) && r.b[r.i] >= '0' && r.b[r.i] <= '9' {
		r.i++
	}
	return r.i > start
}

// str reads a string; r stands on its opening quote. Strings without escapes,
// nearly all of them, are taken over in one piece.
func (r *strictReader) str() (string, error) {
	r.i++
	start := r.i
	for r.i < len(r.b) {
		switch c := r.b[r.i]; {
		case c == '"':
			r.i++
			return string(r.b[start : r.i-1]), nil
		case c == '\\':
			return r.escaped(append([]byte(nil), r.b[start:r.i]...))
		case c < ' ':
			return "", r.fail("a control character inside a string; escape it")
		}
		r.i++
	}
	return "", r.fail("the text ends inside a string")
}

func (r *strictReader) escaped(out []byte) (string, error) {
	for r.i < len(r.b) {
		c := r.b[r.i]
		switch {
		case c == '"':
			r.i++
			return string(out), nil
		case c < ' ':
			return "", r.fail("a control character inside a string; escape it")
		case c != '\\':
			out = append(out, c)
			r.i++
			continue
		}
		var err error
		if out, err = r.escape(out); err != nil {
			return "", err
		}
	}
	return "", r.fail("the text ends inside a string")
}

const (
	escapeLetters = `"\/bfnrt`
	escapeValues  = "\"\\/\b\f\n\r\t"
)

func (r *strictReader) escape(out []byte) ([]byte, error) {
	if r.i+1 >= len(r.b) {
		return nil, r.fail("the text ends inside a string")
	}
	c := r.b[r.i+1]
	if c == 'u' {
		return r.unicodeEscape(out)
	}
	for k := range len(escapeLetters) {
		if escapeLetters[k] == c {
			r.i += 2
			return append(out, escapeValues[k]), nil
		}
	}
	return nil, r.fail("not JSON: an unknown escape in a string")
}

func (r *strictReader) unicodeEscape(out []byte) ([]byte, error) {
	first, ok := r.hex(r.i)
	if !ok {
		return nil, r.fail("not JSON: \\u wants four hexadecimal digits")
	}
	if !utf16.IsSurrogate(first) {
		r.i += 6
		return utf8.AppendRune(out, first), nil
	}
	second, ok := r.hex(r.i + 6)
	pair := utf16.DecodeRune(first, second)
	if !ok || pair == utf8.RuneError {
		return nil, r.fail("half of a surrogate pair in a string; send the whole character")
	}
	r.i += 12
	return utf8.AppendRune(out, pair), nil
}

// hex reads the escape \u and its four digits that begin at offset at.
func (r *strictReader) hex(at int) (rune, bool) {
	if at+6 > len(r.b) || r.b[at] != '\\' || r.b[at+1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(r.b[at+2:at+6]), 16, 16)
	return rune(v), err == nil
}
