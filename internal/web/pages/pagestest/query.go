package pagestest

import (
	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func queryPages() []Sample {
	return []Sample{
		{Path: "/queries", Duty: agency.QueryOfficer, Page: queries()},
		{Path: "/queries/approve", Duty: agency.QueryApprover, Page: pages.Queries{Approver: true}},
		{Path: "/queries/new", Duty: agency.QueryOfficer, Page: queryForm()},
		{Path: "/approval", Duty: agency.QueryApprover, Page: approval()},
		{Path: "/sign", Duty: agency.QueryApprover, Page: signPage()},
		{Path: "/keys", Duty: agency.QueryApprover, Page: keysPage()},
		{Path: "/keys/none", Duty: agency.QueryApprover, Page: pages.Keys{System: digest[:32], Software: true}},
		{Path: "/opening", Duty: agency.QueryOfficer, Page: opening()},
		{Path: "/opening/none", Duty: agency.QueryOfficer, Page: pages.Opening{ID: "Q-1", Ground: justice(), Watermark: opening().Watermark, Trail: opening().Trail}},
		{Path: "/certificates/new", Duty: agency.CertWindow, Page: certificateForm()},
		{Path: "/certificate", Duty: agency.CertWindow, Page: certificate(true)},
		{Path: "/certificate/deferred", Duty: agency.CertWindow, Page: pages.Deferred{Record: record, RecordHref: "/case"}},
		{Path: "/certificate/refused", Duty: agency.CertWindow, Page: certificate(false)},
	}
}

func signPage() pages.Sign {
	return pages.Sign{
		What: locale.T("sign.grant"), Items: approval().Items, Scope: approval().Scope, Words: "核对了立案决定书，与所办案件相符。",
		Digest: digest, Body: "e30=", Options: `{"challenge":"AAAA","rpId":"localhost"}`, Post: "/sign", Back: "/approval", Section: "/queries",
	}
}

func keysPage() pages.Keys {
	return pages.Keys{
		Site: true, More: true,
		Label: parts.Field{Name: "label", Control: parts.Line, Label: locale.T("keys.label"), Hint: locale.T("keys.label-hint"), Required: true},
		Passkeys: []pages.PasskeyRow{
			{ID: "a", Label: "办公电脑", Print: digest[:32], Added: at("2026-03-02 09:12:40"), Used: at("2026-11-22 16:03:11")},
			{ID: "b", Label: "遗失的安全密钥", Print: leaf[:32], Added: at("2026-03-02 09:20:05"), Revoked: at("2026-06-18 11:40:00")},
		},
	}
}

func justice() locale.Both {
	return locale.Both{Zh: "司法机关为办案需要", En: "a judicial organ needs it for a case"}
}

func queries() pages.Queries {
	row := func(id, no, state string, tone parts.Tone) pages.QueryRow {
		return pages.QueryRow{ID: id, Ground: justice(), CaseNo: no, Agency: "云麓市公安局青石分局", Filed: at("2026-11-22 15:20:41"), State: parts.State{Name: state, Tone: tone}, Href: "/approval"}
	}
	return pages.Queries{
		Rows: []pages.QueryRow{
			row("Q-8F2K-61PD", "青公（刑）立字〔2026〕880号", "waiting", parts.Warn),
			row("Q-3ZTM-07XA", "青公（刑）立字〔2026〕871号", "approved", parts.Good),
			row("Q-9WQC-55RB", "青公政〔2026〕12号", "refused", parts.Bad),
			row("Q-1HVE-20NK", "青公（刑）立字〔2026〕803号", "opened", parts.Calm),
		},
		Pager: parts.Pager{Page: 1, Size: 20, Total: 4, Path: "/queries"}, New: true,
	}
}

func queryForm() pages.QueryForm {
	opt := func(value, key string) parts.Option { return parts.Option{Value: value, Label: locale.T(key)} }
	return pages.QueryForm{
		Why: []parts.Field{
			{Name: "ground", Control: parts.Radios, Label: locale.T("query.ground"), Required: true, Value: "judicial-case", Options: []parts.Option{
				opt("judicial-case", "ground.judicial-case"), opt("state-provision", "ground.state-provision"),
			}},
			{Name: "basis", Control: parts.Line, Label: locale.T("query.basis"), Hint: locale.T("query.basis-hint"), Required: true, Value: "刑事诉讼法第二百八十六条第二款"},
			{Name: "case_no", Control: parts.Line, Label: locale.T("query.case-no"), Hint: locale.T("query.case-no-hint"), Required: true, Error: locale.T("form.required")},
		},
		Whom: []parts.Field{
			{Name: "name", Control: parts.Line, Label: locale.T("query.name"), Required: true, Autocomplete: "off"},
			{Name: "document", Control: parts.Choice, Label: locale.T("query.document"), Value: "id", Options: []parts.Option{opt("id", "query.id-card"), opt("passport", "query.passport"), opt("permit", "query.permit")}},
			{Name: "number", Control: parts.Line, Label: locale.T("query.number"), Required: true, Fixed: true, Autocomplete: "off"},
		},
		Scope: []parts.Field{
			{Name: "scope", Control: parts.Radios, Label: locale.T("query.scope"), Hint: locale.T("query.scope-hint"), Required: true, Value: "summary", Options: []parts.Option{
				opt("summary", "query.scope-summary"), opt("full", "query.scope-full"),
			}},
			{Name: "purpose", Control: parts.Area, Label: locale.T("query.purpose"), Hint: locale.T("query.purpose-hint"), Required: true, MaxLength: 500},
		},
	}
}

func approval() pages.Approval {
	item := func(key, value string) parts.Item { return parts.Item{Label: locale.T(key), Value: value} }
	step := func(n int, key string, s parts.StepState) parts.Step {
		return parts.Step{Number: n, Title: locale.T("approval.step-" + key), State: s}
	}
	return pages.Approval{
		ID: "Q-8F2K-61PD", State: parts.State{Name: "waiting", Tone: parts.Warn},
		Items: []parts.Item{
			{Label: locale.T("query.id"), Value: "Q-8F2K-61PD", Code: true},
			item("query.officer", "苏若兰"), item("query.agency", "云麓市公安局青石分局"),
			item("query.ground", "司法机关办案需要"), item("query.basis", "刑事诉讼法第二百八十六条第二款"),
			item("query.case-no", "青公（刑）立字〔2026〕880号"), item("query.name", "钟某某"),
			{Label: locale.T("query.number"), Value: "990101********0018", Code: true},
			item("query.filed", "2026-11-22 15:20:41"), item("query.until", "2026-11-25 15:20:41"),
		},
		Scope:   []locale.Text{locale.T("query.scope-existence"), locale.T("query.scope-crime")},
		Purpose: "查明犯罪嫌疑人是否具有同类前科，以确定是否构成累犯。",
		Checks: []pages.Check{
			{Verdict: parts.Holds, Text: locale.T("approval.check-agency")},
			{Verdict: parts.Holds, Text: locale.T("approval.check-self")},
			{Verdict: parts.Holds, Text: locale.T("approval.check-basis"), Basis: "刑事诉讼法 286；法律"},
			{Verdict: parts.Holds, Text: locale.T("approval.check-key"), Basis: "SM2 · 2027-06-30"},
			{Verdict: parts.Unknown, Text: locale.T("approval.check-fresh")},
		},
		Digest: digest, Key: "SM2:9c1f 70ad 44e2 b85d 1f06 cc93",
		Note: parts.Field{Name: "note", Control: parts.Area, Label: locale.T("approval.note"), Hint: locale.T("approval.note-hint")},
		Post: "/queries/x", OpenPost: "/queries/x/open",
		Decisions: []pages.Signature{{Officer: "顾承安", Agency: "云麓市人民检察院", At: at("2026-11-23 10:11:12"), Granted: true, Note: "同意，限于罪名与刑罚。", Key: "SM2:9c1f 70ad 44e2 b85d"}},
		Shown:     "/opening", NoKey: true,
		Steps: []parts.Step{step(5, "ask", parts.Done), step(6, "approve", parts.Current), step(7, "log", parts.Ahead), step(8, "open", parts.Ahead)},
	}
}

func opening() pages.Opening {
	return pages.Opening{
		ID: "Q-3ZTM-07XA", Watermark: "苏若兰 青石分局 2026-11-23 16:40 #186199", Until: at("2026-11-23 17:10:00"),
		Ground: justice(), Purpose: "查明是否构成累犯。",
		Records: []pages.Opened{{
			Code: record, Person: *person(),
			Items: []parts.Item{
				{Label: locale.T("record.crimes"), Value: "危险驾驶罪"},
				{Label: locale.T("record.sentence"), Both: sentence()},
				{Label: locale.T("record.effective"), Value: "2024-05-17"},
				{Label: locale.T("record.completed"), Value: "2024-08-16"},
			},
			Moments: timeline()[2:6],
		}},
		Trail: pages.Receipt{Index: 186199, Size: 186204, Leaf: leaf, Root: root, Href: "/trail/entry"},
	}
}

func certificateForm() pages.CertificateForm {
	f := queryForm()
	return pages.CertificateForm{
		Person:  f.Whom,
		Purpose: []parts.Field{{Name: "purpose", Control: parts.Line, Label: locale.T("certificate.purpose"), Hint: locale.T("certificate.purpose-hint"), Required: true}},
		Issued:  []pages.IssuedRow{{Number: "C4PX-0T7K-92MB-6ZQ1-RD8V", At: at("2026-11-20 09:30:00"), State: parts.State{Name: "valid", Tone: parts.Good}, Href: "/certificate"}},
	}
}

func certificate(clean bool) pages.Certificate {
	return pages.Certificate{
		Number: "C4PX-0T7K-92MB-6ZQ1-RD8V", Clear: clean, Holder: "钟某某", Sex: "男", Birth: day("1990-01-02"), Document: "居民身份证",
		DocNo: "990101********0018", Purpose: "就业", Until: day("2026-11-20"), Issued: day("2026-11-20"), Expires: day("2027-02-20"),
		Issuer: "云麓市公安局青石分局河湾派出所", Check: "/certificates/check?code=C4PX-0T7K-92MB-6ZQ1-RD8V", Digest: digest, File: "/certificates/x.pdf",
	}
}
