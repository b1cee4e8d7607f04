package desk

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) reviewRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/reviews", o.reviews)
	o.showTo(mux, "/reviews/{code}/{id}", o.review)
	o.takeFrom(mux, "/reviews/{code}/{id}", o.decide)
}

func reviewPath(it registry.ReviewRow) string {
	return "/reviews/" + it.Record.Code.Grouped() + "/" + it.ID
}

// reviews is the queue of a court; a supervisor sees that of all.
func (o *Office) reviews(r *http.Request, v *web.Visitor) (pages.Page, error) {
	kind := r.FormValue("kind")
	if kind != registry.KindSeal && kind != registry.KindUnseal {
		kind = ""
	}
	page := pageOf(r)
	items, total, err := o.reg.ReviewPage(r.Context(), v.ID, kind, pageSize, (page-1)*pageSize)
	if err != nil {
		return nil, err
	}
	p := pages.Reviews{
		Kind: parts.Field{Name: "kind", Control: parts.Choice, Label: locale.T("reviews.kind"), Value: kind, Options: []parts.Option{
			{Label: locale.T("reviews.any")}, {Value: registry.KindSeal, Label: locale.T("decision.seal")}, {Value: registry.KindUnseal, Label: locale.T("decision.unseal")},
		}},
		Pager: parts.Pager{Page: page, Size: pageSize, Total: total, Path: "/reviews"},
	}
	if kind != "" {
		p.Pager.Query = url.Values{"kind": {kind}}
	}
	for i := range items {
		p.Rows = append(p.Rows, reviewRow(&items[i], v))
	}
	return p, nil
}

func reviewRow(it *registry.ReviewView, v *web.Visitor) pages.ReviewRow {
	row := pages.ReviewRow{Record: parts.Code(it.Item.Record.String()), Outcome: it.Item.Kind, Since: it.Item.Opened}
	if v.Duty != agency.Supervisor {
		row.Href = reviewPath(it.Item)
	}
	if it.Proposal != nil {
		row.Outcome, row.Unknown = string(it.Proposal.Decision), unknowns(it.Proposal)
	}
	if it.Row.Status.InLedger() {
		row.Person, row.Crime, row.Sentence = it.State.Identity.Name, crimeNames(&it.State), penaltyWords(&it.State)
	}
	return row
}

func unknowns(v *policy.RecordDecision) int {
	n := 0
	for _, reason := range v.Reasons {
		if reason.Holds == policy.Unknown {
			n++
		}
	}
	return n
}

// item reads the review that an address names.
func (o *Office) item(r *http.Request, v *web.Visitor) (*registry.ReviewView, error) {
	code, err := docket.ParseCode(r.PathValue("code"))
	if err != nil {
		return nil, registry.ErrNotFound
	}
	return o.reg.ReviewItem(r.Context(), v.ID, code, r.PathValue("id"))
}

func (o *Office) review(r *http.Request, v *web.Visitor) (pages.Page, error) {
	it, err := o.item(r, v)
	if err != nil {
		return nil, err
	}
	me, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return nil, err
	}
	return o.reviewPage(it, me), nil
}

func (o *Office) reviewPage(it *registry.ReviewView, me *agency.Officer) pages.Review {
	code := it.Item.Record.Code.Grouped()
	p := pages.Review{
		Record: pages.Record{Code: parts.Code(it.Item.Record.String()), Status: parts.Status(it.Row.Status)},
		Case:   parts.Code(code), CaseHref: "/cases/" + code, Outcome: it.Item.Kind, On: o.today(),
		Note: parts.Field{Name: "note", Control: parts.Area, Label: locale.T("review.note"), Hint: locale.T("review.note-hint"), Required: true, MaxLength: 500},
	}
	if it.Row.Status.InLedger() {
		fill(&p.Record, &it.State)
	}
	if d := it.Proposal; d != nil {
		o.proposal(&p, d)
	}
	if it.Item.Outcome != "" {
		return p // settled: nothing left to do
	}
	switch {
	case it.Item.Kind == registry.KindSeal:
		p.Post, p.Acts, p.NoKey = reviewPath(it.Item), []string{"confirm", "keep"}, !o.canSign(me)
	case me.Duty == agency.SealClerk:
		p.Post, p.Acts = reviewPath(it.Item), []string{"ask-unseal"}
		p.Unseal, p.NoKey = unsealFields(it.Proposal), !o.canSign(me)
	default:
		p.Wait = locale.T("review.unseal-by-clerk")
	}
	return p
}

// proposal writes what policy proposes, with every reason.
func (o *Office) proposal(p *pages.Review, d *policy.RecordDecision) {
	p.Outcome, p.From = string(d.Decision), d.From
	p.Pack = pages.Pack{ID: d.Pack, Version: d.Version, Digest: d.Digest}
	if pack, ok := o.reg.Pack(d.Digest); ok {
		p.Pack.Title = locale.Both{Zh: pack.Title.Zh, En: pack.Title.En}
	}
	for _, reason := range d.Reasons {
		p.Reasons = append(p.Reasons, parts.Reason{
			Rule: reason.Rule, Verdict: verdict(reason.Holds), Title: locale.Both{Zh: reason.Zh, En: reason.En},
			Basis: reason.Basis, Lacks: attributeList(reason.Missing),
		})
	}
}

func verdict(t policy.Truth) parts.Verdict {
	switch t {
	case policy.True:
		return parts.Holds
	case policy.False:
		return parts.Fails
	case policy.Unknown:
	}
	return parts.Unknown
}

// decide settles a proposal to seal, or files the request that an unsealing
// needs.
func (o *Office) decide(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	it, err := o.item(r, v)
	if err != nil {
		return "", nil, err
	}
	if r.PostFormValue("act") == "ask-unseal" {
		return o.askUnseal(r, v, it)
	}
	act, note := r.PostFormValue("act"), strings.TrimSpace(r.PostFormValue("note"))
	if act != "confirm" && act != "keep" {
		return "", nil, registry.ErrInput
	}
	me, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return "", nil, err
	}
	if note == "" {
		p := o.reviewPage(it, me)
		p.Note.Error = locale.T("form.required")
		return "", p, nil
	}
	return o.rule(me, r, it, act == "confirm", note)
}
