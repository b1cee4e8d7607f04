package agency_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

var update = flag.Bool("update", false, "write docs/events.md anew")

const (
	generatedFrom = "<!-- from here written by go test ./internal/agency -run Vocabulary -update -->\n"
	eventsDoc     = "events.md"
)

// TestVocabularyIsDocumented holds docs/events.md against the schemas, the
// examples and the duties.
func TestVocabularyIsDocumented(t *testing.T) {
	path := filepath.Join("..", "..", "docs", eventsDoc)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, have, ok := strings.Cut(string(b), generatedFrom)
	if !ok {
		t.Fatalf("%s has no line %q", path, generatedFrom)
	}
	want := vocabulary(t)
	if have == want {
		return
	}
	if !*update {
		t.Fatalf("%s differs from the schemas; run go test ./internal/agency -run Vocabulary -update", path)
	}
	if err := os.WriteFile(path, []byte(head+generatedFrom+want), 0o600); err != nil {
		t.Fatal(err)
	}
}

func vocabulary(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("\n## The types\n\n| act | type | who reports it |\n| --- | --- | --- |\n")
	for _, typ := range docket.Types() {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", typ.Chinese(), typ, strings.Join(reporters(typ), "、"))
	}
	for _, typ := range docket.Types() {
		describe(t, &b, typ)
	}
	b.WriteString("\n## The parts that types share\n")
	defs := schema(t, "common")["$defs"].(map[string]any)
	for _, name := range []string{"identity", "number", "crime", "sentence", "flags", "execution"} {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", name, str(defs[name].(map[string]any), "description"))
		properties(&b, defs, defs[name].(map[string]any))
	}
	refusals(t, &b)
	return b.String()
}

func reporters(typ docket.Type) []string {
	var names []string
	for _, k := range agency.Kinds() {
		if k.MayReport(typ) {
			names = append(names, k.Chinese())
		}
	}
	return names
}

func schema(t *testing.T, name string) map[string]any {
	t.Helper()
	b, err := docket.Schema(name)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func str(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func describe(t *testing.T, b *strings.Builder, typ docket.Type) {
	t.Helper()
	doc := schema(t, string(typ))
	fmt.Fprintf(b, "\n### %s\n\n`%s`\n\n", str(doc, "title"), typ)
	if d := str(doc, "description"); d != "" {
		b.WriteString(d + "\n\n")
	}
	if persons, ok := doc["properties"].(map[string]any)["persons"].(map[string]any); ok {
		b.WriteString("Of each person:\n\n")
		properties(b, schema(t, "common")["$defs"].(map[string]any), persons["items"].(map[string]any))
		part := persons["items"].(map[string]any)["properties"].(map[string]any)
		for _, inner := range []string{"measure", "judgment", "property", "order"} {
			if object, ok := part[inner].(map[string]any); ok {
				fmt.Fprintf(b, "\nof which `%s`:\n\n", inner)
				properties(b, schema(t, "common")["$defs"].(map[string]any), object)
			}
		}
	}
	raw, err := docket.Example(typ)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(b, "\n```json\n%s```\n", raw)
}

// properties writes a table of an object's properties.
func properties(b *strings.Builder, defs, object map[string]any) {
	b.WriteString("| property | | value |\n| --- | --- | --- |\n")
	required, _ := object["required"].([]any)
	of := object["properties"].(map[string]any)
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		rx, ry := slices.Contains(required, any(x)), slices.Contains(required, any(y))
		if rx != ry {
			return map[bool]int{true: -1, false: 1}[rx]
		}
		return strings.Compare(x, y)
	})
	for _, name := range names {
		must := ""
		if slices.Contains(required, any(name)) {
			must = "required"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, must, value(defs, of[name].(map[string]any)))
	}
}

// value is a property's schema in words.
func value(defs, s map[string]any) string {
	words := constraint(defs, s)
	if d := str(s, "description"); d != "" {
		words = strings.TrimPrefix(d+"; "+words, "; ")
	}
	if inner, ok := s["properties"].(map[string]any); ok && s["$ref"] != nil {
		if of, ok := inner["of"].(map[string]any); ok {
			words += "; `of`: " + constraint(defs, of)
		}
	}
	if required, ok := s["required"].([]any); ok && s["$ref"] != nil {
		words += fmt.Sprintf("; with %v", required)
	}
	return words
}

func constraint(defs, s map[string]any) string {
	if ref := str(s, "$ref"); ref != "" {
		name := ref[strings.LastIndex(ref, "/")+1:]
		switch target := defs[name].(map[string]any); {
		case target["properties"] != nil:
			return fmt.Sprintf("[%s](#%s)", name, name)
		case name == "crimes":
			return "list of [crime](#crime)"
		case name == "line" || name == "text":
			return "text"
		default:
			return strings.TrimPrefix(str(target, "description")+", "+constraint(defs, target), ", ")
		}
	}
	if c, ok := s["const"]; ok {
		return fmt.Sprint(c)
	}
	if list, ok := s["enum"].([]any); ok {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
	}
	switch str(s, "type") {
	case "integer":
		return fmt.Sprintf("whole number %.0f to %.0f", s["minimum"], s["maximum"])
	case "array":
		return "list of " + constraint(defs, s["items"].(map[string]any))
	case "string":
		return map[bool]string{true: "date as YYYY-MM-DD", false: "text"}[str(s, "format") == "date"]
	}
	return str(s, "type")
}

// refusals shows what is said to bad events: by Parse to the first list, by
// Check to the second.
func refusals(t *testing.T, b *strings.Builder) {
	t.Helper()
	raw, err := docket.Example(docket.JudgmentRendered)
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	b.WriteString("\n## Refusals\n\nEach line is one change to the example of a judgment and the answer to it.\n\n| change | place | answer |\n| --- | --- | --- |\n")
	for _, c := range [][3]string{
		{"an unknown type", "judgment.rendered.v1", "judgment.dreamt.v1"},
		{"a property nobody knows", `"sex"`, `"gender"`},
		{"a property twice", `"sex"`, `"name"`},
		{"a source that is no agency", "urn:fengcun:agency:court-990101", "https://example.org/"},
		{"no version of CloudEvents that is known", `"1.0"`, `"0.3"`},
		{"a day the calendar lacks", `"2024-05-06"`, `"2024-02-30"`},
		{"a time without its zone", "17:05:00+08:00", "17:05:00"},
		{"a penalty that is none", `"拘役"`, `"拘留"`},
		{"text in place of a number", `"months": 2`, `"months": "2"`},
		{"a broken number", `"months": 2`, `"months": 2.5`},
		{"an acquittal with a sentence", `"有罪"`, `"无罪"`},
		{"first instance that upholds", `"有罪"`, `"维持原判"`},
		{"null for unknown", `"男"`, `null`},
		{"text that is not UTF-8", "冯", "\xb7\xeb"},
	} {
		_, err := docket.Parse([]byte(strings.ReplaceAll(good, c[1], c[2])))
		answer(t, b, c[0], err)
	}
	for _, c := range []struct {
		name   string
		change func(*docket.Event)
	}{
		{"a day in the future", func(e *docket.Event) { e.Data.Date = civil.MustParse("2026-12-31") }},
		{"a case code mistyped", func(e *docket.Event) { e.Subject = "1" + e.Subject[1:] }},
		{"neither case code nor number", func(e *docket.Event) { e.Subject, e.Data.Numbers = "", nil }},
		{"a retraction of nothing", func(e *docket.Event) { e.Type = docket.ReportRetracted }},
		{"a wrong identity number", func(e *docket.Event) { e.Data.Persons[0].Identity.Number = "990101199001023010" }},
	} {
		e, err := docket.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		c.change(e)
		answer(t, b, c.name, e.Check(civil.MustParse("2026-11-23")))
	}
}

func answer(t *testing.T, b *strings.Builder, change string, err error) {
	t.Helper()
	invalid, ok := err.(*docket.Invalid) //nolint:errorlint // Parse and Check return it bare
	if !ok {
		t.Fatalf("%s: %v", change, err)
	}
	place := invalid.Problems[0].Path
	if place == "" {
		place = "(whole)"
	}
	fmt.Fprintf(b, "| %s | `%s` | %s |\n", change, place, strings.ReplaceAll(invalid.Problems[0].Message, "|", `\|`))
}
