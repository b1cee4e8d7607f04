package pages

import (
	"time"
	"unicode/utf8"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// CertificateForm is the application for a 无犯罪记录证明 at the window.
type CertificateForm struct {
	Person  []parts.Field
	Purpose []parts.Field
	Error   locale.Text
	Issued  []IssuedRow // by this officer, the latest first
}

// IssuedRow is a certificate that was issued before.
type IssuedRow struct {
	Number parts.Code
	At     time.Time
	State  parts.State
	Href   string
}

// Name of the template.
func (CertificateForm) Name() string { return "certificate-form" }

// Header of the page.
func (CertificateForm) Header() parts.Header {
	return parts.Header{
		Title: locale.T("certificate.form-title"), Lead: locale.T("certificate.form-lead"), Section: "/certificates/new",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk")},
	}
}

// Certificate is the answer to an application, as it is printed.
type Certificate struct {
	Number   parts.Code
	Clear    bool // no record was found; otherwise the notice that none is issued
	Holder   string
	Sex      string
	Birth    civil.Date
	Document string // kind of document
	DocNo    string
	Purpose  string
	Until    civil.Date // searched until this day
	Issued   civil.Date
	Expires  civil.Date
	Issuer   string
	Check    string // address at which the public checks it
	Digest   string
	File     string // address of the signed document, or ""
}

// Name of the template.
func (Certificate) Name() string { return "certificate" }

// Header of the page.
func (c Certificate) Header() parts.Header {
	return parts.Header{
		Title: locale.T("certificate.title"), Section: "/certificates/new",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.certificates", "/certificates/new")},
	}
}

// SealSize is the height of the letters around the picture of the seal: the
// arc is 270 long and has to take the whole name.
func (c Certificate) SealSize() int {
	return min(20, max(9, 270/max(1, utf8.RuneCountInString(c.Issuer))))
}

// Deferred says that no machine answers an application: a human looks.
type Deferred struct {
	Record     parts.Code // that stands in the way
	RecordHref string
}

// Name of the template.
func (Deferred) Name() string { return "deferred" }

// Header of the page.
func (Deferred) Header() parts.Header {
	return parts.Header{
		Title: locale.T("deferred.title"), Lead: locale.T("deferred.lead"), Section: "/certificates/new",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.certificates", "/certificates/new")},
	}
}

// CertificateCheck is the public page that verifies a certificate. It gives
// three answers that do not hang on one another.
type CertificateCheck struct {
	Code   parts.Field
	Text   parts.Field // the signed text, pasted
	Asked  bool
	Answer *CertificateAnswer // nil when nothing was asked, or no such certificate is known
}

// CertificateAnswer are the three answers.
type CertificateAnswer struct {
	Number    parts.Code
	Integrity parts.Verdict
	Status    parts.Verdict
	Issuer    parts.Verdict
	State     parts.State
	Issued    civil.Date
	Expires   civil.Date
	By        string
}

// Name of the template.
func (CertificateCheck) Name() string { return "certificate-check" }

// Header of the page.
func (CertificateCheck) Header() parts.Header {
	return parts.Header{
		Title: locale.T("certificate.check-title"), Lead: locale.T("certificate.check-lead"), Section: "/certificates/check",
	}
}
