package pages

import (
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Cases is the list of cases.
type Cases struct {
	Search     parts.Field
	Status     parts.Field
	SearchOnly bool // the reader finds cases by number and has no list
	Asked      bool // a number was looked for
	Rows       []CaseRow
	Pager      parts.Pager
}

// CaseRow is one case of the list.
type CaseRow struct {
	Code    parts.Code
	Alias   string     // the agency number the reader knows it by
	Since   civil.Date // of the latest change of status
	Agency  string
	Stage   locale.Both
	Records []parts.Status
	Href    string
}

// Name of the template.
func (Cases) Name() string { return "cases" }

// Header of the page.
func (Cases) Header() parts.Header {
	return parts.Header{
		Title: locale.T("cases.title"), Lead: locale.T("cases.lead"), Section: "/cases",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk")},
	}
}

// Case is one case: its records, and the events from filing to completion.
type Case struct {
	Code     parts.Code
	Former   []parts.Code // codes of cases that became one with this
	Aliases  []Alias
	Links    []Link
	Records  []Record
	Timeline []parts.Moment
	Steps    []parts.Step
}

// Alias is a number an agency gave the case.
type Alias struct{ Kind, Number, Agency string }

// Link is why the case and another are one.
type Link struct {
	On     civil.Date
	Kind   locale.Both
	Number string // of the other case
	By     string
}

// Record is one person in the case. Of a sealed record only its number, its
// status and its life are here; Person and the rest are empty.
type Record struct {
	Code      parts.Code
	Status    parts.Status
	Person    *Person
	Crimes    string
	Sentence  locale.Both
	Effective civil.Date
	Completed civil.Date
	Decision  *Decision
	Life      []Change
	Notices   []Sent
	Href      string // to the review, where the reader may
}

// Person is who the record is about, as far as the reader may see.
type Person struct {
	Name   string
	Sex    locale.Both
	Birth  civil.Date
	Number string // masked
}

// Decision is what the policy in force says, in one line.
type Decision struct {
	Outcome string // seal, observe, keep, review, unseal; the words are decision.OUTCOME
	Pack    string
	From    civil.Date
	On      civil.Date
}

// Change is one step of a record's life.
type Change struct {
	To       parts.Status
	At       time.Time
	Operator locale.Both
	Basis    locale.Both
	Reason   locale.Both
}

// Sent is a notice of a record that went to an agency.
type Sent struct {
	Kind   string // "seal" or "unseal"; the words are notice.KIND
	To     string
	Issued civil.Date
	Due    civil.Date
	State  parts.State
}

// Name of the template.
func (Case) Name() string { return "case" }

// Header of the page.
func (c Case) Header() parts.Header {
	return parts.Header{
		Title: locale.T("case.title"), Section: "/cases",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.cases", "/cases")},
	}
}

// Sealed says that the reader sees the record's life and nothing else of it.
func (r Record) Sealed() bool { return docket.Status(r.Status) == docket.Sealed }
