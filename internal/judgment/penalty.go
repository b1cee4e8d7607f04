package judgment

import (
	"strings"
	"unicode/utf8"

	"github.com/fengcun/fengcun/internal/docket"
)

// count is one crime of an order with its row of penalties.
type count struct {
	crimes     []string // more than one where one row is given for all of them
	start, end int      // of the names
	row        tally
}

// verdict is what an order decides for one defendant.
type verdict struct {
	counts []count
	whole  tally // 决定执行
	merged bool  // an earlier sentence is merged in
	odd    bool  // something that looks like a penalty could not be read
}

// scanner reads the operative text of one defendant from left to right.
type scanner struct {
	op     *clean
	at     int
	end    int
	where  region
	v      *verdict
	crimes func(s string) ([]string, int)
}

// row is the row of penalties that the scanner is in; nil where what follows
// is not a sentence of this judgment.
func (sc *scanner) row() *tally {
	switch sc.where {
	case combined:
		return &sc.v.whole
	case declared:
		if n := len(sc.v.counts); n > 0 {
			return &sc.v.counts[n-1].row
		}
	case earlier, summed:
	}
	return nil
}

// markers move the scanner between regions. The longer stand first.
func markers(rest string) (region, int) {
	if w := skip(rest, "决定执行", "决定合并执行", "合并决定执行", "并罚执行", "并罚后执行", "合并执行", "执行有期徒刑", "执行拘役", "执行管制", "执行无期徒刑"); w > 0 {
		if strings.HasPrefix(rest, "执行") {
			w = len("执行")
		}
		return combined, w
	}
	if w := skip(rest, "总和刑期", "刑期总和", "总和", "合并刑期", "合计刑期"); w > 0 {
		return summed, w
	}
	if w := skip(rest,
		"与前罪", "与前判", "与原判", "与原审", "与其", "与该", "与本院", "与（", "与已", "与先前", "与尚未", "与撤销", "与上述前", "与余刑", "与剩余", "与未执行", "和前罪", "和原判", "和前判",
		"连同", "连原", "加上", "原犯", "前犯", "前罪", "前判", "原判", "原罪", "余刑", "残刑", "未执行", "尚未执行", "剩余刑期", "被判处", "曾被判", "原被判"); w > 0 {
		return earlier, w
	}
	return 0, 0
}

func (sc *scanner) run() {
	for sc.at < sc.end {
		rest := sc.op.s[sc.at:sc.end]
		if where, w := markers(rest); w > 0 {
			sc.enter(where, rest[w:])
			sc.at += w
			continue
		}
		if w := sc.penalty(rest); w > 0 {
			sc.at += w
			continue
		}
		if w := sc.crime(rest); w > 0 {
			sc.at += w
			continue
		}
		if strings.HasPrefix(rest, "，与") || strings.HasPrefix(rest, "；与") {
			sc.enter(earlier, "")
		}
		_, w := utf8.DecodeRuneInString(rest)
		sc.at += w
	}
}

// enter changes the region. 合并执行 without a penalty behind it only tells
// that sentences are merged.
func (sc *scanner) enter(where region, next string) {
	if where == combined {
		if !opensPenalty(next) {
			return
		}
		if sc.v.whole.touched {
			sc.v.whole = tally{} // a 决定执行 cited before the one decided
		}
	}
	if where == earlier {
		if sc.where == combined && sc.v.whole.touched {
			return // behind the decision nothing is merged any more
		}
		sc.v.merged = true
	}
	sc.where = where
}

// opensPenalty says that a penalty follows within a few words.
func opensPenalty(s string) bool {
	head := s[:min(len(s), 60)]
	if i := strings.IndexAny(head, "。；"); i >= 0 {
		head = head[:i]
	}
	return hasAny(head, "有期徒", "拘役", "管制", "无期", "死刑", "罚金", "没收", "剥夺", "刑期")
}

// crime reads 犯……罪 and opens a count.
func (sc *scanner) crime(rest string) int {
	if !strings.HasPrefix(rest, "犯") || sc.where == earlier || sc.where == summed {
		return 0
	}
	names, w := sc.crimes(rest[len("犯"):])
	if w == 0 {
		return 0
	}
	start := sc.at + len("犯")
	sc.v.counts = append(sc.v.counts, count{crimes: names, start: sc.op.at(start), end: sc.op.at(start + w)})
	sc.where = declared
	return len("犯") + w
}

// penalty reads one penalty at the start of rest and enters it; 0 when there
// is none.
func (sc *scanner) penalty(rest string) int {
	row := sc.row()
	if row == nil {
		row = &tally{} // read and forgotten
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case '有', '拘', '管':
		return sc.timed(row, rest)
	case '无', '死':
		return sc.gravest(row, rest)
	case '缓', '宣':
		return sc.suspension(row, rest)
	case '罚':
		return sc.fine(row, rest)
	case '剥':
		return sc.rights(row, rest)
	case '没':
		return sc.confiscation(row, rest)
	case '免', '驱':
		return sc.other(row, rest)
	}
	return 0
}

// timed reads 有期徒刑, 拘役 or 管制 with its length.
func (sc *scanner) timed(row *tally, rest string) int {
	for _, kind := range []docket.Penalty{docket.FixedTerm, docket.Detention, docket.PublicSurveillance} {
		w := skip(rest, string(kind))
		if w == 0 {
			continue
		}
		gap := skip(rest[w:], "，", "：", "为")
		t, n := term(rest[w+gap:])
		if n == 0 {
			sc.unread(row, rest[w:])
			return w
		}
		end := w + gap + n
		row.principal(Word(kind), t, sc.op.at(sc.at), sc.op.at(sc.at+end))
		return end
	}
	return 0
}

// unread notes a kind of penalty whose measure could not be read, where the
// words show that a penalty was imposed.
func (sc *scanner) unread(row *tally, after string) {
	before := sc.op.s[max(0, sc.at-len("判处并处单处")):sc.at]
	if strings.HasSuffix(before, "处") || strings.HasSuffix(before, "执行") {
		if skip(after, "的", "刑期", "以上", "以下", "、", "或", "部分") == 0 {
			sc.v.odd = true
			row.touched = true
		}
	}
}

func (sc *scanner) gravest(row *tally, rest string) int {
	for _, kind := range []docket.Penalty{docket.LifeImprisonment, docket.Death} {
		if w := skip(rest, string(kind)); w > 0 {
			row.principal(Word(kind), span{}, sc.op.at(sc.at), sc.op.at(sc.at+w))
			return w + skip(rest[w:], "，缓期二年执行", "缓期二年执行", "，缓期2年执行", "，缓期执行二年")
		}
	}
	return 0
}

// suspension reads 缓刑 with its probation period.
func (sc *scanner) suspension(row *tally, rest string) int {
	w := skip(rest, "宣告缓刑", "缓刑")
	if w == 0 {
		return 0
	}
	gap := w + skip(rest[w:], "考验期限为", "考验期限", "考验期为", "考验期")
	gap += skip(rest[gap:], "，", "：")
	t, n := term(rest[gap:])
	if n == 0 {
		return w
	}
	row.probation.put(t, sc.op.at(sc.at), sc.op.at(sc.at+gap+n), equal[span])
	row.touched = true
	return gap + n
}

// fine reads 罚金 with its amount.
func (sc *scanner) fine(row *tally, rest string) int {
	w := skip(rest, "罚金")
	if w == 0 {
		return 0
	}
	v, n := money(rest[w:])
	if n == 0 {
		if before := sc.op.s[max(0, sc.at-len("处")):sc.at]; before == "处" {
			sc.v.odd, row.fine.torn, row.touched = true, true, true
		}
		return w
	}
	row.fine.put(v, sc.op.at(sc.at), sc.op.at(sc.at+w+n), equal[int64])
	row.touched = true
	return w + n
}

// money reads an amount of yuan behind the word for a penalty.
func money(s string) (yuan int64, width int) {
	i := 0
	for {
		w := skip(s[i:], "人民币", "共计", "合计", "总计", "各", "计", "为", "：", "，", "RMB", "￥", "¥", "的")
		if w == 0 {
			break
		}
		i += w
	}
	n, w := number(s[i:])
	if w == 0 {
		return 0, 0
	}
	i += w
	i += skip(s[i:], "余")
	u := skip(s[i:], "元", "圆", "块", "人民币")
	if u == 0 {
		return 0, 0
	}
	return n, i + u + skip(s[i+u:], "整", "正", "人民币")
}

func (sc *scanner) rights(row *tally, rest string) int {
	w := skip(rest, "剥夺政治权利")
	if w == 0 {
		return 0
	}
	i := w + skip(rest[w:], "，")
	months, n := -1, skip(rest[i:], "终身")
	if n == 0 {
		var t span
		if t, n = term(rest[i:]); n == 0 {
			return w
		}
		months = t.months
	}
	row.rights.put(months, sc.op.at(sc.at), sc.op.at(sc.at+i+n), equal[int])
	row.touched = true
	return i + n
}

// confiscation reads 没收财产; 没收 of the tools of a crime is no penalty (刑法 64).
func (sc *scanner) confiscation(row *tally, rest string) int {
	w := skip(rest, "没收其个人全部财产", "没收个人全部财产", "没收全部个人财产", "没收全部财产", "没收其全部财产")
	if w > 0 {
		row.all.put(true, sc.op.at(sc.at), sc.op.at(sc.at+w), equal[bool])
		row.touched = true
		return w
	}
	if w = skip(rest, "没收其个人财产", "没收个人财产", "没收其部分财产", "没收个人部分财产", "没收财产"); w == 0 {
		return 0
	}
	v, n := money(rest[w:])
	if n == 0 {
		return w
	}
	row.taken.put(v, sc.op.at(sc.at), sc.op.at(sc.at+w+n), equal[int64])
	row.touched = true
	return w + n
}

// other reads exemption and deportation.
func (sc *scanner) other(row *tally, rest string) int {
	if w := skip(rest, "免予刑事处罚", "免于刑事处罚", "免予刑事处分", "免除刑事处罚", "免予处罚"); w > 0 {
		row.exempt.put(true, sc.op.at(sc.at), sc.op.at(sc.at+w), equal[bool])
		row.touched = true
		return w
	}
	if w := skip(rest, "驱逐出境"); w > 0 {
		row.deported.put(true, sc.op.at(sc.at), sc.op.at(sc.at+w), equal[bool])
		row.touched = true
		return w
	}
	return 0
}
