package docket

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
)

func TestResidentNumbers(t *testing.T) {
	for number, good := range map[string]bool{
		"990101199001023019": false, // one digit off
		"99010119900102301X": false,
		"990101900102301":    true, // fifteen digits, first generation
		"990101901302301":    false,
		"99010119901302301X": false, // month 13
		"99010119900230001":  false, // seventeen
		"":                   false,
		"9901011990010２3019": false, // full-width digit
	} {
		if err := CheckResidentNumber(number); (err == nil) != good {
			t.Errorf("%q: %v", number, err)
		}
	}
	if got := ResidentCheckCharacter("11010519491231002"); got != 'X' { // sample of GB 11643-1999
		t.Errorf("check character %c, want X", got)
	}
}

func TestEveryWrongDigitIsDetected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := "9901011985" + rapid.StringMatching(`(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}`).Draw(t, "rest")
		number := digits + string(ResidentCheckCharacter(digits))
		if err := CheckResidentNumber(number); err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, 16).Draw(t, "at")
		other := rapid.ByteRange('0', '9').Filter(func(b byte) bool { return b != number[at] }).Draw(t, "digit")
		if CheckResidentNumber(number[:at]+string(other)+number[at+1:]) == nil {
			t.Fatalf("digit %d of %s may be %c", at, number, other)
		}
	})
}

func TestIdentitiesMatchByDocument(t *testing.T) {
	digits := "99010119900102301"
	number := digits + string(ResidentCheckCharacter(digits))
	for _, c := range []struct {
		name string
		a, b Identity
		same bool
	}{
		{"spelling", Identity{Number: number}, Identity{Number: " 990101-19900102-301" + number[17:], Document: ResidentID}, true},
		{"full width", Identity{Number: "Ｐ１２３", Document: Passport}, Identity{Number: "p123", Document: Passport}, true},
		{"first generation", Identity{Number: digits[:6] + digits[8:]}, Identity{Number: number}, true},
		{"first generation, another century", Identity{Number: digits[:6] + digits[8:14] + "997"}, Identity{Number: number[:14] + "997" + string(ResidentCheckCharacter(number[:14]+"997"))}, false},
		{"fifteen digits that are no number", Identity{Number: "990101901302301"}, Identity{Number: number}, false},
		{"other kind", Identity{Number: "P123", Document: Passport}, Identity{Number: "P123", Document: "港澳居民来往内地通行证"}, false},
	} {
		if (c.a.MatchKey() == c.b.MatchKey()) != c.same {
			t.Errorf("%s: %q and %q", c.name, c.a.MatchKey(), c.b.MatchKey())
		}
	}
	if (Identity{Name: "自报"}).MatchKey() != "" {
		t.Error("a name alone matches somebody")
	}
	for _, ok := range []Identity{
		{Name: "冯予安", Number: number}, {Name: "冯予安"}, {Name: "某公司", Unit: true, Number: "91"}, {Name: "Doe", Document: Passport, Number: "P1"},
	} {
		if err := ok.Check(); err != nil {
			t.Errorf("%+v: %v", ok, err)
		}
	}
	if (Identity{Name: "冯予安", Number: "1"}).Check() == nil || (Identity{Number: number}).Check() == nil {
		t.Error("an identity that cannot be right is taken")
	}
}

func TestNumbersMatchInAnySpelling(t *testing.T) {
	want := Number{No: "(2024)岭9901刑初1号"}.MatchKey()
	for _, no := range []string{"（2024）岭9901刑初1号", "（２０２４） 岭9901 刑初1号"} {
		if got := (Number{No: no}).MatchKey(); got != want {
			t.Errorf("%s matches as %s", no, got)
		}
	}
	if (Number{No: "松检刑诉〔2024〕63号"}).MatchKey() != (Number{No: "松检刑诉[2024]63号"}).MatchKey() {
		t.Error("brackets part the same number")
	}
}

func FuzzCheckResidentNumber(f *testing.F) {
	f.Add("110105194912310021")
	f.Add("990101900102301")
	f.Fuzz(func(t *testing.T, s string) {
		if CheckResidentNumber(s) == nil && len(s) != 15 && len(s) != 18 {
			t.Fatalf("%q is taken", s)
		}
	})
}

func TestBornAsStatedElseAsNumbered(t *testing.T) {
	day := func(s string) civil.Date { d, _ := civil.Parse(s); return d }
	for name, c := range map[string]struct {
		id   Identity
		want civil.Date
	}{
		"stated goes first":  {Identity{Number: "990101198503042919", Birth: day("1985-03-05")}, day("1985-03-05")},
		"by number":          {Identity{Number: "99010119850304" + "291" + string(ResidentCheckCharacter("99010119850304291"))}, day("1985-03-04")},
		"fifteen characters": {Identity{Document: ResidentID, Number: "990101 850304 291"}, day("1985-03-04")},
		"a wrong number":     {Identity{Number: "990101198503042910"}, civil.Date{}},
		"another document":   {Identity{Document: Passport, Number: "990101850304291"}, civil.Date{}},
		"a unit":             {Identity{Unit: true, Number: "990101850304291"}, civil.Date{}},
		"neither":            {Identity{Name: "某人"}, civil.Date{}},
	} {
		if got := c.id.Born(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestSexAsStatedElseAsNumbered(t *testing.T) {
	for id, want := range map[[2]string]string{
		{"", "990101850304291"}: "男", {"", "990101850304292"}: "女", {"女", "990101850304291"}: "女", {"", ""}: "",
		{"", "99010119850304291" + string(ResidentCheckCharacter("99010119850304291"))}: "男",
		{"", "99010119850304292" + string(ResidentCheckCharacter("99010119850304292"))}: "女",
	} {
		if got := (Identity{Sex: id[0], Number: id[1]}).Gender(); got != want {
			t.Errorf("%v: %q, want %q", id, got, want)
		}
	}
}
