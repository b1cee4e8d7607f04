package pages

import (
	"strconv"
	"time"

	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Identities is the list of pairs of persons who may be one, or of whom
// somebody has said that they are or are not.
type Identities struct {
	Verdict parts.Field // which: waiting, the same, different
	Rows    []IdentityRow
	Pager   parts.Pager
}

// IdentityRow is one pair of the list.
type IdentityRow struct {
	First, Second IdentityName
	Points        int
	Likely        bool
	Since         time.Time // of the pair, or of the verdict
	Href          string
}

// IdentityName is a person in a list: the name, and the record that states it.
type IdentityName struct {
	Name   string
	Record parts.Code
}

// Name of the template.
func (Identities) Name() string { return "identities" }

// Header of the page.
func (Identities) Header() parts.Header {
	return parts.Header{
		Title: locale.T("identities.title"), Lead: locale.T("identities.lead"), Section: "/identity",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk")},
	}
}

// Identity is one pair with the evidence side by side, and the form with which
// an officer says what they are.
type Identity struct {
	Points   int
	Likely   bool
	Verdict  string // "", same or different: the words are identity.VERDICT
	By       string // officer whose verdict it is
	At       time.Time
	Why      locale.Text // what the verdict rests on
	First    IdentitySide
	Second   IdentitySide
	Evidence []IdentityEvidence
	Basis    parts.Field
	Note     parts.Field
	Was      string
	Post     string
	Acts     []string // same, part, different; the words are identity.act-ACT
}

// IdentitySide is one of two persons.
type IdentitySide struct {
	Custodian string
	Records   []IdentityRecord
}

// IdentityRecord is a record of a person; Href is "" where another court keeps
// it.
type IdentityRecord struct {
	Code parts.Code
	Href string
}

// IdentityEvidence is what one field says: the values of both sides, and what
// that is worth.
type IdentityEvidence struct {
	Field         string // identity.field-FIELD
	First, Second []string
	Level         string // identity.level-LEVEL
	Points        int
}

// Tone is the colour in which evidence is shown.
func (e IdentityEvidence) Tone() parts.Tone {
	switch {
	case e.Points >= 6:
		return parts.Good
	case e.Points < 0:
		return parts.Bad
	case e.Points > 0:
		return parts.Warn
	}
	return parts.Calm
}

// Signed is the points with their sign.
func (e IdentityEvidence) Signed() string {
	if e.Points > 0 {
		return "+" + strconv.Itoa(e.Points)
	}
	return strconv.Itoa(e.Points)
}

// Name of the template.
func (Identity) Name() string { return "identity" }

// Header of the page.
func (Identity) Header() parts.Header {
	return parts.Header{
		Title: locale.T("identity.title"), Lead: locale.T("identity.lead"), Section: "/identity",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.identity", "/identity")},
	}
}
