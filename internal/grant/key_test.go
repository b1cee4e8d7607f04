package grant_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
	"github.com/fengcun/fengcun/internal/suite"
)

var site = passkey.Site{ID: "fengcun.example", Origin: "https://fengcun.example"}

func (o *office) sited() grant.Rules {
	return grant.Rules{Digest: o.suite.Digest, Accept: grant.Accept{Site: site}, Held: o.held}
}

// passkey gives an officer a passkey.
func (o *office) passkey(t testing.TB, officer string) *passkeytest.Key {
	t.Helper()
	k := passkeytest.EdDSA(t)
	of := o.officers[officer]
	of.Passkeys = append(of.Passkeys, agency.Passkey{ID: k.ID, Public: k.Public})
	return k
}

func by[T grant.Document](t testing.TB, o *office, k *passkeytest.Key, doc T, change ...func(*passkeytest.Answer)) grant.Signed {
	t.Helper()
	body, err := grant.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	return grant.Signed{Body: body, Signature: k.Assert(site, o.sited().Challenge(body), change...).Bytes()}
}

// A grant under passkeys, under file keys, and under one of each.
func TestKindsOfKeysTogether(t *testing.T) {
	suites(t, func(t *testing.T, o *office) {
		mine, yours := o.passkey(t, "ask"), o.passkey(t, "approve")
		r := request()
		for name, s := range map[string]grant.Signed{"passkey": by(t, o, mine, r), "file": o.sign(t, r)} {
			a := &grant.Approval{
				Request: grant.DigestHex(o.suite.Digest(s.Body)), Officer: "approve", Agency: "court",
				Verdict: grant.Approve, At: now, Expires: now.Add(time.Hour),
			}
			for other, yes := range map[string]grant.Signed{"passkey": by(t, o, yours, a), "file": o.approve(t, s, "approve")} {
				if _, err := o.sited().Verify(s, []grant.Signed{yes}, o, now); err != nil {
					t.Errorf("%s and %s: %v", name, other, err)
				}
			}
		}
		if _, err := o.rules().VerifyRequest(by(t, o, mine, r), o, now); !errors.Is(err, grant.ErrSignature) {
			t.Errorf("a passkey where there is no site: %v", err)
		}
	})
}

// That a signature held is remembered; that its key still counts is asked anew.
func TestWhatHeldOnceIsNoGrant(t *testing.T) {
	suites(t, func(t *testing.T, o *office) {
		mine, r := o.passkey(t, "ask"), request()
		signed := map[string]grant.Signed{"passkey": by(t, o, mine, r), "file": o.sign(t, r)}
		was := *o.officers["ask"]
		for name, c := range map[string]struct {
			with string
			then func(*agency.Officer)
			want error
		}{
			"a passkey that was revoked": {"passkey", func(f *agency.Officer) { f.Passkeys[0].Revoked = now }, grant.ErrRevoked},
			"a passkey taken away":       {"passkey", func(f *agency.Officer) { f.Passkeys = nil }, grant.ErrSignature},
			"another key":                {"file", func(f *agency.Officer) { f.VerifyKey = o.officers["clerk"].VerifyKey }, grant.ErrSignature},
			"another duty":               {"file", func(f *agency.Officer) { f.Duty = agency.SealClerk }, grant.ErrDuty},
			"another agency":             {"file", func(f *agency.Officer) { f.Agency = "court" }, grant.ErrDuty},
		} {
			for range 2 {
				if _, err := o.sited().VerifyRequest(signed[c.with], o, now); err != nil {
					t.Fatalf("before: %v", err)
				}
			}
			f := was
			f.Passkeys = append(agency.Passkeys(nil), was.Passkeys...)
			c.then(&f)
			o.officers["ask"] = &f
			if _, err := o.sited().VerifyRequest(signed[c.with], o, now); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			o.officers["ask"] = &was
		}
		elsewhere := o.sited()
		elsewhere.Site = passkey.Site{ID: "other.example", Origin: "https://other.example"}
		if _, err := elsewhere.VerifyRequest(signed["passkey"], o, now); !errors.Is(err, grant.ErrSignature) {
			t.Errorf("at another site: %v", err)
		}
	})
}

func TestPasskeysThatDoNotSign(t *testing.T) {
	suites(t, func(t *testing.T, o *office) {
		mine, r := o.passkey(t, "ask"), request()
		good := by(t, o, mine, r)
		challenge := func(c []byte) func(*passkeytest.Answer) { return func(a *passkeytest.Answer) { a.Challenge = c } }
		body := good.Body
		bare := o.suite.Digest(body)
		otherSuite := map[string]suite.Suite{"intl": suite.GM(), "gm": suite.Intl()}[o.suite.Name()]
		other := otherSuite.Digest(grant.Message(body))
		for name, c := range map[string]struct {
			signed grant.Signed
			want   error
		}{
			"the bare bytes":              {by(t, o, mine, r, challenge(bare[:])), passkey.ErrChallenge},
			"under the other suite":       {by(t, o, mine, r, challenge(other[:])), passkey.ErrChallenge},
			"nothing":                     {by(t, o, mine, r, challenge(nil)), passkey.ErrChallenge},
			"another site":                {by(t, o, mine, r, func(a *passkeytest.Answer) { a.Site.ID = "example" }), passkey.ErrSite},
			"another origin":              {by(t, o, mine, r, func(a *passkeytest.Answer) { a.Site.Origin = "https://x.fengcun.example" }), passkey.ErrSite},
			"another site's frame":        {by(t, o, mine, r, func(a *passkeytest.Answer) { a.Cross = true }), passkey.ErrSite},
			"nobody verified":             {by(t, o, mine, r, func(a *passkeytest.Answer) { a.Flags = passkeytest.Present }), passkey.ErrUnverified},
			"a key nobody knows":          {by(t, o, passkeytest.EdDSA(t), r), grant.ErrSignature},
			"a colleague's key":           {by(t, o, o.passkey(t, "colleague"), r), grant.ErrSignature},
			"half an assertion":           {grant.Signed{Body: body, Signature: good.Signature[:len(good.Signature)/2]}, passkey.ErrForm},
			"a file signature, respelled": {grant.Signed{Body: body, Signature: append([]byte("fengcun/passkey/1\n"), o.sign(t, r).Signature...)}, passkey.ErrForm},
		} {
			_, err := o.sited().VerifyRequest(c.signed, o, now)
			if !errors.Is(err, c.want) || !errors.Is(err, grant.ErrSignature) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		o.officers["ask"].Passkeys[0].Revoked = now
		if _, err := o.sited().VerifyRequest(good, o, now); !errors.Is(err, grant.ErrRevoked) {
			t.Errorf("a revoked key: %v", err)
		}
	})
}

// By name, agency and duty alone nobody signs: an officer without keys has no
// word.
func TestNobodySignsByName(t *testing.T) {
	o := open(t, suite.Intl())
	s := o.sign(t, request())
	o.officers["ask"].VerifyKey = ""
	for _, sig := range [][]byte{nil, {}, s.Signature, []byte("ask"), bytes.Repeat([]byte{0}, 64)} {
		if _, err := o.sited().VerifyRequest(grant.Signed{Body: s.Body, Signature: sig}, o, now); !errors.Is(err, grant.ErrSignature) {
			t.Errorf("%x: %v", sig, err)
		}
	}
}

func TestSoftwareKeysAreForTheDemonstration(t *testing.T) {
	o := open(t, suite.Intl())
	s := o.sign(t, request())
	o.officers["ask"].KeyKind = agency.Software
	if _, err := o.sited().VerifyRequest(s, o, now); !errors.Is(err, grant.ErrSoftware) {
		t.Errorf("outside: %v", err)
	}
	rules := o.rules()
	rules.Software = true
	if _, err := rules.VerifyRequest(s, o, now); err != nil {
		t.Errorf("within: %v", err)
	}
}

// A document dated ahead would be good beyond the hours the law allows.
func TestDocumentsFromTheFuture(t *testing.T) {
	o := open(t, suite.Intl())
	ahead := func(d time.Duration) *grant.Request {
		r := request()
		r.Filed, r.Expires = now.Add(d), now.Add(d+time.Hour)
		return r
	}
	if _, err := o.rules().VerifyRequest(o.sign(t, ahead(10*time.Minute)), o, now); err != nil {
		t.Errorf("a clock ten minutes fast: %v", err)
	}
	if _, err := o.rules().VerifyRequest(o.sign(t, ahead(time.Hour)), o, now); !errors.Is(err, grant.ErrExpired) {
		t.Errorf("a request of tomorrow: %v", err)
	}
	s := o.sign(t, request())
	late := o.approve(t, s, "approve", func(a *grant.Approval) { a.At, a.Expires = now.AddDate(1, 0, 0), now.AddDate(1, 0, 1) })
	if _, err := o.rules().Verify(s, []grant.Signed{late}, o, now); !errors.Is(err, grant.ErrExpired) {
		t.Errorf("an approval of next year: %v", err)
	}
}

func ruling() *grant.Ruling {
	return &grant.Ruling{Review: "i", Record: "c-01", Proposal: "d", Officer: "clerk", Agency: "court", Seal: true, Reason: "核对无误", At: now}
}

func TestRulings(t *testing.T) {
	suites(t, func(t *testing.T, o *office) {
		k := o.passkey(t, "clerk")
		if v, err := o.sited().VerifyRuling(by(t, o, k, ruling()), o, now); err != nil || !v.Seal {
			t.Fatalf("%+v, %v", v, err)
		}
		for name, c := range map[string]struct {
			change func(*grant.Ruling)
			want   error
		}{
			"no review":      {func(v *grant.Ruling) { v.Review = "" }, grant.ErrIncomplete},
			"no record":      {func(v *grant.Ruling) { v.Record = "" }, grant.ErrIncomplete},
			"no proposal":    {func(v *grant.Ruling) { v.Proposal = "" }, grant.ErrIncomplete},
			"no reason":      {func(v *grant.Ruling) { v.Reason = "" }, grant.ErrIncomplete},
			"old":            {func(v *grant.Ruling) { v.At = now.Add(-2 * time.Hour) }, grant.ErrExpired},
			"early":          {func(v *grant.Ruling) { v.At = now.Add(2 * time.Hour) }, grant.ErrExpired},
			"without duty":   {func(v *grant.Ruling) { v.Officer = "approve" }, grant.ErrDuty},
			"another agency": {func(v *grant.Ruling) { v.Agency = "police" }, grant.ErrDuty},
		} {
			v := ruling()
			c.change(v)
			if _, err := o.sited().VerifyRuling(by(t, o, k, v), o, now); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		s := by(t, o, k, ruling())
		if _, err := o.sited().VerifyRequest(s, o, now); !errors.Is(err, grant.ErrIncomplete) {
			t.Errorf("a ruling as a request: %v", err)
		}
	})
}

func TestNewKeys(t *testing.T) {
	o := open(t, suite.GM())
	k, fresh := o.passkey(t, "ask"), passkeytest.ES256(t)
	word := func() *grant.NewKey {
		return &grant.NewKey{Officer: "ask", Agency: "police", Credential: fresh.ID, Public: fresh.Public, Label: "spare", At: now}
	}
	_, got, err := o.sited().VerifyNewKey(by(t, o, k, word()), o, now)
	if err != nil || !bytes.Equal(got.ID, fresh.ID) || !bytes.Equal(got.Public, fresh.Public) {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, _, err := o.sited().VerifyNewKey(by(t, o, fresh, word()), o, now); !errors.Is(err, grant.ErrSignature) {
		t.Errorf("a key vouches for itself: %v", err)
	}
	old, empty := word(), word()
	old.At, empty.Public = now.Add(-2*time.Hour), nil
	if _, _, err := o.sited().VerifyNewKey(by(t, o, k, old), o, now); !errors.Is(err, grant.ErrExpired) {
		t.Errorf("an old word: %v", err)
	}
	if _, _, err := o.sited().VerifyNewKey(by(t, o, k, empty), o, now); !errors.Is(err, grant.ErrIncomplete) {
		t.Errorf("no key: %v", err)
	}
}

func FuzzReadOthers(f *testing.F) {
	for _, doc := range []any{ruling(), &grant.NewKey{Officer: "ask", Credential: []byte{1}, Public: []byte{2}, At: now}} {
		var body []byte
		switch d := doc.(type) {
		case *grant.Ruling:
			body, _ = grant.Encode(d)
		case *grant.NewKey:
			body, _ = grant.Encode(d)
		}
		f.Add(body)
	}
	o := open(f, suite.Intl())
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, read := range []func([]byte) error{
			func(b []byte) error { _, err := grant.ReadRuling(b); return err },
			func(b []byte) error { _, err := grant.ReadNewKey(b); return err },
		} {
			if err := read(body); err != nil && !errors.Is(err, grant.ErrIncomplete) {
				t.Fatalf("an error of another kind: %v", err)
			}
		}
		s := grant.Signed{Body: body, Signature: bytes.Repeat([]byte{1}, 64)}
		if _, err := o.sited().VerifyRuling(s, o, now); err == nil {
			t.Fatal("an unsigned ruling was taken")
		}
		if _, _, err := o.sited().VerifyNewKey(s, o, now); err == nil {
			t.Fatal("an unsigned key was taken")
		}
	})
}
