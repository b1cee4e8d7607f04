package judgment

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fengcun/fengcun/internal/civil"
)

// yearDigit is a digit of a year; programs write 二〇一九 with any round sign.
func yearDigit(r rune) int64 {
	switch {
	case r >= '0' && r <= '9':
		return int64(r - '0')
	case strings.ContainsRune("OoΟОоο", r):
		return 0
	}
	return digitOf(r)
}

// day reads a date at the start of s (2017年6月5日, 二〇一七年六月五日, 二0一四年元
// 月一日) and gives its length in bytes; 0 when there is no whole date.
func day(s string) (civil.Date, int) {
	year, i := int64(0), 0
	for range 4 {
		r, size := utf8.DecodeRuneInString(s[i:])
		d := yearDigit(r)
		if d < 0 {
			return civil.Date{}, 0
		}
		year, i = year*10+d, i+size
	}
	if !strings.HasPrefix(s[i:], "年") || year < 1880 || year > 2200 {
		return civil.Date{}, 0
	}
	i += len("年")
	month, w := number(s[i:])
	if w == 0 {
		if w = skip(s[i:], "元", "正"); w > 0 {
			month = 1
		}
	}
	if w == 0 || !strings.HasPrefix(s[i+w:], "月") {
		return civil.Date{}, 0
	}
	i += w + len("月")
	i += skip(s[i:], "初")
	date, w := number(s[i:])
	end := i + w + skip(s[i+w:], "日", "号")
	if w == 0 || end == i+w {
		return civil.Date{}, 0
	}
	d, err := civil.Parse(fmt.Sprintf("%04d-%02d-%02d", year, month, date))
	if err != nil {
		return civil.Date{}, 0
	}
	return d, end
}

// found is a date and where it stands in its page.
type found struct {
	date       civil.Date
	start, end int
}

// dates calls yield with the dates in a part, in order, until it says stop.
func dates(p part, yield func(found) bool) {
	text := p.text()
	for i := 0; i < len(text); {
		y := index(text[i:], "年")
		if y < 0 {
			return
		}
		start := back(text[:i+y], 4)
		if start >= 0 {
			if d, w := day(text[start:]); w > 0 {
				if !yield(found{d, p.start + start, p.start + start + w}) {
					return
				}
				i = start + w
				continue
			}
		}
		i += y + len("年")
	}
}

// back is the place n characters before the end of s, -1 if there are fewer.
func back(s string, n int) int {
	i := len(s)
	for range n {
		if i == 0 {
			return -1
		}
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return i
}
