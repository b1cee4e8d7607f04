package province

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// crime is the charge as every stage names it.
func (t *teller) crime() docket.Crime {
	o := t.offence()
	return docket.Crime{Name: o.name, MensRea: o.mens, OffenceDate: t.pl.offence}
}

// prosecute tells a criminal case from its filing to its end.
func (t *teller) prosecute() {
	filed := t.file()
	referred, ended := t.investigate(filed)
	if ended {
		return
	}
	charged := t.review(referred)
	if len(t.live()) == 0 {
		return
	}
	t.trial(charged)
}

func (t *teller) file() civil.Date {
	o := t.offence()
	filed := t.pl.offence.AddDays(t.rng.IntN(4))
	if o.name != "危险驾驶罪" && o.name != "交通肇事罪" {
		filed = t.pl.offence.AddDays(int(t.rng.ExpFloat64() * 25))
	}
	parts := make([]docket.Part, len(t.parts))
	for i, d := range t.parts {
		parts[i] = docket.Part{Identity: d.identity, Suspected: []docket.Crime{t.crime()}}
	}
	t.report(t.county.police(), docket.CaseFiled, filed, docket.Number{}, parts)
	return filed
}

// investigate tells the measures and the referral; ended when the case was
// withdrawn.
func (t *teller) investigate(filed civil.Date) (referred civil.Date, ended bool) {
	measured := filed.AddDays(t.rng.IntN(3))
	for _, d := range t.parts {
		if bail := t.offence().bail; !chance(t.rng, bail) {
			d.custody = measured
		}
	}
	t.measures(measured)
	days := between(t.rng, 12, 50)
	if t.offence().name != "危险驾驶罪" {
		days = between(t.rng, 35, 150)
	}
	referred = measured.AddDays(days)
	if chance(t.rng, 2) {
		t.report(t.county.police(), docket.CaseWithdrawn, referred, docket.Number{}, each(t.parts, func(_ *defendant, p *docket.Part) {
			p.Reason = "犯罪情节显著轻微，不认为是犯罪"
		}))
		for _, d := range t.parts {
			d.out, d.end.kind, d.end.effective, d.end.free = true, docket.Withdrawn, referred, referred
		}
		return referred, true
	}
	t.report(t.county.police(), docket.CaseReferred, referred, t.number("移送文书号", "%s公(刑)诉字〔%d〕%04d号", referred.Year()),
		each(t.parts, func(_ *defendant, p *docket.Part) { p.Suspected = []docket.Crime{t.crime()} }))
	return referred, false
}

// measures reports custody always and bail half of the time, and the
// procuratorate's decision on arrest.
func (t *teller) measures(day civil.Date) {
	var held []*defendant
	for _, d := range t.parts {
		if !d.custody.IsZero() {
			held = append(held, d)
		}
	}
	kind, whom := "拘留", held
	if len(held) == 0 {
		if chance(t.rng, 70) {
			return
		}
		kind, whom = "取保候审", t.parts
	}
	t.report(t.county.police(), docket.MeasureImposed, day, docket.Number{}, each(whom, func(_ *defendant, p *docket.Part) {
		p.Measure = &docket.Measure{Kind: kind, From: day}
	}))
	if len(held) == 0 {
		return
	}
	approved := day.AddDays(between(t.rng, 7, 14))
	refused := chance(t.rng, 14)
	t.report(t.county.procuratorate(), docket.ArrestDecided, approved, t.number("检察文书号", "%s检刑捕〔%d〕%d号", approved.Year()),
		each(held, func(d *defendant, p *docket.Part) {
			if p.Decision = "批准逮捕"; refused {
				p.Decision, p.Reason, d.custody = "不批准逮捕", "无社会危险性", civil.Date{}
			}
		}))
}

// review tells the procuratorate's decision for each defendant.
func (t *teller) review(referred civil.Date) civil.Date {
	day := referred.AddDays(between(t.rng, 8, 40))
	var charged []*defendant
	for _, d := range t.parts {
		if chance(t.rng, t.offence().decline) || (d.stands.minor && chance(t.rng, 30)) {
			t.decline(d, day)
		}
		if !d.out {
			charged = append(charged, d)
		}
	}
	if len(charged) > 0 {
		t.report(t.county.procuratorate(), docket.ProsecutionFiled, day, t.number("检察文书号", "%s检刑诉〔%d〕%d号", day.Year()),
			each(charged, func(_ *defendant, p *docket.Part) { p.Charged = []docket.Crime{t.crime()} }))
	}
	return day
}

// decline tells a decision not to prosecute. 附条件不起诉 is for minors alone
// (刑诉法 282): the case ends when the probation does.
func (t *teller) decline(d *defendant, day civil.Date) {
	kinds := []string{docket.DeclinedDiscretionary, docket.DeclinedEvidence, docket.DeclinedByLaw}
	part := docket.Part{Identity: d.brief(), Reason: "犯罪情节轻微，不需要判处刑罚"}
	part.Decision = kinds[weighted(t.rng, 3, func(i int) int { return []int{78, 17, 5}[i] })]
	switch part.Decision {
	case docket.DeclinedEvidence:
		part.Reason = "事实不清、证据不足，不符合起诉条件"
	case docket.DeclinedByLaw:
		part.Reason = "没有犯罪事实，或者依法不追究刑事责任"
	}
	ends := day
	if d.stands.minor && t.minorsMayWait() && chance(t.rng, 75) {
		part.Decision, part.Reason = docket.DeclinedConditional, "有悔罪表现，可能判处一年有期徒刑以下刑罚"
		ends = day.AddMonths(between(t.rng, 6, 12))
		part.Execution = &docket.Execution{Of: docket.DeclinedConditional, Start: day, End: ends}
	}
	number := t.number("检察文书号", "%s检刑不诉〔%d〕%d号", day.Year())
	number.No = number.No[:len(number.No)-len("号")] + "之" + string([]rune("一二三四五")[d.index]) + "号"
	t.report(t.county.procuratorate(), docket.ProsecutionDeclined, day, number, []docket.Part{part})
	if ends != day {
		t.report(t.county.procuratorate(), docket.ProbationCompleted, ends, docket.Number{}, []docket.Part{
			{Identity: d.brief(), Execution: &docket.Execution{Of: docket.DeclinedConditional}},
		})
	}
	d.out = true
	d.end.kind, d.end.effective, d.end.free = docket.NonProsecution, ends, ends
}

// minorsMayWait: chapters four, five and six of the special part (刑诉法 282).
func (t *teller) minorsMayWait() bool {
	switch t.offence().name {
	case "强奸罪", "抢劫罪":
		return false
	}
	return true
}

// trial tells first instance and, for one case in ten, the second.
func (t *teller) trial(charged civil.Date) {
	day := charged.AddDays(between(t.rng, 12, 75))
	t.decide(t.drawSecond())
	procedure := []string{"速裁", "简易", "普通"}[weighted(t.rng, 3, func(i int) int { return []int{30, 40, 30}[i] })]
	if len(t.live()) > 1 {
		procedure = "普通"
	}
	first := t.courtNumber(t.county.court, "刑初", charged.Year())
	t.judge(t.county.courtID(), day, first, "一审", procedure)
	if chance(t.rng, 10) {
		t.appeal(day)
		return
	}
	effective := day.AddDays(between(t.rng, 11, 16))
	if t.acquitted() {
		effective = day.AddDays(between(t.rng, 11, 14))
	}
	t.report(t.county.courtID(), docket.JudgmentEffective, effective, docket.Number{}, each(t.live(), nil))
	t.execute(effective)
}

// acquittalRate is per 10,000 persons (a little above the reported 4 to 6, so
// that the demonstration has some).
const acquittalRate = 10

func (t *teller) drawSecond() *offence {
	if t.offence().name == "危险驾驶罪" || t.offence().mens == docket.Negligence || !chance(t.rng, 5) {
		return nil
	}
	for {
		o := &t.p.crimes[t.p.drawCrime(t.rng)]
		if o.name != t.offence().name && o.mens == docket.Intent && o.weight >= 40 {
			return o
		}
	}
}

func (t *teller) decide(second *offence) {
	for _, d := range t.live() {
		d.verdict = try(t.rng, t.offence(), second, t.crime(), d.stands)
		for mixed(d.verdict) || apart(d) {
			d.verdict = try(t.rng, t.offence(), second, t.crime(), d.stands)
		}
		if t.rng.IntN(10000) < acquittalRate {
			d.verdict = verdict{}
		}
	}
}

// mixed marks 管制 beside another principal penalty: both are executed (刑法
// 69), which one sentence cannot say; the province has no such case.
func mixed(v verdict) bool {
	return len(v.crimes) == 2 && (v.crimes[0].Sentence.Kind == ps) != (v.crimes[1].Sentence.Kind == ps)
}

// apart marks 管制 that would join a suspended sentence now revoked: it would
// have to be executed after it, which one sentence cannot say either.
func apart(d *defendant) bool {
	return d.stands.suspended != nil && d.verdict.crimes[0].Sentence.Kind == ps
}

func (t *teller) acquitted() bool {
	for _, d := range t.live() {
		if d.verdict.crimes != nil {
			return false
		}
	}
	return true
}

func (t *teller) judge(court string, day civil.Date, number docket.Number, instance, procedure string) {
	t.report(court, docket.JudgmentRendered, day, number, each(t.live(), func(d *defendant, p *docket.Part) {
		p.Identity = d.identity
		p.Judgment = &docket.Judgment{Instance: instance, Procedure: procedure, Outcome: docket.Acquitted}
		if d.verdict.crimes != nil {
			sentence := d.verdict.sentence
			p.Judgment.Outcome, p.Judgment.Crimes = docket.Convicted, d.verdict.crimes
			p.Judgment.Sentence, p.Judgment.Flags = &sentence, d.verdict.flags
		}
	}))
}

// appeal tells the second instance (刑诉法 236): most judgments stand, some
// are changed to the better, a few cases go back.
func (t *teller) appeal(first civil.Date) {
	day := first.AddDays(between(t.rng, 40, 95))
	number := docket.Number{Kind: "案号", No: sprintCourt(day.Year(), cityCourt, "刑终", t.pl.index)}
	switch n := t.rng.IntN(100); {
	case n < 80:
		t.ruling(day, number, docket.Upheld)
	case n < 95:
		t.mitigate()
		t.judge(cityCourtID, day, number, "二审", "")
	default:
		t.ruling(day, number, docket.Remanded)
		again := day.AddDays(between(t.rng, 40, 90))
		t.judge(t.county.courtID(), again, docket.Number{Kind: "案号", No: sprintCourt(day.Year(), t.county.court, "刑初", 60000+t.pl.serial)}, "一审", "普通")
		day = again.AddDays(between(t.rng, 11, 16))
		t.report(t.county.courtID(), docket.JudgmentEffective, day, docket.Number{}, each(t.live(), nil))
	}
	t.execute(day)
}

func (t *teller) ruling(day civil.Date, number docket.Number, outcome string) {
	t.report(cityCourtID, docket.JudgmentRendered, day, number, each(t.live(), func(_ *defendant, p *docket.Part) {
		p.Judgment = &docket.Judgment{Instance: "二审", Outcome: outcome}
	}))
}

// mitigate lowers the terms that can be lowered within the kind. The single
// terms go down with the combined one.
func (t *teller) mitigate() {
	for _, d := range t.live() {
		s := &d.verdict.sentence
		if d.verdict.crimes == nil || len(d.verdict.crimes) > 1 || s.Kind != ft || *s.Months < 14 || is(s.Suspended) {
			continue
		}
		least := t.leastOf(*s.Months)
		s.Months = ptr(max(least, *s.Months-between(t.rng, 1, 6)))
		crimes := append([]docket.Crime(nil), d.verdict.crimes...)
		sentence := *crimes[0].Sentence
		sentence.Months = s.Months
		crimes[0].Sentence = &sentence
		d.verdict.crimes = crimes
	}
}

// leastOf is the lower end of the band a term lies in: a change stays inside.
func (t *teller) leastOf(months int) int {
	for _, b := range t.offence().bands {
		if b.kind == ft && months >= b.from && months <= b.to {
			return b.from
		}
	}
	return months
}

func is(b *bool) bool { return b != nil && *b }
