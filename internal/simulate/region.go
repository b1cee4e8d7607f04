package simulate

// regions are the divisions of the first level by the first two digits of their
// codes (GB/T 2260).
var regions = [...]struct{ code, name string }{
	{"", ""},
	{"11", "北京"},
	{"12", "天津"},
	{"13", "河北"},
	{"14", "山西"},
	{"15", "内蒙古"},
	{"21", "辽宁"},
	{"22", "吉林"},
	{"23", "黑龙江"},
	{"31", "上海"},
	{"32", "江苏"},
	{"33", "浙江"},
	{"34", "安徽"},
	{"35", "福建"},
	{"36", "江西"},
	{"37", "山东"},
	{"41", "河南"},
	{"42", "湖北"},
	{"43", "湖南"},
	{"44", "广东"},
	{"45", "广西"},
	{"46", "海南"},
	{"50", "重庆"},
	{"51", "四川"},
	{"52", "贵州"},
	{"53", "云南"},
	{"54", "西藏"},
	{"61", "陕西"},
	{"62", "甘肃"},
	{"63", "青海"},
	{"64", "宁夏"},
	{"65", "新疆"},
	{"71", "台湾"},
	{"81", "香港"},
	{"82", "澳门"},
	{"99", "虚构省"},
}

func regionNumber(code string) (uint8, bool) {
	for i, r := range regions {
		if r.code == code {
			return uint8(i), true
		}
	}
	return 0, false
}

// RegionName is the name of a division of the first level by the first two
// digits of its code; the digits themselves where they are nobody's.
func RegionName(code string) string {
	if i, ok := regionNumber(code); ok {
		return regions[i].name
	}
	return code
}
