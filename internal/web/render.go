package web

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"

	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// frame is what the layout is executed on.
type frame struct {
	Lang    locale.Lang
	Other   locale.Lang
	Header  parts.Header
	Visitor *Visitor // nil for the public
	Menu    []menuGroup
	Body    template.HTML
	Demo    bool
	Here    string // local address of this page
	Version string
}

// Show gives a handler that answers with the page that f makes.
func (s *Site) Show(f func(*http.Request) (pages.Page, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, err := f(r)
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		s.Render(w, r, http.StatusOK, page)
	})
}

// statusOf is 422 for a form that is shown again, and 200 for a page that is
// the form's next step.
func statusOf(p pages.Page) int {
	if next, ok := p.(interface{ Continues() bool }); ok && next.Continues() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// Take gives a handler for a form: f does what was asked and names the local
// address to go on to, or gives the page with what is wrong in the form.
func (s *Site) Take(f func(*http.Request) (next string, again pages.Page, err error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			s.Problem(w, r, http.StatusBadRequest)
			return
		}
		next, again, err := f(r)
		switch {
		case err != nil:
			s.Fail(w, r, err)
		case again != nil:
			s.Render(w, r, statusOf(again), again)
		default:
			http.Redirect(w, r, local(next), http.StatusSeeOther)
		}
	})
}

// Look gives a handler for a form that asks and changes nothing, sent by POST
// because what it asks must stand in no address. It answers with a page.
func (s *Site) Look(f func(*http.Request) (pages.Page, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseMultipartForm(maxForm); err != nil && !errors.Is(err, http.ErrNotMultipart) { //nolint:gosec // the body is bounded a line above
			s.Problem(w, r, http.StatusBadRequest)
			return
		}
		page, err := f(r)
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		s.Render(w, r, http.StatusOK, page)
	})
}

// Part gives a handler that answers with one part of a page, for a page that
// refreshes it; f names the template and gives what it is executed on.
func (s *Site) Part(f func(*http.Request) (name string, data any, err error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, data, err := f(r)
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		var buf bytes.Buffer
		if err := s.templates[lang(r)].set.ExecuteTemplate(&buf, name, data); err != nil {
			s.broken(w, r, fmt.Errorf("render the part %s: %w", name, err))
			return
		}
		send(w, http.StatusOK, buf.Bytes())
	})
}

const maxForm = 1 << 20

// Render answers with a page in the frame. Nothing is sent before the whole
// page has been made, so that an error cannot leave half of one.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, page pages.Page) {
	b, err := s.page(r, page)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	send(w, status, b)
}

func (s *Site) page(r *http.Request, page pages.Page) ([]byte, error) {
	l := lang(r)
	set := s.templates[l].set
	var body, whole bytes.Buffer
	if err := set.ExecuteTemplate(&body, page.Name(), page); err != nil {
		return nil, fmt.Errorf("render the page %s: %w", page.Name(), err)
	}
	f := frame{
		Lang: l, Other: l.Other(), Header: page.Header(), Visitor: VisitorOf(r),
		Body: template.HTML(body.String()), //nolint:gosec // html/template made it
		Demo: s.opts.Demo, Here: here(r), Version: s.opts.Version,
	}
	if f.Visitor != nil {
		f.Menu = menuOf(f.Visitor.Duty)
	}
	if err := set.ExecuteTemplate(&whole, "layout", f); err != nil {
		return nil, fmt.Errorf("render the frame: %w", err)
	}
	return whole.Bytes(), nil
}

// Fail answers with the problem page that fits an error. The error itself goes
// to the log if the fault is ours, and never to the reader.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	status := s.opts.Status(err)
	if status >= http.StatusInternalServerError {
		s.opts.Log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "request", requestID(r), "error", err.Error())
	}
	if status == http.StatusUnauthorized && r.Method == http.MethodGet {
		http.Redirect(w, r, "/signin?next="+template.URLQueryEscaper(here(r)), http.StatusSeeOther) //nolint:gosec // a fixed page of ours
		return
	}
	s.problem(w, r, pages.Problem{Status: status, Why: s.opts.Explain(err)})
}

// Problem answers with the problem page of a status. Only a fault of ours
// carries a reference: the others are the same for everybody.
func (s *Site) Problem(w http.ResponseWriter, r *http.Request, status int) {
	s.problem(w, r, pages.Problem{Status: status})
}

func (s *Site) problem(w http.ResponseWriter, r *http.Request, p pages.Problem) {
	if p.Status >= http.StatusInternalServerError {
		p.Ref = requestID(r)
	}
	s.Render(w, r, p.Status, p)
}

// sorry is all that is said when not even the problem page can be made.
const sorry = "暂时无法处理 / This could not be done"

// broken answers when not even a page can be made.
func (s *Site) broken(w http.ResponseWriter, r *http.Request, err error) {
	s.opts.Log.ErrorContext(r.Context(), "page broken", "route", r.Pattern, "request", requestID(r), "error", err.Error())
	http.Error(w, sorry, http.StatusInternalServerError)
}

// send writes a page. Pages are kept by no cache, and they are not compressed:
// the length of compressed text tells of its content.
func send(w http.ResponseWriter, status int, b []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
