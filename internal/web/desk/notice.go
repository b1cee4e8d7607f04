package desk

import (
	"net/http"
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) noticeRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/notices", o.notices)
	o.takeFrom(mux, "/notices/{code}/{id}", o.acknowledge)
	o.takeFrom(mux, "/letters/{id}", o.acknowledgeLetter)
}

// notices is the inbox of an agency that holds copies.
func (o *Office) notices(r *http.Request, v *web.Visitor) (pages.Page, error) {
	page := pageOf(r)
	list, total, err := o.reg.NoticePage(r.Context(), v.ID, pageSize, (page-1)*pageSize)
	if err != nil {
		return nil, err
	}
	p := pages.Notices{Pager: parts.Pager{Page: page, Size: pageSize, Total: total, Path: "/notices"}}
	names := o.names(r)
	for i := range list {
		p.Rows = append(p.Rows, o.letter(&list[i], names))
	}
	return p, names.err
}

func (o *Office) letter(n *registry.NoticeView, names *names) pages.Notice {
	out := pages.Notice{
		ID: "N-" + strings.ToUpper(n.ID[:min(8, len(n.ID))]), Kind: n.Kind, Records: n.Records,
		Issued: civil.Of(n.Issued), Due: n.Due, Left: n.Due.Sub(o.today()), State: o.noticeState(&n.Notice),
	}
	ack := "/letters/" + n.ID
	if n.Records == 0 {
		out.Record, out.From, out.Nos = parts.Code(n.Record.String()), names.of(n.From), o.letterNumbers(&n.Notice)
		ack = "/notices/" + n.Record.Code.Grouped() + "/" + n.ID
	}
	if n.Acked.IsZero() {
		out.Ack = ack
	} else {
		out.AckBy, out.AckAt = names.of(n.AckedBy), n.Acked
	}
	return out
}

func (o *Office) noticeState(n *registry.Notice) parts.State {
	switch {
	case !n.Acked.IsZero():
		return parts.State{Name: "acknowledged", Tone: parts.Good}
	case n.Due.Before(o.today()):
		return parts.State{Name: "overdue", Tone: parts.Bad}
	}
	return parts.State{Name: "unread", Tone: parts.Warn}
}

// letterNumbers are the numbers that a letter quotes. Only the demonstration
// holds the agencies' keys; elsewhere the agency's own system reads them.
func (o *Office) letterNumbers(n *registry.Notice) []string {
	if o.demo == nil || o.demo.LetterKey == nil {
		return nil
	}
	key, ok := o.demo.LetterKey(n.Agency)
	if !ok {
		return nil
	}
	l, err := notice.Decrypt(key, n.Agency, n.Record, n.Body)
	if err != nil {
		return nil // written before the key was known here: the letter says the rest
	}
	nos := make([]string, len(l.Numbers))
	for i, x := range l.Numbers {
		nos[i] = x.No
	}
	return nos
}

// acknowledge says that the agency has sealed, or unsealed, its own copy.
func (o *Office) acknowledge(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	code, err := docket.ParseCode(r.PathValue("code"))
	if err != nil {
		return "", nil, registry.ErrNotFound
	}
	return "/notices", nil, o.reg.Acknowledge(r.Context(), v.ID, code, r.PathValue("id"), o.now())
}

// acknowledgeLetter says the same of all records of a letter about many.
func (o *Office) acknowledgeLetter(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	return "/notices", nil, o.reg.AcknowledgeLetter(r.Context(), v.ID, r.PathValue("id"), o.now())
}
