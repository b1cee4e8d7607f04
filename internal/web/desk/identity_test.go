package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// courtOf is a clerk's court.
func (s *stage) courtOf(clerk string) string {
	for _, o := range s.demo.Officers() {
		if o.ID == clerk {
			return o.Agency
		}
	}
	s.Fatalf("no clerk %s", clerk)
	return ""
}

// judged has a court report a sentence that stays in the ledger.
func (s *stage) judged(court string, n int, who docket.Identity) {
	s.Helper()
	months, none, no := 60, 0, false
	crime := docket.Crime{Name: "盗窃罪", MensRea: docket.Intent, OffenceDate: civil.MustParse("2025-01-02")}
	sentence := docket.Sentence{Kind: docket.FixedTerm, Months: &months, Days: &none, Suspended: &no}
	e := docket.Event{
		ID: fmt.Sprintf("twice-%d", n), Source: agency.SourceOf(court), Type: docket.JudgmentRendered, Time: s.clock().Add(-time.Minute),
		Data: docket.Data{
			Date: civil.MustParse("2025-06-09"), Numbers: []docket.Number{{Kind: "案号", No: fmt.Sprintf("（2025）辨9901刑初%d号", n)}},
			Persons: []docket.Part{{Identity: who, Judgment: &docket.Judgment{
				Instance: "一审", Outcome: docket.Convicted, Crimes: []docket.Crime{crime}, Sentence: &sentence, Effective: civil.MustParse("2025-06-20"),
			}}},
		},
	}
	raw, err := e.Encode()
	s.must(err)
	d := &registry.Delivery{Agency: court, ID: e.ID, SignedAt: s.clock(), Events: [][]byte{raw}}
	key, ok := s.demo.AgencyKey(court)
	if !ok {
		s.Fatalf("no key of %s", court)
	}
	d.Signature, err = key.Sign(rand.Reader, d.Message(s.reg.Suite()))
	s.must(err)
	receipts, err := s.reg.Receive(context.Background(), d, s.clock())
	s.must(err)
	if receipts[0].Outcome != registry.Accepted {
		s.Fatalf("%+v", receipts[0])
	}
}

// TestWhoIsWho walks a clerk through the queue: two who may be one, the
// evidence side by side, a verdict, and the verdict taken back.
func TestWhoIsWho(t *testing.T) {
	s := newStage(t, stageOptions{})
	court := s.courtOf("clerk")
	digits := "99010119870317301"
	number := digits + string(docket.ResidentCheckCharacter(digits))
	s.judged(court, 1, docket.Identity{Name: "辨识强", Document: docket.ResidentID, Number: number, Sex: "男"})
	s.judged(court, 2, docket.Identity{Name: "辨識強", Sex: "男", Birth: civil.MustParse("1987-03-17"), Domicile: "990101"})
	_, err := s.reg.Identify(context.Background(), s.clock(), 1000)
	s.must(err)
	list, total, err := s.reg.Pairs(context.Background(), "clerk", "", 100, 0)
	s.must(err)
	id := ""
	for _, p := range list {
		if strings.HasPrefix(p.Sides[0].Statements[0].Identity.Name, "辨") {
			id = p.Row.ID
		}
	}
	if id == "" {
		t.Fatalf("%d pairs, none of the two", total)
	}
	v, path := s.as("clerk"), "/identity/"+id
	v.has(v.page("/identity"), "辨识强", "辨識強", path)
	v.has(v.page(path), number, "1987-03-17", "异体或者曾用", "认定为同一人", "认定不是同一人")
	v.has(v.english().page(path), "They are one person", "a variant or an earlier name")

	form := url.Values{"act": {"same"}, "basis": {"biometric"}, "note": {"十指指纹比对认定同一"}}
	for _, lacks := range []string{"basis", "note"} {
		some := url.Values{"act": form["act"], "basis": form["basis"], "note": form["note"]}
		some.Del(lacks)
		if a := v.post(path, some); a.status == http.StatusSeeOther {
			t.Errorf("a verdict without %s is taken", lacks)
		}
	}
	for _, act := range []string{"", "x"} {
		bad := url.Values{"act": {act}, "basis": form["basis"], "note": form["note"]}
		if a := v.post(path, bad); a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
			t.Errorf("act %q: %d", act, a.status)
		}
	}
	if a := v.post(path, form); a.status != http.StatusSeeOther || a.to() != "/identity" {
		t.Fatalf("the verdict: %d %s", a.status, a.to())
	}
	if a := v.post(path, form); a.status != http.StatusConflict {
		t.Errorf("the verdict a second time: %d", a.status)
	}
	v.has(v.page("/identity?verdict=same"), path)
	v.has(v.page(path), "Take it back, they are two", "Fingerprints")
	if a := v.post(path, url.Values{"act": {"part"}, "was": {"same"}, "basis": {"other"}, "note": {"误认，撤销"}}); a.status != http.StatusSeeOther {
		t.Errorf("taking it back: %d", a.status)
	}
	v.has(v.page("/identity?verdict=different"), path)

	for _, other := range []string{"clerk-990102", s.first(agency.Supervisor), s.first(agency.QueryOfficer)} {
		if a := s.as(other).get(path); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
			t.Errorf("%s gets the pair: %d", other, a.status)
		}
	}
	if a := s.visitor().get("/identity"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to(), "/signin?next=") {
		t.Errorf("a stranger: %d %s", a.status, a.to())
	}
}
