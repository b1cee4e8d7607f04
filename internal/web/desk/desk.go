// Package desk stands behind the pages: it fills their structs from the
// registry and turns the forms that people send into the registry's verbs. It
// decides no rights: who may see or do what is the registry's to say, and a
// menu that leaves something out is a convenience. What an officer signs,
// the officer's authenticator signs in the browser, or in the demonstration alone
// a software key that is handed in.
package desk

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/province"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/pages"
)

// Options are what an Office works with.
type Options struct {
	Registry *registry.Registry
	Now      func() time.Time
	Random   io.Reader
	// OpenEpoch opens an epoch of the trail with the audit key. Only the pages
	// of the auditor get it; nil where this process holds no audit key.
	OpenEpoch func(id string, wrapped []byte) (*trail.Epoch, error)
	// Secure says that the site is reached by HTTPS, as web.Options has it.
	Secure bool
	// Demo is what only the demonstration has; nil everywhere else.
	Demo *Demo
}

// Demo is the keys and people of the demonstration.
type Demo struct {
	// SignKey is an officer's software key.
	SignKey func(officer string) (suite.SignKey, bool)
	// LetterKey opens the letters to an agency.
	LetterKey func(agency string) (suite.DecryptKey, bool)
	// Accounts can be signed in with one click, the first of each duty.
	Accounts []agency.Officer
	// Cast is the people of the guided tour.
	Cast province.Cast
}

// Office answers the pages' requests.
type Office struct {
	reg     *registry.Registry
	site    *web.Site
	now     func() time.Time
	rand    io.Reader
	audit   func(id string, wrapped []byte) (*trail.Epoch, error)
	demo    *Demo
	secure  bool
	gate    *gate
	nonces  *nonces
	shown   *shown
	figures figures
	wide    wide
}

// New makes an office. Register it with Routes.
func New(o Options) *Office {
	return &Office{
		reg: o.Registry, now: o.Now, rand: o.Random, audit: o.OpenEpoch, demo: o.Demo, secure: o.Secure,
		gate: newGate(), nonces: newNonces(o.Registry.Suite(), o.Random), shown: newShown(o.Registry.Suite()),
	}
}

// errSignIn sends an unknown visitor to the sign-in page.
var errSignIn = errors.New("sign in first")

// Routes registers every page of the platform on mux.
func (o *Office) Routes(mux *http.ServeMux, site *web.Site) {
	o.site = site
	o.publicRoutes(mux)
	o.deskRoutes(mux)
	o.caseRoutes(mux)
	o.reviewRoutes(mux)
	o.identityRoutes(mux)
	o.qualityRoutes(mux)
	o.queryRoutes(mux)
	o.certificateRoutes(mux)
	o.noticeRoutes(mux)
	o.trailRoutes(mux)
	o.simulateRoutes(mux)
	o.passkeyRoutes(mux)
}

// show answers with a page that everybody may ask for.
func (o *Office) show(mux *http.ServeMux, path string, f func(*http.Request) (pages.Page, error)) {
	mux.Handle("GET "+path, o.site.Show(f))
}

// showTo answers an officer with a page.
func (o *Office) showTo(mux *http.ServeMux, path string, f func(*http.Request, *web.Visitor) (pages.Page, error)) {
	o.show(mux, path, func(r *http.Request) (pages.Page, error) {
		v := web.VisitorOf(r)
		if v == nil {
			return nil, errSignIn
		}
		return f(r, v)
	})
}

// taking is what a form leads to: the next address, or the page again with
// what is wrong.
type taking func(*http.Request, *web.Visitor) (next string, again pages.Page, err error)

// takeFrom does what an officer's form asks for.
func (o *Office) takeFrom(mux *http.ServeMux, path string, f taking) {
	mux.Handle("POST "+path, o.site.Take(func(r *http.Request) (string, pages.Page, error) {
		v := web.VisitorOf(r)
		if v == nil {
			return "", nil, errSignIn
		}
		return f(r, v)
	}))
}
