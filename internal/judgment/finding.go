package judgment

import (
	"strings"
)

// findings reads the flags: what the court found on each defendant.
func (e *extraction) findings(parties []party) {
	if e.d.order.end == e.d.order.start {
		return // without an operative part nothing is found
	}
	h := &hearer{parts: []part{e.d.reasons, e.d.facts}}
	for _, p := range parties {
		h.names, h.units = append(h.names, p.name), append(h.units, p.unit)
	}
	for k, p := range parties {
		e.surrender(k, h)
		e.recidivism(k, h)
		e.plea(k, h)
		e.forgiveness(k, h)
		e.refund(k, h)
		e.prior(k, p, h)
		e.minor(k, p, h)
	}
}

// flag sets a flag from what was heard: held is true, silence false, anything
// between unknown.
func (e *extraction) flag(k int, field string, what hearing, start, end int) *bool {
	switch what {
	case held:
		e.span(k, "flags."+field, start, end, likely)
		return ptr(true)
	case silent:
		if e.upheld {
			return nil // a ruling need not repeat what the judgment upheld found
		}
		return ptr(false)
	case claimed, denied:
	}
	return nil
}

// cites says whether the reasons cite a paragraph of an article of the Criminal
// Law: cited alone or in a list (第六十七条第一、三款). Without a paragraph none is
// cited for certain.
func cites(reasons part, article, paragraph string) bool {
	text := reasons.text()
	for i := 0; ; {
		k := index(text[i:], article+"条")
		if k < 0 {
			return false
		}
		i += k + len(article+"条")
		rest := text[i:min(len(text), i+40)]
		if !strings.HasPrefix(rest, "第") {
			if paragraph == "" {
				return true
			}
			continue
		}
		end := strings.Index(rest, "款")
		if paragraph == "" || (end >= 0 && !strings.Contains(rest[:end], "条") && strings.Contains(rest[:end], paragraph)) {
			return true
		}
	}
}

// surrender reads 自首 and, where there is none, 坦白: words of the court, with
// the paragraph of 刑法 67 that it cites.
func (e *extraction) surrender(k int, h *hearer) {
	f := &e.out.Defendants[k].Flags
	alone := len(h.names) == 1
	first, third := cites(e.d.reasons, "第六十七", "一"), cites(e.d.reasons, "第六十七", "三")
	what, start, end := h.heard(k, "自首")
	came, _, _ := h.heard(k, "投案", "电话通知到案", "电话传唤到案")
	f.Surrender = e.flag(k, "surrender", what, start, end)
	switch {
	case !alone && what == silent && came == silent:
	case what == held && third && !first && alone:
		f.Surrender = nil
	case what == held:
	case first && alone && !third:
		f.Surrender = ptr(true)
	case alone && third && !first:
		f.Surrender = ptr(false)
	case what == silent && came == silent && !first:
		f.Surrender = ptr(false)
	case what == denied && !first:
		f.Surrender = ptr(false)
	default:
		f.Surrender = nil
	}
	if f.Surrender == nil {
		return
	}
	if *f.Surrender {
		f.Confession = ptr(false)
		return
	}
	what, start, end = h.heard(k, "如实供述", "坦白", "如实交代", "如实交待", "如实供认", "供认不讳", "如实陈述")
	switch {
	case third && alone:
		f.Confession = ptr(true)
		e.span(k, "flags.confession", start, end, likely)
	case third || what == silent || what == held:
		f.Confession = e.flag(k, "confession", what, start, end)
	}
}

// recidivism reads 累犯 and 毒品再犯.
func (e *extraction) recidivism(k int, h *hearer) {
	f := &e.out.Defendants[k].Flags
	what, start, end := h.heard(k, "累犯")
	cited := cites(e.d.reasons, "第六十五", "") || cites(e.d.reasons, "第六十六", "")
	f.Recidivist = e.flag(k, "recidivist", what, start, end)
	if cited && what == silent {
		f.Recidivist = nil
		if len(h.names) == 1 {
			f.Recidivist = ptr(true)
		}
	}
	if what == denied && !cited {
		f.Recidivist = ptr(false)
	}
	what, start, end = h.heard(k, "毒品再犯")
	cited = cites(e.d.reasons, "第三百五十六", "")
	f.DrugRecidivist = e.flag(k, "drug_recidivist", what, start, end)
	if cited && what == silent {
		f.DrugRecidivist = nil
		if len(h.names) == 1 {
			f.DrugRecidivist = ptr(true)
		}
	}
}

// plea reads 认罪认罚. A bond (具结) or the speedy procedure without the words
// leaves it open: the pilots before 2018 knew both.
func (e *extraction) plea(k int, h *hearer) {
	f := &e.out.Defendants[k].Flags
	what, start, end := h.heard(k, "认罪认罚", "认罪、认罚", "认罪并认罚")
	early := part{e.p, e.d.parties.end, e.d.facts.start}
	if len(h.names) == 1 && what <= claimed {
		if i, w := (part{e.p, e.d.parties.end, e.d.order.start}).first("自愿认罪认罚", "适用认罪认罚", "认罪认罚具结书", "认罪认罚从宽"); i >= 0 && what == claimed {
			what, start, end = held, i, i+len(w)
		}
	}
	if what == silent && (early.has("认罪认罚", "速裁程序") || e.d.facts.has("具结") || e.d.reasons.has("具结") || cites(e.d.reasons, "第十五", "")) {
		what = claimed
	}
	f.PleaLeniency = e.flag(k, "plea_leniency", what, start, end)
}

func (e *extraction) forgiveness(k int, h *hearer) {
	what, start, end := h.heard(k, "谅解")
	e.out.Defendants[k].Flags.VictimForgiveness = e.flag(k, "victim_forgiveness", what, start, end)
}

// refund reads compensation of the victim and return of the proceeds, done and
// not merely owed.
func (e *extraction) refund(k int, h *hearer) {
	what, start, end := h.heard(k,
		"已赔偿", "已经赔偿", "赔偿了", "积极赔偿", "主动赔偿", "全部赔偿", "一次性赔偿", "赔偿被害", "赔偿全部", "代为赔偿", "自愿赔偿", "予以赔偿", "赔偿其", "赔偿经济损失", "进行了赔偿", "达成赔偿协议", "补偿被害",
		"退赃", "退缴", "退出全部", "退出违法所得", "退出赃款", "退出的", "已退", "退还", "退清", "退赔了", "积极退赔", "主动退赔", "全部退赔", "退赔全部", "退赔被害", "补偿了", "已补偿")
	if what == silent && (e.d.facts.has("赔偿", "退赔", "退出", "补偿", "归还", "缴清", "补种", "和解") ||
		e.d.reasons.has("赔偿", "退赔", "退出", "补偿", "返还", "归还", "上缴", "补种", "和解", "发还", "赃款", "追回")) {
		what = claimed
	}
	e.out.Defendants[k].Flags.CompensationOrRefund = e.flag(k, "compensation_or_refund", what, start, end)
}
