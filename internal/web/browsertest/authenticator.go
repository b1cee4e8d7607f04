package browsertest

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator is a security key in software that the browser takes for one
// that is plugged in: it keeps its keys, and its owner's PIN is always right
// until a test says otherwise.
type Authenticator struct {
	b  *Browser
	id webauthn.AuthenticatorID
}

// call runs one command of the browser's WebAuthn domain.
func call[P, R any](b *Browser, c cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	result, err := chromedp.Run(ctx, chromedp.Action[R](func(ctx context.Context, t *chromedp.Target) (R, error) {
		return cdp.Call(ctx, t, c, params)
	}))
	if err != nil {
		b.t.Fatalf("%s: %v", c.Method, err)
	}
	return result
}

// Authenticator plugs a new security key in.
func (b *Browser) Authenticator() *Authenticator {
	b.t.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	return b.plug()
}

func (b *Browser) plug() *Authenticator {
	b.t.Helper()
	added := call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		HasCmtgKey: true, // without it no key can be put in
	}})
	return &Authenticator{b, added.AuthenticatorID}
}

// Touched says whether its owner touches it when it blinks.
func (a *Authenticator) Touched(yes bool) {
	a.b.t.Helper()
	call(a.b, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: a.id, Enabled: yes})
}

// Lying makes its answers wrong: without the mark that it verified its owner,
// or with a signature of zeros.
func (a *Authenticator) Lying(unverified, unsigned bool) {
	a.b.t.Helper()
	call(a.b, webauthn.SetResponseOverrideBits, webauthn.SetResponseOverrideBitsParams{
		AuthenticatorID: a.id, IsBadUV: &unverified, IsBogusSignature: &unsigned,
	})
}

// Copy plugs in a second security key with the same private keys and counters,
// as a thief would make it.
func (a *Authenticator) Copy() *Authenticator {
	a.b.t.Helper()
	c := a.b.plug()
	for _, k := range call(a.b, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id}).Credentials {
		call(a.b, webauthn.AddCredential, webauthn.AddCredentialParams{AuthenticatorID: c.id, Credential: &webauthn.Credential{
			CredentialID: k.CredentialID, IsResidentCredential: true, RpID: k.RpID, PrivateKey: k.PrivateKey,
			UserHandle: k.UserHandle, UserName: k.UserName, UserDisplayName: k.UserDisplayName, SignCount: k.SignCount,
		}})
	}
	return c
}

// Unplug takes it away.
func (a *Authenticator) Unplug() {
	a.b.t.Helper()
	call(a.b, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: a.id})
}
