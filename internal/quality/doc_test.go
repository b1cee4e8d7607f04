package quality_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/quality"
)

// line is a rule as the table of docs/quality.md has it.
func line(r *quality.Rule) string {
	var limits []string
	for _, name := range slices.Sorted(maps.Keys(r.Limits)) {
		limits = append(limits, fmt.Sprintf("%s %d", name, r.Limits[name]))
	}
	if r.Parameter.En != "" {
		limits = append(limits, "parameter")
	}
	title := strings.ToLower(r.Title.En[:1]) + r.Title.En[1:]
	return strings.Replace(fmt.Sprintf("| `%s` | %s | %s | %s |", r.ID, title, r.Law, strings.Join(limits, ", ")), "|  |", "| |", 1)
}

// TestTheDocumentHasTheRules: each kind's table in docs/quality.md is the rules
// of that kind in the order of the file, no more and no less.
func TestTheDocumentHasTheRules(t *testing.T) {
	text, err := os.ReadFile("../../docs/quality.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range quality.Standard().Rules() {
		want = append(want, line(r))
	}
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, "| `") {
			got = append(got, strings.TrimSpace(l))
		}
	}
	for i := range max(len(want), len(got)) {
		w, g := "nothing", "nothing"
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			t.Errorf("the document has\n%s\nand the rule is\n%s", g, w)
		}
	}
	if days := fmt.Sprintf("%d days more for reporting", quality.Standard().ReportingDays); !strings.Contains(string(text), days) {
		t.Errorf("the document does not say %q", days)
	}
}
