// Package identity says how much speaks for two statements being about one
// person, where no document number decides it. It is pure: no clock, no store,
// no learning. Its answer is a list of evidence with points, never a verdict:
// what it finds goes before a human, and nothing is joined without one.
//
// Points are rounded base-2 logarithms of how much likelier an agreement is for
// one person than for two that met by chance (Fellegi and Sunter, A Theory for
// Record Linkage, JASA 64, 1969). docs/identity.md has the measured table.
package identity

import (
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
)

// Field names what a piece of evidence is about.
type Field string

// The fields, in the order in which they are shown.
const (
	Name     Field = "name"
	Number   Field = "number"
	Sex      Field = "sex"
	Birth    Field = "birth"
	Domicile Field = "domicile"
	Address  Field = "address"
	With     Field = "with" // co-defendants
)

// Fields lists the fields in the order in which they are shown.
func Fields() []Field { return []Field{Name, Number, Sex, Birth, Domicile, Address, With} }

// Level is how well two statements agree in a field.
type Level string

// The levels, from the best.
const (
	Same    Level = "same"
	Variant Level = "variant" // one thing in two spellings, or a name used before
	Near    Level = "near"    // such as mistakes and hearsay make
	Partly  Level = "partly"  // the same province, a shared surname
	Differs Level = "differs"
	Unknown Level = "unknown" // one side says nothing
)

// The thresholds: from Queue on a pair is put before a human, from Likely on
// it is marked as likely. docs/identity.md says what each finds and misses.
const (
	Queue  = 12
	Likely = 20
)

// Person is what is stated of one person: one identity for each record, and
// the names of who stood beside them in a case.
type Person struct {
	Statements []docket.Identity
	With       []string
}

// Evidence is what one field says.
type Evidence struct {
	Field  Field
	Level  Level
	Points int
}

// Match is all that speaks for and against two persons being one.
type Match struct {
	Points   int // sum of the evidence
	Evidence []Evidence
}

// Compare weighs two persons. It is symmetric. Of several statements about a
// person the one that agrees best counts: people move, and change their names.
func Compare(a, b Person) Match {
	var m Match
	for _, f := range Fields() {
		e := compare(f, a, b)
		m.Points += e.Points
		m.Evidence = append(m.Evidence, e)
	}
	return m
}

func compare(f Field, a, b Person) Evidence {
	if f == With {
		return withOthers(a.With, b.With)
	}
	best := Evidence{Field: f, Level: Unknown}
	known := false
	for _, x := range a.Statements {
		for _, y := range b.Statements {
			e := compareOne(f, x, y)
			if e.Level != Unknown && (!known || better(e, best)) {
				best, known = e, true
			}
		}
	}
	return best
}

// better says that a piece of evidence goes before another; of equal points by
// its level, so that the order of statements changes nothing.
func better(e, than Evidence) bool {
	return e.Points > than.Points || (e.Points == than.Points && e.Level < than.Level)
}

func compareOne(f Field, a, b docket.Identity) (e Evidence) {
	switch f {
	case Name:
		e = names(a, b)
	case Number:
		e = numbers(a, b)
	case Sex:
		e = equal(gender(a), gender(b), 1, -7)
	case Birth:
		e = births(born(a), born(b))
	case Domicile:
		e = domiciles(domicile(a), domicile(b))
	case Address:
		e = equal(plain(a.Address), plain(b.Address), 6, 0)
	case With:
	}
	e.Field = f
	return e
}

// equal is the evidence of a field that is the same or another.
func equal[T comparable](a, b T, same, differs int) Evidence {
	var zero T
	switch {
	case a == zero || b == zero:
		return Evidence{Level: Unknown}
	case a == b:
		return Evidence{Level: Same, Points: same}
	}
	return Evidence{Level: Differs, Points: differs}
}

// mostWith is how many shared co-defendants count: friends come together, and
// so do brothers.
const mostWith = 2

// withOthers counts the co-defendants that both have. That none is shared says
// nothing.
func withOthers(a, b []string) Evidence {
	e := Evidence{Field: With, Level: Unknown}
	n := 0
	seen := make(map[string]bool)
	for _, x := range a {
		key := NormalName(x)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		if slices.ContainsFunc(b, func(y string) bool { return NormalName(y) == key }) {
			n++
		}
	}
	if n > 0 {
		e.Level, e.Points = Same, 6*min(n, mostWith)
	}
	return e
}
