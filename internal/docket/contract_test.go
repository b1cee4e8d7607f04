package docket

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
)

// TestSchemasAndStructsAgree walks each schema beside the Go type it decodes
// into: every property has a field and every field is in some schema.
func TestSchemasAndStructsAgree(t *testing.T) {
	used := make(map[string]bool)
	walk := &schemaWalk{t: t, used: used}
	walk.against("envelope", walk.document("envelope"), reflect.TypeFor[envelope]())
	for _, typ := range Types() {
		walk.against(string(typ), walk.document(string(typ)), reflect.TypeFor[Data]())
	}
	for _, of := range []reflect.Type{
		reflect.TypeFor[envelope](), reflect.TypeFor[Data](), reflect.TypeFor[Part](), reflect.TypeFor[Identity](),
		reflect.TypeFor[Crime](), reflect.TypeFor[Sentence](), reflect.TypeFor[Flags](), reflect.TypeFor[Measure](),
		reflect.TypeFor[Judgment](), reflect.TypeFor[Execution](), reflect.TypeFor[Property](), reflect.TypeFor[Order](), reflect.TypeFor[Number](),
	} {
		for name := range fieldsOf(of) {
			if !used[of.Name()+"."+name] {
				t.Errorf("no schema has the field %s.%s", of.Name(), name)
			}
		}
	}
}

type schemaWalk struct {
	t    *testing.T
	used map[string]bool
}

func (w *schemaWalk) document(name string) map[string]any {
	b, err := Schema(name)
	if err != nil {
		w.t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		w.t.Fatal(err)
	}
	return doc
}

func (w *schemaWalk) against(at string, schema map[string]any, goType reflect.Type) {
	for goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	if ref, ok := schema["$ref"].(string); ok {
		_, name, _ := cutDefs(ref)
		w.against(name, w.document("common")["$defs"].(map[string]any)[name].(map[string]any), goType)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		if goType.Kind() != reflect.Slice {
			w.t.Errorf("%s: an array decodes into %s", at, goType)
			return
		}
		w.against(at+"[]", items, goType.Elem())
	}
	properties, _ := schema["properties"].(map[string]any)
	fields := fieldsOf(goType)
	for name, sub := range properties {
		field, ok := fields[name]
		if !ok {
			w.t.Errorf("%s: %s has no field for %q", at, goType, name)
			continue
		}
		w.used[goType.Name()+"."+name] = true
		if object, ok := sub.(map[string]any); ok {
			w.against(at+"."+name, object, field)
		}
	}
}

func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type)
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[civil.Date]() || t == reflect.TypeFor[time.Time]() {
		return fields
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields[name] = t.Field(i).Type
	}
	return fields
}

// TestVerdictsAgree holds the compiled predicates against the validator of the
// standard on examples with one node changed: what the predicate lets pass the
// validator must let pass too.
func TestVerdictsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	passed, refused := 0, 0
	for _, typ := range Types() {
		for range 400 {
			tree, err := readStrict(example(t, typ))
			if err != nil {
				t.Fatal(err)
			}
			mutate(rng, tree)
			quick, full := contracts().holds(tree), contracts().explain(tree) == nil
			if quick && !full {
				b, _ := json.Marshal(tree)
				t.Fatalf("the predicate takes what the schema refuses (%v):\n%s", contracts().explain(tree), b)
			}
			if !quick && full {
				b, _ := json.Marshal(tree)
				t.Logf("slow but right: %s", b)
			}
			if quick {
				passed++
			} else {
				refused++
			}
		}
	}
	if passed < 500 || refused < 500 {
		t.Errorf("the changes are too tame or too wild: %d passed, %d refused", passed, refused)
	}
}

// mutate changes one node somewhere inside v.
func mutate(rng *rand.Rand, v any) {
	odd := []any{
		"", "男", "有罪", "无罪", "一审", "2024-02-29", "2023-02-29", "1024-01-01", "a\nb", strings.Repeat("长", 201), true, nil,
		json.Number("0"), json.Number("-1"), json.Number("301"), json.Number("99999999999999999999"),
		map[string]any{},
		[]any{},
		[]any{"x"},
		map[string]any{"kind": "罚金"},
		map[string]any{"name": "盗窃罪"},
	}
	switch v := v.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 {
			return
		}
		key := keys[rng.IntN(len(keys))]
		switch n := rng.IntN(10); {
		case n == 0:
			delete(v, key)
		case n == 1:
			v["extra"] = "x"
		case n < 5 && key != "type":
			v[key] = odd[rng.IntN(len(odd))]
		default:
			mutate(rng, v[key])
		}
	case []any:
		if len(v) > 0 {
			mutate(rng, v[rng.IntN(len(v))])
		}
	}
}

func TestEveryKeywordIsCompiled(t *testing.T) {
	for _, schema := range []string{
		`{"minProperties":1}`, `{"additionalProperties":true}`, `{"additionalProperties":false}`, `{"type":"number"}`, `{"format":"uri"}`,
		`{"$ref":"#/$defs/none"}`, `{"pattern":"("}`, `{"maximum":"1"}`, `3`,
	} {
		tree, err := readStrict([]byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		c := &quickCompiler{refs: make(map[string]quick)}
		if _, err := c.compile("test", tree); err == nil {
			t.Errorf("%s compiles, but its meaning would be lost", schema)
		}
	}
}
