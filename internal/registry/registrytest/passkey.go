package registrytest

import (
	"context"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
)

// Site is the address of a world's pages.
func Site() passkey.Site {
	return passkey.Site{ID: "fengcun.test", Origin: "https://fengcun.test"}
}

// Passkey enrols a first passkey for an officer, with a code.
func (w *World) Passkey(officer string) *passkeytest.Key {
	w.Helper()
	code, err := w.Reg.IssueEnrolment(context.Background(), officer, w.Now)
	w.must(err)
	w.step()
	k := passkeytest.ES256(w)
	if err := w.Enrol(code, k); err != nil {
		w.Fatalf("enrolling a passkey for %s: %v", officer, err)
	}
	return k
}

// Enrol gives a new passkey to the platform under a code.
func (w *World) Enrol(code string, k *passkeytest.Key, change ...func(*passkeytest.Answer)) error {
	w.Helper()
	nonce := []byte("a nonce that was drawn for once")
	_, _, err := w.Reg.EnrolPasskey(context.Background(), code, nonce, k.Create(Site(), w.Reg.EnrolChallenge(nonce), change...), "key", w.Now)
	w.step()
	return err
}

// SignWith signs a document with a passkey; each change spoils the answer.
func SignWith[T grant.Document](w *World, k *passkeytest.Key, doc T, change ...func(*passkeytest.Answer)) grant.Signed {
	w.Helper()
	body, err := grant.Encode(doc)
	w.must(err)
	return grant.Signed{Body: body, Signature: k.Assert(Site(), w.Reg.Rules().Challenge(body), change...).Bytes()}
}
