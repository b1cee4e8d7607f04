package judgment

import (
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
)

// prior reads whether the defendant was convicted before. The head tells of
// earlier convictions one by one; the reasons may tell of them once more.
func (e *extraction) prior(k int, p party, h *hearer) {
	f := &e.out.Defendants[k].Flags
	about := p.about
	if i, w := about.first("判处", "被判", "判刑", "刑满释放", "服刑", "免予刑事处罚", "假释"); i >= 0 {
		later := e.out.Instance != "一审" && !about.has("曾因", "刑满释放", "前科")
		if !later {
			f.PriorConviction = ptr(true)
			e.span(k, "flags.prior_conviction", i, i+len(w), sure)
		}
		return // on appeal the head tells of the judgment appealed as well
	}
	if e.earlier[k] {
		f.PriorConviction = ptr(true) // its sentence is merged in, or its suspension revoked
		return
	}
	if f.Recidivist != nil && *f.Recidivist || f.DrugRecidivist != nil && *f.DrugRecidivist {
		f.PriorConviction = ptr(true)
		return
	}
	what, start, end := h.heard(k, "曾因犯", "曾被判", "被判过刑", "刑满释放", "有前科", "前罪", "有犯罪前科", "系有前科")
	if what == silent && (e.past(p) || f.Recidivist == nil || f.DrugRecidivist == nil || p.about.end == p.about.start) {
		what = claimed
	}
	f.PriorConviction = e.flag(k, "prior_conviction", what, start, end)
}

// past says that something outside the head may speak of an earlier conviction
// of the defendant. A look-up of the register among the evidence does not.
func (e *extraction) past(p party) bool {
	if e.d.facts.has("有前科", "前科劣迹", "前科材料", "前科判决", "前科刑事判决") && !e.d.facts.has("无前科", "没有前科", "无违法犯罪", "无犯罪记录") {
		return true
	}
	text := e.d.reasons.text()
	for _, w := range []string{"前科", "劣迹"} {
		if i := strings.Index(text, w); i >= 0 && !hasAny(text[max(0, i-30):i], "无", "没有", "未发现", "未有") {
			return true
		}
	}
	return !p.unit && e.d.reasons.has("前罪", "漏罪", "数罪并罚") && e.d.order.has("前罪", "前判", "原判", "撤销")
}

// minor reads whether the defendant was under eighteen. The law makes a court
// cite 刑法 17 and say so; where youth is spoken of, the earliest year in the
// facts and the birth must settle of whom.
func (e *extraction) minor(k int, p party, h *hearer) {
	f := &e.out.Defendants[k].Flags
	d := &e.out.Defendants[k]
	if p.unit {
		f.MinorAtOffence = ptr(false)
		return
	}
	young := []string{"未成年", "不满十八", "未满十八", "不满18", "未满18", "已满十六", "已满十四", "不满十六"}
	spoken := e.d.facts.has(young...) || e.d.reasons.has(young...) || e.d.history.has(young...) || p.about.has("法定代理人") || cites(e.d.reasons, "第十七", "")
	if !spoken && !e.d.parties.has("法定代理人") {
		f.MinorAtOffence = ptr(false)
		return
	}
	if year := earliest(e.d.facts); year > 0 && !d.Birth.IsZero() && year-d.Birth.Year() > 18 {
		f.MinorAtOffence = ptr(false)
		return
	}
	what, start, end := h.heard(k, "犯罪时未满十八", "犯罪时不满十八", "犯罪时系未成年", "犯罪时尚未成年", "犯罪时已满", "系未成年人", "实施犯罪时未满", "作案时未满", "犯罪时未成年", "作案时系未成年", "系未成年犯")
	if what == denied { // 未满 itself reads like a negation
		what = held
	}
	if what == held && adult(d.Birth.Date, e.d.facts) {
		what = claimed
	}
	if what != held {
		return
	}
	f.MinorAtOffence = ptr(true)
	e.span(k, "flags.minor_at_offence", start, end, likely)
}

// earliest is the earliest year spoken of in a part; 0 for none.
func earliest(p part) int {
	text, least := p.text(), 0
	for i := 0; ; {
		k := index(text[i:], "年")
		if k < 0 {
			return least
		}
		i += k
		if start := back(text[:i], 4); start >= 0 {
			year, ok := 0, true
			for _, r := range text[start:i] {
				d := yearDigit(r)
				ok = ok && d >= 0
				year = year*10 + int(d)
			}
			if ok && year > 1900 && (least == 0 || year < least) {
				least = year
			}
		}
		i += len("年")
	}
}

// adult says that the person was of age on the first day that the facts name.
func adult(birth civil.Date, facts part) bool {
	var first found
	dates(facts, func(f found) bool { first = f; return false })
	return civil.AgeOn(birth, first.date) >= 18
}
