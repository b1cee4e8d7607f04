package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// fileNode is the parsed file, made when the first fault asks for a place.
type fileNode = *ast.File

// PackError is what is wrong with a pack, and where.
type PackError struct {
	File         string
	Line, Column int // from 1; 0 where the place is not known
	Path         string
	Err          error
}

func (f *PackError) Error() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %v", f.File, f.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", f.File, f.Line, f.Column, f.Err)
}

func (f *PackError) Unwrap() error { return f.Err }

// fault gives a YAML error its file, line and column in our form.
func (s *source) fault(err error) error {
	var y yaml.Error
	if !errors.As(err, &y) {
		return &PackError{File: s.name, Err: err}
	}
	f := &PackError{File: s.name, Err: errors.New(y.GetMessage())}
	if tk := y.GetToken(); tk != nil && tk.Position != nil {
		f.Line, f.Column = tk.Position.Line, tk.Position.Column
	}
	return f
}

// at is err at a YAML path such as "$.conditions[1].cel". For a fault in an
// expression the place inside it is added to that of the expression.
func (s *source) at(path string, err error) error {
	if s == nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f := &PackError{File: s.name, Path: path, Err: fmt.Errorf("%s: %w", strings.TrimPrefix(path, "$."), err)}
	node := s.find(path)
	if node == nil {
		return f
	}
	tk := node.GetToken()
	f.Line, f.Column = tk.Position.Line, tk.Position.Column
	var inner *celError
	if errors.As(err, &inner) {
		f.inside(node, inner)
	}
	return f
}

// inside moves the place to where in the expression the fault is: exact for
// an expression on one line, the line for a block.
func (f *PackError) inside(node ast.Node, e *celError) {
	line, column := e.first()
	if block, ok := node.(*ast.LiteralNode); ok {
		tk := block.Value.GetToken()
		f.Line, f.Column = max(f.Line+1, tk.Position.Line)+line-1, 1
		return
	}
	f.Column += column
}

// find gives the node at a path, or its nearest ancestor, nil if there is none.
func (s *source) find(path string) (found ast.Node) {
	defer func() { // as in decode: then the place is not known
		if recover() != nil {
			found = nil
		}
	}()
	if s.file == nil {
		parsed, err := parser.ParseBytes(s.raw, 0)
		if err != nil {
			return nil
		}
		s.file = parsed
	}
	for path != "" && path != "$" {
		if p, err := yaml.PathString(path); err == nil {
			if node, err := p.FilterFile(s.file); err == nil && node != nil {
				return node
			}
		}
		cut := max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['))
		path = path[:max(cut, 0)]
	}
	return nil
}
