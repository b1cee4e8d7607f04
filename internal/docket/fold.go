package docket

import (
	"cmp"
	"slices"

	"github.com/fengcun/fengcun/internal/civil"
)

// Kind is what a record is in law, once that is settled.
type Kind string

// The kinds of record; "" while the case is under way.
const (
	Conviction     Kind = "conviction"
	NonProsecution Kind = "non_prosecution"
	Withdrawn      Kind = "withdrawn"
	Acquittal      Kind = "acquittal"
	PublicOrder    Kind = "public_order"
)

// State is what the events of one record add up to. A zero field is unknown.
type State struct {
	Kind      Kind
	Stage     Type // of the latest act
	StageDate civil.Date
	Identity  Identity
	Suspected []Crime
	Charged   []Crime
	Crimes    []Crime // of the judgment that stands
	Sentence  *Sentence
	Flags     Flags
	Instance  string
	Declined  string // kind of 不起诉
	Decider   string // source of the act that settled the record: its custodian
	Order     *Order

	OffenceDate   civil.Date // of the latest act charged or judged
	JudgmentDate  civil.Date
	EffectiveDate civil.Date
	CompletedDate civil.Date // the last of the clocks below; zero while one runs or is unknown
	Clocks        Clocks

	Numbers []Number // in the order in which they appeared
	Holders []string // sources that hold a copy, in that order
}

// Clocks are the several ends of one sentence. Completion is the last of them:
// principal penalty, probation, property penalty, deprivation of rights.
type Clocks struct {
	PrincipalEnd   civil.Date // served, released, paroled to the end, or pardoned
	ProbationEnd   civil.Date // 缓刑考验期满: 原判的刑罚就不再执行 (刑法 76)
	PropertyEnd    civil.Date // fine or confiscation performed or terminated
	RightsEnd      civil.Date // 剥夺政治权利 after the principal penalty (刑法 58)
	Revoked        string     // 缓刑 or 假释 that was revoked, and not ended since
	ExpectedEnd    civil.Date // what the execution notice foresees
	ExecutionPlace string
}

// Fold adds the events of one record up. The events may come in any order,
// doubled or corrected: the same set gives the same state. Each must concern
// one person at most; the first person is taken.
func Fold(events []*Event) State {
	var s State
	for _, e := range InOrder(events) {
		s.apply(e)
	}
	s.complete()
	return s
}

// InOrder is the events that count, in the order of the acts: retracted,
// corrected and doubled ones are left out. The order is total, so it does not
// depend on how the events arrived.
func InOrder(events []*Event) []*Event {
	gone := make(map[[2]string]bool)
	for _, e := range events {
		if e.Corrects != "" {
			gone[[2]string{e.Source, e.Corrects}] = true
		}
	}
	live := make([]*Event, 0, len(events))
	seen := make(map[[2]string]bool, len(events))
	for _, e := range events {
		key := [2]string{e.Source, e.ID}
		if gone[key] || seen[key] {
			continue
		}
		seen[key] = true
		live = append(live, e)
	}
	slices.SortFunc(live, func(a, b *Event) int {
		return cmp.Or(
			a.Data.Date.Compare(b.Data.Date),
			cmp.Compare(a.Type.rank(), b.Type.rank()),
			a.Time.Compare(b.Time),
			cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return live
}

func (s *State) apply(e *Event) {
	for _, n := range e.Data.Numbers {
		if !slices.Contains(s.Numbers, n) {
			s.Numbers = append(s.Numbers, n)
		}
	}
	if !slices.Contains(s.Holders, e.Source) {
		s.Holders = append(s.Holders, e.Source)
	}
	if len(e.Data.Persons) == 0 {
		return
	}
	p := &e.Data.Persons[0]
	s.Identity = s.Identity.with(p.Identity)
	if e.Type != ReportRetracted {
		s.Stage, s.StageDate = e.Type, e.Data.Date
	}
	switch e.Type {
	case CaseWithdrawn, ProsecutionDeclined, JudgmentRendered, PublicOrderDecided:
		s.Decider = e.Source
	default:
	}
	switch e.Type {
	case CaseFiled, CaseReferred:
		s.suspect(p.Suspected)
	case ProsecutionFiled:
		s.Charged = p.Charged
		s.offence(p.Charged)
		s.Kind = ""
	case CaseWithdrawn:
		s.settle(Withdrawn, e.Data.Date)
	case ProsecutionDeclined:
		s.Declined = p.Decision
		s.settle(NonProsecution, e.Data.Date)
	case JudgmentRendered:
		s.judge(p.Judgment, e.Data.Date)
	case JudgmentEffective:
		s.EffectiveDate = e.Data.Date
	case ExecutionStarted, SentenceCommuted, ParoleGranted, ProbationRevoked, ProbationCompleted, ExecutionCompleted:
		s.execute(e.Type, p.Execution, e.Data.Date)
	case PropertyPerformed:
		s.property(p.Property, e.Data.Date)
	case PardonGranted:
		s.Clocks.PrincipalEnd = e.Data.Date
	case PublicOrderDecided:
		s.order(p.Order, e.Data.Date)
	case MeasureImposed, ArrestDecided, ReportRetracted:
	}
}

// with takes over what the later statement says and keeps what it leaves out.
func (p Identity) with(later Identity) Identity {
	p.Name = cmp.Or(later.Name, p.Name)
	p.Unit = p.Unit || later.Unit
	p.Document = cmp.Or(later.Document, p.Document)
	p.Number = cmp.Or(later.Number, p.Number)
	p.Sex = cmp.Or(later.Sex, p.Sex)
	p.Domicile = cmp.Or(later.Domicile, p.Domicile)
	p.Address = cmp.Or(later.Address, p.Address)
	if !later.Birth.IsZero() {
		p.Birth = later.Birth
	}
	aliases := slices.Clone(p.Aliases)
	for _, a := range later.Aliases {
		if !slices.Contains(aliases, a) {
			aliases = append(aliases, a)
		}
	}
	p.Aliases = aliases
	return p
}

func (s *State) suspect(crimes []Crime) {
	if len(crimes) > 0 {
		s.Suspected = crimes
	}
	s.offence(crimes)
}

// offence keeps the latest day of the acts: age and the five years of 刑法 65
// are tested on it.
func (s *State) offence(crimes []Crime) {
	var latest civil.Date
	for _, c := range crimes {
		latest = civil.Max(latest, c.OffenceDate)
	}
	if !latest.IsZero() {
		s.OffenceDate = latest
	}
}

// settle ends the case without a judgment. The decision takes effect when made.
func (s *State) settle(k Kind, on civil.Date) {
	s.Kind = k
	s.JudgmentDate, s.EffectiveDate = on, on
	s.Clocks.PrincipalEnd = on
}

func (s *State) judge(j *Judgment, on civil.Date) {
	if j == nil {
		return
	}
	s.Instance = j.Instance
	switch j.Outcome {
	case Upheld:
		s.EffectiveDate = cmp.Or(j.Effective, on) // final on pronouncement (刑诉法 259)
		return
	case Remanded:
		s.Kind, s.Crimes, s.Sentence, s.Flags = "", nil, nil, Flags{}
		s.JudgmentDate, s.EffectiveDate, s.Clocks = civil.Date{}, civil.Date{}, Clocks{}
		return
	case Acquitted, NotLiable, Terminated:
		s.Kind = Acquittal
	case Convicted:
		s.Kind = Conviction
	}
	s.Crimes, s.Sentence, s.Flags = j.Crimes, j.Sentence, j.Flags
	s.offence(j.Crimes)
	s.JudgmentDate, s.EffectiveDate = on, j.Effective
	if s.EffectiveDate.IsZero() && j.Instance != "一审" {
		s.EffectiveDate = on
	}
	if j.Sentence != nil && is(j.Sentence.Exempt) {
		s.Clocks.PrincipalEnd = on
	}
}

func (s *State) execute(t Type, x *Execution, on civil.Date) {
	if x == nil {
		x = &Execution{}
	}
	switch t {
	case ExecutionStarted:
		s.Clocks.ExecutionPlace = x.Place
		s.Clocks.ExpectedEnd = x.End
	case SentenceCommuted, ParoleGranted:
		s.Clocks.ExpectedEnd = cmp.Or(x.RemainingUntil, x.End, s.Clocks.ExpectedEnd)
	case ProbationRevoked:
		s.Clocks.Revoked = x.Of
		s.Clocks.ProbationEnd, s.Clocks.PrincipalEnd = civil.Date{}, civil.Date{}
		s.Clocks.ExpectedEnd = x.End
	case ProbationCompleted:
		if x.Of == "假释" { // 就认为原判刑罚已经执行完毕 (刑法 85)
			s.Clocks.PrincipalEnd = on
		} else {
			s.Clocks.ProbationEnd = on
		}
	case ExecutionCompleted:
		s.Clocks.PrincipalEnd = on
		s.Clocks.Revoked = ""
	default:
	}
}

func (s *State) property(p *Property, on civil.Date) {
	if p == nil || (p.Kind != "罚金" && p.Kind != "没收财产") {
		return
	}
	if is(p.Performed) || is(p.Terminated) {
		s.Clocks.PropertyEnd = on
	}
}

func (s *State) order(o *Order, on civil.Date) {
	s.Kind = PublicOrder
	s.Order = o
	s.JudgmentDate, s.EffectiveDate = on, on
	if o != nil {
		s.Clocks.PrincipalEnd = o.Performed
	}
}

// complete works the completion date out of the clocks that the sentence
// starts. One that has not ended leaves completion unknown.
func (s *State) complete() {
	if s.Kind != Conviction {
		s.CompletedDate = s.Clocks.PrincipalEnd
		return
	}
	ends := s.ends()
	for _, end := range ends {
		if end.IsZero() {
			return
		}
	}
	s.CompletedDate = civil.Max(ends...)
}

func (s *State) ends() []civil.Date {
	if s.Sentence == nil {
		return []civil.Date{{}}
	}
	var ends []civil.Date
	principal := s.Clocks.PrincipalEnd
	switch {
	case is(s.Sentence.Suspended) && s.Clocks.Revoked == "" && principal.IsZero():
		ends = append(ends, s.Clocks.ProbationEnd)
		principal = s.Clocks.ProbationEnd
	case s.Sentence.Kind.Gravity() == Fine.Gravity():
		principal = s.EffectiveDate
	default:
		ends = append(ends, principal)
	}
	if s.finesDue() {
		ends = append(ends, s.Clocks.PropertyEnd)
	}
	if m := s.Sentence.RightsMonths; m != nil && *m != 0 {
		if *m > 0 {
			s.Clocks.RightsEnd = principal.AddMonths(*m)
		}
		ends = append(ends, s.Clocks.RightsEnd)
	}
	if len(ends) == 0 {
		ends = append(ends, principal)
	}
	return ends
}

func (s *State) finesDue() bool {
	f := s.Sentence.FineYuan
	return (f != nil && *f > 0) || s.Sentence.Kind == Fine || s.Sentence.Kind == Confiscation
}

func is(b *bool) bool { return b != nil && *b }
