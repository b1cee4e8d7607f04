package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write testdata/operations.txt anew")

// document is what the tests look at of an OpenAPI 3.1 document.
type document struct {
	OpenAPI string `json:"openapi"`
	Info    struct {
		Title   string `json:"title"`
		Version string `json:"version"`
	} `json:"info"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	OperationID string `json:"operationId"`
	Summary     string `json:"summary"`
	Parameters  []struct {
		Name, In string
		Required bool
	} `json:"parameters"`
	Responses map[string]struct {
		Description string `json:"description"`
	} `json:"responses"`
}

func read(t *testing.T) (document, []byte) {
	t.Helper()
	s := serve(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/openapi.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	status, _, body := s.exchange(req)
	if status != http.StatusOK {
		t.Fatalf("/api/openapi.json: %d", status)
	}
	var d document
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatal(err)
	}
	return d, body
}

// TestOperations holds the list of operations, their parameters and answers.
func TestOperations(t *testing.T) {
	d, _ := read(t)
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			op := d.Paths[path][method]
			fmt.Fprintf(&b, "%s %s %s:", strings.ToUpper(method), path, op.OperationID)
			for _, p := range op.Parameters {
				fmt.Fprintf(&b, " %s/%s", p.In, p.Name)
			}
			fmt.Fprintf(&b, " -> %s\n", strings.Join(slices.Sorted(maps.Keys(op.Responses)), " "))
		}
	}
	const file = "testdata/operations.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the operations changed; run with -update if that is meant\n%s", diff)
	}
}

// TestDocumentIsSound checks what OpenAPI 3.1 demands of the document: the
// version, what must be there, unique operation ids, path parameters declared
// and required, every reference resolved, every schema a JSON Schema 2020-12.
func TestDocumentIsSound(t *testing.T) {
	d, raw := read(t)
	if d.OpenAPI != "3.1.0" || d.Info.Title == "" || d.Info.Version == "" {
		t.Errorf("openapi %q, title %q, version %q", d.OpenAPI, d.Info.Title, d.Info.Version)
	}
	ids := map[string]bool{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" {
				t.Errorf("%s %s: operation id %q, summary %q", method, path, op.OperationID, op.Summary)
			}
			ids[op.OperationID] = true
			checkParameters(t, path, op)
			for code, r := range op.Responses {
				if r.Description == "" {
					t.Errorf("%s %s: response %s has no description", method, path, code)
				}
			}
		}
	}
	checkSchemas(t, d, raw)
}

func checkParameters(t *testing.T, path string, op operation) {
	t.Helper()
	declared := map[string]bool{}
	for _, p := range op.Parameters {
		if declared[p.In+p.Name] {
			t.Errorf("%s: %s is declared twice", path, p.Name)
		}
		declared[p.In+p.Name] = true
		if p.In == "path" && (!p.Required || !strings.Contains(path, "{"+p.Name+"}")) {
			t.Errorf("%s: path parameter %s", path, p.Name)
		}
	}
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && !declared["path"+strings.TrimSuffix(name, "}")] {
			t.Errorf("%s: %s is not declared", path, name)
		}
	}
}

func checkSchemas(t *testing.T, d document, raw []byte) {
	t.Helper()
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("openapi.json", whole); err != nil {
		t.Fatal(err)
	}
	for name := range d.Components.Schemas {
		if _, err := c.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
	for ref := range references(whole) {
		if _, err := c.Compile("openapi.json" + ref); err != nil {
			t.Errorf("reference %s: %v", ref, err)
		}
	}
}

// references is every $ref in a JSON value.
func references(v any) map[string]bool {
	found := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				found[ref] = true
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
	return found
}
