package docket

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed schema
var schemaFiles embed.FS

const schemaURN = "urn:fengcun:schema:"

// Schema is the JSON Schema (2020-12) of the data of one event type, as it
// lies in the repository. "common" and "envelope" are names beside the types.
func Schema(name string) ([]byte, error) {
	b, err := schemaFiles.ReadFile("schema/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("no schema is called %q", name)
	}
	return b, nil
}

// Example is a worked example of an event of one type.
func Example(t Type) ([]byte, error) {
	b, err := schemaFiles.ReadFile("schema/examples/" + string(t) + ".json")
	if err != nil {
		return nil, fmt.Errorf("no example of %q", t)
	}
	return b, nil
}

// contract is the compiled schemas.
type contract struct {
	envelope *jsonschema.Schema
	data     map[Type]*jsonschema.Schema
}

// contracts compiles the embedded schemas once. They are part of the binary:
// one that does not compile is a bug that no caller can handle.
var contracts = sync.OnceValue(func() *contract {
	c, err := compile()
	if err != nil {
		panic(err)
	}
	return c
})

func compile() (*contract, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	names := []string{"common", "envelope"}
	for _, t := range Types() {
		names = append(names, string(t))
	}
	for _, name := range names {
		b, err := Schema(name)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		if err := compiler.AddResource(schemaURN+name, doc); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
	}
	c := &contract{data: make(map[Type]*jsonschema.Schema)}
	for _, name := range names[1:] {
		s, err := compiler.Compile(schemaURN + name)
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		if name == "envelope" {
			c.envelope = s
		} else {
			c.data[Type(name)] = s
		}
	}
	return c, nil
}

// check holds a tree against the envelope's schema and that of its type, and
// reports what both find.
func (c *contract) check(tree any) error {
	found := &Invalid{}
	found.explain("", c.envelope.Validate(tree))
	object, ok := tree.(map[string]any)
	if !ok {
		return found.orNil()
	}
	name, _ := object["type"].(string)
	schema, known := c.data[Type(name)]
	if !known && !slices.ContainsFunc(found.Problems, func(p Problem) bool { return p.Path == "/type" }) {
		found.add("/type", "unknown event type; docs/events.md lists the types, such as %s", CaseFiled)
	}
	if data, has := object["data"]; known && has {
		found.explain("/data", schema.Validate(data))
	}
	return found.orNil()
}
