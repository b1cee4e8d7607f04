package desk

import (
	"net/http"
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// unsealGround is a ground on which a sealing ends, in words.
func unsealGround(id string) locale.Both {
	return map[string]locale.Both{
		"new-crime":       {Zh: "再犯新罪", En: "a new crime"},
		"missed-crime":    {Zh: "发现漏罪", En: "a crime that was missed"},
		"sentence-raised": {Zh: "再审加重刑罚", En: "a retrial raised the sentence"},
		"wrong-sealing":   {Zh: "封存有误", En: "a sealing that should not have been"},
	}[id]
}

// unsealFields are the request to unseal, with what the proposal suggests.
func unsealFields(d *policy.RecordDecision) []parts.Field {
	ground := parts.Field{Name: "ground", Control: parts.Choice, Label: locale.T("unseal.ground"), Required: true}
	for _, id := range registry.UnsealGrounds() {
		ground.Options = append(ground.Options, parts.Option{Value: id, Label: locale.T("unseal." + id)})
	}
	basis := parts.Field{Name: "basis", Control: parts.Line, Label: locale.T("query.basis"), Required: true, MaxLength: 200}
	if d != nil {
		for _, reason := range d.Reasons {
			if reason.Role == policy.TriggerRole && reason.Holds == policy.True {
				basis.Value = reason.Basis
				if slices.Contains(registry.UnsealGrounds(), reason.Rule) {
					ground.Value = reason.Rule
				}
			}
		}
	}
	return []parts.Field{
		ground, basis,
		{Name: "case_no", Control: parts.Line, Label: locale.T("query.case-no"), Required: true, MaxLength: 100, Autocomplete: "off"},
		{Name: "reason", Control: parts.Area, Label: locale.T("unseal.reason"), Hint: locale.T("unseal.reason-hint"), Required: true, MaxLength: 500},
	}
}

// askUnseal files the clerk's signed request; a reviewer of the court answers
// it like a query.
func (o *Office) askUnseal(r *http.Request, v *web.Visitor, it *registry.ReviewView) (string, pages.Page, error) {
	officer, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return "", nil, err
	}
	p := o.reviewPage(it, officer)
	values, complete := readFields(r, p.Unseal)
	if !complete {
		return "", p, nil
	}
	return o.file(r, officer, &grant.Request{
		Purpose: grant.Unseal, Officer: officer.ID, Agency: officer.Agency, Approver: officer.Agency,
		Ground: values["ground"], Basis: values["basis"], Matter: values["case_no"], Reason: values["reason"],
		Scope: grant.Full, Record: it.Item.Record.String(),
	})
}

// readFields takes what was entered into the fields and marks those that are
// missing or too long.
func readFields(r *http.Request, groups ...[]parts.Field) (values map[string]string, complete bool) {
	values, complete = make(map[string]string), true
	for _, fields := range groups {
		for i := range fields {
			f := &fields[i]
			f.Value = strings.TrimSpace(r.PostFormValue(f.Name))
			values[f.Name] = f.Value
			switch {
			case f.Value == "" && f.Required:
				f.Error = locale.T("form.required")
			case f.MaxLength > 0 && len([]rune(f.Value)) > f.MaxLength:
				f.Error = locale.T("form.too-long", f.MaxLength)
			case len(f.Options) > 0 && f.Value != "" && !offered(f):
				f.Error = locale.T("form.required")
			}
			complete = complete && !f.Bad()
		}
	}
	return values, complete
}

func offered(f *parts.Field) bool {
	return slices.ContainsFunc(f.Options, func(o parts.Option) bool { return o.Value == f.Value })
}
