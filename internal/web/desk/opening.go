package desk

import (
	"fmt"
	"net/http"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) openingRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /queries/{id}/open", o.open)
	o.showTo(mux, "/queries/{id}/answer", o.opening)
}

// open redeems an approved request (steps 7 and 8). The answer goes into a box
// whose key the reader's browser alone keeps, so that it can be shown again
// for a while; what an unsealing opens is shown to nobody.
func (o *Office) open(w http.ResponseWriter, r *http.Request) {
	v := web.VisitorOf(r)
	if v == nil {
		o.site.Fail(w, r, errSignIn)
		return
	}
	next, err := o.redeem(w, r, v)
	if err != nil {
		o.site.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // redeem makes a local address
}

func (o *Office) redeem(w http.ResponseWriter, r *http.Request, v *web.Visitor) (next string, err error) {
	id := r.PathValue("id")
	q, err := o.reg.Query(r.Context(), v.ID, id)
	if err != nil {
		return "", err
	}
	if q.Request.Purpose == grant.Unseal {
		record, err := o.reg.Unseal(r.Context(), v.ID, id, o.now())
		return "/cases/" + record.Code.Grouped(), err
	}
	answer, err := o.reg.Open(r.Context(), v.ID, id, o.now())
	if err != nil {
		return "", err
	}
	cookie, err := o.shown.keep(o.rand, v.ID, q.Query.ID, answer, o.now())
	if err != nil {
		return "", err
	}
	cookie.Secure = r.TLS != nil || o.secure
	http.SetCookie(w, cookie)
	return "/queries/" + q.Query.ID + "/answer", nil
}

// opening shows the answer, as far as the request's scope goes, watermarked
// with its reader.
func (o *Office) opening(r *http.Request, v *web.Visitor) (pages.Page, error) {
	answer, until, err := o.shown.read(r, v.ID, r.PathValue("id"), o.now())
	if err != nil {
		return nil, err
	}
	cp, err := o.reg.Verifier().Open(answer.Receipt.Checkpoint)
	if err != nil {
		return nil, err
	}
	names := o.names(r)
	p := pages.Opening{
		ID: shortID(answer.Request.ID), Watermark: watermark(v, answer), Until: until,
		Ground: groundWords(answer.Request.Ground), Purpose: answer.Request.Reason,
		Trail: pages.Receipt{
			Index: answer.Receipt.Index, Size: cp.Size, Leaf: answer.Receipt.Leaf.Hash().String(), Root: cp.Root.String(),
			Href: fmt.Sprintf("/trail/entry?index=%d", answer.Receipt.Index),
		},
	}
	for i := range answer.Records {
		p.Records = append(p.Records, openedRecord(&answer.Records[i], names))
	}
	return p, names.err
}

// watermark names the reader, the agency, the request and its place in the
// trail.
func watermark(v *web.Visitor, a *registry.Answer) string {
	return fmt.Sprintf("%s %s %s #%d", v.Name, v.Agency, shortID(a.Request.ID), a.Receipt.Index)
}

func openedRecord(rec *registry.AnswerRecord, names *names) pages.Opened {
	s := &rec.State
	out := pages.Opened{Code: parts.Code(rec.ID.String()), Person: *person(s.Identity)}
	day := func(key string, d fmt.Stringer, known bool) {
		if known {
			out.Items = append(out.Items, parts.Item{Label: locale.T(key), Value: d.String()})
		}
	}
	out.Items = []parts.Item{
		{Label: locale.T("record.crimes"), Value: crimeNames(s)},
		{Label: locale.T("record.sentence"), Both: penaltyWords(s)},
	}
	day("record.judged", s.JudgmentDate, !s.JudgmentDate.IsZero())
	day("record.effective", s.EffectiveDate, !s.EffectiveDate.IsZero())
	day("record.completed", s.CompletedDate, !s.CompletedDate.IsZero())
	for _, e := range rec.Timeline {
		out.Moments = append(out.Moments, moment(e, names))
	}
	return out
}
