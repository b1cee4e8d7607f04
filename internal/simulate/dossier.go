package simulate

import (
	"math/bits"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
)

// Conventions says how the dossier that stands for a fact fills in what facts
// do not hold.
//
// Always: the judgment takes effect on 1 July of its year; the offence is a
// year earlier; the person has the middle age of the band; another conviction
// lies before this one.
//
// Unless Strict: an unknown year is that of the evaluation; imprisonment is
// served to its last day, counted from the judgment's effect; a probation is
// the shortest the law allows (刑法 73); and who may apply, applies.
type Conventions struct {
	On     civil.Date // the date of evaluation
	Strict bool       // unknown stays unknown
}

// stand is a dossier in reusable memory.
type stand struct {
	f        *Facts
	by       Conventions
	d        policy.Dossier
	crimes   [maxCrimes]docket.Crime
	sentence docket.Sentence
	ints     [3]int
	fine     int64
	records  [2]policy.Record
	yes, no  bool // never written

	penalties []docket.Penalty
}

// pointer is a flag of a dossier; the two values lie in the stand.
func (s *stand) pointer(t policy.Truth) *bool {
	switch t {
	case policy.True:
		return &s.yes
	case policy.False:
		return &s.no
	case policy.Unknown:
	}
	return nil
}

func newStand(f *Facts, by Conventions) *stand {
	return &stand{f: f, by: by, yes: true, penalties: docket.Penalties()}
}

// Dossier is the dossier that stands for fact i. Where several penalties are
// possible (Sentence.Kinds) there is one for each.
func (f *Facts) Dossier(i int, by Conventions) []*policy.Dossier {
	var out []*policy.Dossier
	p := &f.profiles[f.profile[i]]
	for n := range max(1, bits.OnesCount16(p.kinds)) {
		s := newStand(f, by)
		s.set(p)
		s.choose(p, n)
		out = append(out, &s.d)
	}
	return out
}

// set fills the dossier in, all but the kind of the penalty and what follows
// from it.
func (s *stand) set(p *profile) {
	year := int(p.year)
	if year == 0 && !s.by.Strict {
		year = s.by.On.Year()
	}
	r := &s.records[0]
	*r = policy.Record{ID: "r", Kind: recordKinds[p.kind], Flags: docket.Flags{
		Recidivist: s.pointer(p.recidivist), DrugRecidivist: s.pointer(p.drugRecidivist), PleadsGuilty: s.pointer(p.pleadsGuilty),
		VictimForgives: s.pointer(p.forgiven), CompensationPaid: s.pointer(p.compensated), Surrender: s.pointer(p.surrender),
		Applied: s.pointer(p.applied),
	}}
	if p.applied == policy.Unknown && !s.by.Strict {
		r.Flags.Applied = &s.yes
	}
	if year != 0 {
		r.EffectiveDate = civil.New(year, 7, 1)
		r.JudgmentDate, r.OffenceDate = r.EffectiveDate.AddDays(-15), civil.New(year-1, 7, 1)
	}
	s.d = policy.Dossier{ID: "fact", On: s.by.On, Records: s.records[:1]}
	s.setCrimes(p, r)
	s.setPerson(p, r)
}

func (s *stand) setCrimes(p *profile, r *policy.Record) {
	n := len(p.charges) / chargeBytes
	if n == 0 {
		return
	}
	for i := range n {
		c := chargeAt(p.charges, i)
		s.crimes[i] = docket.Crime{
			Name: s.f.names[c.crime], MensRea: mensReas[c.mensRea],
			VictimMinor: s.pointer(c.victimMinor), ByOfficial: s.pointer(c.byDuty),
		}
	}
	r.Crimes = s.crimes[:n]
}

// setPerson gives the person an age and the other record. A birth needs a date
// of the offence to be reckoned from; without a year one is assumed, which an
// age at the offence does not show.
func (s *stand) setPerson(p *profile, r *policy.Record) {
	s.d.Person.Sex = [...]string{"", "男", "女"}[p.sex]
	if p.age != 0 {
		if r.OffenceDate.IsZero() {
			r.OffenceDate = s.by.On.AddYears(-1)
		}
		b := ageBands[p.age]
		s.d.Person.Birth = r.OffenceDate.AddMonths(-12*b.years - b.half)
	}
	other := &s.records[1]
	switch p.others {
	case OthersNone:
		return
	case OthersUnknown:
		*other = policy.Record{ID: "o"}
	case OthersAdult:
		*other = earlier(r.OffenceDate.AddYears(-2))
	case OthersMinor:
		at := s.d.Person.Birth.AddYears(16)
		if !at.Before(r.OffenceDate.AddMonths(-9)) {
			at = r.OffenceDate.AddMonths(-9)
		}
		*other = earlier(at)
	}
	s.d.Records = s.records[:2]
}

// earlier is another conviction, of which the fact tells no more than that.
func earlier(offence civil.Date) policy.Record {
	return policy.Record{ID: "o", Kind: docket.Conviction, OffenceDate: offence, EffectiveDate: offence.AddMonths(6)}
}

// choose sets the n-th of the penalties that are possible.
func (s *stand) choose(p *profile, n int) {
	s.sentence = docket.Sentence{Suspended: s.pointer(p.suspended)}
	s.records[0].Sentence = &s.sentence
	kinds := p.kinds
	for range n {
		kinds &= kinds - 1
	}
	if kinds != 0 {
		s.sentence.Kind = s.penalties[bits.TrailingZeros16(kinds)]
	}
	if p.months >= 0 {
		s.ints[0], s.sentence.Months = int(p.months), &s.ints[0]
	}
	if p.days >= 0 {
		s.ints[1], s.sentence.Days = int(p.days), &s.ints[1]
	}
	if p.fine != 0 {
		s.fine, s.sentence.FineYuan = fineBands[p.fine], &s.fine
	}
	if k := s.sentence.Kind; k != "" {
		exempt := &s.no
		if k == docket.ExemptFromPunishment {
			exempt = &s.yes
		}
		s.sentence.Exempt = exempt
	}
	s.setEnd(p)
}

// setEnd dates the end of the execution, or of the probation.
func (s *stand) setEnd(p *profile) {
	r, k := &s.records[0], s.sentence.Kind
	r.CompletedDate = civil.Date{}
	if p.suspended == policy.True {
		switch {
		case p.probation >= 0:
			s.ints[2], s.sentence.ProbationMonths = int(p.probation), &s.ints[2]
		case !s.by.Strict && p.months >= 0:
			s.ints[2], s.sentence.ProbationMonths = shortestProbation(k, int(p.months)), &s.ints[2]
		}
		return
	}
	if r.EffectiveDate.IsZero() || (s.by.Strict && p.completed != policy.True) {
		return
	}
	switch g := k.Gravity(); {
	case g == 0 || g == 1:
		r.CompletedDate = r.EffectiveDate
	case g >= 2 && g <= docket.FixedTerm.Gravity() && p.months >= 0:
		r.CompletedDate = r.EffectiveDate.AddMonths(int(p.months)).AddDays(max(0, int(p.days)))
	}
}

// shortestProbation is the shortest 考验期 of 刑法 73: not below the sentence,
// two months for 拘役, a year for 有期徒刑.
func shortestProbation(k docket.Penalty, months int) int {
	if k == docket.FixedTerm {
		return max(12, months)
	}
	return max(2, months)
}
