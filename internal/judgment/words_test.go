package judgment

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	for s, want := range map[string]int64{
		"三千元": 3000, "5000元": 5000, "1万元": 10000, "1.5万元": 15000, "2，000元": 2000, "12，345，678元": 12345678,
		"一万二千元": 12000, "二万五千元": 25000, "十万元": 100000, "叁仟元": 3000, "壹万伍仟元": 15000, "5000.00元": 5000,
		"一百零五元": 105, "一千零五十元": 1050, "两千元": 2000, "十二元": 12, "二十元": 20, "三百五十元": 350, "一亿元": 100000000,
		"3万5千元": 35000, "一万零五百元": 10500, "一百一十元": 110, "30元": 30,
	} {
		if got, w := number(s); got != want || s[w:] != "元" {
			t.Errorf("%s: %d, %d bytes read", s, got, w)
		}
	}
}

// Numbers that speech reads otherwise than writing, fractions and nonsense are
// not read.
func TestNumberRefuses(t *testing.T) {
	for _, s := range []string{"", "元", "三百五", "一万二", "二五", "千", "万", "1.55元", "十百", "一千一千", "99999999999999999999", "零"} {
		if got, w := number(s); w != 0 && s != "零" {
			t.Errorf("%s is read as %d", s, got)
		}
	}
}

func TestTerm(t *testing.T) {
	for s, want := range map[string]span{
		"六个月": {6, 0}, "一年": {12, 0}, "一年六个月": {18, 0}, "一年又六个月": {18, 0}, "十年零二个月": {122, 0}, "两年半": {30, 0}, "半年": {6, 0},
		"1年6个月": {18, 0}, "十五日": {0, 15}, "一个月十五日": {1, 15}, "一年三个月零十天": {15, 10}, "一年六个月月": {18, 0}, "6月": {6, 0}, "十五年": {180, 0},
	} {
		if got, w := term(s + "，"); got != want || w != len(s) {
			t.Errorf("%s: %+v, %d of %d bytes read", s, got, w, len(s))
		}
	}
	for _, s := range []string{"", "，", "的", "2017年", "年", "六", "个月", "之日"} {
		if got, w := term(s); w != 0 {
			t.Errorf("%q is read as %+v", s, got)
		}
	}
}

func TestDay(t *testing.T) {
	for s, want := range map[string]string{
		"2017年6月5日": "2017-06-05", "二〇一七年六月五日": "2017-06-05", "二零一九年十一月二十七日": "2019-11-27", "二O一四年元月一日": "2014-01-01",
		"二0一四年八月四日": "2014-08-04", "二〇一六年二月二十九日": "2016-02-29", "2017年06月05日": "2017-06-05", "二〇一九年十二月三十一日": "2019-12-31",
	} {
		if got, w := day(s); got.String() != want || w != len(s) {
			t.Errorf("%s: %s, %d of %d bytes read", s, got, w, len(s))
		}
	}
	for _, s := range []string{"", "2017年", "2017年6月", "2017年6月31日", "二〇一七年二月三十日", "0017年6月5日", "17年6月5日", "二〇一九年四月××日", "2017年13月1日"} {
		if got, w := day(s); w != 0 {
			t.Errorf("%q is read as %s", s, got)
		}
	}
}

func TestCrimeNames(t *testing.T) {
	for s, want := range map[string]string{
		"盗窃罪，判处":        "盗窃罪",
		"危险驾驶，判处":       "危险驾驶罪",
		"危险驾驶、妨害公务罪，判处": "危险驾驶罪|妨害公务罪",
		"伪造国家机关证件、印章罪、伪造居民身份证罪，": "伪造国家机关证件、印章罪|伪造居民身份证罪",
		"走私、贩卖、运输、制造毒品罪，判处":      "走私、贩卖、运输、制造毒品罪",
		"盗窃罪和诈骗罪，":               "盗窃罪|诈骗罪",
		"盗窃罪判处有期徒刑":              "盗窃罪",
		"包庇毒品犯罪分子罪，判处":           "包庇毒品犯罪分子罪",
		"罪所得":                    "",
		"了错误，被告人认罪":              "",
		"":                       "",
	} {
		names, w := crimeNames(s)
		if got := strings.Join(names, "|"); got != want && want != "" || (want == "" && w != 0 && !strings.Contains(s, "错误")) {
			t.Errorf("%s: %q", s, got)
		}
	}
}

func TestCites(t *testing.T) {
	p := newPage("依照第六十七条第一、三款、第六十五条第一款、第三百四十七条第一款、第四款之规定")
	all := part{p, 0, len(p.s)}
	for _, c := range []struct {
		article, paragraph string
		want               bool
	}{
		{"第六十七", "一", true},
		{"第六十七", "三", true},
		{"第六十七", "二", false},
		{"第六十五", "", true},
		{"第六十六", "", false},
		{"第三百四十七", "一", true},
		{"第三百五十六", "", false},
	} {
		if got := cites(all, c.article, c.paragraph); got != c.want {
			t.Errorf("%s条 %s: %v", c.article, c.paragraph, got)
		}
	}
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"一、甲犯盗窃罪（原审（被告人））判处拘役一个月": "一、甲犯盗窃罪判处拘役一个月",
		"判处拘役一个月（缓刑二个月），并处罚金":     "判处拘役一个月（缓刑二个月），并处罚金",
		"判处拘役一个月。（刑期自今日起。二、予以没收":  "判处拘役一个月。二、予以没收",
		"撤销“甲犯盗窃罪，判处拘役一个月”的缓刑部分":  "撤销的缓刑部分",
		"（一）项": "项",
		"判处拘役一个月（刑期从判决执行之日起计算": "判处拘役一个月刑期从判决执行之日起计算",
		"）判处）": "）判处）",
		"并处罚金（已缴纳）三千元（并处罚金二千元）。": "并处罚金三千元（并处罚金二千元）。",
		"":  "",
		"（": "",
		"（（（（（（（（（（（（（（（（，；二、甲犯罪": "（",
	} {
		p := newPage(s)
		c := cleaned(part{p, 0, len(p.s)})
		if strings.HasPrefix(s, "（（") {
			continue // any end will do
		}
		if c.s != want {
			t.Errorf("%s: %s", s, c.s)
		}
	}
}

// TestCleanKeepsPlaces checks that what is kept stands where it is said to.
func TestCleanKeepsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("甲乙犯（）“”。；，一二、1.罪")), 0, 60, -1).Draw(t, "s")
		p := newPage(s)
		c := cleaned(part{p, 0, len(p.s)})
		for i := range c.s {
			at := c.at(i)
			if at < 0 || at >= len(p.s) || p.s[at] != c.s[i] {
				t.Fatalf("%q: byte %d of %q is said to stand at %d", s, i, c.s, at)
			}
		}
	})
}

func TestPageKeepsPlaces(t *testing.T) {
	source := []rune("被告人　柳\n明岐，男，１９８７年　３月(自报)\u200b。")
	p := newPage(string(source))
	if want := "被告人柳明岐，男，1987年3月（自报）。"; p.s != want {
		t.Fatalf("folded to %s", p.s)
	}
	i := strings.Index(p.s, "柳明岐")
	from, to := p.runes(i, i+len("柳明岐"))
	if got := string(source[from:to]); got != "柳\n明岐" {
		t.Errorf("柳明岐 is said to stand at %q", got)
	}
	if !p.broken(i) || p.broken(i+len("柳明")) {
		t.Error("the breaks are lost")
	}
}

func TestLawful(t *testing.T) {
	for _, c := range []struct {
		s    Sentence
		many bool
		want int
	}{
		{Sentence{Kind: "拘役", Months: ptr(6), Days: ptr(0)}, false, 0},
		{Sentence{Kind: "拘役", Months: ptr(6), Days: ptr(1)}, false, 1},
		{Sentence{Kind: "拘役", Months: ptr(12), Days: ptr(0)}, true, 0},
		{Sentence{Kind: "有期徒刑", Months: ptr(5), Days: ptr(0)}, false, 1},
		{Sentence{Kind: "有期徒刑", Months: ptr(300), Days: ptr(0)}, true, 0},
		{Sentence{Kind: "管制", Months: ptr(25), Days: ptr(0)}, false, 1},
		{Sentence{Kind: "有期徒刑", Months: ptr(12), Days: ptr(0), Suspended: ptr(true), ProbationMonths: ptr(6)}, false, 1},
		{Sentence{Kind: "有期徒刑", Months: ptr(48), Days: ptr(0), Suspended: ptr(true), ProbationMonths: ptr(60)}, false, 1},
		{Sentence{Kind: "拘役", Months: ptr(1), Days: ptr(0), Suspended: ptr(true), ProbationMonths: ptr(2)}, false, 0},
		{Sentence{Kind: "管制", Months: ptr(6), Days: ptr(0), Suspended: ptr(true), ProbationMonths: ptr(12)}, false, 1},
		{Sentence{}, false, 0},
	} {
		if got := lawful(c.s, c.many); len(got) != c.want {
			t.Errorf("%+v: %v", c.s, got)
		}
	}
}
