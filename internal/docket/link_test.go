package docket

import (
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
)

func TestALinkNamesOneOtherCase(t *testing.T) {
	number, own := Number{Kind: "案号", No: "（2024）岭9901刑初58号"}, Number{Kind: "案号", No: "(2024)岭9901刑初58号"}
	for name, c := range map[string]struct {
		change func(*Event)
		path   string // "" for none
	}{
		"as it is":          {func(*Event) {}, ""},
		"by a code":         {func(e *Event) { e.Data.Link.Number, e.Data.Link.Code = nil, "7Q2M-0ZK4-XB9T-R51H-DWC0" }, ""},
		"none":              {func(e *Event) { e.Data.Link.Number = nil }, "/data/link"},
		"two":               {func(e *Event) { e.Data.Link.Code = "7Q2M-0ZK4-XB9T-R51H-DWC0" }, "/data/link"},
		"a code mistyped":   {func(e *Event) { e.Data.Link.Number, e.Data.Link.Code = nil, "7Q2M-0ZK4-XB9T-R51H-DWC1" }, "/data/link/code"},
		"itself":            {func(e *Event) { e.Data.Link.Number, e.Data.Numbers = &number, []Number{own} }, "/data/link/number"},
		"no kind":           {func(e *Event) { e.Data.Link.Kind = "" }, "parse"},
		"a kind of its own": {func(e *Event) { e.Data.Link.Kind = "另案处理" }, "parse"},
	} {
		e := parsed(t, example(t, CaseLinked))
		c.change(e)
		raw, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(raw)
		if (err != nil) != (c.path == "parse") {
			t.Errorf("%s: parsing: %v", name, err)
		}
		if err != nil {
			continue
		}
		err = again.Check(civil.MustParse("2026-12-31"))
		if (err != nil) != (c.path != "") || (err != nil && !strings.Contains(err.Error(), c.path)) {
			t.Errorf("%s: %v, want a problem at %q", name, err, c.path)
		}
	}
}

// A link is a step of the case whose numbers the record then has; it says
// nothing of its person.
func TestFoldingALink(t *testing.T) {
	filed, link := parsed(t, example(t, CaseFiled)), parsed(t, example(t, CaseLinked))
	before, after := Fold([]*Event{filed}), Fold([]*Event{link, filed})
	if len(after.Numbers) != len(before.Numbers)+2 || len(after.Holders) != 2 {
		t.Errorf("numbers %v, holders %v", after.Numbers, after.Holders)
	}
	if after.Stage != before.Stage || after.Identity.Name != before.Identity.Name {
		t.Errorf("before %+v, after %+v", before, after)
	}
	back := &Event{ID: "b", Source: link.Source, Type: ReportRetracted, Corrects: link.ID, Data: Data{Date: link.Data.Date}}
	if s := Fold([]*Event{filed, link, back}); len(s.Numbers) != len(before.Numbers) || len(s.Holders) != 1 {
		t.Errorf("taken back by bare word: numbers %v, holders %v", s.Numbers, s.Holders)
	}
}
