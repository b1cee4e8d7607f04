package pages

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/web/parts"
)

func TestEveryPageHasItsTemplateAndATitle(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range All() {
		if seen[p.Name()] {
			t.Errorf("two pages are named %s", p.Name())
		}
		seen[p.Name()+".html"] = true
		if _, err := fs.Stat(Files, p.Name()+".html"); err != nil {
			t.Error(err)
		}
		if p.Header().Title.IsZero() {
			t.Errorf("%s has no title", p.Name())
		}
	}
	files, err := fs.Glob(Files, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !seen[f] {
			t.Errorf("%s belongs to no page", f)
		}
	}
}

// What is withheld, what is gone and what never was must read alike.
func TestProblemsThatMustReadAlike(t *testing.T) {
	absent := Problem{Status: 404}
	if absent.Title().Key != (Problem{Status: 410}).Title().Key || absent.Lead().Key != (Problem{Status: 410}).Lead().Key {
		t.Error("gone can be told from not found")
	}
	for status, word := range map[int]string{400: "invalid", 422: "invalid", 403: "forbidden", 409: "conflict", 429: "busy", 500: "failed", 599: "failed", 418: "failed"} {
		if key := (Problem{Status: status}).Title().Key; key != "problem."+word {
			t.Errorf("%d: %s", status, key)
		}
	}
}

func TestReviewCounts(t *testing.T) {
	r := Review{Reasons: []parts.Reason{{Verdict: parts.Holds}, {Verdict: parts.Holds}, {Verdict: parts.Unknown}}}
	if r.Count(parts.Holds) != 2 || r.Count(parts.Fails) != 0 || r.Count(parts.Unknown) != 1 {
		t.Error("counts")
	}
}

func TestSealTakesAnyName(t *testing.T) {
	for n, want := range map[int]int{0: 20, 5: 20, 15: 18, 24: 11, 80: 9} {
		if got := (Certificate{Issuer: strings.Repeat("云", n)}).SealSize(); got != want {
			t.Errorf("%d letters: %d, want %d", n, got, want)
		}
	}
}

func TestHeadersFollowTheReader(t *testing.T) {
	if (Queries{}).Header().Title.Key == (Queries{Approver: true}).Header().Title.Key {
		t.Error("the approver's list has the requester's title")
	}
	if len((Queries{}).Header().Actions) != 0 || len((Queries{New: true}).Header().Actions) != 1 {
		t.Error("who may not file a request is not offered one")
	}
	if !(Desk{Chart: &parts.Chart{}}).Header().Charts || (Desk{}).Header().Charts {
		t.Error("charts are loaded where one is drawn")
	}
}
