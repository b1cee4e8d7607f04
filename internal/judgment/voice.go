package judgment

import (
	"strings"
	"unicode/utf8"
)

// hearing is how a court speaks of a circumstance, the firmest last.
type hearing int

const (
	silent  hearing = iota // no word of it
	claimed                // a party claims it, or it is not clear of whom it is said
	denied                 // the court rejects it
	held                   // the court finds it
)

// hearer listens for circumstances in the parts of a judgment where the court
// finds facts and gives reasons.
type hearer struct {
	names []string
	units []bool // 被告单位: may be spoken of without its name
	parts []part
}

// often is how many times a circumstance may be spoken of before the text is
// taken to be no judgment.
const often = 100

// reach is how far, in bytes, the sentence about a circumstance and the one
// before it may go.
const reach = 3000

// heard is what is said of defendant k in the words given, and where. The
// firmest is told; the court's own denial beside its own finding is a claim.
func (h *hearer) heard(k int, words ...string) (what hearing, start, end int) {
	found, refused := false, false
	for _, p := range h.parts {
		for _, w := range words {
			for i, n := p.find(w), 0; i >= 0; n++ {
				if n == often {
					return claimed, 0, 0
				}
				v := h.voice(p, i, w, k)
				switch {
				case v == held && !found:
					found, start, end = true, i, i+len(w)
				case v == denied:
					refused = true
				}
				what = max(what, v)
				next := part{p.page, i + len(w), p.end}
				i = next.find(w)
			}
		}
	}
	if found && refused {
		return claimed, 0, 0
	}
	return what, start, end
}

// voice tells how a word at place i is said of defendant k.
func (h *hearer) voice(p part, i int, word string, k int) hearing {
	sentence := p.around(i, "。", "。")
	narrow := p.around(i, "。；", "。；")
	clause := p.around(i, "，。；：", "，。；：")
	of := h.about(p, narrow, i, k)
	switch {
	case of == silent:
		return silent
	case negated(clause.text(), word):
		return min(denied, of)
	case hasAny(sentence.text(), "不予采纳", "不予采信", "不能成立", "不予支持", "理由不成立", "不予认定", "不足采信", "不符合自首", "不构成自首", "不属于自首"):
		return claimed
	case hasAny(sentence.text(), "辩护人", "辩称", "辩解", "辩护意见", "上诉称", "上诉提出", "请求", "建议对", "量刑建议", "提请", "证明", "笔录", "证言", "意见") &&
		!hasAny(sentence.text(), "予以采纳", "可予采纳", "应予采纳", "予以采信", "本院采纳", "予以支持", "可以采纳", "予以考虑"):
		return claimed
	case pleading(p.s[wide(p, i-reach):i]):
		return claimed
	}
	return of
}

// pleading says that the counsel or the defendant was speaking last, and
// neither the court nor the prosecutor since.
func pleading(before string) bool {
	counsel := max(strings.LastIndex(before, "辩护人"), strings.LastIndex(before, "辩称"), strings.LastIndex(before, "辩护意见"))
	if counsel < 0 {
		return false
	}
	return !hasAny(before[counsel:], "本院", "审理查明", "查明", "公诉机关", "上述", "以上", "经查", "采纳", "认定")
}

// wide moves a place near the beginning of a part onto a character's first byte.
func wide(p part, i int) int {
	for i > p.start && !utf8.RuneStart(p.s[i]) {
		i--
	}
	return max(i, p.start)
}

// around is the stretch about place i, up to the marks before and behind.
func (p part) around(i int, before, behind string) part {
	out := part{p.page, wide(p, i-reach), min(p.end, i+reach)}
	p = out
	if k := strings.LastIndexAny(p.s[p.start:i], before); k >= 0 {
		_, size := utf8.DecodeRuneInString(p.s[p.start+k:])
		out.start = p.start + k + size
	}
	if k := strings.IndexAny(p.s[i:p.end], behind); k >= 0 {
		out.end = i + k
	}
	return out
}

// negated says that a clause denies the word in it.
func negated(clause, word string) bool {
	head, _, _ := strings.Cut(clause, word)
	if runes := []rune(head); len(runes) > 14 {
		head = string(runes[len(runes)-14:])
	}
	return hasAny(head, "不构成", "不属", "不是", "不能认定", "不具有", "没有", "未", "无", "不符合", "并非", "拒不", "不予", "不具备", "尚未", "否认")
}

// about tells whether a word is said of defendant k: held if so, silent if of
// another, claimed if nobody is named. A sentence without a name goes on about
// the one named last.
func (h *hearer) about(p, narrow part, i, k int) hearing {
	if len(h.names) == 1 {
		return held
	}
	before := p.s[narrow.start:i]
	if h.units[k] && strings.Contains(before, "被告单位") {
		return held
	}
	if of, ok := h.nearest(before); ok {
		return spoken(of, k)
	}
	if hasAny(p.s[narrow.start:narrow.end], "被告人均", "二被告人", "两被告人", "三被告人", "四被告人", "五被告人", "各被告人", "上述被告人", "均系", "均能", "均自愿", "均已", "全体被告人", "被告人、被告单位") {
		return held
	}
	if of, ok := h.nearest(p.s[wide(p, narrow.start-reach):narrow.start]); ok {
		return spoken(of, k)
	}
	return claimed
}

func spoken(of []int, k int) hearing {
	for _, j := range of {
		if j == k {
			return held
		}
	}
	return silent
}

// nearest lists the defendants named last before the end of s; names joined by
// 、 or 和 belong together.
func (h *hearer) nearest(s string) (of []int, ok bool) {
	at := -1
	for {
		best, who := -1, -1
		for j, n := range h.names {
			if i := strings.LastIndex(s, n); i >= 0 && (i+len(n) > best || (i+len(n) == best && len(n) > len(h.names[who]))) {
				best, who = i+len(n), j
			}
		}
		if who < 0 {
			return of, len(of) > 0
		}
		gap := s[best:]
		if at >= 0 && strings.TrimLeft(gap, "、和及与") != "" && gap != "、被告人" && gap != "、被告单位" && gap != "和被告人" && gap != "及被告人" {
			return of, true
		}
		of, at = append(of, who), best
		s = s[:best-len(h.names[who])]
		if t := strings.TrimSuffix(strings.TrimSuffix(s, "被告人"), "被告单位"); t != s {
			s = t
		}
	}
}
