package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/judgment"
)

// Judgments reads the texts of judgments (<row>.txt) and yields a chain for
// each that convicts somebody. What the reader of judgments does not know for
// certain stays unknown in the events; a document without which no event can
// be made is refused, and the reason names what is missing.
func (c *Converter) Judgments(dir fs.FS, yield func(Chain) error) (Report, error) {
	var report Report
	files, err := fs.Glob(dir, "*.txt")
	if err != nil {
		return report, err
	}
	for _, name := range files {
		report.Rows++
		row := strings.TrimSuffix(name, path.Ext(name))
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return report, err
		}
		doc := judgment.Read(string(text))
		if err := c.refused(doc); err != nil {
			report.refuse(row, err.Error())
			continue
		}
		chain := c.judgment(row, doc)
		if err := yield(chain); err != nil {
			return report, err
		}
		report.Accepted++
		report.Events += len(chain.Events)
	}
	return report, nil
}

// refused says what is missing for an event.
func (c *Converter) refused(r *judgment.Reading) error {
	switch {
	case r.Kind == judgment.Commuted || r.Kind == judgment.Paroled:
		return errors.New("a ruling on commutation or parole, not a conviction")
	case r.Date.IsZero():
		return errors.New("the judgment's date is not whole")
	case r.CaseNo == "":
		return errors.New("no case number")
	case r.Instance == "":
		return errors.New("the instance is not told")
	case len(r.Defendants) == 0:
		return errors.New("no defendant")
	case r.Date.After(c.until):
		return errors.New("the judgment's date lies in the future")
	}
	for i, d := range r.Defendants {
		if len(d.Crimes) == 0 {
			return fmt.Errorf("defendant %d: no crime is told", i+1)
		}
		if d.Sentence.Kind == "" {
			return fmt.Errorf("defendant %d: the penalty is not told for certain", i+1)
		}
	}
	return nil
}

func (c *Converter) judgment(row string, doc *judgment.Reading) Chain {
	rng := seeded(row)
	ch := c.chain(row, rng)
	judged := doc.Date.Date
	ch.numbers = append(ch.numbers, docket.Number{Kind: "案号", No: string(doc.CaseNo)})
	who := c.identities(ch, rng, doc)
	charged := doc.Indicted.Date
	if charged.IsZero() {
		charged = judged.AddDays(-30)
		ch.assume("the day of the indictment")
	}
	ch.assume("the day of filing")
	for i, d := range doc.Defendants {
		ch.usual(who[i:i+1], charged.AddDays(-60), charged, crimesOf(d))
	}
	ch.report(agency.Court, docket.JudgmentRendered, judged, each(who, func(i int, p *docket.Part) {
		p.Judgment = decided(doc, doc.Defendants[i])
	}))
	effective := judged
	if doc.Instance == "一审" || (doc.Instance == "再审" && !strings.Contains(string(doc.CaseNo), "终")) {
		effective = takesEffect(judged)
		ch.assume("the day of effect: nobody appealed, received on its day")
	}
	ch.report(agency.Court, docket.JudgmentEffective, effective, each(who, nil))
	ch.ends(who, doc, effective)
	return ch.Chain
}

func crimesOf(d judgment.Defendant) []docket.Crime {
	crimes := make([]docket.Crime, len(d.Crimes))
	for i, name := range d.Crimes {
		crimes[i] = docket.Crime{Name: name}
	}
	return crimes
}

// decided is the judgment on one defendant.
func decided(doc *judgment.Reading, d judgment.Defendant) *docket.Judgment {
	sentence := d.Sentence.Docket()
	j := &docket.Judgment{
		Instance: string(doc.Instance), Procedure: string(doc.Procedure), Outcome: docket.Convicted, Crimes: crimesOf(d), Sentence: &sentence,
		Flags: docket.Flags{
			Recidivist: d.Flags.Recidivist, DrugRecidivist: d.Flags.DrugRecidivist, PleadsGuilty: d.Flags.PleaLeniency,
			VictimForgives: d.Flags.VictimForgiveness, CompensationPaid: d.Flags.CompensationOrRefund, Surrender: d.Flags.Surrender,
		},
	}
	for i, count := range d.Counts {
		if count.Sentence.Kind != "" {
			declared := count.Sentence.Docket()
			j.Crimes[i].Sentence = &declared
		}
	}
	return j
}

// ends reports completion where it can be computed: the end of the probation
// of a suspended sentence, and the end of the term that the text prints. A
// printed end more than a year before the judgment is a misprint.
func (c *chain) ends(who []docket.Identity, doc *judgment.Reading, effective civil.Date) {
	for i, d := range doc.Defendants {
		one := who[i : i+1]
		switch s := d.Sentence; {
		case s.Suspended == nil:
		case *s.Suspended && s.ProbationMonths != nil:
			c.report(agency.Corrections, docket.ProbationCompleted, effective.AddMonths(*s.ProbationMonths),
				each(one, func(_ int, p *docket.Part) { p.Execution = &docket.Execution{Of: docket.OfSuspension} }))
			c.assume("the probation ended cleanly")
		case !*s.Suspended && d.TermTo.After(doc.Date.AddYears(-1)):
			c.report(agency.DetentionCentre, docket.ExecutionCompleted, civil.Max(d.TermTo.Date, effective), each(one, nil))
			c.assume("the term was served to the printed day")
		}
	}
}

// identities are the defendants. The number is the valid one printed in what
// the head says of the defendant; else it is invented, and so is a birth that
// the text does not give.
func (c *Converter) identities(ch *chain, rng *rand.Rand, doc *judgment.Reading) []docket.Identity {
	who := make([]docket.Identity, len(doc.Defendants))
	for i, d := range doc.Defendants {
		if d.Unit {
			who[i] = docket.Identity{Name: d.Name, Unit: true}
			continue
		}
		who[i] = docket.Identity{Name: d.Name, Document: docket.ResidentID, Number: string(d.Number), Sex: string(d.Sex), Birth: d.Birth.Date}
		if d.Number == "" {
			who[i].Number = c.stranger(rng, string(d.Sex), d.Birth.Date).Number
			ch.assume(fmt.Sprintf("the number of defendant %d", i+1))
		}
	}
	return who
}
