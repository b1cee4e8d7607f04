// Package pages is every page of the platform: one struct and one template
// each. A struct holds what its page shows and nothing else; whoever fills it
// has already decided what the reader may see.
package pages

import (
	"embed"

	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Files are the templates of the pages.
//
//go:embed *.html
var Files embed.FS

// Page is what a template is executed on.
type Page interface {
	// Name is the template's file without ".html".
	Name() string
	// Header is the head of the page.
	Header() parts.Header
}

// All is an empty one of each page.
func All() []Page {
	return []Page{
		Home{},
		SignIn{},
		Enrol{},
		Keys{},
		Sign{},
		Desk{},
		Cases{},
		Case{},
		Reviews{},
		Review{},
		Identities{},
		Identity{},
		Quality{},
		QualityItems{},
		QualityItem{},
		Queries{},
		QueryForm{},
		Approval{},
		Opening{},
		CertificateForm{},
		Certificate{},
		CertificateCheck{},
		Deferred{},
		Notices{},
		Trail{},
		TrailEntry{},
		Flow{},
		Simulation{},
		Problem{},
	}
}

func crumb(key, href string) parts.Link { return parts.Link{Text: locale.T(key), Href: href} }
