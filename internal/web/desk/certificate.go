package desk

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) certificateRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/certificates/new", o.newCertificate)
	o.takeFrom(mux, "/certificates", o.certify)
	o.showTo(mux, "/certificates/{id}", o.certificate)
	mux.HandleFunc("GET /certificates/{id}/text", o.certificateText)
	o.showTo(mux, "/deferrals/{record}", o.deferred)
	o.show(mux, "/certificates/check", o.checkNumber)
	mux.Handle("POST /certificates/check", o.site.Look(o.checkText))
}

func (o *Office) certificateForm(r *http.Request, v *web.Visitor) (pages.CertificateForm, error) {
	p := pages.CertificateForm{
		Person: personFields(true),
		Purpose: []parts.Field{{
			Name: "purpose", Control: parts.Line, Label: locale.T("certificate.purpose"), Hint: locale.T("certificate.purpose-hint"), Required: true, MaxLength: 100,
		}},
	}
	const latest = 6
	issued, err := o.reg.IssuedBy(r.Context(), v.ID, latest)
	for _, c := range issued {
		s := certificate.Standing{Issued: c.At, Expires: c.Expires, Withdrawn: c.Withdrawn}
		p.Issued = append(p.Issued, pages.IssuedRow{Number: parts.Code(c.ID), At: c.At, State: o.standingState(&s), Href: "/certificates/" + c.ID})
	}
	return p, err
}

func (o *Office) newCertificate(r *http.Request, v *web.Visitor) (pages.Page, error) {
	return o.certificateForm(r, v)
}

// certify applies for a certificate (step 9).
func (o *Office) certify(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	p, err := o.certificateForm(r, v)
	if err != nil {
		return "", nil, err
	}
	values, complete := readFields(r, p.Person, p.Purpose)
	who, ok := subject(values, p.Person)
	if !ok || !complete {
		p.Error = locale.T("form.mend")
		return "", p, nil
	}
	done, err := o.reg.Certify(r.Context(), &registry.Application{By: v.ID, Subject: who, Purpose: values["purpose"]}, o.now())
	if err != nil && mendable(err) {
		p.Error = Explain(err)
		return "", p, nil
	}
	if err != nil {
		return "", nil, err
	}
	if len(done.Text) == 0 {
		return "/deferrals/" + done.Record.String(), nil, nil
	}
	return "/certificates/" + done.ID, nil, nil
}

// deferred says that a human must look. It asks the registry nothing: the
// record's number is as the address has it.
func (o *Office) deferred(r *http.Request, _ *web.Visitor) (pages.Page, error) {
	id, err := docket.ParseRecordID(r.PathValue("record"))
	if err != nil {
		return nil, registry.ErrNotFound
	}
	return pages.Deferred{Record: parts.Code(id.String()), RecordHref: "/cases/" + id.Code.Grouped()}, nil
}

// certificate shows a certificate to the window that issued it, for printing.
func (o *Office) certificate(r *http.Request, v *web.Visitor) (pages.Page, error) {
	text, err := o.reg.IssuedCertificate(r.Context(), v.ID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	c, err := certificate.Verify(text, o.reg.CertificateKey())
	if err != nil {
		return nil, err
	}
	sum := o.reg.Suite().Digest(text)
	p := pages.Certificate{
		Number: parts.Code(c.ID), Clear: true, Holder: c.Name, Document: c.Document, DocNo: c.Number, Purpose: c.Purpose,
		Until: c.Issued, Issued: c.Issued, Expires: c.Expires, Issuer: c.Issuer, Digest: hex.EncodeToString(sum[:]),
		Check: o.origin(r) + "/certificates/check?code=" + url.QueryEscape(c.ID), File: "/certificates/" + c.ID + "/text",
	}
	who := docket.Identity{Document: c.Document, Number: c.Number} // the certificate itself states neither sex nor birth
	p.Sex, p.Birth = who.Gender(), who.Born()
	return p, nil
}

// origin is this site's address as the browser knows it, for the line on the
// printed certificate.
func (o *Office) origin(r *http.Request) string {
	if r.TLS != nil || o.secure {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// certificateText gives the signed text, which anybody can verify offline.
func (o *Office) certificateText(w http.ResponseWriter, r *http.Request) {
	v := web.VisitorOf(r)
	if v == nil {
		o.site.Fail(w, r, errSignIn)
		return
	}
	text, err := o.reg.IssuedCertificate(r.Context(), v.ID, r.PathValue("id"))
	if err != nil {
		o.site.Fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="certificate-`+strings.ReplaceAll(r.PathValue("id"), `"`, "")+`.txt"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(text) //nolint:gosec // text/plain, as an attachment
}

func checkPage(number string) pages.CertificateCheck {
	return pages.CertificateCheck{
		Code: parts.Field{Name: "code", Control: parts.Line, Label: locale.T("certificate.number"), Fixed: true, Value: number, Autocomplete: "off", MaxLength: 40},
		Text: parts.Field{Name: "text", Control: parts.Area, Label: locale.T("certificate.text"), Hint: locale.T("certificate.text-hint"), Autocomplete: "off"},
	}
}

// checkNumber verifies by the number alone: whether such a certificate was
// issued and stands. Its content is not told, so its integrity is unknown.
func (o *Office) checkNumber(r *http.Request) (pages.Page, error) {
	number := strings.TrimSpace(r.FormValue("code"))
	p := checkPage(number)
	if number == "" {
		return p, nil
	}
	p.Asked = true
	var err error
	p.Answer, err = o.answerFor(r, number, parts.Unknown)
	return p, err
}

// answerFor gives the three answers for a number; nil where it was never given
// out.
func (o *Office) answerFor(r *http.Request, number string, integrity parts.Verdict) (*pages.CertificateAnswer, error) {
	s, err := o.reg.CertificateStanding(r.Context(), number)
	if errors.Is(err, registry.ErrNotFound) || errors.Is(err, registry.ErrInput) {
		return nil, nil //nolint:nilnil // there is no such certificate
	}
	if err != nil {
		return nil, err
	}
	by, err := o.reg.CertificateIssuer(r.Context(), s.ID)
	if err != nil {
		return nil, err
	}
	a := &pages.CertificateAnswer{
		Number: parts.Code(s.ID), Integrity: integrity, Status: parts.Fails, Issuer: parts.Holds,
		State: o.standingState(s), Issued: civil.Of(s.Issued), Expires: s.Expires, By: by,
	}
	if s.On(o.today()) == "valid" {
		a.Status = parts.Holds
	}
	return a, nil
}

func (o *Office) standingState(s *certificate.Standing) parts.State {
	name := s.On(o.today())
	tone := map[string]parts.Tone{"valid": parts.Good, "withdrawn": parts.Bad, "expired": parts.Warn}[name]
	return parts.State{Name: name, Tone: tone}
}

// checkText verifies the signed text itself, pasted or uploaded. It comes by
// POST because it names a person, and what it says of the person is not
// repeated.
func (o *Office) checkText(r *http.Request) (pages.Page, error) {
	text, err := signedText(r)
	p := checkPage("")
	if err != nil || len(bytes.TrimSpace(text)) == 0 {
		p.Text.Error = locale.T("form.required")
		return p, err
	}
	p.Asked = true
	c, err := certificate.Verify(text, o.reg.CertificateKey())
	switch {
	case errors.Is(err, certificate.ErrForged):
		p.Answer = &pages.CertificateAnswer{Integrity: parts.Fails, Status: parts.Unknown, Issuer: parts.Fails, State: parts.State{Name: "forged", Tone: parts.Bad}}
		return p, nil
	case err != nil:
		p.Asked, p.Text.Error = false, locale.T("certificate.no-form")
		return p, nil //nolint:nilerr // said beside the field
	}
	p.Answer, err = o.answerFor(r, c.ID, parts.Holds)
	return p, err
}

// signedText is what was uploaded, or else pasted. Browsers send pasted lines
// with CR LF; the signature is over LF.
func signedText(r *http.Request) ([]byte, error) {
	if f, _, err := r.FormFile("file"); err == nil {
		defer func() { _ = f.Close() }() // read to its end already
		text, err := io.ReadAll(f)
		if err != nil || len(text) > 0 {
			return text, err
		}
	}
	text := strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	return []byte(text + "\n"), nil
}
