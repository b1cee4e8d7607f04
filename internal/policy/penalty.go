package policy

import "github.com/fengcun/fengcun/internal/docket"

// kindOf is the kind of a sentence; an exemption counts as the lightest. "" is
// unknown.
func kindOf(s *docket.Sentence) docket.Penalty {
	switch {
	case s == nil:
		return ""
	case s.Kind != "":
		return s.Kind
	case s.Exempt != nil && *s.Exempt:
		return docket.ExemptFromPunishment
	}
	return ""
}

// order is the result of comparing a sentence with a limit.
type order int8

const (
	noOrder order = iota // unknown
	lighter
	equal
	graver
)

// compare sets a sentence beside a limit: by kind first and, within one kind,
// by term (刑法 33, 34). Two years of 管制 are lighter than six months of
// 有期徒刑. months < 0 is a limit that names the kind alone. A term printed in
// months has no days beyond them unless the dossier gives some.
func compare(s *docket.Sentence, limit docket.Penalty, months int64) order {
	g := kindOf(s).Gravity()
	switch l := limit.Gravity(); {
	case g < 0:
		return noOrder
	case g < l:
		return lighter
	case g > l:
		return graver
	case months < 0:
		return equal
	case s.Months == nil:
		return noOrder
	}
	switch m := int64(*s.Months); {
	case m < months:
		return lighter
	case m > months || (s.Days != nil && *s.Days > 0):
		return graver
	}
	return equal
}

// comparison is one of the statutes' four relations and the orders it admits:
// 以上 and 以下 include the number, 不满 and 超过 do not (刑法 99).
type comparison struct {
	lighter, equal, graver bool
}

var (
	atMost  = comparison{lighter: true, equal: true}
	under   = comparison{lighter: true}
	atLeast = comparison{equal: true, graver: true}
	over    = comparison{graver: true}
)

func (c comparison) holds(o order) Truth {
	switch o {
	case lighter:
		return truthOf(c.lighter)
	case equal:
		return truthOf(c.equal)
	case graver:
		return truthOf(c.graver)
	case noOrder:
	}
	return Unknown
}
