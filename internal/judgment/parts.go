package judgment

import "strings"

// parts are the sections of a judgment, in the order in which the Supreme
// People's Court prescribes them (法院刑事诉讼文书样式). A part that is not there
// is empty.
type parts struct {
	title   part // up to the first party: court, kind of document, case number
	parties part // who accuses, who is accused, who defends
	history part // how the case came and was heard, up to 审理终结
	facts   part // what was charged and found, up to the reasons
	reasons part // from 本院认为 to the operative part
	order   part // the operative part
	tail    part // appeal, signatures, date
}

func cut(p *page) parts {
	whole := part{p, 0, len(p.s)}
	start, end := operative(whole)
	before := part{p, 0, start}
	var out parts
	out.order, out.tail = part{p, start, end}, part{p, end, len(p.s)}
	opening, closing := opens(before)
	out.title, out.parties = part{p, 0, opening}, part{p, opening, closing}
	heard := closing
	if i, w := (part{p, closing, start}).first("审理终结", "审查终结"); i >= 0 {
		heard = i + len(w)
	}
	out.history = part{p, closing, heard}
	reasons := start
	if i := reasoning(part{p, heard, start}); i >= 0 {
		reasons = i
	}
	out.facts, out.reasons = part{p, heard, reasons}, part{p, reasons, start}
	return out
}

// operative finds the operative part: after the last 判决如下 and before what
// always follows it.
func operative(whole part) (start, end int) {
	start = announced(whole)
	if start < 0 {
		return len(whole.s), len(whole.s)
	}
	start += skip(whole.s[start:], "：", "，", "。")
	end = len(whole.s)
	rest := part{whole.page, start, end}
	for _, w := range []string{
		"如不服", "若不服", "不服本判决", "如对本判决", "本判决为终审", "本裁定为终审", "本判决系终审", "本裁定系终审", "本判决是终审", "本裁定是终审",
		"本裁定送达后", "本判决送达后", "审判长", "审判员", "人民陪审员", "书记员",
	} {
		if i := rest.find(w); i >= 0 {
			end = min(end, i)
		}
	}
	return start, end
}

// announced is the end of the last 判决如下, 裁定如下 or the like; -1 for none.
func announced(whole part) int {
	text := whole.text()
	for i := len(text); i > 0; {
		i = strings.LastIndex(text[:i], "如下")
		if i < 0 {
			break
		}
		end := i + len("如下")
		if w := skip(text[end:], "判决", "裁定"); w > 0 {
			return whole.start + end + w
		}
		for _, w := range []string{"判决", "裁定", "决定", "判处"} {
			if strings.HasSuffix(text[:i], w) {
				return whole.start + end
			}
		}
	}
	return -1
}

// opens finds where the parties begin and end before the operative part. The
// end is where the text goes over to the charge or to the course of the case.
func opens(before part) (start, end int) {
	start, end = before.end, before.end
	for i, w := range starts(part{before.page, heading(before), before.end}, "公诉机关", "原公诉机关", "抗诉机关", "被告人", "被告单位", "上诉人", "原审被告", "原审上诉人", "自诉人", "罪犯", "申诉人") {
		if w != "" {
			start = i
			break
		}
	}
	rest := part{before.page, start, before.end}
	for _, w := range []string{"公诉机关以", "检察院指控", "公诉机关指控", "检察院起诉指控", "一案", "审理终结", "提起公诉", "经审理查明", "执行机关", "本院认为"} {
		if i := rest.find(w); i >= 0 {
			end = min(end, i)
		}
	}
	if i := accusation(part{before.page, start, end}); i >= 0 {
		end = i
	}
	return start, max(start, end)
}

// heading is where the heading ends: behind the case number, or behind the last
// name of the document's kind. A title in front may itself begin with 被告人.
func heading(before part) int {
	top := part{before.page, before.start, min(before.end, before.start+1200)}
	if _, end := caseNumber(top); end >= 0 && !(part{top.page, top.start, end}).has("审理终结", "提起公诉") {
		return end
	}
	end := before.start
	top.end = min(top.end, before.start+600)
	for _, w := range []string{"判决书", "裁定书", "决定书"} {
		if i := strings.LastIndex(top.text(), w); i >= 0 {
			end = max(end, top.start+i+len(w))
		}
	}
	return end
}

// accusation finds 检察院以……起诉书: a procuratorate may be named before, for an
// arrest.
func accusation(p part) int {
	text := p.text()
	for i := 0; ; {
		k := index(text[i:], "检察院以")
		if k < 0 {
			return -1
		}
		i += k
		if hasAny(text[i:min(len(text), i+180)], "起诉书", "诉〔", "刑诉", "号") {
			return p.start + i
		}
		i += len("检察院以")
	}
}

// starts yields the places in a part where a sentence begins with one of the
// words, with the word, in order.
func starts(p part, words ...string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		text := p.text()
		ahead := make([]int, len(words)) // where each word stands next: the text is searched once for each
		for k, w := range words {
			ahead[k] = index(text, w)
		}
		for i := 0; ; {
			next, word := -1, ""
			for k, w := range words {
				if ahead[k] >= 0 && ahead[k] < i {
					ahead[k] = after(text, w, i)
				}
				if at := ahead[k]; at >= 0 && (next < 0 || at < next || (at == next && len(w) > len(word))) {
					next, word = at, w
				}
			}
			if next < 0 || (p.opens(p.start+next) && !yield(p.start+next, word)) {
				return
			}
			i = next + len(word)
		}
	}
}

// after is where a word stands at or behind place i, -1 for nowhere.
func after(text, word string, i int) int {
	if k := index(text[i:], word); k >= 0 {
		return i + k
	}
	return -1
}

// reasoning finds where the court begins to give its reasons: the first 本院认为
// that opens a sentence and is not about the evidence.
func reasoning(p part) int {
	for i := range starts(p, "本院认为", "本院再审认为", "本院经审理认为", "本院审理认为", "综上，本院认为") {
		head := p.s[i:min(p.end, i+120)]
		if !hasAny(head, "上述证据", "以上证据", "证据之间") {
			return i
		}
	}
	return -1
}
