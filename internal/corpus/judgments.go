package corpus

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// annotated is the file beside a judgment's text: the strings that were put
// into it, and what it says.
type annotated struct {
	ID      string `json:"id"`
	Spans   []span `json:"spans"`
	Checked bool   `json:"checked"`
	Facts   facts  `json:"facts"`
}

type span struct {
	Start int    `json:"start"`
	Kind  string `json:"kind"`
	Role  string `json:"role"`
	Text  string `json:"text"`
}

type facts struct {
	CaseNo     string      `json:"case_no"`
	Court      string      `json:"court"`
	Date       civil.Date  `json:"date"`
	Instance   string      `json:"instance"`
	Procedure  string      `json:"procedure"`
	Defendants []defendant `json:"defendants"`
}

type defendant struct {
	Name            string           `json:"name"`
	Unit            bool             `json:"unit"`
	Sex             string           `json:"sex"`
	Birth           civil.Date       `json:"birth"`
	Crimes          []string         `json:"crimes"`
	Penalty         string           `json:"penalty"`
	Months          *int             `json:"months"`
	Suspended       *bool            `json:"suspended"`
	ProbationMonths *int             `json:"probation_months"`
	Fine            *int64           `json:"fine"`
	Flags           map[string]*bool `json:"flags"`
}

// Judgments reads annotated judgments (<id>.json beside <id>.txt) and yields a
// chain for each.
func (c *Converter) Judgments(dir fs.FS, yield func(Chain) error) (Report, error) {
	var report Report
	files, err := fs.Glob(dir, "*.json")
	if err != nil {
		return report, err
	}
	for _, name := range files {
		report.Rows++
		row := strings.TrimSuffix(name, path.Ext(name))
		doc, text, err := read(dir, row)
		if err != nil {
			report.refuse(row, err.Error())
			continue
		}
		if why := doc.refused(c.until); why != "" {
			report.refuse(row, why)
			continue
		}
		chain := c.judgment(row, doc, text)
		if err := yield(chain); err != nil {
			return report, err
		}
		report.Accepted++
		report.Events += len(chain.Events)
	}
	return report, nil
}

func read(dir fs.FS, row string) (*annotated, string, error) {
	b, err := fs.ReadFile(dir, row+".json")
	if err != nil {
		return nil, "", err
	}
	doc := &annotated{}
	if err := json.Unmarshal(b, doc); err != nil {
		return nil, "", fmt.Errorf("the annotation is not of the expected form: %w", err)
	}
	text, err := fs.ReadFile(dir, row+".txt")
	if err != nil {
		return nil, "", fmt.Errorf("the judgment's text is missing: %w", err)
	}
	return doc, string(text), nil
}

func (a *annotated) refused(until civil.Date) string {
	f := a.Facts
	switch {
	case f.Date.IsZero():
		return "the judgment's date is not whole"
	case f.CaseNo == "":
		return "no case number"
	case f.Instance != "一审" && f.Instance != "二审" && f.Instance != "再审":
		return "the instance is not told"
	case len(f.Defendants) == 0:
		return "no defendant"
	case f.Date.After(until):
		return "the judgment's date lies in the future"
	}
	for _, d := range f.Defendants {
		switch {
		case d.Name == "":
			return "a defendant without a name"
		case len(d.Crimes) == 0:
			return "a defendant without a crime"
		case d.penalty() == "":
			return "a penalty that is none of the statute's: " + d.Penalty
		}
	}
	return ""
}

func (d defendant) penalty() docket.Penalty {
	kind := docket.Penalty(strings.TrimPrefix(d.Penalty, "单处"))
	if !kind.Valid() {
		return ""
	}
	return kind
}

func (c *Converter) judgment(row string, doc *annotated, text string) Chain {
	rng := seeded(row)
	ch := c.chain(row, rng)
	ch.numbers = append(ch.numbers, docket.Number{Kind: "案号", No: doc.Facts.CaseNo})
	who := c.identities(ch, rng, doc)
	charged := indicted(text, doc.Facts.Date)
	if charged.IsZero() {
		charged = doc.Facts.Date.AddDays(-30)
		ch.assume("the day of the indictment")
	}
	ch.assume("the day of filing")
	for i, d := range doc.Facts.Defendants {
		crimes := crimesOf(d)
		ch.usual(who[i:i+1], charged.AddDays(-60), charged, crimes)
	}
	ch.report(agency.Court, docket.JudgmentRendered, doc.Facts.Date, each(who, func(i int, p *docket.Part) {
		p.Judgment = doc.decided(i)
	}))
	effective := doc.Facts.Date
	if doc.Facts.Instance == "一审" || (doc.Facts.Instance == "再审" && !strings.Contains(doc.Facts.CaseNo, "终")) {
		effective = takesEffect(doc.Facts.Date)
		ch.assume("the day of effect: nobody appealed, received on its day")
	}
	ch.report(agency.Court, docket.JudgmentEffective, effective, each(who, nil))
	ch.ends(who, doc, text, effective)
	return ch.Chain
}

func crimesOf(d defendant) []docket.Crime {
	crimes := make([]docket.Crime, len(d.Crimes))
	for i, name := range d.Crimes {
		crimes[i] = docket.Crime{Name: name}
	}
	return crimes
}

// decided is the judgment on one defendant. Flags of an unchecked document
// with several defendants are not told apart, and left unknown.
func (a *annotated) decided(i int) *docket.Judgment {
	d := a.Facts.Defendants[i]
	kind := d.penalty()
	s := &docket.Sentence{Kind: kind, Suspended: d.Suspended, ProbationMonths: positive(d.ProbationMonths), FineYuan: d.Fine, Exempt: ptr(kind == docket.ExemptFromPunishment)}
	if kind.Gravity() > docket.Fine.Gravity() {
		s.Months = positive(d.Months)
	}
	if !a.Checked && d.Fine != nil && *d.Fine == 0 {
		s.FineYuan = nil // not found is not none
	}
	j := &docket.Judgment{Instance: a.Facts.Instance, Procedure: a.Facts.Procedure, Outcome: docket.Convicted, Crimes: crimesOf(d), Sentence: s}
	if a.Checked || len(a.Facts.Defendants) == 1 {
		j.Flags = docket.Flags{
			Recidivist: d.Flags["recidivist"], DrugRecidivist: d.Flags["drug_recidivist"], PleadsGuilty: d.Flags["plea_leniency"],
			VictimForgives: d.Flags["victim_forgiveness"], CompensationPaid: d.Flags["compensation_or_refund"], Surrender: d.Flags["surrender"],
		}
	}
	if len(d.Crimes) == 1 {
		j.Crimes[0].Sentence = s
	}
	return j
}

func positive(n *int) *int {
	if n == nil || *n <= 0 {
		return nil
	}
	return n
}

var indictedOn = regexp.MustCompile(`于(\d{4})年(\d{1,2})月(\d{1,2})日向本院提起公诉`)

// indicted is the day of the indictment where the text states it once and it
// lies before the judgment.
func indicted(text string, judged civil.Date) civil.Date {
	found := indictedOn.FindAllStringSubmatch(text, -1)
	if len(found) != 1 {
		return civil.Date{}
	}
	day := printed(found[0][1:])
	if day.After(judged) || day.Before(judged.AddYears(-5)) {
		return civil.Date{}
	}
	return day
}

// printed is a date of three numbers; zero when there is no such day.
func printed(ymd []string) civil.Date {
	y, _ := strconv.Atoi(ymd[0])
	m, _ := strconv.Atoi(ymd[1])
	d, _ := strconv.Atoi(ymd[2])
	day, err := civil.Parse(fmt.Sprintf("%04d-%02d-%02d", y, m, d))
	if err != nil {
		return civil.Date{}
	}
	return day
}

var termPrinted = regexp.MustCompile(`自\d{4}年\d{1,2}月\d{1,2}日起至(\d{4})年(\d{1,2})月(\d{1,2})日止`)

// ends reports completion where it can be computed: the end of the probation
// of a suspended sentence, and the end of the term that the text prints for a
// single defendant.
func (c *chain) ends(who []docket.Identity, doc *annotated, text string, effective civil.Date) {
	for i, d := range doc.Facts.Defendants {
		if d.Suspended != nil && *d.Suspended && positive(d.ProbationMonths) != nil {
			c.report(agency.Corrections, docket.ProbationCompleted, effective.AddMonths(*d.ProbationMonths),
				each(who[i:i+1], func(_ int, p *docket.Part) { p.Execution = &docket.Execution{Of: docket.OfSuspension} }))
			c.assume("the probation ended cleanly")
		}
	}
	found := termPrinted.FindAllStringSubmatch(text, -1)
	if len(who) != 1 || len(found) != 1 || (doc.Facts.Defendants[0].Suspended != nil && *doc.Facts.Defendants[0].Suspended) {
		return
	}
	if end := printed(found[0][1:]); end.After(doc.Facts.Date.AddYears(-1)) {
		c.report(agency.DetentionCentre, docket.ExecutionCompleted, civil.Max(end, effective), each(who, nil))
		c.assume("the term was served to the printed day")
	}
}

// identities are the defendants. The number is that of the text where it
// belongs to one defendant without doubt: it is the only number of a defendant
// that follows the name at once, and agrees with the stated birth. Otherwise
// it is invented, and so is a birth that the text does not give.
func (c *Converter) identities(ch *chain, rng *rand.Rand, doc *annotated) []docket.Identity {
	who := make([]docket.Identity, len(doc.Facts.Defendants))
	for i, d := range doc.Facts.Defendants {
		if d.Unit {
			who[i] = docket.Identity{Name: d.Name, Unit: true}
			continue
		}
		who[i] = docket.Identity{Name: d.Name, Document: docket.ResidentID, Number: doc.numberOf(d), Sex: d.Sex, Birth: d.Birth}
		if who[i].Number == "" {
			made := c.stranger(rng, d.Sex, d.Birth)
			who[i].Number = made.Number
			ch.assume(fmt.Sprintf("the number of defendant %d", i+1))
		}
	}
	return who
}

// near is how many characters may part a name from its number: sex, birth and
// the words 公民身份号码 stand between.
const near = 60

func (a *annotated) numberOf(d defendant) string {
	found := ""
	for k, s := range a.Spans {
		if s.Kind != "ID_NUMBER" || s.Role != "DEFENDANT" || !a.follows(k, d.Name) {
			continue
		}
		if found != "" && found != s.Text {
			return "" // two numbers
		}
		found = s.Text
	}
	if docket.CheckResidentNumber(found) != nil || len(found) != 18 {
		return ""
	}
	born, err := time.Parse("20060102", found[6:14])
	if err != nil || (!d.Birth.IsZero() && civil.New(born.Year(), born.Month(), born.Day()) != d.Birth) {
		return ""
	}
	return found
}

// follows says that the last person named before span k is name, and near.
func (a *annotated) follows(k int, name string) bool {
	for i := k - 1; i >= 0; i-- {
		if a.Spans[i].Kind == "PERSON" {
			return a.Spans[i].Text == name && a.Spans[k].Start-a.Spans[i].Start <= near
		}
	}
	return false
}
