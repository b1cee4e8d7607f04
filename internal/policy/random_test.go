package policy

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// chooser makes random dossiers. choose gives a number from 0 to n-1: from a
// seeded source for bulk, from rapid where failures shall shrink.
type chooser struct {
	choose func(n int) int
	full   bool // nothing is unknown
}

func seeded(seed uint64) chooser {
	r := rand.New(rand.NewPCG(seed, 1))
	return chooser{choose: r.IntN}
}

func drawn(t *rapid.T, full bool) chooser {
	return chooser{full: full, choose: func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }}
}

func pick[T any](c chooser, from ...T) T { return from[c.choose(len(from))] }

// pickKnown leaves the last value, the unknown one, out of a full dossier.
func pickKnown[T any](c chooser, from ...T) T {
	if c.full {
		from = from[:len(from)-1]
	}
	return pick(c, from...)
}

// maybe is a pointer to one of the values, or nil: unknown.
func maybe[T any](c chooser, from ...T) *T {
	if !c.full && c.choose(5) == 0 {
		return nil
	}
	v := pick(c, from...)
	return &v
}

func (c chooser) date(first, last string) civil.Date {
	if !c.full && c.choose(8) == 0 {
		return civil.Date{}
	}
	a, b := civil.MustParse(first), civil.MustParse(last)
	return a.AddDays(c.choose(b.Sub(a) + 1))
}

func (c chooser) dossier() *Dossier {
	d := &Dossier{
		ID: "d", On: civil.MustParse("2026-11-23").AddDays(c.choose(800) - 400),
		Person: Person{Birth: c.date("1990-01-01", "2010-01-01"), Sex: pickKnown(c, "男", "女", "")},
	}
	n := 1 + c.choose(4)
	for i := range n {
		d.Records = append(d.Records, c.record(fmt.Sprintf("r%d", i+1)))
	}
	if c.choose(4) == 0 {
		d.Labels = map[string]any{"retrial_raised": c.choose(2) == 0, "terrorism": c.choose(2) == 0, "main_offence_under_age.r1": c.choose(2) == 0}
	}
	return d
}

func (c chooser) record(id string) Record {
	r := Record{
		ID: id,
		Kind: pickKnown(c, docket.Conviction, docket.Conviction, docket.Conviction, docket.Conviction,
			docket.NonProsecution, docket.Withdrawn, docket.Acquittal, docket.PublicOrder, ""),
		Status:        pick(c, "", docket.Open, docket.Pending, docket.Sealed, docket.Unsealed),
		OffenceDate:   c.date("2018-01-01", "2026-06-01"),
		JudgmentDate:  c.date("2018-06-01", "2026-12-01"),
		EffectiveDate: c.date("2018-06-01", "2026-12-01"),
		CompletedDate: c.date("2019-01-01", "2027-12-01"),
		Flags: docket.Flags{
			Recidivist: maybe(c, true, false, false, false), DrugRecidivist: maybe(c, true, false),
			PleadsGuilty: maybe(c, true, false), VictimForgives: maybe(c, true, false),
			CompensationPaid: maybe(c, true, false), Applied: maybe(c, true, false),
		},
	}
	if c.full || c.choose(6) > 0 {
		s := c.sentence()
		r.Sentence = &s
	}
	if c.full || c.choose(8) > 0 {
		r.Crimes = []docket.Crime{}
		for range c.crimes() {
			r.Crimes = append(r.Crimes, c.crime())
		}
	}
	return r
}

// crimes is how many a record has; a full one has at least one.
func (c chooser) crimes() int {
	if c.full {
		return 1 + c.choose(2)
	}
	return c.choose(3)
}

func (c chooser) sentence() docket.Sentence {
	return docket.Sentence{
		Kind:   pickKnown(c, docket.FixedTerm, docket.FixedTerm, docket.FixedTerm, docket.Detention, docket.PublicSurveillance, docket.Fine, docket.ExemptFromPunishment, docket.LifeImprisonment, ""),
		Months: maybe(c, 6, 12, 12, 13, 24, 36, 37, 60, 61), Days: maybe(c, 0, 0, 0, 1),
		Suspended: maybe(c, true, false), ProbationMonths: maybe(c, 12, 24, 60), Exempt: nil,
	}
}

func (c chooser) crime() docket.Crime {
	return docket.Crime{
		Name: pickKnown(c, "盗窃罪", "危险驾驶罪", "危险驾驶", "交通肇事罪", "贩卖毒品罪", "受贿罪", "行贿罪", "介绍卖淫罪",
			"编造、故意传播虚假恐怖信息罪", "非法拘禁罪", "走私罪", "不存在的罪", ""),
		MensRea:     pickKnown(c, docket.Intent, docket.Negligence, ""),
		OffenceDate: pick(c, civil.Date{}, civil.Date{}, c.date("2018-01-01", "2026-06-01")),
		VictimMinor: maybe(c, true, false), ByOfficial: maybe(c, true, false),
	}
}
