package suite

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redactedText = "[secret]"

var errRedacted = errors.New("suite: a secret key does not marshal itself: use Reveal where it must be stored")

// redacted, embedded in a key, keeps it out of logs, errors and JSON. The key
// material itself stands behind a function (see hide), because package fmt
// prints the unexported fields of an enclosing struct without asking them, and
// with a verb that does not fit follows even pointers.
type redacted struct{}

// hide puts a value where printing does not reach.
func hide[T any](v T) func() T { return func() T { return v } }

func (redacted) String() string               { return redactedText }
func (redacted) GoString() string             { return redactedText }
func (redacted) LogValue() slog.Value         { return slog.StringValue(redactedText) }
func (redacted) MarshalText() ([]byte, error) { return nil, errRedacted }
func (redacted) MarshalJSON() ([]byte, error) { return nil, errRedacted }
func (redacted) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, redactedText) }
