package web

import (
	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// menuGroup is a titled part of the menu.
type menuGroup struct {
	Title locale.Text
	Links []parts.Link
}

func entry(key, href, icon string) parts.Link {
	return parts.Link{Text: locale.T("nav." + key), Href: href, Icon: icon}
}

// menuOf is what an officer with a duty has pages for. It is a convenience:
// the registry decides what each may do.
func menuOf(d agency.Duty) []menuGroup {
	work := []parts.Link{entry("desk", "/desk", "home")}
	switch d {
	case agency.SealClerk, agency.SealReviewer:
		work = append(work, entry("cases", "/cases", "files"), entry("reviews", "/reviews", "clipboard-check"), entry("identity", "/identity", "users"), entry("quality", "/quality", "list-check"), entry("unsealings", "/queries", "lock-open"))
	case agency.QueryOfficer:
		work = append(work, entry("queries", "/queries", "file-search"))
	case agency.QueryApprover:
		work = append(work, entry("approvals", "/queries", "signature"))
	case agency.CertWindow:
		work = append(work, entry("certificates", "/certificates/new", "file-certificate"))
	case agency.NoticeClerk:
		work = append(work, entry("cases", "/cases", "files"), entry("notices", "/notices", "inbox"), entry("quality", "/quality", "list-check"))
	case agency.Supervisor:
		work = append(work, entry("cases", "/cases", "files"), entry("reviews", "/reviews", "clipboard-check"), entry("quality", "/quality", "list-check"), entry("queries", "/queries", "file-search"))
	case agency.Auditor:
		work = append(work, entry("queries", "/queries", "file-search"))
	case agency.PolicyMaker:
		work = append(work, entry("simulation", "/simulate", "scale"))
	case agency.SystemAdmin, agency.SecurityAdmin, agency.AuditAdmin:
	}
	return []menuGroup{
		{Title: locale.T("nav.work"), Links: work},
		{Title: locale.T("nav.see"), Links: []parts.Link{
			entry("trail", "/trail", "tree"),
			entry("check", "/certificates/check", "shield-check"),
			entry("flow", "/flow", "route"),
		}},
	}
}
