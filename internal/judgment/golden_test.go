package judgment_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/judgment"
)

var update = flag.Bool("update", false, "write the expected readings anew; look at the difference before it is committed")

// TestGolden reads the project's own judgments, one for each form: persons,
// courts and facts are invented, and the identity numbers carry a division
// that does not exist.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) < 25 {
		t.Fatalf("%d judgments, %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".txt")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			r := judgment.Read(string(text))
			r.File = filepath.Base(f)
			got := encode(t, r)
			want := strings.TrimSuffix(f, ".txt") + ".json"
			if *update {
				if err := os.WriteFile(want, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			expected, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(expected), string(got)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func encode(t *testing.T, r *judgment.Reading) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
