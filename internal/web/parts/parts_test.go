package parts

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/web/locale"
)

func TestPager(t *testing.T) {
	for _, c := range []struct {
		pager       Pager
		first, last int
		prev, next  string
	}{
		{Pager{Page: 1, Size: 20, Total: 0, Path: "/x"}, 0, 0, "", ""},
		{Pager{Page: 1, Size: 20, Total: 20, Path: "/x"}, 1, 20, "", ""},
		{Pager{Page: 1, Size: 20, Total: 21, Path: "/x"}, 1, 20, "", "/x?page=2"},
		{Pager{Page: 2, Size: 20, Total: 21, Path: "/x", Query: url.Values{"q": {"刑 初"}, "page": {"9"}}}, 21, 21, "/x?page=1&q=%E5%88%91+%E5%88%9D", ""},
		{Pager{Page: 3, Size: 20, Total: -1, More: true, Path: "/x"}, 41, 60, "/x?page=2", "/x?page=4"},
		{Pager{Page: 3, Size: 20, Total: -1, Path: "/x"}, 41, 60, "/x?page=2", ""},
	} {
		p := c.pager
		if p.First() != c.first || p.Last() != c.last || p.Prev() != c.prev || p.Next() != c.next {
			t.Errorf("%+v: %d–%d prev %q next %q", p, p.First(), p.Last(), p.Prev(), p.Next())
		}
	}
}

func TestPagerWalksEveryEntryOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Pager{Page: 1, Size: rapid.IntRange(1, 50).Draw(t, "size"), Total: rapid.IntRange(1, 500).Draw(t, "total")}
		seen := 0
		for ; ; p.Page++ {
			if p.First() != seen+1 {
				t.Fatalf("page %d starts at %d after %d entries", p.Page, p.First(), seen)
			}
			seen = p.Last()
			if !p.HasNext() {
				break
			}
		}
		if seen != p.Total {
			t.Fatalf("saw %d of %d", seen, p.Total)
		}
	})
}

func TestField(t *testing.T) {
	f := Field{Name: "ground", Value: "a"}
	if !f.Chosen("a") || f.Chosen("b") || f.Bad() || f.Described() != "" {
		t.Errorf("%+v", f)
	}
	f.Hint = locale.T("form.optional")
	if f.Described() != "ground-hint" {
		t.Error(f.Described())
	}
	f.Error = locale.T("form.optional")
	if !f.Bad() || f.Described() != "ground-error ground-hint" {
		t.Error(f.Described())
	}
	f.Hint = locale.Text{}
	if f.Described() != "ground-error" {
		t.Error(f.Described())
	}
	many := Field{Control: Checks, Values: []string{"a", "c"}}
	if !many.Chosen("c") || many.Chosen("b") {
		t.Error("checkboxes choose by membership")
	}
}

func TestBadgesDifferBySignAndColour(t *testing.T) {
	tones, icons := map[Tone]bool{}, map[string]bool{}
	for _, s := range docket.Statuses() {
		tones[Status(s).Tone()], icons[Status(s).Icon()] = true, true
	}
	if n := len(docket.Statuses()); len(tones) != n || len(icons) != n {
		t.Errorf("%d statuses, %d colours, %d signs", n, len(tones), len(icons))
	}
	for _, v := range []Verdict{Holds, Fails, Unknown, ""} {
		if v.Icon() == "" || v.Tone() == "" {
			t.Errorf("verdict %q has no sign or colour", v)
		}
	}
}

func TestChartRows(t *testing.T) {
	d := ChartData{Labels: []string{"1", "2"}, Series: []Series{{Values: []float64{1, 2}}, {Values: []float64{3}}}}
	want := []ChartRow{{"1", []float64{1, 3}}, {"2", []float64{2}}}
	if diff := cmp.Diff(want, d.Rows()); diff != "" {
		t.Error(diff)
	}
}
