package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) caseRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/cases", o.cases)
	o.takeFrom(mux, "/cases", o.findCase)
	o.showTo(mux, "/cases/{code}", o.oneCase)
}

func (o *Office) casesForm(status, search string) pages.Cases {
	p := pages.Cases{
		Search: parts.Field{Name: "q", Control: parts.Line, Label: locale.T("cases.search"), Hint: locale.T("cases.search-hint"), Fixed: true, Autocomplete: "off", Value: search, MaxLength: 100, Required: true},
		Status: parts.Field{Name: "status", Control: parts.Choice, Label: locale.T("cases.status"), Value: status, Options: []parts.Option{{Label: locale.T("cases.any")}}},
	}
	for _, s := range docket.Statuses() {
		p.Status.Options = append(p.Status.Options, parts.Option{Value: string(s), Label: locale.T("status." + string(s))})
	}
	return p
}

// cases lists the lifecycle of the officer's cases, the latest change first.
// A notice clerk has no list, but finds a case by its number.
func (o *Office) cases(r *http.Request, v *web.Visitor) (pages.Page, error) {
	status := docket.Status(r.FormValue("status"))
	if !slices.Contains(docket.Statuses(), status) {
		status = ""
	}
	p := o.casesForm(string(status), "")
	if v.Duty == agency.NoticeClerk {
		p.SearchOnly = true
		return p, nil
	}
	page := pageOf(r)
	records, err := o.reg.Records(r.Context(), v.ID, registry.Listing{Status: status, Limit: pageSize, Offset: (page - 1) * pageSize})
	if err != nil {
		return nil, err
	}
	total, err := o.reg.RecordCount(r.Context(), v.ID, status)
	if err != nil {
		return nil, err
	}
	names := o.names(r)
	for _, rec := range records {
		row := caseRow(&rec)
		row.Agency = names.of(rec.Row.Custodian)
		if i := slices.IndexFunc(p.Rows, func(r pages.CaseRow) bool { return r.Code == row.Code }); i >= 0 {
			p.Rows[i].Records = append(p.Rows[i].Records, row.Records...)
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	p.Pager = parts.Pager{Page: page, Size: pageSize, Total: total, Path: "/cases"}
	if status != "" {
		p.Pager.Query = url.Values{"status": {string(status)}}
	}
	return p, names.err
}

func caseRow(v *registry.RecordView) pages.CaseRow {
	code := v.Case.Grouped()
	row := pages.CaseRow{
		Code: parts.Code(code), Since: civil.Of(v.Row.Since), Href: "/cases/" + code, Records: []parts.Status{parts.Status(v.Row.Status)},
	}
	if v.Readable {
		row.Stage = typeWords(v.State.Stage)
		if n := len(v.State.Numbers); n > 0 {
			row.Alias = v.State.Numbers[n-1].No
		}
	}
	return row
}

// findCase goes to the case that an officer names by its code or by an
// agency's number. The number stands in no address, for it can lead to a
// person.
func (o *Office) findCase(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	q := strings.TrimSpace(r.PostFormValue("q"))
	if code, err := docket.ParseCode(q); err == nil {
		return "/cases/" + code.Grouped(), nil, nil
	}
	if id, err := docket.ParseRecordID(q); err == nil {
		return "/cases/" + id.Code.Grouped(), nil, nil
	}
	p := o.casesForm("", q)
	p.SearchOnly = true
	if q == "" {
		p.Search.Error = locale.T("form.required")
		return "", p, nil
	}
	found, err := o.reg.FindCases(r.Context(), v.ID, q)
	if err != nil {
		return "", nil, err
	}
	if len(found) == 1 {
		return "/cases/" + found[0].Grouped(), nil, nil
	}
	p.Asked = true
	for _, code := range found {
		p.Rows = append(p.Rows, pages.CaseRow{Code: parts.Code(code.Grouped()), Href: "/cases/" + code.Grouped()})
	}
	p.Pager = parts.Pager{Page: 1, Size: max(1, len(found)), Total: len(found), Path: "/cases"}
	return "", p, nil
}

// oneCase shows a case. A code that no case has, one with a wrong check
// character and a case of others all look alike.
func (o *Office) oneCase(r *http.Request, v *web.Visitor) (pages.Page, error) {
	code, err := docket.ParseCode(r.PathValue("code"))
	if err != nil {
		return nil, registry.ErrNotFound
	}
	c, err := o.reg.Case(r.Context(), v.ID, code)
	if err != nil {
		return nil, err
	}
	names := o.names(r)
	p := pages.Case{Code: parts.Code(c.Code.Grouped())}
	for _, former := range c.Former {
		p.Former = append(p.Former, parts.Code(former.Grouped()))
	}
	for _, l := range c.Links {
		p.Links = append(p.Links, link(&l, names))
	}
	seen := make(map[string]bool)
	for i := range c.Records {
		rec := &c.Records[i]
		p.Records = append(p.Records, o.record(rec, names))
		for _, n := range rec.State.Numbers {
			if !seen[n.No] {
				seen[n.No] = true
				p.Aliases = append(p.Aliases, pages.Alias{Kind: n.Kind, Number: n.No})
			}
		}
		for _, e := range rec.Timeline {
			if key := e.Source + " " + e.ID; !seen[key] || len(c.Records) == 1 {
				seen[key] = true
				p.Timeline = append(p.Timeline, moment(e, names))
			}
		}
	}
	return p, names.err
}

// link is one link of a case with another.
func link(l *registry.LinkView, names *names) pages.Link {
	out := pages.Link{On: l.On, Kind: linkWords(l.Kind)}
	if l.Number != nil {
		out.Number = l.Number.No
	} else if code, err := docket.ParseCode(l.Code); err == nil {
		out.Number = code.Grouped()
	}
	if id, err := agency.IDOf(l.Source); err == nil {
		out.By = names.of(id)
	}
	return out
}

func (o *Office) record(rec *registry.RecordView, names *names) pages.Record {
	out := pages.Record{Code: parts.Code(rec.Row.ID.String()), Status: parts.Status(rec.Row.Status)}
	for _, c := range rec.Changes {
		change := pages.Change{To: parts.Status(c.To), At: c.At, Operator: names.operator(c.Operator), Basis: basisWords(c.Basis), Reason: reasonWords(c.Reason)}
		if change.Reason == change.Basis {
			change.Reason = locale.Both{}
		}
		out.Life = append(out.Life, change)
	}
	for _, n := range rec.Notices {
		out.Notices = append(out.Notices, o.sent(&n, names))
	}
	if !rec.Readable {
		return out
	}
	fill(&out, &rec.State)
	return out
}

// fill writes what an open record says.
func fill(out *pages.Record, s *docket.State) {
	out.Person = person(s.Identity)
	out.Crimes, out.Sentence = crimeNames(s), penaltyWords(s)
	out.Effective, out.Completed = s.EffectiveDate, s.CompletedDate
}

func person(p docket.Identity) *pages.Person {
	return &pages.Person{Name: p.Name, Sex: sexWords(p.Sex), Birth: p.Birth, Number: masked(p.Number)}
}

func sexWords(sex string) locale.Both {
	return locale.Both{Zh: sex, En: map[string]string{"男": "male", "女": "female"}[sex]}
}

// sent is a notice as the case shows it: who was told, and whether they
// answered.
func (o *Office) sent(n *registry.Notice, names *names) pages.Sent {
	return pages.Sent{Kind: n.Kind, To: names.of(n.Agency), Issued: civil.Of(n.Issued), Due: n.Due, State: o.noticeState(n)}
}
