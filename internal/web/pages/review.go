package pages

import (
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Reviews is the queue of records that wait for a human.
type Reviews struct {
	Kind  parts.Field // which proposals: all, seal, review, unseal
	Rows  []ReviewRow
	Pager parts.Pager
}

// ReviewRow is one record of the queue.
type ReviewRow struct {
	Record   parts.Code
	Person   string
	Crime    string
	Sentence locale.Both
	Outcome  string // decision.OUTCOME
	Unknown  int    // conditions that are undecided
	Since    time.Time
	Href     string
}

// Name of the template.
func (Reviews) Name() string { return "reviews" }

// Header of the page.
func (Reviews) Header() parts.Header {
	return parts.Header{
		Title: locale.T("reviews.title"), Lead: locale.T("reviews.lead"), Section: "/reviews",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk")},
	}
}

// Review is the proposal of the policy for one record, with every reason, and
// the form with which a human confirms or returns it.
type Review struct {
	Record   Record
	Case     parts.Code
	CaseHref string
	Pack     Pack
	Outcome  string
	From     civil.Date
	On       civil.Date
	Reasons  []parts.Reason
	Note     parts.Field
	Post     string        // where the form goes, or "" if the reader only looks
	Acts     []string      // confirm, return, keep; the words are review.ACT
	Second   string        // who has to confirm after this one, or ""
	Wait     locale.Text   // what the reader waits for, or nothing
	Unseal   []parts.Field // of the request to unseal, where that is the next step
	NoKey    bool          // the next step is signed, and no key of the reader's is at hand
}

// Pack is a policy pack as a decision cites it.
type Pack struct {
	ID      string
	Title   locale.Both
	Version string
	Digest  string
}

// Count is how many conditions gave an answer.
func (r Review) Count(v parts.Verdict) int {
	n := 0
	for _, reason := range r.Reasons {
		if reason.Verdict == v {
			n++
		}
	}
	return n
}

// Name of the template.
func (Review) Name() string { return "review" }

// Header of the page.
func (r Review) Header() parts.Header {
	return parts.Header{
		Title: locale.T("review.title"), Lead: locale.T("review.lead"), Section: "/reviews",
		Crumbs: []parts.Link{crumb("nav.desk", "/desk"), crumb("nav.reviews", "/reviews")},
	}
}
