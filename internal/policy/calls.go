package policy

import (
	"fmt"
	"math"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

func (c *compiler) call(e ast.CallExpr) (value, error) {
	var args []value
	if e.IsMemberFunction() {
		target, err := c.expr(e.Target())
		if err != nil {
			return value{}, err
		}
		args = append(args, target)
	}
	for _, a := range e.Args() {
		v, err := c.expr(a)
		if err != nil {
			return value{}, err
		}
		args = append(args, v)
	}
	if v, ok := operator(e.FunctionName(), args); ok {
		return v, nil
	}
	return c.function(e.FunctionName(), args)
}

func operator(name string, args []value) (value, bool) {
	switch name {
	case operators.LogicalAnd:
		return value{form: formTruth, truth: both(args[0].truth, args[1].truth, False)}, true
	case operators.LogicalOr:
		return value{form: formTruth, truth: both(args[0].truth, args[1].truth, True)}, true
	case operators.LogicalNot:
		x := args[0].truth
		return value{form: formTruth, truth: func(s *scope) Truth { return x(s).Not() }}, true
	case operators.Conditional:
		return conditional(args[0].truth, args[1], args[2])
	case operators.Equals:
		return equals(args[0], args[1], True)
	case operators.NotEquals:
		return equals(args[0], args[1], False)
	case operators.In:
		return in(args[0], args[1])
	case operators.Less:
		return relation(args, func(a, b int64) bool { return a < b })
	case operators.LessEquals:
		return relation(args, func(a, b int64) bool { return a <= b })
	case operators.Greater:
		return relation(args, func(a, b int64) bool { return a > b })
	case operators.GreaterEquals:
		return relation(args, func(a, b int64) bool { return a >= b })
	case operators.Add:
		return sum(args, 1)
	case operators.Subtract:
		return sum(args, -1)
	}
	return value{}, false
}

// both is && (decisive False) and || (decisive True).
func both(a, b func(*scope) Truth, decisive Truth) func(*scope) Truth {
	return func(s *scope) Truth {
		mark := len(s.missing)
		x := a(s)
		if x == decisive {
			return s.settle(mark, x)
		}
		y := b(s)
		switch {
		case y == decisive:
			return s.settle(mark, y)
		case x == Unknown:
			return Unknown
		}
		return y
	}
}

func conditional(test func(*scope) Truth, yes, no value) (value, bool) {
	switch yes.form {
	case formTruth:
		return value{form: formTruth, truth: func(s *scope) Truth {
			switch test(s) {
			case True:
				return yes.truth(s)
			case False:
				return no.truth(s)
			case Unknown:
			}
			return Unknown
		}}, true
	case formInt, formDate:
		return value{form: yes.form, num: func(s *scope) (int64, bool) {
			switch test(s) {
			case True:
				return yes.num(s)
			case False:
				return no.num(s)
			case Unknown:
			}
			return 0, false
		}}, true
	default:
		return value{}, false
	}
}

func equals(a, b value, when Truth) (value, bool) {
	out := value{form: formTruth}
	switch a.form {
	case formText:
		out.truth = same(a.text, b.text, when)
	case formInt, formDate:
		out.truth = same(a.num, b.num, when)
	case formTruth:
		out.truth = same(decided(a.truth), decided(b.truth), when)
	default:
		return value{}, false
	}
	return out, true
}

// same compares what two expressions yield: when if they are equal, its
// contrary if not, unknown if either is.
func same[T comparable](a, b func(*scope) (T, bool), when Truth) func(*scope) Truth {
	return func(s *scope) Truth {
		x, okX := a(s)
		y, okY := b(s)
		switch {
		case !okX || !okY:
			return Unknown
		case x == y:
			return when
		}
		return when.Not()
	}
}

func decided(a func(*scope) Truth) func(*scope) (Truth, bool) {
	return func(s *scope) (Truth, bool) {
		x := a(s)
		return x, x != Unknown
	}
}

func in(x, list value) (value, bool) {
	if x.form != formText || list.form != formTexts {
		return value{}, false
	}
	return value{form: formTruth, truth: func(s *scope) Truth {
		t, ok := x.text(s)
		if !ok {
			return Unknown
		}
		return truthOf(contains(list.texts, t))
	}}, true
}

func relation(args []value, holds func(a, b int64) bool) (value, bool) {
	a, b := args[0].num, args[1].num
	return value{form: formTruth, truth: func(s *scope) Truth {
		x, okX := a(s)
		y, okY := b(s)
		if !okX || !okY {
			return Unknown
		}
		return truthOf(holds(x, y))
	}}, true
}

// sum adds or subtracts; what no term of law reaches is unknown, not wrapped.
func sum(args []value, sign int64) (value, bool) {
	a, b := args[0].num, args[1].num
	return value{form: formInt, num: func(s *scope) (int64, bool) {
		x, okX := a(s)
		y, okY := b(s)
		const far = math.MaxInt64 / 4
		if !okX || !okY || x > far || x < -far || y > far || y < -far {
			return 0, false
		}
		return x + sign*y, true
	}}, true
}

func (c *compiler) function(name string, args []value) (value, error) {
	switch name {
	case "at_most", "under", "at_least", "over":
		return compareCall(comparisons()[name], args)
	case "plus_days", "plus_months", "plus_years":
		return c.plus(name, args)
	case "latest", "earliest":
		return extreme(name == "latest", args), nil
	case "date":
		return dateConst(args[0])
	case "category":
		return categoryCall(args)
	case "is":
		return c.isCall(args)
	case "under_age":
		return underAgeCall(args), nil
	case "label":
		return labelCall(args)
	case "label_or":
		return labelOrCall(args)
	}
	return value{}, fmt.Errorf("%s cannot be used in a condition with these arguments", name)
}

func compareCall(by comparison, args []value) (value, error) {
	limit := docket.Penalty(args[1].literal)
	if !args[1].constant || !limit.Valid() {
		return value{}, fmt.Errorf("%q is no kind of penalty; name one such as 有期徒刑 or 拘役", limit)
	}
	months := numConst(formInt, -1)
	if len(args) == 3 {
		months = args[2]
	}
	x := args[0]
	return value{form: formTruth, truth: func(s *scope) Truth {
		n, ok := months.num(s)
		if !ok {
			return Unknown
		}
		sentence := x.sentence(s)
		t := by.holds(compare(sentence, limit, n))
		if t == Unknown {
			s.miss(x.path, lacking(sentence))
		}
		return t
	}}, nil
}

func lacking(s *docket.Sentence) string {
	switch {
	case s == nil:
		return ""
	case kindOf(s) == "":
		return ".kind"
	}
	return ".months"
}

func (c *compiler) plus(name string, args []value) (value, error) {
	from, n, dates := args[0].num, args[1].num, c.dates
	return value{form: formDate, num: func(s *scope) (int64, bool) {
		d, okD := from(s)
		k, okK := n(s)
		if !okD || !okK || k > maxDays || k < -maxDays {
			return 0, false
		}
		start, amount := civil.FromDays(int(d)), int(k)
		switch name {
		case "plus_days":
			start = dates.after(start, Wait{Days: amount})
		case "plus_months":
			start = dates.after(start, Wait{Months: amount})
		default:
			start = dates.after(start, Wait{Years: amount})
		}
		return int64(start.Days()), true
	}}, nil
}

func extreme(latest bool, args []value) value {
	a, b := args[0].num, args[1].num
	return value{form: formDate, num: func(s *scope) (int64, bool) {
		x, okX := a(s)
		y, okY := b(s)
		if !okX || !okY {
			return 0, false
		}
		if latest {
			return max(x, y), true
		}
		return min(x, y), true
	}}
}

func dateConst(arg value) (value, error) {
	if !arg.constant {
		return value{}, fmt.Errorf("date() takes a constant such as date(\"2026-01-01\")")
	}
	d, err := civil.Parse(arg.literal)
	if err != nil {
		return value{}, err
	}
	return numConst(formDate, int64(d.Days())), nil
}

func categoryCall(args []value) (value, error) {
	of := norm.Category(args[1].literal)
	if !args[1].constant || !of.Valid() {
		return value{}, fmt.Errorf("%q is no category; the categories are %v", of, norm.Categories())
	}
	x := args[0]
	return value{form: formTruth, truth: func(s *scope) Truth { return s.inCategory(x.crime(s), of, x.path) }}, nil
}

func (c *compiler) isCall(args []value) (value, error) {
	m, ok := c.crimes.Find(args[1].literal)
	if !args[1].constant || !ok {
		return value{}, fmt.Errorf("%q is no crime of the catalogue", args[1].literal)
	}
	x := args[0]
	return value{form: formTruth, truth: func(s *scope) Truth {
		crime := x.crime(s)
		if crime.Name == "" {
			s.miss(x.path, ".name")
			return Unknown
		}
		if known := s.lookup(crime); known != nil || !s.crimes.Several(crime.Name) {
			return truthOf(known == m.Crime)
		}
		s.miss(x.path, ".name (stands for several crimes)")
		return Unknown
	}}, nil
}

func underAgeCall(args []value) value {
	x, age := args[0], args[1].num
	return value{form: formTruth, truth: func(s *scope) Truth {
		n, ok := age(s)
		if !ok {
			return Unknown
		}
		return s.underAge(x.record(s), n)
	}}
}

func labelCall(args []value) (value, error) {
	name := args[0].literal
	if !args[0].constant {
		return value{}, fmt.Errorf("the name of a label is a constant string")
	}
	return value{form: formTruth, truth: func(s *scope) Truth { return s.labelTruth(name) }}, nil
}

// labelOrCall reads a label that stands for the default where it is absent.
func labelOrCall(args []value) (value, error) {
	name, fallback := args[0].literal, args[1]
	if !args[0].constant {
		return value{}, fmt.Errorf("the name of a label is a constant string")
	}
	out := value{form: fallback.form}
	switch fallback.form {
	case formTruth:
		out.truth = func(s *scope) Truth {
			if _, there := s.d.Labels[name]; !there {
				return fallback.truth(s)
			}
			return s.labelTruth(name)
		}
	case formInt:
		out.num = func(s *scope) (int64, bool) {
			v, there := s.d.Labels[name]
			if !there {
				return fallback.num(s)
			}
			f, ok := v.(float64)
			if !ok || f != math.Trunc(f) || math.Abs(f) > maxDays {
				s.miss(labelsPlace, name)
				return 0, false
			}
			return int64(f), true
		}
	default:
		out.text = func(s *scope) (string, bool) {
			v, there := s.d.Labels[name]
			if !there {
				return fallback.text(s)
			}
			t, ok := v.(string)
			if !ok {
				s.miss(labelsPlace, name)
			}
			return t, ok
		}
	}
	return out, nil
}
