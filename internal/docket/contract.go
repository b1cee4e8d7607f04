package docket

import (
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

// contract is the compiled schemas: each once for a verdict and once for an
// explanation.
type contract struct {
	envelope        *jsonschema.Schema
	data            map[Type]*jsonschema.Schema
	envelopeVerdict quick
	dataVerdict     map[Type]quick
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
	docs := make(map[string]map[string]any)
	explaining := jsonschema.NewCompiler()
	explaining.AssertFormat()
	for _, name := range schemaNames() {
		b, err := Schema(name)
		if err != nil {
			return nil, err
		}
		tree, err := readStrict(b)
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		docs[schemaURN+name], _ = tree.(map[string]any)
		if err := explaining.AddResource(schemaURN+name, tree); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
	}
	c := &contract{data: make(map[Type]*jsonschema.Schema), dataVerdict: make(map[Type]quick)}
	verdicts := &quickCompiler{docs: docs, refs: make(map[string]quick)}
	for _, name := range schemaNames()[1:] {
		s, err := explaining.Compile(schemaURN + name)
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		q, err := verdicts.compile(schemaURN+name, docs[schemaURN+name])
		if err != nil {
			return nil, err
		}
		if name == "envelope" {
			c.envelope, c.envelopeVerdict = s, q
		} else {
			c.data[Type(name)], c.dataVerdict[Type(name)] = s, q
		}
	}
	return c, nil
}

func schemaNames() []string {
	names := []string{"common", "envelope"}
	for _, t := range Types() {
		names = append(names, string(t))
	}
	return names
}

// check holds a tree against the envelope's schema and that of its type.
func (c *contract) check(tree any) error {
	if c.holds(tree) {
		return nil
	}
	return c.explain(tree)
}

func (c *contract) holds(tree any) bool {
	object, ok := tree.(map[string]any)
	if !ok || !c.envelopeVerdict(tree) {
		return false
	}
	name, _ := object["type"].(string)
	verdict, known := c.dataVerdict[Type(name)]
	return known && verdict(object["data"])
}

// explain gives everything that both schemas find.
func (c *contract) explain(tree any) error {
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
