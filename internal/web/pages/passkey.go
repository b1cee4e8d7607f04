package pages

import (
	"time"

	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Sign is the last look at a document before its officer's passkey signs it.
type Sign struct {
	What    locale.Text // what is about to be said
	Items   []parts.Item
	Scope   []locale.Text
	Words   string // the officer's own
	Digest  string // of the exact bytes, hex: what the authenticator signs
	Body    string // those bytes, base64
	Options string // PublicKeyCredentialRequestOptionsJSON
	Post    string // where bytes and signature go
	Back    string // where the officer goes who thinks better of it, or ""
	Section string // of the menu
	Error   locale.Text
}

// Name of the template.
func (Sign) Name() string { return "sign" }

// Header of the page.
func (s Sign) Header() parts.Header {
	return parts.Header{Title: locale.T("sign.title"), Lead: locale.T("sign.lead"), Section: s.Section, Crumbs: []parts.Link{crumb("nav.desk", "/desk")}}
}

// Continues says that this page is the next step of a form, unless it is its
// refusal.
func (s Sign) Continues() bool { return s.Error.IsZero() }

// Enrol is where an officer makes their first passkey, with a code.
type Enrol struct {
	Code  parts.Field
	Label parts.Field
	Error locale.Text
}

// Name of the template.
func (Enrol) Name() string { return "enrol" }

// Header of the page.
func (Enrol) Header() parts.Header { return parts.Header{Title: locale.T("enrol.title"), Bare: true} }

// Keys is an officer's own keys.
type Keys struct {
	Passkeys []PasskeyRow
	System   string // fingerprint of the key of the officer's system, or ""
	Software bool   // it is the demonstration's
	Site     bool   // there are passkeys here
	More     bool   // another can be added
	Label    parts.Field
	Error    locale.Text
}

// PasskeyRow is one passkey.
type PasskeyRow struct {
	ID      string
	Label   string
	Print   string // fingerprint
	Added   time.Time
	Used    time.Time // zero: never
	Revoked time.Time // zero: good
}

// Name of the template.
func (Keys) Name() string { return "keys" }

// Header of the page.
func (Keys) Header() parts.Header {
	return parts.Header{Title: locale.T("keys.title"), Lead: locale.T("keys.lead"), Section: "/keys", Crumbs: []parts.Link{crumb("nav.desk", "/desk")}}
}
