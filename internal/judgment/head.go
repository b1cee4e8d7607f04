package judgment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fengcun/fengcun/internal/civil"
)

// The kinds of document that the reader tells apart.
const (
	Judged    Word = "判决" // a judgment
	Ruled     Word = "裁定" // a ruling in the case: 驳回上诉, 准许撤诉 and the like
	Commuted  Word = "减刑" // a ruling on commutation: not a conviction
	Paroled   Word = "假释" // a ruling on parole: not a conviction
	Decided   Word = "决定" // a decision: 再审决定, 逮捕决定 and the like
	Mediation Word = "调解" // a settlement of the civil part
)

// caseNumber finds the first number of a criminal case in the title: （2019）京
// 0106刑初653号, also in the older form with 字第.
func caseNumber(title part) (start, end int) {
	text := title.text()
	for i := 0; ; {
		k := strings.Index(text[i:], "（")
		if k < 0 {
			return -1, -1
		}
		i += k
		if w := numbered(text[i:]); w > 0 {
			return title.start + i, title.start + i + w
		}
		i += len("（")
	}
}

// numbered is the length of a case number at the start of s.
func numbered(s string) int {
	i := len("（")
	for range 4 {
		r, size := utf8.DecodeRuneInString(s[i:])
		if yearDigit(r) < 0 {
			return 0
		}
		i += size
	}
	if !strings.HasPrefix(s[i:], "）") {
		return 0
	}
	end := strings.Index(s[i:], "号")
	if end < 0 || end > 90 || !strings.Contains(s[i:i+end], "刑") || strings.ContainsAny(s[i+len("）"):i+end], "（，。；") {
		return 0
	}
	return i + end + len("号")
}

// court finds the name of the court in the title: what ends in 法院 before the
// kind of the document.
func court(title part) (start, end int) {
	i := strings.Index(title.text(), "法院")
	if i < 0 {
		return -1, -1
	}
	end = title.start + i + len("法院")
	start = end - len("法院")
	for start > title.start {
		r, size := utf8.DecodeLastRuneInString(title.s[:start])
		if !unicode.Is(unicode.Han, r) || strings.ContainsRune("书号容", r) {
			break
		}
		if title.broken(start) && namesCourt(title.s[start:end]) {
			break
		}
		start -= size
	}
	if !namesCourt(title.s[start:end]) {
		return -1, -1
	}
	return start, end
}

// namesCourt says that a name is more than the kind of a court.
func namesCourt(name string) bool {
	for _, kind := range []string{"人民法院", "运输法院", "海事法院", "军事法院", "法院"} {
		if place, ok := strings.CutSuffix(name, kind); ok {
			n := utf8.RuneCountInString(place)
			return n >= 2 && n <= 24 && !hasAny(place, "被告", "一案", "判决", "裁定", "审理")
		}
	}
	return false
}

// kindOf is the kind of the document, from its number, its name and its order.
func kindOf(number string, d parts) Word {
	whole := d.title.s[:d.parties.start]
	order := d.order.text()
	switch {
	case strings.Contains(number, "刑更") || hasAny(order, "减去有期徒刑", "减为有期徒刑", "的刑罚减为", "准予假释", "予以假释", "裁定假释"):
		if strings.Contains(order, "假释") && !strings.Contains(order, "减去") {
			return Paroled
		}
		return Commuted
	case strings.Contains(whole, "调解书"):
		return Mediation
	case strings.Contains(whole, "决定书"):
		return Decided
	case strings.Contains(whole, "裁定书"):
		return Ruled
	case strings.Contains(whole, "判决书"):
		return Judged
	}
	switch before := d.order.s[max(0, d.order.start-len("判决如下：")):d.order.start]; {
	case strings.Contains(before, "裁定"):
		return Ruled
	case strings.Contains(before, "判决"):
		return Judged
	}
	return ""
}

// instanceOf is the instance (审级): the number tells, else the roles do.
func instanceOf(number string, d parts) Word {
	switch {
	case strings.Contains(number, "刑再") || (strings.Contains(number, "再") && strings.Contains(number, "刑")):
		return "再审"
	case strings.Contains(number, "刑终") || strings.Contains(number, "终"):
		return "二审"
	case strings.Contains(number, "初"):
		return "一审"
	case number != "":
		return ""
	case d.history.has("再审决定", "提起再审"):
		return "再审"
	case d.tail.has("终审判决", "终审裁定"):
		return "二审"
	case d.tail.has("如不服本判决") && !d.parties.has("上诉人", "原公诉机关", "抗诉机关"):
		return "一审"
	}
	return ""
}

// procedureOf is the procedure of first instance. A change to the ordinary
// procedure prevails; two that are named without a change leave it unknown.
func procedureOf(d parts) Word {
	h := part{d.parties.page, d.parties.start, d.history.end}
	if d.history.end == d.history.start || !d.history.has("审理终结") {
		h.end = min(d.reasons.start, h.start+6000)
	}
	switch {
	case h.has("转为普通程序", "转换为普通程序", "变更为普通程序", "转普通程序", "改为普通程序", "转入普通程序", "适用普通程序", "改用普通程序", "普通程序审理"):
		return "普通"
	case h.has("速裁程序") && h.has("转为简易程序", "变更为简易程序", "转换为简易程序", "转简易程序"):
		return "简易"
	case h.has("不宜适用简易程序", "不适用简易程序", "不应适用简易程序") && h.has("合议庭"):
		return "普通"
	case proposed(h, "速裁程序"), proposed(h, "简易程序"):
		return ""
	case h.has("速裁程序"):
		return "速裁"
	case h.has("简易程序"):
		return "简易"
	case h.has("合议庭"):
		return "普通"
	}
	return ""
}

// proposed says that the prosecutor proposed a procedure and nothing tells
// whether the court took it.
func proposed(h part, procedure string) bool {
	n := strings.Count(h.text(), procedure)
	i := strings.Index(h.text(), "建议适用"+procedure)
	return n == 1 && i >= 0
}

// judgedOn is the date of the document: the first whole date after the
// signatures begin. A date that cannot go with the year of the case number is
// a misprint and no date.
func judgedOn(tail part, number string) (found, bool) {
	from := tail
	if i, _ := tail.first("审判长", "审判员", "代理审判员"); i >= 0 {
		from.start = i
	} else if !tail.has("书记员") {
		from.start = len(tail.s) - min(len(tail.s), 600)
		from.start = max(from.start, tail.start)
	}
	var first found
	dates(from, func(f found) bool { first = f; return false })
	if first.date.IsZero() {
		return found{}, false
	}
	if opened, w := numberYear(number); w > 0 && (first.date.Year() < opened || first.date.Year() > opened+10) {
		return found{}, false
	}
	return first, true
}

// numberYear is the year in a case number.
func numberYear(number string) (year, width int) {
	for _, r := range strings.TrimPrefix(number, "（") {
		d := yearDigit(r)
		if d < 0 || width == 4 {
			break
		}
		year, width = year*10+int(d), width+1
	}
	if width != 4 {
		return 0, 0
	}
	return year, width
}

// indicted is the day of the indictment where one sentence states it.
func indicted(history part, judged civil.Date) (found, bool) {
	end := history.find("向本院提起公诉")
	if end < 0 || strings.Count(history.text(), "向本院提起公诉") > 1 {
		return found{}, false
	}
	var last found
	dates(part{history.page, history.start, end}, func(f found) bool { last = f; return true })
	if last.end != end || last.date.After(judged) || last.date.Before(judged.AddYears(-5)) {
		return found{}, false
	}
	return last, true
}
