package policy

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

func signed() []Signoff {
	day := civil.MustParse("2025-12-01")
	return []Signoff{{Officer: "a", Agency: "x", On: day}, {Officer: "b", Agency: "y", On: day}}
}

func threePacks(t *testing.T) ([]*Pack, []Enactment) {
	t.Helper()
	var packs []*Pack
	var enacted []Enactment
	for _, id := range []string{"cn-adult-preferred", "cn-minor", "cn-public-order"} {
		p := loadPack(t, id)
		packs = append(packs, p)
		enacted = append(enacted, Enactment{Pack: id, Digest: p.Digest, From: civil.MustParse("2026-01-01"), Signed: signed()})
	}
	return packs, enacted
}

func TestSetRoutesEachRecordToItsRegime(t *testing.T) {
	packs, enacted := threePacks(t)
	set, err := NewSet(packs, enacted)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Decode([]byte(`{"id":"d","on":"2026-06-01","person":{"birth":"2004-05-17"},"records":[
	 {"id":"young","kind":"conviction","offence_date":"2022-05-17","effective_date":"2022-09-01","crimes":[{"name":"盗窃罪","mens_rea":"intent"}],"sentence":{"kind":"有期徒刑","months":60}},
	 {"id":"grown","kind":"conviction","offence_date":"2025-05-18","effective_date":"2025-09-01","crimes":[{"name":"盗窃罪","mens_rea":"intent"}],"sentence":{"kind":"拘役","months":2},"flags":{"recidivist":false}},
	 {"id":"fine","kind":"public_order","offence_date":"2026-01-10","effective_date":"2026-01-12"},
	 {"id":"when","kind":"conviction","effective_date":"2025-09-01"},
	 {"id":"what","offence_date":"2025-05-18"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := set.Decide(d, civil.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]struct {
		regime Regime
		pack   string
		is     Outcome
	}{
		"young": {Minor, "cn-minor", Review},           // whether "when" unseals it is unknown
		"grown": {Adult, "cn-adult-preferred", Review}, // whether "when" was a minor's crime is unknown
		"fine":  {PublicOrder, "cn-public-order", Seal},
		"when":  {"", "", Review},
		"what":  {"", "", Review},
	} {
		r := got.Record(id)
		if r.Regime != want.regime || r.Pack != want.pack || r.Decision != want.is {
			t.Errorf("%s: %s under %q of %q, want %+v (%v)", id, r.Decision, r.Pack, r.Regime, want, r.Missing())
		}
		if want.pack != "" {
			if p, ok := set.ByDigest(r.Digest); !ok || p.ID != want.pack {
				t.Errorf("%s: its digest does not lead back to the pack", id)
			}
		}
	}
	alone := &Dossier{ID: "alone", Person: d.Person, Records: d.Records[:1]}
	if got, err := set.Decide(alone, d.On); err != nil || got.Record("young").Decision != Seal {
		t.Errorf("the minor's record alone: %+v, %v", got.Record("young"), err)
	}
	before, err := set.Decide(d, civil.MustParse("2025-12-31"))
	if err != nil || before.Record("fine").Decision != Keep || before.Record("fine").Pack != "" {
		t.Errorf("before any pack is in force: %+v, %v", before.Record("fine"), err)
	}
	if _, err := set.Decide(&Dossier{ID: "d"}, civil.Date{}); err == nil {
		t.Error("decided without a date")
	}
	var none Set
	if got, err := none.Decide(d, d.On); err != nil || got.Record("young").Decision != Keep {
		t.Errorf("a set without packs: %v, %v", got, err)
	}
}

func TestNewSetRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(e []Enactment) []Enactment
		want   string
	}{
		{"an unknown pack", func(e []Enactment) []Enactment { e[0].Pack = "x"; return e }, "no such pack"},
		{"other bytes", func(e []Enactment) []Enactment { e[0].Digest = "sha256:0"; return e }, "a pack in force never changes"},
		{"one officer", func(e []Enactment) []Enactment { e[0].Signed = e[0].Signed[:1]; return e }, "two different officers"},
		{"the same officer twice", func(e []Enactment) []Enactment { e[0].Signed[1].Officer = "a"; return e }, "two different officers"},
		{"no date", func(e []Enactment) []Enactment { e[0].From = civil.Date{}; return e }, "the date from which"},
		{"ends before it begins", func(e []Enactment) []Enactment { e[0].To = civil.MustParse("2025-01-01"); return e }, "before it begins"},
		{"two at once", func(e []Enactment) []Enactment {
			again := e[0]
			again.From = civil.MustParse("2026-06-01")
			return append(e, again)
		}, "both in force on 2026-06-01"},
	} {
		packs, enacted := threePacks(t)
		if _, err := NewSet(packs, c.change(enacted)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	packs, enacted := threePacks(t)
	enacted[0].To = civil.MustParse("2026-05-31")
	next := enacted[0]
	next.From, next.To = civil.MustParse("2026-06-01"), civil.Date{}
	if _, err := NewSet(packs, append(enacted, next)); err != nil {
		t.Errorf("one after the other: %v", err)
	}
	if _, err := NewSet(append(packs, packs[0]), nil); err == nil {
		t.Error("two packs of one id were taken")
	}
}

// A fault of the list names its line.
func TestEnactmentsAreRefusedWithTheirPlace(t *testing.T) {
	packs, _ := threePacks(t)
	list := func(pack, digest, from, signed string) string {
		return "enacted:\n  - pack: " + pack + "\n    digest: " + digest + "\n    from: " + from + "\n    signed: " + signed + "\n"
	}
	const two = "[{officer: a, agency: x, on: 2025-12-01}, {officer: b, agency: y, on: 2025-12-02}]"
	good := list("cn-minor", packs[1].Digest, "2026-01-01", two)
	for _, c := range []struct{ name, text, want string }{
		{"no such pack", list("cn-mino", packs[1].Digest, "2026-01-01", two), "^force.yaml:2:11: enactment of cn-mino: no such pack"},
		{"another digest", list("cn-minor", "sha256:00", "2026-01-01", two), "^force.yaml:2:11: .*signed off as sha256:00, the folder is sha256:[0-9a-f]{64}; a pack in force never changes"},
		{"one officer", list("cn-minor", packs[1].Digest, "2026-01-01", "[{officer: a, agency: x, on: 2025-12-01}]"), "^force.yaml:2:11: .*two different officers"},
		{"an officer of no agency", list("cn-minor", packs[1].Digest, "2026-01-01", "[{officer: a, agency: x, on: 2025-12-01}, {officer: b, on: 2025-12-01}]"), "^force.yaml:2:11: .*two different officers"},
		{"undated consent", list("cn-minor", packs[1].Digest, "2026-01-01", "[{officer: a, agency: x, on: 2025-12-01}, {officer: b, agency: y}]"), "^force.yaml:2:11: .*two different officers"},
		{"no first day", strings.Replace(good, "    from: 2026-01-01\n", "", 1), "^force.yaml:2:11: .*the date from which it is in force is missing"},
		{"two at once", good + strings.TrimPrefix(list("cn-minor", packs[1].Digest, "2026-07-01", two), "enacted:\n"), "^force.yaml:6:11: .*cn-minor and cn-minor are both in force on 2026-07-01"},
		{"an unknown key", strings.Replace(good, "    from:", "    form:", 1), "^force.yaml:4:5: unknown field"},
		{"no date", strings.Replace(good, "2026-01-01", "soon", 1), "^force.yaml:"},
		{"not YAML", "enacted: [", "^force.yaml:1:"},
		{"a tag without a value", "enacted:\n !0 #", "^force.yaml: this is no YAML that can be read"},
	} {
		enacted, err := ReadEnactments("force.yaml", []byte(c.text))
		if err == nil {
			_, err = NewSet(packs, enacted)
		}
		if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	enacted, err := ReadEnactments("force.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSet(packs, enacted); err != nil {
		t.Error(err)
	}
}

// What has been in force stays; the future is open.
func TestSucceed(t *testing.T) {
	packs, enacted := threePacks(t) // all from 2026-01-01
	today := civil.MustParse("2026-06-01")
	was, err := NewSet(packs, enacted)
	if err != nil {
		t.Fatal(err)
	}
	other := loadPack(t, "cn-adult-graded")
	in := func(p *Pack, from, to string) Enactment {
		e := Enactment{Pack: p.ID, Digest: p.Digest, From: civil.MustParse(from), Signed: signed()}
		if to != "" {
			e.To = civil.MustParse(to)
		}
		return e
	}
	for _, c := range []struct {
		name  string
		adult []Enactment
		want  string
	}{
		{"the same", []Enactment{in(packs[0], "2026-01-01", "")}, ""},
		{"ended yesterday", []Enactment{in(packs[0], "2026-01-01", "2026-05-31"), in(other, "2026-06-01", "")}, ""},
		{"ended later", []Enactment{in(packs[0], "2026-01-01", "2026-08-31"), in(other, "2026-09-01", "")}, ""},
		{"dropped", nil, "gone from the list"},
		{"another pack for the same days", []Enactment{in(other, "2026-01-01", "")}, "a pack in force never changes"},
		{"another first day", []Enactment{in(packs[0], "2026-02-01", "")}, "gone from the list"},
		{"ended before it ended", []Enactment{in(packs[0], "2026-01-01", "2026-03-31")}, "have passed and do not change"},
		{"a rule for days that have passed", []Enactment{in(other, "2025-01-01", "2025-12-31"), in(packs[0], "2026-01-01", "")}, "a day that has passed"},
	} {
		next, err := NewSet(append([]*Pack{other}, packs...), append(c.adult, enacted[1:]...))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		err = next.Succeed(was.Terms(), today)
		if (c.want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestReadEnactments(t *testing.T) {
	got, err := ReadEnactments("f.yaml", []byte("enacted:\n  - {pack: p, digest: d, from: 2026-01-01, to: 2026-12-31, signed: [{officer: a, agency: x, on: 2025-12-01}]}\n"))
	if err != nil || len(got) != 1 || got[0].From.String() != "2026-01-01" || got[0].Signed[0].On.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := ReadEnactments("f.yaml", []byte("enacted:\n  - {pack: p, form: 2026-01-01}\n")); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:2:") {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestDecisionIsThePublicForm(t *testing.T) {
	p := loadPack(t, "cn-adult-opinion-1")
	d, err := Decode([]byte(strings.Replace(example, `"2024-05-17"`, "null", 1)))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(p.Decide(d, d.On))
	if err != nil {
		t.Fatal(err)
	}
	var tree struct {
		ID, Pack, Version, Digest string
		Records                   []map[string]any
	}
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	r := tree.Records[0]
	if from, there := r["from"]; tree.Pack != p.ID || tree.Digest != p.Digest || r["decision"] != "review" || !there || from != nil {
		t.Errorf("%s", raw)
	}
	var back Decision
	if err := json.Unmarshal(raw, &back); err != nil || asJSON(back) != asJSON(p.Decide(d, d.On)) {
		t.Errorf("it does not survive decoding: %v", err)
	}
	rec := back.Record("r1")
	if missing := rec.Missing(); len(missing) != 1 || missing[0] != "records[r1].effective_date" {
		t.Errorf("missing %v", missing)
	}
	if why := rec.Decisive(); len(why) != 1 || why[0].Rule != "effective" {
		t.Errorf("decisive %+v", why)
	}
}

func TestUnderAgeNeedsNoMoreThanItMust(t *testing.T) {
	set := &Set{}
	d := &Dossier{Person: Person{Birth: civil.MustParse("2000-01-01")}, Records: []Record{{
		ID: "r", Kind: docket.Conviction,
		Crimes: []docket.Crime{{Name: "盗窃罪", OffenceDate: civil.MustParse("2017-01-01")}, {Name: "盗窃罪"}},
	}}}
	if regime, missing := set.RegimeOf(d, 0); regime != "" || len(missing) != 1 || missing[0] != "records[r].crimes[1].offence_date" {
		t.Errorf("%q, %v", regime, missing)
	}
	d.Records[0].OffenceDate = civil.MustParse("2017-06-01")
	if regime, _ := set.RegimeOf(d, 0); regime != Minor {
		t.Errorf("%q, want minor", regime)
	}
}

func FuzzReadEnactments(f *testing.F) {
	f.Add([]byte("enacted:\n  - {pack: p, digest: d, from: 2026-01-01, to: 2026-12-31, signed: [{officer: a, agency: x, on: 2025-12-01}]}\n"))
	f.Add([]byte("enacted: []\n"))
	f.Add([]byte("enacted:\n- pack: &a cn-minor\n  from: *a\n"))
	minor := loadPack(f, "cn-minor")
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := ReadEnactments("f.yaml", raw)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml") {
				t.Fatalf("no place: %v", err)
			}
			return
		}
		set, err := NewSet([]*Pack{minor}, list)
		if err != nil {
			return
		}
		if len(list) > 0 && set.Succeed(set.Terms(), civil.MustParse("2030-01-01")) != nil {
			t.Fatal("a set does not succeed itself")
		}
	})
}
