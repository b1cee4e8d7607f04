package pages

import (
	"time"

	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Queries is the list of query requests: the officer's own, or those that
// wait for the approver.
type Queries struct {
	Approver bool
	Rows     []QueryRow
	Pager    parts.Pager
	New      bool // the reader may file one
}

// QueryRow is one request.
type QueryRow struct {
	ID     string
	Ground locale.Both
	Unseal bool   // asks for an unsealing, not for a reading
	CaseNo string // the asking agency's own
	Agency string
	Filed  time.Time
	State  parts.State
	Href   string
}

// Name of the template.
func (Queries) Name() string { return "queries" }

// Header of the page.
func (q Queries) Header() parts.Header {
	h := parts.Header{
		Title: locale.T("queries.title"), Lead: locale.T("queries.lead"), Section: "/queries",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk")},
	}
	if q.Approver {
		h.Title, h.Lead = locale.T("queries.approve-title"), locale.T("queries.approve-lead")
	}
	if q.New {
		h.Actions = []parts.Link{{Text: locale.T("queries.new"), Href: "/queries/new", Icon: "file-search"}}
	}
	return h
}

// QueryForm is the request for a sealed record. Fields are in the order of
// the form: why, then whom, then how much.
type QueryForm struct {
	Why   []parts.Field // ground, basis, own case number
	Whom  []parts.Field // name, kind of document, number
	Scope []parts.Field // scope, purpose, whom to ask
	Error locale.Text
	NoKey bool // no key of the reader's is at hand to sign the request with
}

// Name of the template.
func (QueryForm) Name() string { return "query-form" }

// Header of the page.
func (QueryForm) Header() parts.Header {
	return parts.Header{
		Title: locale.T("query.title"), Lead: locale.T("query.lead"), Section: "/queries",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.queries", "/queries")},
	}
}

// Approval is one request as its approver, its requester or a supervisor sees
// it.
type Approval struct {
	ID        string
	State     parts.State
	Items     []parts.Item
	Scope     []locale.Text
	Purpose   string
	Checks    []Check
	Digest    string // of the exact request; what the approver's key signs
	Key       string // fingerprint of that key
	Note      parts.Field
	Post      string // where the decision goes, or "" if the reader only looks
	OpenPost  string // where the approved request is redeemed, or ""
	Unseal    bool   // redeeming it unseals the record instead of showing it
	Shown     string // where the opened answer can still be read, or ""
	NoKey     bool   // the reader could sign, but no key of theirs is at hand
	Decisions []Signature
	Steps     []parts.Step
}

// Check is one thing the platform has verified about a request.
type Check struct {
	Verdict parts.Verdict
	Text    locale.Text
	Basis   string
}

// Signature is an approval or a refusal that has been given.
type Signature struct {
	Officer string
	Agency  string
	At      time.Time
	Granted bool
	Note    string
	Key     string
}

// Name of the template.
func (Approval) Name() string { return "approval" }

// Header of the page.
func (a Approval) Header() parts.Header {
	return parts.Header{
		Title: locale.T("approval.title"), Section: "/queries",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.queries", "/queries")},
	}
}

// Opening is the answer to an approved query, watermarked with its reader.
type Opening struct {
	ID        string
	Watermark string // officer, agency, time, trail entry
	Until     time.Time
	Ground    locale.Both
	Purpose   string
	Records   []Opened
	Trail     Receipt
}

// Opened is one sealed record as far as the grant's scope reaches. Items and
// Moments beyond the scope are absent.
type Opened struct {
	Code    parts.Code
	Person  Person
	Items   []parts.Item
	Moments []parts.Moment
}

// Receipt is the proof that the opening stands in the trail.
type Receipt struct {
	Index int64
	Size  int64
	Leaf  string
	Root  string
	Href  string
}

// Name of the template.
func (Opening) Name() string { return "opening" }

// Header of the page.
func (Opening) Header() parts.Header {
	return parts.Header{
		Title: locale.T("opening.title"), Lead: locale.T("opening.lead"), Section: "/queries",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.queries", "/queries")},
	}
}
