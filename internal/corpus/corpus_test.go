package corpus_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/corpus"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
)

var today = civil.MustParse("2026-11-23")

func converter(t *testing.T) *corpus.Converter {
	t.Helper()
	day := civil.MustParse("2020-01-01")
	c, err := corpus.New(province.New(1, 1, day, day.AddDays(1)).Agencies(), today)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gather collects the chains and holds every event against the contract.
type gather struct {
	t      *testing.T
	chains []corpus.Chain
	ids    map[string]bool
}

func (g *gather) take(c corpus.Chain) error {
	g.t.Helper()
	for _, e := range c.Events {
		raw, err := e.Encode()
		if err != nil {
			g.t.Fatal(err)
		}
		back, err := docket.Parse(raw)
		if err != nil {
			g.t.Fatalf("%s: %v", c.Row, err)
		}
		if err := back.Check(today); err != nil {
			g.t.Fatalf("%s: %v", c.Row, err)
		}
		if g.ids[e.Source+e.ID] {
			g.t.Fatalf("%s: the id %s is taken", c.Row, e.ID)
		}
		g.ids[e.Source+e.ID] = true
	}
	g.chains = append(g.chains, c)
	return nil
}

func gathering(t *testing.T) *gather {
	t.Helper()
	return &gather{t: t, ids: make(map[string]bool)}
}

// state folds what a chain says of its first person.
func state(c corpus.Chain) docket.State {
	var about []*docket.Event
	number := c.Events[0].Data.Persons[0].Identity
	for _, e := range c.Events {
		for i, p := range e.Data.Persons {
			if p.Identity.Number == number.Number && p.Identity.Name == number.Name {
				about = append(about, e.About(i))
			}
		}
	}
	return docket.Fold(about)
}

func TestConvictions(t *testing.T) {
	rows := strings.Join([]string{
		`{"id":"a1","crimes":["故意伤害罪"],"months":12,"fine_yuan":0}`,
		`{"id":"a2","crimes":["危险驾驶罪"],"months":2,"fine_yuan":3000}`,
		`{"id":"a3","crimes":["盗窃罪","诈骗罪"],"months":10,"fine_yuan":null}`,
		`{"id":"a4","crimes":["故意杀人罪"],"months":null,"life":true}`,
		`{"id":"a5","crimes":["赌博罪"],"months":0,"fine_yuan":2000}`,
		`{"id":"b1","crimes":[],"months":12}`,
		`{"id":"b2","crimes":["盗窃罪"],"months":null}`,
		`{"id":"b3","crimes":["盗窃罪"],"months":999}`,
		`{"crimes":["盗窃罪"],"months":1}`,
		`not json`,
	}, "\n")
	g := gathering(t)
	report, err := converter(t).Convictions(strings.NewReader(rows), g.take)
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != 10 || report.Accepted != 5 || len(report.Refused) != 5 || report.Events != 20 {
		t.Errorf("counts: %+v", report)
	}
	for _, r := range report.Refused {
		if r.Row == "" && !strings.Contains(r.Reason, "no id") || r.Reason == "" {
			t.Errorf("a refusal without place or reason: %+v", r)
		}
	}
	for i, want := range []docket.Penalty{docket.FixedTerm, docket.Detention, "", docket.LifeImprisonment, ""} {
		s := state(g.chains[i])
		if s.Kind != docket.Conviction || s.Sentence.Kind != want || s.EffectiveDate.IsZero() || !s.CompletedDate.IsZero() {
			t.Errorf("row %d: %s %q effective %s", i, s.Kind, s.Sentence.Kind, s.EffectiveDate)
		}
		if len(g.chains[i].Assumed) == 0 {
			t.Errorf("row %d hides what it assumes", i)
		}
	}
}

func TestConvictionsAreReproducible(t *testing.T) {
	row := `{"id":"a1","crimes":["故意伤害罪"],"months":12}`
	var first, second corpus.Chain
	for _, into := range []*corpus.Chain{&first, &second} {
		if _, err := converter(t).Convictions(strings.NewReader(row), func(c corpus.Chain) error { *into = c; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	a, _ := first.Events[0].Encode()
	b, _ := second.Events[0].Encode()
	if string(a) != string(b) {
		t.Errorf("the same row gave\n%s\n%s", a, b)
	}
}

func TestWhoTakesMayStop(t *testing.T) {
	stop := errors.New("enough")
	rows := strings.Repeat(`{"id":"a","crimes":["盗窃罪"],"months":1}`+"\n", 3)
	if _, err := converter(t).Convictions(strings.NewReader(rows), func(corpus.Chain) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the taker's error is lost: %v", err)
	}
	broken := io.MultiReader(strings.NewReader(rows), brokenReader{})
	if _, err := converter(t).Convictions(broken, func(corpus.Chain) error { return nil }); err == nil {
		t.Error("an error of reading is lost")
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }

const oneText = `岭原市云溪区人民法院 刑事判决书 （2019）岭9901刑初7号 公诉机关岭原市云溪区人民检察院。
被告人柳明岐，男，1990年1月2日出生，公民身份号码990101199001023019，汉族。
岭原市云溪区人民检察院以云检刑诉〔2019〕1号起诉书指控被告人柳明岐犯盗窃罪，于2019年3月1日向本院提起公诉。现已审理终结。
本院认为，被告人柳明岐的行为已构成盗窃罪。判决如下：
被告人柳明岐犯盗窃罪，判处拘役四个月（刑期从判决执行之日起计算，即自2019年2月1日起至2019年5月31日止）。
如不服本判决，可以上诉。
审判员 尚知远
二〇一九年四月一日`

func TestJudgments(t *testing.T) {
	number := "99010119900102301"
	number += string(docket.ResidentCheckCharacter(number))
	base := strings.ReplaceAll(oneText, "990101199001023019", number)
	with := func(old, replacement string) *fstest.MapFile {
		if !strings.Contains(base, old) {
			t.Fatalf("no %s in the text", old)
		}
		return &fstest.MapFile{Data: []byte(strings.ReplaceAll(base, old, replacement))}
	}
	dir := fstest.MapFS{
		"a.txt": {Data: []byte(base)},
		"b.txt": with("判处拘役四个月（刑期从判决执行之日起计算，即自2019年2月1日起至2019年5月31日止）", "判处拘役四个月，缓刑六个月"),
		"c.txt": with("二〇一九年四月一日", "二〇一九年四月××日"),
		"d.txt": with("（2019）岭9901刑初7号", "（2019）岭9901民初7号"),
		"e.txt": with("犯盗窃罪，判处拘役四个月", "无罪"),
		"f.txt": with("判处拘役四个月", "判处拘役若干月"),
		"g.txt": with("二〇一九年四月一日", "二〇二七年四月一日"),
		"h.txt": with("1990年1月2日", "1990年1月3日"),
		"i.txt": {Data: []byte("x")},
		"j.txt": with("刑初7号", "刑更7号"),
	}
	g := gathering(t)
	report, err := converter(t).Judgments(dir, g.take)
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != 10 || report.Accepted != 3 || len(report.Refused) != 7 {
		t.Fatalf("counts: %+v", report)
	}
	a, b, h := state(g.chains[0]), state(g.chains[1]), state(g.chains[2])
	if a.Identity.Number != number {
		t.Errorf("the number of the text is lost: %s", a.Identity.Number)
	}
	if got := a.CompletedDate.String(); got != "2019-05-31" {
		t.Errorf("the printed end of the term: %s", got)
	}
	if a.EffectiveDate.String() != "2019-04-12" || b.CompletedDate.String() != "2019-10-12" {
		t.Errorf("effective %s, probation ended %s", a.EffectiveDate, b.CompletedDate)
	}
	if g.chains[0].Events[1].Data.Date.String() != "2019-03-01" {
		t.Errorf("the day of the indictment: %s", g.chains[0].Events[1].Data.Date)
	}
	if !strings.HasPrefix(h.Identity.Number, "990199") {
		t.Errorf("a number that contradicts the birth was taken: %s", h.Identity.Number)
	}
}

func TestAgenciesMustBeWhole(t *testing.T) {
	if _, err := corpus.New([]agency.Agency{{ID: "court-990101", Kind: agency.Court, Division: "990101"}}, today); err == nil {
		t.Error("a lone court makes no chain")
	}
}

// TestRealMaterial converts the collection that may lie beside the project.
func TestRealMaterial(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data")
	file, err := os.Open(filepath.Join(dir, "convictions.ndjson"))
	if err != nil {
		t.Skipf("no collection of judgments beside the project: %v", err)
	}
	defer func() { _ = file.Close() }()
	c, g := converter(t), gathering(t)
	convictions, err := c.Convictions(file, g.take)
	if err != nil {
		t.Fatal(err)
	}
	judgments, err := c.Judgments(os.DirFS(filepath.Join(dir, "judgments")), g.take)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]corpus.Report{"convictions": convictions, "judgments": judgments} {
		t.Logf("%s: %d rows, %d accepted with %d events, %d refused %v", name, r.Rows, r.Accepted, r.Events, len(r.Refused), r.Refused)
		if r.Rows != r.Accepted+len(r.Refused) {
			t.Errorf("%s: the counts do not add up: %+v", name, r)
		}
	}
	if convictions.Accepted < 3000 || judgments.Accepted < 150 {
		t.Errorf("too few were accepted: %d convictions, %d judgments", convictions.Accepted, judgments.Accepted)
	}
	persons, completed, own := make(map[string]bool), 0, 0
	rows := make(map[string]string)
	for _, chain := range g.chains {
		for _, e := range chain.Events {
			for _, n := range e.Data.Numbers {
				if row := rows[n.MatchKey()]; row != "" && row != chain.Row {
					t.Errorf("%s names the rows %s and %s", n.No, row, chain.Row)
				}
				rows[n.MatchKey()] = chain.Row
			}
		}
		s := state(chain)
		if s.Kind != docket.Conviction || s.EffectiveDate.IsZero() {
			t.Errorf("%s: folds to %q, effective %q", chain.Row, s.Kind, s.EffectiveDate)
		}
		if s.Identity.Number != "" && persons[s.Identity.Number] {
			t.Errorf("%s: two rows share a number", chain.Row)
		}
		persons[s.Identity.Number] = true
		if !s.CompletedDate.IsZero() {
			completed++
		}
		if strings.HasPrefix(s.Identity.Number, "1101") {
			own++
		}
	}
	t.Logf("first persons: %d with a number from the text, %d known to have completed", own, completed)
}
