package registry_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

// enrolPasskeyAct gives the approver a first passkey, after the one before was
// revoked.
func enrolPasskeyAct(w *world) func() deed {
	return func() deed {
		ctx := context.Background()
		revokeBut(w, nil)
		code, err := w.Reg.IssueEnrolment(ctx, approves, w.Now)
		if err != nil {
			w.Fatal(err)
		}
		nonce, k := []byte("a nonce that was drawn for once"), passkeytest.ES256(w)
		return deed{do: func() error {
			_, _, err := w.Reg.EnrolPasskey(ctx, code, nonce, k.Create(registrytest.Site(), w.Reg.EnrolChallenge(nonce)), "key", w.Now)
			return err
		}, done: func() {
			if n := len(keysOf(w, approves).Live()); n != 1 {
				w.Fatalf("%d passkeys are good", n)
			}
		}}
	}
}

// revokeBut revokes the approver's passkeys but for one, which may be nil.
func revokeBut(w *world, kept *passkeytest.Key) {
	w.Helper()
	for _, k := range keysOf(w, approves).Live() {
		if kept != nil && string(k.ID) == string(kept.ID) {
			continue
		}
		if err := w.Reg.RevokePasskey(context.Background(), "platform", approves, k.Name(), w.Now); err != nil {
			w.Fatal(err)
		}
	}
}

func issueCodeAct(w *world) func() deed {
	return func() deed {
		return deed{do: func() error { _, err := w.Reg.IssueEnrolment(context.Background(), approves, w.Now); return err }, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM enrolment WHERE closed = 0`); n != 1 {
				w.Fatalf("%d codes are good", n)
			}
		}}
	}
}

// addPasskeyAct has a passkey vouch for a second one: its counter grows and the
// second counts, or neither.
func addPasskeyAct(w *world) func() deed {
	first := w.Passkey(approves)
	return func() deed {
		ctx := context.Background()
		revokeBut(w, first)
		nonce, k := []byte("drawn for a spare"), passkeytest.ES256(w)
		body, err := w.Reg.PrepareKey(ctx, approves, nonce, k.Create(registrytest.Site(), w.Reg.EnrolChallenge(nonce)), "spare", w.Now)
		if err != nil {
			w.Fatal(err)
		}
		word := grant.Signed{Body: body, Signature: first.Assert(registrytest.Site(), w.Reg.Rules().Challenge(body)).Bytes()}
		return deed{do: func() error { return w.Reg.AddPasskey(ctx, word, w.Now) }, done: func() {
			if n := len(keysOf(w, approves).Live()); n != 2 {
				w.Fatalf("%d passkeys are good", n)
			}
		}}
	}
}

func revokePasskeyAct(w *world) func() deed {
	return func() deed {
		w.Passkey(approves)
		name := keysOf(w, approves).Live()[0].Name()
		return deed{do: func() error {
			err := w.Reg.RevokePasskey(context.Background(), approves, approves, name, w.Now)
			if errors.Is(err, registry.ErrNotFound) {
				return fmt.Errorf("%w: revoked already", registry.ErrState)
			}
			return err
		}, done: func() {
			if n := len(keysOf(w, approves).Live()); n != 0 {
				w.Fatalf("%d passkeys are good", n)
			}
		}}
	}
}

func signInPasskeyAct(w *world) func() deed {
	k, n := w.Passkey(approves), 0
	return func() deed {
		n++
		nonce := fmt.Appendf(nil, "drawn to sign in, %d", n)
		response := k.JSON(k.Assert(registrytest.Site(), w.Reg.SignInChallenge(nonce)))
		return deed{do: func() error {
			_, err := w.Reg.SignInByPasskey(context.Background(), nonce, response, w.Now)
			return err
		}, done: func() {
			if used := keysOf(w, approves).Find(k.ID).Used; !used.Equal(w.Now) {
				w.Fatalf("the key was used at %s, not at %s", used, w.Now)
			}
		}}
	}
}

func setAccountAct(w *world) func() deed {
	return func() deed {
		return deed{do: func() error {
			return w.Reg.SetAccount(context.Background(), "li", asks, "a long enough password", w.Now)
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM account WHERE login = 'li'`); n != 1 {
				w.Fatalf("%d accounts", n)
			}
		}}
	}
}

func signInAct(w *world) func() deed {
	return func() deed {
		size := w.Count(`SELECT size FROM trail_head`)
		return deed{do: func() error { return w.Reg.SignedIn(context.Background(), asks, w.Now) }, done: func() {
			if w.Count(`SELECT size FROM trail_head`) == size {
				w.Fatal("signed in, and the trail does not say so")
			}
		}}
	}
}

// rulePasskeyAct seals a record on a ruling that a passkey signed.
func rulePasskeyAct(w *world) func() deed {
	k := w.Passkey(rules)
	return func() deed {
		ctx := context.Background()
		_, id := unknown(w, w.Adult())
		item := openItem(w, id, store.KindSeal)
		view, err := w.Reg.ReviewItem(ctx, rules, id.Code, item.ID)
		if err != nil {
			w.Fatal(err)
		}
		ruling := registrytest.SignWith(w, k, &grant.Ruling{
			Review: item.ID, Record: id.String(), Proposal: view.Digest, Officer: rules, Agency: registrytest.Court,
			Seal: true, Reason: "已核对判决书", At: w.Now,
		})
		return deed{do: func() error { _, err := w.Reg.Rule(ctx, ruling, w.Now); return err }, done: func() {
			w.Wants(id, docket.Sealed)
			if n := w.Count(`SELECT COUNT(*) FROM ruling WHERE review = $1`, item.ID); n != 1 {
				w.Fatalf("%d rulings are kept", n)
			}
		}}
	}
}

// resetClockAct mends a clock that had run ahead.
func resetClockAct(w *world) func() deed {
	return func() deed {
		w.Exec(`UPDATE platform_clock SET seen = $1`, w.Now.Add(time.Hour).UnixMicro())
		return deed{do: func() error { return w.Reg.ResetClock(context.Background(), w.Now) }, done: func() {
			if n := w.Count(`SELECT seen FROM platform_clock`); int64(n) != w.Now.UnixMicro() {
				w.Fatalf("the latest time seen is %d", n)
			}
		}}
	}
}

// approvePasskeyAct approves with a passkey, whose counter must not grow by
// halves.
func approvePasskeyAct(w *world) func() deed {
	yours := w.Passkey(approves)
	return func() deed {
		r := w.About(w.Adult())
		yes := registrytest.SignWith(w, yours, w.Approval(w.Ask(r), approves, registrytest.Court))
		return deed{do: func() error { _, err := w.Reg.Approve(context.Background(), r.ID, yes, w.Now); return err }, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM approval WHERE query = $1`, r.ID); n != 1 {
				w.Fatalf("%d approvals", n)
			}
		}}
	}
}
