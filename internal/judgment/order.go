package judgment

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// decree is the operative part sorted by defendant.
type decree struct {
	now     []verdict // what this document decides
	kept    []verdict // what it cites as maintained (维持……即……)
	acquits []bool
	revokes []bool // 撤销缓刑
	upheld  bool   // 驳回上诉, 维持原判
	outcome Word   // of a ruling without a sentence
}

// orderReader goes through the operative part item by item.
type orderReader struct {
	op    *clean
	names []string
	who   []int // the defendants spoken of last
	out   decree
}

func readOrder(p part, names []string) decree {
	r := &orderReader{op: cleaned(p), names: names}
	n := len(names)
	r.out.now, r.out.kept = make([]verdict, n), make([]verdict, n)
	r.out.acquits, r.out.revokes = make([]bool, n), make([]bool, n)
	if n == 1 {
		r.who = []int{0}
	}
	r.rulings(r.op.s)
	for _, it := range items(r.op.s) {
		r.item(it[0], it[1])
	}
	return r.out
}

// rulings notes the orders that speak of the whole case.
func (r *orderReader) rulings(s string) {
	switch {
	case hasAny(s, "驳回上诉", "驳回抗诉", "驳回申诉") && hasAny(s, "维持原判", "维持原裁判", "维持原审判决", "维持原裁定"), strings.HasPrefix(s, "维持原判"):
		r.out.upheld, r.out.outcome = true, "维持原判"
	case hasAny(s, "发回") && hasAny(s, "重新审判", "重审"):
		r.out.outcome = "发回重审"
	case strings.Contains(s, "终止审理"):
		r.out.outcome = "终止审理"
	}
}

// items parts the operative text at 一、 二、 and so on.
func items(s string) [][2]int {
	var out [][2]int
	last := 0
	for i := 0; i < len(s); {
		if i == 0 || endsSentence(s[:i]) {
			if w := itemMark(s[i:]); w > 0 {
				if i > last {
					out = append(out, [2]int{last, i})
				}
				i += w
				last = i
				continue
			}
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return append(out, [2]int{last, len(s)})
}

// item reads one item. What it maintains or quashes of an earlier judgment is
// taken out first, for such a clause cites sentences that are not decided here.
func (r *orderReader) item(start, end int) {
	for start < end {
		s := r.op.s[start:end]
		at, word := clauseAt(s)
		if at < 0 {
			r.sentences(start, end, r.out.now)
			return
		}
		r.sentences(start, start+at, r.out.now)
		stop := start + at + r.clauseEnd(s[at:])
		clause := r.op.s[start+at : stop]
		if word == "维持" {
			r.sentences(start+at, stop, r.out.kept)
		} else if strings.Contains(clause, "缓刑") {
			r.revoke(clause)
		}
		start = stop
	}
}

// clauseAt finds a clause that maintains or quashes.
func clauseAt(s string) (int, string) {
	at, word := -1, ""
	for _, w := range []string{"维持", "撤销"} {
		for i := 0; ; {
			k := strings.Index(s[i:], w)
			if k < 0 {
				break
			}
			i += k
			if i == 0 || endsSentence(s[:i]) || strings.HasSuffix(s[:i], "依法") || strings.HasSuffix(s[:i], "一并") {
				if at < 0 || i < at {
					at, word = i, w
				}
				break
			}
			i += len(w)
		}
	}
	return at, word
}

// clauseEnd is where a maintaining or quashing clause ends: with the sentence,
// or at a comma behind a whole clause where a decision of this court begins.
func (r *orderReader) clauseEnd(s string) int {
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '。' || c == '；':
			return i + size
		case c == '，' && hasAny(s[:i], "部分", "判决", "缓刑", "裁定", "执行") && r.begins(s[i+size:]):
			return i
		}
		i += size
	}
	return len(s)
}

// begins says that a decision of this court begins here.
func (r *orderReader) begins(s string) bool {
	if skip(s, "改判", "与", "连同", "数罪", "实行", "决定执行", "并与", "将", "和", "以") > 0 {
		return true
	}
	i := roleWords(s)
	for _, n := range r.names {
		if strings.HasPrefix(s[i:], n+"犯") || strings.HasPrefix(s[i:], n+"免") {
			return true
		}
	}
	return false
}

// roleWords is the length of the role words at the start of s.
func roleWords(s string) int {
	i := 0
	for {
		w := skip(s[i:], "对", "原审", "被告人", "被告单位", "上诉人", "上诉单位")
		if w == 0 {
			return i
		}
		i += w
	}
}

// revoke notes whose suspension is revoked.
func (r *orderReader) revoke(clause string) {
	marked := false
	for k, n := range r.names {
		if strings.Contains(clause, n) {
			r.out.revokes[k], marked = true, true
		}
	}
	if !marked {
		for _, k := range r.who {
			r.out.revokes[k] = true
		}
	}
}

// sentences reads the decisions in [start, end) of the operative text, each
// from its subject to the next.
func (r *orderReader) sentences(start, end int, into []verdict) {
	at := start
	for at < end {
		next, who, w := r.subject(at, end)
		if next < 0 {
			break
		}
		r.scan(at, next, into)
		r.who = who
		at = next + w
	}
	r.scan(at, end, into)
}

// scan reads the penalties in [start, end) for those spoken of last.
func (r *orderReader) scan(start, end int, into []verdict) {
	if start >= end || len(r.who) == 0 || !r.operative(r.op.s[start:end]) {
		return
	}
	if len(r.who) > 1 && hasAny(r.op.s[start:end], "分别", "依次") {
		for _, k := range r.who {
			into[k].odd = true
		}
		return
	}
	for _, k := range r.who {
		sc := &scanner{op: r.op, at: start, end: end, v: &into[k], crimes: crimeNames}
		if n := len(into[k].counts); n > 0 && into[k].whole.touched && !strings.Contains(r.op.s[start:end], "犯") {
			sc.where = combined
		}
		sc.run()
	}
}

// operative says that a stretch sentences somebody; an order on tools,
// proceeds or damages does not.
func (r *orderReader) operative(s string) bool {
	return hasAny(s, "判处", "犯", "决定执行", "合并执行", "免予", "免于", "免除刑事", "单处", "并处", "判决被告", "执行有期徒刑", "罚金", "缓刑", "驱逐出境", "剥夺政治权利") &&
		skip(s, "扣押", "随案", "责令", "追缴", "继续追缴", "禁止", "在案", "作案工具") == 0
}

// subject finds the next name, or names, that a decision follows: ……犯, ……无罪.
// It gives its place, the defendants, and the length up to the decision.
func (r *orderReader) subject(start, end int) (int, []int, int) {
	s := r.op.s[start:end]
	ahead := make([]int, len(r.names))
	for k, n := range r.names {
		ahead[k] = index(s, n)
	}
	for {
		first := -1
		for k, at := range ahead {
			if at >= 0 && (first < 0 || at < ahead[first]) {
				first = k
			}
		}
		if first < 0 {
			return -1, nil, 0
		}
		at := ahead[first]
		if who, w := r.list(s[at:]); who != nil {
			return start + at, who, w
		}
		ahead[first] = after(s, r.names[first], at+len(r.names[first]))
	}
}

// list reads names joined by 、 and what must follow them. The longest name that
// fits is taken: 李四 and 李四光 may both be tried.
func (r *orderReader) list(s string) (who []int, width int) {
	i := 0
	for {
		k, w := r.nameAt(s[i:])
		if w == 0 {
			return nil, 0
		}
		who = append(who, k)
		i += w
		j := skip(s[i:], "、", "和", "与", "及")
		if j == 0 {
			break
		}
		i += j + roleWords(s[i+j:])
	}
	i += skip(s[i:], "均", "各", "共同", "自")
	switch {
	case strings.HasPrefix(s[i:], "犯") && !strings.HasPrefix(s[i:], "犯罪"):
		return who, i
	case skip(s[i:], "无罪", "不负刑事责任") > 0:
		for _, k := range who {
			r.out.acquits[k] = true
		}
		return who, i
	case skip(s[i:], "免予刑事处罚", "免于刑事处罚", "判处", "单处罚金", "有期徒刑", "，判处", "，犯") > 0:
		return who, i
	}
	return nil, 0
}

func (r *orderReader) nameAt(s string) (k, width int) {
	for j, n := range r.names {
		if len(n) > width && strings.HasPrefix(s, n) {
			k, width = j, len(n)
		}
	}
	return k, width
}

// fromOrder names the defendants by the operative part, where the head does not.
func fromOrder(p part) []party {
	var out []party
	for at, w := range starts(p, "被告人", "被告单位", "上诉人", "原审被告人") {
		i := at + len(w)
		for _, more := range []string{"（原审被告人）"} {
			i += skip(p.s[i:], more)
		}
		n := strings.Index(p.s[i:p.end], "犯")
		if n <= 0 || n > 60 || !isName(p.s[i:i+n]) || strings.ContainsAny(p.s[i:i+n], "，。；（、") || named(out, p.s[i:i+n]) {
			continue
		}
		out = append(out, party{name: p.s[i : i+n], unit: strings.Contains(w, "单位"), start: i, end: i + n, about: part{p.page, i + n, i + n}})
	}
	return slices.Clip(out)
}
