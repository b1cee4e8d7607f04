package policy

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/civil"
)

const example = `{"id":"d1","on":"2026-11-23",
 "person":{"birth":"1990-01-02","sex":"男"},
 "records":[{"id":"r1","kind":"conviction","status":"open","offence_date":"2024-03-01","judgment_date":"2024-05-06",
   "effective_date":"2024-05-17","completed_date":"2024-07-16",
   "crimes":[{"name":"危险驾驶罪","mens_rea":"intent","sentence":{"kind":"拘役","months":2,"fine_yuan":3000}}],
   "sentence":{"kind":"拘役","months":2,"days":0,"suspended":true,"probation_months":3,"fine_yuan":3000,"exempt":false},
   "flags":{"recidivist":false,"pleads_guilty":true,"victim_forgives":null,"compensation_paid":null}}],
 "labels":{}}`

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

func TestDecodeTakesTheContract(t *testing.T) {
	d, err := Decode([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	r := d.Records[0]
	if r.Flags.VictimForgives != nil || *r.Sentence.Months != 2 || d.On != civil.MustParse("2026-11-23") || r.Crimes[0].Sentence == nil {
		t.Errorf("decoded %s", asJSON(d))
	}
	again, err := Decode([]byte(asJSON(d)))
	if err != nil || cmp.Diff(asJSON(d), asJSON(again)) != "" {
		t.Errorf("it does not survive encoding: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct{ old, is, want string }{
		{`"id":"d1",`, ``, "field /id: missing"},
		{`"id":"r1",`, ``, "field /records/0/id: missing"},
		{`"labels":{}`, `"label":{}`, "field /label: no such field"},
		{`"months":2,"days"`, `"months":"2","days"`, "field /records/0/sentence/months"},
		{`"months":2,"days"`, `"months":-2,"days"`, "field /records/0/sentence/months: -2 is outside"},
		{`"months":2,"days"`, `"months":2.5,"days"`, "field /records/0/sentence/months"},
		{`"2024-05-17"`, `"2024-05-32"`, "field /records/0/effective_date"},
		{`"2024-05-17"`, `"0024-05-17"`, "field /records/0/effective_date: the year"},
		{`"kind":"conviction"`, `"kind":"judgment"`, `field /records/0/kind: "judgment" is no kind of record`},
		{`"status":"open"`, `"status":"closed"`, `field /records/0/status: "closed" is no status`},
		{`"mens_rea":"intent"`, `"mens_rea":"故意"`, "field /records/0/crimes/0/mens_rea"},
		{`"kind":"拘役","months":2,"fine_yuan":3000}}]`, `"kind":"拘禁"}}]`, "field /records/0/crimes/0/sentence/kind"},
		{`"exempt":false`, `"exempt":true`, "field /records/0/sentence/exempt: true contradicts"},
		{`"sex":"男"`, `"sex":"male"`, "field /person/sex"},
		{`"labels":{}`, `"labels":{"a":[1]}`, "field /labels/a"},
		{`"id":"d1"`, `"id":"d1","id":"d2"`, "duplicate"},
		{`"labels":{}}`, `"labels":{}} {}`, "not a dossier"},
		{`"ID"`, ``, ""},
	} {
		text := strings.Replace(example, c.old, c.is, 1)
		if text == example {
			continue
		}
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: got %v, want %s", c.is, c.old, err, c.want)
		}
	}
	twice := strings.Replace(example, `"labels":{}`, `"labels":{},"x":0`, 1)
	if _, err := Decode([]byte(twice)); err == nil {
		t.Error("an unknown field was taken")
	}
}

func TestReaderNamesTheLine(t *testing.T) {
	r := NewReader(strings.NewReader(oneLine(example) + "\n\n{\"id\":1}\r\n" + strings.Replace(oneLine(example), "d1", "d2", 1)))
	if d, err := r.Next(); err != nil || d.ID != "d1" || r.Line() != 1 {
		t.Fatalf("first: %v, %v", d, err)
	}
	if _, err := r.Next(); err == nil || !strings.HasPrefix(err.Error(), "line 3: field /id") {
		t.Errorf("second: %v", err)
	}
	if d, err := r.Next(); err != nil || d.ID != "d2" || r.Line() != 4 {
		t.Errorf("third, without a line end: %v, %v", d, err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("then %v, want EOF", err)
	}
	long := NewReader(strings.NewReader(strings.Repeat(" ", MaxLine+2)))
	if _, err := long.Next(); !errors.Is(err, ErrTooLong) {
		t.Errorf("a line over the limit: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(`{"id":"x","records":[{"id":"a","crimes":[]}]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		d, err := Decode(line)
		if err != nil {
			return
		}
		again, err := Decode([]byte(asJSON(d)))
		if err != nil {
			t.Fatalf("what was decoded is refused when written again: %v\n%s", err, asJSON(d))
		}
		if x, y := asJSON(d), asJSON(again); x != y {
			t.Fatal(cmp.Diff(x, y))
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(oneLine(example) + "\n\n{\"id\":1}\r\n" + oneLine(example)))
	f.Add([]byte("\n\r\n{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(strings.NewReader(string(text)))
		for last := 0; ; {
			d, err := r.Next()
			switch {
			case errors.Is(err, io.EOF), errors.Is(err, ErrTooLong):
				return
			case err == nil && d.Check() != nil:
				t.Fatal("a dossier was read that does not pass its own check")
			case r.Line() <= last:
				t.Fatalf("line %d after line %d", r.Line(), last)
			}
			last = r.Line()
		}
	})
}
