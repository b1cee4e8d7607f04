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
	RightsEnd      civil.Date // 剥夺政治权利 (刑法 55, 57, 58); computed unless reported
	Revoked        string     // 缓刑 or 假释 that was revoked, and not ended since
	ExpectedEnd    civil.Date // what the execution notice foresees
	ExecutionPlace string
}

// Fold adds the events of one record up. The events may come in any order,
// doubled or corrected: the same set gives the same state. Each must concern
// one person at most; the first person is taken.
func Fold(events []*Event) State {
	f := folding{came: make(map[[2]string]bool, len(events))}
	for _, e := range events {
		f.came[e.key()] = f.came[e.key()] || len(e.Data.Persons) > 0
	}
	for _, e := range InOrder(events) {
		f.apply(e)
	}
	f.complete()
	return f.State
}

// folding is a state with what is needed only while it grows.
type folding struct {
	State
	paid     int64              // yuan of the fine paid so far
	paidOn   civil.Date         // the last payment
	paroled  civil.Date         // 假释之日, unless revoked
	property bool               // performed, not merely terminated
	came     map[[2]string]bool // events of the record, that count or not: whether they name its person
}

// InOrder is the events that count, in the order of the acts: retracted,
// corrected and doubled ones are left out. The order is total, so it does not
// depend on how the events arrived. What was replaced or taken back stays so,
// even if the event that did it is itself replaced or taken back.
func InOrder(events []*Event) []*Event {
	gone := make(map[[2]string]bool)
	for _, e := range events {
		if e.Corrects != "" {
			gone[[2]string{e.Source, e.Corrects}] = true
		}
	}
	live := make([]*Event, 0, len(events))
	for _, e := range events {
		if !gone[e.key()] {
			live = append(live, e)
		}
	}
	slices.SortFunc(live, func(a, b *Event) int {
		return cmp.Or(
			a.Data.Date.Compare(b.Data.Date),
			cmp.Compare(a.Type.rank(), b.Type.rank()),
			a.Time.Compare(b.Time),
			cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.ID, b.ID),
			cmp.Compare(len(b.Data.Persons), len(a.Data.Persons)), // what says more of one event
		)
	})
	return once(live)
}

func (e *Event) key() [2]string { return [2]string{e.Source, e.ID} }

// once keeps the first of each source and id.
func once(sorted []*Event) []*Event {
	seen := make(map[[2]string]bool, len(sorted))
	return slices.DeleteFunc(sorted, func(e *Event) bool {
		again := seen[e.key()]
		seen[e.key()] = true
		return again
	})
}

func (f *folding) apply(e *Event) {
	for _, n := range e.Data.numbers() {
		if !slices.Contains(f.Numbers, n) {
			f.Numbers = append(f.Numbers, n)
		}
	}
	if f.concerns(e) && !slices.Contains(f.Holders, e.Source) {
		f.Holders = append(f.Holders, e.Source)
	}
	if len(e.Data.Persons) == 0 || e.Type == ReportRetracted {
		return
	}
	p := &e.Data.Persons[0]
	f.Identity = f.Identity.with(p.Identity)
	f.Stage, f.StageDate = e.Type, e.Data.Date
	switch e.Type {
	case CaseFiled, CaseReferred:
		f.reopen(Withdrawn)
		f.suspect(p.Suspected)
	case CaseWithdrawn:
		f.settle(Withdrawn, e.Source, e.Data.Date)
	case ProsecutionFiled:
		f.charge(p.Charged)
	case ProsecutionDeclined:
		f.decline(p, e)
	case JudgmentRendered:
		f.judge(p.Judgment, e.Source, e.Data.Date)
	case JudgmentEffective:
		f.EffectiveDate = e.Data.Date
	case PublicOrderDecided:
		f.order(p.Order, e)
	case PropertyPerformed:
		f.perform(p.Property, e.Data.Date)
	case PardonGranted:
		f.Clocks.PrincipalEnd, f.Clocks.Revoked = e.Data.Date, ""
	case ExecutionStarted, SentenceCommuted, ParoleGranted, ProbationRevoked, ProbationCompleted, ExecutionCompleted:
		f.execute(e, p.Execution)
	case MeasureImposed, ArrestDecided, CaseLinked, ReportRetracted:
	}
}

// concerns says that an event tells of its source's part in this record. Bare
// word that another event is void does where that event named the person.
func (f *folding) concerns(e *Event) bool {
	bare := len(e.Data.Persons) == 0 && len(e.Data.Numbers) == 0 && e.Subject == ""
	return !bare || f.came[[2]string{e.Source, e.Corrects}]
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
	p.Birth = cmp.Or(later.Birth, p.Birth)
	aliases := slices.Clone(p.Aliases)
	for _, a := range later.Aliases {
		if !slices.Contains(aliases, a) {
			aliases = append(aliases, a)
		}
	}
	p.Aliases = aliases
	return p
}

func is(b *bool) bool { return b != nil && *b }
