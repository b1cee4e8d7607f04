package province

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

func sprintCourt(year int, code, kind string, no int) string {
	return fmt.Sprintf("（%d）%s%s%d号", year, code, kind, no)
}

// execute tells the serving of every sentence of the case.
func (t *teller) execute(effective civil.Date) {
	for _, d := range t.live() {
		d.end.effective, d.end.sentence = effective, d.verdict.sentence
		if d.verdict.crimes == nil {
			d.end.kind, d.end.free = docket.Acquittal, effective
			continue
		}
		d.end.kind = docket.Conviction
		switch s := d.verdict.sentence; {
		case s.Kind.Gravity() <= fn.Gravity():
			d.end.free = effective
		case is(s.Suspended):
			t.probation(d, effective)
		case s.Kind == ps:
			t.supervise(d, effective)
		case s.Kind == dt || s.Kind == ft:
			t.imprison(d, effective)
		default: // life, death
			t.start(d, t.prison(d), effective, "监狱", civil.Date{})
		}
		t.pay(d, effective)
	}
}

func (t *teller) prison(d *defendant) string {
	if d.identity.Sex == "女" {
		return prisonWomenID
	}
	return prisonMenID
}

func (t *teller) start(d *defendant, by string, from civil.Date, place string, end civil.Date) {
	t.one(by, docket.ExecutionStarted, from.AddDays(between(t.rng, 0, 9)), d, &docket.Execution{Place: place, Start: from, End: end})
}

// one reports an act of execution about one person.
func (t *teller) one(by string, typ docket.Type, day civil.Date, d *defendant, x *docket.Execution) {
	t.report(by, typ, day, docket.Number{}, []docket.Part{{Identity: d.brief(), Execution: x}})
}

// probation tells a suspended sentence: it ends cleanly (刑法 76), or it is
// revoked, for a breach or for a new crime (刑法 77).
func (t *teller) probation(d *defendant, effective civil.Date) {
	end := effective.AddMonths(*d.verdict.sentence.ProbationMonths)
	d.end.free, d.end.probation = effective, end
	t.start(d, t.county.corrections(), effective, "社区矫正", end)
	breach := chance(t.rng, 2) && end.Sub(effective) > 70
	on := effective.AddDays(between(t.rng, 30, 60))
	if r := t.pl.revoked[d.index]; !r.on.IsZero() {
		t.one(t.county.courtID(), docket.ProbationRevoked, r.on, d, &docket.Execution{Of: "缓刑", Ground: r.ground})
		return
	}
	if !breach {
		t.one(t.county.corrections(), docket.ProbationCompleted, end, d, &docket.Execution{Of: "缓刑", Place: "社区矫正"})
		return
	}
	until := on.AddMonths(*d.verdict.sentence.Months).AddDays(-1)
	t.one(t.county.courtID(), docket.ProbationRevoked, on, d, &docket.Execution{Of: "缓刑", Ground: "违反监督管理规定", Start: on, End: until})
	t.served(d, on, until)
	d.end.probation = civil.Date{}
}

// supervise tells 管制: two days for each day in custody (刑法 41).
func (t *teller) supervise(d *defendant, effective civil.Date) {
	end := effective.AddMonths(*d.verdict.sentence.Months).AddDays(-1)
	if !d.custody.IsZero() {
		end = civil.Max(effective, end.AddDays(-2*effective.Sub(d.custody)))
	}
	d.end.free = effective
	t.start(d, t.county.corrections(), effective, "社区矫正", end)
	t.one(t.county.corrections(), docket.ExecutionCompleted, end, d, &docket.Execution{Place: "社区矫正"})
}

// imprison tells 拘役 and 有期徒刑; custody counts day by day (刑法 44, 47).
func (t *teller) imprison(d *defendant, effective civil.Date) {
	from := effective
	if !d.custody.IsZero() {
		from = d.custody
	}
	until := from.AddMonths(*d.verdict.sentence.Months).AddDays(-1)
	t.served(d, effective, civil.Max(until, effective))
}

// served tells the time from the day of delivery to the end of the term, with
// commutation and parole for long terms.
func (t *teller) served(d *defendant, from, until civil.Date) {
	place, by := "监狱", t.prison(d)
	if d.verdict.sentence.Kind == dt || until.Before(from.AddMonths(3)) { // 刑诉法 264
		place, by = "看守所", t.county.detention()
	}
	if until.After(from) {
		t.start(d, by, from, place, until)
	}
	if until.Sub(from) > 900 {
		until = t.commute(d, from, until)
		if t.parole(d, from, until) {
			return
		}
	}
	if t.pardon(d, from, until) {
		return
	}
	t.one(by, docket.ExecutionCompleted, until, d, &docket.Execution{Place: place})
	d.end.free = until
	if d.verdict.sentence.Kind == ft {
		d.end.completed = until
	}
}

// commute shortens a long term by some months (刑法 78); never below one half.
func (t *teller) commute(d *defendant, from, until civil.Date) civil.Date {
	if !chance(t.rng, 55) || is(d.verdict.flags.Recidivist) {
		return until
	}
	on := from.AddDays(until.Sub(from) * between(t.rng, 50, 60) / 100)
	until = until.AddMonths(-between(t.rng, 3, 7))
	number := docket.Number{Kind: "案号", No: sprintCourt(on.Year(), cityCourt, "刑更", t.pl.index*10+d.index)}
	t.report(cityCourtID, docket.SentenceCommuted, on, number, []docket.Part{
		{Identity: d.brief(), Execution: &docket.Execution{Place: "监狱", RemainingUntil: until}},
	})
	return until
}

// parole tells 假释 after more than half of the term (刑法 81), not for 累犯.
func (t *teller) parole(d *defendant, from, until civil.Date) bool {
	if is(d.verdict.flags.Recidivist) || !chance(t.rng, 8) {
		return false
	}
	on := from.AddDays(until.Sub(from) * between(t.rng, 68, 80) / 100)
	number := docket.Number{Kind: "案号", No: sprintCourt(on.Year(), cityCourt, "刑更", t.pl.index*10+5+d.index)}
	t.report(cityCourtID, docket.ParoleGranted, on, number, []docket.Part{
		{Identity: d.brief(), Execution: &docket.Execution{Place: "社区矫正", Start: on, RemainingUntil: until}},
	})
	t.one(t.county.corrections(), docket.ProbationCompleted, until, d, &docket.Execution{Of: "假释", Place: "社区矫正"})
	d.end.free, d.end.completed = until, until
	return true
}

// pardonDay is the province's amnesty.
var pardonDay = civil.MustParse("2019-07-01")

func (t *teller) pardon(d *defendant, from, until civil.Date) bool {
	if !from.Before(pardonDay) || !until.After(pardonDay) || !chance(t.rng, 3) {
		return false
	}
	t.report(cityCourtID, docket.PardonGranted, pardonDay, docket.Number{Kind: "案号", No: sprintCourt(2019, cityCourt, "刑他", t.pl.index)},
		[]docket.Part{{Identity: d.brief(), Reason: "特赦令"}})
	d.end.free = pardonDay
	if d.verdict.sentence.Kind == ft {
		d.end.completed = pardonDay
	}
	return true
}

// pay tells the fine and the civil compensation: most are paid, many not.
func (t *teller) pay(d *defendant, effective civil.Date) {
	o := t.offence()
	if f := d.verdict.sentence.FineYuan; f != nil && *f > 0 {
		switch paid := chance(t.rng, max(25, o.pays)); {
		case paid:
			day := effective.AddDays(between(t.rng, -8, 60))
			t.property(d, civil.Max(day, effective), &docket.Property{Kind: "罚金", PaidYuan: f, Performed: ptr(true)})
		case chance(t.rng, 30):
			t.property(d, effective.AddDays(between(t.rng, 200, 500)), &docket.Property{Kind: "罚金", PaidYuan: ptr(*f / 4), Performed: ptr(false), Terminated: ptr(chance(t.rng, 40))})
		}
	}
	if o.victims && is(d.verdict.flags.CompensationPaid) && chance(t.rng, 40) {
		t.property(d, effective.AddDays(between(t.rng, 0, 40)), &docket.Property{
			Kind: "附带民事赔偿", PaidYuan: ptr(int64(1000 * between(t.rng, 3, 90))), Performed: ptr(true),
		})
	}
}

func (t *teller) property(d *defendant, day civil.Date, p *docket.Property) {
	t.report(t.county.courtID(), docket.PropertyPerformed, day, docket.Number{}, []docket.Part{{Identity: d.brief(), Property: p}})
}

// publicOrder tells a decision under the Public Security Administration
// Punishments Law.
func (t *teller) publicOrder() {
	day := t.pl.offence.AddDays(t.rng.IntN(12))
	act := pick(t.rng, []string{"殴打他人", "盗窃", "赌博", "吸毒", "寻衅滋事", "偷开机动车", "阻碍执行职务", "故意损毁财物"})
	order := &docket.Order{Acts: []string{act}}
	d := t.parts[0]
	switch n := t.rng.IntN(10); {
	case n == 0:
		order.Penalties, order.Performed = []string{"警告"}, day
	case n < 4:
		order.Penalties, order.FineYuan, order.Performed = []string{"罚款"}, ptr(int64(100*between(t.rng, 2, 5))), day.AddDays(t.rng.IntN(15))
	default:
		days := pick(t.rng, []int{3, 5, 7, 10, 12, 15})
		order.Penalties, order.Days, order.Performed = []string{"行政拘留"}, &days, day.AddDays(days)
	}
	number := t.number("决定书号", "%s公(治)行罚决字〔%d〕%04d号", day.Year())
	t.report(t.county.police(), docket.PublicOrderDecided, day, number, []docket.Part{{Identity: d.identity, Order: order}})
	d.end.kind, d.end.effective, d.end.free = docket.PublicOrder, day, civil.Max(day, order.Performed)
	d.out = true
}
