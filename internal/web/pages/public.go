package pages

import (
	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Home is the public front page.
type Home struct {
	Stats []parts.Stat
	Demo  bool
	Code  string // in the field of the certificate check
}

// Name of the template.
func (Home) Name() string { return "home" }

// Header of the page.
func (Home) Header() parts.Header {
	return parts.Header{Title: locale.T("home.title"), Bare: true, Section: "/"}
}

// SignIn is the sign-in page.
type SignIn struct {
	Accounts []Account // the demo's, one for each duty; empty outside it
	User     parts.Field
	Secret   parts.Field
	Error    locale.Text
	Next     string // local path to go on to
	Passkeys bool   // officers may sign in with one
	Enrolled bool   // the visitor has just made one
}

// Account is a demo account that one click signs in.
type Account struct {
	ID     string
	Name   string
	Agency string
	Duty   agency.Duty
	Icon   string
}

// Name of the template.
func (SignIn) Name() string { return "signin" }

// Header of the page.
func (SignIn) Header() parts.Header {
	return parts.Header{Title: locale.T("signin.title"), Bare: true}
}

// Flow explains the ten steps with links to where each is done.
type Flow struct {
	Demo  bool // the steps say what to try
	Steps []FlowStep
}

// FlowStep is one of the ten steps.
type FlowStep struct {
	Number int // 1 to 10; the words are flow.N, flow.N-lead, flow.N-who
	Icon   string
	Href   string // where the step is done, or "" if the reader has no such page
	Count  string // how often it has been done here, or ""
	Try    *Try
}

// Try tells a newcomer to the demonstration what to do at a step.
type Try struct {
	Account string // to sign in with
	Name    string
	Duty    agency.Duty
	Next    string // where to go
	Do      locale.Text
	Here    bool // the reader is signed in with it
}

// Name of the template.
func (Flow) Name() string { return "flow" }

// Header of the page.
func (Flow) Header() parts.Header {
	return parts.Header{Title: locale.T("flow.title"), Lead: locale.T("flow.lead"), Section: "/flow"}
}

// Problem is what a reader sees of an error. What is withheld and what does
// not exist give the same page, byte for byte.
type Problem struct {
	Status int         // HTTP status; the words are problem.STATUS and problem.STATUS-lead
	Why    locale.Text // of a refusal, or nothing
	Ref    string
}

// Name of the template.
func (Problem) Name() string { return "problem" }

// Header of the page.
func (p Problem) Header() parts.Header {
	return parts.Header{Title: p.Title(), Bare: true}
}

// Title says what went wrong.
func (p Problem) Title() locale.Text { return locale.T("problem." + p.words()) }

// Lead says what the reader can do.
func (p Problem) Lead() locale.Text { return locale.T("problem." + p.words() + "-lead") }

// words is the name of the message for a status.
func (p Problem) words() string {
	switch p.Status {
	case 400, 422:
		return "invalid"
	case 401:
		return "unauthenticated"
	case 403:
		return "forbidden"
	case 404, 410:
		return "absent"
	case 409:
		return "conflict"
	case 429:
		return "busy"
	}
	return "failed"
}
