package policy

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// compiler turns a checked CEL expression into closures. CEL's own interpreter
// gives the same answers (a test compares them); the closures know the unknown
// natively, allocate nothing and are some fifty times faster.
type compiler struct {
	env    *cel.Env
	dates  Dates
	params map[string]value
	names  map[string]value // definitions met so far
	loops  []loop           // variables of the enclosing all and exists
	beside bool             // "other" may be named here
	crimes *norm.Catalogue
}

type loop struct {
	name, accu string
	value      value
}

// compile parses, checks, bounds and compiles one expression. want is the type
// it must have.
func (c *compiler) compile(source string, want *cel.Type) (value, error) {
	checked, issues := c.env.Compile(source)
	if issues.Err() != nil {
		return value{}, &celError{issues: issues.Errors()}
	}
	if !checked.OutputType().IsExactType(want) {
		return value{}, fmt.Errorf("the expression is a %s, want a %s", checked.OutputType(), want)
	}
	estimate, err := c.env.EstimateCost(checked, bounds{})
	if err != nil {
		return value{}, err
	}
	if estimate.Max > maxCost {
		return value{}, fmt.Errorf("too costly: up to %d steps for a dossier of %d records, at most %d are allowed; avoid all and exists over records inside one another",
			estimate.Max, MaxRecords, maxCost)
	}
	c.loops = c.loops[:0]
	return c.expr(checked.NativeRep().Expr())
}

// outputType is the type of an expression that may be of several.
func (c *compiler) outputType(source string) (*cel.Type, error) {
	checked, issues := c.env.Compile(source)
	if issues.Err() != nil {
		return nil, &celError{issues: issues.Errors()}
	}
	return checked.OutputType(), nil
}

func (c *compiler) expr(e ast.Expr) (value, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		return literal(e)
	case ast.IdentKind:
		return c.ident(e.AsIdent())
	case ast.SelectKind:
		return c.field(e.AsSelect())
	case ast.ListKind:
		return c.list(e.AsList())
	case ast.CallKind:
		return c.call(e.AsCall())
	case ast.ComprehensionKind:
		return c.comprehension(e.AsComprehension())
	case ast.UnspecifiedExprKind, ast.MapKind, ast.StructKind:
	}
	return value{}, fmt.Errorf("maps and objects cannot be made in a condition")
}

func literal(e ast.Expr) (value, error) {
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		return truthConst(bool(v)), nil
	case types.Int:
		return numConst(formInt, int64(v)), nil
	case types.String:
		return textConst(string(v)), nil
	}
	return value{}, fmt.Errorf("a literal of type %s cannot stand in a condition", e.AsLiteral().Type().TypeName())
}

func (c *compiler) ident(name string) (value, error) {
	for i := len(c.loops) - 1; i >= 0; i-- {
		if c.loops[i].name == name {
			return c.loops[i].value, nil
		}
	}
	if v, ok := c.names[name]; ok {
		return v, nil
	}
	switch name {
	case "record":
		return recordValue(func(s *scope) *Record { return s.rec }), nil
	case "other":
		if !c.beside {
			return value{}, fmt.Errorf("other can be named only where a later record is weighed; use others.exists(o, ...)")
		}
		return recordValue(func(s *scope) *Record { return s.other }), nil
	case "others":
		return value{form: formRecords}, nil
	case "person":
		return value{form: formPerson, path: personPlace}, nil
	case "param":
		return value{form: formParam}, nil
	case "on":
		return value{form: formDate, num: func(s *scope) (int64, bool) { return int64(s.on.Days()), true }}, nil
	}
	return value{}, fmt.Errorf("%s cannot be named here", name)
}

func recordValue(get func(*scope) *Record) value {
	return value{form: formRecord, record: get, path: func(s *scope, b []byte) []byte { return appendRecord(b, get(s)) }}
}

func (c *compiler) list(l ast.ListExpr) (value, error) {
	out := value{form: formTexts, constant: true}
	for _, e := range l.Elements() {
		v, err := c.expr(e)
		if err != nil {
			return value{}, err
		}
		if v.form != formText || !v.constant {
			return value{}, fmt.Errorf("a list in a condition holds constant strings")
		}
		out.texts = append(out.texts, v.literal)
	}
	return out, nil
}

// comprehension recognises what all and exists expand to.
func (c *compiler) comprehension(e ast.ComprehensionExpr) (value, error) {
	over, err := c.expr(e.IterRange())
	if err != nil {
		return value{}, err
	}
	step := e.LoopStep()
	all := step.Kind() == ast.CallKind && step.AsCall().FunctionName() == operators.LogicalAnd
	exists := step.Kind() == ast.CallKind && step.AsCall().FunctionName() == operators.LogicalOr
	if !all && !exists {
		return value{}, fmt.Errorf("only all and exists can run over a list")
	}
	depth := len(c.loops)
	if depth >= maxDepth {
		return value{}, fmt.Errorf("all and exists are nested more than %d deep", maxDepth)
	}
	item, err := loopItem(over.form, depth)
	if err != nil {
		return value{}, err
	}
	c.loops = append(c.loops, loop{name: e.IterVar(), accu: e.AccuVar(), value: item})
	body, err := c.expr(step.AsCall().Args()[1])
	c.loops = c.loops[:depth]
	if err != nil {
		return value{}, err
	}
	if over.form == formRecords {
		return value{form: formTruth, truth: loopRecords(depth, all, body.truth)}, nil
	}
	return value{form: formTruth, truth: loopCrimes(depth, all, over.crimes, body.truth)}, nil
}

func loopItem(f form, depth int) (value, error) {
	switch f {
	case formRecords:
		return recordValue(func(s *scope) *Record { return s.frames[depth].rec }), nil
	case formCrimes:
		return value{
			form: formCrime, crime: func(s *scope) *docket.Crime { return s.frames[depth].crime },
			path: func(s *scope, b []byte) []byte { return s.frames[depth].place(s, b) },
		}, nil
	default:
		return value{}, fmt.Errorf("all and exists run over others and over crimes")
	}
}

// loopRecords runs over the other records of the person. A known answer that
// decides stops it.
func loopRecords(depth int, all bool, body func(*scope) Truth) func(*scope) Truth {
	decisive := truthOf(!all)
	return func(s *scope) Truth {
		result, mark := decisive.Not(), len(s.missing)
		for i := range s.d.Records {
			if &s.d.Records[i] == s.rec {
				continue
			}
			s.frames[depth] = frame{rec: &s.d.Records[i]}
			switch body(s) {
			case decisive:
				return s.settle(mark, decisive)
			case Unknown:
				result = Unknown
			default: // the answer that does not decide
			}
		}
		return result
	}
}

func loopCrimes(depth int, all bool, over func(*scope) ([]docket.Crime, *Record, bool), body func(*scope) Truth) func(*scope) Truth {
	decisive := truthOf(!all)
	return func(s *scope) Truth {
		crimes, of, known := over(s)
		if !known {
			return Unknown
		}
		result, mark := decisive.Not(), len(s.missing)
		for i := range crimes {
			s.frames[depth] = frame{crime: &crimes[i], of: of, index: i}
			switch body(s) {
			case decisive:
				return s.settle(mark, decisive)
			case Unknown:
				result = Unknown
			default: // the answer that does not decide
			}
		}
		return result
	}
}
