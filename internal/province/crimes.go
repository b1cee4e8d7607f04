package province

import "github.com/fengcun/fengcun/internal/docket"

// band is one way in which a crime is commonly punished: a penalty, its months
// from and to, how often, and how often suspended, in percent.
type band struct {
	kind      docket.Penalty
	from, to  int
	weight    int
	suspended int
}

// fining says what the article provides of a fine beside the principal penalty.
type fining int

const (
	noFine  fining = iota
	mayFine        // 或者单处, 可以并处
	mustFine
)

// offence is one crime as the province knows it. The bands lie inside the
// statutory range of the article named; the tests check that they do.
type offence struct {
	name    string
	article string
	weight  int // share of cases, per 1,000
	mens    docket.MensRea
	fine    fining
	yuan    int64 // the usual fine
	bands   []band
	men     int  // percent of offenders
	bail    int  // percent not taken into custody
	group   int  // percent of cases with several defendants
	minors  int  // per 1,000 offenders
	victims bool // compensation is usual
	drug    bool
	pays    int // percent of fines paid
	decline int // percent not prosecuted
}

const (
	ft = docket.FixedTerm
	dt = docket.Detention
	ps = docket.PublicSurveillance
	fn = docket.Fine
	ex = docket.ExemptFromPunishment
)

// offences is the catalogue, the weights after the shares that national
// reports give: dangerous driving near 23% of the cases, then theft and fraud.
func offences() []offence {
	in, ne := docket.Intent, docket.Negligence
	return append([]offence{
		{
			name: "危险驾驶罪", article: "133-1", weight: 232, mens: in, fine: mustFine, yuan: 4000, men: 94, bail: 92, pays: 96, decline: 14,
			bands: []band{{dt, 1, 2, 62, 52}, {dt, 2, 3, 28, 45}, {dt, 3, 6, 9, 30}, {ex, 0, 0, 1, 0}},
		},
		{
			name: "盗窃罪", article: "264", weight: 180, mens: in, fine: mustFine, yuan: 2000, men: 86, bail: 45, group: 18, minors: 60, pays: 70, decline: 14,
			bands: []band{{dt, 2, 6, 20, 22}, {ft, 6, 12, 38, 18}, {fn, 0, 0, 4, 0}, {ps, 3, 12, 1, 0}, {ft, 13, 36, 28, 25}, {ft, 38, 110, 8, 0}, {ex, 0, 0, 1, 0}},
		},
		{
			name: "诈骗罪", article: "266", weight: 72, mens: in, fine: mustFine, yuan: 10000, men: 74, bail: 35, group: 40, minors: 15, pays: 62, decline: 12,
			bands: []band{{dt, 3, 6, 5, 30}, {ft, 6, 12, 28, 32}, {ft, 13, 36, 39, 35}, {ft, 37, 120, 24, 0}, {ft, 121, 168, 3, 0}},
		},
		{
			name: "帮助信息网络犯罪活动罪", article: "287-2", weight: 62, mens: in, fine: mustFine, yuan: 5000, men: 82, bail: 58, group: 22, minors: 25, pays: 82, decline: 24,
			bands: []band{{dt, 3, 6, 8, 40}, {ft, 6, 12, 56, 34}, {ft, 13, 30, 35, 26}, {fn, 0, 0, 1, 0}},
		},
		{
			name: "故意伤害罪", article: "234", weight: 62, mens: in, men: 90, bail: 60, group: 14, minors: 40, victims: true, decline: 22,
			bands: []band{{dt, 2, 6, 12, 45}, {ft, 6, 12, 42, 50}, {ps, 3, 18, 2, 0}, {ft, 13, 36, 31, 38}, {ft, 37, 110, 9, 0}, {ft, 121, 180, 2, 0}, {ex, 0, 0, 1, 0}},
		},
		{
			name: "掩饰、隐瞒犯罪所得罪", article: "312", weight: 45, mens: in, fine: mustFine, yuan: 5000, men: 80, bail: 55, group: 25, minors: 20, pays: 80, decline: 18,
			bands: []band{{dt, 3, 6, 8, 40}, {ft, 6, 12, 42, 40}, {ft, 13, 36, 40, 38}, {fn, 0, 0, 3, 0}, {ft, 37, 60, 7, 0}},
		},
		{
			name: "交通肇事罪", article: "133", weight: 42, mens: ne, men: 88, bail: 75, victims: true, decline: 18,
			bands: []band{{dt, 3, 6, 5, 70}, {ft, 6, 12, 49, 82}, {ft, 13, 36, 36, 66}, {ft, 37, 60, 8, 0}, {ex, 0, 0, 1, 0}},
		},
		{
			name: "开设赌场罪", article: "303", weight: 40, mens: in, fine: mustFine, yuan: 15000, men: 78, bail: 45, group: 55, pays: 84, decline: 12,
			bands: []band{{dt, 3, 6, 5, 40}, {ft, 6, 12, 41, 45}, {ft, 13, 36, 46, 44}, {ft, 60, 84, 8, 0}},
		},
		{
			name: "寻衅滋事罪", article: "293", weight: 40, mens: in, men: 90, bail: 40, group: 45, minors: 90, victims: true, decline: 18,
			bands: []band{{dt, 3, 6, 8, 30}, {ft, 6, 12, 42, 32}, {ft, 13, 36, 42, 26}, {ft, 37, 60, 6, 0}, {ps, 6, 18, 1, 0}},
		},
		{
			name: "贩卖毒品罪", article: "347", weight: 26, mens: in, fine: mustFine, yuan: 4000, men: 84, bail: 8, group: 15, minors: 5, drug: true, pays: 45, decline: 4,
			bands: []band{{dt, 3, 6, 3, 0}, {ft, 6, 12, 38, 5}, {ft, 13, 36, 24, 2}, {ft, 37, 83, 21, 0}, {ft, 84, 180, 14, 0}},
		},
	}, append(rarer(in), rarest(in, ne)...)...)
}

// rarer is the rest of the catalogue.
func rarer(in docket.MensRea) []offence {
	return []offence{
		{
			name: "强奸罪", article: "236", weight: 20, mens: in, men: 100, bail: 5, group: 5, minors: 60, decline: 8,
			bands: []band{{ft, 36, 60, 78, 4}, {ft, 61, 110, 14, 0}, {ft, 120, 180, 8, 0}},
		},
		{
			name: "容留他人吸毒罪", article: "354", weight: 9, mens: in, fine: mustFine, yuan: 3000, men: 80, bail: 30, drug: true, pays: 60, decline: 6,
			bands: []band{{dt, 3, 6, 20, 10}, {ft, 6, 12, 72, 12}, {ft, 13, 24, 8, 8}},
		},
		{
			name: "抢劫罪", article: "263", weight: 10, mens: in, fine: mustFine, yuan: 4000, men: 94, bail: 3, group: 30, minors: 90, pays: 40, decline: 4,
			bands: []band{{ft, 36, 70, 80, 5}, {ft, 120, 170, 20, 0}},
		},
		{
			name: "聚众斗殴罪", article: "292", weight: 13, mens: in, men: 95, bail: 30, group: 70, minors: 120, decline: 16,
			bands: []band{{ft, 6, 12, 38, 50}, {ft, 13, 36, 48, 45}, {ft, 37, 60, 14, 0}},
		},
		{
			name: "敲诈勒索罪", article: "274", weight: 12, mens: in, fine: mustFine, yuan: 4000, men: 88, bail: 25, group: 30, minors: 25, pays: 60, decline: 10,
			bands: []band{{dt, 3, 6, 6, 20}, {ft, 6, 12, 52, 25}, {ft, 13, 36, 28, 25}, {ft, 37, 90, 14, 0}},
		},
		{
			name: "非法拘禁罪", article: "238", weight: 10, mens: in, men: 92, bail: 30, group: 60, victims: true, decline: 14,
			bands: []band{{dt, 3, 6, 12, 35}, {ft, 6, 12, 60, 35}, {ft, 13, 36, 26, 30}, {ps, 4, 12, 2, 0}},
		},
		{
			name: "妨害公务罪", article: "277", weight: 10, mens: in, men: 82, bail: 45, decline: 15,
			bands: []band{{dt, 2, 6, 28, 35}, {ft, 6, 12, 62, 38}, {fn, 0, 0, 3, 0}, {ft, 13, 24, 7, 20}},
		},
		{
			name: "职务侵占罪", article: "271", weight: 11, mens: in, fine: mustFine, yuan: 20000, men: 70, bail: 50, pays: 70, decline: 16,
			bands: []band{{dt, 3, 6, 6, 50}, {ft, 6, 12, 38, 50}, {ft, 13, 36, 40, 48}, {ft, 37, 100, 16, 0}},
		},
		{
			name: "非法吸收公众存款罪", article: "176", weight: 12, mens: in, fine: mustFine, yuan: 50000, men: 58, bail: 45, group: 55, pays: 50, decline: 14,
			bands: []band{{ft, 6, 12, 18, 60}, {ft, 13, 36, 52, 60}, {ft, 37, 110, 30, 0}},
		},
		{
			name: "合同诈骗罪", article: "224", weight: 9, mens: in, fine: mustFine, yuan: 30000, men: 78, bail: 25, pays: 45, decline: 12,
			bands: []band{{ft, 6, 12, 26, 40}, {ft, 13, 36, 38, 36}, {ft, 37, 120, 26, 0}, {ft, 121, 168, 10, 0}},
		},
		{
			name: "信用卡诈骗罪", article: "196", weight: 8, mens: in, fine: mustFine, yuan: 20000, men: 72, bail: 55, pays: 60, decline: 20,
			bands: []band{{dt, 3, 6, 14, 50}, {ft, 6, 12, 48, 46}, {ft, 13, 36, 24, 36}, {ft, 60, 90, 14, 0}},
		},
		{
			name: "虚开增值税专用发票罪", article: "205", weight: 9, mens: in, fine: mustFine, yuan: 50000, men: 72, bail: 70, pays: 80, decline: 18,
			bands: []band{{ft, 6, 12, 40, 72}, {ft, 13, 36, 42, 70}, {ft, 37, 72, 18, 0}},
		},
		{
			name: "非法捕捞水产品罪", article: "340", weight: 11, mens: in, fine: mayFine, yuan: 3000, men: 93, bail: 92, group: 30, pays: 92, decline: 30,
			bands: []band{{dt, 1, 5, 46, 55}, {fn, 0, 0, 24, 0}, {ft, 6, 12, 22, 70}, {ps, 3, 12, 8, 0}},
		},
		{
			name: "滥伐林木罪", article: "345", weight: 9, mens: in, fine: mustFine, yuan: 5000, men: 92, bail: 90, pays: 88, decline: 26,
			bands: []band{{dt, 3, 6, 26, 80}, {ft, 6, 12, 40, 85}, {fn, 0, 0, 14, 0}, {ft, 13, 36, 16, 80}, {ps, 6, 12, 4, 0}},
		},
		{
			name: "赌博罪", article: "303", weight: 10, mens: in, fine: mustFine, yuan: 5000, men: 80, bail: 60, group: 40, pays: 90, decline: 16,
			bands: []band{{dt, 2, 6, 44, 45}, {ft, 6, 12, 46, 48}, {ft, 13, 24, 10, 40}},
		},
	}
}

// rarest is its end.
func rarest(in, ne docket.MensRea) []offence {
	return []offence{
		{
			name: "故意毁坏财物罪", article: "275", weight: 9, mens: in, fine: mayFine, yuan: 3000, men: 90, bail: 60, victims: true, pays: 85, decline: 28,
			bands: []band{{dt, 2, 6, 38, 40}, {ft, 6, 12, 46, 44}, {fn, 0, 0, 8, 0}, {ft, 13, 36, 8, 36}},
		},
		{
			name: "拒不执行判决、裁定罪", article: "313", weight: 9, mens: in, men: 80, bail: 50, decline: 22,
			bands: []band{{dt, 2, 6, 36, 45}, {ft, 6, 12, 54, 50}, {ft, 13, 24, 10, 45}},
		},
		{
			name: "侵犯公民个人信息罪", article: "253-1", weight: 8, mens: in, fine: mustFine, yuan: 12000, men: 74, bail: 55, group: 45, pays: 86, decline: 14,
			bands: []band{{dt, 3, 6, 8, 50}, {ft, 6, 12, 46, 50}, {ft, 13, 36, 30, 46}, {ft, 37, 60, 16, 0}},
		},
		{
			name: "组织卖淫罪", article: "358", weight: 6, mens: in, fine: mustFine, yuan: 30000, men: 72, bail: 10, group: 60, pays: 60, decline: 4,
			bands: []band{{ft, 60, 96, 84, 0}, {ft, 120, 144, 16, 0}},
		},
		{
			name: "引诱、容留、介绍卖淫罪", article: "359", weight: 8, mens: in, fine: mustFine, yuan: 6000, men: 48, bail: 35, group: 25, pays: 82, decline: 10,
			bands: []band{{dt, 3, 6, 10, 30}, {ft, 6, 12, 50, 32}, {ft, 13, 36, 30, 28}, {ft, 60, 72, 10, 0}},
		},
		{
			name: "受贿罪", article: "385", weight: 9, mens: in, fine: mustFine, yuan: 200000, men: 88, bail: 20, pays: 92, decline: 5,
			bands: []band{{ft, 10, 36, 36, 50}, {ft, 36, 84, 34, 0}, {ft, 120, 160, 30, 0}},
		},
		{
			name: "行贿罪", article: "390", weight: 4, mens: in, fine: mustFine, yuan: 100000, men: 86, bail: 50, pays: 92, decline: 20,
			bands: []band{{dt, 3, 6, 10, 60}, {ft, 6, 12, 42, 66}, {ft, 13, 36, 40, 60}, {ft, 60, 84, 8, 0}},
		},
		{
			name: "重大责任事故罪", article: "134", weight: 5, mens: ne, men: 94, bail: 85, group: 50, victims: true, decline: 24,
			bands: []band{{dt, 3, 6, 6, 70}, {ft, 6, 12, 46, 86}, {ft, 13, 36, 48, 80}},
		},
		{
			name: "过失致人死亡罪", article: "233", weight: 5, mens: ne, men: 88, bail: 60, victims: true, decline: 12,
			bands: []band{{ft, 6, 12, 34, 78}, {ft, 13, 36, 46, 62}, {ft, 37, 60, 20, 0}},
		},
		{
			name: "失火罪", article: "115", weight: 4, mens: ne, men: 74, bail: 88, decline: 34,
			bands: []band{{dt, 3, 6, 10, 72}, {ft, 6, 12, 52, 86}, {ft, 13, 36, 34, 84}, {ft, 37, 48, 4, 0}},
		},
		{
			name: "故意杀人罪", article: "232", weight: 3, mens: in, men: 84, bail: 0, decline: 1,
			bands: []band{{ft, 36, 110, 30, 4}, {ft, 120, 180, 42, 0}, {docket.LifeImprisonment, 0, 0, 22, 0}, {docket.Death, 0, 0, 6, 0}},
		},
		{
			name: "参加黑社会性质组织罪", article: "294", weight: 4, mens: in, fine: mayFine, yuan: 8000, men: 97, bail: 2, group: 95, pays: 30, decline: 2,
			bands: []band{{ft, 12, 36, 62, 3}, {ft, 37, 84, 38, 0}},
		},
		{
			name: "玩忽职守罪", article: "397", weight: 3, mens: ne, men: 88, bail: 75, decline: 30,
			bands: []band{{dt, 3, 6, 10, 60}, {ft, 6, 12, 40, 70}, {ft, 13, 36, 34, 66}, {ex, 0, 0, 16, 0}},
		},
	}
}

// statute is what the articles allow beside fixed-term imprisonment: 拘役 (d),
// 管制 (s), 单处罚金 (f), life and death (L); min and max bound the term.
type statute struct {
	allows   string
	min, max int
}

// statutes gives, by article, the range of the penalties that the bands may
// use (刑法 as of 修正案(十一)).
func statutes() map[string]statute {
	return map[string]statute{
		"133-1": {"d", 0, 0}, "264": {"dsf", 6, 180}, "266": {"dsf", 6, 180}, "287-2": {"df", 6, 36},
		"234": {"dsL", 6, 180}, "312": {"dsf", 6, 84}, "133": {"d", 6, 180}, "303": {"ds", 6, 120},
		"293": {"ds", 6, 120}, "347": {"dsL", 6, 180}, "236": {"L", 36, 180}, "354": {"ds", 6, 36},
		"263": {"L", 36, 180}, "292": {"ds", 6, 120}, "274": {"dsf", 6, 180}, "238": {"ds", 6, 180},
		"277": {"dsf", 6, 84}, "271": {"d", 6, 180}, "176": {"df", 6, 180}, "224": {"df", 6, 180},
		"196": {"d", 6, 180}, "205": {"d", 6, 180}, "340": {"dsf", 6, 36}, "345": {"dsf", 6, 84},
		"275": {"df", 6, 84}, "313": {"df", 6, 84}, "253-1": {"df", 6, 84}, "358": {"L", 60, 180},
		"359": {"ds", 6, 180}, "385": {"dL", 6, 180}, "390": {"dL", 6, 180}, "134": {"d", 6, 84},
		"233": {"", 6, 84}, "115": {"d", 6, 84}, "232": {"L", 36, 180}, "294": {"dsf", 6, 84},
		"397": {"d", 6, 84},
	}
}
