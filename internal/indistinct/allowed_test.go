package indistinct_test

import (
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
)

// observer is somebody who looks, in their relation to the extra record.
type observer struct {
	id     string // officer; "" for the public
	agency string
	duty   agency.Duty
	// keeps and holds say that the observer's agency is the record's custodian,
	// or was written to because it holds a copy.
	keeps, holds bool
	// sent says that the observer's agency reported something about it.
	sent bool
}

func (o observer) String() string {
	if o.id == "" {
		return "the public"
	}
	return o.id
}

// exception is what somebody may know of a sealed record, and why. Nothing but
// these may differ between the worlds; the test of the worlds fails where one
// of them is never needed.
type exception struct {
	name  string
	why   string
	who   func(observer) bool
	paths []string // prefixes; the desk's counts stand on /desk
	exact []string // whole paths
}

func exceptions() []exception {
	clerk := func(d agency.Duty) bool { return d == agency.SealClerk || d == agency.SealReviewer }
	cases := []string{"/desk", "/cases", "/reviews", "/api/v1/cases", "/api/v1/reviews"}
	return []exception{
		{
			"supervisor", "检察监督 watches every change of status: the code, when, by whom, on what basis, the letters; never a person",
			func(o observer) bool { return o.duty == agency.Supervisor }, cases, nil,
		},
		{
			"custodian", "the court that keeps the record decided on its sealing, and must find it to unseal it",
			func(o observer) bool { return o.keeps && clerk(o.duty) }, append([]string{"/notices"}, cases...), nil,
		},
		{
			"holder", "an agency that holds a copy is told by letter to seal it, and must see its letters",
			func(o observer) bool { return o.holds && (o.duty == agency.NoticeClerk || clerk(o.duty)) },
			[]string{"/desk", "/notices", "/letters", "/api/v1/notices", "/api/v1/letters"},
			nil,
		},
		{
			"sender", "how long an agency's own reports took is counted with all that it sent; its clerks are told no more than that",
			func(o observer) bool { return o.sent && (o.duty == agency.NoticeClerk || clerk(o.duty)) },
			nil,
			[]string{"/quality"},
		},
		{
			"freshness", "检察监督 watches how long everybody's reports take; the counts tell of no record",
			func(o observer) bool { return o.duty == agency.Supervisor }, nil,
			[]string{"/quality"},
		},
		{
			"auditor", "an auditor reads the private records of the trail, which name the code",
			func(o observer) bool { return o.duty == agency.Auditor },
			[]string{"/desk", "/trail"},
			nil,
		},
	}
}

// allowed gives the exception under which an observer may get another answer
// at an address; nil where none fits.
func allowed(o observer, path string) *exception {
	for _, x := range exceptions() {
		if !x.who(o) {
			continue
		}
		if slices.Contains(x.exact, path) || slices.ContainsFunc(x.paths, func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
			return &x
		}
	}
	return nil
}
