package docket

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fengcun/fengcun/internal/civil"
)

var sameDay = cmp.Comparer(func(a, b civil.Date) bool { return a == b })

func example(tb testing.TB, t Type) []byte {
	tb.Helper()
	raw, err := Example(t)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

func parsed(tb testing.TB, raw []byte) *Event {
	tb.Helper()
	e, err := Parse(raw)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func TestEveryTypeHasAnExampleThatSurvivesEncoding(t *testing.T) {
	for _, typ := range Types() {
		e := parsed(t, example(t, typ))
		if e.Type != typ {
			t.Errorf("the example of %s is a %s", typ, e.Type)
		}
		if err := e.Check(civil.MustParse("2026-12-31")); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
		raw, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, parsed(t, raw), sameDay, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s changes on its way through Encode and Parse:\n%s", typ, diff)
		}
	}
}

// TestRefusals changes one thing in the example of a judgment and wants the
// place named and no personal value repeated.
func TestRefusals(t *testing.T) {
	good := string(example(t, JudgmentRendered))
	for _, c := range []struct {
		name, from, to string
		path, words    string
	}{
		{"unknown type", `judgment.rendered.v1`, `judgment.dreamt.v1`, "/type", "unknown event type"},
		{"type of other data", `judgment.rendered.v1`, `arrest.decided.v1`, "/data/persons/0", "missing: decision"},
		{"unknown envelope property", `"subject"`, `"subjekt"`, "", "unknown: subjekt"},
		{"unknown property", `"sex"`, `"gender"`, "/data/persons/0/identity", "unknown: gender"},
		{"a value where a name should be", `"sex"`, `"冯予安"`, "/data/persons/0/identity", "1 more whose names are not repeated"},
		{"same name twice", `"sex"`, `"name"`, "", "a second time"},
		{"no source", `urn:fengcun:agency:court-990101`, `https://example.org/`, "/source", "want the form"},
		{"no version", `"1.0"`, `"0.3"`, "/specversion", "want 1.0"},
		{"date that is none", `"2024-05-06"`, `"2024-02-30"`, "/data/date", "a day of the calendar"},
		{"time without zone", `17:05:00+08:00`, `17:05:00`, "/time", "RFC 3339"},
		{"second that no clock shows", `17:05:00+08:00`, `23:59:60Z`, "/time", "existing instant"},
		{"penalty that is none", `"拘役"`, `"拘留"`, "/data/persons/0/judgment/crimes/0/sentence/kind", "want one of 死刑"},
		{"text for a number", `"months": 2`, `"months": "2"`, "/data/persons/0/judgment/crimes/0/sentence/months", "want integer, not string"},
		{"broken number", `"months": 2`, `"months": 2.5`, "", "numbers are whole"},
		{"negative fine", `"fine_yuan": 3000`, `"fine_yuan": -1`, "/data/persons/0/judgment/crimes/0/sentence/fine_yuan", "at least 0"},
		{"huge fine", `"fine_yuan": 3000`, `"fine_yuan": 99999999999999999999`, "/data/persons/0/judgment/crimes/0/sentence/fine_yuan", "too large"},
		{"acquittal with a sentence", `"有罪"`, `"无罪"`, "/data/persons/0/judgment/sentence", "must be absent"},
		{"first instance upholds", `"有罪"`, `"维持原判"`, "/data/persons/0/judgment/outcome", "want one of 有罪"},
		{"null", `"男"`, `null`, "/data/persons/0/identity/sex", "want one of 男, 女"},
		{"long id", `"2024-0008"`, `"` + strings.Repeat("x", 129) + `"`, "/id", "at most 128"},
		{"id with a space", `"2024-0008"`, `"2024 0008"`, "/id", "want the form"},
		{"two events", good, good + good, "", "one event at a time"},
		{"array", good, "[" + good + "]", "", "want object"},
		{"cut short", good, good[:200], "", "ends"},
		{"not UTF-8", `冯`, "\xb7\xeb", "", "not UTF-8"},
		{"half a surrogate pair", `冯`, `\ud842`, "", "surrogate"},
		{"too large", good, strings.Repeat(" ", MaxEventBytes) + good, "", "at most 1048576"},
		{"too deep", good, strings.Repeat("[", 1000), "", "nested too deeply"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.from) {
				t.Fatalf("the example has no %s", c.from)
			}
			_, err := Parse([]byte(strings.ReplaceAll(good, c.from, c.to)))
			wantProblem(t, err, c.path, c.words)
		})
	}
}

func wantProblem(t *testing.T, err error, path, words string) {
	t.Helper()
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("want an *Invalid, got %v", err)
	}
	found := false
	for _, p := range invalid.Problems {
		found = found || (p.Path == path && strings.Contains(p.Message, words))
	}
	if !found {
		t.Errorf("want %q at %q, got %q", words, path, invalid.Problems)
	}
	for _, personal := range []string{"冯予安", "990101199001", "槐荫路"} {
		if strings.Contains(err.Error(), personal) {
			t.Errorf("the refusal repeats a personal value: %v", err)
		}
	}
}

func TestCheckRefusesWhatNoSchemaSees(t *testing.T) {
	today := civil.MustParse("2024-06-01")
	for _, c := range []struct {
		name, path, words string
		change            func(*Event)
	}{
		{"future day", "/data/date", "future", func(e *Event) { e.Data.Date = today.AddDays(1) }},
		{"future clock", "/time", "sender's clock", func(e *Event) { e.Time = today.AddDays(3).Time() }},
		{"mistyped code", "/subject", "check character", func(e *Event) { e.Subject = "1" + e.Subject[1:] }},
		{"neither code nor number", "/data/numbers", "case code", func(e *Event) { e.Subject, e.Data.Numbers = "", nil }},
		{"retraction of nothing", "/corrects", "must name", func(e *Event) { e.Type = ReportRetracted }},
		{"replaces itself", "/corrects", "cannot replace itself", func(e *Event) { e.Corrects = e.ID }},
		{"wrong check digit", "/data/persons/0/identity/number", "check character", func(e *Event) {
			e.Data.Persons[0].Identity.Number = "990101199001023010"
		}},
		{"blank name", "/data/persons/0/identity/name", "empty", func(e *Event) { e.Data.Persons[0].Identity.Name = " " }},
		{"unborn", "/data/persons/0/identity/birth", "future", func(e *Event) { e.Data.Persons[0].Identity.Birth = today.AddDays(1) }},
		{"offence to come", "/data/persons/0/judgment/crimes/0/offence_date", "future", func(e *Event) {
			e.Data.Persons[0].Judgment.Crimes[0].OffenceDate = today.AddDays(1)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := parsed(t, example(t, JudgmentRendered))
			c.change(e)
			wantProblem(t, e.Check(today), c.path, c.words)
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, typ := range Types() {
		f.Add(example(f, typ))
	}
	f.Add([]byte(`{"specversion":"1.0","data":{}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := Parse(raw)
		if err != nil {
			if !errors.As(err, new(*Invalid)) {
				t.Fatalf("an error that is no *Invalid: %v", err)
			}
			return
		}
		again, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(again)
		if err != nil {
			t.Fatalf("what Encode wrote is refused: %v", err)
		}
		if diff := cmp.Diff(e, back, sameDay, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	raw := example(b, JudgmentRendered)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	tree, err := readStrict(example(b, JudgmentRendered))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("verdict", func(b *testing.B) {
		for b.Loop() {
			_ = contracts().holds(tree)
		}
	})
	b.Run("explained", func(b *testing.B) {
		for b.Loop() {
			_ = contracts().explain(tree)
		}
	})
}
