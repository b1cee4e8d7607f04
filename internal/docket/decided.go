package docket

import (
	"cmp"
	"slices"

	"github.com/fengcun/fengcun/internal/civil"
)

const (
	firstInstance  = "一审"
	secondInstance = "二审"
	retrial        = "再审"
)

func (f *folding) suspect(crimes []Crime) {
	if len(crimes) > 0 {
		f.Suspected = crimes
	}
	f.offence(crimes)
}

// offence keeps the latest day of the acts: age and the five years of 刑法 65
// are tested on it.
func (f *folding) offence(crimes []Crime) {
	var latest civil.Date
	for _, c := range crimes {
		latest = civil.Max(latest, c.OffenceDate)
	}
	if !latest.IsZero() {
		f.OffenceDate = latest
	}
}

// reopen takes back an end without a judgment when the case goes on.
func (f *folding) reopen(ended Kind) {
	if f.Kind != ended {
		return
	}
	f.Decider, f.Declined = "", ""
	f.unsettle()
}

// unsettle puts the record back under way. What was paid stays paid.
func (f *folding) unsettle() {
	f.Kind, f.property, f.paroled = "", false, civil.Date{}
	f.JudgmentDate, f.EffectiveDate, f.Clocks = civil.Date{}, civil.Date{}, Clocks{}
}

// charge opens the way to court, also after a decision not to prosecute that
// was taken back (刑诉法 179, 180, 284).
func (f *folding) charge(crimes []Crime) {
	f.reopen(NonProsecution)
	f.reopen(Withdrawn)
	f.Declined = ""
	f.Charged = crimes
	f.offence(crimes)
}

// settle ends the case without a judgment. The decision takes effect when made.
func (f *folding) settle(k Kind, by string, on civil.Date) {
	f.Kind, f.Decider = k, by
	f.JudgmentDate, f.EffectiveDate = on, on
	f.Clocks.PrincipalEnd = on
}

// decline ends the case, but for 附条件不起诉: there it stays open until the
// probation ends cleanly (刑诉法 283, 284).
func (f *folding) decline(p *Part, e *Event) {
	f.Declined = p.Decision
	if p.Decision != DeclinedConditional {
		f.settle(NonProsecution, e.Source, e.Data.Date)
		return
	}
	f.reopen(NonProsecution)
	f.Declined, f.Decider = p.Decision, e.Source
	if p.Execution != nil {
		f.Clocks.ExpectedEnd = p.Execution.End
	}
}

func (f *folding) judge(j *Judgment, by string, on civil.Date) {
	if j == nil {
		return
	}
	before := f.Instance
	f.Instance = j.Instance
	switch j.Outcome {
	case Upheld:
		f.uphold(j, by, on)
	case Remanded:
		f.Crimes, f.Sentence, f.Flags = nil, nil, Flags{}
		f.unsettle()
	case Acquitted, NotLiable, Terminated:
		f.Kind, f.Crimes, f.Sentence, f.Flags = Acquittal, j.Crimes, nil, Flags{}
		f.pronounce(j, by, on, before)
	case Convicted:
		f.convict(j)
		f.pronounce(j, by, on, before)
	}
}

// uphold confirms the judgment before it. On appeal that makes it final
// (刑诉法 244); a retrial that confirms leaves the old date of effect.
func (f *folding) uphold(j *Judgment, by string, on civil.Date) {
	if len(f.Crimes) == 0 && len(j.Crimes) > 0 { // the first judgment was never reported
		f.convict(j)
		f.JudgmentDate, f.Decider = on, by
	}
	if j.Instance != retrial {
		f.EffectiveDate = cmp.Or(j.Effective, on)
	}
}

// convict takes over the findings; what a later judgment does not repeat of an
// earlier one stays known.
func (f *folding) convict(j *Judgment) {
	if old := f.Sentence; old != nil && j.Sentence != nil && fineOf(j.Sentence) > fineOf(old) {
		f.Clocks.PropertyEnd, f.property = civil.Date{}, false // what was performed was less
	}
	f.Kind = Conviction
	f.Crimes = filled(filled(j.Crimes, f.Crimes), f.Charged)
	f.Sentence = j.Sentence
	f.Flags = f.Flags.with(j.Flags)
	f.offence(f.Crimes)
}

// pronounce dates a judgment. That of first instance takes effect only when
// the time to appeal has passed (刑诉法 230, 259), which is reported or stated;
// that of second instance at once; that of a retrial as that of the instance
// whose procedure it follows (刑诉法 256).
func (f *folding) pronounce(j *Judgment, by string, on civil.Date, before string) {
	f.Decider = by
	f.JudgmentDate, f.EffectiveDate = on, j.Effective
	final := j.Instance == secondInstance || (j.Instance == retrial && before == secondInstance)
	if f.EffectiveDate.IsZero() && final {
		f.EffectiveDate = on
	}
}

func (f *folding) order(o *Order, e *Event) {
	f.settle(PublicOrder, e.Source, e.Data.Date)
	f.Order = o
	f.Clocks.PrincipalEnd = civil.Date{}
	if o != nil {
		f.Clocks.PrincipalEnd = o.Performed
	}
}

func fineOf(s *Sentence) int64 {
	if s.FineYuan == nil {
		return 0
	}
	return *s.FineYuan
}

// filled completes crimes by what an earlier document says of the same ones.
func filled(crimes, earlier []Crime) []Crime {
	out := slices.Clone(crimes)
	for i := range out {
		at := slices.IndexFunc(earlier, func(c Crime) bool { return c.Name == out[i].Name })
		if at < 0 {
			continue
		}
		c := earlier[at]
		out[i].MensRea = cmp.Or(out[i].MensRea, c.MensRea)
		out[i].OffenceDate = cmp.Or(out[i].OffenceDate, c.OffenceDate)
		out[i].VictimMinor = cmp.Or(out[i].VictimMinor, c.VictimMinor)
		out[i].ByOfficial = cmp.Or(out[i].ByOfficial, c.ByOfficial)
	}
	return out
}

// with takes over what later findings say and keeps what they leave out.
func (f Flags) with(later Flags) Flags {
	return Flags{
		Recidivist:       cmp.Or(later.Recidivist, f.Recidivist),
		DrugRecidivist:   cmp.Or(later.DrugRecidivist, f.DrugRecidivist),
		PleadsGuilty:     cmp.Or(later.PleadsGuilty, f.PleadsGuilty),
		VictimForgives:   cmp.Or(later.VictimForgives, f.VictimForgives),
		CompensationPaid: cmp.Or(later.CompensationPaid, f.CompensationPaid),
		Surrender:        cmp.Or(later.Surrender, f.Surrender),
		Applied:          cmp.Or(later.Applied, f.Applied),
	}
}
