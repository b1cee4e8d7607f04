package mapping

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
)

const source = "urn:fengcun:agency:court-990101"

const judgments = `
type: judgment.rendered
id: [案号, 序号]
id_prefix: PJ-
skip:
  状态: [草稿, 作废]
fields:
  - {to: date, column: 判决日期, required: true}
  - {to: time, column: 录入时间}
  - {to: number.案号, column: 案号, required: true}
  - {to: person.name, column: 姓名, required: true}
  - {to: person.document, value: 居民身份证, with: 身份证号}
  - {to: person.number, column: 身份证号}
  - {to: person.sex, column: 性别, codes: {"1": 男, "2": 女, "9": ""}}
  - {to: person.judgment.instance, value: 一审}
  - {to: person.judgment.outcome, column: 结果, codes: {A: 有罪, B: 无罪}}
  - {to: person.judgment.crimes.name, column: 罪名, split: "、"}
  - {to: person.judgment.sentence.kind, column: 主刑}
  - {to: person.judgment.sentence.months, column: 刑期年, scale: 12}
  - {to: person.judgment.sentence.months, column: 刑期月}
  - {to: person.judgment.sentence.suspended, column: 缓刑}
  - {to: person.judgment.sentence.fine_yuan, column: 罚金万元, scale: 10000}
`

var header = []string{"案号", "序号", "判决日期", "录入时间", "姓名", "身份证号", "性别", "结果", "罪名", "主刑", "刑期年", "刑期月", "缓刑", "罚金万元", "状态", "备注"}

var today = civil.MustParse("2026-11-23")

func row(cells ...string) sheet.Row {
	r := sheet.Row{Number: 2}
	for i := range header {
		c := sheet.Cell{}
		if i < len(cells) {
			c.Text = cells[i]
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

func good() []string {
	return []string{
		"（2024）岭9901刑初58号", "1", "2024年5月6日", "2024-05-06 16:30:00", " 冯予安　", "990101199001023012", "1",
		"A", "危险驾驶罪、盗窃罪", "有期徒刑", "1", "6", "是", "0.3", "完成", "=1",
	}
}

func bound(t testing.TB, text string, w Workbook) *Binding {
	t.Helper()
	m, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Bind(header, w, source)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEvent(t *testing.T) {
	got := bound(t, judgments, Workbook{}).Event(row(good()...), today)
	if len(got.Problems) > 0 {
		t.Fatal(got.Problems)
	}
	var shown any
	if err := json.Unmarshal(got.Raw, &shown); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.ID, "PJ-") || len(got.ID) != 35 {
		t.Errorf("the id of a row named in Chinese is %q", got.ID)
	}
	want := map[string]any{
		"specversion": "1.0", "id": got.ID, "source": source, "type": string(docket.JudgmentRendered),
		"time": "2024-05-06T16:30:00+08:00", "datacontenttype": "application/json",
		"data": map[string]any{
			"date": "2024-05-06", "numbers": []any{map[string]any{"kind": "案号", "no": "（2024）岭9901刑初58号"}},
			"persons": []any{map[string]any{
				"identity": map[string]any{"name": "冯予安", "document": "居民身份证", "number": "990101199001023012", "sex": "男"},
				"judgment": map[string]any{
					"instance": "一审", "outcome": "有罪",
					"crimes":   []any{map[string]any{"name": "危险驾驶罪"}, map[string]any{"name": "盗窃罪"}},
					"sentence": map[string]any{"kind": "有期徒刑", "months": 18.0, "suspended": true, "fine_yuan": 3000.0},
				},
			}},
		},
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Error(diff)
	}
	again := bound(t, judgments, Workbook{Is: true}).Event(row(good()...), today)
	if string(again.Raw) != string(got.Raw) {
		t.Error("the same row gave other bytes")
	}
}

// TestRows: what is wrong with a row is told by its column, never with the value.
func TestRows(t *testing.T) {
	b := bound(t, judgments, Workbook{})
	for name, c := range map[string]struct {
		column int
		value  string
		want   string
	}{
		"a code unknown":      {6, "3", "性别: a code that the mapping does not name; correct it or add it to codes"},
		"a code left out":     {6, "9", ""},
		"no day":              {2, "2024-02-30", "判决日期: want a day such as 2024-05-06, 2024年5月6日 or 20240506"},
		"a count of days":     {2, "45321", "判决日期: want a day such as 2024-05-06, 2024年5月6日 or 20240506"},
		"a required one":      {4, "  ", "姓名: missing"},
		"an id":               {1, "", "序号: missing; it names the row"},
		"a check character":   {5, "990101199001023013", "身份证号: the check character of the resident identity number does not fit"},
		"a rounded number":    {5, "9.9010119900102298E+17", "身份证号: a number that Excel has rounded; format the column as text and enter it again"},
		"half a month":        {11, "6.5", "刑期月: want a whole number"},
		"no number":           {11, "六", "刑期月: want a number, in digits alone"},
		"too many months":     {10, "30", "刑期年: want a number between 0 and 300"},
		"neither yes nor no":  {12, "可能", "缓刑: want 是 or 否; say with codes what the agency's values mean"},
		"a penalty unknown":   {9, "劳动教养", "主刑: want one of 死刑, 无期徒刑, 有期徒刑, 拘役, 管制, 罚金, 剥夺政治权利, 没收财产, 驱逐出境, 免予刑事处罚"},
		"a day to come":       {2, "2027-01-01", "判决日期: lies in the future (today is 2026-11-23)"},
		"full-width digits":   {2, "２０２４／５／６", ""},
		"too many in a cell":  {8, strings.Repeat("盗窃罪、", 60), "罪名: 61 values in one cell, at most 50 are taken"},
		"no number of a case": {0, "", "案号: missing"},
	} {
		cells := good()
		cells[c.column] = c.value
		got := b.Event(row(cells...), today)
		var said []string
		for _, p := range got.Problems {
			said = append(said, p.String())
		}
		s := strings.Join(said, "; ")
		if name == "too many months" && strings.HasPrefix(s, "刑期年: ") || name == "too many months" && strings.HasPrefix(s, "刑期月: ") {
			continue // both columns go there
		}
		if s != c.want || (got.Raw == nil) != (c.want != "") {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
		if c.value != "" && strings.TrimSpace(c.value) != "" && len(c.value) > 4 && strings.Contains(s, c.value) {
			t.Errorf("%s: the message repeats the value", name)
		}
	}
	faulty := row(good()...)
	faulty.Cells[8].Fault = "it holds a formula"
	if got := b.Event(faulty, today); len(got.Problems) != 1 || got.Problems[0].String() != "罪名: it holds a formula" {
		t.Errorf("a cell with a fault: %+v", got)
	}
	faulty.Cells[8].Fault, faulty.Cells[15].Fault = "", "it holds a formula"
	if got := b.Event(faulty, today); len(got.Problems) > 0 {
		t.Errorf("a fault in a column that nobody reads: %+v", got)
	}
	if got := b.Event(sheet.Row{Fault: "cut short"}, today); len(got.Problems) != 1 {
		t.Errorf("a row with a fault: %+v", got)
	}
	draft := good()
	draft[14] = "草稿"
	if got := b.Event(row(draft...), today); !got.Skipped || got.Raw != nil {
		t.Errorf("a draft: %+v", got)
	}
}

// TestIDs: a row's id is the columns that name it, or its content.
func TestIDs(t *testing.T) {
	cells := good()
	cells[0] = "2024-58"
	if got := bound(t, judgments, Workbook{}).Event(row(cells...), today); got.ID != "PJ-2024-58/1" {
		t.Errorf("id %q", got.ID)
	}
	byContent := bound(t, strings.Replace(judgments, "id: [案号, 序号]", "", 1), Workbook{})
	a, b := byContent.Event(row(cells...), today), byContent.Event(row(cells...), today)
	cells[4] = "司马青"
	c := byContent.Event(row(cells...), today)
	if a.ID != b.ID || a.ID == c.ID || string(a.Raw) != string(b.Raw) {
		t.Errorf("ids by content: %q %q %q", a.ID, b.ID, c.ID)
	}
}

func TestExcelDays(t *testing.T) {
	for _, c := range []struct {
		text  string
		count days
		want  string
	}{
		{"45321", days1900, "2024-01-30"},
		{"45321.75", days1900, "2024-01-30"},
		{"43859", days1904, "2024-01-30"},
		{"1", days1900, "1900-01-01"},
		{"59", days1900, "1900-02-28"},
		{"60", days1900, ""},
		{"61", days1900, "1900-03-01"},
		{"0", days1904, "1904-01-01"},
		{"2958465", days1900, "9999-12-31"},
		{"2958466", days1900, ""},
		{"45321", noDays, ""},
		{"20240506", days1900, "2024-05-06"},
		{"2024.5.6", noDays, "2024-05-06"},
		{"2024/5/6 8:30", noDays, "2024-05-06"},
		{"2024-05-06T23:30:00Z", noDays, "2024-05-07"},
		{"2024-13-01", noDays, ""},
		{"", noDays, ""},
	} {
		d, err := parseDate(c.text, c.count)
		if d.String() != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: %v, %v; want %q", c.text, d, err, c.want)
		}
	}
	at, err := parseTime("45321.75", days1900)
	if err != nil || at.Format("15:04:05") != "18:00:00" {
		t.Errorf("three quarters of a day: %v, %v", at, err)
	}
}

// TestMistakesInMappings: a mapping that cannot be meant is refused with the
// field at fault.
func TestMistakesInMappings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"type: x", "fields: missing"},
		{"fields: [{to: date, column: a}]", "type: missing"},
		{"type: case.opened\nfields: [{to: date, column: a}]", "no event type is called so"},
		{"type: case.filed\nfeilds: []", "unknown field"},
		{"type: case.filed\ncomma: ab\nfields: [{to: date, column: a}]", "comma: want one character"},
		{"type: case.filed\nfields: [{to: date}]", "fields[0] (to: date): want a column or a value"},
		{"type: case.filed\nfields: [{to: date, column: a, value: b}]", "not both"},
		{"type: case.filed\nfields: [{to: date, column: a, with: b}]", "with belongs to a fixed value"},
		{"type: case.filed\nfields: [{to: date, column: a, scale: 2}]", "scale belongs to a number"},
		{"type: case.filed\nfields: [{to: person.nick, column: a}]", `no place in an event is called "person.nick"`},
		{"type: case.filed\nfields: [{to: person.suspected, column: a, split: ','}]", "name one of them, such as person.suspected.name"},
		{"type: case.filed\nfields: [{to: person.suspected.name, column: a}]", "a list: say with split"},
		{"type: case.filed\nfields: [{to: person.suspected.99.name, column: a}]", "no place"},
		{"type: case.filed\nfields: [{to: person, column: a}]", "holds several values"},
		{"type: case.filed\nfields: [{to: number., column: a}]", "wants the kind of number"},
		{"", "fields: missing"},
		{"type: [", "found"},
	} {
		_, err := Parse([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestMissingColumns(t *testing.T) {
	m, err := Parse([]byte(judgments))
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Bind([]string{"案号", "姓名", "性别"}, Workbook{}, source)
	const want = "the file cannot be read: its header lacks the columns 主刑, 刑期年, 刑期月, 判决日期, 序号, 录入时间, 状态, 结果, 缓刑, 罚金万元, 罪名, 身份证号; it has 案号, 姓名, 性别"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestPlain: without a mapping the columns are named by places.
func TestPlain(t *testing.T) {
	b, err := Plain().Bind([]string{"type", "date", "number.立案号", "person.name", "person.suspected.name", ""}, Workbook{}, "urn:fengcun:agency:police-990101")
	if err != nil {
		t.Fatal(err)
	}
	r := sheet.Row{Number: 2}
	for _, v := range []string{"case.filed", "2024-05-06", "松公立字1号", "冯予安", "盗窃罪、诈骗罪", "x"} {
		r.Cells = append(r.Cells, sheet.Cell{Text: v})
	}
	got := b.Event(r, today)
	if len(got.Problems) > 0 || !strings.Contains(string(got.Raw), `{"name":"诈骗罪"}`) {
		t.Errorf("%+v %s", got, got.Raw)
	}
	if _, err := Plain().Bind([]string{"姓名"}, Workbook{}, source); err == nil || !strings.Contains(err.Error(), "or give a mapping file") {
		t.Errorf("a column without a place: %v", err)
	}
}

// TestPlaces: every property of the examples of every type can be mapped.
func TestPlaces(t *testing.T) {
	for _, typ := range docket.Types() {
		raw, err := docket.Example(typ)
		if err != nil {
			t.Fatal(err)
		}
		var e struct{ Data map[string]any }
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		persons, _ := e.Data["persons"].([]any)
		for _, p := range persons {
			each("person", p, func(path string) {
				if _, err := locate(path); err != nil {
					t.Errorf("%s: %v", typ, err)
				}
			})
		}
	}
}

func each(path string, v any, f func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, w := range v {
			each(path+"."+k, w, f)
		}
	case []any:
		for i, w := range v {
			each(fmt.Sprintf("%s.%d", path, i), w, f)
		}
	default:
		f(path)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(judgments)
	f.Add("type: case.filed\nfields: [{to: person.suspected.name, column: a, split: ','}]")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse([]byte(text))
		if err != nil {
			return
		}
		b, err := m.Bind(m.Columns(), Workbook{Is: true}, source)
		if err != nil {
			return
		}
		r := sheet.Row{Number: 1}
		for range m.Columns() {
			r.Cells = append(r.Cells, sheet.Cell{Text: "1"})
		}
		b.Event(r, today)
	})
}

// FuzzEvent: whatever the cells hold, there is an event that the platform
// takes or a problem, and the same row gives the same bytes.
func FuzzEvent(f *testing.F) {
	f.Add(strings.Join(good(), "\t"))
	f.Add("a\t1\t45321\t45321.5\t冯\t\t2\tA\t、、\t拘役\t\t6\t否\t-1")
	b := bound(f, judgments, Workbook{Is: true})
	f.Fuzz(func(t *testing.T, text string) {
		r := row(strings.Split(text, "\t")...)
		got, again := b.Event(r, today), b.Event(r, today)
		if string(got.Raw) != string(again.Raw) || (got.Raw == nil) == (len(got.Problems) == 0 && !got.Skipped) {
			t.Fatalf("%+v and %+v", got, again)
		}
		if got.Raw != nil {
			if e, err := docket.Parse(got.Raw); err != nil || e.ID != got.ID {
				t.Fatal(err)
			}
		}
	})
}

// FuzzTime: what is read is a day of the calendar.
func FuzzTime(f *testing.F) {
	for _, s := range []string{"2024-05-06", "2024年5月6日 8:30:00", "45321.5", "20240506123000", "2024-05-06T23:30:00Z"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, text string, count int) {
		d, err := parseDate(text, days(count%3))
		if err == nil && (d.IsZero() || d.Year() < 0 || d.Year() > 10000) {
			t.Fatalf("%q gives %v", text, d)
		}
	})
}
