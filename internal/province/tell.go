package province

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// story is a case told to its end, however far in the future that lies.
type story struct {
	events  []*docket.Event
	endings []ending
}

// teller writes the events of one case.
type teller struct {
	p      *Province
	pl     *plan
	rng    *rand.Rand // what happens
	clerk  *rand.Rand // how it is reported: late, twice, corrected
	county county
	story  story
	parts  []*defendant
}

// defendant is one person on the way through the case.
type defendant struct {
	index    int
	identity docket.Identity
	stands   standing
	custody  civil.Date // taken into custody; zero on bail
	out      bool       // the case has ended for them
	verdict  verdict
	end      *ending
}

// tell is the same for the same plan, whatever was told before.
func (p *Province) tell(pl *plan) story {
	t := &teller{
		p: p, pl: pl, county: p.counties[pl.county],
		rng: p.rng(1000 + 2*uint64(pl.index)), clerk: p.rng(1001 + 2*uint64(pl.index)), //nolint:gosec // an index
	}
	t.story.endings = make([]ending, len(pl.persons))
	for i, person := range pl.persons {
		d := &defendant{index: i, identity: p.persons[person], end: &t.story.endings[i]}
		if i < len(pl.stands) {
			d.stands = pl.stands[i]
		}
		d.end.crime = pl.crime
		t.parts = append(t.parts, d)
	}
	switch {
	case pl.script != nil:
		pl.script(t)
	case pl.crime < 0:
		t.publicOrder()
	default:
		t.prosecute()
	}
	return t.story
}

func (t *teller) offence() *offence { return &t.p.crimes[t.pl.crime] }

// brief is what later reports repeat of a person.
func (d *defendant) brief() docket.Identity {
	return docket.Identity{Name: d.identity.Name, Document: d.identity.Document, Number: d.identity.Number}
}

// live is the defendants for whom the case goes on.
func (t *teller) live() []*defendant {
	var list []*defendant
	for _, d := range t.parts {
		if !d.out {
			list = append(list, d)
		}
	}
	return list
}

// parts for a report about several defendants.
func each(ds []*defendant, fill func(*defendant, *docket.Part)) []docket.Part {
	parts := make([]docket.Part, len(ds))
	for i, d := range ds {
		parts[i].Identity = d.brief()
		if fill != nil {
			fill(d, &parts[i])
		}
	}
	return parts
}

// caseNumber is the police's number, which every report of the case carries.
func (t *teller) caseNumber() docket.Number {
	kind := "刑"
	if t.pl.crime < 0 {
		kind = "治"
	}
	return docket.Number{Kind: "立案号", No: fmt.Sprintf("%s公(%s)立字〔%d〕%04d号", t.county.short, kind, t.pl.offence.Year(), t.pl.serial)}
}

// report writes an event of an agency about an act of a day, with the
// agency's own number where it gives one, and as clerks do it: most the same
// day, some late, a few twice or wrong at first.
func (t *teller) report(by string, typ docket.Type, day civil.Date, own docket.Number, parts []docket.Part) {
	e := &docket.Event{
		ID: fmt.Sprintf("%d-%d", t.pl.index, len(t.story.events)+1), Source: agency.SourceOf(by), Type: typ,
		Time: t.recorded(known(day, parts)), Data: docket.Data{Date: day, Numbers: []docket.Number{t.caseNumber()}, Persons: parts},
	}
	if own.No != "" {
		e.Data.Numbers = append(e.Data.Numbers, own)
	}
	if t.designated(e) {
		t.story.events = append(t.story.events, t.designation(e, own))
	}
	t.story.events = append(t.story.events, e)
	if t.pl.script == nil {
		t.disturb(e)
	}
}

// designated says that the court which judges was designated (指定管辖): a few
// are, so that the demonstration has cases that move. How many are in truth no
// source at hand says.
func (t *teller) designated(e *docket.Event) bool {
	const oneIn = 97
	return t.pl.script == nil && t.pl.serial%oneIn == 5 && e.Type == docket.JudgmentRendered && e.Source == agency.SourceOf(t.county.courtID())
}

// designation is the court's word that its case is the one the police opened.
func (t *teller) designation(e *docket.Event, own docket.Number) *docket.Event {
	police := t.caseNumber()
	return &docket.Event{
		ID: e.ID + "l", Source: e.Source, Type: docket.CaseLinked, Time: e.Time.Add(-time.Hour),
		Data: docket.Data{Date: e.Data.Date.AddDays(-1), Numbers: []docket.Number{own}, Link: &docket.Link{Kind: docket.Designated, Number: &police}},
	}
}

// known is the first day on which all that the parts state has happened.
func known(day civil.Date, parts []docket.Part) civil.Date {
	for _, p := range parts {
		if p.Order != nil {
			day = civil.Max(day, p.Order.Performed)
		}
	}
	return day
}

// recorded is when a clerk typed it in.
func (t *teller) recorded(day civil.Date) time.Time {
	delay := 0
	switch n := t.clerk.IntN(100); {
	case t.pl.script != nil || n < 70:
	case n < 96:
		delay = between(t.clerk, 1, 3)
	default:
		delay = between(t.clerk, 8, 75)
	}
	return day.AddDays(delay).Time().Add(9*time.Hour + time.Duration(t.clerk.IntN(9*3600))*time.Second)
}

// disturb repeats or corrects a report now and then.
func (t *teller) disturb(e *docket.Event) {
	switch n := t.clerk.IntN(1000); {
	case n < 8: // sent twice
		t.story.events = append(t.story.events, e)
	case n < 22: // wrong at first, corrected days later
		t.correct(e)
	case n < 24: // a report that belonged elsewhere, taken back
		t.stray(e)
	}
}

// correct makes e the wrong first version and adds the right one.
func (t *teller) correct(e *docket.Event) {
	right := *e
	right.ID = e.ID + "c"
	right.Corrects = e.ID
	right.Time = e.Time.Add(time.Duration(between(t.clerk, 1, 20*24)) * time.Hour)
	e.Data.Persons = append([]docket.Part(nil), e.Data.Persons...)
	p := &e.Data.Persons[0]
	switch {
	case p.Judgment != nil && p.Judgment.Sentence != nil && p.Judgment.Sentence.FineYuan != nil:
		wrong, sentence := *p.Judgment, *p.Judgment.Sentence
		sentence.FineYuan = ptr(*sentence.FineYuan * 10)
		wrong.Sentence = &sentence
		p.Judgment = &wrong
	default:
		e.Data.Date = e.Data.Date.AddDays(-1)
	}
	t.story.events = append(t.story.events, &right)
}

// stray adds a measure that nobody imposed, and its retraction.
func (t *teller) stray(e *docket.Event) {
	if e.Type != docket.CaseReferred {
		return
	}
	wrong := *e
	wrong.ID, wrong.Type = e.ID+"x", docket.MeasureImposed
	wrong.Data.Persons = []docket.Part{{Identity: e.Data.Persons[0].Identity, Measure: &docket.Measure{Kind: "监视居住", From: e.Data.Date}}}
	back := &docket.Event{
		ID: e.ID + "r", Source: e.Source, Type: docket.ReportRetracted, Corrects: wrong.ID, Time: e.Time.Add(30 * time.Hour),
		Data: docket.Data{Date: civil.Of(e.Time.Add(30 * time.Hour)), Numbers: e.Data.Numbers[:1], Text: "误报他案"},
	}
	t.story.events = append(t.story.events, &wrong, back)
}

// number is an agency's own number of this case.
func (t *teller) number(kind, format string, year int) docket.Number {
	return docket.Number{Kind: kind, No: fmt.Sprintf(format, t.county.short, year, t.pl.serial)}
}

// courtNumber is a case number of the form of 法〔2015〕137号.
func (t *teller) courtNumber(code, kind string, year int) docket.Number {
	return docket.Number{Kind: "案号", No: fmt.Sprintf("（%d）%s%s%d号", year, code, kind, t.pl.serial)}
}
