package policy

import (
	"bytes"
	"fmt"
)

// Truth is a value of Kleene's three-valued logic; the zero value is Unknown.
type Truth uint8

// The three values.
const (
	Unknown Truth = iota
	False
	True
)

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

func truthOfPtr(b *bool) Truth {
	if b == nil {
		return Unknown
	}
	return truthOf(*b)
}

// Not is the negation; that of the unknown is unknown.
func (t Truth) Not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	case Unknown:
	}
	return Unknown
}

// And is false as soon as one side is, whatever the other.
func (t Truth) And(o Truth) Truth {
	switch {
	case t == False || o == False:
		return False
	case t == Unknown || o == Unknown:
		return Unknown
	}
	return True
}

// Or is true as soon as one side is, whatever the other.
func (t Truth) Or(o Truth) Truth { return t.Not().And(o.Not()).Not() }

// String is "true", "false" or "null", the JSON form.
func (t Truth) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	case Unknown:
	}
	return "null"
}

// MarshalJSON gives true, false or null.
func (t Truth) MarshalJSON() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalJSON takes what MarshalJSON gives.
func (t *Truth) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("true")):
		*t = True
	case bytes.Equal(b, []byte("false")):
		*t = False
	case bytes.Equal(b, []byte("null")):
		*t = Unknown
	default:
		return fmt.Errorf("%s is not true, false or null", b)
	}
	return nil
}
