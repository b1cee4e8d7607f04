package desk

import (
	"strings"

	"github.com/fengcun/fengcun/internal/web/locale"
)

// attributeList says in words which attributes a rule lacks.
func attributeList(paths []string) locale.Both {
	var zh, en []string
	for _, path := range paths {
		b := attribute(path)
		if len(zh) > 0 && zh[len(zh)-1] == b.Zh {
			continue
		}
		zh, en = append(zh, b.Zh), append(en, b.En)
	}
	return locale.Both{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}
}

// attribute is the last step of a path into the dossier, in words; the path
// itself where there are none.
func attribute(path string) locale.Both {
	name, remark, _ := strings.Cut(path, " ")
	last := name[strings.LastIndexByte(name, '.')+1:]
	words, ok := map[string]locale.Both{
		"birth": {Zh: "出生日期", En: "date of birth"}, "sex": {Zh: "性别", En: "sex"}, "kind": {Zh: "处理结果", En: "how the case ended"},
		"offence_date": {Zh: "犯罪日期", En: "date of the offence"}, "judgment_date": {Zh: "裁判日期", En: "date of the judgment"},
		"effective_date": {Zh: "生效日期", En: "date of effect"}, "completed_date": {Zh: "执行完毕日期", En: "date of completion"},
		"mens_rea": {Zh: "故意或者过失", En: "intent or negligence"}, "sentence": {Zh: "刑罚", En: "sentence"}, "crimes": {Zh: "罪名", En: "crimes"},
		"name": {Zh: "罪名", En: "name of the crime"}, "months": {Zh: "刑期", En: "length of the sentence"}, "days": {Zh: "刑期的天数", En: "days of the sentence"},
		"suspended": {Zh: "是否缓刑", En: "whether suspended"}, "probation_months": {Zh: "缓刑考验期", En: "probation period"},
		"fine_yuan": {Zh: "罚金数额", En: "amount of the fine"}, "exempt": {Zh: "是否免予刑事处罚", En: "whether exempt from punishment"},
		"recidivist": {Zh: "是否累犯", En: "whether a recidivist"}, "drug_recidivist": {Zh: "是否毒品再犯", En: "whether a drug recidivist"},
		"pleads_guilty": {Zh: "是否认罪认罚", En: "whether pleading guilty"}, "victim_forgives": {Zh: "是否取得谅解", En: "whether forgiven by the victim"},
		"compensation_paid": {Zh: "是否赔偿", En: "whether compensation was paid"}, "surrender": {Zh: "是否自首", En: "whether surrendered"},
		"applied": {Zh: "本人是否申请", En: "whether the person has applied"}, "victim_minor": {Zh: "被害人是否未成年", En: "whether the victim is a minor"},
		"by_official": {Zh: "是否公职人员实施", En: "whether committed by an official"},
	}[last]
	if !ok {
		return same(path)
	}
	if remark == "(not in the catalogue of crimes)" {
		words.Zh, words.En = words.Zh+"（不在罪名目录中）", words.En+" (not in the catalogue of crimes)"
	}
	return words
}
