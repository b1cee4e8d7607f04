package registrytest

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// Case is one case as its agencies number it.
type Case struct {
	w      *World
	serial int
}

// Case begins a case that nobody has reported yet.
func (w *World) Case() *Case {
	w.serial++
	return &Case{w: w, serial: w.serial}
}

// Number is the number by which the agencies of the case know it: every report
// carries it.
func (c *Case) Number() docket.Number {
	return docket.Number{Kind: "立案号", No: fmt.Sprintf("云岭公(刑)立字〔2026〕%d号", 40000+c.serial)}
}

// CourtNumber is the court's own.
func (c *Case) CourtNumber() docket.Number {
	return docket.Number{Kind: "案号", No: fmt.Sprintf("（2026）岭9901刑初%d号", 70000+c.serial)}
}

// Event is an agency's report of an act of a day, recorded on the day of the
// world's clock. Nothing is sent.
func (c *Case) Event(by string, t docket.Type, day string, parts ...docket.Part) *docket.Event {
	c.w.serial++
	e := &docket.Event{
		ID: fmt.Sprintf("e%d", c.w.serial), Source: agency.SourceOf(by), Type: t, Time: c.w.Now.Add(-time.Minute),
		Data: docket.Data{Date: civil.MustParse(day), Numbers: []docket.Number{c.Number()}, Persons: parts},
	}
	if p := c.w.agencies[by]; p != nil && p.Kind == agency.Court {
		e.Data.Numbers = append(e.Data.Numbers, c.CourtNumber())
	}
	return e
}

// Correction is an event that replaces another of the same agency.
func (c *Case) Correction(of, with *docket.Event) *docket.Event {
	c.w.serial++
	e := *with
	e.ID, e.Corrects, e.Time = fmt.Sprintf("e%d", c.w.serial), of.ID, c.w.Now.Add(-time.Minute)
	return &e
}

// Retraction takes an event back.
func (c *Case) Retraction(of *docket.Event) *docket.Event {
	c.w.serial++
	return &docket.Event{
		ID: fmt.Sprintf("e%d", c.w.serial), Source: of.Source, Type: docket.ReportRetracted, Corrects: of.ID, Time: c.w.Now.Add(-time.Minute),
		Data: docket.Data{Date: c.w.Today(), Numbers: of.Data.Numbers[:1]},
	}
}

// Push sends events, each by its own agency and in a delivery of its own, wants
// all of them accepted and gives the code of the last one's case.
func (w *World) Push(events ...*docket.Event) docket.Code {
	w.Helper()
	var code docket.Code
	for _, e := range events {
		r := w.Send(e)
		if r.Outcome != registry.Accepted {
			w.Fatalf("event %s (%s) is %s: %v", e.ID, e.Type.Chinese(), r.Outcome, r.Problems)
		}
		code = r.Code
	}
	return code
}

// Send sends one event by its own agency and gives the receipt.
func (w *World) Send(e *docket.Event) registry.Receipt {
	w.Helper()
	by, err := agency.IDOf(e.Source)
	w.must(err)
	receipts, err := w.Receive(w.Delivery(by, e))
	if err != nil {
		w.Fatalf("sending event %s (%s): %v", e.ID, e.Type.Chinese(), err)
	}
	return receipts[0]
}

// Delivery is events signed by an agency's system, ready to be sent or spoilt.
func (w *World) Delivery(by string, events ...*docket.Event) *registry.Delivery {
	w.Helper()
	raws := make([][]byte, len(events))
	for i, e := range events {
		w.remember(e)
		var err error
		if raws[i], err = e.Encode(); err != nil {
			w.Fatal(err)
		}
	}
	return w.Raw(by, raws...)
}

// Raw is bytes signed by an agency's system.
func (w *World) Raw(by string, events ...[]byte) *registry.Delivery {
	w.Helper()
	w.serial++
	d := &registry.Delivery{Agency: by, ID: fmt.Sprintf("d%d", w.serial), SignedAt: w.Now, Events: events}
	w.Sign(d)
	return d
}

// Sign signs a delivery as its agency's system does.
func (w *World) Sign(d *registry.Delivery) {
	w.Helper()
	sig, err := w.agencies[d.Agency].sign.Sign(rand.Reader, d.Message(w.suite))
	w.must(err)
	d.Signature = sig
}

// Receive gives a delivery to the platform and counts what it acknowledges.
func (w *World) Receive(d *registry.Delivery) ([]registry.Receipt, error) {
	w.Helper()
	receipts, err := w.Reg.Receive(context.Background(), d, w.Now)
	for _, r := range receipts {
		if r.Outcome == registry.Accepted {
			w.accepted[agency.SourceOf(d.Agency)]++
		}
	}
	w.step()
	return receipts, err
}

// Acknowledged counts deliveries whose events a test had accepted by itself.
func (w *World) Acknowledged(deliveries ...*registry.Delivery) {
	for _, d := range deliveries {
		w.accepted[agency.SourceOf(d.Agency)] += int64(len(d.Events))
	}
}

// Counted counts one receipt that a test had by itself.
func (w *World) Counted(by string, r registry.Receipt) {
	if r.Outcome == registry.Accepted {
		w.accepted[agency.SourceOf(by)]++
	}
}
