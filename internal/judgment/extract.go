package judgment

import (
	"fmt"
	"strconv"
)

// The grades of certainty. A field below doubtful is not told at all.
const (
	sure     = 0.99 // printed in the place and form prescribed for it
	likely   = 0.9  // follows from what is printed, or stands in another place
	doubtful = 0.7  // printed, but something about it does not fit
)

// extraction is a reading in the making.
type extraction struct {
	p    *page
	src  []rune // only where spans are wanted
	d    parts
	out  *Reading
	with bool // spans are wanted

	ragged  bool   // the text ends with the operative part
	upheld  bool   // the sentences are those of the judgment appealed
	earlier []bool // the order merges an earlier sentence of the defendant
}

// crowd is more defendants than are tried in one case.
const crowd = 300

// Option changes what Read gives.
type Option func(*extraction)

// WithSpans adds where each field stands.
func WithSpans() Option { return func(e *extraction) { e.with = true } }

// Read reads one document. It takes any text and does not fail: what it cannot
// read with certainty is unknown in the answer.
func Read(text string, options ...Option) *Reading {
	e := &extraction{p: newPage(text), out: &Reading{Confidence: sure}}
	for _, o := range options {
		o(e)
	}
	if e.with {
		e.src = []rune(text)
	}
	e.d = cut(e.p)
	e.document()
	parties := people(e.d.parties)
	if len(parties) == 0 {
		parties = fromOrder(e.d.order)
	}
	if len(parties) > crowd {
		e.note("%d defendants are named; the first %d are read", len(parties), crowd)
		parties = parties[:crowd]
	}
	e.out.Defendants = make([]Defendant, len(parties))
	for k := range parties {
		e.out.Defendants[k].Crimes, e.out.Defendants[k].Counts = []string{}, []Count{}
		e.out.Defendants[k].Confidence = sure
		e.person(k, parties[k])
	}
	if e.out.Kind == Commuted || e.out.Kind == Paroled {
		e.note("a ruling on the execution of a sentence, not a conviction")
		return e.out
	}
	e.decide(parties)
	e.findings(parties)
	return e.out
}

// document reads what is said once for the whole document.
func (e *extraction) document() {
	number := ""
	if start, end := caseNumber(e.d.title); start >= 0 {
		number = e.p.s[start:end]
		e.out.CaseNo = Word(number)
		e.span(-1, "case_no", start, end, sure)
	}
	if start, end := court(e.d.title); start >= 0 {
		e.out.Court = Word(e.p.s[start:end])
		e.span(-1, "court", start, end, sure)
	}
	e.out.Kind = kindOf(number, e.d)
	e.out.Instance = instanceOf(number, e.d)
	if e.out.Instance == "一审" {
		e.out.Procedure = procedureOf(e.d)
	}
	if f, ok := judgedOn(e.d.tail, number); ok {
		e.out.Date = Day{f.date}
		e.span(-1, "date", f.start, f.end, sure)
	}
	if f, ok := indicted(e.d.history, e.out.Date.Date); ok {
		e.out.Indicted = Day{f.date}
		e.span(-1, "indicted", f.start, f.end, sure)
	}
}

// span notes how certain a field is and, where wanted, where it stands: [start,
// end) of the page. k is the defendant, -1 for the document.
func (e *extraction) span(k int, field string, start, end int, certain float64) {
	e.out.Confidence = min(e.out.Confidence, certain)
	if k >= 0 {
		e.out.Defendants[k].Confidence = min(e.out.Defendants[k].Confidence, certain)
	}
	if !e.with || start < 0 || end <= start {
		return
	}
	if k >= 0 {
		field = "defendants[" + strconv.Itoa(k) + "]." + field
	}
	from, to := e.p.runes(start, end)
	e.out.Spans = append(e.out.Spans, Span{Field: field, Start: from, End: to, Text: string(e.src[from:to]), Confidence: certain})
}

func (e *extraction) note(format string, args ...any) {
	e.out.Notes = append(e.out.Notes, fmt.Sprintf(format, args...))
}
