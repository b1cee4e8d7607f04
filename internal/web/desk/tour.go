package desk

import (
	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
)

// tour says for each step which account to click and what to do there. The
// people it names are invented and the same in every demonstration.
func (o *Office) tour(v *web.Visitor) [10]*pages.Try {
	c := o.demo.Cast
	stops := [10]struct {
		duty agency.Duty
		next string
		do   locale.Text
	}{
		{agency.Supervisor, "/desk", locale.T("tour.1")},
		{agency.SealClerk, "/cases?status=open", locale.T("tour.2")},
		{agency.SealClerk, "/reviews", locale.T("tour.3")},
		{agency.SealClerk, "/cases?status=sealed", locale.T("tour.4")},
		{agency.QueryOfficer, "/queries/new", locale.T("tour.5", c.PublicOrder.Name, c.PublicOrder.Number, "治安管理处罚法第一百三十六条")},
		{agency.QueryApprover, "/queries", locale.T("tour.6")},
		{agency.Auditor, "/trail", locale.T("tour.7")},
		{agency.QueryOfficer, "/queries", locale.T("tour.8")},
		{agency.CertWindow, "/certificates/new", locale.T("tour.9", c.DrunkDriver.Name, c.DrunkDriver.Number, c.NoRecord.Name, c.NoRecord.Number)},
		{agency.SealClerk, "/reviews?kind=unseal", locale.T("tour.10", c.Reoffender.Name, c.Relapsing.Name)},
	}
	var out [10]*pages.Try
	for i, s := range stops {
		for _, a := range o.demo.Accounts {
			if a.Duty != s.duty {
				continue
			}
			out[i] = &pages.Try{Account: a.ID, Name: a.Name, Duty: a.Duty, Next: s.next, Do: s.do, Here: v != nil && v.ID == a.ID}
			break
		}
	}
	return out
}
