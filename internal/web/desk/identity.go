package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/identity"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) identityRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/identity", o.identities)
	o.showTo(mux, "/identity/{id}", o.identity)
	o.takeFrom(mux, "/identity/{id}", o.ruleIdentity)
}

func identityPath(id string) string { return "/identity/" + id }

// identities is the queue of a court's persons who may be one, or the list of
// those with a verdict.
func (o *Office) identities(r *http.Request, v *web.Visitor) (pages.Page, error) {
	verdict := r.FormValue("verdict")
	if verdict != registry.SamePerson && verdict != registry.DifferentPerson {
		verdict = ""
	}
	page := pageOf(r)
	rows, total, err := o.reg.Pairs(r.Context(), v.ID, verdict, pageSize, (page-1)*pageSize)
	if err != nil {
		return nil, err
	}
	p := pages.Identities{
		Verdict: parts.Field{Name: "verdict", Control: parts.Choice, Label: locale.T("identities.verdict"), Value: verdict, Options: []parts.Option{
			{Label: locale.T("identities.waiting")},
			{Value: registry.SamePerson, Label: locale.T("identity.same")},
			{Value: registry.DifferentPerson, Label: locale.T("identity.different")},
		}},
		Pager: parts.Pager{Page: page, Size: pageSize, Total: total, Path: "/identity"},
	}
	if verdict != "" {
		p.Pager.Query = url.Values{"verdict": {verdict}}
	}
	for i := range rows {
		p.Rows = append(p.Rows, identityRow(&rows[i]))
	}
	return p, nil
}

func identityRow(v *registry.PairView) pages.IdentityRow {
	row := pages.IdentityRow{
		Points: v.Match.Points, Likely: v.Match.Points >= identity.Likely, Since: v.Row.Opened, Href: identityPath(v.Row.ID),
	}
	if !v.Row.Decided.IsZero() {
		row.Since = v.Row.Decided
	}
	row.First, row.Second = identityName(&v.Sides[0]), identityName(&v.Sides[1])
	return row
}

func identityName(s *registry.IdentitySide) pages.IdentityName {
	if len(s.Statements) == 0 {
		return pages.IdentityName{}
	}
	last := s.Statements[len(s.Statements)-1]
	return pages.IdentityName{Name: last.Identity.Name, Record: parts.Code(last.Record.String())}
}

func (o *Office) identity(r *http.Request, v *web.Visitor) (pages.Page, error) {
	pair, err := o.reg.Pair(r.Context(), v.ID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return o.identityPage(r, v, pair)
}

func (o *Office) identityPage(r *http.Request, v *web.Visitor, pair *registry.PairView) (pages.Identity, error) {
	names := o.names(r)
	me, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return pages.Identity{}, err
	}
	p := pages.Identity{
		Points: pair.Match.Points, Likely: pair.Match.Points >= identity.Likely, Verdict: pair.Row.Verdict, Was: pair.Row.Verdict,
		Post: identityPath(pair.Row.ID), Basis: basisField(), Acts: actsOn(pair.Row.Verdict),
		Note: parts.Field{Name: "note", Control: parts.Area, Label: locale.T("identity.note"), Hint: locale.T("identity.note-hint"), Required: true, MaxLength: 500},
	}
	if p.Verdict != "" {
		p.By, p.At, p.Why = names.of(pair.Row.Officer), pair.Row.Decided, locale.T("identity.basis-"+pair.Row.Basis)
	}
	p.First, p.Second = identitySide(&pair.Sides[0], names, me), identitySide(&pair.Sides[1], names, me)
	for _, e := range pair.Match.Evidence {
		p.Evidence = append(p.Evidence, pages.IdentityEvidence{
			Field: string(e.Field), Level: string(e.Level), Points: e.Points,
			First: stated(e.Field, &pair.Sides[0]), Second: stated(e.Field, &pair.Sides[1]),
		})
	}
	return p, names.err
}

func identitySide(s *registry.IdentitySide, names *names, me *agency.Officer) pages.IdentitySide {
	out := pages.IdentitySide{Custodian: names.of(s.Custodian)}
	for _, x := range s.Statements {
		record := pages.IdentityRecord{Code: parts.Code(x.Record.String())}
		if s.Custodian == me.Agency {
			record.Href = "/cases/" + x.Record.Code.Grouped()
		}
		out.Records = append(out.Records, record)
	}
	return out
}

func basisField() parts.Field {
	f := parts.Field{
		Name: "basis", Control: parts.Choice, Label: locale.T("identity.basis"), Required: true,
		Options: []parts.Option{{Label: locale.T("identity.basis-none")}},
	}
	for _, b := range registry.IdentityBases() {
		f.Options = append(f.Options, parts.Option{Value: b, Label: locale.T("identity.basis-" + b)})
	}
	return f
}

func actsOn(verdict string) []string {
	switch verdict {
	case registry.SamePerson:
		return []string{"part"}
	case registry.DifferentPerson:
		return []string{"same"}
	}
	return []string{"same", "different"}
}

// stated is what a side says in a field, each value once.
func stated(f identity.Field, s *registry.IdentitySide) (out []string) {
	if f == identity.With {
		return s.With
	}
	for _, x := range s.Statements {
		for _, value := range statedIn(f, x.Identity) {
			if value != "" && !slices.Contains(out, value) {
				out = append(out, value)
			}
		}
	}
	return out
}

func statedIn(f identity.Field, p docket.Identity) []string {
	switch f {
	case identity.Name:
		return append([]string{p.Name}, p.Aliases...)
	case identity.Number:
		if p.Number == "" {
			return nil
		}
		return []string{strings.TrimSpace(fmt.Sprintf("%s %s", p.Document, p.Number))}
	case identity.Sex:
		return []string{p.Sex}
	case identity.Birth:
		if p.Birth.IsZero() {
			return nil
		}
		return []string{p.Birth.String()}
	case identity.Domicile:
		return []string{p.Domicile}
	case identity.Address:
		return []string{p.Address}
	case identity.With:
	}
	return nil
}

// ruleIdentity takes an officer's verdict on two persons.
func (o *Office) ruleIdentity(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	pair, err := o.reg.Pair(r.Context(), v.ID, r.PathValue("id"))
	if err != nil {
		return "", nil, err
	}
	act := r.PostFormValue("act")
	ruling := registry.IdentityRuling{
		Pair: pair.Row.ID, Was: r.PostFormValue("was"), Basis: r.PostFormValue("basis"), Note: strings.TrimSpace(r.PostFormValue("note")),
		Verdict: map[string]string{"same": registry.SamePerson, "part": registry.DifferentPerson, "different": registry.DifferentPerson}[act],
	}
	if ruling.Basis == "" || ruling.Note == "" {
		p, err := o.identityPage(r, v, pair)
		p.Basis.Value, p.Note.Value = ruling.Basis, ruling.Note
		if ruling.Basis == "" {
			p.Basis.Error = locale.T("form.required")
		}
		if ruling.Note == "" {
			p.Note.Error = locale.T("form.required")
		}
		return "", p, err
	}
	return "/identity", nil, o.reg.RuleIdentity(r.Context(), v.ID, ruling, o.now())
}
