package docket

import (
	"cmp"

	"github.com/fengcun/fengcun/internal/civil"
)

// What an execution event may be about (Execution.Of); "" is the principal
// penalty.
const (
	OfSuspension = "缓刑"
	OfParole     = "假释"
	OfRights     = "剥夺政治权利"
)

func (f *folding) execute(e *Event, x *Execution) {
	if x == nil {
		x = &Execution{}
	}
	on := e.Data.Date
	if x.Of == OfRights { // executed apart, by the police (刑诉法 270)
		if e.Type == ExecutionCompleted {
			f.Clocks.RightsEnd = on
		}
		return
	}
	switch e.Type {
	case ExecutionStarted:
		f.Clocks.ExecutionPlace = cmp.Or(x.Place, f.Clocks.ExecutionPlace)
		f.Clocks.ExpectedEnd = cmp.Or(x.End, f.Clocks.ExpectedEnd)
	case SentenceCommuted:
		f.Clocks.ExpectedEnd = cmp.Or(x.RemainingUntil, x.End, f.Clocks.ExpectedEnd)
	case ParoleGranted:
		f.paroled = on
		f.Clocks.ExpectedEnd = cmp.Or(x.RemainingUntil, x.End, f.Clocks.ExpectedEnd)
	case ProbationRevoked:
		f.revoke(x)
	case ProbationCompleted:
		f.endProbation(e, x)
	case ExecutionCompleted:
		f.Clocks.PrincipalEnd, f.Clocks.Revoked = on, ""
	default:
	}
}

// revoke starts the clock of the principal penalty anew: what was suspended is
// to be served, what was remitted by parole too (刑法 77, 86).
func (f *folding) revoke(x *Execution) {
	f.Clocks.Revoked = x.Of
	f.Clocks.ProbationEnd, f.Clocks.PrincipalEnd = civil.Date{}, civil.Date{}
	f.Clocks.ExpectedEnd = x.End
	f.paroled = civil.Date{}
}

func (f *folding) endProbation(e *Event, x *Execution) {
	on := e.Data.Date
	switch x.Of {
	case OfParole: // 就认为原判刑罚已经执行完毕 (刑法 85)
		f.Clocks.PrincipalEnd = on
	case DeclinedConditional: // 应当作出不起诉的决定 (刑诉法 284)
		f.settle(NonProsecution, e.Source, on)
		f.Declined = DeclinedConditional
	default: // 原判的刑罚就不再执行 (刑法 76)
		f.Clocks.ProbationEnd = on
	}
}

// perform notes payments. The clock stops at full performance, at the latest
// termination (终结执行), or when the payments reach the fine.
func (f *folding) perform(p *Property, on civil.Date) {
	if p == nil || (p.Kind != string(Fine) && p.Kind != string(Confiscation)) {
		return
	}
	if p.Kind == string(Fine) && p.PaidYuan != nil && *p.PaidYuan > 0 {
		f.paid, f.paidOn = f.paid+*p.PaidYuan, on
	}
	switch {
	case is(p.Performed) && !f.property:
		f.Clocks.PropertyEnd, f.property = on, true
	case is(p.Terminated) && !f.property:
		f.Clocks.PropertyEnd = on
	}
}

// complete works the completion date out of the clocks that the sentence
// starts. One that has not ended leaves completion unknown, and so does a
// judgment that is not known to have taken effect: nothing is completed before.
func (f *folding) complete() {
	switch f.Kind {
	case Conviction:
	case Acquittal:
		f.CompletedDate = f.EffectiveDate
		return
	default:
		f.CompletedDate = f.Clocks.PrincipalEnd
		return
	}
	if f.Sentence == nil || f.EffectiveDate.IsZero() {
		return
	}
	ends := f.ends()
	for _, end := range ends {
		if end.IsZero() {
			return
		}
	}
	f.CompletedDate = civil.Max(append(ends, f.EffectiveDate)...)
}

// ends is the ends of all clocks that the sentence started.
func (f *folding) ends() []civil.Date {
	principal := f.principalEnd()
	ends := []civil.Date{principal}
	if f.propertyDue() {
		if f.Clocks.PropertyEnd.IsZero() && f.paid > 0 && f.paid >= fineOf(f.Sentence) {
			f.Clocks.PropertyEnd = f.paidOn
		}
		ends = append(ends, f.Clocks.PropertyEnd)
	}
	if f.rightsDue() {
		if f.Clocks.RightsEnd.IsZero() {
			f.Clocks.RightsEnd = f.rightsEnd(principal)
		}
		ends = append(ends, f.Clocks.RightsEnd)
	}
	return ends
}

// principalEnd is when the principal penalty, or the suspension in its place,
// was over. Where there is none the day of effect stands for it.
func (f *folding) principalEnd() civil.Date {
	served := f.Clocks.PrincipalEnd
	switch kind := f.Sentence.Kind; {
	case kind == "":
		return served
	case is(f.Sentence.Exempt), kind == ExemptFromPunishment, kind == Fine, kind == Confiscation, kind == DeprivationOfRights:
		return f.EffectiveDate
	case f.suspended() && f.Clocks.Revoked == "" && served.IsZero():
		return f.Clocks.ProbationEnd
	}
	return served
}

// suspended holds also where the judgment's report leaves it open and
// community corrections have reported the end of the probation.
func (f *folding) suspended() bool {
	if f.Sentence.Suspended == nil {
		return !f.Clocks.ProbationEnd.IsZero()
	}
	return *f.Sentence.Suspended
}

func (f *folding) propertyDue() bool {
	return fineOf(f.Sentence) > 0 || f.Sentence.Kind == Fine || f.Sentence.Kind == Confiscation
}

func (f *folding) rightsDue() bool {
	m := f.Sentence.RightsMonths
	return f.Sentence.Kind == DeprivationOfRights || (m != nil && *m != 0)
}

// rightsEnd is the end of 剥夺政治权利: beside 管制 together with it (刑法 55);
// otherwise counted from the end of imprisonment or from the parole (刑法 58),
// imposed alone from the day of effect. For life, or with no term known, never.
func (f *folding) rightsEnd(principal civil.Date) civil.Date {
	m := cmp.Or(f.Sentence.RightsMonths, f.Sentence.Months)
	switch {
	case f.Sentence.Kind == PublicSurveillance:
		return principal
	case m == nil || *m <= 0:
		return civil.Date{}
	case f.Sentence.Kind == DeprivationOfRights:
		return f.EffectiveDate.AddMonths(*m)
	}
	return cmp.Or(f.paroled, principal).AddMonths(*m)
}
