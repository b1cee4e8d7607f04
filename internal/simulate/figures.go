package simulate

// Mark says how sure a figure of the synthetic year is.
type Mark string

// The marks.
const (
	Reported Mark = "reported" // printed in the research report
	Seen     Mark = "seen"     // seen in a published source or quotation
	Derived  Mark = "derived"  // arithmetic on figures of these kinds
	Assumed  Mark = "assumed"  // no figure was found: ours
)

// Figure is one number the synthetic national year rests on.
type Figure struct {
	ID     string  `json:"id"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"` // persons, cases, percent
	Mark   Mark    `json:"mark"`
	Zh     string  `json:"zh"`
	Source string  `json:"source"`
}

// Figures are the margins of the synthetic year 2024, each with its source. The
// rows by crime are those of nationalCrimes. docs/calibration.md explains them.
func Figures() []Figure {
	return []Figure{
		{"persons", 1_600_000, "persons", Seen, "2024年生效判决罪犯人数", "最高人民法院2025-01-26通报：160余万，取160万"},
		{"dangerous_driving_cases", 275_500, "cases", Reported, "2024年危险驾驶一审新收案件", "研究报告：27.55万件"},
		{"dangerous_driving_share", 22.96, "percent", Reported, "其占一审新收案件的比例", "研究报告"},
		{"one_year", 58, "percent", Reported, "判处一年有期徒刑以下刑罚的人，含缓刑", "研究报告第二种意见；含缓刑是推论"},
		{"detention_or_less", 16.1, "percent", Reported, "判处拘役以下刑罚的人，缓刑另计", "研究报告第三种意见；缓刑另计是推论"},
		{"light_penalty", 15.61, "percent", Reported, "拘役、管制、单处罚金的人，缓刑另计", "研究报告；缓刑另计是推论"},
		{"over_three_years", 13.48, "percent", Seen, "判处超过三年有期徒刑的人", "2023年数据（宋英辉，2024-08-28）；假定2024年相同"},
		{"five_years", 8, "percent", Derived, "判处五年有期徒刑以上刑罚的人", "2024年第一季度：生效37.4万人，五年以上近3万人"},
		{"suspended", 25.16, "percent", Seen, "宣告缓刑的人", "2008年数据，其后未见公布"},
		{"surveillance", 0.2, "percent", Seen, "管制", "长期约0.2%（早年数据）"},
		{"fine_alone", 1, "percent", Assumed, "单处罚金", "未见数据"},
		{"dangerous_driving_suspended", 45, "percent", Assumed, "危险驾驶判处拘役的人中宣告缓刑的", "未见数据"},
		{"detention_suspended", 30, "percent", Assumed, "其他犯罪判处拘役的人中宣告缓刑的", "未见数据"},
		{"one_year_suspended", 28, "percent", Assumed, "一年有期徒刑以下的人中宣告缓刑的", "未见数据"},
		{"two_defendants", 12, "percent", Assumed, "其他犯罪中两名被告人的案件", "未见数据；四名被告人的案件使人数与案件数相符"},
		{"minors", 3.55, "percent", Derived, "犯罪时不满十八周岁的人", "2024年起诉未成年人56,877人，除以160万"},
		{"under_25", 17.2, "percent", Derived, "不满二十五周岁的人", "2023年28.4万人，除以165万"},
		{"other_conviction", 20, "percent", Assumed, "成年人中另有已经生效的有罪判决的", "未见数据：未公布再犯比例"},
		{"recidivist", 40, "percent", Assumed, "上列且判处有期徒刑不缓刑的人中构成累犯的", "未见数据"},
	}
}

// figure looks a figure up; the ids are constants of this package.
func figure(id string) float64 {
	for _, f := range Figures() {
		if f.ID == id {
			return f.Value
		}
	}
	panic("simulate: no figure " + id)
}

// crimeFigure is one crime of the synthetic year: how many persons, and how
// they are punished.
type crimeFigure struct {
	name    string
	persons float64
	mark    Mark
	source  string
	fixed   bool               // the shape is the distribution itself, in percent
	shape   [bandCount]float64 // else weights, which the margins bend
	duty    bool               // by officials
}

// The shapes of those crimes whose persons are raked to the margins: weights by
// band, assumed; zero where the article does not allow the penalty or practice
// would be absurd.
func shapes() map[string][bandCount]float64 {
	return map[string][bandCount]float64{
		// exempt, fine, 管制, 拘役, suspended, ≤1y, suspended, 1–3y, suspended, 3–5y, ≥5y
		"light":   {1, 3, 1, 20, 9, 35, 15, 12, 4, 0, 0},
		"common":  {1, 2, 1, 14, 5, 30, 10, 24, 6, 5, 2},
		"graver":  {1, 1, 0, 5, 2, 25, 12, 32, 10, 9, 4},
		"heavy":   {0, 0, 0, 0, 0, 4, 0, 14, 1, 36, 45},
		"drug":    {0, 0, 1, 6, 0, 40, 1, 16, 1, 14, 21},
		"duty":    {6, 0, 0, 4, 5, 6, 12, 12, 20, 15, 20},
		"violent": {0, 0, 0, 0, 0, 0, 0, 5, 3, 47, 45},
		"driving": {0.5, 0, 0, 54.725, 44.775, 0, 0, 0, 0, 0, 0},
		"traffic": {1, 0, 0, 3, 7, 10, 28, 17, 27, 5, 2},
	}
}

// nationalCrimes are the rows of the synthetic year. What is over when the
// figures are used up is divided in the given proportion among the crimes at
// the end.
func nationalCrimes() []crimeFigure {
	s := shapes()
	other := func(name string, weight float64, shape string) crimeFigure {
		return crimeFigure{name: name, persons: weight, mark: Assumed, source: rest, shape: s[shape]}
	}
	const (
		chapter2 = "2023年危害公共安全39万人减醉驾32万人，假定2024年相同；各罪比例为假定"
		violent  = "2024年严重暴力犯罪审结5.8万人；各罪比例为假定"
		drugs    = "2024年毒品犯罪4.9万人；各罪比例为假定"
		office   = "2024年职务犯罪3.3万人；各罪比例为假定"
	)
	return []crimeFigure{
		{name: "危险驾驶罪", persons: 275_500, mark: Reported, source: "研究报告27.55万件，一案一人（假定）", fixed: true, shape: s["driving"]},
		{name: "交通肇事罪", persons: 57_000, mark: Derived, source: chapter2, fixed: true, shape: s["traffic"]},
		{name: "重大责任事故罪", persons: 5_000, mark: Derived, source: chapter2, fixed: true, shape: s["traffic"]},
		{name: "失火罪", persons: 3_000, mark: Derived, source: chapter2, fixed: true, shape: s["traffic"]},
		{name: "非法持有、私藏枪支、弹药罪", persons: 5_000, mark: Derived, source: chapter2, shape: s["common"]},
		{name: "故意杀人罪", persons: 8_000, mark: Seen, source: violent, shape: s["violent"]},
		{name: "抢劫罪", persons: 15_000, mark: Seen, source: violent, shape: s["violent"]},
		{name: "强奸罪", persons: 33_000, mark: Seen, source: violent, shape: s["violent"]},
		{name: "放火罪", persons: 1_500, mark: Seen, source: violent, shape: s["violent"]},
		{name: "绑架罪", persons: 500, mark: Seen, source: violent, shape: s["violent"]},
		{name: "走私、贩卖、运输、制造毒品罪", persons: 36_000, mark: Seen, source: drugs, shape: s["drug"]},
		{name: "容留他人吸毒罪", persons: 9_000, mark: Seen, source: drugs, shape: s["light"]},
		{name: "非法持有毒品罪", persons: 4_000, mark: Seen, source: drugs, shape: s["drug"]},
		{name: "受贿罪", persons: 15_000, mark: Seen, source: office, shape: s["duty"], duty: true},
		{name: "贪污罪", persons: 9_000, mark: Seen, source: office, shape: s["duty"], duty: true},
		{name: "挪用公款罪", persons: 3_000, mark: Seen, source: office, shape: s["duty"], duty: true},
		{name: "行贿罪", persons: 4_500, mark: Seen, source: office, shape: s["duty"]},
		{name: "玩忽职守罪", persons: 1_500, mark: Seen, source: office, fixed: true, shape: s["traffic"], duty: true},
		{name: "组织、领导、参加黑社会性质组织罪", persons: 8_840, mark: Seen, source: "2024年涉黑恶8,840人", shape: s["heavy"]},
		{name: "为境外窃取、刺探、收买、非法提供国家秘密、情报罪", persons: 480, mark: Derived, source: "2018–2022年危害国家安全约占起诉的0.03%，以一罪代表", shape: s["heavy"]},
		{name: "诈骗罪", persons: 122_000, mark: Seen, source: "2024年电信网络诈骗8.2万人；其他诈骗4万人为假定", shape: s["graver"]},
		{name: "盗窃罪", persons: 208_000, mark: Derived, source: "2022年占起诉的13%，假定2024年相同", shape: s["common"]},
		{name: "帮助信息网络犯罪活动罪", persons: 100_000, mark: Derived, source: "2025年3.8万人，案件比上年减62%", shape: s["light"]},
		{name: "过失致人死亡罪", persons: 6_000, mark: Assumed, source: "未见数据", fixed: true, shape: s["traffic"]},
		other("掩饰、隐瞒犯罪所得、犯罪所得收益罪", 120, "graver"), other("故意伤害罪", 90, "common"),
		other("开设赌场罪", 90, "graver"), other("寻衅滋事罪", 70, "common"), other("聚众斗殴罪", 25, "graver"),
		other("非法吸收公众存款罪", 22, "graver"), other("敲诈勒索罪", 20, "graver"), other("非法捕捞水产品罪", 20, "light"),
		other("职务侵占罪", 18, "graver"), other("非法拘禁罪", 15, "common"), other("妨害公务罪", 15, "light"),
		other("合同诈骗罪", 15, "graver"), other("虚开增值税专用发票、用于骗取出口退税、抵扣税款发票罪", 15, "graver"),
		other("滥伐林木罪", 15, "light"), other("赌博罪", 15, "light"), other("引诱、容留、介绍卖淫罪", 15, "common"),
		other("故意毁坏财物罪", 12, "light"), other("侵犯公民个人信息罪", 12, "common"), other("信用卡诈骗罪", 8, "graver"),
		other("拒不执行判决、裁定罪", 8, "light"), other("组织卖淫罪", 8, "heavy"),
	}
}

// rest marks the crimes that share what the figures leave over.
const rest = "余数按假定的比例分配"
