package civil_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
)

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2024-01-31", 1, "2024-02-29"},
		{"2023-01-31", 1, "2023-02-28"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-12-15", 1, "2025-01-15"},
		{"2024-03-31", -1, "2024-02-29"},
		{"2024-05-17", 0, "2024-05-17"},
	} {
		if got := civil.MustParse(c.from).AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestAgeCountsFromTheDayAfterTheBirthday(t *testing.T) {
	birth := civil.MustParse("2006-05-17")
	for _, c := range []struct {
		on   string
		want int
	}{
		{"2024-05-16", 17},
		{"2024-05-17", 17}, // the birthday itself is still 17
		{"2024-05-18", 18},
		{"2006-05-17", 0},
		{"2006-05-16", -1},
	} {
		if got := civil.AgeOn(birth, civil.MustParse(c.on)); got != c.want {
			t.Errorf("age on %s = %d, want %d", c.on, got, c.want)
		}
	}
}

func TestParseRefusesWhatIsNotADay(t *testing.T) {
	for _, s := range []string{"", "2024-02-30", "2024-2-3", "20240203", "2024-02-03T00:00:00Z", "0000-01-01"} {
		if d, err := civil.Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", s, d)
		}
	}
}

func TestOfIsTheDayInShanghai(t *testing.T) {
	if got := civil.Of(time.Date(2024, 3, 1, 16, 0, 0, 0, time.UTC)).String(); got != "2024-03-02" {
		t.Errorf("16:00 UTC is already the next day in Shanghai, got %s", got)
	}
}

func TestZeroDateStaysZero(t *testing.T) {
	var none civil.Date
	if !none.AddDays(3).IsZero() || !none.AddMonths(3).IsZero() || none.String() != "" || none.Before(civil.MustParse("2024-01-01")) {
		t.Error("a missing date must stay missing through arithmetic")
	}
}

func TestRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := civil.New(1900, 1, 1).AddDays(rapid.IntRange(0, 80000).Draw(t, "days"))
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back civil.Date
		if err := json.Unmarshal(b, &back); err != nil || back != d {
			t.Fatalf("%s came back as %s (%v)", d, back, err)
		}
		if civil.FromDays(d.Days()) != d || civil.Of(d.Time()) != d {
			t.Fatalf("%s does not survive storage", d)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("2024-02-29")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := civil.Parse(s); err == nil && d.String() != s {
			t.Fatalf("%q parsed to %s", s, d)
		}
	})
}
