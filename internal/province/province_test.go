package province_test

import (
	"bytes"
	"crypto/sha256"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
)

var (
	first = civil.MustParse("2016-11-01")
	last  = civil.MustParse("2026-10-31")
)

func small(seed uint64) *province.Province { return province.New(seed, 2000, first, last) }

func TestSameSeedSameEvents(t *testing.T) {
	digest := func(p *province.Province) [32]byte {
		h := sha256.New()
		n := 0
		for e := range p.Events() {
			raw, err := e.Encode()
			if err != nil {
				t.Fatal(err)
			}
			h.Write(raw)
			n++
		}
		for e := range take(p.Live(last.AddDays(10).Time()), 300) {
			raw, err := e.Encode()
			if err != nil {
				t.Fatal(err)
			}
			h.Write(raw)
		}
		return [32]byte(h.Sum(nil))
	}
	one := digest(small(1))
	if again := digest(small(1)); one != again {
		t.Error("the same seed gave different events")
	}
	if one == digest(small(2)) {
		t.Error("different seeds gave the same events")
	}
}

func take[T any](seq iter.Seq[T], n int) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range seq {
			if n == 0 || !yield(v) {
				return
			}
			n--
		}
	}
}

func TestEveryEventIsTakenAndInOrder(t *testing.T) {
	p := small(3)
	kinds := make(map[string]agency.Kind)
	for _, a := range p.Agencies() {
		kinds[a.Source()] = a.Kind
	}
	var at time.Time
	types := make(map[docket.Type]int)
	seen := make(map[string][]byte)
	twice := 0
	for e := range p.Events() {
		raw := accepted(t, e, last)
		if e.Time.Before(at) {
			t.Fatalf("%s %s lies before its predecessor", e.ID, e.Time)
		}
		at = e.Time
		if civil.Of(e.Time).Before(e.Data.Date) {
			t.Errorf("%s was reported before it happened", e.ID)
		}
		if kind, known := kinds[e.Source]; !known || !kind.MayReport(e.Type) {
			t.Errorf("%s: %s may not report %s", e.ID, e.Source, e.Type)
		}
		if before, again := seen[e.Source+e.ID]; again {
			twice++
			if !bytes.Equal(before, raw) {
				t.Errorf("%s comes twice with different content", e.ID)
			}
		}
		seen[e.Source+e.ID] = raw
		types[e.Type]++
	}
	for _, typ := range docket.Types() {
		if types[typ] == 0 {
			t.Errorf("no event of type %s", typ)
		}
	}
	if twice == 0 {
		t.Error("nothing was sent twice")
	}
	t.Logf("%d events of %d persons: %v", len(seen), len(p.Persons()), types)
}

func accepted(t *testing.T, e *docket.Event, today civil.Date) []byte {
	t.Helper()
	raw, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := docket.Parse(raw)
	if err != nil {
		t.Fatalf("%s: %v\n%s", e.ID, err, raw)
	}
	if err := back.Check(today); err != nil {
		t.Fatalf("%s: %v\n%s", e.ID, err, raw)
	}
	return raw
}

func TestLiveGoesOn(t *testing.T) {
	p := small(4)
	today := last.AddDays(23)
	old := make(map[string]bool)
	for e := range p.Events() {
		old[e.Source+e.ID] = true
	}
	at := today.Time().Add(9 * time.Hour)
	relapsed, effective := false, false
	ids, again := make(map[string]bool), 0
	for e := range take(p.Live(at), 2000) {
		accepted(t, e, today)
		if e.Time.Before(at) {
			t.Fatal("the live stream runs backwards")
		}
		at = e.Time
		if old[e.Source+e.ID] {
			t.Fatalf("%s was reported before", e.ID)
		}
		if ids[e.Source+e.ID] && !strings.HasSuffix(e.ID, "c") {
			again++
		}
		ids[e.Source+e.ID] = true
		for _, part := range e.Data.Persons {
			if part.Identity.Number == p.Cast().Relapsing.Number {
				relapsed = true
				effective = effective || e.Type == docket.JudgmentEffective
			}
		}
	}
	if again > 5 {
		t.Errorf("%d of 2000 live reports were repetitions", again)
	}
	if !relapsed || !effective {
		t.Error("the live stream brings no new judgment on the relapsing person")
	}
}

// TestNumbersNameOneCase: what an agency calls a case leads to no other.
func TestNumbersNameOneCase(t *testing.T) {
	p := province.New(8, 4000, first, last)
	of := make(map[string]string)
	note := func(e *docket.Event) {
		filed := e.Data.Numbers[0].No
		if l := e.Data.Link; l != nil { // the court's number, and whose case it is
			filed = l.Number.No
		}
		for _, n := range e.Data.Numbers {
			if known := of[n.MatchKey()]; known != "" && known != filed {
				t.Errorf("%s names %s and %s", n.No, known, filed)
			}
			of[n.MatchKey()] = filed
		}
	}
	for e := range p.Events() {
		note(e)
	}
	for e := range take(p.Live(last.AddDays(2).Time()), 1000) {
		note(e)
	}
}

// TestLaterRunsBringOtherCases: a demonstration started again goes on with new
// cases and never reuses an id for other content.
func TestLaterRunsBringOtherCases(t *testing.T) {
	p := small(9)
	held := make(map[string]int)
	for _, at := range []time.Time{last.AddDays(2).Time(), last.AddDays(2).Time().Add(30 * time.Minute), last.AddDays(3).Time()} {
		for e := range take(p.Live(at), 60) {
			held[e.Source+e.ID]++
		}
	}
	repeated := 0
	for _, n := range held {
		if n > 1 {
			repeated++
		}
	}
	if repeated > 35 {
		t.Errorf("%d of 60 live reports came in every run", repeated)
	}
}

func TestPeopleAreInvented(t *testing.T) {
	p := small(5)
	numbers := make(map[string]bool)
	for _, person := range p.Persons() {
		if !strings.HasPrefix(person.Number, "9901") {
			t.Fatalf("%s: the division code may exist", person.Number)
		}
		if err := person.Check(); err != nil {
			t.Fatal(err)
		}
		if numbers[person.Number] {
			t.Fatalf("the number %s occurs twice", person.Number)
		}
		numbers[person.Number] = true
		odd := (person.Number[16]-'0')%2 == 1
		if odd != (person.Sex == "男") {
			t.Errorf("%s does not say %s", person.Number, person.Sex)
		}
	}
}

func TestOfficersCoverEveryDuty(t *testing.T) {
	p := small(6)
	ids := make(map[string]bool)
	known := make(map[string]bool)
	for _, a := range p.Agencies() {
		if known[a.ID] {
			t.Errorf("agency %s twice", a.ID)
		}
		known[a.ID] = true
	}
	var held []agency.Duty
	for _, o := range p.Officers() {
		if ids[o.ID] || !known[o.Agency] {
			t.Errorf("officer %s: id taken or agency %s unknown", o.ID, o.Agency)
		}
		ids[o.ID] = true
		o.VerifyKey = "key"
		if err := o.Check(); err != nil {
			t.Error(err)
		}
		held = append(held, o.Duty)
	}
	for _, d := range agency.Duties() {
		if !slices.Contains(held[:12], d) {
			t.Errorf("none of the first twelve is %s", d)
		}
	}
}

func BenchmarkProvince(b *testing.B) {
	for b.Loop() {
		p := province.New(1, 20000, first, last)
		n := 0
		for range p.Events() {
			n++
		}
		b.ReportMetric(float64(n), "events")
	}
}
