package registry_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// A repeated event is acknowledged as it was the first time and changes
// nothing, also when its record is sealed meanwhile; the same id with other
// content is refused.
func TestRepeatedEvents(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c := w.Case()
		events := c.DrunkDriver(w.Adult())
		var first []registry.Receipt
		for _, e := range events {
			first = append(first, w.Send(e))
		}
		size := w.Count(`SELECT COUNT(*) FROM trail_entry`)
		w.On("2026-03-09")
		for i, e := range events {
			again := w.Send(e)
			want := first[i]
			want.Outcome = registry.Repeated
			if diff := cmp.Diff(want, again, cmp.Transformer("day", civil.Date.String)); diff != "" {
				w.Errorf("event %d again (- first, + again):\n%s", i, diff)
			}
			other := *e
			other.Data.Text = "内容不同"
			refused(w, w.Send(&other), "/id", "sent before with other content")
		}
		twice := c.Event(registrytest.Court, docket.PropertyPerformed, "2026-03-01", propertyOf(w.Adult()))
		receipts, err := w.Receive(w.Delivery(registrytest.Court, twice, twice))
		if err != nil || receipts[0].Outcome != registry.Accepted || receipts[1].Outcome != registry.Repeated || receipts[0].Leaf != receipts[1].Leaf {
			w.Errorf("twice in one delivery: %+v, %v", receipts, err)
		}
		if n := w.Count(`SELECT COUNT(*) FROM trail_entry`); n != size+2 { // received, and a record for the new person
			w.Errorf("%d entries more for one new event", n-size)
		}
	})
}

func propertyOf(p docket.Identity) docket.Part {
	done := true
	return docket.Part{Identity: p, Property: &docket.Property{Kind: "罚金", Performed: &done}}
}

func refused(w *world, r registry.Receipt, path, words string) {
	w.Helper()
	found := slices.ContainsFunc(r.Problems, func(p docket.Problem) bool { return p.Path == path && strings.Contains(p.Message, words) })
	if r.Outcome != registry.Refused || !found || r.Code != "" {
		w.Errorf("want a refusal of %s with %q, got %+v", path, words, r)
	}
}

// Events are judged one by one: the bad ones of a delivery are refused with
// their reasons, the good ones go in.
func TestBadEventsAmongGood(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c := w.Case()
		event := func(change func(*docket.Event)) *docket.Event {
			e := c.Event(registrytest.Police, docket.CaseFiled, "2026-02-01", registrytest.Suspect(w.Adult(), registrytest.Theft, "2026-01-30"))
			change(e)
			return e
		}
		known := w.Push(event(func(*docket.Event) {}))
		wrong := "1" + string(known[1:])
		if known[0] == '1' {
			wrong = "2" + string(known[1:])
		}
		unknown, err := docket.NewCode(bytes.NewReader(make([]byte, 64)))
		if err != nil {
			w.Fatal(err)
		}
		bad := []struct {
			change      func(*docket.Event)
			path, words string
		}{
			{func(e *docket.Event) { e.Type = "cn.fengcun.case.dreamt.v1" }, "/type", "unknown event type"},
			{func(e *docket.Event) {
				e.Type, e.Data.Persons = docket.PardonGranted, e.Data.Persons[:1]
				e.Data.Persons[0].Suspected = nil
			}, "/type", "公安机关 does not report this act"},
			{func(e *docket.Event) { e.Source = agency.SourceOf(registrytest.Court) }, "/source", "not the agency that signed"},
			{func(e *docket.Event) { e.Data.Date = w.Today().AddDays(1) }, "/data/date", "future"},
			{func(e *docket.Event) { e.Time = w.Now.Add(72 * time.Hour) }, "/time", "future"},
			{func(e *docket.Event) { e.Subject = wrong }, "/subject", "check character"},
			{func(e *docket.Event) { e.Subject = string(unknown) }, "/subject", "no case has this code"},
			{func(e *docket.Event) { e.Data.Persons[0].Identity.Number = "990101199204050011" }, "/data/persons/0/identity/number", ""},
			{func(e *docket.Event) { e.Data.Numbers = nil }, "/data/numbers", "case code"},
		}
		events := []*docket.Event{event(func(*docket.Event) {})}
		for _, b := range bad {
			events = append(events, event(b.change))
		}
		events = append(events, event(func(e *docket.Event) { e.Subject = known.Grouped(); e.Data.Numbers = nil }))
		receipts, err := w.Receive(w.Delivery(registrytest.Police, events...))
		if err != nil {
			w.Fatal(err)
		}
		for i, b := range bad {
			refused(w, receipts[i+1], b.path, b.words)
		}
		for _, i := range []int{0, len(receipts) - 1} {
			if r := receipts[i]; r.Outcome != registry.Accepted || r.Code != known || r.ID != events[i].ID {
				w.Errorf("the good event %d: %+v", i, r)
			}
		}
		receipts, err = w.Receive(w.Raw(registrytest.Police, []byte(`{"specversion"`), []byte{0xff}, nil))
		for _, r := range receipts {
			if r.Outcome != registry.Refused || len(r.Problems) == 0 {
				w.Errorf("bytes that are no event: %+v", r)
			}
		}
		if err != nil || len(receipts) != 3 {
			w.Errorf("%d receipts, %v", len(receipts), err)
		}
	})
}

// A delivery that its agency did not sign, as it is and now, is refused whole.
func TestUnsignedDeliveries(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		e := w.Case().Event(registrytest.Police, docket.CaseFiled, "2026-02-01", registrytest.Suspect(w.Adult(), registrytest.Theft, "2026-01-30"))
		good := w.Delivery(registrytest.Police, e)
		for name, spoil := range map[string]func(*registry.Delivery){
			"an agency that nobody knows": func(d *registry.Delivery) { d.Agency = "police-999999" },
			"another agency":              func(d *registry.Delivery) { d.Agency = registrytest.OtherPolice },
			"no signature":                func(d *registry.Delivery) { d.Signature = nil },
			"a signature spoilt":          func(d *registry.Delivery) { d.Signature = append([]byte{d.Signature[0] ^ 1}, d.Signature[1:]...) },
			"an event altered": func(d *registry.Delivery) {
				d.Events = [][]byte{bytes.Replace(d.Events[0], []byte("2026"), []byte("2025"), 1)}
			},
			"an event added":            func(d *registry.Delivery) { d.Events = append(d.Events[:1:1], d.Events[0]) },
			"an event left out":         func(d *registry.Delivery) { d.Events = nil },
			"another delivery's number": func(d *registry.Delivery) { d.ID += "x" },
			"another time":              func(d *registry.Delivery) { d.SignedAt = d.SignedAt.Add(time.Second) },
			"signed an hour ago":        func(d *registry.Delivery) { d.SignedAt = d.SignedAt.Add(-time.Hour); w.Sign(d) },
			"signed in an hour":         func(d *registry.Delivery) { d.SignedAt = d.SignedAt.Add(time.Hour); w.Sign(d) },
		} {
			d := *good
			spoil(&d)
			if receipts, err := w.Receive(&d); !errors.Is(err, registry.ErrUnsigned) || receipts != nil {
				w.Errorf("%s: %v, %v", name, receipts, err)
			}
		}
		nameless := *good
		nameless.ID = ""
		w.Sign(&nameless)
		if _, err := w.Receive(&nameless); !errors.Is(err, registry.ErrInput) {
			w.Errorf("a delivery without an id: %v", err)
		}
		skewed := *good
		skewed.SignedAt = w.Now.Add(14*time.Minute + 123456789) // to the nanosecond; the evidence keeps microseconds
		w.Sign(&skewed)
		if receipts, err := w.Receive(&skewed); err != nil || receipts[0].Outcome != registry.Accepted {
			w.Errorf("a clock fourteen minutes off: %v, %v", receipts, err)
		}
	})
}

// An event for a sealed record goes into the vault. The sender learns nothing:
// the receipt has the shape of any other's.
func TestEventsForASealedRecord(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		c, id := w.Sealed(p)
		other := w.Case()
		open := w.Push(other.Event(registrytest.Police, docket.CaseFiled, "2026-02-01", registrytest.Suspect(w.Adult(), registrytest.Theft, "2026-01-30")))
		late := func(c *registrytest.Case, code docket.Code) registry.Receipt {
			e := c.Event(registrytest.Detention, docket.ExecutionCompleted, "2026-02-20", registrytest.Served(p, "看守所"))
			if code != "" {
				e.Subject, e.Data.Numbers = string(code), nil
			}
			return w.Send(e)
		}
		for _, byCode := range []bool{false, true} {
			toSealed, toOpen := docket.Code(""), docket.Code("")
			if byCode {
				toSealed, toOpen = id.Code, open
			}
			a, b := late(c, toSealed), late(other, toOpen)
			if a.Code != id.Code || a.Outcome != registry.Accepted || b.Outcome != registry.Accepted || a.Problems != nil {
				w.Errorf("for the sealed: %+v, for the open: %+v", a, b)
			}
		}
		w.Wants(id, docket.Sealed)
		a := w.Inspect(w.ForRecord(id))
		if len(a.Records) != 1 || len(a.Records[0].Timeline) != 4 || a.Records[0].State.CompletedDate.String() != "2026-02-20" {
			w.Fatalf("the vault's record does not hold what came late: %+v", a.Records)
		}
	})
}

func TestNothingIsReceivedUnderACancelledContext(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		d := w.Delivery(registrytest.Police, w.Case().Event(registrytest.Police, docket.CaseFiled, "2026-02-01",
			registrytest.Suspect(w.Adult(), registrytest.Theft, "2026-01-30")))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := w.Reg.Receive(ctx, d, w.Now); err == nil {
			w.Error("received")
		}
		w.Check()
	})
}
