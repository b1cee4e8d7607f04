// Package web is the pages for people: the frame around every page, how a page
// is rendered, what the browser is told to forbid, and what is logged of a
// request. What a page shows comes from package pages; what happens when a
// form is sent, from the registry.
package web

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/fengcun/fengcun/internal/web/locale"
)

// Options are what a Site is made of.
type Options struct {
	// Assets is the bundled front end; nil takes what was built in.
	Assets fs.FS
	// Who finds the visitor that signed in under an id; false signs them out.
	Who func(ctx context.Context, id string) (Visitor, bool)
	// Status maps an error of the registry to an HTTP status. What is withheld
	// has to get the status of what does not exist. nil maps all to 500.
	Status func(error) int
	// Explain says in words why something was refused, on the problem page; zero
	// where the status says enough. nil explains nothing.
	Explain func(error) locale.Text
	// Now is the clock: when a session ends, how long a request took.
	Now func() time.Time
	// Random names requests in the log.
	Random io.Reader
	// Log takes one line a request, without personal data.
	Log     *slog.Logger
	Version string
	Demo    bool // says on every page that all data is fictitious
	Secure  bool // cookies over HTTPS only; the default of a server
}

// Site renders pages and guards the way to them.
type Site struct {
	opts      Options
	assets    *assets
	catalogue *locale.Catalogue
	templates map[locale.Lang]*templates
	sessions  *scs.SessionManager
}

// New reads the templates, the catalogue and the assets. It fails if the front
// end has not been bundled.
func New(opts Options) (*Site, error) {
	if opts.Who == nil || opts.Now == nil || opts.Random == nil {
		return nil, errors.New("web: Options.Who, Now and Random are needed")
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Status == nil {
		opts.Status = func(error) int { return http.StatusInternalServerError }
	}
	if opts.Explain == nil {
		opts.Explain = func(error) locale.Text { return locale.Text{} }
	}
	s := &Site{opts: opts, templates: make(map[locale.Lang]*templates)}
	var err error
	if s.assets, err = loadAssets(opts.Assets); err != nil {
		return nil, err
	}
	if s.catalogue, err = locale.Load(); err != nil {
		return nil, err
	}
	for _, l := range locale.Langs() {
		if s.templates[l], err = parseTemplates(l, s.catalogue, s.assets); err != nil {
			return nil, err
		}
	}
	s.sessions = newSessions(opts.Secure, opts.Now)
	return s, nil
}

// Handler puts the guards in front of the routes: every request passes all of
// them, the outermost first.
func (s *Site) Handler(routes *http.ServeMux) http.Handler {
	h := s.visiting(naming(routes))
	h = unattended(s.sessions.LoadAndSave(h))
	h = s.sameOrigin(h)
	h = s.recovering(h)
	h = headers(h)
	return s.logging(h)
}

// Routes registers what the frame itself answers: the assets, the language
// switch, and the problem page for every address nobody else took.
func (s *Site) Routes(mux *http.ServeMux) {
	mux.Handle("GET /static/", s.assets)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.assets.url("favicon.svg"), http.StatusFound)
	})
	mux.HandleFunc("GET /language", s.switchLanguage)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.Problem(w, r, http.StatusNotFound)
	})
}
