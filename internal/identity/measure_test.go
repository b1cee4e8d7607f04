package identity_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/identity"
)

var epoch = time.Date(1961, 1, 1, 0, 0, 0, 0, time.UTC)

// labelled is the set that docs/identity.md reports on: 20,000 humans as
// registered, 4,000 others who are easily mistaken for one of them, and 6,000
// damaged second statements.
func labelled() []statement {
	m := maker{rand.New(rand.NewPCG(2026, 11))}
	var all []statement
	for i := range 20_000 {
		all = append(all, m.human(i))
	}
	for i := range 4_000 {
		all = append(all, m.relative(20_000+i, all[m.IntN(20_000)]))
	}
	for i := range 6_000 {
		all = append(all, m.again(all[i*3]))
	}
	return all
}

// scored is a pair of statements that share a token.
type scored struct {
	a, b   int
	points int
	same   bool
}

// pairsOf scores what the tokens bring together, as the registry does.
func pairsOf(all []statement) (out []scored) {
	blocks := map[string][]int{}
	for i, s := range all {
		for _, t := range identity.Tokens(s.Person) {
			blocks[t] = append(blocks[t], i)
		}
	}
	seen := map[[2]int]bool{}
	for _, members := range blocks {
		for n, i := range members {
			for _, j := range members[:n] {
				if seen[[2]int{j, i}] || exact(all[i], all[j]) {
					continue
				}
				seen[[2]int{j, i}] = true
				out = append(out, scored{j, i, identity.Compare(all[i].Person, all[j].Person).Points, all[i].human == all[j].human})
			}
		}
	}
	return out
}

func exact(a, b statement) bool {
	key := a.Statements[0].MatchKey()
	return key != "" && key == b.Statements[0].MatchKey()
}

// report is the two tables of docs/identity.md.
func report(all []statement, pairs []scored) string {
	truth, kinds := 0, map[string]int{}
	first := map[int]int{}
	for i, s := range all {
		if s.kind == "" {
			first[s.human] = i
			continue
		}
		if !exact(s, all[first[s.human]]) {
			truth++
			kinds[s.kind]++
		}
	}
	var b strings.Builder
	b.WriteString("| points from | pairs before a human | of one person | precision | recall |\n| --- | --- | --- | --- | --- |\n")
	for t := 8; t <= 28; t += 4 {
		n, good := 0, 0
		for _, p := range pairs {
			if p.points >= t {
				n++
				if p.same {
					good++
				}
			}
		}
		fmt.Fprintf(&b, "| %d | %d | %d | %.3f | %.3f |\n", t, n, good, float64(good)/float64(max(n, 1)), float64(good)/float64(truth))
	}
	b.WriteString("\n| how the second statement differs | pairs | brought together | queued | likely |\n| --- | --- | --- | --- | --- |\n")
	for _, d := range damages {
		var met, queued, likely int
		for _, p := range pairs {
			if !p.same || all[p.b].kind != d.kind {
				continue
			}
			met++
			if p.points >= identity.Queue {
				queued++
			}
			if p.points >= identity.Likely {
				likely++
			}
		}
		share := func(n int) float64 { return float64(n) / float64(max(kinds[d.kind], 1)) }
		fmt.Fprintf(&b, "| %s | %d | %.3f | %.3f | %.3f |\n", d.kind, kinds[d.kind], share(met), share(queued), share(likely))
	}
	return b.String()
}

// TestMeasured holds the table in the documentation to what is measured, and
// both to a floor.
func TestMeasured(t *testing.T) {
	all := labelled()
	pairs := pairsOf(all)
	got := report(all, pairs)
	t.Logf("%d pairs share a token\n%s", len(pairs), got)
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "identity.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(got), "\n") {
		if !slices.Contains(strings.Split(string(doc), "\n"), line) {
			t.Errorf("docs/identity.md lacks the line\n%s", line)
		}
	}
}
