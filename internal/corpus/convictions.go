package corpus

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// conviction is one line of the labelled convictions: one defendant, no text.
type conviction struct {
	ID       string   `json:"id"`
	Crimes   []string `json:"crimes"`
	Months   *int     `json:"months"` // nil for life and death; 0 is "no imprisonment", of whatever kind
	Life     bool     `json:"life"`
	Death    bool     `json:"death"`
	FineYuan *int64   `json:"fine_yuan"` // 0 is "none recorded"
}

// Convictions reads labelled convictions, one JSON object a line, and yields a
// chain for each: filed, prosecuted, judged, effective. Dates and persons are
// invented. A row refused is in the report; an error is one of reading.
func (c *Converter) Convictions(r io.Reader, yield func(Chain) error) (Report, error) {
	var report Report
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		report.Rows++
		var row conviction
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			report.refuse(fmt.Sprintf("line %d", n), "no JSON object of the expected form")
			continue
		}
		if why := row.refused(); why != "" {
			report.refuse(row.ID, why)
			continue
		}
		chain := c.conviction(row)
		if err := yield(chain); err != nil {
			return report, err
		}
		report.Accepted++
		report.Events += len(chain.Events)
	}
	return report, lines.Err()
}

func (row conviction) refused() string {
	switch {
	case row.ID == "":
		return "no id"
	case len(row.Crimes) == 0:
		return "no crime is named"
	case row.Months == nil && !row.Life && !row.Death:
		return "no term, neither life nor death: the penalty is lost"
	case row.Months != nil && (*row.Months < 0 || *row.Months > 300):
		return "a term that 刑法 69 does not know"
	}
	return ""
}

func (c *Converter) conviction(row conviction) Chain {
	rng := seeded(row.ID)
	ch := c.chain(row.ID, rng)
	ch.assume("name, number and birth of the defendant")
	ch.assume("every date")
	who := []docket.Identity{c.stranger(rng, "", civil.Date{})}
	offence := civil.MustParse("2010-01-01").AddDays(rng.IntN(8 * 365))
	filed := offence.AddDays(rng.IntN(40))
	charged := filed.AddDays(30 + rng.IntN(90))
	judged := charged.AddDays(15 + rng.IntN(60))
	crimes := make([]docket.Crime, len(row.Crimes))
	for i, name := range row.Crimes {
		crimes[i] = docket.Crime{Name: name, OffenceDate: offence}
	}
	ch.usual(who, filed, charged, crimes)
	sentence := row.sentence()
	ch.report(agency.Court, docket.JudgmentRendered, judged, each(who, func(_ int, p *docket.Part) {
		p.Judgment = &docket.Judgment{Instance: "一审", Outcome: docket.Convicted, Crimes: crimes, Sentence: &sentence}
	}), c.courtNumber(ch.division, judged))
	ch.report(agency.Court, docket.JudgmentEffective, takesEffect(judged), each(who, nil))
	return ch.Chain
}

// usual reports what lies before a judgment.
func (c *chain) usual(who []docket.Identity, filed, charged civil.Date, crimes []docket.Crime) {
	c.report(agency.Police, docket.CaseFiled, filed, each(who, func(_ int, p *docket.Part) { p.Suspected = crimes }))
	c.report(agency.Procuratorate, docket.ProsecutionFiled, charged, each(who, func(_ int, p *docket.Part) { p.Charged = crimes }))
}

// courtNumber is a case number that no judgment of the court bears.
func (c *Converter) courtNumber(division string, judged civil.Date) docket.Number {
	court := fmt.Sprintf("（%d）岭%s刑初", judged.Year(), strings.TrimPrefix(division, "99"))
	c.cases[court]++
	return docket.Number{Kind: "案号", No: fmt.Sprintf("%s%d号", court, 100000+c.cases[court])}
}

// sentence is what the labels allow to say. Below six months only 拘役 is
// possible, above it only 有期徒刑, unless several crimes may have added 拘役 up
// to a year (刑法 42, 45, 69); without imprisonment the kind is not told.
func (row conviction) sentence() docket.Sentence {
	s := docket.Sentence{}
	if row.FineYuan != nil && *row.FineYuan > 0 {
		s.FineYuan = row.FineYuan
	}
	switch {
	case row.Death:
		s.Kind = docket.Death
	case row.Life:
		s.Kind = docket.LifeImprisonment
	case *row.Months == 0:
	case *row.Months < 6:
		s.Kind, s.Months = docket.Detention, row.Months
	case *row.Months > 12 || (*row.Months > 6 && len(row.Crimes) == 1):
		s.Kind, s.Months = docket.FixedTerm, row.Months
	default:
		s.Months = row.Months
	}
	return s
}
