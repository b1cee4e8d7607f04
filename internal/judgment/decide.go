package judgment

import (
	"strings"

	"github.com/fengcun/fengcun/internal/docket"
)

// decide reads the operative part and gives each defendant his sentence.
func (e *extraction) decide(parties []party) {
	names := make([]string, len(parties))
	for k, p := range parties {
		names[k] = p.name
	}
	order := readOrder(e.d.order, names)
	e.earlier = make([]bool, len(parties))
	cited := order.upheld
	e.upheld = cited
	if e.cutOff() {
		return
	}
	if cited {
		order.now = e.recited(names)
	}
	for k := range parties {
		d := &e.out.Defendants[k]
		v := order.now[k]
		e.earlier[k] = v.merged || (order.revokes[k] && e.out.Instance != "二审")
		if order.acquits[k] && len(v.counts) == 0 {
			d.Outcome = docket.Acquitted
		}
		e.sentence(k, v, order.kept[k], cited)
		if order.outcome != "" {
			d.Outcome = order.outcome
		}
		if e.d.order.end > e.d.order.start && order.outcome == "" && d.Sentence.Kind != "" {
			d.Flags.ProbationRevoked = ptr(order.revokes[k] && e.out.Instance != "二审")
			if order.revokes[k] && e.out.Instance == "二审" {
				d.Flags.ProbationRevoked = nil // the suspension quashed may be that of the judgment appealed
			}
		}
	}
	if len(parties) == 1 && !parties[0].unit {
		e.term(0)
	}
}

// cutOff says that the text ends within a sentence of the operative part: what
// is missing may suspend or merge the sentence, so none is told. One that ends
// with a sentence, without signatures, is read but doubted.
func (e *extraction) cutOff() bool {
	text := e.d.order.text()
	e.ragged = text != "" && e.d.tail.end == e.d.tail.start
	if e.ragged {
		e.note("the text ends with the operative part: something may be missing")
	}
	return e.ragged && !strings.HasSuffix(text, "。") && !strings.HasSuffix(text, "）")
}

// recited reads the sentences of the judgment that is upheld, as the history or
// the facts cite it.
func (e *extraction) recited(names []string) []verdict {
	before := part{e.p, e.d.parties.end, e.d.order.start}
	text := before.text()
	for i, n := len(text), 0; i > 0 && n < often; n++ {
		k := strings.LastIndex(text[:i], "判决")
		if k < 0 {
			break
		}
		i = k
		after := before.start + k + len("判决")
		after += skip(e.p.s[after:before.end], "如下", "认定")
		after += skip(e.p.s[after:before.end], "：", "，")
		cite := part{e.p, after, min(before.end, after+3000)}
		start := itemMark(cite.text()) + roleWords(cite.text()[itemMark(cite.text()):])
		if !namesOneOf(cite.text()[start:], names) {
			continue
		}
		if end, _ := cite.first("宣判后", "上诉人", "不服", "抗诉", "上诉理由", "本院认为"); end >= 0 {
			cite.end = end
		}
		return readOrder(cite, names).now
	}
	return make([]verdict, len(names))
}

func namesOneOf(s string, names []string) bool {
	for _, n := range names {
		if strings.HasPrefix(s, n) {
			return true
		}
	}
	return false
}

// sentence turns a verdict into the answer. kept is what the order cites as
// maintained; cited says that the verdict itself is one of an earlier judgment.
func (e *extraction) sentence(k int, v, kept verdict, cited bool) {
	d := &e.out.Defendants[k]
	row, at := v.final(), v
	if row == nil && !v.merged && !v.odd && len(v.counts) == 0 {
		if e.ragged {
			return
		}
		row, at = kept.final(), kept
	} else if row != nil && kept.final() != nil {
		row.over(*kept.final())
	}
	e.crimes(k, at, cited)
	if len(d.Crimes) > 0 {
		d.Outcome = docket.Convicted
	}
	if row == nil || !row.touched {
		return
	}
	d.Outcome = docket.Convicted
	s := row.sentence()
	certain := sure
	if cited {
		certain = likely
	}
	if e.ragged {
		certain = doubtful
	}
	e.guard(k, &s, row, at)
	if len(lawful(s, at.plural())) > 0 {
		certain = doubtful
		for _, why := range lawful(s, at.plural()) {
			e.note("defendant %d: %s", k+1, why)
		}
	}
	d.Sentence = s
	e.sentenceSpans(k, row, s, certain)
}

// guard withdraws what the brackets contradict: a suspension or a fine that the
// remarks speak of and the sentence does not.
func (e *extraction) guard(k int, s *Sentence, row *tally, v verdict) {
	if len(e.out.Defendants) > 1 {
		return
	}
	whole := e.d.order
	if s.Suspended != nil && !*s.Suspended && !v.merged && whole.has("缓刑考验") && !whole.has("撤销") {
		s.Suspended, s.ProbationMonths = nil, nil
		e.note("defendant %d: a probation period is spoken of and no suspension is declared", k+1)
	}
	if s.FineYuan != nil && *s.FineYuan == 0 && !row.fine.set && whole.has("罚金") {
		s.FineYuan = nil
		e.note("defendant %d: a fine is spoken of and none is imposed", k+1)
	}
}

func (e *extraction) crimes(k int, v verdict, cited bool) {
	d := &e.out.Defendants[k]
	certain := sure
	if cited {
		certain = likely
	}
	for _, c := range v.counts {
		row := c.row.sentence()
		if !c.row.touched || len(c.crimes) > 1 {
			row = Sentence{}
		}
		for _, name := range c.crimes {
			if !has(d.Crimes, name) {
				d.Crimes = append(d.Crimes, name)
				d.Counts = append(d.Counts, Count{Crime: name, Official: official(name), Sentence: row})
			}
		}
		sureness := certain
		if len(c.crimes) == 1 && official(c.crimes[0]) == "" {
			sureness = min(certain, likely)
		}
		e.span(k, "crimes", c.start, c.end, sureness)
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (e *extraction) sentenceSpans(k int, row *tally, s Sentence, certain float64) {
	e.span(k, "sentence.kind", row.kind.start, row.kind.end, certain)
	if s.Months != nil {
		e.span(k, "sentence.months", row.length.start, row.length.end, certain)
	}
	if s.ProbationMonths != nil {
		e.span(k, "sentence.suspended", row.probation.start, row.probation.end, certain)
		e.span(k, "sentence.probation_months", row.probation.start, row.probation.end, certain)
	}
	if s.FineYuan != nil {
		e.span(k, "sentence.fine_yuan", row.fine.start, row.fine.end, certain)
	}
	if s.RightsMonths != nil {
		e.span(k, "sentence.rights_months", row.rights.start, row.rights.end, certain)
	}
	if s.ConfiscationYuan != nil {
		e.span(k, "sentence.confiscation_yuan", row.taken.start, row.taken.end, certain)
	}
	e.span(k, "sentence.exempt", row.exempt.start, row.exempt.end, certain)
}

// plural says that more than one sentence went into the verdict.
func (v *verdict) plural() bool { return v.merged || len(v.counts) > 1 }

// final is the row that is executed: the combined one where sentences are
// merged, else the only one; nil where it cannot be told.
func (v *verdict) final() *tally {
	switch {
	case v.odd:
		return nil
	case v.whole.touched:
		v.joined()
		return &v.whole
	case v.merged || len(v.counts) != 1:
		return nil
	}
	return &v.counts[0].row
}

// joined leaves a fine unknown that the crimes carry and the combined sentence
// does not mention, and so with the other supplementary penalties.
func (v *verdict) joined() {
	for _, c := range v.counts {
		v.whole.fine.torn = v.whole.fine.torn || (c.row.fine.set && !v.whole.fine.set)
		v.whole.rights.torn = v.whole.rights.torn || (c.row.rights.set && !v.whole.rights.set)
		v.whole.taken.torn = v.whole.taken.torn || (c.row.taken.set && !v.whole.taken.set)
	}
	if v.merged && !v.whole.fine.set {
		v.whole.fine.torn = true // the earlier sentence may have carried one
	}
}

// term reads the printed first and last day of the term (刑期起止).
func (e *extraction) term(k int) {
	d := &e.out.Defendants[k]
	if d.Sentence.Suspended == nil || *d.Sentence.Suspended {
		return
	}
	var days []found
	dates(e.d.order, func(f found) bool {
		before := e.p.s[max(e.d.order.start, f.start-12):f.start]
		after := e.p.s[f.end:min(len(e.p.s), f.end+12)]
		if strings.HasSuffix(before, "自") || strings.HasSuffix(before, "从") || strings.HasPrefix(after, "止") || strings.HasSuffix(before, "至") {
			days = append(days, f)
		}
		return true
	})
	if len(days) != 2 || !days[0].date.Before(days[1].date) {
		return
	}
	d.TermFrom, d.TermTo = Day{days[0].date}, Day{days[1].date}
	e.span(k, "term_from", days[0].start, days[0].end, sure)
	e.span(k, "term_to", days[1].start, days[1].end, sure)
}
