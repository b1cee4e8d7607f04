package pages

import (
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Quality is the figures of what an agency reports, or of all for a supervisor:
// what is missing, what cannot be, and how long reports take.
type Quality struct {
	Everybody bool // of all agencies
	Stats     []parts.Stat
	Filters   []parts.Field
	Groups    []QualityGroup
	Agencies  []QualityAgency // with open items, the most first; for a supervisor
	Bases     []string        // act, recorded: the words are quality.from-BASIS
	Sources   []QualitySource // the least fresh first
	Rest      []QualitySource // those after them
	Days      int             // over which freshness is measured
}

// QualityGroup is the rules of one kind.
type QualityGroup struct {
	Kind  string // completeness or accuracy: the words are quality.KIND
	Open  int
	Rules []QualityRule // that have found something
	Quiet []QualityRule // that have not
}

// QualityRule is one rule and how many items it has.
type QualityRule struct {
	Title  locale.Both
	Law    string
	Open   int
	Done   int     // mended or answered
	Bar    float64 // of the open ones, 0 to 100 of the most
	Oldest int     // days
	Href   string
}

// QualityAgency is how many open items one agency has.
type QualityAgency struct {
	Name string
	Open int
	Bar  float64
	Href string
}

// QualitySource is how fresh the reports of one agency are, from each basis.
type QualitySource struct {
	Name    string // "" on an agency's own page
	Reports int
	Lags    []QualityLag
}

// QualityLag is how long reports took from one basis to the receipt.
type QualityLag struct {
	Median  locale.Text
	Most    locale.Text // of 95 of a hundred
	Promise locale.Text
	InTime  string  // "97%"
	Bar     float64 // the same, 0 to 100
	Tone    parts.Tone
}

// Name of the template.
func (Quality) Name() string { return "quality" }

// Header of the page.
func (q Quality) Header() parts.Header {
	lead := locale.T("quality.lead")
	if q.Everybody {
		lead = locale.T("quality.lead-all")
	}
	return parts.Header{
		Title: locale.T("quality.title"), Lead: lead, Section: "/quality",
		Crumbs:  []parts.Link{crumb("nav.desk", "/desk")},
		Actions: []parts.Link{{Text: locale.T("quality.items"), Href: "/quality/items", Icon: "list-details"}},
	}
}

// QualityItems is the list of items.
type QualityItems struct {
	Everybody bool
	Filters   []parts.Field
	Rows      []QualityRow
	Pager     parts.Pager
}

// QualityRow is one item of the list.
type QualityRow struct {
	Title  locale.Both
	Kind   string
	Record parts.Code
	Name   string // of the person, where the reader may know it
	Agency string
	Since  civil.Date
	Days   int // since then
	State  parts.State
	Href   string
}

// Name of the template.
func (QualityItems) Name() string { return "quality-items" }

// Header of the page.
func (QualityItems) Header() parts.Header {
	return parts.Header{
		Title: locale.T("quality.items"), Lead: locale.T("quality.items-lead"), Section: "/quality",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.quality", "/quality")},
	}
}

// QualityItem is one item with its evidence, how it can be mended, and the
// form with which an officer of the agency answers.
type QualityItem struct {
	Title      locale.Both
	Kind       string
	State      parts.State
	Law        string
	Text       string
	Parameter  locale.Both // why a figure is the platform's choice
	Mend       locale.Both
	Agency     string
	Record     parts.Code
	Case       string // address, "" where the reader may not open it
	Person     string
	Numbers    []string
	Since      civil.Date
	Opened     time.Time
	Evidence   bool // the reader may see what follows
	Missing    []locale.Both
	Field      string
	Due        string // when the time ran out within which it had to come
	Expected   string
	Stated     string
	Statements []QualityStatement
	Post       string // where to answer; "" where it cannot be answered here
	Facts      string
	Note       parts.Field
	By         string // who answered
	Settled    time.Time
	Words      string
}

// QualityStatement is an event that an item rests on.
type QualityStatement struct {
	Agency string
	Act    locale.Both
	Date   civil.Date
	Event  string // id
	Says   string
	Own    bool // of the agency at fault
}

// Name of the template.
func (QualityItem) Name() string { return "quality-item" }

// Header of the page.
func (q QualityItem) Header() parts.Header {
	return parts.Header{
		Title: locale.T("quality.item"), Lead: locale.T("quality.item-lead"), Section: "/quality",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.quality", "/quality"), crumb("quality.items", "/quality/items")},
	}
}
