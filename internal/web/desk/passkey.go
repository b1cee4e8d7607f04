package desk

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// The ceremonies with an authenticator (WebAuthn 5.1). Options go to the page's
// script in the specification's JSON form; what comes back is judged by the
// registry.

const ceremonyMillis = 120_000

type credentialRef struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func credentialRefs(keys agency.Passkeys) []credentialRef {
	out := make([]credentialRef, 0, len(keys))
	for _, k := range keys {
		out = append(out, credentialRef{"public-key", k.Name()})
	}
	return out
}

// getOptions ask for an assertion; without keys, for one by any that the
// authenticator knows for this site.
type getOptions struct {
	Challenge        string          `json:"challenge"`
	RPID             string          `json:"rpId"`
	Allow            []credentialRef `json:"allowCredentials"`
	UserVerification string          `json:"userVerification"`
	Timeout          int             `json:"timeout"`
}

func (o *Office) getOptions(challenge []byte, keys agency.Passkeys) getOptions {
	return getOptions{
		Challenge: base64.RawURLEncoding.EncodeToString(challenge), RPID: o.reg.Rules().Site.ID,
		Allow: credentialRefs(keys), UserVerification: "required", Timeout: ceremonyMillis,
	}
}

type entity struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName,omitempty"`
}

type keyType struct {
	Type string `json:"type"`
	Alg  int64  `json:"alg"`
}

// createOptions ask for a new credential that the authenticator finds by
// itself and that takes its owner's PIN or body. Nothing is asked of its make.
type createOptions struct {
	Challenge   string          `json:"challenge"`
	RP          entity          `json:"rp"`
	User        entity          `json:"user"`
	Params      []keyType       `json:"pubKeyCredParams"`
	Exclude     []credentialRef `json:"excludeCredentials"`
	Selection   selection       `json:"authenticatorSelection"`
	Attestation string          `json:"attestation"`
	Timeout     int             `json:"timeout"`
}

type selection struct {
	ResidentKey        string `json:"residentKey"`
	RequireResidentKey bool   `json:"requireResidentKey"`
	UserVerification   string `json:"userVerification"`
}

func (o *Office) createOptions(challenge []byte, of *agency.Officer) createOptions {
	site := o.reg.Rules().Site
	// The authenticator keeps the user's id: it names nobody (WebAuthn 14.6.1).
	handle := o.reg.Suite().Digest(suite.Frame("fengcun/user/1", []byte(site.ID), []byte(of.ID)))
	c := createOptions{
		Challenge: base64.RawURLEncoding.EncodeToString(challenge),
		RP:        entity{ID: site.ID, Name: "封存 Fengcun"},
		User:      entity{ID: base64.RawURLEncoding.EncodeToString(handle[:]), Name: of.ID, DisplayName: of.Name},
		Exclude:   credentialRefs(of.Passkeys.Live()), Attestation: "none", Timeout: ceremonyMillis,
		Selection: selection{ResidentKey: "required", RequireResidentKey: true, UserVerification: "required"},
	}
	for _, alg := range passkey.Algorithms() {
		c.Params = append(c.Params, keyType{"public-key", alg})
	}
	return c
}

// begun is the answer to a script that begins a ceremony.
type begun struct {
	Nonce  string         `json:"nonce"`
	Get    *getOptions    `json:"get,omitempty"`
	Create *createOptions `json:"create,omitempty"`
}

func (o *Office) passkeys() bool { return !o.reg.Rules().Site.IsZero() }

// begin registers an address that a script asks for options.
func (o *Office) begin(mux *http.ServeMux, path string, f func(r *http.Request, nonce []byte) (begun, error)) {
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		if !o.passkeys() {
			o.site.Fail(w, r, registry.ErrNotFound)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		text, nonce, err := o.nonces.draw(o.rand, o.now())
		if err != nil {
			o.site.Fail(w, r, err)
			return
		}
		b, err := f(r, nonce)
		if err != nil {
			o.site.Fail(w, r, err)
			return
		}
		b.Nonce = text
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(b)
	})
}

func (o *Office) passkeyRoutes(mux *http.ServeMux) {
	o.begin(mux, "/signin/passkey/begin", func(_ *http.Request, nonce []byte) (begun, error) {
		get := o.getOptions(o.reg.SignInChallenge(nonce), nil)
		return begun{Get: &get}, nil
	})
	mux.Handle("POST /signin/passkey", o.site.Take(o.signInByPasskey))
	o.show(mux, "/enrol", func(*http.Request) (pages.Page, error) {
		if !o.passkeys() {
			return nil, registry.ErrNotFound
		}
		return enrolPage(), nil
	})
	o.begin(mux, "/enrol/begin", func(r *http.Request, nonce []byte) (begun, error) {
		of, err := o.reg.Enrolling(r.Context(), r.PostFormValue("code"), o.now())
		if err != nil {
			return begun{}, err
		}
		create := o.createOptions(o.reg.EnrolChallenge(nonce), of)
		return begun{Create: &create}, nil
	})
	mux.Handle("POST /enrol", o.site.Take(o.enrol))
	o.keyRoutes(mux)
}

// signInByPasskey signs in whoever's passkey answered.
func (o *Office) signInByPasskey(r *http.Request) (string, pages.Page, error) {
	next := destination(r)
	nonce, ok := o.nonces.take(r.PostFormValue("nonce"), o.now())
	err := registry.ErrSignIn
	var officer string
	if ok && o.passkeys() {
		officer, err = o.reg.SignInByPasskey(r.Context(), nonce, []byte(r.PostFormValue("answer")), o.now())
	}
	if err != nil && mendable(err) {
		p, perr := o.signInPage(r.Context(), next)
		p.Error = locale.T("signin.wrong-key")
		return "", p, perr
	}
	if err != nil {
		return "", nil, err
	}
	return next, nil, o.site.SignIn(r, officer)
}

func enrolPage() pages.Enrol {
	return pages.Enrol{
		Code:  parts.Field{Name: "code", Control: parts.Line, Label: locale.T("enrol.code"), Hint: locale.T("enrol.code-hint"), Required: true, Fixed: true, Autocomplete: "one-time-code", MaxLength: 60},
		Label: labelField(),
	}
}

func labelField() parts.Field {
	return parts.Field{Name: "label", Control: parts.Line, Label: locale.T("keys.label"), Hint: locale.T("keys.label-hint"), Required: true, Autocomplete: "off", MaxLength: 40}
}

// enrol takes an officer's first passkey; the officer then signs in with it.
func (o *Office) enrol(r *http.Request) (string, pages.Page, error) {
	nonce, ok := o.nonces.take(r.PostFormValue("nonce"), o.now())
	err := registry.ErrEnrolment
	if ok && o.passkeys() {
		_, _, err = o.reg.EnrolPasskey(r.Context(), r.PostFormValue("code"), nonce, []byte(r.PostFormValue("answer")), r.PostFormValue("label"), o.now())
	}
	if err != nil && mendable(err) {
		p := enrolPage()
		p.Code.Value, p.Label.Value, p.Error = r.PostFormValue("code"), r.PostFormValue("label"), Explain(err)
		return "", p, nil
	}
	return "/signin?enrolled=1", nil, err
}

// signing is a document on its way to a signature: whose it is, what is shown
// of it, and how it is handed in once it is signed.
type signing struct {
	of   string // officer's id
	page pages.Sign
	hand func(grant.Signed) (next string, err error)
}

// sign signs a document with the demonstration's software key and hands it in,
// or gives the page on which the officer's passkey signs it.
func sign[T grant.Document](o *Office, of *agency.Officer, doc T, s signing) (next string, page pages.Page, err error) {
	if key, err := o.key(of.ID); err == nil {
		signed, err := grant.Sign(o.rand, key, doc)
		if err != nil {
			return "", nil, err
		}
		next, err = s.hand(signed)
		return next, nil, err
	}
	if !o.passkeys() || len(of.Passkeys.Live()) == 0 {
		return "", nil, errNoKey
	}
	body, err := grant.Encode(doc)
	if err != nil {
		return "", nil, err
	}
	page, err = o.signPage(of, body, s.page)
	return "", page, err
}

// signPage shows a document for the last time before it is signed. The page
// carries the bytes themselves; they need no other guard than the signature.
func (o *Office) signPage(of *agency.Officer, body []byte, p pages.Sign) (pages.Page, error) {
	challenge := o.reg.Rules().Challenge(body)
	options, err := json.Marshal(o.getOptions(challenge, of.Passkeys.Live()))
	if err != nil {
		return nil, err
	}
	p.Body, p.Options = base64.StdEncoding.EncodeToString(body), string(options)
	p.Digest = hexOf(challenge)
	return p, nil
}

// takeSigned takes a document from a sign page; read finds out what it is. One
// that was not signed rightly is shown again to be signed once more.
func (o *Office) takeSigned(mux *http.ServeMux, path string, read func(r *http.Request, v *web.Visitor, body []byte) (signing, error)) {
	o.takeFrom(mux, path, func(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
		body, err := base64.StdEncoding.DecodeString(r.PostFormValue("body"))
		if err != nil {
			return "", nil, registry.ErrInput
		}
		s, err := read(r, v, body)
		if err != nil {
			return "", nil, err
		}
		if s.of != v.ID {
			return "", nil, grant.ErrSignature
		}
		next, err := s.handIn(body, r.PostFormValue("answer"))
		if !errors.Is(err, grant.ErrSignature) {
			return next, nil, err
		}
		me, _, lost := o.reg.Officer(r.Context(), v.ID)
		if lost != nil {
			return "", nil, lost
		}
		s.page.Error = Explain(err)
		page, err := o.signPage(me, body, s.page)
		return "", page, err
	})
}

func (s *signing) handIn(body []byte, answer string) (next string, err error) {
	a, err := passkey.ReadAssertion([]byte(answer))
	if err != nil {
		return "", grant.ErrSignature
	}
	return s.hand(grant.Signed{Body: body, Signature: a.Bytes()})
}
