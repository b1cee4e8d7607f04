package desk

import (
	"net/http"
	"strconv"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) publicRoutes(mux *http.ServeMux) {
	o.show(mux, "/{$}", o.home)
	o.show(mux, "/signin", func(r *http.Request) (pages.Page, error) {
		p, err := o.signInPage(r.Context(), r.FormValue("next"))
		p.Enrolled = p.Passkeys && r.FormValue("enrolled") != ""
		return p, err
	})
	mux.Handle("POST /signin", o.site.Take(o.signIn))
	mux.Handle("POST /signin/demo", o.site.Take(o.signInDemo))
	mux.Handle("POST /signout", o.site.Take(func(r *http.Request) (string, pages.Page, error) {
		return "/", nil, o.site.SignOut(r)
	}))
	o.show(mux, "/flow", o.flow)
}

// home shows the public figures: those of the trail, which is public anyway.
func (o *Office) home(r *http.Request) (pages.Page, error) {
	cp, err := o.reg.Checkpoint(r.Context())
	if err != nil {
		return nil, err
	}
	agencies, err := o.reg.Agencies(r.Context())
	if err != nil {
		return nil, err
	}
	reporting := 0
	for _, a := range agencies {
		if a.Kind != agency.Outside && a.Kind != agency.Central {
			reporting++
		}
	}
	return pages.Home{Demo: o.demo != nil, Stats: []parts.Stat{
		{Label: locale.T("trail.stat-size"), Value: grouped(cp.Size), Icon: "tree", Tone: parts.Good, Href: "/trail"},
		{Label: locale.T("home.agencies"), Value: strconv.Itoa(reporting), Icon: "users", Tone: parts.Calm},
		{Label: locale.T("home.packs"), Value: strconv.Itoa(o.reg.PacksInForce(o.today())), Icon: "scale", Tone: parts.Calm},
		{Label: locale.T("home.steps"), Value: "10", Icon: "route", Tone: parts.Seal, Href: "/flow"},
	}}, nil
}

// flow explains the ten steps. How often each was done is told to officers,
// and to everybody in the demonstration.
func (o *Office) flow(r *http.Request) (pages.Page, error) {
	visitor := web.VisitorOf(r)
	links := o.flowLinks(visitor)
	icons := []string{"send", "stack-2", "scale", "lock", "file-search", "signature", "tree", "lock-open", "file-certificate", "arrow-back-up"}
	p := pages.Flow{Demo: o.demo != nil}
	for i, icon := range icons {
		p.Steps = append(p.Steps, pages.FlowStep{Number: i + 1, Icon: icon, Href: links[i]})
	}
	if o.demo == nil {
		return p, nil
	}
	counts, err := o.figures.read(r.Context(), o.reg, o.now())
	if err != nil {
		return nil, err
	}
	tries := o.tour(visitor)
	for i := range p.Steps {
		p.Steps[i].Count = grouped(int64(counts[i]))
		p.Steps[i].Try = tries[i]
	}
	return p, nil
}

// flowLinks is where each step is done, for those who have a page for it.
func (o *Office) flowLinks(v *web.Visitor) [10]string {
	links := [10]string{6: "/trail", 8: "/certificates/check"}
	if v == nil {
		return links
	}
	switch v.Duty {
	case agency.SealClerk, agency.SealReviewer:
		links[1], links[2], links[3], links[9] = "/cases", "/reviews", "/reviews", "/reviews?kind=unseal"
	case agency.Supervisor:
		links[1], links[3] = "/cases", "/reviews"
	case agency.NoticeClerk:
		links[3] = "/notices"
	case agency.QueryOfficer:
		links[4], links[7] = "/queries/new", "/queries"
	case agency.QueryApprover:
		links[5] = "/queries"
	case agency.CertWindow:
		links[8] = "/certificates/new"
	case agency.Auditor, agency.PolicyMaker, agency.SystemAdmin, agency.SecurityAdmin, agency.AuditAdmin:
	}
	return links
}
