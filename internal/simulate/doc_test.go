package simulate

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// docs/calibration.md tells every figure, its mark and its source as they are.
func TestTheFiguresAreDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../docs/calibration.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, f := range Figures() {
		row := fmt.Sprintf("| `%s` | %s %s | %s | %s | %s |", f.ID, number(f.Value), f.Unit, f.Mark, f.Zh, f.Source)
		if !strings.Contains(text, row) {
			t.Errorf("missing: %s", row)
		}
	}
	for _, c := range nationalCrimes() {
		if c.source == rest {
			continue
		}
		if row := fmt.Sprintf("| %s | %s | %s | ", c.name, number(c.persons), c.mark); !strings.Contains(text, row) {
			t.Errorf("missing: %s", row)
		}
	}
}

// The drivers' shape says what the figure of their suspended sentences says.
func TestDriversShapeFollowsItsFigure(t *testing.T) {
	s := shapes()["driving"]
	if got := 100 * s[detentionSuspended] / (s[detention] + s[detentionSuspended]); fmt.Sprintf("%.3f", got) != "45.000" || figure("dangerous_driving_suspended") != 45 {
		t.Errorf("%v%% of the drivers are suspended, the figure is %v", got, figure("dangerous_driving_suspended"))
	}
}
