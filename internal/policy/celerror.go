package policy

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/common"
)

// celError is what CEL's parser and checker found wrong in one expression.
type celError struct{ issues []*common.Error }

func (e *celError) Error() string {
	lines := make([]string, len(e.issues))
	for i, issue := range e.issues {
		lines[i] = fmt.Sprintf("at %d:%d of the expression: %s", issue.Location.Line(), issue.Location.Column()+1, issue.Message)
	}
	return strings.Join(lines, "; ")
}

// first is the place of the first issue: line from 1, column from 0.
func (e *celError) first() (line, column int) {
	if len(e.issues) == 0 {
		return 1, 0
	}
	return e.issues[0].Location.Line(), e.issues[0].Location.Column()
}
