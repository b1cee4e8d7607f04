package parts

import (
	"slices"

	"github.com/fengcun/fengcun/internal/web/locale"
)

// Control is the kind of a form field.
type Control string

// The kinds of field.
const (
	Line     Control = "text"
	Password Control = "password"
	Day      Control = "date"
	Area     Control = "textarea"
	Choice   Control = "select"
	Radios   Control = "radio"
	Checks   Control = "checkbox"
)

// Field is one field of a form with what was entered and what is wrong with it.
type Field struct {
	Name         string
	Control      Control
	Label        locale.Text
	Hint         locale.Text
	Error        locale.Text
	Value        string
	Values       []string // of Checks
	Options      []Option
	Required     bool
	Fixed        bool // shown in a fixed width: numbers, codes
	Autocomplete string
	Placeholder  string
	MaxLength    int // in characters; 0 is without limit
}

// Option is one choice of a field.
type Option struct {
	Value string
	Label locale.Text
	Hint  locale.Text
}

// Chosen says that an option is selected.
func (f Field) Chosen(value string) bool {
	if f.Control == Checks {
		return slices.Contains(f.Values, value)
	}
	return f.Value == value
}

// Bad says that something is wrong with what was entered.
func (f Field) Bad() bool { return !f.Error.IsZero() }

// Described are the ids of the hint and the error, for aria-describedby.
func (f Field) Described() string {
	switch {
	case f.Bad() && !f.Hint.IsZero():
		return f.Name + "-error " + f.Name + "-hint"
	case f.Bad():
		return f.Name + "-error"
	case !f.Hint.IsZero():
		return f.Name + "-hint"
	}
	return ""
}
