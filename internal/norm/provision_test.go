package norm_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/norm"
)

func TestNormsAreComplete(t *testing.T) {
	levels := map[norm.Level]int{}
	for i, n := range norm.Norms() {
		if n.No != i+1 || n.Position == "" || n.Law == "" || n.Article == "" || n.Verbatim == "" || n.Duration == "" {
			t.Errorf("norm %d is incomplete: %+v", i+1, n)
		}
		levels[n.Level]++
	}
	if levels[norm.Statute] != 48 || levels[norm.Regulation] != 34 || levels[norm.Rule] != 1 {
		t.Errorf("levels %v, want 48 statutes, 34 regulations, 1 rule", levels)
	}
}

func TestOnlyLawsAndRegulationsThatBanAPositionLetAUnitQuery(t *testing.T) {
	for _, c := range []struct {
		no   int
		want bool
	}{
		{2, true},   // 公务员法
		{49, true},  // 保安服务管理条例
		{59, false}, // a 部门规章
		{39, false}, // a driving licence is no position
	} {
		n, ok := norm.ByNo(c.no)
		if !ok || n.Queryable() != c.want {
			t.Errorf("%s %s: queryable %v, want %v", n.Citation(), n.Position, n.Queryable(), c.want)
		}
	}
}

func TestCited(t *testing.T) {
	for _, c := range []struct {
		citation string
		want     int
	}{
		{"《中华人民共和国公务员法》第二十六条", 2},
		{"公务员法第二十六条第一项", 2},
		{"公务员法 26", 2},
		{"法官法第十三条", 3},
		{"保安服务管理条例17", 49},
	} {
		got := norm.Cited(c.citation)
		if len(got) != 1 || got[0].No != c.want {
			t.Errorf("Cited(%q) = %+v, want norm %d", c.citation, got, c.want)
		}
	}
	for _, none := range []string{"", "公务员法第九十九条", "某市规定第一条"} {
		if got := norm.Cited(none); len(got) != 0 {
			t.Errorf("Cited(%q) = %+v, want none", none, got)
		}
	}
}

func TestNormsFor(t *testing.T) {
	if got := norm.NormsFor("法官"); len(got) == 0 || got[0].No != 3 {
		t.Errorf("法官: %+v", got)
	}
	if len(norm.NormsFor()) != 83 || len(norm.NormsFor("法官", "没有这样的词")) != 0 {
		t.Error("no words give all, a word that does not occur gives none")
	}
}

func TestGrounds(t *testing.T) {
	for _, regime := range []string{"adult", "minor", "public_order"} {
		unit := false
		for _, g := range norm.Grounds() {
			if g.Zh == "" || g.En == "" || g.Basis == "" {
				t.Errorf("ground %s is incomplete", g.ID)
			}
			unit = unit || (g.Regime == regime && g.ByUnit())
		}
		if !unit {
			t.Errorf("%s: no ground for units", regime)
		}
	}
	if g, ok := norm.GroundByID("judicial-case"); !ok || g.ByUnit() {
		t.Error("the ground of justice organs is not one for units")
	}
	if _, ok := norm.GroundByID("curiosity"); ok {
		t.Error("curiosity is no ground")
	}
}

func TestTimes(t *testing.T) {
	if tm, ok := norm.TimeByID("seal-at-recipient"); !ok || tm.Amount != 3 || tm.Unit != "days" || tm.Mark != "unverified" {
		t.Errorf("the clock at each recipient is three days, from memory; got %+v", tm)
	}
	for _, tm := range norm.Times() {
		if tm.Amount <= 0 || tm.Basis == "" || tm.Zh == "" || tm.En == "" {
			t.Errorf("time %s is incomplete", tm.ID)
		}
	}
	if _, ok := norm.TimeByID("none"); ok {
		t.Error("found a time that is not there")
	}
}

func FuzzCited(f *testing.F) {
	f.Add("公务员法第二十六条")
	f.Fuzz(func(_ *testing.T, s string) { norm.Cited(s) })
}
