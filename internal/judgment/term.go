package judgment

import "strings"

// span of time as a sentence prints it: months, and days beyond them.
type span struct{ months, days int }

// longest is more years than any term of the statute (刑法 69: at most 25).
const longest = 30

// term reads a length of time at the start of s (一年又六个月, 十年零二个月, 两年
// 半, 1年6个月, 六个月十五日) and gives its length in bytes, 0 when there is none.
func term(s string) (t span, width int) {
	i, read := 0, false
	if n, w := number(s); w > 0 && strings.HasPrefix(s[w:], "年") && n <= longest {
		t.months, i, read = int(n)*12, w+len("年"), true
		if strings.HasPrefix(s[i:], "半") {
			return span{t.months + 6, 0}, i + len("半")
		}
	} else if w := skip(s, "半年"); w > 0 {
		return span{6, 0}, w
	}
	j := i + skip(s[i:], "又", "零", "另", "〇")
	if n, w := number(s[j:]); w > 0 && n < 12*longest {
		if m := skip(s[j+w:], "个月", "個月", "月"); m > 0 {
			t.months, i, read = t.months+int(n), j+w+m, true
			i += skip(s[i:], "月") // a slip of the pen met in judgments
		}
	}
	j = i + skip(s[i:], "又", "零", "另", "〇")
	if n, w := number(s[j:]); w > 0 && n < 365 {
		if d := skip(s[j+w:], "日", "天"); d > 0 {
			t.days, i, read = int(n), j+w+d, true
		}
	}
	if !read {
		return span{}, 0
	}
	return t, i
}
