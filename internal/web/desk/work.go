package desk

import (
	"net/http"
	"strconv"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) deskRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/desk", o.desk)
	mux.Handle("GET /desk/latest", o.site.Part(func(r *http.Request) (string, any, error) {
		v := web.VisitorOf(r)
		if v == nil {
			return "", nil, errSignIn
		}
		entries, err := o.latest(r, v, deskEntries)
		return "entries", entries, err
	}))
}

const (
	deskWork    = 8 // things that wait, on the first page
	deskEntries = 8
)

// desk is an officer's first page: what waits, and how much of it.
func (o *Office) desk(r *http.Request, v *web.Visitor) (pages.Page, error) {
	d, err := o.counts(r.Context(), v)
	if err != nil {
		return nil, err
	}
	p := pages.Desk{Officer: v.Name, Agency: v.Agency, Duty: v.Duty, Today: o.today(), Stats: stats(d), Actions: actions(v.Duty)}
	if p.Work, err = o.work(r, v); err != nil {
		return nil, err
	}
	p.Entries, err = o.latest(r, v, deskEntries)
	return p, err
}

func number(key string, n int, icon string, tone parts.Tone, href string) parts.Stat {
	return parts.Stat{Label: locale.T(key), Value: grouped(int64(n)), Icon: icon, Tone: tone, Href: href}
}

// stats are the counts that concern a duty.
func stats(d *registry.Desk) []parts.Stat {
	sealed := number("status.sealed", d.Statuses[docket.Sealed], "lock", parts.Seal, "/cases?status=sealed")
	open := number("status.open", d.Statuses[docket.Open], "file-description", parts.Calm, "/cases?status=open")
	faults := number("work.quality", d.Faults, "list-check", parts.Warn, "/quality/items")
	size := number("trail.stat-size", int(d.TrailSize), "tree", parts.Good, "/trail")
	switch d.Officer.Duty {
	case agency.SealClerk, agency.SealReviewer:
		return []parts.Stat{
			number("work.seal", d.ToSeal, "rubber-stamp", parts.Seal, "/reviews?kind=seal"),
			number("work.unseal", d.ToUnseal, "lock-open", parts.Bad, "/reviews?kind=unseal"), faults, open, sealed,
		}
	case agency.NoticeClerk:
		return []parts.Stat{number("work.notice", d.Unacked, "inbox", parts.Warn, "/notices"), faults, size}
	case agency.Supervisor:
		return []parts.Stat{
			open, sealed, number("work.seal", d.ToSeal, "rubber-stamp", parts.Warn, "/reviews?kind=seal"),
			number("work.unseal", d.ToUnseal, "lock-open", parts.Bad, "/reviews?kind=unseal"),
			number("work.notice", d.Unacked, "inbox", parts.Warn, ""), faults,
		}
	case agency.QueryOfficer, agency.QueryApprover, agency.CertWindow, agency.Auditor, agency.PolicyMaker,
		agency.SystemAdmin, agency.SecurityAdmin, agency.AuditAdmin:
	}
	return []parts.Stat{size}
}

func actions(d agency.Duty) []parts.Link {
	link := func(key, href, icon string) []parts.Link {
		return []parts.Link{{Text: locale.T(key), Href: href, Icon: icon}}
	}
	switch d {
	case agency.SealClerk, agency.SealReviewer:
		return link("nav.reviews", "/reviews", "clipboard-check")
	case agency.QueryOfficer:
		return link("queries.new", "/queries/new", "file-search")
	case agency.QueryApprover:
		return link("nav.approvals", "/queries", "signature")
	case agency.CertWindow:
		return link("certificate.form-title", "/certificates/new", "file-certificate")
	case agency.NoticeClerk:
		return link("nav.notices", "/notices", "inbox")
	case agency.Supervisor:
		return link("nav.cases", "/cases", "files")
	case agency.Auditor:
		return link("nav.trail", "/trail", "tree")
	case agency.PolicyMaker, agency.SystemAdmin, agency.SecurityAdmin, agency.AuditAdmin:
	}
	return link("nav.flow", "/flow", "route")
}

// work lists what waits for an officer, the oldest first.
func (o *Office) work(r *http.Request, v *web.Visitor) ([]pages.Work, error) {
	switch v.Duty {
	case agency.SealClerk, agency.SealReviewer:
		reviews, err := o.reviewWork(r, v)
		if err != nil {
			return nil, err
		}
		queries, err := o.queryWork(r, v)
		return append(queries, reviews...), err
	case agency.QueryOfficer, agency.QueryApprover:
		return o.queryWork(r, v)
	case agency.NoticeClerk:
		return o.noticeWork(r, v)
	case agency.CertWindow, agency.Supervisor, agency.Auditor, agency.PolicyMaker,
		agency.SystemAdmin, agency.SecurityAdmin, agency.AuditAdmin:
	}
	return nil, nil
}

func (o *Office) reviewWork(r *http.Request, v *web.Visitor) ([]pages.Work, error) {
	items, _, err := o.reg.ReviewPage(r.Context(), v.ID, "", deskWork, 0)
	if err != nil {
		return nil, err
	}
	out := make([]pages.Work, 0, len(items))
	for _, it := range items {
		what := locale.T("work.seal")
		switch {
		case it.Item.Kind == registry.KindUnseal:
			what = locale.T("work.unseal")
		case it.Proposal != nil && it.Proposal.Decision == "review":
			what = locale.T("work.review")
		}
		out = append(out, pages.Work{Code: parts.Code(it.Item.Record.String()), What: what, Since: it.Item.Opened, Href: reviewPath(it.Item)})
	}
	return out, nil
}

func (o *Office) queryWork(r *http.Request, v *web.Visitor) ([]pages.Work, error) {
	list, _, err := o.reg.QueryPage(r.Context(), v.ID, deskWork, 0)
	if err != nil {
		return nil, err
	}
	var out []pages.Work
	for _, q := range list {
		var what locale.Text
		switch {
		case !o.now().Before(q.Query.Expires):
			continue
		case q.Query.State == registry.QueryFiled && q.Query.Officer != v.ID:
			what = locale.T("work.approve")
		case q.Query.State == registry.QueryApproved && q.Query.Officer == v.ID:
			what = locale.T("work.open")
		default:
			continue
		}
		due := civil.Of(q.Query.Expires)
		out = append(out, pages.Work{What: what, Since: q.Query.Filed, Due: due, Left: due.Sub(o.today()), Href: "/queries/" + q.Query.ID})
	}
	return out, nil
}

func (o *Office) noticeWork(r *http.Request, v *web.Visitor) ([]pages.Work, error) {
	list, _, err := o.reg.NoticePage(r.Context(), v.ID, deskWork, 0)
	if err != nil {
		return nil, err
	}
	var out []pages.Work
	for _, n := range list {
		if !n.Acked.IsZero() {
			continue
		}
		left := n.Due.Sub(o.today())
		w := pages.Work{Code: parts.Code(n.Record.String()), What: locale.T("work.notice"), Since: n.Issued, Due: n.Due, Left: left, Href: "/notices"}
		if left < 0 {
			w.State = parts.State{Name: "overdue", Tone: parts.Bad}
		}
		out = append(out, w)
	}
	return out, nil
}

// pageOf is the page of a list that a request asks for, from 1.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("page"))
	if err != nil || n < 1 || n > maxPage {
		return 1
	}
	return n
}

const (
	pageSize = 20
	maxPage  = 1_000_000
)
