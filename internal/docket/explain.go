package docket

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// maxProblems ends the list: a sender with the wrong mapping repeats one
// mistake for every person.
const maxProblems = 50

// explain adds what a schema found, worded without the refused values.
func (e *Invalid) explain(prefix string, err error) {
	var found *jsonschema.ValidationError
	if !errors.As(err, &found) {
		return
	}
	before := len(e.Problems)
	e.leaves(prefix, found)
	slices.SortStableFunc(e.Problems[before:], func(a, b Problem) int {
		return strings.Compare(a.Path, b.Path) // the validator walks maps
	})
	e.Problems = slices.Compact(e.Problems)
}

func (e *Invalid) leaves(prefix string, v *jsonschema.ValidationError) {
	for _, cause := range v.Causes {
		e.leaves(prefix, cause)
	}
	if len(v.Causes) == 0 && len(e.Problems) < maxProblems {
		e.add(prefix+pointer(v.InstanceLocation), "%s", words(v.ErrorKind))
	}
}

func pointer(location []string) string {
	var b strings.Builder
	for _, step := range location {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
	}
	return b.String()
}

func words(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return "want " + strings.Join(k.Want, " or ") + ", not " + k.Got
	case *kind.Enum:
		return "want one of " + list(k.Want)
	case *kind.Const:
		return fmt.Sprintf("want %v", k.Want)
	case *kind.Required:
		return "missing: " + strings.Join(k.Missing, ", ")
	case *kind.AdditionalProperties:
		return "unknown: " + names(k.Properties) + "; leave out what docs/events.md does not name"
	case *kind.FalseSchema:
		return "must be absent here; see docs/events.md"
	case *kind.Format:
		return "want a " + k.Want + map[string]string{
			"date":      ": a day of the calendar as YYYY-MM-DD",
			"date-time": " as RFC 3339 writes it, such as 2026-01-02T15:04:05+08:00",
		}[k.Want]
	case *kind.Pattern:
		return "want the form " + k.Want
	}
	return sizes(k)
}

func sizes(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.MinLength:
		return fmt.Sprintf("too short: at least %d characters", k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("too long: at most %d characters", k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("too few: at least %d", k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("too many: at most %d", k.Want)
	case *kind.Minimum:
		return "too small: at least " + k.Want.RatString()
	case *kind.Maximum:
		return "too large: at most " + k.Want.RatString()
	}
	return "does not fit the schema of its type; see docs/events.md"
}

func list(values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, ", ")
}

var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z_]{0,39}$`)

// names lists property names that the sender made up; one that does not look
// like a name may be a value in the wrong place, and is not repeated.
func names(properties []string) string {
	slices.Sort(properties)
	var shown []string
	hidden := 0
	for _, p := range properties {
		if plainName.MatchString(p) && len(shown) < 10 {
			shown = append(shown, p)
		} else {
			hidden++
		}
	}
	if hidden > 0 {
		shown = append(shown, fmt.Sprintf("%d more whose names are not repeated", hidden))
	}
	return strings.Join(shown, ", ")
}
