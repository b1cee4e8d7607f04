package norm_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/norm"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, id string
		how      norm.How
	}{
		{"危险驾驶罪", "133-1.1", norm.Exact},
		{"危险驾驶", "133-1.1", norm.Exact},
		{" 危险驾驶罪 ", "133-1.1", norm.Exact},
		{"走私、贩卖、运输、制造毒品罪", "347.1", norm.Exact},
		{"贩卖毒品罪", "347.1", norm.Component},
		{"贩卖、运输毒品罪", "347.1", norm.Component},
		{"运输、贩卖毒品", "347.1", norm.Component},
		{"走私，贩卖毒品罪", "347.1", norm.Component},
		{"非法买卖枪支罪", "125.1", norm.Component},
		{"非法制造、买卖枪支、弹药罪", "125.1", norm.Component},
		{"掩饰、隐瞒犯罪所得罪", "312.1", norm.Component},
		{"隐瞒犯罪所得收益罪", "312.1", norm.Component},
		{"参加黑社会性质组织罪", "294.1", norm.Component},
		{"走私制毒物品罪", "350.1", norm.Component},
		{"侮辱罪", "246.1", norm.Exact}, // not a choice from 强制猥亵、侮辱罪
		{"强制侮辱罪", "237.1", norm.Component},
		{"奸淫幼女罪", "236.1", norm.Alias},
		{"投毒罪", "114.4", norm.Alias},
		{"强制猥亵、侮辱妇女罪", "237.1", norm.Alias},
		{"伪造居民身份证罪", "280.4", norm.Alias},
		{"组织他人偷越国境罪", "318.1", norm.Component},
		{"偷越国(边)境罪", "322.1", norm.Exact},
		{"非法收购、运输珍贵、濒危野生动物罪", "341.1", norm.Alias},
		{"窝藏赃物罪", "312.1", norm.Alias},
		{"隐匿、故意销毁会计凭证、会计帐簿、财务会计报告罪", "162-1.1", norm.Exact},
	} {
		m, ok := norm.Crimes().Find(c.name)
		if !ok || m.ID != c.id || m.How != c.how {
			t.Errorf("Find(%q) = %+v, %v; want %s by %s", c.name, m, ok, c.id, c.how)
		}
	}
}

func TestFindRefuses(t *testing.T) {
	for _, name := range []string{"", "罪", "走私罪", "走私", "流氓罪", "非法买卖罪", "毒品罪", "制造、贩卖、传播淫秽物品罪", "不存在的罪"} {
		if m, ok := norm.Crimes().Find(name); ok {
			t.Errorf("Find(%q) = %s, want no answer", name, m.Name)
		}
	}
	if !norm.Crimes().Several("走私罪") || norm.Crimes().Several("盗窃罪") {
		t.Error("走私罪 stands for several crimes, 盗窃罪 does not")
	}
}

func TestIs(t *testing.T) {
	c := norm.Crimes()
	if !c.Is("贩卖毒品", "运输毒品罪") || c.Is("盗窃罪", "诈骗罪") || !c.Is("某罪", "某") {
		t.Error("names mean the same crime when the catalogue says so, or when they are the same text")
	}
}

// The counts are those of the official list after 补充规定(八) and of the
// marking described in data/README.md.
func TestCounts(t *testing.T) {
	c := norm.Crimes()
	if got := len(c.All()); got != 483 {
		t.Errorf("%d crimes, want 483", got)
	}
	negligent, disputed := 0, 0
	for _, crime := range c.All() {
		if crime.MensRea == "negligence" {
			negligent++
		}
		if crime.Disputed() {
			disputed++
		}
	}
	if negligent != 43 || disputed != 18 {
		t.Errorf("%d negligent, %d disputed or mixed; want 43 and 18", negligent, disputed)
	}
	for _, want := range []struct {
		category norm.Category
		mark     norm.Mark
		n        int
	}{
		{norm.NationalSecurity, norm.Always, 12},
		{norm.Terrorism, norm.Always, 7},
		{norm.Terrorism, norm.Related, 3},
		{norm.Sexual, norm.Always, 4},
		{norm.Sexual, norm.IfVictimMinor, 6},
		{norm.Drug, norm.Always, 11},
		{norm.Mafia, norm.Always, 3},
		{norm.Duty, norm.Always, 45},
		{norm.Duty, norm.BesideOffice, 6},
		{norm.Duty, norm.IfOfficial, 50},
		{norm.Violent, norm.Always, 6},
		{norm.Violent, norm.IfVariant, 2},
	} {
		n := 0
		for _, crime := range c.In(want.category) {
			if crime.Mark(want.category) == want.mark {
				n++
			}
		}
		if n != want.n {
			t.Errorf("%s %c: %d, want %d", want.category, want.mark, n, want.n)
		}
	}
}

func TestEveryNameFindsItself(t *testing.T) {
	for _, crime := range norm.Crimes().All() {
		if m, ok := norm.Crimes().Find(crime.Name); !ok || m.Crime != crime || m.How != norm.Exact {
			t.Errorf("%s is not found as itself", crime.Name)
		}
		if byID, ok := norm.Crimes().ByID(crime.ID); !ok || byID != crime {
			t.Errorf("%s is not found by its id", crime.ID)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"盗窃罪", "走私、贩卖毒品", "、、", "罪罪", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if m, ok := norm.Crimes().Find(name); ok && m.Crime == nil {
			t.Fatalf("%q: found nothing", name)
		}
	})
}
