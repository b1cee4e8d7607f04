package docket

import (
	"fmt"
	"strconv"

	"github.com/fengcun/fengcun/internal/civil"
)

// Check refuses what no schema can see: a day in the future, an identity that
// cannot be right, a code whose check character is wrong, a first mention that
// says neither code nor number. today is the platform's. A refusal is an
// *Invalid.
func (e *Event) Check(today civil.Date) error {
	found := &Invalid{}
	found.past("/data/date", e.Data.Date, today)
	if civil.Of(e.Time).After(today.AddDays(1)) {
		found.add("/time", "lies in the future; check the sender's clock")
	}
	if e.Subject != "" {
		if _, err := ParseCode(e.Subject); err != nil {
			found.add("/subject", "%v", err)
		}
	} else if len(e.Data.Numbers) == 0 {
		found.add("/data/numbers", "give the agency's number of the case, or its case code as subject")
	}
	if e.Type == ReportRetracted && e.Corrects == "" {
		found.add("/corrects", "a retraction must name the event it takes back")
	}
	if e.Corrects != "" && e.Corrects == e.ID {
		found.add("/corrects", "an event cannot replace itself; give the corrected event an id of its own")
	}
	if e.Data.Link != nil {
		e.Data.Link.check(found, e.Data.Numbers)
	}
	for i := range e.Data.Persons {
		e.Data.Persons[i].check(found, "/data/persons/"+strconv.Itoa(i), today)
	}
	return found.orNil()
}

// past refuses a day after today.
func (e *Invalid) past(path string, day, today civil.Date) {
	if day.After(today) {
		e.add(path, "lies in the future (today is %s)", today)
	}
}

func (p *Part) check(found *Invalid, path string, today civil.Date) {
	if field, err := p.Identity.check(); err != nil {
		found.add(path+"/identity/"+field, "%v", err)
	}
	found.past(path+"/identity/birth", p.Identity.Birth, today)
	found.pastCrimes(path+"/suspected", p.Suspected, today)
	found.pastCrimes(path+"/charged", p.Charged, today)
	found.pastCrimes(path+"/judgment/crimes", p.crimes(), today)
}

func (e *Invalid) pastCrimes(path string, crimes []Crime, today civil.Date) {
	for i, c := range crimes {
		if c.OffenceDate.After(today) {
			e.past(fmt.Sprintf("%s/%d/offence_date", path, i), c.OffenceDate, today)
		}
	}
}

func (p *Part) crimes() []Crime {
	if p.Judgment == nil {
		return nil
	}
	return p.Judgment.Crimes
}
