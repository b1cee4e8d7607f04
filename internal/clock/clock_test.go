package clock_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/clock"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Whatever the clock does, time does not go back, nor past what was seen.
func TestTimeDoesNotGoBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var latest time.Time
		steps := rapid.SliceOfN(rapid.IntRange(-86400, 86400), 1, 30).Draw(t, "steps")
		at := noon
		steady := clock.Steady(func() time.Time { return at })
		for _, s := range steps {
			at = at.Add(time.Duration(s) * time.Second)
			if at.After(latest) {
				latest = at
			}
			if got := steady(); !got.Equal(latest) {
				t.Fatalf("the clock says %s, the latest was %s, given %s", at, latest, got)
			}
		}
	})
}

func TestHowFarBehind(t *testing.T) {
	var w clock.Watermark
	if w.Behind(noon) != 0 {
		t.Error("behind no time at all")
	}
	w.At(noon)
	if got := w.Behind(noon.Add(-time.Hour)); got != time.Hour {
		t.Errorf("behind by %s", got)
	}
	if got := w.Behind(noon.Add(time.Hour)); got != 0 {
		t.Errorf("ahead, and behind by %s", got)
	}
}

// The file knows the latest time after a new start, to within its grain.
func TestAFileOutlivesTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "latest")
	open := func() *clock.File {
		f, err := clock.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := open()
	for i := range 5 {
		if _, err := f.At(noon.Add(time.Duration(i) * 700 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	g := open()
	defer g.Close()
	got, err := g.At(noon.Add(-24 * time.Hour))
	if last := noon.Add(2800 * time.Millisecond); err != nil || last.Sub(got) >= clock.Grain || got.After(last) {
		t.Errorf("after a new start it is %s, %v", got, err)
	}
	if g.Behind(noon.Add(-time.Hour)) < time.Hour {
		t.Error("it does not see that the clock is behind")
	}
}

func TestAFileThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "latest")
	if err := os.WriteFile(path, []byte("noon"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := clock.OpenFile(path); err == nil || !strings.Contains(err.Error(), "remove it once you are sure") {
		t.Errorf("%v", err)
	}
	if _, err := clock.OpenFile(filepath.Join(path, "below")); err == nil {
		t.Error("a file below a file")
	}
}

// A time that cannot be written down is not given out.
func TestAFileThatCannotBeWritten(t *testing.T) {
	f, err := clock.OpenFile(filepath.Join(t.TempDir(), "latest"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.At(noon); err == nil {
		t.Error("a closed file keeps the time")
	}
}
