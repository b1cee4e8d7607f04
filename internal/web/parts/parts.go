// Package parts is what pages are put together from: each part is a struct and
// a template of the same name that shows it. A part holds ready words and
// numbers; it asks nobody.
package parts

import (
	"embed"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/web/locale"
)

// Files are the templates of the parts.
//
//go:embed *.html
var Files embed.FS

// Tone is the meaning of a colour; the words beside it say the same.
type Tone string

// The tones.
const (
	Calm Tone = "calm"
	Good Tone = "good"
	Warn Tone = "warn"
	Bad  Tone = "bad"
	Seal Tone = "seal"
)

// Link leads somewhere.
type Link struct {
	Text locale.Text
	Href string
	Icon string // a name in assets/icons.txt, or ""
}

// Header is the head of a page: where one is, and what can be done here.
type Header struct {
	Title   locale.Text
	Lead    locale.Text
	Crumbs  []Link
	Actions []Link
	Section string // the menu entry that is lit: its Href
	Charts  bool   // the page draws charts
	Bare    bool   // the page brings its own head
}

// Code is a case code, a record number or a certificate number as printed, in
// groups; it is set in a fixed width and can be copied.
type Code string

// Status is the badge of a record.
type Status docket.Status

// Tone is the colour of the badge.
func (s Status) Tone() Tone {
	switch docket.Status(s) {
	case docket.Open:
		return Calm
	case docket.Pending:
		return Warn
	case docket.Sealed:
		return Seal
	case docket.Unsealed:
		return Bad
	case docket.Merged:
		return Good
	}
	return Calm
}

// Icon is the sign of the badge, for those who do not see the colour.
func (s Status) Icon() string {
	switch docket.Status(s) {
	case docket.Open:
		return "file-description"
	case docket.Pending:
		return "clock"
	case docket.Sealed:
		return "lock"
	case docket.Unsealed:
		return "lock-open"
	case docket.Merged:
		return "link"
	}
	return "file-description"
}

// State is the badge of anything else that goes through stages: a request, a
// notice, a certificate. Its message is "state." + Name.
type State struct {
	Name string
	Tone Tone
}

// Verdict is the answer to one condition of a policy.
type Verdict string

// The three answers.
const (
	Holds   Verdict = "holds"
	Fails   Verdict = "fails"
	Unknown Verdict = "unknown"
)

// Icon is the sign of the answer.
func (v Verdict) Icon() string {
	switch v {
	case Holds:
		return "circle-check"
	case Fails:
		return "circle-x"
	case Unknown:
		return "help-circle"
	}
	return "help-circle"
}

// Tone is the colour of the answer. That a condition fails is no evil.
func (v Verdict) Tone() Tone {
	switch v {
	case Holds:
		return Good
	case Fails:
		return Calm
	case Unknown:
		return Warn
	}
	return Warn
}

// Reason is one condition of a policy with its answer and its source.
type Reason struct {
	Rule    string
	Verdict Verdict
	Title   locale.Both
	Basis   string      // the article, as the pack cites it
	Lacks   locale.Both // what has to be known before an unknown is decided, or nothing
}

// Stat is one number with what it counts.
type Stat struct {
	Label locale.Text
	Value string
	Hint  locale.Text
	Icon  string
	Tone  Tone
	Href  string
}

// Moment is one entry of a timeline.
type Moment struct {
	On     civil.Date
	Title  locale.Both
	By     string // agency
	Number string // the agency's own number
	Detail locale.Both
	Tone   Tone
}

// Entry is one line of the trail.
type Entry struct {
	Index int64
	At    time.Time
	Act   locale.Text
	Code  Code // "" where the entry concerns no record that the reader may name
	Leaf  string
	Href  string
}

// Step is one of the ten steps.
type Step struct {
	Number int
	Title  locale.Text
	Href   string
	State  StepState
}

// StepState says how far a step is.
type StepState string

// The states of a step.
const (
	Done    StepState = "done"
	Current StepState = "current"
	Ahead   StepState = "ahead"
)

// Item is a name and its value in a list of particulars.
type Item struct {
	Label locale.Text
	Value string
	Both  locale.Both // the value, where it has words in two languages
	Code  bool        // the value is a number to be set in a fixed width
}

// Series is one line or one set of bars.
type Series struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
}

// Chart is drawn from the numbers that also stand in the table under it.
type Chart struct {
	ID     string // unique in the page
	Title  locale.Text
	Data   ChartData
	Height string // "", "low"
}

// ChartData is what the script draws; each series has a value for each label.
type ChartData struct {
	Kind    string   `json:"kind"` // "line" or "bar"
	Stacked bool     `json:"stacked,omitempty"`
	Labels  []string `json:"labels"`
	Series  []Series `json:"series"`
}

// Rows are the chart's numbers as a table, one row a label.
func (d ChartData) Rows() []ChartRow {
	rows := make([]ChartRow, 0, len(d.Labels))
	for i, l := range d.Labels {
		row := ChartRow{Label: l}
		for _, s := range d.Series {
			if i < len(s.Values) {
				row.Values = append(row.Values, s.Values[i])
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// ChartRow is one row of a chart's table.
type ChartRow struct {
	Label  string
	Values []float64
}
