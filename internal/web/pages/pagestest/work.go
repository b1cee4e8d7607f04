package pagestest

import (
	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func workPages() []Sample {
	return []Sample{
		{Path: "/desk", Duty: agency.SealClerk, Page: desk()},
		{Path: "/desk/empty", Duty: agency.PolicyMaker, Page: pages.Desk{Officer: "白露", Agency: "平台运行中心", Duty: agency.PolicyMaker, Today: day("2026-11-23")}},
		{Path: "/cases", Duty: agency.SealClerk, Page: cases()},
		{Path: "/cases/empty", Duty: agency.SealClerk, Page: pages.Cases{Search: cases().Search, Status: cases().Status}},
		{Path: "/case", Duty: agency.SealClerk, Page: oneCase()},
		{Path: "/reviews", Duty: agency.SealReviewer, Page: reviews()},
		{Path: "/review", Duty: agency.SealReviewer, Page: review()},
		{Path: "/identity", Duty: agency.SealReviewer, Page: identities()},
		{Path: "/identity/none", Duty: agency.SealReviewer, Page: pages.Identities{Verdict: identities().Verdict}},
		{Path: "/identity/pair", Duty: agency.SealReviewer, Page: identityPair()},
		{Path: "/quality", Duty: agency.NoticeClerk, Page: qualityFigures(false)},
		{Path: "/quality/all", Duty: agency.Supervisor, Page: qualityFigures(true)},
		{Path: "/quality/items", Duty: agency.NoticeClerk, Page: qualityItems(false)},
		{Path: "/quality/items/all", Duty: agency.Supervisor, Page: qualityItems(true)},
		{Path: "/quality/items/x/y", Duty: agency.NoticeClerk, Page: qualityItem()},
		{Path: "/quality/items/x/answered", Duty: agency.NoticeClerk, Page: answeredItem()},
		{Path: "/quality/items/x/supervised", Duty: agency.Supervisor, Page: supervisedItem()},
		{Path: "/identity/joined", Duty: agency.SealReviewer, Page: joinedPair()},
		{Path: "/notices", Duty: agency.NoticeClerk, Page: notices()},
		{Path: "/trail", Duty: agency.Supervisor, Page: trail()},
		{Path: "/trail/entry", Duty: agency.Auditor, Page: trailEntry()},
	}
}

// Entries are lines of a trail.
func Entries() []parts.Entry {
	acts := []string{"sealed", "notified", "decided", "received", "opened", "approved"}
	var all []parts.Entry
	for i, act := range acts {
		e := parts.Entry{Index: 186203 - int64(i), At: at("2026-11-23 16:42:07"), Act: locale.T("act." + act), Leaf: leaf, Href: "/trail/entry"}
		if i < 3 {
			e.Code = record
		}
		all = append(all, e)
	}
	return all
}

func desk() pages.Desk {
	return pages.Desk{
		Officer: "韩静文", Agency: "云麓市青石区人民法院", Duty: agency.SealClerk, Today: day("2026-11-23"),
		Stats: []parts.Stat{
			{Label: locale.T("work.seal"), Value: "18", Icon: "rubber-stamp", Tone: parts.Seal, Href: "/reviews"},
			{Label: locale.T("work.review"), Value: "7", Icon: "help-circle", Tone: parts.Warn, Href: "/reviews"},
			{Label: locale.T("work.unseal"), Value: "1", Icon: "lock-open", Tone: parts.Bad, Href: "/reviews"},
			{Label: locale.T("trail.stat-changes"), Value: "142", Icon: "history", Tone: parts.Calm, Hint: locale.T("ui.today")},
		},
		Actions: []parts.Link{{Text: locale.T("nav.reviews"), Href: "/reviews", Icon: "clipboard-check"}},
		Work: []pages.Work{
			{Code: record, What: locale.T("work.seal"), Since: at("2026-11-23 09:12:44"), Due: day("2026-11-26"), Left: 3, Href: "/review"},
			{Code: "Q0ZB-51RT-7XKP-D2M9-H4CE-02", What: locale.T("work.review"), Since: at("2026-11-21 17:03:10"), Due: day("2026-11-23"), Left: 0, State: parts.State{Name: "urgent", Tone: parts.Warn}, Href: "/review"},
			{Code: "N8VA-3GDY-60WJ-TK5L-9SBF-01", What: locale.T("work.unseal"), Since: at("2026-11-19 11:30:52"), Due: day("2026-11-22"), Left: -1, State: parts.State{Name: "overdue", Tone: parts.Bad}, Href: "/review"},
			{Code: "A9RC-UX17-4PZQ-M6T2-0KDW-01", What: locale.T("work.seal"), Since: at("2026-11-22 08:45:19"), Href: "/review"},
		},
		Entries: Entries(),
		Chart: &parts.Chart{
			ID: "changes", Title: locale.T("trail.stat-changes"), Height: "low",
			Data: parts.ChartData{
				Kind:   "bar",
				Labels: []string{"11-17", "11-18", "11-19", "11-20", "11-21", "11-22", "11-23"},
				Series: []parts.Series{{Name: "封存", Values: []float64{120, 132, 101, 134, 90, 30, 142}}, {Name: "解封", Values: []float64{2, 0, 1, 3, 1, 0, 1}}},
			},
		},
	}
}

func cases() pages.Cases {
	row := func(c parts.Code, alias, court, filed, zh, en string, s ...docket.Status) pages.CaseRow {
		r := pages.CaseRow{Code: c, Alias: alias, Agency: court, Since: day(filed), Stage: locale.Both{Zh: zh, En: en}, Href: "/case"}
		for _, one := range s {
			r.Records = append(r.Records, parts.Status(one))
		}
		return r
	}
	return pages.Cases{
		Search: parts.Field{Name: "q", Control: parts.Line, Label: locale.T("cases.search"), Hint: locale.T("cases.search-hint")},
		Status: parts.Field{Name: "status", Control: parts.Choice, Label: locale.T("cases.status"), Options: []parts.Option{
			{Label: locale.T("cases.any")}, {Value: "open", Label: locale.T("status.open")}, {Value: "sealed", Label: locale.T("status.sealed")},
		}},
		Rows: []pages.CaseRow{
			row(code, "（2024）云9901刑初127号", "云麓市青石区人民法院", "2024-03-04", "执行完毕", "Completed", docket.Sealed, docket.Pending),
			row("Q0ZB-51RT-7XKP-D2M9-H4CE", "（2025）云9901刑初33号", "云麓市青石区人民法院", "2025-01-16", "社区矫正", "Community corrections", docket.Open, docket.Pending),
			row("N8VA-3GDY-60WJ-TK5L-9SBF", "（2023）云9901刑初508号", "云麓市青石区人民法院", "2023-08-29", "再审", "Retrial", docket.Unsealed),
			row("A9RC-UX17-4PZQ-M6T2-0KDW", "青检刑诉〔2026〕214号", "云麓市青石区人民检察院", "2026-06-02", "提起公诉", "Prosecuted", docket.Open),
		},
		Pager: parts.Pager{Page: 2, Size: 20, Total: 3187, Path: "/cases"},
	}
}

func timeline() []parts.Moment {
	m := func(on, zh, en, by, no, detail string, tone parts.Tone) parts.Moment {
		return parts.Moment{On: day(on), Title: locale.Both{Zh: zh, En: en}, By: by, Number: no, Detail: plain(detail), Tone: tone}
	}
	return []parts.Moment{
		m("2024-03-04", "立案", "Case filed", "云麓市公安局青石分局", "青公（刑）立字〔2024〕211号", "危险驾驶", parts.Calm),
		m("2024-03-05", "采取强制措施", "Measure imposed", "云麓市公安局青石分局", "", "取保候审", parts.Calm),
		m("2024-04-11", "提起公诉", "Prosecution filed", "云麓市青石区人民检察院", "青检刑诉〔2024〕96号", "认罪认罚", parts.Calm),
		m("2024-05-06", "一审判决", "Judgment", "云麓市青石区人民法院", "（2024）云9901刑初127号", "拘役二个月，缓刑三个月，并处罚金人民币三千元", parts.Calm),
		m("2024-05-17", "裁判生效", "Judgment effective", "云麓市青石区人民法院", "", "", parts.Good),
		m("2024-08-16", "考验期满", "Probation completed", "云麓市青石区社区矫正机构", "", "原判刑罚不再执行", parts.Good),
		m("2026-11-23", "封存", "Sealed", "云麓市青石区人民法院", "", "", parts.Seal),
	}
}

func steps(current int) []parts.Step {
	all := make([]parts.Step, 0, 10)
	for i := 1; i <= 10; i++ {
		state := parts.Ahead
		switch {
		case i < current:
			state = parts.Done
		case i == current:
			state = parts.Current
		}
		all = append(all, parts.Step{Number: i, Title: locale.T("flow." + string("0123456789"[i%10])), State: state})
	}
	all[9].Title = locale.T("flow.10")
	return all
}

// plain is data that has no words of ours.
func plain(s string) locale.Both { return locale.Both{Zh: s, En: s} }

func sentence() locale.Both {
	return locale.Both{Zh: "拘役 2 个月，缓刑 3 个月，罚金 3,000 元", En: "short-term detention of 2 months, suspended for 3 months, fine of 3,000 yuan"}
}

func person() *pages.Person {
	return &pages.Person{Name: "钟某某", Sex: locale.Both{Zh: "男", En: "male"}, Birth: day("1990-01-02"), Number: "990101********0018"}
}

func oneCase() pages.Case {
	return pages.Case{
		Code: code,
		Aliases: []pages.Alias{
			{Kind: "案号", Number: "（2024）云9901刑初127号", Agency: "云麓市青石区人民法院"},
			{Kind: "立案号", Number: "青公（刑）立字〔2024〕211号", Agency: "云麓市公安局青石分局"},
		},
		Former: []parts.Code{"4JW7-0C8N-YQ21-XK5M-ZP93"},
		Links: []pages.Link{
			{On: day("2024-03-20"), Kind: locale.Both{Zh: "移送管辖", En: "transferred"}, Number: "（2024）云9902刑初19号", By: "云麓市青石区人民法院"},
		},
		Records: []pages.Record{
			{Code: record, Status: parts.Status(docket.Sealed), Life: []pages.Change{
				{To: parts.Status(docket.Open), At: at("2024-05-17 10:02:11"), Operator: plain("平台"), Basis: plain("裁判生效")},
				{To: parts.Status(docket.Pending), At: at("2026-11-22 02:00:06"), Operator: plain("policy:cn-adult-opinion-1"), Basis: plain("政策包 cn-adult-opinion-1 第 3 版")},
				{To: parts.Status(docket.Sealed), At: at("2026-11-23 16:42:07"), Operator: plain("韩静文、陆启明"), Basis: plain("政策包 cn-adult-opinion-1 第 3 版"), Reason: plain("条件全部成立")},
			}},
			openRecord(),
		},
		Timeline: timeline()[:6],
		Steps:    steps(4),
	}
}

func openRecord() pages.Record {
	return pages.Record{
		Code: code + "-02", Status: parts.Status(docket.Pending), Person: person(), Crimes: "危险驾驶罪",
		Sentence: sentence(), Effective: day("2024-05-17"), Completed: day("2024-08-16"),
		Decision: &pages.Decision{Outcome: "review", Pack: "cn-adult-opinion-1", On: day("2026-11-23"), From: day("2024-05-17")},
		Life:     []pages.Change{{To: parts.Status(docket.Open), At: at("2024-05-17 10:02:11"), Operator: plain("平台"), Basis: plain("裁判生效")}},
		Href:     "/review",
	}
}

func reviews() pages.Reviews {
	row := func(c parts.Code, name, crime, sentence, outcome string, unknown int) pages.ReviewRow {
		return pages.ReviewRow{Record: c, Person: name, Crime: crime, Sentence: plain(sentence), Outcome: outcome, Unknown: unknown, Since: at("2026-11-22 02:00:06"), Href: "/review"}
	}
	return pages.Reviews{
		Kind: parts.Field{Name: "kind", Control: parts.Choice, Label: locale.T("reviews.kind"), Options: []parts.Option{{Label: locale.T("reviews.any")}, {Value: "seal", Label: locale.T("decision.seal")}, {Value: "review", Label: locale.T("decision.review")}}},
		Rows: []pages.ReviewRow{
			row(record, "钟某某", "危险驾驶罪", "拘役二个月，缓刑三个月", "seal", 0),
			row("Q0ZB-51RT-7XKP-D2M9-H4CE-02", "邵某", "盗窃罪", "有期徒刑八个月", "review", 2),
			row("N8VA-3GDY-60WJ-TK5L-9SBF-01", "贺某某", "故意伤害罪", "有期徒刑一年，缓刑一年", "unseal", 0),
			row("A9RC-UX17-4PZQ-M6T2-0KDW-01", "傅某", "交通肇事罪", "有期徒刑二年，缓刑二年六个月", "observe", 0),
			row("H3TE-Z86N-0QVX-7CJ4-K1PM-01", "秦某某", "诈骗罪", "有期徒刑三年", "keep", 0),
		},
		Pager: parts.Pager{Page: 1, Size: 20, Total: 26, Path: "/reviews"},
	}
}

func review() pages.Review {
	reason := func(rule, zh, en, basis string, v parts.Verdict, lacks string) parts.Reason {
		return parts.Reason{Rule: rule, Title: locale.Both{Zh: zh, En: en}, Basis: basis, Verdict: v, Lacks: plain(lacks)}
	}
	return pages.Review{
		Record: openRecord(), Case: code, CaseHref: "/case",
		Pack:    pages.Pack{ID: "cn-adult-preferred", Title: locale.Both{Zh: "成年人轻微犯罪·研究倾向意见", En: "Adult minor crimes, the preferred opinion"}, Version: "2026-11-01", Digest: digest},
		Outcome: "review", On: day("2026-11-23"),
		Reasons: []parts.Reason{
			reason("light-sentence", "判处一年有期徒刑以下刑罚", "Sentenced to one year of fixed-term imprisonment or less", "调研报告 三（一）；刑法 99：以下包括本数", parts.Holds, ""),
			reason("effective", "裁判已经生效", "The judgment is effective", "刑事诉讼法 259", parts.Holds, ""),
			reason("not-excluded", "不属于排除的罪名", "Not an excluded crime", "政策包 附录一", parts.Holds, ""),
			reason("first-offender", "初犯", "First offender", "政策包 第 4 条", parts.Unknown, "2019 年以前的前科查询结果"),
			reason("forgiven", "取得被害人谅解", "Forgiven by the victim", "政策包 第 6 条", parts.Unknown, "谅解书"),
			reason("recidivist", "累犯", "Recidivist", "刑法 65、66", parts.Fails, ""),
		},
		Note: parts.Field{Name: "note", Control: parts.Area, Label: locale.T("review.note"), Hint: locale.T("review.note-hint"), Required: true, MaxLength: 500},
		Post: "/reviews/x", Acts: []string{"confirm", "return", "keep"}, Second: "陆启明",
	}
}

func notices() pages.Notices {
	n := pages.Notice{ID: "云封〔2026〕0412号", Kind: "seal", Record: record, From: "云麓市青石区人民法院", Issued: day("2026-11-23"), Due: day("2026-11-26"), Left: 3, State: parts.State{Name: "unread", Tone: parts.Warn}, Ack: "/notices/x"}
	late, done := n, n
	late.Kind, late.ID, late.Left, late.State = "unseal", "云解〔2026〕0031号", -2, parts.State{Name: "overdue", Tone: parts.Bad}
	done.Ack, done.AckBy, done.AckAt, done.State = "", "唐以宁", at("2026-11-22 09:00:31"), parts.State{Name: "acknowledged", Tone: parts.Good}
	many := n
	many.ID, many.Record, many.From, many.Records, many.Ack = "云封〔2026〕0413号", "", "", 1000, "/letters/x"
	return pages.Notices{Rows: []pages.Notice{n, many, late, done}, Pager: parts.Pager{Page: 1, Size: 20, Total: 4, Path: "/notices"}}
}

func trail() pages.Trail {
	return pages.Trail{
		Checkpoint: pages.Checkpoint{
			Origin: "fengcun.demo/trail", Size: 186204, Root: root, At: at("2026-11-23 16:42:08"), Verifier: "fengcun.demo/trail+3f9a21c7+AZk1v0C9mQ",
			Signatures: []pages.CheckpointSignature{
				{Name: "fengcun.demo/trail", Algorithm: "Ed25519", Valid: true},
				{Name: "fengcun.demo/trail", Algorithm: "SM2", Valid: true},
				{Name: "witness.procuratorate.demo", Algorithm: "Ed25519", Witness: true, Valid: true},
			},
		},
		Stats: publicStats(), Entries: Entries(),
		Pager: parts.Pager{Page: 1, Size: 6, Total: 186204, Path: "/trail"},
		Find:  parts.Field{Name: "index", Control: parts.Line, Label: locale.T("trail.index"), Fixed: true},
	}
}

func trailEntry() pages.TrailEntry {
	e := pages.TrailEntry{Entry: Entries()[0], Size: 186204, Root: root, Valid: true}
	for i := range 5 {
		e.Proof = append(e.Proof, pages.ProofStep{Level: i, Left: i%2 == 0, Hash: leaf, Up: root})
	}
	return e
}
