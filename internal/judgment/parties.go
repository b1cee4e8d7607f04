package judgment

import (
	"strings"
	"unicode/utf8"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// party is a defendant as the head of the judgment presents him.
type party struct {
	name       string
	unit       bool
	start, end int  // of the name
	about      part // what is said of him, up to the next person
}

// roles are the words that may stand before a defendant's name, the longer
// before the shorter. A civil party is none.
func roles() []string {
	return []string{
		"原审被告单位", "原审被告人", "原审上诉人", "被告单位", "被告人", "上诉人", "上诉单位", "申诉人", "再审申请人", "罪犯",
		"刑事附带民事诉讼被告人", "附带民事诉讼被告人", "附带民事诉讼被告", "附带民事被告人", "自诉人", "反诉人", "反诉被告人",
		"自报姓名", "自报名", "自报", "姓名", "暨", "兼", "：", "（一审被告人）",
	}
}

// people reads the defendants from the section on the parties.
func people(section part) []party {
	var out []party
	// Others close what is said of a defendant.
	words := []string{
		"被告人", "被告单位", "原审被告", "上诉人", "上诉单位", "原审上诉人", "罪犯", "辩护人", "指定辩护人", "诉讼代表人", "法定代理人", "法定代表人",
		"附带民事", "刑事附带民事", "委托代理人", "诉讼代理人", "自诉人", "翻译", "合适成年人", "被害人", "上列", "上述", "以上", "申诉人", "再审申请人", "公诉机关", "原公诉机关",
	}
	for at := range starts(section, words...) {
		p, ok := presented(section, at)
		if ok && named(out, p.name) {
			continue // more is said of the same person
		}
		if n := len(out); n > 0 && out[n-1].about.end == section.end && at > out[n-1].end {
			out[n-1].about.end = at
		}
		if ok {
			out = append(out, p)
		}
	}
	return out
}

// named says that a name is one of the parties', perhaps with the beginning of
// a sentence behind it (被告人某某曾因……).
func named(ps []party, name string) bool {
	for _, p := range ps {
		rest, ok := strings.CutPrefix(name, p.name)
		if ok && (rest == "" || skip(rest, "曾", "因", "于", "在", "系", "到", "被", "现", "归", "及", "经", "自", "均", "对") > 0) {
			return true
		}
	}
	return false
}

// presented reads role and name at the start of a sentence.
func presented(section part, at int) (party, bool) {
	i, accused, unit := at, false, false
	for i < section.end {
		rest := section.s[i:section.end]
		if w := skip(rest, roles()...); w > 0 {
			accused = accused || isAccused(rest[:w])
			unit = unit || strings.Contains(rest[:w], "单位")
			i += w
			continue
		}
		w := strings.Index(rest, "）")
		if !strings.HasPrefix(rest, "（") || w < 0 || w > 120 {
			break
		}
		accused = accused || isAccused(rest[:w])
		unit = unit || strings.Contains(rest[:w], "被告单位")
		i += w + len("）")
	}
	end := i + nameEnd(section.s[i:section.end])
	if !accused || !isName(section.s[i:end]) {
		return party{}, false
	}
	return party{name: section.s[i:end], unit: unit, start: i, end: end, about: part{section.page, end, section.end}}, true
}

// isAccused says that a role is one of the criminal case.
func isAccused(role string) bool {
	for _, civilian := range []string{"附带民事诉讼被告人", "附带民事诉讼被告", "附带民事被告人", "反诉被告人"} {
		role = strings.ReplaceAll(role, civilian, "")
	}
	return hasAny(role, "被告人", "被告单位", "罪犯", "原审上诉人")
}

// nameEnd is the length of a name at the start of s.
func nameEnd(s string) int {
	end := strings.IndexAny(s, "，。；：（、《“")
	if end < 0 {
		end = len(s)
	}
	for _, w := range []string{"犯", "因涉嫌", "涉嫌", "因本案"} {
		if i := strings.Index(s[:end], w); i > 0 {
			end = i
		}
	}
	return end
}

// isName says that a string may name somebody.
func isName(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= 40 && !hasAny(s, "及其", "辩护人", "到庭", "被告", "判处", "本院", "不服", "提出", "指控")
}

// person reads what the head says of a defendant.
func (e *extraction) person(k int, p party) {
	d := &e.out.Defendants[k]
	d.Name, d.Unit = p.name, p.unit
	e.span(k, "name", p.start, p.end, sure)
	if p.unit {
		return
	}
	e.sex(k, p)
	e.birth(k, p)
	e.number(k, p)
}

// near is how far into the text about a person his sex and birth stand.
const near = 400

func (e *extraction) sex(k int, p party) {
	head := p.about
	head.end = min(head.end, head.start+near)
	at, which := -1, ""
	for _, sex := range []string{"男", "女"} {
		for _, form := range []string{"，" + sex + "，", "，" + sex + "。", "，" + sex + "（", "性别" + sex, "性别：" + sex, "）" + sex + "，", "，" + sex + "性", "，" + sex + "、", "，" + sex + "；"} {
			if i := head.find(form); i >= 0 && (at < 0 || i < at) {
				at, which = i+strings.Index(form, sex), sex
			}
		}
	}
	if at >= 0 {
		e.out.Defendants[k].Sex = Word(which)
		e.span(k, "sex", at, at+len(which), sure)
	}
}

func (e *extraction) birth(k int, p party) {
	head := p.about
	head.end = min(head.end, head.start+near)
	dates(head, func(f found) bool {
		after := head.s[f.end:min(len(head.s), f.end+12)]
		before := head.s[max(head.start, f.start-24):f.start]
		if strings.HasPrefix(after, "出生") || strings.HasPrefix(after, "生") || hasAny(before, "出生于", "生于", "出生日期", "出生年月") {
			e.out.Defendants[k].Birth = Day{f.date}
			e.span(k, "birth", f.start, f.end, sure)
			return false
		}
		return true
	})
}

// number reads a resident identity number; one that is invalid or contradicts
// the printed birth is left out. It gives sex and birth where they are not
// printed.
func (e *extraction) number(k int, p party) {
	d := &e.out.Defendants[k]
	at := digits(p.about, 18)
	if at < 0 {
		return
	}
	n := strings.ToUpper(p.about.s[at : at+18])
	if docket.CheckResidentNumber(n) != nil {
		return
	}
	born, err := civil.Parse(n[6:10] + "-" + n[10:12] + "-" + n[12:14])
	if err != nil || (!d.Birth.IsZero() && d.Birth.Date != born) {
		e.note("defendant %d: the identity number contradicts the printed birth", k+1)
		return
	}
	d.Number = Word(n)
	e.span(k, "number", at, at+18, sure)
	if d.Birth.IsZero() {
		d.Birth = Day{born}
		e.span(k, "birth", at+6, at+14, likely)
	}
	if d.Sex == "" {
		d.Sex = "女"
		if (n[16]-'0')%2 == 1 {
			d.Sex = "男"
		}
		e.span(k, "sex", at+16, at+17, likely)
	}
}

// digits finds the first run of exactly n characters of an identity number.
func digits(p part, n int) int {
	text := p.text()
	for i := 0; i < len(text); i++ {
		w := 0
		for i+w < len(text) && (isDigit(text[i+w]) || (w == n-1 && (text[i+w] == 'X' || text[i+w] == 'x'))) {
			w++
		}
		if w == n {
			return p.start + i
		}
		i += w
	}
	return -1
}
