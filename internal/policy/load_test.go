package policy

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

const goodPolicy = `id: try
version: "1"
regime: adult
standing: proposal
title: {zh: 试, en: try}
basis: none
dates: {month_end: last_day, period_end: on_the_day}
parameters:
  months: {value: 12, source: none}
define:
  - {id: light, cel: 'record.sentence.at_most("有期徒刑", param.months)'}
scope: {kinds: [conviction], zh: 范围, en: scope, basis: none}
conditions:
  - {id: threshold, zh: 门槛, en: threshold, basis: none, cel: light}
clock: {id: clock, zh: 起算, en: clock, basis: none, steps: [{start: record.effective_date}]}
start: {mode: automatic}
`

const goodTests = `cases:
  - name: half a year
    on: 2026-01-01
    record: {kind: conviction, effective_date: 2025-01-01, sentence: {kind: 有期徒刑, months: 6}}
    expect: seal
    from: 2025-01-01
`

func folder(policy, tests string) fstest.MapFS {
	return fstest.MapFS{policyFile: {Data: []byte(policy)}, testsFile: {Data: []byte(tests)}}
}

func TestLoadTakesAGoodPack(t *testing.T) {
	p, err := Load(folder(goodPolicy, goodTests))
	if err != nil {
		t.Fatal(err)
	}
	if p.ID != "try" || len(p.Rules()) != 3 || !strings.HasPrefix(p.Digest, "sha256:") || len(p.Cases) != 1 {
		t.Errorf("loaded %+v", p)
	}
}

// A refused pack says where and why.
func TestLoadRefuses(t *testing.T) {
	const condition = `cel: light}`
	for _, c := range []struct{ name, old, is, want string }{
		{"unknown key", "basis: none\ndates", "basis: none\nbasiss: x\ndates", `^policy\.yaml:7:1: .*basiss`},
		{"a key twice", "basis: none\ndates", "basis: none\nid: two\ndates", `^policy\.yaml:7:\d+: .*id`},
		{"wrong type", "version: \"1\"", "version: [1]", `^policy\.yaml:2:\d+`},
		{"no version", "version: \"1\"\n", "", `version: missing`},
		{"unknown attribute", condition, `cel: record.sentence.month > 1}`, `^policy\.yaml:14:\d+: conditions\[0\]\.cel: .*undefined field 'month'`},
		{"type error", condition, `cel: record.sentence.months > "x"}`, `^policy\.yaml:14:\d+: .*no matching overload for '_>_'`},
		{"not a truth", condition, `cel: record.sentence.months}`, `the expression is a int, want a bool`},
		{"syntax", condition, `cel: "record.sentence.months >"}`, `^policy\.yaml:14:\d+: .*Syntax error`},
		{"no such function", condition, `cel: size(record.crimes) > 1}`, `undeclared reference to 'size'`},
		{"no such penalty", condition, `cel: 'record.sentence.at_most("徒刑", 1)'}`, `^policy\.yaml:14:\d+: .*"徒刑" is no kind of penalty`},
		{"no such category", condition, `cel: 'record.crimes.exists(c, c.category("drugs"))'}`, `"drugs" is no category`},
		{"no such crime", condition, `cel: 'record.crimes.exists(c, c.is("坏罪"))'}`, `"坏罪" is no crime`},
		{"other outside later", condition, `cel: 'other.kind == "conviction"'}`, `other can be named only where`},
		{"has is not needed", condition, `cel: 'has(record.sentence)'}`, `undeclared reference to 'has'`},
		{"too costly", condition, `cel: 'others.exists(a, others.exists(b, others.exists(c, c.id == b.id)))'}`, `too costly`},
		{"too costly, with its place", condition, `cel: 'others.all(a, others.all(b, others.all(c, others.all(d, a.id == d.id))))'}`, `^policy\.yaml:14:\d+: conditions\[0\]\.cel: too costly: up to \d+ steps .* at most \d+ are allowed; avoid`},
		{"endless nesting", condition, `cel: '` + strings.Repeat("!(", 400) + `light` + strings.Repeat(")", 400) + `'}`, `^policy\.yaml:14:\d+: conditions\[0\]\.cel: .*recursion`},
		{"endless text", condition, `cel: '` + strings.Repeat("light || ", 2000) + `light'}`, `^policy\.yaml:14:\d+: conditions\[0\]\.cel: .*size`},
		{"a loop of its own", condition, `cel: 'record.crimes.map(c, c.name).size() > 0'}`, `^policy\.yaml:14:\d+: .*undeclared reference to 'map'`},
		{"a definition of itself", "cel: 'record.sentence.at_most", "cel: 'light || record.sentence.at_most", `^policy\.yaml:11:\d+: define\[0\]\.cel: .*undeclared reference to 'light'`},
		{"no citation of the whole", "basis: none\ndates", "dates", `^policy\.yaml:.*basis: missing; say what the pack rests on`},
		{"no citation of the clock", "en: clock, basis: none", "en: clock", `^policy\.yaml:15:\d+: .*rule clock: the citation \(basis\) is missing`},
		{"a text that is not closed", "title: {zh: 试, en: try}", "title: {zh: \"试, en: try}", `^policy\.yaml:\d+:\d+: `},
		{"a tab for blanks", "basis: none\ndates", "\tbasis: none\ndates", `^policy\.yaml:\d+:\d+: `},
		{"bad date", condition, `cel: 'on > date("2026-02-30")'}`, `"2026-02-30" is not a date`},
		{"no citation", "en: threshold, basis: none", "en: threshold, basis: ''", `^policy\.yaml:14:\d+: .*citation \(basis\) is missing`},
		{"no title", "zh: 门槛, ", "", `title in both languages`},
		{"an id twice", "id: clock", "id: threshold", `"threshold" is the id of another rule`},
		{"no such kind", "kinds: [conviction]", "kinds: [judgment]", `"judgment" is no kind of record`},
		{"parameter without source", "{value: 12, source: none}", "{value: 12}", `source of the value is missing`},
		{"parameter of no type", "{value: 12, source: none}", "{value: [1], source: none}", `whole number, true, false or a text`},
		{"a step without end", "{start: record.effective_date}", `{when: "true", start: record.effective_date}`, `the last has none`},
		{"start of no date", "{start: record.effective_date}", `{start: "1"}`, `the expression is a int, want a date`},
		{"no mode", "{mode: automatic}", "{mode: manual}", `neither automatic nor application`},
		{"no regime", "regime: adult", "regime: adults", `"adults" is no regime`},
		{"not YAML", "id: try", "id: [try", `^policy\.yaml:\d+:\d+: `},
	} {
		policy := strings.Replace(goodPolicy, c.old, c.is, 1)
		if policy == goodPolicy {
			t.Fatalf("%s: nothing was changed", c.name)
		}
		_, err := Load(folder(policy, goodTests))
		if err == nil || !regexp.MustCompile("(?m)"+c.want).MatchString(err.Error()) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestLoadRefusesTests(t *testing.T) {
	for _, c := range []struct{ name, old, is, want string }{
		{"a case fails", "expect: seal", "expect: keep", `tests\.yaml:2:1: try: case "half a year": r1: decided seal, want keep`},
		{"another date", "from: 2025-01-01", "from: 2025-01-02", `from "2025-01-01", want "2025-01-02"`},
		{"no such outcome", "expect: seal", "expect: sealed", `tests\.yaml:2:\d+: .*"sealed" is none of`},
		{"unknown key", "expect: seal", "expects: seal", `tests\.yaml:5:\d+`},
		{"bad dossier", "months: 6", "months: six", `field /records/0/sentence/months`},
		{"no date", "    on: 2026-01-01\n", "", `no date to evaluate on`},
		{"no cases", goodTests, "cases: []\n", `no cases`},
	} {
		_, err := Load(folder(goodPolicy, strings.Replace(goodTests, c.old, c.is, 1)))
		if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := Load(fstest.MapFS{policyFile: {Data: []byte(goodPolicy)}}); err == nil {
		t.Error("a pack without tests.yaml was loaded")
	}
}

func TestDigestNamesTheBytes(t *testing.T) {
	a, err := Digest(folder(goodPolicy, goodTests))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Digest(folder(goodPolicy, goodTests+"\n"))
	c, _ := Digest(folder(goodPolicy, goodTests))
	if a == b || a != c {
		t.Error("the digest must change with the bytes and with nothing else")
	}
}

// Every field that the checker lets pass has an accessor.
func TestEveryFieldCompiles(t *testing.T) {
	env, err := newEnv(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := loadPack(t, "cn-public-order")
	c := &compiler{env: env, dates: p.Dates, names: map[string]value{}, crimes: p.catalogue}
	inside := map[string]string{
		"Person": "person.%s == person.%s", "Record": "record.%s == record.%s",
		"Sentence": "record.sentence.%s == record.sentence.%s", "Flags": "record.flags.%s == record.flags.%s",
		"Crime": "record.crimes.all(c, c.%s == c.%s)",
	}
	for name, form := range inside {
		for field := range newSchema(nil).fields[name] {
			if field == "crimes" || field == "sentence" || field == "flags" {
				continue // objects, reached through their fields
			}
			source := strings.ReplaceAll(form, "%s", field)
			if _, err := c.compile(source, boolType()); err != nil {
				t.Errorf("%s: %v", source, err)
			}
		}
	}
}

func TestParametersAndOverlay(t *testing.T) {
	base, layer := loadPack(t, "cn-adult-opinion-2"), loadPack(t, "cn-adult-preferred")
	d, err := Decode([]byte(`{"id":"d","on":"2026-01-01","person":{"birth":"1990-01-01"},"records":[
		{"id":"r1","kind":"conviction","effective_date":"2025-01-01","crimes":[{"name":"容留他人吸毒罪","mens_rea":"intent"}],
		 "sentence":{"kind":"有期徒刑","months":18},"flags":{"recidivist":false}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	wider, err := base.WithParameters(map[string]any{"limit_months": int64(18)})
	if err != nil {
		t.Fatal(err)
	}
	over, err := wider.Overlay(layer, Exclusions, FirstOffence)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p    *Pack
		want Outcome
	}{{base, Keep}, {wider, Seal}, {over, Keep}} {
		if got, _ := c.p.Verdict(d, 0, d.On); got != c.want {
			t.Errorf("%s: %s, want %s", c.p.Digest, got, c.want)
		}
	}
	if _, err := base.WithParameters(map[string]any{"months": int64(1)}); err == nil {
		t.Error("a parameter that is not there was set")
	}
	if _, err := loadPack(t, "cn-adult-opinion-1").Overlay(loadPack(t, "cn-adult-graded"), Threshold); err == nil {
		t.Error("two definitions of one name were laid over each other")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(goodPolicy, goodTests)
	for _, id := range []string{"cn-minor", "cn-adult-graded"} {
		policy, err := os.ReadFile(packsFolder + "/" + id + "/" + policyFile)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(policy), goodTests)
	}
	f.Fuzz(func(t *testing.T, policy, tests string) {
		p, err := Parse(folder(policy, tests))
		if err != nil {
			if err.Error() == "" {
				t.Fatal("a refusal without words")
			}
			return
		}
		c := seeded(1)
		for range 5 {
			d := c.dossier()
			got := p.Decide(d, d.On)
			if outcome, from := p.Verdict(d, 0, d.On); outcome != got.Records[0].Decision || from != got.Records[0].From {
				t.Fatal("verdict and decision differ")
			}
		}
	})
}
