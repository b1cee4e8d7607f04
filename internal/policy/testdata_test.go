package policy

import (
	"os"
	"regexp"
	"testing"
)

// Foreign and invented laws that the format must carry, too.
func TestOtherLawsFit(t *testing.T) {
	for _, name := range []string{"rehabilitation", "restart"} {
		p, err := Parse(os.DirFS("testdata/" + name))
		if err != nil {
			t.Fatal(err)
		}
		for _, failure := range p.RunCases() {
			t.Error(failure)
		}
	}
}

// The example of docs/policy.md is a pack, and proved on its cases.
func TestTheExampleOfTheDocsWorks(t *testing.T) {
	text, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) < 2 {
		t.Fatal("the example is gone")
	}
	p, err := Load(folder(string(blocks[0][1]), string(blocks[1][1])))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Cases) != 6 {
		t.Errorf("%d cases, the text says 6", len(p.Cases))
	}
}
