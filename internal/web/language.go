package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/fengcun/fengcun/internal/web/locale"
)

const languageCookie = "lang"

// lang is the language a reader chose; Chinese unless they did.
func lang(r *http.Request) locale.Lang {
	c, err := r.Cookie(languageCookie)
	if err != nil {
		return locale.Zh
	}
	return locale.Parse(c.Value)
}

// switchLanguage answers GET /language?to=en&back=/cases.
func (s *Site) switchLanguage(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is an option: the demo has no TLS
		Name: languageCookie, Value: string(locale.Parse(r.FormValue("to"))), Path: "/",
		MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.opts.Secure,
	})
	http.Redirect(w, r, local(r.FormValue("back")), http.StatusSeeOther) //nolint:gosec // local lets no foreign address through
}

// here is the address of a page, for coming back to it. A form's own address
// is no place to come back to.
func here(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/"
	}
	return r.URL.RequestURI()
}

// local is an address of this site, or "/" for anything that could lead off it.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}
