package simulate

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
)

const (
	factLine       = `{"year":2024,"region":"45","crimes":[{"name":"盗窃罪","mens_rea":"intent"}],"sentence":{"kind":"有期徒刑","months":8,"suspended":false,"fine_yuan":2000},"age":"25-34","others":"none","flags":{"recidivist":false},"defendants":2,"persons":3}`
	convictionLine = `{"id":"1","source":"s","crimes":["故意伤害罪"],"articles":[234],"months":6,"life":false,"death":false,"fine_yuan":0,"defendants":1}`
	dossierLine    = `{"id":"d1","on":"2026-11-23","person":{"birth":"1990-01-02"},"records":[{"id":"r1","kind":"conviction","offence_date":"2024-03-01","effective_date":"2024-05-17","crimes":[{"name":"危险驾驶罪"}],"sentence":{"kind":"拘役","months":2},"flags":{}}]}`
)

func read(t testing.TB, text string) (*Facts, Format, error) {
	t.Helper()
	f := NewFacts()
	format, err := f.Read(strings.NewReader(text), civil.New(2026, 11, 23))
	return f, format, err
}

func TestReadTellsTheFormat(t *testing.T) {
	for text, want := range map[string]Format{factLine: FactLines, "\n" + convictionLine: Convictions, dossierLine + "\n\n": DossierLines} {
		f, format, err := read(t, text)
		if err != nil || format != want || f.Len() != 1 {
			t.Errorf("%s: %v, %d facts, %v", want, format, f.Len(), err)
		}
	}
}

func TestDecodeFact(t *testing.T) {
	got, err := DecodeFact([]byte(factLine))
	if err != nil {
		t.Fatal(err)
	}
	months, fine, no := 8, int64(2000), false
	want := &Fact{
		Year: 2024, Region: "45", Kind: docket.Conviction, Crimes: []Charge{{Name: "盗窃罪", MensRea: docket.Intent}},
		Sentence: Sentence{Kind: docket.FixedTerm, Months: &months, Suspended: &no, FineYuan: &fine},
		Age:      "25-34", Others: OthersNone, Flags: docket.Flags{Recidivist: &no}, Defendants: 2, Persons: 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Every refusal names the line and the field, and the remedy where there is one.
func TestReadRefuses(t *testing.T) {
	change := func(old, with string) string {
		if !strings.Contains(factLine, old) {
			t.Fatalf("no %s", old)
		}
		return factLine + "\n" + strings.Replace(factLine, old, with, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "\n\n", "no facts in the input"},
		{"no JSON", "year,region", "line 1: not a JSON object"},
		{"another object", `{"a":1}`, "line 1: neither a fact"},
		{"broken", factLine + "\n{", "line 2: not a fact"},
		{"unknown member", change(`"year"`, `"jahr"`), "line 2: field /jahr: no such field"},
		{"member twice", change(`"year":2024`, `"year":2024,"year":2023`), "line 2: "},
		{"wrong type", change(`2024`, `"2024"`), "line 2: field /year"},
		{"year", change(`2024`, `1024`), "field /year: 1024 is outside"},
		{"region", change(`"45"`, `"4501"`), "field /region"},
		{"crime", change(`盗窃罪`, `张三盗窃案`), "field /crimes/0/name"},
		{"mens rea", change(`intent`, `evil`), "field /crimes/0/mens_rea"},
		{"kind", change(`有期徒刑`, `徒刑`), "field /sentence/kind"},
		{"both kinds", change(`"kind":"有期徒刑"`, `"kind":"有期徒刑","kinds":["拘役"]`), "field /sentence/kinds"},
		{"months", change(`"months":8`, `"months":-8`), "field /sentence/months"},
		{"fine", change(`2000`, `-1`), "field /sentence/fine_yuan"},
		{"age", change(`25-34`, `33`), "field /age"},
		{"sex", change(`"age"`, `"sex":"m","age"`), "field /sex"},
		{"others", change(`"none"`, `"some"`), "field /others"},
		{"others of a minor", change(`"age":"25-34","others":"none"`, `"age":"16-17","others":"adult"`), "field /others"},
		{"minor of unknown age", change(`"age":"25-34","others":"none"`, `"others":"minor"`), "field /others"},
		{"defendants", change(`"defendants":2`, `"defendants":0`), "field /defendants"},
		{"persons", change(`"persons":3`, `"persons":70000`), "field /persons: 70000 is outside 1 to 65535; split"},
		{"conviction without a penalty", strings.Replace(convictionLine, `"months":6`, `"months":null`, 1), "field /months"},
		{"conviction without a crime", strings.Replace(convictionLine, `["故意伤害罪"]`, `[]`, 1), "field /crimes"},
		{"dossier", strings.Replace(dossierLine, `"id":"d1"`, `"id":""`, 1), "field /id"},
		{"formats mixed", factLine + "\n" + convictionLine, "line 2: field /"},
		{"too long", factLine + "\n" + strings.Repeat(" ", maxLine+1), "line 2: more than"},
	} {
		if _, _, err := read(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// The labels leave open which penalty it was; a rule that treats the candidates
// alike is answered, another goes to review.
func TestConvictionsLeavePenaltiesOpen(t *testing.T) {
	on := civil.New(2024, 12, 31)
	second, third := open(t, "cn-adult-opinion-2"), open(t, "cn-adult-opinion-3")
	for _, c := range []struct {
		months                string
		crimes                string
		wantSecond, wantThird policy.Outcome
	}{
		{"0", `["盗窃罪"]`, policy.Seal, policy.Seal},
		{"5", `["盗窃罪"]`, policy.Seal, policy.Seal},
		{"6", `["盗窃罪"]`, policy.Seal, policy.Review},
		{"7", `["盗窃罪"]`, policy.Seal, policy.Keep},
		{"7", `["盗窃罪","诈骗罪"]`, policy.Seal, policy.Review},
		{"12", `["盗窃罪","诈骗罪"]`, policy.Seal, policy.Review},
		{"13", `["盗窃罪","诈骗罪"]`, policy.Keep, policy.Keep},
	} {
		line := strings.NewReplacer(`"months":6`, `"months":`+c.months, `["故意伤害罪"]`, c.crimes).Replace(convictionLine)
		f, _, err := read(t, line)
		if err != nil {
			t.Fatal(err)
		}
		by := Conventions{On: on}
		if got := f.Ask(second, by, 1).Outcome(0); got != c.wantSecond {
			t.Errorf("%s months for %s: second opinion %s, want %s", c.months, c.crimes, got, c.wantSecond)
		}
		if got := f.Ask(third, by, 1).Outcome(0); got != c.wantThird {
			t.Errorf("%s months for %s: third opinion %s, want %s", c.months, c.crimes, got, c.wantThird)
		}
	}
}

// The labelled convictions beside the project, where they are.
func TestLabelledConvictions(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "convictions.ndjson"))
	if err != nil {
		t.Skip("the labelled convictions are not beside the project")
	}
	defer file.Close()
	f := NewFacts()
	format, err := f.Read(file, civil.Date{})
	if err != nil || format != Convictions {
		t.Fatal(format, err)
	}
	var all []*policy.Pack
	for _, id := range ReportPacks() {
		all = append(all, open(t, id))
	}
	got := f.Report("labelled judgments", false, all, Conventions{On: civil.New(2024, 12, 31)}, 0)
	if diff := cmp.Diff(Labelled(got).Rows, got.Rows); diff != "" || f.Len() != LabelledPersons {
		t.Errorf("%d facts; the table that the program carries is another: %s", f.Len(), diff)
	}
}

// What the page on calibration prints of the labelled judgments is what the
// program carries.
func TestLabelledTableIsThatOfTheDocs(t *testing.T) {
	rows := documented(t, `\| [>≈=] [\d.]+ \| ([\d.]+)(?: \+([\d.]+))? \| ([\d.]+)(?: \+([\d.]+))? \|\n`)
	table := Labelled(&ReportTable{Rows: make([]ReportRow, len(ReportPacks()))})
	if len(rows) != len(table.Rows) {
		t.Fatalf("%d rows in the page", len(rows))
	}
	for i := range table.Rows {
		row := &table.Rows[i]
		for k, x := range []float64{row.Persons.Percent, row.Persons.ReviewPercent, row.Apart.Percent, row.Apart.ReviewPercent} {
			want := 0.0
			if rows[i][2+k] != "" {
				want = decimal(t, rows[i][2+k])
			}
			if math.Abs(x-want) > 0.0051 {
				t.Errorf("%s: %v, the page says %v", row.Pack, x, want)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, line := range []string{factLine, convictionLine, dossierLine, "", "{", `{"crimes":null}`, `{"records":[]}`, factLine + "\n" + factLine} {
		f.Add([]byte(line))
	}
	second, err := loadOpinion()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		facts := NewFacts()
		if _, err := facts.Read(bytes.NewReader(text), civil.New(2024, 1, 1)); err != nil && strings.TrimSpace(err.Error()) == "" {
			t.Fatal("an error that says nothing")
		}
		by := Conventions{On: civil.New(2024, 12, 31)}
		a := facts.Ask(second, by, 1)
		for i := range facts.Len() {
			if got, want := a.Outcome(i), merged(second, facts.Dossier(i, by), by.On); got != want {
				t.Fatalf("fact %d: %s, decided %s", i, got, want)
			}
		}
	})
}
