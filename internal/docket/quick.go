package docket

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/fengcun/fengcun/internal/civil"
)

// A quick is a JSON Schema compiled to a yes or no, an order of magnitude
// faster than the validator that explains. It knows the keywords our schemas
// use and no others; a "no" is always put to the explaining validator, whose
// word counts, and the tests hold the two against each other.
type quick func(v any) bool

// quickCompiler compiles schema documents, by their $id.
type quickCompiler struct {
	docs map[string]map[string]any
	refs map[string]quick // by absolute reference
}

// annotations say nothing about an instance.
var annotations = []string{"$schema", "$id", "$defs", "title", "description"}

// compile gives the predicate of one schema of the document base.
func (c *quickCompiler) compile(base string, schema any) (quick, error) {
	if always, ok := schema.(bool); ok {
		return func(any) bool { return always }, nil
	}
	object, ok := schema.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("schema %s: neither object nor boolean", base)
	}
	var all []quick
	for _, keyword := range sortedKeys(object) {
		q, err := c.keyword(base, keyword, object)
		if err != nil {
			return nil, err
		}
		if q != nil {
			all = append(all, q)
		}
	}
	return every(all), nil
}

func every(all []quick) quick {
	if len(all) == 1 {
		return all[0]
	}
	return func(v any) bool {
		for _, q := range all {
			if !q(v) {
				return false
			}
		}
		return true
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// keyword gives the predicate of one keyword, nil for one that says nothing by
// itself.
func (c *quickCompiler) keyword(base, keyword string, schema map[string]any) (quick, error) {
	value := schema[keyword]
	switch keyword {
	case "$ref":
		return c.ref(base, value.(string))
	case "properties":
		return c.properties(base, schema)
	case "additionalProperties":
		if _, beside := schema["properties"]; value != false || !beside {
			return nil, fmt.Errorf("schema %s: additionalProperties other than false beside properties", base)
		}
		return nil, nil // part of properties
	case "items":
		return c.items(base, value)
	case "allOf":
		return c.allOf(base, value.([]any))
	case "if":
		return c.conditional(base, value, schema["then"])
	case "then":
		return nil, nil // part of if
	case "type", "const", "enum", "required", "pattern", "format":
		return content(keyword, value)
	case "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum":
		return bound(keyword, value)
	}
	if slices.Contains(annotations, keyword) {
		return nil, nil
	}
	return nil, fmt.Errorf("schema %s: keyword %q is not compiled", base, keyword)
}

// ref resolves "urn…#/$defs/name" or "#/$defs/name". The predicate is looked
// up when it runs, so that definitions may stand in any order.
func (c *quickCompiler) ref(base, reference string) (quick, error) {
	doc, name, ok := cutDefs(reference)
	if doc == "" {
		doc = base
	}
	key := doc + "#" + name
	if q, done := c.refs[key]; done {
		return q, nil
	}
	defs, _ := c.docs[doc]["$defs"].(map[string]any)
	target, found := defs[name]
	if !ok || !found {
		return nil, fmt.Errorf("schema %s: no such definition as %q", base, reference)
	}
	q, err := c.compile(doc, target)
	c.refs[key] = q
	return q, err
}

func cutDefs(reference string) (doc, name string, ok bool) {
	const mark = "#/$defs/"
	for i := 0; i+len(mark) <= len(reference); i++ {
		if reference[i:i+len(mark)] == mark {
			return reference[:i], reference[i+len(mark):], true
		}
	}
	return "", "", false
}

func (c *quickCompiler) properties(base string, schema map[string]any) (quick, error) {
	object, ok := schema["properties"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("schema %s: properties is no object", base)
	}
	of := make(map[string]quick, len(object))
	for name, sub := range object {
		q, err := c.compile(base, sub)
		if err != nil {
			return nil, err
		}
		of[name] = q
	}
	closed := schema["additionalProperties"] == false
	return func(v any) bool {
		m, isObject := v.(map[string]any)
		if !isObject {
			return true
		}
		for name, value := range m {
			q, known := of[name]
			if (!known && closed) || (known && !q(value)) {
				return false
			}
		}
		return true
	}, nil
}

func (c *quickCompiler) items(base string, schema any) (quick, error) {
	q, err := c.compile(base, schema)
	return func(v any) bool {
		list, _ := v.([]any)
		for _, item := range list {
			if !q(item) {
				return false
			}
		}
		return true
	}, err
}

func (c *quickCompiler) allOf(base string, schemas []any) (quick, error) {
	var all []quick
	for _, s := range schemas {
		q, err := c.compile(base, s)
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return every(all), nil
}

func (c *quickCompiler) conditional(base string, test, then any) (quick, error) {
	when, err := c.compile(base, test)
	if err != nil {
		return nil, err
	}
	must, err := c.compile(base, then)
	return func(v any) bool { return !when(v) || must(v) }, err
}

// content compiles the keywords about one value in itself.
func content(keyword string, value any) (quick, error) {
	switch keyword {
	case "type":
		return ofType(value)
	case "const":
		return func(v any) bool { return v == value }, nil // ours are strings
	case "enum":
		return func(v any) bool { return slices.Contains(value.([]any), v) }, nil
	case "required":
		return required(value.([]any)), nil
	case "format":
		return format(value)
	}
	re, err := regexp.Compile(value.(string))
	if err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}
	return func(v any) bool {
		s, ok := v.(string)
		return !ok || re.MatchString(s)
	}, nil
}

func ofType(name any) (quick, error) {
	switch name {
	case "object":
		return func(v any) bool { _, ok := v.(map[string]any); return ok }, nil
	case "array":
		return func(v any) bool { _, ok := v.([]any); return ok }, nil
	case "string":
		return func(v any) bool { _, ok := v.(string); return ok }, nil
	case "boolean":
		return func(v any) bool { _, ok := v.(bool); return ok }, nil
	case "integer": // the reader lets only whole numbers in
		return func(v any) bool { _, ok := v.(json.Number); return ok }, nil
	}
	return nil, fmt.Errorf("type %v is not compiled", name)
}

func required(names []any) quick {
	return func(v any) bool {
		m, ok := v.(map[string]any)
		if !ok {
			return true
		}
		for _, name := range names {
			if _, has := m[name.(string)]; !has {
				return false
			}
		}
		return true
	}
}

func format(name any) (quick, error) {
	switch name {
	case "date":
		return func(v any) bool {
			s, ok := v.(string)
			if !ok {
				return true
			}
			_, err := civil.Parse(s)
			return err == nil
		}, nil
	case "date-time":
		return func(v any) bool {
			s, ok := v.(string)
			if !ok {
				return true
			}
			return new(time.Time).UnmarshalText([]byte(s)) == nil
		}, nil
	}
	return nil, fmt.Errorf("format %v is not compiled", name)
}

func bound(keyword string, value any) (quick, error) {
	number, ok := value.(json.Number)
	if !ok {
		return nil, fmt.Errorf("%s: want a number", keyword)
	}
	limit, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyword, err)
	}
	holds := func(n int64) bool { return n >= limit }
	if keyword[:3] == "max" {
		holds = func(n int64) bool { return n <= limit }
	}
	return func(v any) bool {
		n, concerned, err := measure(keyword[3:], v)
		return err == nil && (!concerned || holds(n))
	}, nil
}

// measure is the size of v that a bound speaks about; false where the bound
// does not concern a value of v's type, an error beyond 64 bits.
func measure(what string, v any) (n int64, concerned bool, err error) {
	switch v := v.(type) {
	case []any:
		return int64(len(v)), what == "Items", nil
	case string:
		return int64(utf8.RuneCountInString(v)), what == "Length", nil
	case json.Number:
		n, err = strconv.ParseInt(v.String(), 10, 64)
		return n, what == "imum", err
	}
	return 0, false, nil
}
