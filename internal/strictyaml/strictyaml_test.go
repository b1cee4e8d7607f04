package strictyaml_test

import (
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/strictyaml"
)

type settings struct {
	Listen string   `yaml:"listen"`
	Page   int      `yaml:"page"`
	Names  []string `yaml:"names"`
}

func TestDecode(t *testing.T) {
	for _, test := range []struct{ name, text, complaint string }{
		{"whole", "listen: a\npage: 3\n", ""},
		{"empty keeps what was there", "", ""},
		{"only a remark", "# nothing set\n", ""},
		{"unknown key", "listen: a\nlissten: b\n", `[2:1] unknown field "lissten"`},
		{"wrong kind", "page: many\n", "[1:7]"},
		{"twice the same key", "page: 1\npage: 2\n", "[2:1]"},
		{"no YAML", "listen: [a\n", "[1:9]"},
		{"a tag without a value", "names:\n !0 #", "check tags, anchors and indentation"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := settings{Page: 50}
			err := strictyaml.Decode([]byte(test.text), &s)
			switch {
			case test.complaint == "" && err != nil:
				t.Fatalf("Decode(%q): %v", test.text, err)
			case test.complaint != "" && (err == nil || !strings.Contains(strictyaml.Explain(err), test.complaint)):
				t.Fatalf("Decode(%q): error %v, want %q in it", test.text, err, test.complaint)
			}
			if strings.HasPrefix(test.name, "empty") && s.Page != 50 {
				t.Errorf("Page = %d after an empty text, want what it was", s.Page)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"listen: a", "!!bool", "a: &x [*x]", "- ", "page: 0x1F", "? : :", "{"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s settings
		if err := strictyaml.Decode(text, &s); err != nil && strictyaml.Explain(err) == "" {
			t.Error("an error without a word")
		}
	})
}
