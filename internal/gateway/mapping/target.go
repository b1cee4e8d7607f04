package mapping

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// target is a place in an event, found by its path once, when the mapping is
// read. The paths are the event's own JSON names: date, text, number.案号, and
// below person. what stands of one person; person.name is short for
// person.identity.name.
type target struct {
	path    []step
	pointer string // JSON pointer (RFC 6901) of the place
	leaf    reflect.Type
	number  bool
	open    bool   // a list without an index: each value is one more
	alias   string // kind of an agency's number
}

// step goes from a struct to a field, or from a list to an element.
type step struct {
	field int
	index int // of an element; -1 is one more each time
	list  bool
}

const mostParts = 50 // elements of one list in a row

// locate finds the place that a path names.
func locate(path string) (*target, error) {
	if kind, ok := strings.CutPrefix(path, "number."); ok {
		if kind == "" {
			return nil, fmt.Errorf("number. wants the kind of number, such as number.案号")
		}
		return &target{alias: kind, pointer: "/data/numbers", leaf: reflect.TypeFor[string]()}, nil
	}
	t := &target{}
	parts := strings.Split(path, ".")
	at := reflect.TypeFor[docket.Event]()
	switch parts[0] {
	case "id", "type", "subject", "time", "corrects":
		name := map[string]string{"id": "ID", "type": "Type", "subject": "Subject", "time": "Time", "corrects": "Corrects"}[parts[0]]
		at = t.field(at, name)
		t.pointer = "/" + parts[0]
		parts = parts[1:]
	case "date", "text":
		at = t.field(at, "Data")
		t.pointer = "/data"
	case "person":
		at = t.field(t.field(at, "Data"), "Persons").Elem()
		t.path = append(t.path, step{list: true})
		t.pointer = "/data/persons/0"
		parts = parts[1:]
		if len(parts) > 0 && !hasName(at, parts[0]) {
			parts = append([]string{"identity"}, parts...)
		}
	default:
		return nil, unknownPlace(path)
	}
	at, err := t.walk(at, parts)
	if err != nil {
		return nil, unknownPlace(path)
	}
	return t, t.end(at, path)
}

func unknownPlace(path string) error {
	return fmt.Errorf("no place in an event is called %q; places are id, type, subject, time, corrects, date, text, "+
		"number.KIND and person.NAME with the names of docs/events.md", path)
}

func (t *target) field(at reflect.Type, name string) reflect.Type {
	f, _ := at.FieldByName(name)
	t.path = append(t.path, step{field: f.Index[0]})
	return f.Type
}

func hasName(at reflect.Type, name string) bool {
	_, ok := byJSON(at, name)
	return ok
}

func byJSON(at reflect.Type, name string) (reflect.StructField, bool) {
	for i := range at.NumField() {
		tag, _, _ := strings.Cut(at.Field(i).Tag.Get("json"), ",")
		if tag == name && name != "" && name != "-" {
			return at.Field(i), true
		}
	}
	return reflect.StructField{}, false
}

func (t *target) walk(at reflect.Type, parts []string) (reflect.Type, error) {
	for i := 0; i < len(parts); {
		if at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
		switch {
		case leafType(at):
			return nil, strconv.ErrSyntax
		case at.Kind() == reflect.Slice:
			n, err := strconv.Atoi(parts[i])
			if err == nil {
				i++
			} else {
				n, t.open = -1, true
			}
			if n >= mostParts || n < -1 {
				return nil, strconv.ErrRange
			}
			t.path = append(t.path, step{list: true, index: n})
			t.pointer += "/" + strconv.Itoa(max(n, 0))
			at = at.Elem()
		default:
			f, ok := byJSON(at, parts[i])
			if !ok {
				return nil, strconv.ErrSyntax
			}
			t.path = append(t.path, step{field: f.Index[0]})
			t.pointer += "/" + parts[i]
			at = f.Type
			i++
		}
	}
	return at, nil
}

func leafType(at reflect.Type) bool {
	return at == reflect.TypeFor[civil.Date]() || at == reflect.TypeFor[time.Time]() || at.Kind() != reflect.Struct && at.Kind() != reflect.Slice
}

// end says that a path ends where one value can stand.
func (t *target) end(at reflect.Type, path string) error {
	if at.Kind() == reflect.Pointer {
		at = at.Elem()
	}
	if at.Kind() == reflect.Slice && at.Elem().Kind() == reflect.String {
		t.path = append(t.path, step{list: true, index: -1})
		t.open = true
		at = at.Elem()
	}
	if !leafType(at) {
		return fmt.Errorf("%q holds several values; name one of them, such as %s.%s", path, path, firstName(at))
	}
	t.leaf = at
	t.number = at.Kind() == reflect.Int || at.Kind() == reflect.Int64
	return nil
}

func firstName(at reflect.Type) string {
	if at.Kind() == reflect.Slice {
		at = at.Elem()
	}
	name, _, _ := strings.Cut(at.Field(0).Tag.Get("json"), ",")
	return name
}

// place is where the i-th value of a row goes; lists and pointers on the way
// are made.
func (t *target) place(e *docket.Event, i int) reflect.Value {
	v := reflect.ValueOf(e).Elem()
	for _, s := range t.path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		if !s.list {
			v = v.Field(s.field)
			continue
		}
		n := s.index
		if n < 0 {
			n = i
		}
		for v.Len() <= n {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		}
		v = v.Index(n)
	}
	return v
}

// prune takes out the elements of lists that no value filled.
func prune(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		prune(v.Elem())
	case v.Kind() == reflect.Struct && !leafType(v.Type()):
		for i := range v.NumField() {
			prune(v.Field(i))
		}
	case v.Kind() == reflect.Slice && v.Len() > 0:
		kept := reflect.MakeSlice(v.Type(), 0, v.Len())
		for i := range v.Len() {
			if !v.Index(i).IsZero() {
				prune(v.Index(i))
				kept = reflect.Append(kept, v.Index(i))
			}
		}
		if kept.Len() == 0 {
			kept = reflect.Zero(v.Type())
		}
		v.Set(kept)
	}
}
