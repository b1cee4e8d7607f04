package indistinct_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// pair is the two worlds: without has all but the extra record, with has it.
// Where the second does something about the extra record, the first makes as
// many entries of another kind in its trail: that something was done may be
// told, for the trail says it of everything. What was done, and to whom, may not.
type pair struct {
	testing.TB
	without, with *side
	h             *history
	step          int
	codes         map[docket.Code]bool // of the extra record's case, where it has one of its own
	records       []docket.RecordID    // the extra ones
	linked        string               // what a link did to the extra case; "" for none
	history       bool                 // the extra record comes as history, and a wave seals it
	suspected     string               // id of a pair that the extra person stood in while their record was open, or made up
	fault         string               // id of an item of quality that the extra record had while it was open, or made up
}

// errOther says that a history does not give what is to be compared; the
// caller draws another one.
var errOther = errors.New("another history is needed")

// play lets a history happen in both worlds.
func (p *pair) play(h *history) error {
	p.Helper()
	p.h, p.step, p.codes, p.records, p.suspected, p.fault, p.linked = h, 0, map[docket.Code]bool{}, nil, noPair, noPair, ""
	p.history = h.rng.IntN(3) == 0
	p.without.wipe(h.seed)
	p.with.wipe(h.seed)
	if err := p.level(h.end); err != nil { // the history before was given up
		return err
	}
	for _, a := range h.acts() {
		at := a.events[len(a.events)-1].Time.Add(time.Minute)
		if err := p.sweepUntil(at); err != nil {
			return err
		}
		var err error
		if a.extra {
			err = p.extra(a.events[0], at)
		} else {
			err = p.both(func(s *side) (any, error) { return s.receive(a.events, p.step, at) })
		}
		if err == nil && a.extra {
			err = p.alike(a.events[0], at)
		}
		if err != nil {
			return err
		}
	}
	if err := p.sweepUntil(h.end); err != nil {
		return err
	}
	if err := p.wave(); err != nil {
		return err
	}
	if err := p.settle(); err != nil {
		return err
	}
	if err := p.link(); err != nil {
		return err
	}
	return p.publish()
}

// alike has both worlds know, of every other extra person, somebody of that name
// and birthday without a document, who may be the same: while the extra record
// is open, the two come before a human.
func (p *pair) alike(e *docket.Event, at time.Time) error {
	if e.Type != docket.CaseFiled || p.h.rng.IntN(2) == 0 {
		return nil
	}
	who := p.h.extra.person()
	filed := &docket.Event{
		ID: "alike-" + e.ID, Source: e.Source, Type: docket.CaseFiled, Time: e.Time,
		Data: docket.Data{
			Date: e.Data.Date, Numbers: []docket.Number{{Kind: "立案号", No: "疑" + e.Data.Numbers[0].No}},
			Persons: []docket.Part{{Identity: docket.Identity{Name: who.Name, Sex: who.Gender(), Birth: who.Born()}, Suspected: e.Data.Persons[0].Suspected}},
		},
	}
	p.step++
	at = at.Add(time.Second)
	if err := p.both(func(s *side) (any, error) { return s.receive([]*docket.Event{filed}, p.step, at) }); err != nil {
		return err
	}
	if err := p.level(at); err != nil {
		return err
	}
	if err := p.identify(at); err != nil {
		return err
	}
	if id := p.with.text(`SELECT COALESCE(MIN(id), '') FROM identity_pair`); id != "" {
		p.suspected = id
	}
	return nil
}

// noPair is the id of a pair, or of an item, that there never was.
const noPair = "0123456789abcdef01234567"

// publish signs a checkpoint, as the server does each second: nothing of the
// trail is shown before.
func (p *pair) publish() error {
	for _, s := range []*side{p.without, p.with} {
		s.tape.begin("publish")
		if _, err := s.reg.Publish(context.Background()); err != nil {
			return err
		}
	}
	return nil
}

// both does one thing in both worlds and compares what the doer is told.
func (p *pair) both(do func(s *side) (any, error)) error {
	p.Helper()
	p.step++
	var told [2]string
	for i, s := range []*side{p.without, p.with} {
		s.tape.begin(fmt.Sprint("step ", p.step))
		answer, err := do(s)
		if err != nil {
			return err
		}
		told[i] = fmt.Sprintf("%+v", answer)
	}
	if told[0] != told[1] {
		return fmt.Errorf("step %d is answered otherwise: %s\nand with the record more: %s", p.step, told[0], told[1])
	}
	return nil
}

// extra does something about the extra record.
func (p *pair) extra(e *docket.Event, at time.Time) error {
	p.Helper()
	p.step++
	p.with.tape.begin(fmt.Sprint("extra ", p.step))
	take := p.with.receive
	if p.history {
		take = p.with.takeHistory
	}
	all, err := take([]*docket.Event{e}, p.step, at)
	if err != nil {
		return err
	}
	if r := all[0][0]; r.Outcome == registry.Accepted {
		p.codes[r.Code] = true
	}
	return p.level(at)
}

// wave runs a wave in both worlds; where the extra record came as history it
// decides on it.
func (p *pair) wave() error {
	p.Helper()
	if !p.history {
		return nil
	}
	p.step++
	for _, s := range []*side{p.without, p.with} {
		s.tape.begin(fmt.Sprint("wave ", p.step))
		if err := s.wave(p.h.end); err != nil {
			return err
		}
	}
	return p.level(p.h.end)
}

// level gives the first world's trail as many entries as the second's has.
func (p *pair) level(at time.Time) error {
	p.without.tape.begin(fmt.Sprint("level ", p.step))
	n := p.with.trailSize() - p.without.trailSize()
	if n < 0 {
		return fmt.Errorf("the trail without the record is %d entries longer", -n)
	}
	for range n {
		if err := p.without.reg.Enrol(context.Background(), nil, nil, at); err != nil {
			return err
		}
	}
	return nil
}

// sweepUntil lets policy look at what falls due, day by day as the server does.
func (p *pair) sweepUntil(at time.Time) error {
	p.Helper()
	if err := errors.Join(p.examine(at), p.level(at)); err != nil {
		return err
	}
	const due = `SELECT MIN(due) FROM record`
	for {
		day := p.with.number(due)
		if n := p.without.number(due); n != 0 && n < day {
			day = n
		}
		if day == 0 || civil.FromDays(int(day)).After(civil.Of(at)) {
			return nil
		}
		p.step++
		now := civil.FromDays(int(day)).Time().Add(time.Hour)
		var n [2]int
		for i, s := range []*side{p.without, p.with} {
			s.tape.begin(fmt.Sprint("sweep ", p.step))
			var err error
			if n[i], err = s.reg.Sweep(context.Background(), now, 1000); err != nil {
				return err
			}
		}
		if n[0] > 0 && n[1] > n[0] { // they draw from one stretch
			return errOther
		}
		if err := p.identify(now); err != nil {
			return err
		}
		if err := p.level(now); err != nil {
			return err
		}
	}
}

// identify compares persons of whom something new was said, in both worlds; in
// one of them the extra record's person may be among them.
func (p *pair) identify(now time.Time) error {
	for _, s := range []*side{p.without, p.with} {
		for {
			n, err := s.reg.Identify(context.Background(), now, 1000)
			if err != nil {
				return err
			}
			if n < 1000 {
				break
			}
		}
	}
	return nil
}

// examine looks at the quality of the records whose time has come, in both
// worlds; in one of them the extra record may be among them.
func (p *pair) examine(now time.Time) error {
	for _, s := range []*side{p.without, p.with} {
		for {
			n, err := s.reg.Examine(context.Background(), now, 1000)
			if err != nil {
				return err
			}
			if n < 1000 {
				break
			}
		}
	}
	for code := range p.codes {
		if id := p.with.text(`SELECT COALESCE(MIN(id), '') FROM quality_item WHERE code = $1`, string(code)); id != "" && p.h.under == nil {
			p.fault = id
		}
	}
	return nil
}

// settle sees the extra record sealed, a reviewer confirming where policy asks
// for one, and its letters answered.
func (p *pair) settle() error {
	p.Helper()
	if err := p.find(); err != nil {
		return err
	}
	if err := errors.Join(p.identify(p.h.end), p.examine(p.h.end)); err != nil {
		return err
	}
	p.step++
	s, ctx := p.with, context.Background()
	s.tape.begin("settle")
	for _, id := range p.records {
		row := s.record(id)
		if row.Status == docket.Sealed {
			continue
		}
		item := s.text(`SELECT id FROM review WHERE code = $1 AND seq = $2 AND kind = 'seal' AND outcome = ''`, string(id.Code), id.Seq)
		if item == "" || s.officer(officerID(row.Custodian, agency.SealReviewer)) == nil {
			return errOther
		}
		if err := s.reg.Review(ctx, officerID(row.Custodian, agency.SealReviewer), id.Code, item, true, "同意", p.h.end); err != nil {
			return err
		}
	}
	var all []string
	for _, a := range s.agencies {
		all = append(all, a.ID)
	}
	if err := errors.Join(p.level(p.h.end), p.identify(p.h.end), p.examine(p.h.end), p.level(p.h.end)); err != nil {
		return err
	}
	if p.h.rng.IntN(2) == 0 { // or the letters still wait
		return nil
	}
	if err := p.both(func(s *side) (any, error) {
		return nil, s.reg.AcknowledgeAll(ctx, all, time.Unix(0, 0), p.h.end, p.h.end)
	}); err != nil {
		return err
	}
	return p.level(p.h.end)
}

// find names the extra records: those of the extra case's persons.
func (p *pair) find() error {
	p.Helper()
	for code := range p.codes {
		want := map[int]bool{}
		for _, seq := range p.with.numbers(`SELECT seq FROM record WHERE code = $1 ORDER BY seq`, string(code)) {
			want[seq] = true
		}
		for _, seq := range p.without.numbers(`SELECT seq FROM record WHERE code = $1 ORDER BY seq`, string(code)) {
			delete(want, seq)
		}
		for seq := range want {
			p.records = append(p.records, docket.RecordID{Code: code, Seq: seq})
		}
	}
	slices.SortFunc(p.records, func(a, b docket.RecordID) int { return a.Seq - b.Seq })
	if len(p.records) != len(p.h.extra.persons) || len(p.codes) != 1 {
		return errOther
	}
	return nil
}
