package province

import (
	"testing"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// TestFaultyReportsAreTakenIn: a faulty report is one that the platform takes;
// most cases have none, the same ones each time, and what happened stays lawful.
func TestFaultyReportsAreTakenIn(t *testing.T) {
	from, to := civil.MustParse("2016-11-01"), civil.MustParse("2026-11-01")
	right, wrong, again := New(1, 3000, from, to), New(1, 3000, from, to).WithFaults(), New(1, 3000, from, to).WithFaults()
	cases := make(map[int]bool)
	for i, pl := range wrong.plans {
		lawful, told, twice := right.tell(right.plans[i]).events, wrong.reported(pl), again.reported(again.plans[i])
		if pl.script != nil && !alike(t, lawful, told) {
			t.Errorf("the guided tour's case %d is faulty", pl.index)
		}
		if !alike(t, told, twice) {
			t.Errorf("case %d is not the same twice", pl.index)
		}
		if !alike(t, lawful, told) {
			cases[pl.index] = true
		}
		sent := make(map[string]string)
		for _, e := range told {
			text := encoded(t, e)
			if _, err := docket.Parse([]byte(text)); err != nil {
				t.Errorf("event %s is refused: %v", e.ID, err)
			}
			if before, ok := sent[e.ID]; ok && before != text {
				t.Errorf("event %s is sent again as another", e.ID)
			}
			sent[e.ID] = text
		}
	}
	if n := len(cases); n < len(wrong.plans)*faultyCases/2000 || n > len(wrong.plans)*faultyCases/500 {
		t.Errorf("%d of %d cases are faulty", n, len(wrong.plans))
	}
}

func alike(t *testing.T, a, b []*docket.Event) bool {
	t.Helper()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if encoded(t, a[i]) != encoded(t, b[i]) {
			return false
		}
	}
	return true
}

func encoded(t *testing.T, e *docket.Event) string {
	t.Helper()
	raw, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
