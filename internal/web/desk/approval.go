package desk

import (
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/norm"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// approvalPage shows a request with what the platform has checked of it, the
// digest that is signed, and what the reader can do next.
func (o *Office) approvalPage(r *http.Request, v *web.Visitor, q *registry.QueryView) (pages.Approval, error) {
	me, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return pages.Approval{}, err
	}
	names := o.names(r)
	req := q.Request
	p := pages.Approval{
		ID: shortID(q.Query.ID), State: o.queryState(&q.Query), Purpose: req.Reason, Digest: hex.EncodeToString(q.Query.Digest),
		Items: requestItems(req, masked(req.Subject.Number), names), Scope: scopeWords(req.Scope), Unseal: req.Purpose == grant.Unseal,
		Note:  parts.Field{Name: "note", Control: parts.Area, Label: locale.T("approval.note"), Hint: locale.T("approval.note-hint"), MaxLength: 500},
		Steps: querySteps(q.Query.State, req.Purpose),
	}
	for i, a := range q.Answers {
		p.Decisions = append(p.Decisions, pages.Signature{
			Officer: names.of(a.Officer), Agency: names.of(a.Agency), At: a.At, Granted: a.Verdict == grant.Approve, Note: a.Reason,
			Key: q.Keys[i],
		})
	}
	path := "/queries/" + q.Query.ID
	live := o.now().Before(q.Query.Expires)
	approver := req.Officer != v.ID
	if approver {
		p.Key = keyPrint(me)
		if q.Query.State == registry.QueryFiled {
			p.Checks = o.checks(q, me)
		}
	}
	switch {
	case approver && live && q.Query.State == registry.QueryFiled:
		if p.NoKey = !o.canSign(me); !p.NoKey {
			p.Post = path
		}
	case !approver && live && q.Query.State == registry.QueryApproved:
		p.OpenPost = path + "/open"
	case !approver && o.shown.has(r, v.ID, q.Query.ID, o.now()):
		p.Shown = path + "/answer"
	}
	return p, names.err
}

// requestItems are what a request says; number is the document number as the
// reader may see it.
func requestItems(req *grant.Request, number string, names *names) []parts.Item {
	item := func(key, value string) parts.Item { return parts.Item{Label: locale.T(key), Value: value} }
	items := []parts.Item{
		{Label: locale.T("query.id"), Value: shortID(req.ID), Code: true},
		item("query.officer", names.of(req.Officer)), item("query.agency", names.of(req.Agency)), item("query.asked", names.of(req.Approver)),
		{Label: locale.T("query.ground"), Both: groundWords(req.Ground)},
		item("query.basis", req.Basis), item("query.case-no", req.Matter),
	}
	if req.Record != "" {
		items = append(items, parts.Item{Label: locale.T("record.code"), Value: req.Record, Code: true})
	} else {
		items = append(items, item("query.name", req.Subject.Name),
			parts.Item{Label: locale.T("query.number"), Value: number, Code: true})
	}
	return append(items, item("query.filed", minute(req.Filed)), item("query.until", minute(req.Expires)))
}

func scopeWords(s grant.Scope) []locale.Text {
	words := []locale.Text{locale.T("query.scope-existence"), locale.T("query.scope-crime")}
	if s == grant.Full {
		words = append(words, locale.T("query.scope-course"))
	}
	return words
}

// querySteps are steps 5 to 8; an unsealing ends with step 10.
func querySteps(state registry.QueryState, purpose grant.Purpose) []parts.Step {
	done := map[registry.QueryState]int{registry.QueryFiled: 1, registry.QueryApproved: 2, registry.QueryRefused: 1, registry.QueryOpened: 4}[state]
	var out []parts.Step
	for i, key := range []string{"ask", "approve", "log", "open"} {
		s := parts.Step{Number: 5 + i, Title: locale.T("approval.step-" + key), State: parts.Ahead}
		switch {
		case i < done:
			s.State = parts.Done
		case i == done && state != registry.QueryRefused:
			s.State = parts.Current
		}
		if purpose == grant.Unseal && key == "open" {
			s.Number, s.Title = 10, locale.T("flow.10")
		}
		out = append(out, s)
	}
	return out
}

// checks are what the registry will hold against the approval, said before it
// is given.
func (o *Office) checks(q *registry.QueryView, me *agency.Officer) []pages.Check {
	req := q.Request
	check := func(ok bool, key, basis string) pages.Check {
		v := parts.Fails
		if ok {
			v = parts.Holds
		}
		return pages.Check{Verdict: v, Text: locale.T(key), Basis: basis}
	}
	out := []pages.Check{check(req.Officer != me.ID, "approval.check-self", "")}
	if req.Purpose == grant.Inspect {
		out = append(out, check(req.Agency != me.Agency, "approval.check-agency", ""), groundCheck(req))
	}
	fresh := q.Query.State == registry.QueryFiled && o.now().Before(q.Query.Expires)
	return append(out,
		check(keyPrint(me) != "", "approval.check-key", ""),
		check(fresh, "approval.check-fresh", minute(q.Query.Expires)))
}

// groundCheck says whether the basis that was cited can carry the query. A
// unit must name a 法律 or 行政法规; what is not in the register of norms is for
// the approver to judge.
func groundCheck(req *grant.Request) pages.Check {
	g, _ := norm.GroundByID(req.Ground)
	c := pages.Check{Verdict: parts.Holds, Text: locale.T("approval.check-ground"), Basis: g.Basis}
	if !g.ByUnit() {
		return c
	}
	cited := norm.Cited(req.Basis)
	c.Text, c.Basis = locale.T("approval.check-basis"), req.Basis
	switch {
	case slices.ContainsFunc(cited, norm.Norm.Queryable):
	case len(cited) > 0:
		c.Verdict = parts.Fails
	default:
		c.Verdict = parts.Unknown
	}
	return c
}
