package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) qualityRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/quality", o.quality)
	o.showTo(mux, "/quality/items", o.qualityItems)
	o.showTo(mux, "/quality/items/{code}/{id}", o.qualityItem)
	o.takeFrom(mux, "/quality/items/{code}/{id}", o.answerQuality)
}

func qualityPath(v *registry.QualityView) string {
	return "/quality/items/" + v.Row.Record.Code.Grouped() + "/" + v.Row.ID
}

// qualityItems is the list of an agency's items; a supervisor's of all.
func (o *Office) qualityItems(r *http.Request, v *web.Visitor) (pages.Page, error) {
	l := registry.QualityListing{State: registry.QualityOpen, Kind: oneOf(r, "kind", qualityKinds()), Rule: r.FormValue("rule"), Limit: pageSize}
	if state := oneOf(r, "state", qualityStates()); state != "" {
		l.State = state
	}
	everybody := v.Duty == agency.Supervisor
	if everybody {
		l.Agency = r.FormValue("agency")
	}
	page := pageOf(r)
	l.Offset = (page - 1) * pageSize
	rows, total, err := o.reg.QualityItems(r.Context(), v.ID, l)
	if err != nil {
		return nil, err
	}
	p := pages.QualityItems{
		Everybody: everybody, Pager: parts.Pager{Page: page, Size: pageSize, Total: total, Path: "/quality/items", Query: url.Values{}},
		Filters: []parts.Field{
			choice("state", "quality.state-field", l.State, qualityStates(), func(s string) locale.Text { return locale.T("state.quality-" + s) }),
			choice("kind", "quality.kind-field", l.Kind, append([]string{""}, qualityKinds()...), kindText),
			o.ruleField(l.Rule),
		},
	}
	for name, value := range map[string]string{"state": l.State, "kind": l.Kind, "rule": l.Rule, "agency": l.Agency} {
		if value != "" {
			p.Pager.Query.Set(name, value)
		}
	}
	names := o.names(r)
	if everybody {
		field, err := o.agencyField(r, l.Agency)
		if err != nil {
			return nil, err
		}
		p.Filters = append(p.Filters, field)
	}
	for i := range rows {
		p.Rows = append(p.Rows, o.qualityRow(&rows[i], names))
	}
	return p, names.err
}

func (o *Office) qualityRow(v *registry.QualityView, names *names) pages.QualityRow {
	return pages.QualityRow{
		Title: ruleTitle(v.Rule), Kind: v.Row.Kind, Record: parts.Code(v.Row.Record.String()), Name: v.Name, Agency: names.of(v.Row.Agency),
		Since: v.Row.Since, Days: max(0, o.today().Sub(v.Row.Since)), State: qualityState(v.Row.State), Href: qualityPath(v),
	}
}

func ruleTitle(r *quality.Rule) locale.Both { return locale.Both{Zh: r.Title.Zh, En: r.Title.En} }

func qualityState(state string) parts.State {
	tone := map[string]parts.Tone{registry.QualityOpen: parts.Warn, registry.QualityMended: parts.Good, registry.QualityAnswered: parts.Calm}[state]
	return parts.State{Name: "quality-" + state, Tone: tone}
}

func qualityStates() []string {
	return []string{registry.QualityOpen, registry.QualityMended, registry.QualityAnswered}
}

func qualityKinds() []string { return []string{string(quality.Completeness), string(quality.Accuracy)} }

func kindText(kind string) locale.Text {
	if kind == "" {
		return locale.T("quality.all")
	}
	return locale.T("quality." + kind)
}

// oneOf is a value of the request that is one of those known; "" for others.
func oneOf(r *http.Request, name string, known []string) string {
	if v := r.FormValue(name); slices.Contains(known, v) {
		return v
	}
	return ""
}

func choice(name, label, value string, values []string, text func(string) locale.Text) parts.Field {
	f := parts.Field{Name: name, Control: parts.Choice, Label: locale.T(label), Value: value}
	for _, v := range values {
		f.Options = append(f.Options, parts.Option{Value: v, Label: text(v)})
	}
	return f
}

// ruleField chooses one rule: in Chinese, as the law has the words.
func (o *Office) ruleField(value string) parts.Field {
	titles := map[string]locale.Text{"": locale.T("quality.all")}
	ids := []string{""}
	for _, rule := range o.reg.QualityRules() {
		ids = append(ids, rule.ID)
		titles[rule.ID] = locale.Plain(rule.Title.Zh)
	}
	return choice("rule", "quality.rule-field", value, ids, func(id string) locale.Text { return titles[id] })
}

// agencyField chooses one of the agencies that report.
func (o *Office) agencyField(r *http.Request, value string) (parts.Field, error) {
	agencies, err := o.reg.Agencies(r.Context())
	if err != nil {
		return parts.Field{}, err
	}
	titles := map[string]locale.Text{"": locale.T("quality.all")}
	ids := []string{""}
	for _, a := range agencies {
		if a.Kind != agency.Outside && a.Kind != agency.Central {
			ids = append(ids, a.ID)
			titles[a.ID] = locale.Plain(a.Name)
		}
	}
	return choice("agency", "quality.agency-field", value, ids, func(id string) locale.Text { return titles[id] }), nil
}

func (o *Office) qualityItem(r *http.Request, v *web.Visitor) (pages.Page, error) {
	item, err := o.qualityItemOf(r, v)
	if err != nil {
		return nil, err
	}
	return o.qualityItemPage(r, v, item)
}

func (o *Office) qualityItemOf(r *http.Request, v *web.Visitor) (*registry.QualityView, error) {
	code, err := docket.ParseCode(r.PathValue("code"))
	if err != nil {
		return nil, registry.ErrNotFound
	}
	return o.reg.QualityItem(r.Context(), v.ID, code, r.PathValue("id"))
}

func (o *Office) qualityItemPage(r *http.Request, v *web.Visitor, item *registry.QualityView) (pages.QualityItem, error) {
	names, rule := o.names(r), item.Rule
	p := pages.QualityItem{
		Title: ruleTitle(rule), Kind: item.Row.Kind, State: qualityState(item.Row.State), Law: rule.Law, Text: rule.Text,
		Parameter: locale.Both{Zh: rule.Parameter.Zh, En: rule.Parameter.En}, Mend: locale.Both{Zh: rule.Mend.Zh, En: rule.Mend.En},
		Agency: names.of(item.Row.Agency), Record: parts.Code(item.Row.Record.String()), Person: item.Name, Since: item.Row.Since, Opened: item.Row.Opened,
		By: names.of(item.Row.Officer), Settled: item.Row.Settled, Words: item.Answer,
	}
	if item.Name != "" {
		p.Case = "/cases/" + item.Row.Record.Code.Grouped()
	}
	for _, n := range item.Numbers {
		p.Numbers = append(p.Numbers, n.No)
	}
	if f := item.Finding; f != nil {
		p.Evidence, p.Field, p.Expected, p.Stated = true, f.Field, f.Expected, f.Stated
		if len(f.Missing) > 0 {
			p.Due, p.Expected = f.Expected, ""
		}
		for _, t := range f.Missing {
			p.Missing = append(p.Missing, typeWords(t))
		}
		for _, s := range f.Statements {
			p.Statements = append(p.Statements, qualityStatement(&s, item.Row.Agency, names))
		}
	}
	if item.Row.State == registry.QualityOpen && (v.Duty == agency.NoticeClerk || v.Duty == agency.SealClerk) {
		p.Post, p.Facts = qualityPath(item), item.Facts
		p.Note = parts.Field{
			Name: "note", Control: parts.Area, Label: locale.T("quality.answer-note"), Hint: locale.T("quality.answer-hint"), Required: true, MaxLength: 500,
		}
	}
	return p, names.err
}

func qualityStatement(s *quality.Statement, atFault string, names *names) pages.QualityStatement {
	out := pages.QualityStatement{Act: typeWords(s.Type), Date: s.Date, Event: s.Event, Says: s.Says}
	if id, err := agency.IDOf(s.Source); err == nil {
		out.Agency, out.Own = names.of(id), id == atFault
	}
	return out
}

// answerQuality takes an officer's word that what was reported is right.
func (o *Office) answerQuality(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	item, err := o.qualityItemOf(r, v)
	if err != nil {
		return "", nil, err
	}
	note := strings.TrimSpace(r.PostFormValue("note"))
	if note == "" {
		p, err := o.qualityItemPage(r, v, item)
		p.Note.Error = locale.T("form.required")
		return "", p, err
	}
	return "/quality/items", nil, o.reg.AnswerQuality(r.Context(), v.ID, registry.QualityAnswer{
		Code: item.Row.Record.Code, Item: item.Row.ID, Facts: r.PostFormValue("facts"), Note: note,
	}, o.now())
}

// wholePercent is a share in whole percent, never 100 where something is missing.
func wholePercent(part, whole int64) string {
	if whole == 0 {
		return "—"
	}
	return strconv.FormatInt(part*100/whole, 10) + "%"
}
