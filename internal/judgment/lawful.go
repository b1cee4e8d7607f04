package judgment

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/docket"
)

// limits are the least and greatest term of a kind in months, for one crime
// and for several merged (刑法 38, 42, 45, 69).
func limits(kind docket.Penalty, plural bool) (least, most int) {
	switch kind { //nolint:exhaustive // the kinds with a term
	case docket.PublicSurveillance:
		least, most = 3, 24
		if plural {
			most = 36
		}
	case docket.Detention:
		least, most = 1, 6
		if plural {
			most = 12
		}
	case docket.FixedTerm:
		least, most = 6, 180
		if plural {
			most = 300
		}
	}
	return least, most
}

// lawful lists what the statute does not allow in a sentence: a slip of the
// pen, or of the reader.
func lawful(s Sentence, plural bool) []string {
	var out []string
	kind := docket.Penalty(s.Kind)
	if least, most := limits(kind, plural); most > 0 && s.Months != nil && (*s.Months < least || *s.Months > most || (*s.Months == most && *s.Days > 0)) {
		out = append(out, fmt.Sprintf("%s of %d months is outside the statute's %d to %d", kind, *s.Months, least, most))
	}
	if s.Suspended == nil || !*s.Suspended {
		return out
	}
	if kind != docket.FixedTerm && kind != docket.Detention {
		return append(out, fmt.Sprintf("%s cannot be suspended (刑法 72)", kind))
	}
	if s.Months == nil || s.ProbationMonths == nil {
		return out
	}
	least, most := max(*s.Months, 12), 60
	if kind == docket.Detention {
		least, most = max(*s.Months, 2), 12
	}
	if *s.Months > 36 {
		out = append(out, fmt.Sprintf("a term of %d months cannot be suspended (刑法 72)", *s.Months))
	}
	if *s.ProbationMonths < least || *s.ProbationMonths > most {
		out = append(out, fmt.Sprintf("a probation of %d months is outside the statute's %d to %d (刑法 73)", *s.ProbationMonths, least, most))
	}
	return out
}
