package web

import (
	"fmt"
	"html/template"
	"io"
	"maps"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
)

// checker gives every expression of the templates its Go type, so that a field
// that was renamed, a part that is given the wrong struct or a message that
// does not exist fails here and not on a page nobody looked at.
type checker struct {
	set    *template.Template
	funcs  template.FuncMap
	seen   map[string]bool
	errs   []string
	keys   map[string]int    // message to its number of arguments
	prefix map[string]string // "status." of a message put together, to the template
}

func newChecker(t *testing.T) *checker {
	t.Helper()
	s := newSite(t, io.Discard)
	set, err := parseTemplates(locale.Zh, s.catalogue, s.assets)
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{set: set.set, funcs: words(locale.Zh, s.catalogue), seen: map[string]bool{}, keys: map[string]int{}, prefix: map[string]string{}}
	maps.Copy(c.funcs, pictures(s.assets))
	return c
}

func (c *checker) fail(n parse.Node, format string, args ...any) reflect.Type {
	c.errs = append(c.errs, fmt.Sprintf("%s: %s", n, fmt.Sprintf(format, args...)))
	return nil
}

// vars are the variables in scope, "$" among them.
type vars map[string]reflect.Type

func (c *checker) template(name string, dot reflect.Type) {
	id := fmt.Sprint(name, " ", dot)
	if c.seen[id] {
		return
	}
	c.seen[id] = true
	tmpl := c.set.Lookup(name)
	if tmpl == nil || tmpl.Tree == nil {
		c.errs = append(c.errs, "no template "+name)
		return
	}
	before := len(c.errs)
	c.list(tmpl.Tree.Root, dot, vars{"$": dot})
	for i := before; i < len(c.errs); i++ {
		if !strings.HasPrefix(c.errs[i], "in ") {
			c.errs[i] = "in " + id + ": " + c.errs[i]
		}
	}
}

func (c *checker) list(l *parse.ListNode, dot reflect.Type, v vars) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		c.node(n, dot, v)
	}
}

func (c *checker) node(n parse.Node, dot reflect.Type, v vars) {
	switch n := n.(type) {
	case *parse.ActionNode:
		c.pipe(n.Pipe, dot, v)
	case *parse.IfNode:
		inner := maps.Clone(v)
		c.pipe(n.Pipe, dot, inner)
		c.list(n.List, dot, inner)
		c.list(n.ElseList, dot, maps.Clone(v))
	case *parse.WithNode:
		inner := maps.Clone(v)
		c.list(n.List, c.pipe(n.Pipe, dot, inner), inner)
		c.list(n.ElseList, dot, maps.Clone(v))
	case *parse.RangeNode:
		c.ranged(n, dot, maps.Clone(v))
		c.list(n.ElseList, dot, maps.Clone(v))
	case *parse.TemplateNode:
		var arg reflect.Type
		if n.Pipe != nil {
			if arg = c.pipe(n.Pipe, dot, v); arg == nil {
				return
			}
		}
		c.template(n.Name, arg)
	}
}

func (c *checker) ranged(n *parse.RangeNode, dot reflect.Type, v vars) {
	over := deref(c.value(n.Pipe, dot, v))
	if over == nil {
		return
	}
	if over.Kind() != reflect.Slice && over.Kind() != reflect.Array {
		c.fail(n.Pipe, "cannot range over %s", over)
		return
	}
	names := n.Pipe.Decl
	if len(names) > 0 {
		v[names[len(names)-1].Ident[0]] = over.Elem()
	}
	if len(names) > 1 {
		v[names[0].Ident[0]] = reflect.TypeFor[int]()
	}
	c.list(n.List, over.Elem(), v)
}

// pipe is the type of a pipeline; its declarations enter v.
func (c *checker) pipe(p *parse.PipeNode, dot reflect.Type, v vars) reflect.Type {
	typ := c.value(p, dot, v)
	for _, d := range p.Decl {
		v[d.Ident[0]] = typ
	}
	return typ
}

func (c *checker) value(p *parse.PipeNode, dot reflect.Type, v vars) reflect.Type {
	if len(p.Cmds) != 1 {
		return c.fail(p, "write it without |")
	}
	args := p.Cmds[0].Args
	switch head := args[0].(type) {
	case *parse.IdentifierNode:
		return c.call(head, args[1:], dot, v)
	case *parse.FieldNode:
		if len(args) > 1 { // a method with arguments
			for _, a := range args[1:] {
				c.arg(a, dot, v)
			}
		}
	}
	return c.arg(args[0], dot, v)
}

func (c *checker) arg(n parse.Node, dot reflect.Type, v vars) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return c.fields(n, dot, n.Ident)
	case *parse.VariableNode:
		typ, ok := v[n.Ident[0]]
		if !ok {
			return c.fail(n, "no such variable")
		}
		return c.fields(n, typ, n.Ident[1:])
	case *parse.ChainNode:
		return c.fields(n, c.arg(n.Node, dot, v), n.Field)
	case *parse.PipeNode:
		return c.value(n, dot, v)
	case *parse.StringNode:
		return reflect.TypeFor[string]()
	case *parse.NumberNode:
		return reflect.TypeFor[int]()
	case *parse.BoolNode:
		return reflect.TypeFor[bool]()
	case *parse.IdentifierNode:
		return c.call(n, nil, dot, v)
	}
	return c.fail(n, "unexpected %T", n)
}

func (c *checker) fields(n parse.Node, typ reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if typ == nil {
			return c.fail(n, "field %s of a value without a known type", name)
		}
		if m, ok := typ.MethodByName(name); ok {
			typ = m.Type.Out(0)
			continue
		}
		s := deref(typ)
		if s.Kind() != reflect.Struct {
			return c.fail(n, "%s has no field or method %s", typ, name)
		}
		f, ok := s.FieldByName(name)
		if !ok || !f.IsExported() {
			return c.fail(n, "%s has no field or method %s", typ, name)
		}
		typ = f.Type
	}
	return typ
}

func deref(t reflect.Type) reflect.Type {
	if t != nil && t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func (c *checker) call(f *parse.IdentifierNode, args []parse.Node, dot reflect.Type, v vars) reflect.Type {
	types := make([]reflect.Type, len(args))
	for i, a := range args {
		types[i] = c.arg(a, dot, v)
	}
	if f.Ident == "t" || f.Ident == "alt" {
		c.message(f, args)
	}
	switch f.Ident {
	case "print":
		return reflect.TypeFor[string]()
	case "eq", "ne", "lt", "le", "gt", "ge", "not":
		return reflect.TypeFor[bool]()
	case "and", "or":
		return types[len(types)-1]
	case "len":
		return reflect.TypeFor[int]()
	}
	fn, ok := c.funcs[f.Ident]
	if !ok {
		return c.fail(f, "no such function")
	}
	ft := reflect.TypeOf(fn)
	for i, typ := range types {
		if want := paramOf(ft, i); typ != nil && want != nil && !typ.AssignableTo(want) {
			c.fail(f, "argument %d is %s, want %s", i+1, typ, want)
		}
	}
	return ft.Out(0)
}

func paramOf(ft reflect.Type, i int) reflect.Type {
	switch {
	case ft.IsVariadic() && i >= ft.NumIn()-1:
		return ft.In(ft.NumIn() - 1).Elem()
	case i < ft.NumIn():
		return ft.In(i)
	}
	return nil
}

// message notes a message that is named outright, or the beginning of one that
// is put together from an enumeration.
func (c *checker) message(f parse.Node, args []parse.Node) {
	switch a := args[0].(type) {
	case *parse.StringNode:
		c.keys[a.Text] = len(args) - 1
	case *parse.PipeNode:
		parts := a.Cmds[0].Args
		first, ok := parts[1].(*parse.StringNode)
		if !ok {
			c.fail(f, "a message starts with a word")
			return
		}
		id := first.Text + "*"
		if last, ok := parts[len(parts)-1].(*parse.StringNode); ok {
			id += last.Text
		}
		c.prefix[id] = f.String()
	default:
		c.fail(f, "which message?")
	}
}

func checkAll(c *checker) {
	for _, p := range pages.All() {
		c.template(p.Name(), reflect.TypeOf(p))
	}
	c.template("layout", reflect.TypeFor[frame]())
}

func TestTemplatesFitTheirStructs(t *testing.T) {
	c := newChecker(t)
	checkAll(c)
	for _, e := range c.errs {
		t.Error(e)
	}
	for _, tmpl := range c.set.Templates() {
		used := false
		for id := range c.seen {
			used = used || strings.HasPrefix(id, tmpl.Name()+" ")
		}
		if !used && !strings.HasSuffix(tmpl.Name(), ".html") && tmpl.Name() != "" {
			t.Errorf("template %s is used by no page", tmpl.Name())
		}
	}
}

func TestTheCheckerFindsMistakes(t *testing.T) {
	for name, text := range map[string]string{
		"a field that is not there":        `{{.Nope}}`,
		"one deeper":                       `{{.Pager.Nope}}`,
		"a field of an element":            `{{range .Rows}}{{.Nope}}{{end}}`,
		"a part that gets the wrong thing": `{{template "pager" .Rows}}`,
		"range over a struct":              `{{range .Pager}}{{end}}`,
		"a function's argument":            `{{date .Pager}}`,
		"a variable's field":               `{{$p := .Pager}}{{$p.Nope}}`,
		"a part that is not there":         `{{template "nope" .}}`,
		"a field under with":               `{{with .Pager}}{{.Nope}}{{end}}`,
		"an unexported field":              `{{.Code.x}}`,
	} {
		c := newChecker(t)
		if _, err := c.set.New("wrong").Parse(text); err != nil {
			t.Fatal(err)
		}
		c.template("wrong", reflect.TypeFor[pages.Cases]())
		if len(c.errs) == 0 {
			t.Errorf("%s: %s passed", name, text)
		}
	}
}

func TestMessagesOfTheTemplatesExist(t *testing.T) {
	c := newChecker(t)
	checkAll(c)
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	hole := regexp.MustCompile(`\{\d\}`)
	for key, args := range c.keys {
		if !catalogue.Has(locale.Zh, key) {
			t.Errorf("no message %q", key)
		}
		if n := len(hole.FindAllString(catalogue.Say(locale.Zh, locale.T(key)), -1)); n != args {
			t.Errorf("%s takes %d arguments, gets %d", key, n, args)
		}
	}
	for id, where := range c.prefix {
		values, ok := enumerations()[id]
		if !ok {
			t.Errorf("%s: which values can %s have? Add them to enumerations", where, id)
		}
		for _, value := range values {
			if key := strings.Replace(id, "*", value, 1); !catalogue.Has(locale.Zh, key) {
				t.Errorf("no message %q", key)
			}
		}
	}
}
