package simulate

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
)

// Whatever the dossier, its facts can be written, read and added, and read
// again they are the same.
func TestFactsOfAnyDossierCanBeKept(t *testing.T) {
	c, f := seeded(5), NewFacts()
	for n := range 3000 {
		d := c.dossier(n)
		if c.IntN(5) == 0 {
			months, days := 5000, 400
			d.Records[0].Sentence.Months, d.Records[0].Sentence.Days = &months, &days
			d.Records[0].Crimes = append(d.Records[0].Crimes, docket.Crime{Name: "张某某盗窃案", MensRea: "odd"})
		}
		for i := range d.Records {
			fact := FactOf(d.Person, &d.Records[i], oneOf(c, "45", "4501", "xx", ""), oneOf(c, 0, 1, 3, 900))
			line, err := json.Marshal(fact)
			if err != nil {
				t.Fatal(err)
			}
			back, err := DecodeFact(line)
			if err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			if err := f.Add(back); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			again, err := json.Marshal(back)
			if err != nil || string(again) != string(line) {
				t.Fatalf("%s read again is %s (%v)", line, again, err)
			}
			if strings.Contains(string(line), "张") || strings.Contains(string(line), "others") {
				t.Fatalf("it says too much: %s", line)
			}
		}
	}
}

func TestGather(t *testing.T) {
	one, other := []byte(factLine), []byte(strings.Replace(factLine, `"months":8`, `"months":9`, 1))
	lines, err := Gather([][]byte{other, one, one})
	if err != nil || len(lines) != 2 {
		t.Fatal(len(lines), err)
	}
	f, _, err := read(t, string(lines[0])+"\n"+string(lines[1]))
	if err != nil {
		t.Fatal(err)
	}
	if s := f.Source("", FactLines); s.Persons != 9 || s.Rows != 2 {
		t.Errorf("%+v", s)
	}
	many, err := Gather([][]byte{[]byte(strings.Replace(factLine, `"persons":3`, `"persons":65535`, 1)), one})
	if err != nil || len(many) != 2 {
		t.Errorf("65,538 persons need two lines: %d, %v", len(many), err)
	}
	if _, err := Gather([][]byte{one, []byte(`{"crimes":1}`)}); err == nil || !strings.HasPrefix(err.Error(), "fact 2: field /crimes") {
		t.Error(err)
	}
}
