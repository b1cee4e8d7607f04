package desk

import (
	"net/http"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) queryRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/queries", o.queries)
	o.showTo(mux, "/queries/new", o.newQuery)
	o.takeFrom(mux, "/queries", o.ask)
	o.showTo(mux, "/queries/{id}", o.query)
	o.takeFrom(mux, "/queries/{id}", o.approve)
	o.signRoutes(mux)
	o.openingRoutes(mux)
}

// queries lists what concerns the reader: their own, those to approve, or for
// those who oversee, all.
func (o *Office) queries(r *http.Request, v *web.Visitor) (pages.Page, error) {
	page := pageOf(r)
	list, more, err := o.reg.QueryPage(r.Context(), v.ID, pageSize, (page-1)*pageSize)
	if err != nil {
		return nil, err
	}
	p := pages.Queries{
		Approver: v.Duty == agency.QueryApprover || v.Duty == agency.SealReviewer, New: v.Duty == agency.QueryOfficer,
		Pager: parts.Pager{Page: page, Size: pageSize, Total: -1, More: more, Path: "/queries"},
	}
	names := o.names(r)
	for _, q := range list {
		row := pages.QueryRow{
			ID: shortID(q.Query.ID), Agency: names.of(q.Query.Agency), Filed: q.Query.Filed,
			State: o.queryState(&q.Query), Unseal: q.Query.Purpose == grant.Unseal,
		}
		if q.Request != nil {
			row.Ground, row.CaseNo, row.Href = groundWords(q.Request.Ground), q.Request.Matter, "/queries/"+q.Query.ID
		}
		p.Rows = append(p.Rows, row)
	}
	return p, names.err
}

// shortID is a query's number as it is printed: enough of it to tell it apart.
func shortID(id string) string {
	return "Q-" + strings.ToUpper(strings.ReplaceAll(id, "-", "")[:min(8, len(id))])
}

func groundWords(id string) locale.Both {
	if g, ok := norm.GroundByID(id); ok {
		return locale.Both{Zh: g.Zh, En: g.En}
	}
	return unsealGround(id)
}

func (o *Office) queryState(q *registry.QueryRow) parts.State {
	late := !o.now().Before(q.Expires)
	switch {
	case q.State == registry.QueryRefused:
		return parts.State{Name: "refused", Tone: parts.Bad}
	case q.State == registry.QueryOpened:
		return parts.State{Name: "opened", Tone: parts.Calm}
	case late:
		return parts.State{Name: "expired", Tone: parts.Calm}
	case q.State == registry.QueryApproved:
		return parts.State{Name: "approved", Tone: parts.Good}
	}
	return parts.State{Name: "waiting", Tone: parts.Warn}
}

// queryForm is the empty form. The grounds are the statutes'; the agencies are
// those that may be asked.
func (o *Office) queryForm(r *http.Request, v *web.Visitor) (pages.QueryForm, error) {
	approvers, err := o.reg.Approvers(r.Context(), v.ID)
	if err != nil {
		return pages.QueryForm{}, err
	}
	me, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return pages.QueryForm{}, err
	}
	ground := parts.Field{Name: "ground", Control: parts.Radios, Label: locale.T("query.ground"), Required: true}
	for _, g := range norm.Grounds() {
		hint := locale.T("ground.basis", g.Basis)
		if g.Mark != "" {
			hint = locale.T("ground.proposal", g.Basis)
		}
		ground.Options = append(ground.Options, parts.Option{Value: g.ID, Label: locale.T("ground." + g.ID), Hint: hint})
	}
	ask := parts.Field{Name: "approver", Control: parts.Choice, Label: locale.T("query.approver"), Hint: locale.T("query.approver-hint"), Required: true}
	for _, a := range approvers {
		ask.Options = append(ask.Options, parts.Option{Value: a.ID, Label: locale.Plain(a.Name)})
	}
	return pages.QueryForm{
		NoKey: !o.canSign(me),
		Why: []parts.Field{
			ground,
			{Name: "basis", Control: parts.Line, Label: locale.T("query.basis"), Hint: locale.T("query.basis-hint"), Required: true, MaxLength: 200},
			{Name: "case_no", Control: parts.Line, Label: locale.T("query.case-no"), Hint: locale.T("query.case-no-hint"), Required: true, MaxLength: 100, Autocomplete: "off"},
		},
		Whom: append(personFields(false),
			parts.Field{Name: "record", Control: parts.Line, Label: locale.T("query.record"), Hint: locale.T("query.record-hint"), Fixed: true, Autocomplete: "off", MaxLength: 40}),
		Scope: []parts.Field{
			{Name: "scope", Control: parts.Radios, Label: locale.T("query.scope"), Hint: locale.T("query.scope-hint"), Required: true, Value: string(grant.Summary), Options: []parts.Option{
				{Value: string(grant.Summary), Label: locale.T("query.scope-summary")}, {Value: string(grant.Full), Label: locale.T("query.scope-full")},
			}},
			{Name: "purpose", Control: parts.Area, Label: locale.T("query.purpose"), Hint: locale.T("query.purpose-hint"), Required: true, MaxLength: 500},
			ask,
		},
	}, nil
}

// personFields name a person by document.
func personFields(required bool) []parts.Field {
	kinds := parts.Field{Name: "document", Control: parts.Choice, Label: locale.T("query.document"), Value: docket.ResidentID, Options: []parts.Option{
		{Value: docket.ResidentID, Label: locale.T("query.id-card")},
		{Value: docket.Passport, Label: locale.T("query.passport")},
		{Value: "港澳台居民通行证件", Label: locale.T("query.permit")},
	}}
	return []parts.Field{
		{Name: "name", Control: parts.Line, Label: locale.T("query.name"), Required: required, Autocomplete: "off", MaxLength: 100},
		kinds,
		{Name: "number", Control: parts.Line, Label: locale.T("query.number"), Required: required, Fixed: true, Autocomplete: "off", MaxLength: 40},
	}
}

// subject is the person that a form names, with what is wrong marked in it.
func subject(values map[string]string, fields []parts.Field) (docket.Identity, bool) {
	p := docket.Identity{Name: values["name"], Document: values["document"], Number: docket.NormalNumber(values["number"])}
	if p.Check() == nil {
		return p, true
	}
	for i := range fields {
		switch {
		case fields[i].Name == "number" && p.Name != "":
			fields[i].Error = locale.T("form.id-number")
		case fields[i].Name == "name" && p.Name == "":
			fields[i].Error = locale.T("form.required")
		}
	}
	return p, false
}

func (o *Office) newQuery(r *http.Request, v *web.Visitor) (pages.Page, error) {
	return o.queryForm(r, v)
}

// ask files a request. What is wrong is said beside its field; whether there
// is such a record plays no part.
func (o *Office) ask(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	p, err := o.queryForm(r, v)
	if err != nil {
		return "", nil, err
	}
	values, complete := readFields(r, p.Why, p.Whom, p.Scope)
	officer, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return "", nil, err
	}
	req := &grant.Request{
		Purpose: grant.Inspect, Officer: officer.ID, Agency: officer.Agency, Approver: values["approver"],
		Ground: values["ground"], Basis: values["basis"], Matter: values["case_no"], Reason: values["purpose"], Scope: grant.Scope(values["scope"]),
	}
	if !whom(req, values, p.Whom) || !complete {
		p.Error = locale.T("form.mend")
		return "", p, nil
	}
	next, page, err := o.file(r, officer, req)
	if err != nil && mendable(err) {
		p.Error = Explain(err)
		return "", p, nil
	}
	return next, page, err
}

// whom takes either a record's number or a person, never both.
func whom(req *grant.Request, values map[string]string, fields []parts.Field) bool {
	byPerson := values["name"] != "" || values["number"] != ""
	if values["record"] == "" {
		who, ok := subject(values, fields)
		if ok && who.MatchKey() == "" {
			markField(fields, "number", "form.required")
			ok = false
		}
		req.Subject = who
		return ok
	}
	id, err := docket.ParseRecordID(values["record"])
	switch {
	case byPerson:
		markField(fields, "record", "query.either")
		return false
	case err != nil:
		markField(fields, "record", "query.bad-record")
		return false
	}
	req.Record = id.String()
	return true
}

func markField(fields []parts.Field, name, key string) {
	for i := range fields {
		if fields[i].Name == name {
			fields[i].Error = locale.T(key)
		}
	}
}

// query shows one request to its asker or its approver.
func (o *Office) query(r *http.Request, v *web.Visitor) (pages.Page, error) {
	q, err := o.reg.Query(r.Context(), v.ID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return o.approvalPage(r, v, q)
}

// approve gives the approver's signed answer.
func (o *Office) approve(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	id := r.PathValue("id")
	q, err := o.reg.Query(r.Context(), v.ID, id)
	if err != nil {
		return "", nil, err
	}
	verdict := grant.Approve
	switch r.PostFormValue("act") {
	case "grant":
	case "refuse":
		verdict = grant.Refuse
	default:
		return "", nil, registry.ErrInput
	}
	note := strings.TrimSpace(r.PostFormValue("note"))
	if verdict == grant.Refuse && note == "" {
		p, err := o.approvalPage(r, v, q)
		p.Note.Error = locale.T("approval.note-hint")
		return "", p, err
	}
	officer, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return "", nil, err
	}
	return o.answer(r, officer, q, r.PostFormValue("digest"), verdict, note)
}
