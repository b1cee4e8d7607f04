package main

import (
	"crypto/rand"
	"net/http"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/web"
	webdesk "github.com/fengcun/fengcun/internal/web/desk"
)

// pageOptions say how the pages are served.
type pageOptions struct {
	demo   *demo.Demo // nil outside the demonstration
	secure bool       // reached by HTTPS only
}

// pages adds the pages for people to mux and puts their guards around all of
// it.
func (p *platform) pages(mux *http.ServeMux, o pageOptions) (http.Handler, error) {
	openEpoch := p.openEpoch
	if p.ring.Trail().Audit().IsZero() { // it lies with the vault: the pages show the public side alone
		openEpoch = nil
	}
	office := webdesk.New(webdesk.Options{
		Registry: p.reg, Now: p.steady, Random: rand.Reader, OpenEpoch: openEpoch, Demo: demoDesk(o.demo), Secure: o.secure,
	})
	site, err := web.New(web.Options{
		Who: office.Who, Status: webdesk.Status, Explain: webdesk.Explain, Now: p.steady, Random: rand.Reader, Log: p.log,
		Version: version, Demo: o.demo != nil, Secure: o.secure,
	})
	if err != nil {
		return nil, err
	}
	site.Routes(mux)
	office.Routes(mux, site)
	return site.Handler(mux), nil
}

// openEpoch opens the private side of the trail with the audit key. The pages
// of the auditor are the only ones that get it.
func (p *platform) openEpoch(id string, wrapped []byte) (*trail.Epoch, error) {
	return trail.OpenEpoch(p.ring.Trail().Audit(), id, wrapped)
}

// demoDesk is what the demonstration hands to its pages: software keys,
// one-click accounts (the first of each duty), the people of the tour.
func demoDesk(d *demo.Demo) *webdesk.Demo {
	if d == nil {
		return nil
	}
	out := &webdesk.Demo{SignKey: d.OfficerKey, LetterKey: d.LetterKey, Cast: d.Cast()}
	seen := make(map[agency.Duty]bool)
	for _, o := range d.Officers() {
		if !seen[o.Duty] {
			seen[o.Duty] = true
			out.Accounts = append(out.Accounts, o)
		}
	}
	return out
}
