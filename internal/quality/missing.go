package quality

import (
	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Completeness: each rule says from which act a time runs, when it ends, who
// owes what then is missing, and what would mend it.

// The measures that have a time of their own.
const (
	custody      = "拘留"
	arrest       = "逮捕"
	bail         = "取保候审"
	surveillance = "监视居住"
	approved     = "批准逮捕"
)

// lastMeasure is the measure with which the record ends so far, unless it is
// said to have ended; nil for none.
func (c *course) lastMeasure() (e *docket.Event, m *docket.Measure) {
	i := c.last(docket.MeasureImposed)
	if i < 0 || c.goesOn(i) {
		return nil, nil
	}
	e = c.events[i]
	if m = part(e).Measure; m == nil || !m.To.IsZero() {
		return nil, nil
	}
	return e, m
}

func from(e *docket.Event, m *docket.Measure) civil.Date {
	if m.From.IsZero() {
		return e.Data.Date
	}
	return m.From
}

func custodyFollowUp(c *course, r *Rule) {
	if e, m := c.lastMeasure(); m != nil && m.Kind == custody {
		c.missing(r, idOf(e.Source), from(e, m).AddDays(r.limit("days")), e,
			docket.ArrestDecided, docket.MeasureImposed, docket.CaseReferred, docket.CaseWithdrawn)
	}
}

func arrestReferral(c *course, r *Rule) {
	i := c.last(docket.ArrestDecided, docket.MeasureImposed)
	if i < 0 || c.goesOn(i) {
		return
	}
	e := c.events[i]
	p := part(e)
	since := e.Data.Date
	switch {
	case e.Type == docket.ArrestDecided && p.Decision == approved:
	case p.Measure != nil && p.Measure.Kind == arrest && p.Measure.To.IsZero():
		since = from(e, p.Measure)
	default:
		return
	}
	owes := c.owed(e.Source, agency.Police)
	if filed := c.first(docket.CaseFiled); filed != nil {
		owes = idOf(filed.Source)
	}
	c.missing(r, owes, since.AddMonths(r.limit("months")), e, docket.CaseReferred, docket.CaseWithdrawn, docket.MeasureImposed)
}

func bailFollowUp(c *course, r *Rule) {
	e, m := c.lastMeasure()
	if m == nil {
		return
	}
	months := map[string]int{bail: r.limit("bail_months"), surveillance: r.limit("surveillance_months")}[m.Kind]
	if months > 0 {
		c.missing(r, idOf(e.Source), from(e, m).AddMonths(months), e, docket.CaseReferred, docket.CaseWithdrawn, docket.MeasureImposed)
	}
}

func referralDecision(c *course, r *Rule) {
	i := c.last(docket.CaseReferred)
	if i < 0 || c.goesOn(i, docket.MeasureImposed, docket.ArrestDecided) {
		return
	}
	e := c.events[i]
	c.missing(r, c.owed(e.Source, agency.Procuratorate), e.Data.Date.AddMonths(r.limit("months")).AddDays(r.limit("days")), e,
		docket.ProsecutionFiled, docket.ProsecutionDeclined, docket.CaseWithdrawn)
}

func prosecutionJudgment(c *course, r *Rule) {
	i := c.last(docket.ProsecutionFiled, docket.JudgmentRendered)
	if i < 0 || c.goesOn(i, docket.MeasureImposed) {
		return
	}
	e := c.events[i]
	if e.Type == docket.JudgmentRendered {
		if j := part(e).Judgment; j == nil || j.Outcome != docket.Remanded {
			return
		}
	}
	owes := c.owed(e.Source, agency.Court)
	if first := c.firstInstance(); first != nil {
		owes = idOf(first.Source)
	}
	c.missing(r, owes, e.Data.Date.AddMonths(r.limit("months")), e, docket.JudgmentRendered, docket.ProsecutionDeclined)
}

// firstInstance is the first judgment of first instance; nil where none was
// reported.
func (c *course) firstInstance() *docket.Event {
	for _, e := range c.events {
		if e.Type == docket.JudgmentRendered && part(e).Judgment != nil && part(e).Judgment.Instance == "一审" {
			return e
		}
	}
	return nil
}

func judgmentEffect(c *course, r *Rule) {
	s := &c.state
	if (s.Kind != docket.Conviction && s.Kind != docket.Acquittal) || !s.EffectiveDate.IsZero() || s.JudgmentDate.IsZero() {
		return
	}
	if s.Sentence != nil && s.Sentence.Kind == docket.Death {
		return
	}
	c.missing(r, idOf(s.Decider), s.JudgmentDate.AddMonths(r.limit("months")).AddDays(r.limit("days")), c.lastJudgment(),
		docket.JudgmentEffective, docket.JudgmentRendered)
}

func (c *course) lastJudgment() *docket.Event {
	if i := c.last(docket.JudgmentRendered); i >= 0 {
		return c.events[i]
	}
	return nil
}

// executed are the acts that say that execution has begun.
func executed() []docket.Type {
	return []docket.Type{
		docket.ExecutionStarted, docket.SentenceCommuted, docket.ParoleGranted, docket.ProbationRevoked,
		docket.ProbationCompleted, docket.ExecutionCompleted, docket.PardonGranted,
	}
}

// effectExecution: the court of first instance hands over (刑诉法解释 511),
// also after an appeal.
func effectExecution(c *course, r *Rule) {
	s := &c.state
	if s.Kind != docket.Conviction || s.EffectiveDate.IsZero() || s.Sentence == nil || is(s.Sentence.Exempt) || c.any(executed()...) {
		return
	}
	switch s.Sentence.Kind {
	case docket.PublicSurveillance, docket.Detention, docket.FixedTerm, docket.LifeImprisonment:
	default:
		return
	}
	owes, e := idOf(s.Decider), c.lastJudgment()
	if first := c.firstInstance(); first != nil {
		owes = idOf(first.Source)
	}
	if i := c.last(docket.JudgmentEffective); i >= 0 {
		e = c.events[i]
	}
	c.missing(r, owes, s.EffectiveDate.AddDays(r.limit("days")), e, docket.ExecutionStarted, docket.ExecutionCompleted)
}

// onParole says that the person was paroled and the parole was not revoked.
func (c *course) onParole() bool {
	i := c.last(docket.ParoleGranted, docket.ProbationRevoked)
	return i >= 0 && c.events[i].Type == docket.ParoleGranted
}

// onProbation says that a suspended sentence is under probation.
func (c *course) onProbation() bool {
	s := &c.state
	return s.Sentence != nil && is(s.Sentence.Suspended) && s.Clocks.Revoked == "" && s.Clocks.PrincipalEnd.IsZero()
}

// serving says that the record stands under a sentence whose end is awaited.
func (c *course) serving() bool {
	s := &c.state
	return s.Kind == docket.Conviction && s.Sentence != nil && !s.EffectiveDate.IsZero() && s.Clocks.PrincipalEnd.IsZero()
}

// lastExecution is the last act of execution; nil where none was reported.
func (c *course) lastExecution() *docket.Event {
	if i := c.last(executed()...); i >= 0 {
		return c.events[i]
	}
	return nil
}

func termEnd(c *course, r *Rule) {
	s, e := &c.state, c.lastExecution()
	if e == nil || !c.serving() || c.onProbation() || c.onParole() || s.Sentence.Suspended == nil || s.Clocks.ExpectedEnd.IsZero() {
		return
	}
	c.missing(r, c.owed(e.Source, executor(s)...), s.Clocks.ExpectedEnd.AddDays(r.limit("days")), e,
		docket.ExecutionCompleted, docket.SentenceCommuted, docket.ParoleGranted, docket.PardonGranted)
}

// executor is who serves the sentence where it is served (刑诉法 264, 269).
func executor(s *docket.State) []agency.Kind {
	switch s.Clocks.ExecutionPlace {
	case "监狱":
		return []agency.Kind{agency.Prison}
	case "社区矫正":
		return []agency.Kind{agency.Corrections}
	case "看守所":
		return []agency.Kind{agency.DetentionCentre, agency.Police}
	}
	return []agency.Kind{agency.Prison, agency.DetentionCentre, agency.Corrections, agency.Police}
}

// probationEnd: where nothing of its execution was reported, the probation of a
// suspended sentence runs from the day of effect (刑法 73).
func probationEnd(c *course, r *Rule) {
	s := &c.state
	if !c.serving() || !s.Clocks.ProbationEnd.IsZero() || (!c.onProbation() && !c.onParole()) {
		return
	}
	e, end := c.lastExecution(), s.Clocks.ExpectedEnd
	if e == nil {
		e, end = c.lastJudgment(), civil.Date{}
	}
	if end.IsZero() && c.onProbation() && s.Sentence.ProbationMonths != nil {
		end = s.EffectiveDate.AddMonths(*s.Sentence.ProbationMonths)
	}
	if e != nil {
		c.missing(r, c.owed(e.Source, agency.Corrections), end.AddDays(r.limit("days")), e, docket.ProbationCompleted, docket.ProbationRevoked)
	}
}

func conditionalEnd(c *course, r *Rule) {
	s := &c.state
	i := c.last(docket.ProsecutionDeclined)
	if i < 0 || s.Kind != "" || s.Declined != docket.DeclinedConditional || c.goesOn(i) {
		return
	}
	e, end := c.events[i], s.Clocks.ExpectedEnd
	if end.IsZero() {
		end = e.Data.Date.AddMonths(r.limit("months"))
	}
	c.missing(r, idOf(e.Source), end, e, docket.ProbationCompleted, docket.ProsecutionFiled)
}

// judgmentMissing: a judgment that only confirms one nobody reported is as if
// there were none. A remand has ended the judgment that was there.
func judgmentMissing(c *course, r *Rule) {
	if c.state.Kind != "" || c.state.Declined == docket.DeclinedConditional || c.convicted() {
		return
	}
	e := c.first(append(executed(), docket.JudgmentEffective)...)
	if e == nil {
		if e = c.first(docket.JudgmentRendered); e == nil || part(e).Judgment == nil || part(e).Judgment.Outcome != docket.Upheld {
			return
		}
	}
	c.missing(r, c.owed(e.Source, agency.Court), e.Data.Date.AddDays(r.limit("days")), e, docket.JudgmentRendered)
}

// convicted says that some judgment, standing or not, found the person guilty
// or not.
func (c *course) convicted() bool {
	for _, e := range c.events {
		if e.Type != docket.JudgmentRendered || part(e).Judgment == nil {
			continue
		}
		switch part(e).Judgment.Outcome {
		case docket.Convicted, docket.Acquitted, docket.NotLiable, docket.Terminated:
			return true
		}
	}
	return false
}

func is(b *bool) bool { return b != nil && *b }
