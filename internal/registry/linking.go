package registry

import (
	"encoding/hex"
	"errors"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// Links between cases: taken in with the event that states one, taken back with
// the event that corrects or retracts it, in whichever order the two arrive.
// The other case may be known or not yet, open or sealed: the answer is the same.

// link makes the case that an event links one with its home.
func (b *batch) link(a *arrival, home docket.Code) error {
	l := a.event.Data.Link
	if l == nil {
		return nil
	}
	other, err := b.otherCase(a, l)
	if err != nil || a.receipt.Outcome == Refused || other == home {
		return err
	}
	if err := b.lockBoth(home, other); err != nil {
		return err
	}
	if void, err := b.wasTakenBack(a, home); err != nil || void {
		return errors.Join(err, b.leadTo(l, other))
	}
	if err := b.tx.AddCaseLink(store.CaseLink{Code: home, Other: other, EventKey: a.key, Home: true, Stays: l.Kind.TakesOver()}); err != nil {
		return err
	}
	b.joined[home], b.joined[other] = a.event.Source, a.event.Source
	if err := b.leadTo(l, other); err != nil {
		return err
	}
	return b.noteLink("case.join", a, home, other)
}

// linkedBy is the other home that an event just linked with the first of u. The
// event is filed with both, so that either's records tell of it.
func (b *batch) linkedBy(a *arrival, u union) (other docket.Code, linked bool) {
	links, err := b.tx.CaseLinks(u[0])
	if err != nil {
		return "", false
	}
	for _, l := range links {
		if l.Home && string(l.EventKey) == string(a.key) {
			return l.Other, true
		}
	}
	return "", false
}

// otherCase finds the case that a link names; a number that leads nowhere is
// given a case of its own, which the first event with this number will find.
func (b *batch) otherCase(a *arrival, l *docket.Link) (docket.Code, error) {
	if l.Code != "" {
		code, err := docket.ParseCode(l.Code)
		if err != nil {
			a.refuse("/data/link/code", err.Error())
			return "", nil
		}
		known, err := b.tx.CaseKnown(code)
		if err == nil && !known {
			a.refuse("/data/link/code", "no case has this code; name the case by its number")
		}
		return code, err
	}
	codes, err := b.casesByNumber(*l.Number)
	if err == nil && len(codes) == 0 {
		codes, err = b.newCase([]docket.Number{*l.Number})
	}
	if err != nil {
		return "", err
	}
	u, err := oneCase(b.tx, codes[0])
	for _, c := range codes {
		if err == nil && !u.has(c) {
			a.refuse("/data/link/number", "this number belongs to more than one case; give the case code")
			break
		}
	}
	return codes[0], err
}

// lockBoth locks all homes of two cases, in one order for all who lock.
func (b *batch) lockBoth(home, other docket.Code) error {
	if _, err := b.turnAtCases(union{min(home, other), max(home, other)}); err != nil {
		return err
	}
	codes, _, err := b.tx.LinkedCases([]docket.Code{home, other})
	if err != nil {
		return err
	}
	if err := b.tx.LockCases(codes); err != nil {
		return err
	}
	_, err = lockOneCase(b.tx, home)
	if err == nil {
		_, err = lockOneCase(b.tx, other)
	}
	return err
}

// leadTo has the number by which a link names a case lead there in the ledger,
// unless it may not lie there: then the vault knows the number.
func (b *batch) leadTo(l *docket.Link, other docket.Code) error {
	if l.Number == nil {
		return nil
	}
	key := b.r.aliasKey(*l.Number)
	known, err := b.tx.CasesByAlias(key)
	if err != nil || len(known) > 0 {
		return err
	}
	u, err := oneCase(b.tx, other)
	if err != nil {
		return err
	}
	shown, err := inLedger(b.tx, u, other)
	if err != nil || !shown {
		return err
	}
	return b.tx.AddAlias(key, other)
}

// wasTakenBack says that a link was taken back before it came: it is filed with
// word of that, and joins nothing.
func (b *batch) wasTakenBack(a *arrival, home docket.Code) (bool, error) {
	if err := b.turnAtEvent(a.key); err != nil {
		return false, err
	}
	void, err := b.tx.EarlyVoid(a.key)
	if err != nil || !void {
		return false, err
	}
	word := &docket.Event{
		ID: a.event.ID + "/void", Source: a.event.Source, Type: docket.ReportRetracted, Time: a.event.Time, Corrects: a.event.ID,
		Data: docket.Data{Date: a.event.Data.Date},
	}
	raw, err := word.Encode()
	if err != nil {
		return false, err
	}
	return true, b.fileAt(&arrival{raw: raw, event: word, key: b.r.eventKey(word.Source, word.ID)}, union{home}, home)
}

// turnAtEvent makes an event that may be a link, and what takes it back, wait for
// each other.
func (b *batch) turnAtEvent(key []byte) error {
	if b.turns[string(key)] || b.tx.Alone() {
		return nil
	}
	b.turns[string(key)] = true
	return b.tx.TakeTurns([][]byte{key})
}

// unlink parts again what the event that is corrected or taken back joined. One
// that has not come yet will join nothing.
func (b *batch) unlink(a *arrival, before union) error {
	e := a.event
	if e.Corrects == "" {
		return nil
	}
	old := b.r.eventKey(e.Source, e.Corrects)
	if b.seen[string(old)] == nil {
		if err := errors.Join(b.turnAtEvent(old), b.tx.AheadOfEvents(e.Source, [][]byte{old})); err != nil {
			return err // what was read before the turn may have changed
		}
		_, err := b.tx.Intake(e.Source, old)
		if errors.Is(err, store.ErrNotFound) {
			return b.tx.AddEarlyVoid(old)
		}
		if err != nil {
			return err
		}
	}
	gone, err := b.tx.DropCaseLinks(old)
	if err != nil || len(gone) == 0 {
		return err
	}
	for _, c := range before {
		b.joined[c] = e.Source
	}
	for _, l := range gone {
		if err := b.part(a, l); err != nil {
			return err
		}
	}
	return nil
}

// part takes back what a link did in one of the two homes.
func (b *batch) part(a *arrival, l store.CaseLink) error {
	if _, err := lockOneCase(b.tx, l.Code); err != nil {
		return err
	}
	b.joined[l.Code] = a.event.Source
	if l.Home {
		return b.noteLink("case.part", a, l.Code, l.Other)
	}
	return b.tx.DropSlip(docket.RecordID{Code: l.Code}, l.EventKey) // the event itself stays where it is filed
}

func (b *batch) noteLink(kind string, a *arrival, code, other docket.Code) error {
	_, err := b.j.add(trail.Entry{
		Kind: kind, At: b.now, Actor: a.event.Source, Code: string(code), Basis: string(a.event.Type),
		Detail: map[string]string{"other": string(other), "event": hex.EncodeToString(a.key)},
	}, nil)
	return err
}
