package registry_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// The certificate of a sealed person is that of one who was never recorded, but
// for its number, the name and the document; so is what is kept of it.
func TestCertificatesDoNotTell(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		sealed, never := w.Adult(), w.Adult()
		w.Sealed(sealed)
		w.Now = w.Now.Add(-1) // no two moments alike in what follows
		a, b := w.Certify(sealed), w.Certify(never)
		plain := func(c *registry.Certified, p docket.Identity) string {
			text, _, _ := strings.Cut(string(c.Text), "— fengcun-certificate ")
			return strings.NewReplacer(c.ID, "ID", p.Name, "NAME", p.Number, "NUMBER").Replace(text)
		}
		if plain(a, sealed) != plain(b, never) || len(a.Text) != len(b.Text) && w.Ring.Suite().Name() == "intl" {
			w.Errorf("the texts differ:\n%s\n%s", a.Text, b.Text)
		}
		if a.Record != b.Record || len(a.ID) != len(b.ID) {
			w.Errorf("the answers differ: %+v, %+v", a, b)
		}
		if n := w.Count(`SELECT COUNT(DISTINCT LENGTH(person_key)) FROM certificate`); n != 1 {
			w.Error("the rows kept of them differ")
		}
		for _, c := range []*registry.Certified{a, b} {
			v, err := certificate.Verify(c.Text, w.Reg.CertificateKey())
			if err != nil || v.ID != c.ID || v.Issued != w.Today() || v.Expires != w.Today().AddMonths(certificate.ValidMonths) {
				w.Errorf("%+v, %v", v, err)
			}
			wantStanding(w, c.ID, "valid")
		}
		w.On("2026-06-03")
		wantStanding(w, a.ID, "expired")
		if _, err := w.Reg.CertificateStanding(context.Background(), "not a number"); !errors.Is(err, registry.ErrInput) {
			w.Errorf("%v", err)
		}
		code, err := docket.NewCode(strings.NewReader(strings.Repeat("never!", 12)))
		if err != nil {
			w.Fatal(err)
		}
		if _, err := w.Reg.CertificateStanding(context.Background(), string(code)); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("a number that was never given out: %v", err)
		}
	})
}

// An open conviction leaves the certificate to a human. An acquittal, a case
// under way, a conviction that is not in effect do not stand in its way.
func TestWhatStandsOnACertificate(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		long := registrytest.Months(docket.FixedTerm, 60)
		convicted, appealed, suspected := w.Adult(), w.Adult(), w.Adult()
		_, id := w.Convicted(convicted, registrytest.Injury, "2025-01-01", long, "2025-06-20")
		if c := w.Certify(convicted); c.Text != nil || c.Record != id {
			w.Errorf("in spite of a conviction: %+v", c)
		}
		c := w.Case()
		w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2026-02-20", registrytest.Convict(appealed, registrytest.Injury, "2025-01-01", long, "")))
		if w.Certify(appealed).Text == nil {
			w.Error("a judgment that is not in effect was held against somebody")
		}
		c = w.Case()
		w.Push(c.Event(registrytest.Police, docket.CaseFiled, "2026-02-20", registrytest.Suspect(suspected, registrytest.Injury, "2026-02-19")))
		if w.Certify(suspected).Text == nil {
			w.Error("a suspicion was held against somebody")
		}
		if n := w.Count(`SELECT COUNT(*) FROM certificate`); n != 2 {
			w.Errorf("%d certificates", n)
		}
	})
}

func TestApplicationsThatAreRefused(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		window := registrytest.OfficerID(registrytest.Police, agency.CertWindow)
		certify := func(a registry.Application) (*registry.Certified, error) {
			w.Helper()
			c, err := w.Reg.Certify(context.Background(), &a, w.Now)
			w.Check()
			return c, err
		}
		nameless, numberless, mistyped := p, p, p
		nameless.Name, numberless.Number, mistyped.Number = "", "", p.Number[:17]+"?"
		for name, c := range map[string]struct {
			a    registry.Application
			want error
		}{
			"without the duty": {registry.Application{By: registrytest.OfficerID(registrytest.Police, agency.QueryOfficer), Subject: p, Purpose: "就业"}, registry.ErrForbidden},
			"by nobody":        {registry.Application{By: "nobody", Subject: p, Purpose: "就业"}, registry.ErrForbidden},
			"for nobody":       {registry.Application{By: window, Subject: nameless, Purpose: "就业"}, registry.ErrInput},
			"without a number": {registry.Application{By: window, Subject: numberless, Purpose: "就业"}, registry.ErrInput},
			"a wrong number":   {registry.Application{By: window, Subject: mistyped, Purpose: "就业"}, registry.ErrInput},
			"for nothing":      {registry.Application{By: window, Subject: p, Purpose: " "}, registry.ErrInput},
			"two lines":        {registry.Application{By: window, Subject: p, Purpose: "就业\n经查，有犯罪记录"}, registry.ErrInput},
			"too long an id":   {registry.Application{ID: strings.Repeat("x", 129), By: window, Subject: p, Purpose: "就业"}, registry.ErrInput},
		} {
			if got, err := certify(c.a); !errors.Is(err, c.want) || got != nil {
				w.Errorf("%s: %v, %v", name, got, err)
			}
		}
		if n := w.Count(`SELECT COUNT(*) FROM certificate`); n != 0 {
			w.Errorf("%d certificates", n)
		}
		a := registry.Application{ID: "window-7", By: window, Subject: p, Purpose: "就业"}
		first, err1 := certify(a)
		second, err2 := certify(a)
		if err := errors.Join(err1, err2); err != nil || string(first.Text) != string(second.Text) {
			w.Errorf("asked twice with one id: %v", err)
		}
		a.Subject = w.Adult()
		if _, err := certify(a); !errors.Is(err, registry.ErrInput) {
			w.Errorf("another's application with that id: %v", err)
		}
	})
}
