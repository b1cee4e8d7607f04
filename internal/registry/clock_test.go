package registry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

// timed is one verb that stops working with time: it would succeed at from,
// and is refused at late.
type timed struct {
	late time.Duration
	want error
	do   func() error
}

// timedVerbs sets each up in one world. Nothing of it was tried before.
func timedVerbs(w *world) map[string]timed {
	w.Helper()
	ctx := context.Background()
	p := w.Adult()
	_, id := w.Sealed(p)
	_, waiting := unknown(w, w.Adult())
	mine := w.Passkey(asks)
	ruler := w.Passkey(rules)
	toAsk := registrytest.SignWith(w, mine, w.About(p))
	toApprove, toOpen, toUnseal := w.About(p), w.About(p), w.ToUnseal(id, registrytest.Court)
	yes := w.SignAnswer(w.Approval(w.Ask(toApprove), approves, registrytest.Court))
	w.Approve(toOpen, w.Ask(toOpen))
	w.Approve(toUnseal, w.Ask(toUnseal))
	code, err := w.Reg.IssueEnrolment(ctx, approves, w.Now)
	if err != nil {
		w.Fatal(err)
	}
	item := openItem(w, waiting, store.KindSeal)
	view, err := w.Reg.ReviewItem(ctx, rules, waiting.Code, item.ID)
	if err != nil {
		w.Fatal(err)
	}
	ruling := registrytest.SignWith(w, ruler, &grant.Ruling{
		Review: item.ID, Record: waiting.String(), Proposal: view.Digest, Officer: rules, Agency: registrytest.Court, Reason: "已核对判决书", At: w.Now,
	})
	nonce, next := []byte("a nonce for a second key"), passkeytest.ES256(w)
	body, err := w.Reg.PrepareKey(ctx, asks, nonce, next.Create(registrytest.Site(), w.Reg.EnrolChallenge(nonce)), "second", w.Now)
	if err != nil {
		w.Fatal(err)
	}
	second := grant.Signed{Body: body, Signature: mine.Assert(registrytest.Site(), w.Reg.Rules().Challenge(body)).Bytes()}
	return map[string]timed{
		"ask":       {25 * time.Hour, grant.ErrExpired, func() error { _, err := w.Reg.Ask(ctx, toAsk, w.Now); return err }},
		"approve":   {25 * time.Hour, grant.ErrExpired, func() error { _, err := w.Reg.Approve(ctx, toApprove.ID, yes, w.Now); return err }},
		"open":      {13 * time.Hour, grant.ErrExpired, func() error { _, err := w.Reg.Open(ctx, toOpen.Officer, toOpen.ID, w.Now); return err }},
		"unseal":    {13 * time.Hour, grant.ErrExpired, func() error { _, err := w.Reg.Unseal(ctx, toUnseal.Officer, toUnseal.ID, w.Now); return err }},
		"rule":      {2 * time.Hour, grant.ErrExpired, func() error { _, err := w.Reg.Rule(ctx, ruling, w.Now); return err }},
		"add key":   {2 * time.Hour, grant.ErrExpired, func() error { return w.Reg.AddPasskey(ctx, second, w.Now) }},
		"enrolling": {25 * time.Hour, registry.ErrEnrolment, func() error { _, err := w.Reg.Enrolling(ctx, code, w.Now); return err }},
		"enrol":     {25 * time.Hour, registry.ErrEnrolment, func() error { return w.Enrol(code, passkeytest.ES256(w)) }},
	}
}

// What expired once stays so when the clock is set back, at every verb that
// time ends, in the program that saw it expire and in one that starts anew.
func TestAClockSetBack(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		verbs, start := timedVerbs(w), w.Now
		for _, restart := range []bool{false, true} {
			for name, v := range verbs {
				w.Now = start.Add(v.late)
				if err := v.do(); !errors.Is(err, v.want) {
					w.Errorf("%s, late: %v, want %v", name, err, v.want)
				}
				if restart {
					w.Restart()
				}
				w.Now = start.Add(time.Second)
				if err := v.do(); !errors.Is(err, v.want) {
					w.Errorf("%s, with the clock set back (started anew: %t): %v, want %v", name, restart, err, v.want)
				}
			}
		}
		nothingOpened(w, "a clock set back")
		w.Check()
	})
}

// A program whose clock is right all along keeps another, whose clock was set
// back, from using what has expired.
func TestAClockSetBackBesideAnother(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		ctx := context.Background()
		p := w.Adult()
		w.Sealed(p)
		r := w.About(p)
		w.Approve(r, w.Ask(r))
		right, start := w.Reg, w.Now
		w.Restart()
		if behind, err := w.Reg.Watch(ctx, start); behind != 0 || err != nil {
			w.Fatalf("behind by %s, %v", behind, err)
		}
		if _, err := right.Watch(ctx, start.Add(13*time.Hour)); err != nil {
			w.Fatal(err)
		}
		back := start.Add(-time.Minute) // set back, and seen to be
		if behind, err := w.Reg.Watch(ctx, back); err != nil || behind < 13*time.Hour {
			w.Errorf("behind by %s, %v", behind, err)
		}
		if _, err := w.Reg.Open(ctx, r.Officer, r.ID, back); !errors.Is(err, grant.ErrExpired) {
			w.Errorf("opened by a clock set back: %v", err)
		}
		nothingOpened(w, "a clock set back beside another")
	})
}

// A clock that had run ahead holds everything up until it is reset, which the
// trail tells.
func TestAClockThatRanAhead(t *testing.T) {
	w := registrytest.New(t, registrytest.Options{})
	ctx := context.Background()
	p := w.Adult()
	w.Sealed(p)
	r := w.About(p)
	w.Approve(r, w.Ask(r))
	start := w.Now
	if _, err := w.Reg.Watch(ctx, start.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open(r); !errors.Is(err, grant.ErrExpired) {
		t.Errorf("a year ahead: %v", err)
	}
	if c, err := w.Reg.Clock(ctx, start); err != nil || c.Behind < 364*24*time.Hour {
		t.Errorf("%+v, %v", c, err)
	}
	if err := w.Reg.ResetClock(ctx, w.Now); err != nil {
		t.Fatal(err)
	}
	e := w.Entry(int64(w.Count(`SELECT size FROM trail_head`)) - 1)
	if e.Kind != "platform.clock-reset" || e.Detail["from"] == "" {
		t.Errorf("the trail says %+v", e)
	}
	w.Restart()
	if a, err := w.Open(r); err != nil || len(a.Records) != 1 {
		t.Errorf("after the reset: %v", err)
	}
}
