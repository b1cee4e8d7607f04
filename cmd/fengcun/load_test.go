package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/suite"
)

// The load of the kill test: three agencies that report, an officer who asks
// and opens, a window that certifies. Each remembers what was acknowledged.

const (
	loadPolice = "police-990101"
	loadProc   = "procuratorate-990101"
	loadCourt  = "court-990101"
)

func loadAgencies() ([]agency.Agency, []agency.Officer) {
	agencies := []agency.Agency{
		{ID: loadPolice, Kind: agency.Police, Name: "松涧县公安局", Division: "990101"},
		{ID: loadProc, Kind: agency.Procuratorate, Name: "松涧县人民检察院", Division: "990101"},
		{ID: loadCourt, Kind: agency.Court, Name: "松涧县人民法院", Division: "990101"},
	}
	officers := []agency.Officer{
		{ID: "querier", Agency: loadPolice, Name: "程望舒", Duty: agency.QueryOfficer},
		{ID: "approver", Agency: loadProc, Name: "沈既白", Duty: agency.QueryApprover},
		{ID: "window", Agency: loadPolice, Name: "叶时雨", Duty: agency.CertWindow},
	}
	return agencies, officers
}

// loadPerson is the defendant of a case, with a number of no real county.
func loadPerson(n int) docket.Identity {
	birth := civil.MustParse("1970-01-01").AddDays(n % 9000)
	y, m, d := birth.YMD()
	digits := fmt.Sprintf("990177%04d%02d%02d%03d", y, m, d, 1+2*(n/9000))
	return docket.Identity{
		Name: fmt.Sprintf("申屠%c%c", '一'+rune(n/50), '乙'+rune(n%50)), Document: docket.ResidentID,
		Number: digits + string(docket.ResidentCheckCharacter(digits)), Sex: "男", Birth: birth,
	}
}

// loadCase is what each agency reports of a case; every second one is sealed.
func loadCase(t *testing.T, n int) map[string][][]byte {
	t.Helper()
	who := loadPerson(n)
	crime := docket.Crime{Name: "危险驾驶罪", MensRea: docket.Intent, OffenceDate: civil.MustParse("2025-03-01")}
	months, no, fine := 2, false, int64(3000)
	sentence := &docket.Sentence{Kind: docket.Detention, Months: &months, Suspended: &no, FineYuan: &fine, Exempt: &no}
	if n%2 == 1 {
		long := 30
		crime.Name, sentence.Kind, sentence.Months = "盗窃罪", docket.FixedTerm, &long
	}
	out := map[string][][]byte{}
	report := func(by string, typ docket.Type, day string, part docket.Part) {
		part.Identity = who
		e := &docket.Event{
			ID: fmt.Sprintf("L%d-%d", n, len(out[by])+1), Source: agency.SourceOf(by), Type: typ, Time: civil.MustParse(day).Time(),
			Data: docket.Data{
				Date: civil.MustParse(day), Numbers: []docket.Number{{Kind: "立案号", No: fmt.Sprintf("松公(刑)立字〔2025〕%d号", 700000+n)}},
				Persons: []docket.Part{part},
			},
		}
		raw, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		out[by] = append(out[by], raw)
	}
	crimes := []docket.Crime{crime}
	report(loadPolice, docket.CaseFiled, "2025-03-02", docket.Part{Suspected: crimes})
	report(loadProc, docket.ProsecutionFiled, "2025-04-10", docket.Part{Charged: crimes})
	report(loadCourt, docket.JudgmentRendered, "2025-05-06", docket.Part{Judgment: &docket.Judgment{
		Instance: "一审", Outcome: docket.Convicted, Crimes: crimes, Sentence: sentence,
		Flags: docket.Flags{Recidivist: &no, DrugRecidivist: &no},
	}})
	report(loadCourt, docket.JudgmentEffective, "2025-05-17", docket.Part{})
	return out
}

// sender pushes one agency's events in order, in small batches, again and again
// from the start when all are in.
type sender struct {
	agency string
	key    suite.SignKey
	events [][]byte
	acked  []*api.EventResult // by event; nil until the first acknowledgement
	next   int
	size   int // of the batch that waits for an answer

	unheard int // events stored whose first answer was lost
	faults  []string
}

func (s *sender) run(ctx context.Context, url string, rng *mathrand.Rand) {
	client := &api.Client{URL: url, Agency: s.agency, Key: s.key, Rand: rand.Reader, HTTP: freshClient()}
	defer client.HTTP.CloseIdleConnections()
	for ctx.Err() == nil {
		if s.size == 0 {
			s.size = min(1+rng.IntN(4), len(s.events)-s.next)
		}
		a, err := client.Push(ctx, fmt.Sprintf("%s-%d-%d", s.agency, s.next, s.size), s.events[s.next:s.next+s.size], time.Now())
		if err != nil {
			s.fault(ctx, err)
			return // the next life of the server goes on here
		}
		for i := range a.Results {
			s.take(s.next+i, &a.Results[i])
		}
		s.next = (s.next + s.size) % len(s.events)
		s.size = 0
		pause(ctx, time.Duration(rng.IntN(4))*time.Millisecond)
	}
}

// take keeps an acknowledgement; a later one must say the same.
func (s *sender) take(i int, r *api.EventResult) {
	before := s.acked[i]
	switch {
	case r.Outcome == "refused":
		s.faults = append(s.faults, fmt.Sprintf("event %d was refused: %v", i, r.Problems))
	case before == nil:
		s.acked[i] = r
		if r.Outcome == "repeated" {
			s.unheard++
		}
	case r.Outcome != "repeated" || *r.Leaf != *before.Leaf || r.Case != before.Case || !r.Received.Equal(*before.Received):
		s.faults = append(s.faults, fmt.Sprintf("event %d was acknowledged as %+v, then as %+v", i, before, r))
	}
}

// fault notes what is not the server's death.
func (s *sender) fault(ctx context.Context, err error) {
	var p *api.Problem
	if errors.As(err, &p) && ctx.Err() == nil {
		s.faults = append(s.faults, err.Error())
	}
}

func freshClient() *http.Client {
	return &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// officers ask, approve, open and certify, one person after the other.
type officers struct {
	keys    map[string]suite.SignKey
	digest  func([]byte) [suite.Size]byte
	turn    int // steps of persons done; four a person
	request grant.Signed
	query   string
	certs   map[int]api.CertificateAnswer
	opened  []string // queries whose opening was answered
	lost    int      // openings done whose answer was lost
	faults  []string
}

func (o *officers) run(ctx context.Context, url string, rng *mathrand.Rand) {
	client := freshClient()
	defer client.CloseIdleConnections()
	for ctx.Err() == nil {
		call := func(officer, path string, in, out any) error {
			c := api.OfficerClient{URL: url, Officer: officer, Key: o.keys[officer], HTTP: client, Rand: rand.Reader}
			return c.Call(ctx, http.MethodPost, path, in, out, time.Now())
		}
		if err := o.step(call); err != nil {
			if errors.Is(err, api.ErrNoAnswer) {
				return
			}
			if ctx.Err() == nil {
				o.faults = append(o.faults, fmt.Sprintf("step %d: %v", o.turn, err))
			}
		}
		o.turn++
		pause(ctx, time.Duration(rng.IntN(6))*time.Millisecond)
	}
}

// step does the next step. What a lost answer left done is told by the refusal
// to do it again, and the officer goes on.
func (o *officers) step(call func(officer, path string, in, out any) error) error {
	n := o.turn / 4
	who := loadPerson(n)
	switch o.turn % 4 {
	case 0:
		var a api.CertificateAnswer
		err := call("window", "/api/v1/certificates", api.CertificateApplication{
			ID: fmt.Sprint("c", n), Name: who.Name, Number: who.Number, Purpose: "求职",
		}, &a)
		if err == nil {
			o.certs[n] = a
		}
		return err
	case 1:
		if err := o.prepare(n, who); err != nil {
			return err
		}
		return unless(call("querier", "/api/v1/queries", api.Signed(o.request), nil), "state")
	case 2:
		now := time.Now()
		yes, err := grant.Sign(rand.Reader, o.keys["approver"], &grant.Approval{
			Request: grant.DigestHex(o.digest(o.request.Body)), Officer: "approver", Agency: loadProc,
			Verdict: grant.Approve, Reason: "符合规定", At: now, Expires: now.Add(time.Hour),
		})
		if err != nil {
			return err
		}
		return unless(call("approver", api.QueryPath(o.query, "answers"), api.Signed(yes), nil), "state")
	}
	var got api.Opening
	err := call("querier", api.QueryPath(o.query, "opening"), nil, &got)
	if err == nil {
		o.opened = append(o.opened, o.query)
		return nil
	}
	if err = unless(err, "not-approved"); err == nil {
		o.lost++
	}
	return err
}

// prepare signs the request of a turn, once.
func (o *officers) prepare(n int, who docket.Identity) error {
	id := fmt.Sprint("q", n)
	if o.query == id {
		return nil
	}
	now := time.Now()
	signed, err := grant.Sign(rand.Reader, o.keys["querier"], &grant.Request{
		ID: id, Purpose: grant.Inspect, Officer: "querier", Agency: loadPolice, Approver: loadProc, Ground: "adult-judicial-case",
		Basis: "刑事诉讼法第二百八十六条", Matter: "松公(刑)立字〔2026〕1号", Reason: "核实前科", Scope: grant.Summary,
		Subject: docket.Identity{Document: who.Document, Number: who.Number, Name: who.Name}, Filed: now, Expires: now.Add(2 * time.Hour),
	})
	o.request, o.query = signed, id
	return err
}

// unless takes a refusal of one kind for done.
func unless(err error, kind string) error {
	var p *api.Problem
	if errors.As(err, &p) && p.Kind() == kind {
		return nil
	}
	return err
}
