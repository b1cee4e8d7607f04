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
	names := o.names(r)
	p := pages.Sign{
		What: locale.T("sign.request"), Items: requestItems(req, names), Scope: scopeWords(req.Scope), Words: req.Reason,
		Post: "/queries/sign", Section: "/queries",
	}
	if req.Purpose == grant.Unseal {
		p.What = locale.T("sign.unseal")
	}
	if names.err != nil {
		return "", nil, names.err
	}
	return sign(o, of, req, signing{page: p, hand: func(s grant.Signed) (string, error) { return o.fileSigned(r, s) }})
}

// fileSigned files a signed request.
func (o *Office) fileSigned(r *http.Request, s grant.Signed) (next string, err error) {
	req, err := o.reg.Ask(r.Context(), s, o.now())
	if err != nil {
		return "", err
	}
	return "/queries/" + req.ID, nil
}

// answer has an approver's answer to a request signed (step 6). The digest is
// the one the approver saw: the registry refuses it for any other request.
func (o *Office) answer(r *http.Request, of *agency.Officer, q *registry.QueryView, digest string, verdict grant.Verdict, reason string) (next string, page pages.Page, err error) {
	now := o.now()
	names := o.names(r)
	path := "/queries/" + q.Query.ID
	p := pages.Sign{
		What: locale.T("sign.grant"), Items: append(requestItems(q.Request, names), parts.Item{Label: locale.T("sign.cites"), Value: digest, Code: true}),
		Scope: scopeWords(q.Request.Scope), Words: reason, Post: path + "/sign", Back: path, Section: "/queries",
	}
	if verdict == grant.Refuse {
		p.What = locale.T("sign.refuse")
	}
	if names.err != nil {
		return "", nil, names.err
	}
	a := &grant.Approval{
		Request: digest, Officer: of.ID, Agency: of.Agency, Verdict: verdict, Reason: reason, At: now, Expires: now.Add(approvalFor),
	}
	return sign(o, of, a, signing{page: p, hand: func(s grant.Signed) (string, error) {
		_, err := o.reg.Approve(r.Context(), q.Query.ID, s, o.now())
		return path, err
	}})
}

// rule has a ruling on a proposed sealing signed (step 4).
func (o *Office) rule(of *agency.Officer, r *http.Request, it *registry.ReviewView, seal bool, reason string) (next string, page pages.Page, err error) {
	v := &grant.Ruling{
		Review: it.Item.ID, Record: it.Item.Record.String(), Proposal: it.Digest,
		Officer: of.ID, Agency: of.Agency, Seal: seal, Reason: reason, At: o.now(),
	}
	p := pages.Sign{
		What: locale.T("sign.seal"), Words: reason, Post: reviewPath(it.Item) + "/sign", Back: reviewPath(it.Item), Section: "/reviews",
		Items: []parts.Item{
			{Label: locale.T("record.code"), Value: v.Record, Code: true},
			{Label: locale.T("query.name"), Value: it.State.Identity.Name},
			{Label: locale.T("record.crimes"), Value: crimeNames(&it.State)},
			{Label: locale.T("record.sentence"), Both: penaltyWords(&it.State)},
			{Label: locale.T("sign.proposal"), Value: v.Proposal, Code: true},
		},
	}
	if !seal {
		p.What = locale.T("sign.keep")
	}
	return sign(o, of, v, signing{page: p, hand: func(s grant.Signed) (string, error) { return o.ruled(r, s) }})
}

func (o *Office) ruled(r *http.Request, s grant.Signed) (next string, err error) {
	v, err := o.reg.Rule(r.Context(), s, o.now())
	if err != nil {
		return "", err
	}
	return casePath(v.Record)
}

// signRoutes take what the sign pages send.
func (o *Office) signRoutes(mux *http.ServeMux) {
	o.takeSigned(mux, "/queries/sign", func(r *http.Request, v *web.Visitor, s grant.Signed) (string, error) {
		req, err := grant.ReadRequest(s.Body)
		if err != nil {
			return "", err
		}
		if err := ownOnly(v, req.Officer); err != nil {
			return "", err
		}
		return o.fileSigned(r, s)
	})
	o.takeSigned(mux, "/queries/{id}/sign", func(r *http.Request, v *web.Visitor, s grant.Signed) (string, error) {
		a, err := grant.ReadApproval(s.Body)
		if err != nil {
			return "", err
		}
		if err := ownOnly(v, a.Officer); err != nil {
			return "", err
		}
		_, err = o.reg.Approve(r.Context(), r.PathValue("id"), s, o.now())
		return "/queries/" + r.PathValue("id"), err
	})
	o.takeSigned(mux, "/reviews/{code}/{id}/sign", func(r *http.Request, v *web.Visitor, s grant.Signed) (string, error) {
		ruling, err := grant.ReadRuling(s.Body)
		if err != nil {
			return "", err
		}
		if err := ownOnly(v, ruling.Officer); err != nil {
			return "", err
		}
		return o.ruled(r, s)
	})
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
