package passkey_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/grant/passkey/passkeytest"
)

var (
	site      = passkey.Site{ID: "fengcun.example", Origin: "https://fengcun.example"}
	challenge = bytes.Repeat([]byte{7}, 32)
)

func public(k *passkeytest.Key) *agency.Passkey { return &agency.Passkey{ID: k.ID, Public: k.Public} }

// each runs a test with a key of both algorithms.
func each(t *testing.T, f func(t *testing.T, k *passkeytest.Key)) {
	t.Run("ES256", func(t *testing.T) { f(t, passkeytest.ES256(t)) })
	t.Run("EdDSA", func(t *testing.T) { f(t, passkeytest.EdDSA(t)) })
}

func TestParseSite(t *testing.T) {
	for in, want := range map[string]passkey.Site{
		"https://fengcun.example":       site,
		"https://fengcun.example/":      site,
		"https://fengcun.example:8443":  {ID: "fengcun.example", Origin: "https://fengcun.example:8443"},
		"http://localhost:8080":         {ID: "localhost", Origin: "http://localhost:8080"},
		"http://fengcun.example":        {},
		"https://192.0.2.1":             {},
		"https://[2001:db8::1]":         {},
		"fengcun.example":               {},
		"https://":                      {},
		"https://a:b@fengcun.example":   {},
		"https://fengcun.example/pages": {},
		"https://fengcun.example?x=y":   {},
		"":                              {},
	} {
		got, err := passkey.ParseSite(in)
		if got != want || (err == nil) == want.IsZero() {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
}

func TestRegisterAndVerify(t *testing.T) {
	each(t, func(t *testing.T, k *passkeytest.Key) {
		got, err := site.Register(challenge, k.Create(site, challenge))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*public(k), got); diff != "" {
			t.Error(diff)
		}
		other := sha256.Sum256([]byte("a request"))
		a := k.Assert(site, other[:])
		read, err := passkey.ReadAssertion(k.JSON(a))
		if err != nil {
			t.Fatal(err)
		}
		kept, err := passkey.ParseAssertion(read.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, kept); diff != "" {
			t.Error(diff)
		}
		counter, err := site.Verify(&got, other[:], kept)
		if err != nil || counter != 1 || kept.Counter() != 1 {
			t.Errorf("counter %d, %v", counter, err)
		}
	})
}

// The ways in which an answer is not one to this challenge at this site by the
// key's verified owner.
func refusals() map[string]struct {
	change func(*passkeytest.Answer)
	want   error
} {
	type r = struct {
		change func(*passkeytest.Answer)
		want   error
	}
	return map[string]r{
		"another challenge":  {func(a *passkeytest.Answer) { a.Challenge = bytes.Repeat([]byte{8}, 32) }, passkey.ErrChallenge},
		"another origin":     {func(a *passkeytest.Answer) { a.Site.Origin = "https://fengcun.example.net" }, passkey.ErrSite},
		"another port":       {func(a *passkeytest.Answer) { a.Site.Origin += ":444" }, passkey.ErrSite},
		"plain http":         {func(a *passkeytest.Answer) { a.Site.Origin = "http://fengcun.example" }, passkey.ErrSite},
		"another site's key": {func(a *passkeytest.Answer) { a.Site.ID = "example" }, passkey.ErrSite},
		"within a frame":     {func(a *passkeytest.Answer) { a.Cross = true }, passkey.ErrSite},
		"not verified":       {func(a *passkeytest.Answer) { a.Flags = passkeytest.Present }, passkey.ErrUnverified},
		"not present":        {func(a *passkeytest.Answer) { a.Flags = passkeytest.Verified }, passkey.ErrUnverified},
		"a synced key":       {func(a *passkeytest.Answer) { a.Flags |= passkeytest.Synced }, passkey.ErrSynced},
		"another ceremony":   {func(a *passkeytest.Answer) { a.Type = "payment.get" }, passkey.ErrForm},
	}
}

func TestAnswersThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, k *passkeytest.Key) {
		for name, c := range refusals() {
			if _, err := site.Verify(public(k), challenge, k.Assert(site, challenge, c.change)); !errors.Is(err, c.want) {
				t.Errorf("asserted with %s: %v, want %v", name, err, c.want)
			}
			if _, err := site.Register(challenge, k.Create(site, challenge, c.change)); !errors.Is(err, c.want) {
				t.Errorf("registered with %s: %v, want %v", name, err, c.want)
			}
		}
		swap := func(typ string) func(*passkeytest.Answer) { return func(a *passkeytest.Answer) { a.Type = typ } }
		if _, err := site.Verify(public(k), challenge, k.Assert(site, challenge, swap("webauthn.create"))); !errors.Is(err, passkey.ErrForm) {
			t.Errorf("a registration as a signature: %v", err)
		}
		if _, err := site.Register(challenge, k.Create(site, challenge, swap("webauthn.get"))); !errors.Is(err, passkey.ErrForm) {
			t.Errorf("a signature as a registration: %v", err)
		}
		if _, err := (passkey.Site{}).Verify(public(k), challenge, k.Assert(passkey.Site{}, challenge)); err == nil {
			t.Error("a platform without a site takes passkeys")
		}
		if _, err := site.Verify(public(k), nil, k.Assert(site, nil)); err == nil {
			t.Error("an empty challenge")
		}
	})
}

func TestAnotherKey(t *testing.T) {
	mine, yours := passkeytest.ES256(t), passkeytest.EdDSA(t)
	a := mine.Assert(site, challenge)
	if _, err := site.Verify(public(yours), challenge, a); !errors.Is(err, passkey.ErrKey) {
		t.Errorf("another key: %v", err)
	}
	posing := public(yours)
	posing.ID = mine.ID
	if _, err := site.Verify(posing, challenge, a); !errors.Is(err, passkey.ErrSignature) {
		t.Errorf("another key under the same id: %v", err)
	}
	if _, err := site.Verify(&agency.Passkey{ID: mine.ID, Public: []byte("no key")}, challenge, a); !errors.Is(err, passkey.ErrKey) {
		t.Errorf("no key: %v", err)
	}
}

// Any byte changed in what is kept makes it worth nothing.
func TestTampering(t *testing.T) {
	k := passkeytest.ES256(t)
	kept := k.Assert(site, challenge).Bytes()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(kept)-1).Draw(t, "at")
		bit := rapid.IntRange(0, 7).Draw(t, "bit")
		spoilt := bytes.Clone(kept)
		spoilt[at] ^= 1 << bit
		a, err := passkey.ParseAssertion(spoilt)
		if err != nil {
			return
		}
		if _, err := site.Verify(public(k), challenge, a); err == nil {
			t.Fatalf("bit %d of byte %d is not covered", bit, at)
		}
	})
}

func TestOneSpelling(t *testing.T) {
	kept := passkeytest.ES256(t).Assert(site, challenge).Bytes()
	for name, b := range map[string][]byte{
		"a space more": append(bytes.Clone(kept), ' '),
		"twice":        append(bytes.Clone(kept), kept...),
		"no mark":      kept[1:],
		"nothing":      nil,
		"too long":     append(bytes.Clone(kept), make([]byte, 20_000)...),
	} {
		if _, err := passkey.ParseAssertion(b); !errors.Is(err, passkey.ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if passkey.IsAssertion(bytes.Repeat([]byte{'f'}, 64)) || !passkey.IsAssertion(kept) {
		t.Error("the mark does not tell")
	}
}

func FuzzParseAssertion(f *testing.F) {
	k := passkeytest.ES256(f)
	f.Add(k.Assert(site, challenge).Bytes())
	f.Add([]byte("fengcun/passkey/1\n{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := passkey.ParseAssertion(b)
		if err != nil {
			return
		}
		if !bytes.Equal(a.Bytes(), b) {
			t.Error("read and written differ")
		}
	})
}

func FuzzBrowser(f *testing.F) {
	k := passkeytest.EdDSA(f)
	f.Add(k.Create(site, challenge))
	f.Add(k.JSON(k.Assert(site, challenge)))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = site.Register(challenge, b)
		if a, err := passkey.ReadAssertion(b); err == nil {
			_, _ = site.Verify(public(k), challenge, a)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for name, k := range map[string]*passkeytest.Key{"ES256": passkeytest.ES256(b), "EdDSA": passkeytest.EdDSA(b)} {
		b.Run(name, func(b *testing.B) {
			kept := k.Assert(site, challenge).Bytes()
			for b.Loop() {
				a, err := passkey.ParseAssertion(kept)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := site.Verify(public(k), challenge, a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
