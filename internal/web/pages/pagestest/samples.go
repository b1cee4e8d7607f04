// Package pagestest fills every page with fictitious content, for tests and
// for looking at.
package pagestest

import (
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Sample is a page with the address at which it is shown and who sees it.
type Sample struct {
	Path string
	Duty agency.Duty // "" is the public
	Page pages.Page
}

// Samples are all pages, some in several states.
func Samples() []Sample {
	return append(append(publicPages(), workPages()...), queryPages()...)
}

const (
	code   = parts.Code("7K2M-9QXD-41TB-C0WZ-83PA")
	record = code + "-01"
	digest = "7f3a9c04d1e2b86f5a70cc91e3d84b2f6610a5f7de08c934b7a1524fe6093c1d"
	leaf   = "uT3k0dEq8m1XbV5pZcQ2yLhN7rWsGf9JtAoI4xKvCzE="
	root   = "m0QvX8bJ2cYp7LrNf5tWkZ1dHs9UeGa3oIxVqTzKwEy="
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, civil.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) civil.Date { return civil.MustParse(s) }

func publicPages() []Sample {
	return []Sample{
		{Path: "/", Page: pages.Home{Demo: true, Stats: publicStats()}},
		{Path: "/signin", Page: signIn()},
		{Path: "/signin/passkey", Page: pages.SignIn{Passkeys: true, Enrolled: true, User: signIn().User, Secret: signIn().Secret, Next: "/desk"}},
		{Path: "/enrol", Page: pages.Enrol{
			Code:  parts.Field{Name: "code", Control: parts.Line, Label: locale.T("enrol.code"), Hint: locale.T("enrol.code-hint"), Required: true, Fixed: true},
			Label: parts.Field{Name: "label", Control: parts.Line, Label: locale.T("keys.label"), Hint: locale.T("keys.label-hint"), Required: true},
		}},
		{Path: "/flow", Page: flow()},
		{Path: "/simulate", Page: simulation()},
		{Path: "/certificates/check", Page: certificateCheck()},
		{Path: "/problem", Page: pages.Problem{Status: 404}},
		{Path: "/problem/fault", Page: pages.Problem{Status: 500, Ref: "9f2c41d07a6be833"}},
		{Path: "/public/trail", Page: trail()},
	}
}

func publicStats() []parts.Stat {
	return []parts.Stat{
		{Label: locale.T("trail.stat-size"), Value: "186,204", Icon: "tree", Tone: parts.Good, Href: "/trail"},
		{Label: locale.T("trail.stat-changes"), Value: "31,877", Icon: "history", Tone: parts.Calm},
		{Label: locale.T("trail.stat-queries"), Value: "412", Icon: "eye", Tone: parts.Seal},
		{Label: locale.T("trail.stat-witnesses"), Value: "3", Icon: "users", Tone: parts.Calm},
	}
}

func signIn() pages.SignIn {
	return pages.SignIn{
		Accounts: []pages.Account{
			{ID: "a", Name: "韩静文", Agency: "云麓市青石区人民法院", Duty: agency.SealClerk, Icon: "rubber-stamp"},
			{ID: "b", Name: "陆启明", Agency: "云麓市青石区人民法院", Duty: agency.SealReviewer, Icon: "clipboard-check"},
			{ID: "c", Name: "苏若兰", Agency: "云麓市公安局青石分局", Duty: agency.QueryOfficer, Icon: "file-search"},
			{ID: "d", Name: "顾承安", Agency: "云麓市人民检察院", Duty: agency.QueryApprover, Icon: "signature"},
			{ID: "e", Name: "孟思远", Agency: "青石分局河湾派出所", Duty: agency.CertWindow, Icon: "file-certificate"},
			{ID: "f", Name: "唐以宁", Agency: "云麓市看守所", Duty: agency.NoticeClerk, Icon: "inbox"},
			{ID: "g", Name: "裴知行", Agency: "云麓市人民检察院", Duty: agency.Supervisor, Icon: "eye"},
			{ID: "h", Name: "江听雨", Agency: "平台运行中心", Duty: agency.Auditor, Icon: "scale"},
		},
		User:   parts.Field{Name: "user", Control: parts.Line, Label: locale.T("signin.user"), Required: true, Autocomplete: "username"},
		Secret: parts.Field{Name: "secret", Control: parts.Password, Label: locale.T("signin.secret"), Required: true, Autocomplete: "current-password"},
		Error:  locale.T("signin.wrong"),
		Next:   "/desk",
	}
}

func flow() pages.Flow {
	icons := []string{"send", "stack-2", "scale", "lock", "file-search", "signature", "tree", "lock-open", "file-certificate", "arrow-back-up"}
	counts := []string{"128,530", "42,917", "39,204", "11,860", "412", "388", "388", "371", "5,126", "97"}
	links := []string{"", "/cases", "/reviews", "/reviews", "/queries/new", "/queries", "/trail", "/queries", "/certificates/new", "/reviews"}
	f := pages.Flow{}
	for i, icon := range icons {
		f.Steps = append(f.Steps, pages.FlowStep{Number: i + 1, Icon: icon, Href: links[i], Count: counts[i]})
	}
	return f
}

func certificateCheck() pages.CertificateCheck {
	return pages.CertificateCheck{
		Code:  parts.Field{Name: "code", Control: parts.Line, Label: locale.T("certificate.number"), Fixed: true, Value: "C4PX-0T7K-92MB-6ZQ1-RD8V", Autocomplete: "off"},
		Asked: true,
		Answer: &pages.CertificateAnswer{
			Number: "C4PX-0T7K-92MB-6ZQ1-RD8V", Integrity: parts.Unknown, Status: parts.Holds, Issuer: parts.Holds,
			State: parts.State{Name: "valid", Tone: parts.Good}, Issued: day("2026-11-20"), Expires: day("2027-02-20"), By: "青石分局河湾派出所",
		},
	}
}
