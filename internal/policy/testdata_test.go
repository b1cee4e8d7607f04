package policy

import (
	"os"
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
