package desk

import (
	"encoding/hex"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// key is the officer's software key, which the demonstration alone has.
func (o *Office) key(officer string) (suite.SignKey, error) {
	if o.demo != nil && o.demo.SignKey != nil {
		if k, ok := o.demo.SignKey(officer); ok {
			return k, nil
		}
	}
	return suite.SignKey{}, errNoKey
}

// canSign says that the officer can sign on these pages.
func (o *Office) canSign(of *agency.Officer) bool {
	_, err := o.key(of.ID)
	return err == nil || (o.passkeys() && len(of.Passkeys.Live()) > 0)
}

// How long a request waits and an approval can be used; the law gives 72 hours
// at most.
const (
	requestFor  = 48 * time.Hour
	approvalFor = 24 * time.Hour
)

// file has a request signed and files it (step 5).
func (o *Office) file(r *http.Request, of *agency.Officer, req *grant.Request) (next string, page pages.Page, err error) {
	uid, err := uuid.NewRandomFromReader(o.rand)
	if err != nil {
		return "", nil, err
	}
	now := o.now()
	req.ID, req.Filed, req.Expires = uid.String(), now, now.Add(requestFor)
	s, err := o.requestSigning(r, req)
	if err != nil {
		return "", nil, err
	}
	return sign(o, of, req, s)
}

func (o *Office) requestSigning(r *http.Request, req *grant.Request) (signing, error) {
	names := o.names(r)
	p := pages.Sign{
		What: locale.T("sign.request"), Items: requestItems(req, req.Subject.Number, names), Scope: scopeWords(req.Scope), Words: req.Reason,
		Post: "/queries/sign", Section: "/queries",
	}
	if req.Purpose == grant.Unseal {
		p.What = locale.T("sign.unseal")
	}
	return signing{of: req.Officer, page: p, hand: func(s grant.Signed) (string, error) {
		_, err := o.reg.Ask(r.Context(), s, o.now())
		return "/queries/" + req.ID, err
	}}, names.err
}

// answer has an approver's answer to a request signed (step 6). The digest is
// the one the approver saw: the registry refuses it for any other request.
func (o *Office) answer(r *http.Request, of *agency.Officer, q *registry.QueryView, digest string, verdict grant.Verdict, reason string) (next string, page pages.Page, err error) {
	now := o.now()
	a := &grant.Approval{
		Request: digest, Officer: of.ID, Agency: of.Agency, Verdict: verdict, Reason: reason, At: now, Expires: now.Add(approvalFor),
	}
	s, err := o.answerSigning(r, q, a)
	if err != nil {
		return "", nil, err
	}
	return sign(o, of, a, s)
}

func (o *Office) answerSigning(r *http.Request, q *registry.QueryView, a *grant.Approval) (signing, error) {
	names := o.names(r)
	path := "/queries/" + q.Query.ID
	p := pages.Sign{
		What: locale.T("sign.grant"), Items: append(requestItems(q.Request, masked(q.Request.Subject.Number), names),
			parts.Item{Label: locale.T("query.purpose"), Value: q.Request.Reason}, parts.Item{Label: locale.T("sign.cites"), Value: a.Request, Code: true}),
		Scope: scopeWords(q.Request.Scope), Words: a.Reason, Post: path + "/sign", Back: path, Section: "/queries",
	}
	if a.Verdict == grant.Refuse {
		p.What = locale.T("sign.refuse")
	}
	return signing{of: a.Officer, page: p, hand: func(s grant.Signed) (string, error) {
		_, err := o.reg.Approve(r.Context(), q.Query.ID, s, o.now())
		return path, err
	}}, names.err
}

// rule has a ruling on a proposed sealing signed (step 4).
func (o *Office) rule(of *agency.Officer, r *http.Request, it *registry.ReviewView, seal bool, reason string) (next string, page pages.Page, err error) {
	if it.Item.Outcome != "" {
		return "", nil, registry.ErrState // nothing is proposed any more
	}
	v := &grant.Ruling{
		Review: it.Item.ID, Record: it.Item.Record.String(), Proposal: it.Digest,
		Officer: of.ID, Agency: of.Agency, Seal: seal, Reason: reason, At: o.now(),
	}
	return sign(o, of, v, o.ruleSigning(r, it, v))
}

func (o *Office) ruleSigning(r *http.Request, it *registry.ReviewView, v *grant.Ruling) signing {
	p := pages.Sign{
		What: locale.T("sign.seal"), Words: v.Reason, Post: reviewPath(it.Item) + "/sign", Back: reviewPath(it.Item), Section: "/reviews",
		Items: []parts.Item{
			{Label: locale.T("record.code"), Value: v.Record, Code: true},
			{Label: locale.T("query.name"), Value: it.State.Identity.Name},
			{Label: locale.T("record.crimes"), Value: crimeNames(&it.State)},
			{Label: locale.T("record.sentence"), Both: penaltyWords(&it.State)},
			{Label: locale.T("sign.proposal"), Value: v.Proposal, Code: true},
		},
	}
	if !v.Seal {
		p.What = locale.T("sign.keep")
	}
	return signing{of: v.Officer, page: p, hand: func(s grant.Signed) (string, error) {
		_, err := o.reg.Rule(r.Context(), s, o.now())
		return "/cases/" + it.Item.Record.Code.Grouped(), err
	}}
}

// signRoutes take what the sign pages send.
func (o *Office) signRoutes(mux *http.ServeMux) {
	o.takeSigned(mux, "/queries/sign", func(r *http.Request, _ *web.Visitor, body []byte) (signing, error) {
		req, err := grant.ReadRequest(body)
		if err != nil {
			return signing{}, err
		}
		return o.requestSigning(r, req)
	})
	o.takeSigned(mux, "/queries/{id}/sign", func(r *http.Request, v *web.Visitor, body []byte) (signing, error) {
		a, err := grant.ReadApproval(body)
		if err != nil {
			return signing{}, err
		}
		q, err := o.reg.Query(r.Context(), v.ID, r.PathValue("id"))
		if err != nil {
			return signing{}, err
		}
		return o.answerSigning(r, q, a)
	})
	o.takeSigned(mux, "/reviews/{code}/{id}/sign", func(r *http.Request, v *web.Visitor, body []byte) (signing, error) {
		ruling, err := grant.ReadRuling(body)
		if err != nil {
			return signing{}, err
		}
		it, err := o.item(r, v)
		if err != nil {
			return signing{}, err
		}
		return o.ruleSigning(r, it, ruling), nil
	})
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
