package pages

import (
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Desk is what an officer sees after signing in.
type Desk struct {
	Officer string
	Agency  string
	Duty    agency.Duty
	Today   civil.Date
	Stats   []parts.Stat
	Actions []parts.Link
	Work    []Work
	Entries []parts.Entry
	Chart   *parts.Chart
}

// Work is one thing that waits for the officer.
type Work struct {
	Code  parts.Code
	What  locale.Text
	Since time.Time
	Due   civil.Date
	Left  int // days until Due; negative when it has passed
	State parts.State
	Href  string
}

// Name of the template.
func (Desk) Name() string { return "desk" }

// Header of the page.
func (d Desk) Header() parts.Header {
	return parts.Header{
		Title: locale.T("desk.title"), Lead: locale.T("duty." + string(d.Duty) + "-lead"),
		Section: "/desk", Actions: d.Actions, Charts: d.Chart != nil,
	}
}

// Notices is the inbox of an agency that holds copies.
type Notices struct {
	Rows  []Notice
	Pager parts.Pager
}

// Notice is one sealing or unsealing notice with its clock.
type Notice struct {
	ID      string // 〔2026〕… as printed
	Kind    string // "seal" or "unseal"; the words are notice.KIND
	Records int64  // of a letter about many records; then Record and From are empty
	Record  parts.Code
	From    string
	Issued  civil.Date
	Due     civil.Date
	Left    int
	State   parts.State
	Ack     string // where to acknowledge, or "" if it is done
	AckBy   string
	Nos     []string // numbers under which the agency holds its copy, where they can be read here
	AckAt   time.Time
}

// Name of the template.
func (Notices) Name() string { return "notices" }

// Header of the page.
func (Notices) Header() parts.Header {
	return parts.Header{
		Title: locale.T("notices.title"), Lead: locale.T("notices.lead"), Section: "/notices",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk")},
	}
}
