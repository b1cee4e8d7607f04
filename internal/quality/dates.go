package quality

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Accuracy of days: the order of the acts, and periods against sentences.

func effectDiffers(c *course, r *Rule) {
	i := c.last(docket.JudgmentEffective)
	judged := c.lastJudgment()
	if i < 0 || judged == nil || part(judged).Judgment == nil {
		return
	}
	e, stated := c.events[i], part(judged).Judgment.Effective
	if stated.IsZero() || e.Data.Date == stated || e.Data.Date.Before(judged.Data.Date) {
		return
	}
	c.report(Finding{
		Rule: r.ID, Agency: idOf(e.Source), Since: e.Data.Date, Field: "date", Expected: stated.String(), Stated: e.Data.Date.String(),
		Statements: []Statement{say(e, e.Data.Date.String()), say(judged, stated.String())},
	})
}

// sequences are pairs of acts of which the first of the one never comes before
// the first of the other.
func sequences() [][2]docket.Type {
	return [][2]docket.Type{
		{docket.CaseReferred, docket.ProsecutionFiled},
		{docket.ProsecutionFiled, docket.JudgmentRendered},
		{docket.JudgmentRendered, docket.JudgmentEffective},
		{docket.JudgmentRendered, docket.ExecutionStarted},
		{docket.ExecutionStarted, docket.ParoleGranted},
		{docket.ExecutionStarted, docket.SentenceCommuted},
	}
}

func actsOutOfOrder(c *course, r *Rule) {
	for _, pair := range sequences() {
		before, after := c.first(pair[0]), c.first(pair[1])
		if before != nil && after != nil && after.Data.Date.Before(before.Data.Date) {
			c.report(Finding{
				Rule: r.ID, Agency: idOf(after.Source), Since: after.Data.Date, Field: "date",
				Expected: "≥ " + before.Data.Date.String(), Stated: after.Data.Date.String(),
				Statements: []Statement{say(after, after.Data.Date.String()), say(before, before.Data.Date.String())},
			})
		}
	}
	judged := c.first(docket.JudgmentRendered)
	if judged == nil || part(judged).Judgment == nil {
		return
	}
	for _, crime := range part(judged).Judgment.Crimes {
		if judged.Data.Date.Before(crime.OffenceDate) {
			c.wrong(r, judged, "judgment/crimes/offence_date", "≤ "+judged.Data.Date.String(), crime.OffenceDate.String())
		}
	}
}

func spanBackwards(c *course, r *Rule) {
	for _, e := range c.events {
		p := part(e)
		if x := p.Execution; x != nil && x.End.Before(x.Start) {
			c.wrong(r, e, "execution/end", "≥ "+x.Start.String(), x.End.String())
		}
		if m := p.Measure; m != nil && m.To.Before(m.From) {
			c.wrong(r, e, "measure/to", "≥ "+m.From.String(), m.To.String())
		}
	}
}

// notice is the report that execution began, with the period it prints; nil
// where there is none, or a later act has changed what is to be served.
func (c *course) notice() (*docket.Event, *docket.Execution) {
	i := c.last(docket.ExecutionStarted)
	if i < 0 || c.any(docket.ProbationRevoked) {
		return nil, nil
	}
	x := part(c.events[i]).Execution
	if x == nil || x.Start.IsZero() || x.End.IsZero() || x.End.Before(x.Start) || x.Of == docket.OfRights || x.Of == docket.OfParole {
		return nil, nil
	}
	return c.events[i], x
}

// termSpan: the last day of the term cannot lie behind the sentence from the
// first day of the period, nor before what custody may have used up.
func termSpan(c *course, r *Rule) {
	e, x := c.notice()
	s := c.state.Sentence
	if x == nil || s == nil || s.Months == nil || s.Suspended == nil || *s.Suspended || c.state.Kind != docket.Conviction {
		return
	}
	credit := r.limit("credit")
	switch s.Kind {
	case docket.FixedTerm, docket.Detention:
	case docket.PublicSurveillance:
		credit = r.limit("surveillance_credit")
	default:
		return
	}
	days := 0
	if s.Days != nil {
		days = *s.Days
	}
	whole := x.Start.AddMonths(*s.Months).AddDays(days - 1)
	latest := whole.AddDays(r.limit("tolerance_days"))
	var earliest civil.Date
	if held := c.heldFrom(); !held.IsZero() {
		earliest = whole.AddDays(-credit*max(0, x.Start.Sub(held)) - r.limit("tolerance_days"))
	}
	switch {
	case x.End.After(latest):
		c.span(r, e, x, "≤ "+whole.String())
	case x.End.Before(earliest):
		c.span(r, e, x, "≥ "+earliest.String())
	}
}

// heldFrom is the first day of which custody may be credited: of the first
// custody that was reported, else of the offence; zero where neither is known.
func (c *course) heldFrom() civil.Date {
	for _, e := range c.events {
		if m := part(e).Measure; m != nil && (m.Kind == custody || m.Kind == arrest || m.Kind == surveillance) {
			return from(e, m)
		}
	}
	return c.state.OffenceDate
}

// span reports a printed period beside the judgment that it contradicts.
func (c *course) span(r *Rule, e *docket.Event, x *docket.Execution, expected string) {
	stated := x.Start.String() + " – " + x.End.String()
	f := Finding{
		Rule: r.ID, Agency: idOf(e.Source), Since: e.Data.Date, Field: "execution/end", Expected: expected, Stated: stated,
		Statements: []Statement{say(e, stated)},
	}
	if judged := c.lastJudgment(); judged != nil {
		f.Statements = append(f.Statements, say(judged, spelt(c.state.Sentence)))
	}
	c.report(f)
}

func probationSpan(c *course, r *Rule) {
	e, x := c.notice()
	s := c.state.Sentence
	if x == nil || s == nil || !is(s.Suspended) || s.ProbationMonths == nil || c.state.Kind != docket.Conviction {
		return
	}
	want := x.Start.AddMonths(*s.ProbationMonths)
	if off := x.End.Sub(want); max(off, -off) > r.limit("tolerance_days") {
		c.span(r, e, x, want.String())
	}
}
