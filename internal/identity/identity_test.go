package identity_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/identity"
)

func day(t *testing.T, s string) civil.Date {
	t.Helper()
	d, err := civil.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNormalName(t *testing.T) {
	for in, want := range map[string]string{
		"張 偉":                   "张伟",
		"买买提·艾力":                "买买提艾力",
		"买买提•艾力":                "买买提艾力",
		"买买提．艾力":                "买买提艾力",
		"Ｊｏｈｎ  smith-jones":     "JOHNSMITHJONES",
		"O’Brien, Pat":          "OBRIENPAT",
		"\t":                    "",
		"陳\u3000大文\u200b"[:9+3]: "陈大文",
	} {
		if got := identity.NormalName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// level is what one field says of two statements.
func level(f identity.Field, a, b docket.Identity) identity.Level {
	m := identity.Compare(identity.Person{Statements: []docket.Identity{a}}, identity.Person{Statements: []docket.Identity{b}})
	i := slices.IndexFunc(m.Evidence, func(e identity.Evidence) bool { return e.Field == f })
	return m.Evidence[i].Level
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		a, b docket.Identity
		want identity.Level
	}{
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "张伟强"}, identity.Same},
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "張偉強"}, identity.Variant},
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "张强", Aliases: []string{"张伟强"}}, identity.Variant},
		{docket.Identity{Name: "阿卜杜·热合曼"}, docket.Identity{Name: "阿卜杜·热合曼·艾力"}, identity.Variant},
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "章维强"}, identity.Near},
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "张大强"}, identity.Near},
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "张伟"}, identity.Near},
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "张海涛"}, identity.Partly},
		{docket.Identity{Name: "张伟强"}, docket.Identity{Name: "李海涛"}, identity.Differs},
		{docket.Identity{Name: "张伟强"}, docket.Identity{}, identity.Unknown},
		{docket.Identity{Name: "··"}, docket.Identity{Name: "·"}, identity.Unknown},
	} {
		if got := level(identity.Name, c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	resident := func(n string) docket.Identity {
		return docket.Identity{Number: n + string(docket.ResidentCheckCharacter(n))}
	}
	permit := func(kind, n string) docket.Identity { return docket.Identity{Document: kind, Number: n} }
	for name, c := range map[string]struct {
		a, b docket.Identity
		want identity.Level
	}{
		"first generation":      {resident("99010119900102301"), docket.Identity{Number: "990101900102301"}, identity.Same},
		"another birthday":      {resident("99010119900102301"), resident("99010119900201301"), identity.Near},
		"another division":      {resident("99010119900102301"), resident("99020219900102301"), identity.Near},
		"twins":                 {resident("99010119900102301"), resident("99010119900102303"), identity.Near},
		"others":                {resident("99010119900102301"), resident("99030319710709112"), identity.Differs},
		"home return permit":    {permit(identity.HomeReturnPermit, "H0123456701"), permit(identity.HomeReturnPermit, "h01234567"), identity.Variant},
		"other permits":         {permit(identity.HomeReturnPermit, "H0123456701"), permit(identity.HomeReturnPermit, "M0123456701"), identity.Unknown},
		"Taiwan permit":         {permit(identity.TaiwanPermit, "0123456701(B)"), permit(identity.TaiwanPermit, "01234567"), identity.Variant},
		"passports":             {permit(docket.Passport, "E12345678"), permit(docket.Passport, "EA1234567"), identity.Unknown},
		"a card and a passport": {resident("99010119900102301"), permit(docket.Passport, "E12345678"), identity.Unknown},
		"none":                  {resident("99010119900102301"), docket.Identity{}, identity.Unknown},
	} {
		if got := level(identity.Number, c.a, c.b); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestWhatNumbersTell: a residence permit's number has birth and sex in it, and
// no domicile.
func TestWhatNumbersTell(t *testing.T) {
	digits := "81000019900102301"
	permit := docket.Identity{Document: identity.ResidencePermit, Number: digits + string(docket.ResidentCheckCharacter(digits))}
	stated := docket.Identity{Sex: "男", Birth: day(t, "1990-01-02"), Domicile: "810000"}
	for f, want := range map[identity.Field]identity.Level{identity.Birth: identity.Same, identity.Sex: identity.Same, identity.Domicile: identity.Unknown} {
		if got := level(f, permit, stated); got != want {
			t.Errorf("%s: %s, want %s", f, got, want)
		}
	}
}

func TestBirths(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want identity.Level
	}{
		{"1990-01-02", "1990-01-02", identity.Same},
		{"1990-01-02", "1990-02-01", identity.Near},   // exchanged
		{"1990-01-02", "1980-01-02", identity.Near},   // a digit
		{"1990-03-05", "1990-04-03", identity.Near},   // lunar
		{"1990-01-02", "1990-09-19", identity.Partly}, // an age was told
		{"1990-01-02", "1971-09-19", identity.Differs},
	} {
		if got := level(identity.Birth, docket.Identity{Birth: day(t, c.a)}, docket.Identity{Birth: day(t, c.b)}); got != c.want {
			t.Errorf("%s and %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestSharedCompany(t *testing.T) {
	a := identity.Person{Statements: []docket.Identity{{Name: "张伟强"}}, With: []string{"李海涛", "李海濤", "王芳"}}
	b := identity.Person{Statements: []docket.Identity{{Name: "张伟强"}}, With: []string{"李海涛", "王芳", "周敏"}}
	m := identity.Compare(a, b)
	if got := m.Evidence[len(m.Evidence)-1]; got.Level != identity.Same || got.Points != 12 {
		t.Errorf("two shared co-defendants: %+v", got)
	}
	if !slices.ContainsFunc(identity.Tokens(a), func(s string) bool { return slices.Contains(identity.Tokens(b), s) }) {
		t.Error("two of one name with the same co-defendant are not brought together")
	}
}

// TestANameAloneFindsNobody: it would find half a city.
func TestANameAloneFindsNobody(t *testing.T) {
	if got := identity.Tokens(identity.Person{Statements: []docket.Identity{{Name: "张伟", Sex: "男"}}}); len(got) > 0 {
		t.Errorf("tokens of a name alone: %q", got)
	}
}

func drawPerson(t *rapid.T, label string) identity.Person {
	var p identity.Person
	for range rapid.IntRange(0, 3).Draw(t, label+" statements") {
		s := docket.Identity{
			Name:     rapid.StringMatching(`[张章王王买提·a ]{0,6}`).Draw(t, label+" name"),
			Sex:      rapid.SampledFrom([]string{"", "男", "女"}).Draw(t, label+" sex"),
			Domicile: rapid.SampledFrom([]string{"", "990101", "990202", "x"}).Draw(t, label+" domicile"),
			Document: rapid.SampledFrom([]string{"", docket.Passport, identity.HomeReturnPermit, identity.TaiwanPermit}).Draw(t, label+" document"),
			Number:   rapid.StringMatching(`[HM]?[0-9X()]{0,18}`).Draw(t, label+" number"),
		}
		if rapid.Bool().Draw(t, label+" born") {
			s.Birth = civil.FromDays(rapid.IntRange(0, 20000).Draw(t, label+" birth"))
		}
		p.Statements = append(p.Statements, s)
	}
	p.With = rapid.SliceOfN(rapid.StringMatching(`[李王]{0,2}`), 0, 3).Draw(t, label+" with")
	return p
}

// TestSymmetric: which of two persons comes first changes nothing, and points
// are the sum of the evidence.
func TestSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawPerson(t, "a"), drawPerson(t, "b")
		m, n := identity.Compare(a, b), identity.Compare(b, a)
		sum := 0
		for i, e := range m.Evidence {
			sum += e.Points
			if e != n.Evidence[i] {
				t.Fatalf("%s: %+v one way, %+v the other", e.Field, e, n.Evidence[i])
			}
		}
		if m.Points != sum || len(m.Evidence) != len(identity.Fields()) {
			t.Fatalf("points %d, evidence adds up to %d", m.Points, sum)
		}
	})
}

// FuzzNames: no name breaks the comparison, normalising twice changes nothing,
// and a name is itself.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"", "張偉", "买买提·艾力", "\xff", "Ａ·b", "王", "𠮷田"} {
		f.Add(s, "990101900102301")
	}
	f.Fuzz(func(t *testing.T, name, number string) {
		n := identity.NormalName(name)
		if strings.ToValidUTF8(name, "") == name && identity.NormalName(n) != n {
			t.Errorf("%q becomes %q, and that %q", name, n, identity.NormalName(n))
		}
		p := docket.Identity{Name: name, Number: number, Aliases: []string{number}}
		if n != "" && level(identity.Name, p, p) != identity.Same {
			t.Errorf("%q is not itself", name)
		}
		identity.Tokens(identity.Person{Statements: []docket.Identity{p}, With: []string{number}})
	})
}

func BenchmarkCompare(b *testing.B) {
	all := labelled()[:1000]
	for i := 0; b.Loop(); i++ {
		identity.Compare(all[i%1000].Person, all[(i*7+1)%1000].Person)
	}
}
