package province

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Cast is the people of the guided tour. Their names, numbers and stories are
// the same in every province, dated back from its last day.
type Cast struct {
	DrunkDriver   docket.Identity // 危险驾驶, suspended, probation over, fine paid: to be sealed
	OnProbation   docket.Identity // 盗窃, suspended, still on probation
	Reoffender    docket.Identity // 故意伤害 long ago, 盗窃 now, in custody
	Minor         docket.Identity // 盗窃 at sixteen: sealed under 刑诉法 286
	PublicOrder   docket.Identity // 殴打他人: sealed under 治安管理处罚法 136
	NoRecord      docket.Identity // never in any case
	LesserPartner docket.Identity // two defendants in one case: this one's record is light,
	GraverPartner docket.Identity // this one's is not
	Relapsing     docket.Identity // 危险驾驶 like DrunkDriver; the live stream brings a new offence
}

// member is a person of the cast; sequence numbers below 200 are theirs.
func member(name, sex, birth, sequence, address string) docket.Identity {
	day := civil.MustParse(birth)
	y, m, d := day.YMD()
	digits := "990101" + pad(y, 4) + pad(int(m), 2) + pad(d, 2) + sequence
	return docket.Identity{
		Name: name, Document: docket.ResidentID, Number: digits + string(docket.ResidentCheckCharacter(digits)),
		Sex: sex, Birth: day, Domicile: "990101", Address: provinceName + cityName + "松涧县" + address,
	}
}

func pad(n, width int) string {
	b := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}

// castStory adds the cast and their cases.
func (p *Province) castStory() {
	minor := p.to.AddDays(-700).AddYears(-16).AddDays(-40)
	p.cast = Cast{
		DrunkDriver:   member("柏景川", "男", "1988-04-12", "011", "听松街21号"),
		OnProbation:   member("褚念慈", "女", "1995-09-30", "022", "古渡巷8号"),
		Reoffender:    member("鲁怀瑾", "男", "1991-01-17", "033", "槐荫路105号"),
		Minor:         member("阮星禾", "男", minor.String(), "045", "柳浪弄3号"),
		PublicOrder:   member("薄南乔", "女", "1979-12-05", "056", "新圩街64号"),
		NoRecord:      member("谈知夏", "女", "1993-06-21", "068", "磨坊路12号"),
		LesserPartner: member("应书白", "男", "1990-03-08", "071", "石桥南路40号"),
		GraverPartner: member("明照野", "男", "1986-11-23", "083", "石桥南路42号"),
		Relapsing:     member("舒望潮", "男", "1984-08-02", "095", "望岭大道233号"),
	}
	drunk := light{crime: "危险驾驶罪", day: -640, sentence: docket.Sentence{Kind: dt, Months: ptr(2), Suspended: ptr(true), ProbationMonths: ptr(3), FineYuan: ptr(int64(4000)), Exempt: ptr(false)}}
	p.perform(drunk, p.cast.DrunkDriver)
	drunk.day = -910
	p.perform(drunk, p.cast.Relapsing)
	p.perform(light{crime: "盗窃罪", day: -230, sentence: docket.Sentence{Kind: ft, Months: ptr(8), Suspended: ptr(true), ProbationMonths: ptr(12), FineYuan: ptr(int64(2000)), Exempt: ptr(false)}}, p.cast.OnProbation)
	p.perform(light{crime: "故意伤害罪", day: -1500, custody: true, sentence: docket.Sentence{Kind: dt, Months: ptr(4), Suspended: ptr(false), Exempt: ptr(false)}}, p.cast.Reoffender)
	p.perform(light{crime: "盗窃罪", day: -250, custody: true, sentence: docket.Sentence{Kind: ft, Months: ptr(14), Suspended: ptr(false), FineYuan: ptr(int64(5000)), Exempt: ptr(false)}}, p.cast.Reoffender)
	p.perform(light{crime: "盗窃罪", day: -700, sentence: docket.Sentence{Kind: dt, Months: ptr(3), Suspended: ptr(true), ProbationMonths: ptr(4), FineYuan: ptr(int64(1000)), Exempt: ptr(false)}}, p.cast.Minor)
	p.perform(light{
		crime: "掩饰、隐瞒犯罪所得罪", day: -1180, custody: true,
		sentence: docket.Sentence{Kind: dt, Months: ptr(6), Suspended: ptr(false), FineYuan: ptr(int64(5000)), Exempt: ptr(false)},
		others:   []docket.Sentence{{Kind: ft, Months: ptr(50), Suspended: ptr(false), FineYuan: ptr(int64(30000)), Exempt: ptr(false)}},
	}, p.cast.LesserPartner, p.cast.GraverPartner)
	p.scripted(-90, -1, func(t *teller) {
		day := t.pl.offence.AddDays(1)
		number := t.number("决定书号", "%s公(治)行罚决字〔%d〕%04d号", day.Year())
		t.report(t.county.police(), docket.PublicOrderDecided, day, number, []docket.Part{{
			Identity: t.parts[0].identity,
			Order:    &docket.Order{Acts: []string{"殴打他人"}, Penalties: []string{"行政拘留", "罚款"}, Days: ptr(5), FineYuan: ptr(int64(200)), Performed: day.AddDays(5)},
		}})
	}, p.cast.PublicOrder)
	p.persons = append(p.persons, p.cast.NoRecord)
}

// light is a scripted case that runs straight through: offence, charge after
// 30 days, judgment after 60, effect after 72; the fine is paid at once.
type light struct {
	crime    string
	day      int // of the offence, counted from the province's last day
	custody  bool
	sentence docket.Sentence
	others   []docket.Sentence // of the second and later defendants
}

func (p *Province) perform(l light, who ...docket.Identity) {
	crime := 0
	for i := range p.crimes {
		if p.crimes[i].name == l.crime {
			crime = i
		}
	}
	p.scripted(l.day, crime, l.play, who...)
}

func (p *Province) scripted(day, crime int, script func(*teller), who ...docket.Identity) {
	pl := &plan{crime: crime, offence: p.to.AddDays(day), script: script}
	for _, identity := range who {
		pl.persons = append(pl.persons, p.place(identity))
		pl.stands = append(pl.stands, standing{})
	}
	p.add(pl)
}

// place is the person's index, a new one for the first case.
func (p *Province) place(identity docket.Identity) int {
	for i := len(p.persons) - 1; i >= 0 && i > len(p.persons)-20; i-- {
		if p.persons[i].Number == identity.Number {
			return i
		}
	}
	p.persons = append(p.persons, identity)
	return len(p.persons) - 1
}

// play tells the case.
func (l light) play(t *teller) {
	day := func(n int) civil.Date { return t.pl.offence.AddDays(n) }
	filed := make([]docket.Part, len(t.parts))
	for i, d := range t.parts {
		filed[i] = docket.Part{Identity: d.identity, Suspected: []docket.Crime{t.crime()}}
		d.verdict = l.verdict(t, i)
		if l.custody {
			d.custody = day(1)
		}
	}
	t.report(t.county.police(), docket.CaseFiled, day(0), docket.Number{}, filed)
	kind := "取保候审"
	if l.custody {
		kind = "拘留"
	}
	t.report(t.county.police(), docket.MeasureImposed, day(1), docket.Number{}, each(t.parts, func(_ *defendant, p *docket.Part) {
		p.Measure = &docket.Measure{Kind: kind, From: day(1)}
	}))
	t.report(t.county.police(), docket.CaseReferred, day(15), docket.Number{}, each(t.parts, func(_ *defendant, p *docket.Part) {
		p.Suspected = []docket.Crime{t.crime()}
	}))
	t.report(t.county.procuratorate(), docket.ProsecutionFiled, day(30), t.number("检察文书号", "%s检刑诉〔%d〕%d号", day(30).Year()),
		each(t.parts, func(_ *defendant, p *docket.Part) { p.Charged = []docket.Crime{t.crime()} }))
	t.judge(t.county.courtID(), day(60), t.courtNumber(t.county.court, "刑初", day(60).Year()), "一审", "简易")
	t.report(t.county.courtID(), docket.JudgmentEffective, day(72), docket.Number{}, each(t.parts, nil))
	for _, d := range t.parts {
		l.serve(t, d, day(72))
	}
}

func (l light) verdict(t *teller, i int) verdict {
	sentence := l.sentence
	if i > 0 {
		sentence = l.others[i-1]
	}
	crime := t.crime()
	crime.Sentence = &sentence
	return verdict{
		crimes: []docket.Crime{crime}, sentence: sentence,
		flags: docket.Flags{Recidivist: ptr(false), DrugRecidivist: ptr(false), PleadsGuilty: ptr(true), Surrender: ptr(false)},
	}
}

func (l light) serve(t *teller, d *defendant, effective civil.Date) {
	s := d.verdict.sentence
	if is(s.Suspended) {
		end := effective.AddMonths(*s.ProbationMonths)
		t.one(t.county.corrections(), docket.ExecutionStarted, effective.AddDays(3), d, &docket.Execution{Place: "社区矫正", Start: effective, End: end})
		t.one(t.county.corrections(), docket.ProbationCompleted, end, d, &docket.Execution{Of: "缓刑", Place: "社区矫正"})
	} else {
		by, place := t.county.detention(), "看守所"
		if s.Kind == ft {
			by, place = prisonMenID, "监狱"
		}
		until := d.custody.AddMonths(*s.Months).AddDays(-1)
		if until.After(effective) {
			t.one(by, docket.ExecutionStarted, effective.AddDays(2), d, &docket.Execution{Place: place, Start: d.custody, End: until})
		}
		t.one(by, docket.ExecutionCompleted, civil.Max(until, effective), d, &docket.Execution{Place: place})
	}
	if s.FineYuan != nil {
		t.property(d, effective.AddDays(1), &docket.Property{Kind: "罚金", PaidYuan: s.FineYuan, Performed: ptr(true)})
	}
}
