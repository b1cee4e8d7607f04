package desk

import (
	"net/http"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// keyRoutes are an officer's own keys.
func (o *Office) keyRoutes(mux *http.ServeMux) {
	o.showTo(mux, "/keys", func(r *http.Request, v *web.Visitor) (pages.Page, error) { return o.keysPage(r, v) })
	o.begin(mux, "/keys/begin", func(r *http.Request, nonce []byte) (begun, error) {
		v := web.VisitorOf(r)
		if v == nil {
			return begun{}, errSignIn
		}
		me, _, err := o.reg.Officer(r.Context(), v.ID)
		if err != nil {
			return begun{}, err
		}
		create := o.createOptions(o.reg.EnrolChallenge(nonce), me)
		return begun{Create: &create}, nil
	})
	o.takeFrom(mux, "/keys", o.newKey)
	o.takeSigned(mux, "/keys/sign", func(r *http.Request, _ *web.Visitor, body []byte) (signing, error) {
		word, err := grant.ReadNewKey(body)
		if err != nil {
			return signing{}, err
		}
		return o.keySigning(r, word), nil
	})
	o.takeFrom(mux, "/keys/revoke", func(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
		return "/keys", nil, o.reg.RevokePasskey(r.Context(), v.ID, v.ID, r.PostFormValue("key"), o.now())
	})
}

func (o *Office) keysPage(r *http.Request, v *web.Visitor) (pages.Keys, error) {
	me, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return pages.Keys{}, err
	}
	live := len(me.Passkeys.Live())
	p := pages.Keys{
		System: systemKeyPrint(me), Software: me.KeyKind == agency.Software,
		Site: o.passkeys(), More: o.passkeys() && live > 0 && live < registry.MaxPasskeys, Label: labelField(),
	}
	for _, k := range me.Passkeys {
		p.Passkeys = append(p.Passkeys, pages.PasskeyRow{
			ID: k.Name(), Label: k.Label, Print: k.Fingerprint(), Added: k.Added, Used: k.Used, Revoked: k.Revoked,
		})
	}
	return p, nil
}

// newKey takes the credential that the browser has made to the page on which a
// key the officer already has vouches for it.
func (o *Office) newKey(r *http.Request, v *web.Visitor) (string, pages.Page, error) {
	nonce, ok := o.nonces.take(r.PostFormValue("nonce"), o.now())
	if !ok {
		return "", nil, grant.ErrExpired
	}
	label := r.PostFormValue("label")
	body, err := o.reg.PrepareKey(r.Context(), v.ID, nonce, []byte(r.PostFormValue("answer")), label, o.now())
	if err != nil && mendable(err) {
		p, perr := o.keysPage(r, v)
		p.Label.Value, p.Error = label, Explain(err)
		return "", p, perr
	}
	if err != nil {
		return "", nil, err
	}
	me, _, err := o.reg.Officer(r.Context(), v.ID)
	if err != nil {
		return "", nil, err
	}
	word, err := grant.ReadNewKey(body)
	if err != nil {
		return "", nil, err
	}
	page, err := o.signPage(me, body, o.keySigning(r, word).page)
	return "", page, err
}

func (o *Office) keySigning(r *http.Request, word *grant.NewKey) signing {
	return signing{
		of: word.Officer,
		page: pages.Sign{
			What: locale.T("sign.new-key"), Post: "/keys/sign", Back: "/keys", Section: "/keys",
			Items: []parts.Item{
				{Label: locale.T("keys.label"), Value: word.Label},
				{Label: locale.T("keys.print"), Value: (&agency.Passkey{Public: word.Public}).Fingerprint(), Code: true},
			},
		},
		hand: func(s grant.Signed) (string, error) { return "/keys", o.reg.AddPasskey(r.Context(), s, o.now()) },
	}
}

// systemKeyPrint is the fingerprint of the key of an officer's system, or "".
func systemKeyPrint(o *agency.Officer) string {
	key, err := suite.ParseVerifyKey(o.VerifyKey)
	if err != nil {
		return ""
	}
	return key.Fingerprint()
}

// keyPrint is the fingerprint of the key that an officer signs with here: the
// first passkey, or that of the officer's system.
func keyPrint(o *agency.Officer) string {
	for _, k := range o.Passkeys.Live() {
		return k.Fingerprint()
	}
	return systemKeyPrint(o)
}
