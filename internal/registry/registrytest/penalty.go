package registrytest

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// The crimes of the stories.
const (
	DrunkDriving = "危险驾驶罪"
	Theft        = "盗窃罪"
	Injury       = "故意伤害罪"
)

func ptr[T any](v T) *T { return &v }

// Months is a penalty of a kind, served, with no fine.
func Months(kind docket.Penalty, months int) docket.Sentence {
	return docket.Sentence{Kind: kind, Months: ptr(months), Days: ptr(0), Suspended: ptr(false), FineYuan: ptr(int64(0)), Exempt: ptr(false)}
}

// Suspended is a penalty with probation.
func Suspended(kind docket.Penalty, months, probation int) docket.Sentence {
	s := Months(kind, months)
	s.Suspended, s.ProbationMonths = ptr(true), ptr(probation)
	return s
}

// Clean is the findings of a first offender who pleads guilty.
func Clean() docket.Flags {
	return docket.Flags{
		Recidivist: ptr(false), DrugRecidivist: ptr(false), PleadsGuilty: ptr(true),
		VictimForgives: ptr(true), CompensationPaid: ptr(true), Applied: ptr(false),
	}
}

func crime(name, offence string) docket.Crime {
	return docket.Crime{Name: name, MensRea: docket.Intent, OffenceDate: civil.MustParse(offence), VictimMinor: ptr(false), ByOfficial: ptr(false)}
}

// Suspect is a person in a report of 立案 or 移送.
func Suspect(p docket.Identity, name, offence string) docket.Part {
	return docket.Part{Identity: p, Suspected: []docket.Crime{crime(name, offence)}}
}

// Charge is a person in a report of 起诉.
func Charge(p docket.Identity, name, offence string) docket.Part {
	return docket.Part{Identity: p, Charged: []docket.Crime{crime(name, offence)}}
}

// Convict is a person in a judgment of first instance. An empty effective
// leaves open when it takes effect.
func Convict(p docket.Identity, name, offence string, s docket.Sentence, effective string) docket.Part {
	c := crime(name, offence)
	c.Sentence = ptr(s)
	j := &docket.Judgment{Instance: "一审", Procedure: "速裁", Outcome: docket.Convicted, Crimes: []docket.Crime{c}, Sentence: ptr(s), Flags: Clean()}
	if effective != "" {
		j.Effective = civil.MustParse(effective)
	}
	return docket.Part{Identity: p, Judgment: j}
}

// Only is a person of whom the event's type says all.
func Only(p docket.Identity) docket.Part { return docket.Part{Identity: p} }

// Served is a person in a report of 执行完毕.
func Served(p docket.Identity, place string) docket.Part {
	return docket.Part{Identity: p, Execution: &docket.Execution{Place: place}}
}

// DrunkDriver is the whole course of a case of drunk driving: filed, referred,
// charged, judged and in effect, served. The conviction is in effect on
// 2025-06-20 and served by 2025-08-20.
func (c *Case) DrunkDriver(p docket.Identity) []*docket.Event {
	const offence = "2025-04-01"
	two := Months(docket.Detention, 2)
	return []*docket.Event{
		c.Event(Police, docket.CaseFiled, "2025-04-02", Suspect(p, DrunkDriving, offence)),
		c.Event(Police, docket.CaseReferred, "2025-04-20", Suspect(p, DrunkDriving, offence)),
		c.Event(Procuratorate, docket.ProsecutionFiled, "2025-05-10", Charge(p, DrunkDriving, offence)),
		c.Event(Court, docket.JudgmentRendered, "2025-06-09", Convict(p, DrunkDriving, offence, two, "")),
		c.Event(Court, docket.JudgmentEffective, "2025-06-20", Only(p)),
		c.Event(Detention, docket.ExecutionCompleted, "2025-08-20", Served(p, "看守所")),
	}
}

// Convicted pushes the least that makes a conviction: filed, and judged with
// the day of effect. It gives the record, the only one of its case.
func (w *World) Convicted(p docket.Identity, name, offence string, s docket.Sentence, effective string) (*Case, docket.RecordID) {
	w.Helper()
	c := w.Case()
	w.Push(c.Event(Police, docket.CaseFiled, offence, Suspect(p, name, offence)))
	code := w.Push(c.Event(Court, docket.JudgmentRendered, effective, Convict(p, name, offence, s, effective)))
	return c, docket.RecordID{Code: code, Seq: 1}
}

// Sealed is Convicted of a sentence that policy seals at once.
func (w *World) Sealed(p docket.Identity) (*Case, docket.RecordID) {
	w.Helper()
	c, id := w.Convicted(p, DrunkDriving, "2025-04-01", Months(docket.Detention, 2), "2025-06-20")
	w.Wants(id, docket.Sealed)
	return c, id
}
