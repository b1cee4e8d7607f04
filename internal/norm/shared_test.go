package norm_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/fengcun/fengcun/internal/norm"
)

// Names as real judgments print them, where the material is at hand: each is
// found, or known to stand for several crimes.
func TestNamesOfRealConvictions(t *testing.T) {
	file, err := os.Open("../../../shared/data/convictions.ndjson")
	if err != nil {
		t.Skip("the material of real convictions is not beside the project:", err)
	}
	defer file.Close()
	found, several := 0, 0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var row struct{ Crimes []string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for _, name := range row.Crimes {
			_, ok := norm.Crimes().Find(name)
			switch {
			case ok:
				found++
			case norm.Crimes().Several(name):
				several++
			default:
				t.Errorf("%s is not recognised", name)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d names found, %d stand for several crimes", found, several)
}
