package registry_test

import (
	"context"

	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// enrolPasskeyAct gives the approver a first passkey, after the one before was
// revoked.
func enrolPasskeyAct(w *world) func() deed {
	return func() deed {
		ctx := context.Background()
		for _, k := range keysOf(w, approves).Live() {
			if err := w.Reg.RevokePasskey(ctx, "platform", approves, k.Name(), w.Now); err != nil {
				w.Fatal(err)
			}
		}
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
