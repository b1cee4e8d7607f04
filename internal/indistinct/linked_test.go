package indistinct_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// A link names the extra case by its number: by the word of an agency that
// reports in a shared case, which may know the number in both worlds. Where the
// extra case is not there the number is given a code of its own; the two codes
// are random and say nothing, so one is read as the other.

// renamed is two codes, grouped, that stand for one.
type renamed struct{ here, there string }

// spoken is an address or a text as this world must be asked it.
func (r renamed) spoken(s string) string {
	if r.here == "" {
		return s
	}
	return strings.ReplaceAll(s, r.there, r.here)
}

// heard is an answer as the other world gives it.
func (r renamed) heard(a answer) answer {
	if r.here == "" {
		return a
	}
	const inPages = `</span><span class="code-dash">-</span><span class="code-group">`
	for _, dash := range []string{"-", inPages} {
		here, there := strings.ReplaceAll(r.here, "-", dash), strings.ReplaceAll(r.there, "-", dash)
		a.header, a.body = strings.ReplaceAll(a.header, here, there), strings.ReplaceAll(a.body, here, there)
	}
	return a
}

// link has both worlds take the extra case, sealed by now or never heard of,
// into a shared one, and sometimes take that back.
func (p *pair) link() error {
	p.Helper()
	p.without.renamed = renamed{}
	if p.h.under != nil || p.h.rng.IntN(3) > 0 {
		return nil
	}
	from := p.h.shared[0].events[0]
	at := p.h.end
	join := &docket.Event{
		ID: "link-" + from.ID, Source: from.Source, Type: docket.CaseLinked, Time: at,
		Data: docket.Data{
			Date: civil.Of(at), Numbers: from.Data.Numbers[:1],
			Link: &docket.Link{Kind: docket.Consolidated, Number: &docket.Number{Kind: "立案号", No: p.h.extra.number}},
		},
	}
	events := []*docket.Event{join}
	p.linked = "joined"
	if p.h.rng.IntN(2) == 0 {
		p.linked = "parted"
		events = append(events, &docket.Event{
			ID: "back-" + from.ID, Source: from.Source, Type: docket.ReportRetracted, Corrects: join.ID, Time: at,
			Data: docket.Data{Date: civil.Of(at), Numbers: from.Data.Numbers[:1]},
		})
	}
	for _, e := range events {
		if err := p.both(func(s *side) (any, error) { return s.receive([]*docket.Event{e}, p.step, at) }); err != nil {
			return err
		}
		if err := p.level(at); err != nil {
			return err
		}
		if e.Type != docket.CaseLinked {
			continue
		}
		var other [2]docket.Code
		for i, s := range []*side{p.without, p.with} {
			other[i] = docket.Code(s.text(`SELECT other FROM case_link WHERE home = 1`))
		}
		if other[1] != p.records[0].Code {
			return fmt.Errorf("the link leads to %s, the record lies in %s", other[1], p.records[0].Code)
		}
		p.without.renamed = renamed{here: other[0].Grouped(), there: other[1].Grouped()}
	}
	return p.identify(at.Add(time.Second))
}
