package judgment

import (
	"strings"
	"unicode/utf8"
)

// digitOf is the value of a Chinese digit, in the plain or the financial form;
// -1 for anything else.
func digitOf(r rune) int64 {
	switch r {
	case '〇', '零':
		return 0
	case '一', '壹':
		return 1
	case '二', '两', '贰', '貳', '弍':
		return 2
	case '三', '叁', '參', '叄':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆', '陸':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

// unitOf is the value of a Chinese unit within a group of four digits.
func unitOf(r rune) int64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	}
	return 0
}

// groupOf is the value of a unit that closes a group of four digits.
func groupOf(r rune) int64 {
	switch r {
	case '万', '萬':
		return 10_000
	case '亿', '億':
		return 100_000_000
	}
	return 0
}

// number reads a whole number at the start of s, Arabic or Chinese or both (3
// 万, 1.5万, 2，000, 一万二千, 叁仟), and gives its length in bytes; 0 when there
// is none or when it can be read in two ways (一万二 is 12,000 in speech).
func number(s string) (value int64, width int) {
	if s == "" {
		return 0, 0
	}
	if s[0] >= '0' && s[0] <= '9' {
		return arabic(s)
	}
	return chinese(s)
}

// scale is how finely the decimals of an Arabic number are kept.
const scale = 10_000

// most is more than any amount or term; beyond it a number is not read.
const most = 1_000_000_000_000

func arabic(s string) (int64, int) {
	scaled, i := decimal(s)
	if i == 0 {
		return 0, 0
	}
	for {
		r, size := utf8.DecodeRuneInString(s[i:])
		unit := max(groupOf(r), unitOf(r))
		if unit == 0 {
			break
		}
		if scaled > most*scale/unit {
			return 0, 0
		}
		scaled *= unit
		i += size
		if more, width := decimal(s[i:]); width > 0 { // 3万5千
			r, size := utf8.DecodeRuneInString(s[i+width:])
			lower := max(groupOf(r), unitOf(r), 1)
			if lower >= unit || (lower == 1 && unit > 10_000) || more > unit*scale {
				return 0, 0
			}
			if lower == 1 {
				size = 0
			}
			return whole(scaled+more*lower, i+width+size)
		}
	}
	return whole(scaled, i)
}

// whole refuses a fraction: nobody is sentenced to half a yuan.
func whole(scaled int64, width int) (int64, int) {
	if scaled%scale != 0 {
		return 0, 0
	}
	return scaled / scale, width
}

// decimal reads Arabic digits with separators of thousands and decimals, in
// units of 1/scale.
func decimal(s string) (int64, int) {
	n, i, digits := int64(0), 0, 0
	for i < len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			if n = n*10 + int64(s[i]-'0'); n > most {
				return 0, 0
			}
			i, digits = i+1, digits+1
			continue
		case strings.HasPrefix(s[i:], "，") && i > 0 && digits <= 3 && threeDigits(s[i+len("，"):]):
			i, digits = i+len("，"), 0
			continue
		}
		break
	}
	n *= scale
	if i > 0 && i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		i++
		for part := int64(scale / 10); i < len(s) && isDigit(s[i]); i++ {
			n += int64(s[i]-'0') * part
			part /= 10
		}
	}
	return n, i
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// threeDigits says that s begins with three digits and no fourth.
func threeDigits(s string) bool {
	return len(s) >= 3 && isDigit(s[0]) && isDigit(s[1]) && isDigit(s[2]) && (len(s) == 3 || !isDigit(s[3]))
}

// chinese reads a number in Chinese characters.
func chinese(s string) (int64, int) {
	var total, group, digit int64
	last, zero, have, i := int64(0), false, false, 0 // last: the unit read last
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		d, u, g := digitOf(r), unitOf(r), groupOf(r)
		switch {
		case d == 0 && i > 0 && !have:
			zero = true
		case d > 0 && !have:
			digit, have = d, true
		case u > 0 && (have || (u == 10 && group == 0)) && (group == 0 || u < last):
			if !have {
				digit = 1
			}
			group, digit, have, zero, last = group+digit*u, 0, false, false, u
		case g > 0 && (have || group > 0) && total < most/g:
			total, group, digit, have, zero, last = (total+group+digit)*g, 0, 0, false, false, g
		case d < 0 && u == 0 && g == 0:
			return closed(total+group+digit, i, have && last > 10 && !zero)
		default:
			return 0, 0
		}
		i += size
	}
	return closed(total+group+digit, i, have && last > 10 && !zero)
}

// closed refuses 三百五 and 一万二: speech means 350 and 12,000.
func closed(value int64, width int, spoken bool) (int64, int) {
	if spoken || width == 0 {
		return 0, 0
	}
	return value, width
}
