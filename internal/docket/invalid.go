package docket

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with an event. Neither part ever repeats a value
// the sender gave: what is refused is often a name or an identity number.
type Problem struct {
	Path    string // JSON pointer (RFC 6901) into the event; "" is the whole
	Message string // what is wrong and what to send instead
}

// Invalid is the refusal of an event, with everything that was found wrong.
type Invalid struct { //nolint:errname // read as "the event is invalid": docket.Invalid
	Problems []Problem
}

// Error lists the problems in one line.
func (e *Invalid) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		if parts[i] = p.Message; p.Path != "" {
			parts[i] = p.Path + ": " + p.Message
		}
	}
	return strings.Join(parts, "; ")
}

func (e *Invalid) add(path, format string, args ...any) {
	e.Problems = append(e.Problems, Problem{Path: path, Message: fmt.Sprintf(format, args...)})
}

// orNil is e as an error, nil when nothing was found.
func (e *Invalid) orNil() error {
	if len(e.Problems) == 0 {
		return nil
	}
	return e
}

func invalid(path, message string) *Invalid {
	return &Invalid{Problems: []Problem{{Path: path, Message: message}}}
}
