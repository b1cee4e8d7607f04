package pagestest

import (
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func qualityFilters() []parts.Field {
	return []parts.Field{{
		Name: "days", Control: parts.Choice, Label: locale.T("quality.days-field"), Value: "30",
		Options: []parts.Option{{Value: "30", Label: locale.T("quality.days", 30)}, {Value: "7", Label: locale.T("quality.days", 7)}},
	}}
}

func qualityFigures(everybody bool) pages.Quality {
	rule := func(zh, en, law string, open, done, oldest int) pages.QualityRule {
		return pages.QualityRule{Title: locale.Both{Zh: zh, En: en}, Law: law, Open: open, Done: done, Oldest: oldest, Bar: float64(open) * 5, Href: "/quality/items?rule=x"}
	}
	lag := func(median, most int, inTime string, bar float64, tone parts.Tone) pages.QualityLag {
		return pages.QualityLag{
			Median: locale.T("quality.days", median), Most: locale.T("quality.days", most), Promise: locale.T("quality.days", 10),
			InTime: inTime, Bar: bar, Tone: tone,
		}
	}
	p := pages.Quality{
		Everybody: everybody, Days: 30, Filters: qualityFilters(), Bases: []string{"act", "recorded"},
		Stats: []parts.Stat{
			{Label: locale.T("quality.completeness"), Value: "23", Hint: locale.T("quality.open"), Icon: "list-details", Tone: parts.Warn, Href: "/quality/items?kind=completeness"},
			{Label: locale.T("quality.accuracy"), Value: "0", Hint: locale.T("quality.open"), Icon: "alert-triangle", Tone: parts.Good, Href: "/quality/items?kind=accuracy"},
			{Label: locale.T("quality.freshness"), Value: "91%", Hint: locale.T("quality.in-time"), Icon: "clock", Tone: parts.Warn, Href: "#freshness"},
		},
		Groups: []pages.QualityGroup{
			{Kind: "completeness", Open: 23, Rules: []pages.QualityRule{
				rule("裁判生效后没有交付执行", "A judgment in effect whose execution never began", "刑事诉讼法 264、269", 20, 4, 31),
				rule("刑期届满后没有执行完毕", "A term that ended without completion", "刑事诉讼法 264", 3, 0, 8),
			}, Quiet: []pages.QualityRule{rule("逮捕后没有侦查终结", "An arrest without an end of the investigation", "刑事诉讼法 156、158、159", 0, 0, 0)}},
			{Kind: "accuracy"},
		},
		Sources: []pages.QualitySource{{Name: "云麓市公安局青石分局", Reports: 1204, Lags: []pages.QualityLag{
			lag(1, 10, "96%", 96, parts.Good), lag(1, 2, "72%", 72, parts.Bad),
		}}},
	}
	if !everybody {
		p.Sources[0].Name = ""
	} else {
		p.Rest = p.Sources
		p.Agencies = []pages.QualityAgency{{Name: "云麓市青石区人民法院", Open: 20, Bar: 100, Href: "/quality?agency=x"}}
	}
	return p
}

func qualityItems(everybody bool) pages.QualityItems {
	p := pages.QualityItems{
		Everybody: everybody, Filters: qualityFilters(), Pager: parts.Pager{Page: 1, Size: 20, Total: 1, Path: "/quality/items"},
		Rows: []pages.QualityRow{{
			Title: locale.Both{Zh: "裁判生效后没有交付执行", En: "A judgment in effect whose execution never began"}, Kind: "completeness",
			Record: record, Name: "阮清和", Agency: "云麓市青石区人民法院", Since: day("2026-10-23"), Days: 31,
			State: parts.State{Name: "quality-open", Tone: parts.Warn}, Href: "/quality/items/x/y",
		}},
	}
	if everybody {
		p.Rows[0].Name = ""
	}
	return p
}

func qualityItem() pages.QualityItem {
	return pages.QualityItem{
		Title: locale.Both{Zh: "刑期超出该刑种的法定范围", En: "A term outside what the law knows for its kind"}, Kind: "accuracy",
		State: parts.State{Name: "quality-open", Tone: parts.Warn}, Law: "刑法 42", Text: "拘役的期限，为一个月以上六个月以下",
		Parameter: locale.Both{Zh: "与前罪并罚的以答复说明", En: "Where it was combined with an earlier sentence, an answer says so"},
		Mend:      locale.Both{Zh: "核对判决书，更正刑种或者刑期", En: "Compare the judgment and correct the kind or the term"},
		Agency:    "云麓市青石区人民法院", Record: record, Case: "/case", Person: "阮清和", Numbers: []string{"（2026）云9901刑初71号"},
		Since: day("2026-10-23"), Opened: at("2026-11-03 00:00:06"), Evidence: true, Field: "judgment/sentence/months",
		Expected: "拘役 1–6个月", Stated: "拘役 8个月",
		Statements: []pages.QualityStatement{
			{Agency: "云麓市青石区人民法院", Act: locale.Both{Zh: "裁判", En: "Judgment"}, Date: day("2026-10-23"), Event: "71-5", Says: "拘役 8个月", Own: true},
			{Agency: "云麓市看守所", Act: locale.Both{Zh: "交付执行", En: "Execution begins"}, Date: day("2026-11-01"), Event: "71-6"},
		},
		Post: "/quality/items/x/y", Facts: "00ff",
		Note: parts.Field{Name: "note", Control: parts.Area, Label: locale.T("quality.answer-note"), Hint: locale.T("quality.answer-hint"), Required: true, MaxLength: 500},
	}
}

// answeredItem is a missing stage that an officer has answered.
func answeredItem() pages.QualityItem {
	p := qualityItem()
	p.Kind, p.State = "completeness", parts.State{Name: "quality-answered", Tone: parts.Calm}
	p.Due, p.Expected, p.Stated, p.Field, p.Missing = "2026-10-13", "", "", "", []locale.Both{{Zh: "交付执行", En: "Execution begins"}, {Zh: "执行完毕", En: "Sentence served"}}
	p.Post, p.By, p.Settled, p.Words = "", "顾承安", at("2026-11-20 10:11:12"), "罪犯在逃，已裁定中止执行"
	return p
}

// supervisedItem is an item as a supervisor sees it.
func supervisedItem() pages.QualityItem {
	p := qualityItem()
	return pages.QualityItem{Title: p.Title, Kind: p.Kind, State: p.State, Law: p.Law, Text: p.Text, Mend: p.Mend, Agency: p.Agency, Record: p.Record, Since: p.Since, Opened: p.Opened}
}
