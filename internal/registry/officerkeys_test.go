package registry_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

var (
	asks     = registrytest.OfficerID(registrytest.Police, agency.QueryOfficer)
	approves = registrytest.OfficerID(registrytest.Court, agency.QueryApprover)
	rules    = registrytest.OfficerID(registrytest.Court, agency.SealReviewer)
)

// asked files a request under a passkey.
func asked(w *world, k *passkeytest.Key, r *grant.Request) grant.Signed {
	w.Helper()
	s := registrytest.SignWith(w, k, r)
	if err := w.File(s); err != nil {
		w.Fatal(err)
	}
	return s
}

// Two officers with passkeys open a record as two with keys of their systems
// do; the vault judges the assertions itself, in its own process too.
func TestAGrantByPasskeys(t *testing.T) {
	registrytest.Each(t, grantByPasskeys)
	t.Run("apart", func(t *testing.T) {
		t.Parallel()
		grantByPasskeys(registrytest.New(t, registrytest.Options{Apart: true}))
	})
}

func grantByPasskeys(w *world) {
	w.Helper()
	p := w.Adult()
	w.Sealed(p)
	mine, yours := w.Passkey(asks), w.Passkey(approves)
	r := w.About(p)
	s := asked(w, mine, r)
	if err := w.Answer(r.ID, registrytest.SignWith(w, yours, w.Approval(s, approves, registrytest.Court))); err != nil {
		w.Fatal(err)
	}
	a, err := w.Open(r)
	if err != nil || len(a.Records) != 1 {
		w.Fatalf("%+v, %v", a, err)
	}
	v, err := w.Reg.Query(context.Background(), asks, r.ID)
	if err != nil || len(v.Keys) != 1 || v.Keys[0] != keysOf(w, approves)[0].Fingerprint() {
		w.Errorf("the answer is by key %v, %v", v.Keys, err)
	}
}

func keysOf(w *world, officer string) agency.Passkeys {
	w.Helper()
	o, _, err := w.Reg.Officer(context.Background(), officer)
	if err != nil {
		w.Fatal(err)
	}
	return o.Passkeys
}

// An assertion serves the one document, at the one site, by the one key, once.
func TestAssertionsThatDoNotCount(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		mine, yours := w.Passkey(asks), w.Passkey(approves)
		colleague := w.Colleague(registrytest.Police, agency.QueryApprover)
		theirs := w.Passkey(colleague)
		r, other := w.About(p), w.About(p)
		s, forOther := asked(w, mine, r), asked(w, mine, other)
		yes := w.Approval(s, approves, registrytest.Court)
		spoilt := func(change func(*passkeytest.Answer)) grant.Signed {
			return registrytest.SignWith(w, yours, yes, change)
		}
		good := registrytest.SignWith(w, yours, w.Approval(forOther, approves, registrytest.Court))
		body, err := grant.Encode(yes)
		if err != nil {
			w.Fatal(err)
		}
		for name, c := range map[string]struct {
			signed grant.Signed
			want   error
		}{
			"for another challenge": {spoilt(func(a *passkeytest.Answer) { a.Challenge = bytes.Repeat([]byte{1}, 32) }), grant.ErrSignature},
			"at another origin":     {spoilt(func(a *passkeytest.Answer) { a.Site.Origin = "https://fengcun.test.example" }), grant.ErrSignature},
			"for another site":      {spoilt(func(a *passkeytest.Answer) { a.Site.ID = "test" }), grant.ErrSignature},
			"by nobody verified":    {spoilt(func(a *passkeytest.Answer) { a.Flags = passkeytest.Present }), grant.ErrSignature},
			"by a synced key":       {spoilt(func(a *passkeytest.Answer) { a.Flags |= passkeytest.Synced }), grant.ErrSignature},
			"of another answer":     {grant.Signed{Body: body, Signature: good.Signature}, grant.ErrSignature},
			"of the request":        {grant.Signed{Body: body, Signature: s.Signature}, grant.ErrSignature},
			"by the asker's key":    {registrytest.SignWith(w, mine, yes), grant.ErrSignature},
			"altered":               {altered(registrytest.SignWith(w, yours, yes), "符合规定", "不合规定"), grant.ErrSignature},
			"without any":           {grant.Signed{Body: body}, grant.ErrSignature},
			"given for another":     {good, grant.ErrOther},
			"by the asker":          {registrytest.SignWith(w, mine, w.Approval(s, asks, registrytest.Police)), grant.ErrSelf},
			"by a colleague":        {registrytest.SignWith(w, theirs, w.Approval(s, colleague, registrytest.Police)), grant.ErrSameAgency},
			"in another's name":     {registrytest.SignWith(w, theirs, yes), grant.ErrSignature},
			"from long ago":         {registrytest.SignWith(w, yours, dated(yes, w.Now.Add(-80*time.Hour))), grant.ErrExpired},
			"from the future":       {registrytest.SignWith(w, yours, dated(yes, w.Now.Add(time.Hour))), grant.ErrExpired},
		} {
			if err := w.Answer(r.ID, c.signed); !errors.Is(err, c.want) {
				w.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if _, err := w.Open(r); !errors.Is(err, grant.ErrNotApproved) {
			w.Errorf("opened without an approval: %v", err)
		}
		if err := w.File(s); err == nil {
			w.Error("a request is filed twice")
		}
		nothingOpened(w, "after all that")
	})
}

func dated(a *grant.Approval, at time.Time) *grant.Approval {
	b := *a
	b.At, b.Expires = at, at.Add(12*time.Hour)
	return &b
}

// Of two copies of a key the one that lags behind is refused, and the trail
// says so.
func TestCopiedKeys(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		mine := w.Passkey(asks)
		copied := *mine
		asked(w, mine, w.About(p))
		asked(w, mine, w.About(p))
		if err := w.File(registrytest.SignWith(w, &copied, w.About(p))); !errors.Is(err, grant.ErrCounter) {
			w.Errorf("the copy's first use: %v", err)
		}
		nonce := []byte("drawn once")
		a := copied.Assert(registrytest.Site(), w.Reg.SignInChallenge(nonce))
		if _, err := w.Reg.SignInByPasskey(context.Background(), nonce, copied.JSON(a), w.Now); !errors.Is(err, grant.ErrCounter) {
			w.Errorf("signing in with the copy: %v", err)
		}
		if n := w.Count(`SELECT COUNT(*) FROM query`); n != 2 {
			w.Errorf("%d requests are filed", n)
		}
		w.Check()
		asked(w, mine, w.About(p))
	})
}

// A code is good once, for a day, for an officer without a key.
func TestEnrolling(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		ctx := context.Background()
		issue := func() string {
			code, err := w.Reg.IssueEnrolment(ctx, asks, w.Now)
			if err != nil {
				w.Fatal(err)
			}
			return code
		}
		first := issue()
		if err := w.Enrol("AAAA-AAAA-AAAA", passkeytest.ES256(w)); !errors.Is(err, registry.ErrEnrolment) {
			w.Errorf("a code of nobody: %v", err)
		}
		second := issue()
		if err := w.Enrol(first, passkeytest.ES256(w)); !errors.Is(err, registry.ErrEnrolment) {
			w.Errorf("a code that was replaced: %v", err)
		}
		w.Now = w.Now.Add(registry.EnrolmentLife + time.Minute)
		if err := w.Enrol(second, passkeytest.ES256(w)); !errors.Is(err, registry.ErrEnrolment) {
			w.Errorf("a code of yesterday: %v", err)
		}
		third, k := issue(), passkeytest.EdDSA(w)
		unverified := func(a *passkeytest.Answer) { a.Flags = passkeytest.Present }
		if err := w.Enrol(third, k, unverified); !errors.Is(err, grant.ErrSignature) {
			w.Errorf("a key that knows no owner: %v", err)
		}
		if err := w.Enrol(third, k); err != nil {
			w.Fatalf("the code is still good: %v", err)
		}
		if err := w.Enrol(third, passkeytest.ES256(w)); !errors.Is(err, registry.ErrEnrolment) {
			w.Errorf("a code twice: %v", err)
		}
		if _, err := w.Reg.IssueEnrolment(ctx, asks, w.Now); !errors.Is(err, registry.ErrKeys) {
			w.Errorf("an administrator brings in a second key: %v", err)
		}
		code, err := w.Reg.IssueEnrolment(ctx, approves, w.Now)
		if err != nil {
			w.Fatal(err)
		}
		if err := w.Enrol(code, k); err == nil {
			w.Error("two officers have one key")
		}
		if _, err := w.Reg.IssueEnrolment(ctx, "nobody", w.Now); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("a code for nobody: %v", err)
		}
	})
}

// A further key counts on the word of one that the officer has; a lost one is
// revoked, and what it signed opens nothing.
func TestSparesAndLostKeys(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		ctx := context.Background()
		p := w.Adult()
		w.Sealed(p)
		mine, yours, spare := w.Passkey(asks), w.Passkey(approves), passkeytest.EdDSA(w)
		add := func(k, by *passkeytest.Key) error {
			nonce := []byte("drawn for a spare")
			body, err := w.Reg.PrepareKey(ctx, approves, nonce, k.Create(registrytest.Site(), w.Reg.EnrolChallenge(nonce)), "spare", w.Now)
			if err != nil {
				return err
			}
			a := by.Assert(registrytest.Site(), w.Reg.Rules().Challenge(body))
			err = w.Reg.AddPasskey(ctx, grant.Signed{Body: body, Signature: a.Bytes()}, w.Now)
			w.Check()
			return err
		}
		if err := add(spare, spare); !errors.Is(err, grant.ErrSignature) {
			w.Errorf("a key vouches for itself: %v", err)
		}
		if err := add(spare, mine); !errors.Is(err, grant.ErrSignature) {
			w.Errorf("another officer's key vouches: %v", err)
		}
		if err := add(spare, yours); err != nil {
			w.Fatal(err)
		}
		for range registry.MaxPasskeys - 2 {
			if err := add(passkeytest.ES256(w), spare); err != nil {
				w.Fatal(err)
			}
		}
		if err := add(passkeytest.ES256(w), spare); !errors.Is(err, registry.ErrKeys) {
			w.Errorf("one key too many: %v", err)
		}
		r := w.About(p)
		s := asked(w, mine, r)
		if err := w.Answer(r.ID, registrytest.SignWith(w, yours, w.Approval(s, approves, registrytest.Court))); err != nil {
			w.Fatal(err)
		}
		lost := keysOf(w, approves).Find(yours.ID)
		if err := w.Reg.RevokePasskey(ctx, "platform", approves, lost.Name(), w.Now); err != nil {
			w.Fatal(err)
		}
		w.Check()
		if _, err := w.Open(r); !errors.Is(err, grant.ErrRevoked) {
			w.Errorf("opened on the word of a lost key: %v", err)
		}
		nothingOpened(w, "with a lost key")
		if err := w.Reg.RevokePasskey(ctx, "platform", approves, lost.Name(), w.Now); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("revoked twice: %v", err)
		}
		again := w.About(p)
		s = asked(w, mine, again)
		if err := w.Answer(again.ID, registrytest.SignWith(w, yours, w.Approval(s, approves, registrytest.Court))); !errors.Is(err, grant.ErrRevoked) {
			w.Errorf("the lost key approves: %v", err)
		}
		if err := w.Answer(again.ID, registrytest.SignWith(w, spare, w.Approval(s, approves, registrytest.Court))); err != nil {
			w.Errorf("the spare approves: %v", err)
		}
	})
}

// What the pages and the database pass on is no word of an officer's: the vault
// verifies the stored assertion against the exact bytes.
func TestTheVaultBelievesNoPages(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		mine, yours := w.Passkey(asks), w.Passkey(approves)
		r, other := w.About(p), w.About(p)
		s, forOther := asked(w, mine, r), asked(w, mine, other)
		if err := w.Answer(r.ID, registrytest.SignWith(w, yours, w.Approval(s, approves, registrytest.Court))); err != nil {
			w.Fatal(err)
		}
		misled := registrytest.SignWith(w, yours, w.Approval(forOther, approves, registrytest.Court)).Signature
		nonce := []byte("drawn to sign in")
		signIn := yours.Assert(registrytest.Site(), w.Reg.SignInChallenge(nonce)).Bytes()
		var right []byte
		for name, forged := range map[string][]byte{
			"an approval of another request": misled, "a sign-in": signIn, "nothing": {}, "a name": []byte(approves),
		} {
			right = swapSignature(w, r.ID, forged)
			if _, err := w.Open(r); !errors.Is(err, grant.ErrSignature) {
				w.Errorf("%s in the place of the approval: %v", name, err)
			}
			swapSignature(w, r.ID, right)
		}
		nothingOpened(w, "with forged approvals")
		if _, err := w.Open(r); err != nil {
			w.Errorf("the rightful one: %v", err)
		}
	})
}

// swapSignature puts a signature in the place of an answer's and gives the old.
func swapSignature(w *world, query string, to []byte) (old []byte) {
	w.Helper()
	err := w.DB.Write(context.Background(), func(tx *store.Tx) error {
		all, err := tx.Approvals(query)
		if err == nil {
			old = all[0].Signature
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	w.Exec(`UPDATE approval SET signature = $1`, to)
	return old
}

// An officer signs in with a passkey, and from then on with no password.
func TestSigningInWithAPasskey(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		ctx := context.Background()
		const password = "a long enough password"
		if err := w.Reg.SetAccount(ctx, "li", asks, password, w.Now); err != nil {
			w.Fatal(err)
		}
		if id, err := w.Reg.SignIn(ctx, "li", password, w.Now); err != nil || id != asks {
			w.Fatalf("with a password: %q, %v", id, err)
		}
		mine, nonce := w.Passkey(asks), []byte("drawn to sign in")
		answer := func(n []byte, change ...func(*passkeytest.Answer)) []byte {
			return mine.JSON(mine.Assert(registrytest.Site(), w.Reg.SignInChallenge(n), change...))
		}
		if id, err := w.Reg.SignInByPasskey(ctx, nonce, answer(nonce), w.Now); err != nil || id != asks {
			w.Errorf("with a passkey: %q, %v", id, err)
		}
		if _, err := w.Reg.SignIn(ctx, "li", password, w.Now); !errors.Is(err, registry.ErrSignIn) {
			w.Errorf("a password beside a passkey: %v", err)
		}
		stranger := passkeytest.ES256(w)
		for name, response := range map[string][]byte{
			"another nonce":      answer([]byte("drawn for another")),
			"nobody verified":    answer(nonce, func(a *passkeytest.Answer) { a.Flags = passkeytest.Present }),
			"another origin":     answer(nonce, func(a *passkeytest.Answer) { a.Site.Origin = "https://fengcun.test:444" }),
			"a key nobody knows": stranger.JSON(stranger.Assert(registrytest.Site(), w.Reg.SignInChallenge(nonce))),
			"nothing":            nil,
		} {
			if _, err := w.Reg.SignInByPasskey(ctx, nonce, response, w.Now); !errors.Is(err, registry.ErrSignIn) {
				w.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Reg.RevokePasskey(ctx, asks, asks, keysOf(w, asks)[0].Name(), w.Now); err != nil {
			w.Fatal(err)
		}
		if _, err := w.Reg.SignInByPasskey(ctx, nonce, answer(nonce), w.Now); !errors.Is(err, registry.ErrSignIn) {
			w.Errorf("a revoked key: %v", err)
		}
		w.Check()
	})
}

// A key that the program holds signs nothing outside the demonstration, be it
// a request, an approval or a call.
func TestSoftwareKeysOutsideTheDemonstration(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		r := w.About(p)
		s := w.Signed(r)
		w.Exec(`UPDATE officer SET key_kind = 'software' WHERE id = $1`, asks)
		if err := w.File(s); !errors.Is(err, grant.ErrSoftware) {
			w.Errorf("a request: %v", err)
		}
		w.Exec(`UPDATE officer SET key_kind = '' WHERE id = $1`, asks)
		if err := w.File(s); err != nil {
			w.Fatal(err)
		}
		w.Exec(`UPDATE officer SET key_kind = 'software' WHERE id = $1`, approves)
		if err := w.Answer(r.ID, w.SignAnswer(w.Approval(s, approves, registrytest.Court))); !errors.Is(err, grant.ErrSoftware) {
			w.Errorf("an approval: %v", err)
		}
		w.Exec(`UPDATE officer SET key_kind = '' WHERE id = $1`, approves)
		w.Approve(r, s)
		w.Exec(`UPDATE officer SET key_kind = 'software' WHERE id = $1`, approves)
		if _, err := w.Open(r); !errors.Is(err, grant.ErrSoftware) {
			w.Errorf("opened by the vault: %v", err)
		}
		nothingOpened(w, "with software keys")
	})
}

// lastDigitOther is another hexadecimal number, alike but for its end.
func lastDigitOther(hex string) string {
	rest, last := hex[:len(hex)-1], "0"
	if hex == rest+last {
		last = "1"
	}
	return rest + last
}

// A court's officer rules on a proposed sealing by signature, on exactly the
// proposal that was read.
func TestRulings(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		ctx := context.Background()
		k := w.Passkey(rules)
		for _, seal := range []bool{true, false} {
			_, id := unknown(w, w.Adult())
			item := openItem(w, id, store.KindSeal)
			view, err := w.Reg.ReviewItem(ctx, rules, id.Code, item.ID)
			if err != nil {
				w.Fatal(err)
			}
			ruling := func() *grant.Ruling {
				return &grant.Ruling{
					Review: item.ID, Record: id.String(), Proposal: view.Digest, Officer: rules, Agency: registrytest.Court,
					Seal: seal, Reason: "已核对判决书", At: w.Now,
				}
			}
			rule := func(s grant.Signed) error {
				defer w.Check()
				_, err := w.Reg.Rule(ctx, s, w.Now)
				return err
			}
			for name, c := range map[string]struct {
				want   error
				change func(*grant.Ruling)
			}{
				"another proposal":       {grant.ErrOther, func(v *grant.Ruling) { v.Proposal = lastDigitOther(view.Digest) }},
				"no reason":              {grant.ErrIncomplete, func(v *grant.Ruling) { v.Reason = "" }},
				"no proposal":            {grant.ErrIncomplete, func(v *grant.Ruling) { v.Proposal = "" }},
				"of yesterday":           {grant.ErrExpired, func(v *grant.Ruling) { v.At = w.Now.Add(-25 * time.Hour) }},
				"of tomorrow":            {grant.ErrExpired, func(v *grant.Ruling) { v.At = w.Now.Add(24 * time.Hour) }},
				"another agency":         {grant.ErrDuty, func(v *grant.Ruling) { v.Agency = registrytest.OtherCourt }},
				"another officer's name": {grant.ErrSignature, func(v *grant.Ruling) { v.Officer = registrytest.OfficerID(registrytest.Court, agency.SealClerk) }},
				"without the duty":       {grant.ErrDuty, func(v *grant.Ruling) { v.Officer = approves }},
				"another item":           {registry.ErrNotFound, func(v *grant.Ruling) { v.Review = "another" }},
			} {
				v := ruling()
				c.change(v)
				if err := rule(registrytest.SignWith(w, k, v)); !errors.Is(err, c.want) {
					w.Errorf("%s: %v, want %v", name, err, c.want)
				}
			}
			good := registrytest.SignWith(w, k, ruling())
			if err := rule(altered(good, "已核对", "未核对")); !errors.Is(err, grant.ErrSignature) {
				w.Errorf("altered: %v", err)
			}
			if err := rule(good); err != nil {
				w.Fatal(err)
			}
			if err := rule(registrytest.SignWith(w, k, ruling())); !errors.Is(err, registry.ErrState) {
				w.Errorf("ruled on twice: %v", err)
			}
			kept, err := w.Reg.SignedRuling(ctx, rules, id.Code, item.ID)
			if err != nil || !bytes.Equal(kept.Body, good.Body) || !bytes.Equal(kept.Signature, good.Signature) {
				w.Errorf("the ruling is not kept as it was signed: %v", err)
			}
		}
	})
}
