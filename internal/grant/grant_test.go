package grant_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/suite"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// office is a directory of three officers with their keys.
type office struct {
	suite    suite.Suite
	officers map[string]*agency.Officer
	keys     map[string]suite.SignKey
	held     *suite.Held // what held once must not help what does not
}

func (o *office) Officer(id string) (*agency.Officer, error) {
	if f, ok := o.officers[id]; ok {
		return f, nil
	}
	return nil, errors.New("nobody")
}

func (o *office) rules() grant.Rules { return grant.Rules{Digest: o.suite.Digest, Held: o.held} }

func open(t testing.TB, s suite.Suite) *office {
	t.Helper()
	o := &office{s, map[string]*agency.Officer{}, map[string]suite.SignKey{}, suite.NewHeld(s, 64)}
	for _, f := range []agency.Officer{
		{ID: "ask", Agency: "police", Duty: agency.QueryOfficer},
		{ID: "approve", Agency: "court", Duty: agency.QueryApprover},
		{ID: "approve2", Agency: "court", Duty: agency.QueryApprover},
		{ID: "colleague", Agency: "police", Duty: agency.QueryApprover},
		{ID: "clerk", Agency: "court", Duty: agency.SealClerk},
		{ID: "review", Agency: "court", Duty: agency.SealReviewer},
	} {
		k, err := s.GenerateSignKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		f.VerifyKey = k.Public().String()
		o.officers[f.ID], o.keys[f.ID] = &f, k
	}
	return o
}

func request() *grant.Request {
	return &grant.Request{
		ID: "q1", Purpose: grant.Inspect, Officer: "ask", Agency: "police", Approver: "court", Ground: "adult-judicial-case",
		Basis: "刑事诉讼法第二百八十六条", Matter: "1号", Reason: "办案", Scope: grant.Full,
		Subject: docket.Identity{Name: "鄢麒麟", Number: "990101199204050010"}, Filed: now, Expires: now.Add(time.Hour),
	}
}

func (o *office) sign(t testing.TB, r *grant.Request) grant.Signed {
	t.Helper()
	s, err := grant.Sign(rand.Reader, o.keys[r.Officer], r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (o *office) approve(t testing.TB, req grant.Signed, by string, change ...func(*grant.Approval)) grant.Signed {
	t.Helper()
	a := &grant.Approval{
		Request: grant.DigestHex(o.suite.Digest(req.Body)), Officer: by, Agency: o.officers[by].Agency,
		Verdict: grant.Approve, Reason: "同意", At: now, Expires: now.Add(time.Hour),
	}
	for _, c := range change {
		c(a)
	}
	s, err := grant.Sign(rand.Reader, o.keys[by], a)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func suites(t *testing.T, f func(t *testing.T, o *office)) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		t.Run(s.Name(), func(t *testing.T) { f(t, open(t, s)) })
	}
}

func TestAGrant(t *testing.T) {
	suites(t, func(t *testing.T, o *office) {
		want := request()
		s := o.sign(t, want)
		got, err := o.rules().Verify(s, []grant.Signed{o.approve(t, s, "approve"), o.approve(t, s, "approve2")}, o, now)
		if err != nil {
			t.Fatal(err)
		}
		sameDay := cmp.Comparer(func(a, b civil.Date) bool { return a == b })
		if diff := cmp.Diff(want, got, sameDay); diff != "" {
			t.Error(diff)
		}
		unseal := request()
		unseal.Purpose, unseal.Officer, unseal.Agency = grant.Unseal, "clerk", "court"
		s = o.sign(t, unseal)
		if _, err := o.rules().Verify(s, []grant.Signed{o.approve(t, s, "review")}, o, now); err != nil {
			t.Errorf("clerk and reviewer of one court: %v", err)
		}
	})
}

// A grant is worth nothing without an approval, with a refusal among the
// answers, with one officer's approval twice, or after its time.
func TestGrantsThatAreNone(t *testing.T) {
	suites(t, func(t *testing.T, o *office) {
		s := o.sign(t, request())
		yes := o.approve(t, s, "approve")
		no := o.approve(t, s, "approve2", func(a *grant.Approval) { a.Verdict = grant.Refuse })
		maybe := o.approve(t, s, "approve", func(a *grant.Approval) { a.Verdict = "" })
		late := o.approve(t, s, "approve", func(a *grant.Approval) { a.Expires = now })
		other := request()
		other.ID = "q2"
		for name, c := range map[string]struct {
			answers []grant.Signed
			at      time.Time
			want    error
		}{
			"no answer":           {nil, now, grant.ErrNotApproved},
			"a refusal":           {[]grant.Signed{no}, now, grant.ErrNotApproved},
			"a refusal among":     {[]grant.Signed{yes, no}, now, grant.ErrNotApproved},
			"twice the same":      {[]grant.Signed{yes, yes}, now, grant.ErrNotApproved},
			"no verdict":          {[]grant.Signed{maybe}, now, grant.ErrIncomplete},
			"an expired approval": {[]grant.Signed{late}, now, grant.ErrExpired},
			"an expired request":  {[]grant.Signed{yes}, now.Add(time.Hour), grant.ErrExpired},
			"for another":         {[]grant.Signed{o.approve(t, o.sign(t, other), "approve")}, now, grant.ErrOther},
			"a colleague's":       {[]grant.Signed{o.approve(t, s, "colleague")}, now, grant.ErrSameAgency},
			"the asker's own":     {[]grant.Signed{o.approve(t, s, "ask")}, now, grant.ErrSelf},
			"a reviewer's":        {[]grant.Signed{o.approve(t, s, "review")}, now, grant.ErrDuty},
			"a request as answer": {[]grant.Signed{s}, now, grant.ErrIncomplete},
		} {
			if _, err := o.rules().Verify(s, c.answers, o, c.at); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	})
}

// Every byte of what was signed counts, and a signature serves nothing else.
func TestEveryByteIsSigned(t *testing.T) {
	o := open(t, suite.Intl())
	s := o.sign(t, request())
	yes := o.approve(t, s, "approve")
	for i := range s.Body {
		spoilt := slices.Clone(s.Body)
		spoilt[i] ^= 1
		if _, err := o.rules().VerifyRequest(grant.Signed{Body: spoilt, Signature: s.Signature}, o, now); err == nil {
			t.Errorf("byte %d of the request does not count: %s", i, spoilt)
		}
	}
	r, err := grant.ReadRequest(s.Body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range yes.Body {
		spoilt := slices.Clone(yes.Body)
		spoilt[i] ^= 1
		if _, err := o.rules().VerifyApproval(s, r, grant.Signed{Body: spoilt, Signature: yes.Signature}, o, now); err == nil {
			t.Errorf("byte %d of the approval does not count: %s", i, spoilt)
		}
	}
	plain, err := o.keys["ask"].Sign(rand.Reader, s.Body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.rules().VerifyRequest(grant.Signed{Body: s.Body, Signature: plain}, o, now); !errors.Is(err, grant.ErrSignature) {
		t.Errorf("a signature over the bare bytes: %v", err)
	}
}

func FuzzReadRequest(f *testing.F) {
	o := open(f, suite.Intl())
	f.Add(o.sign(f, request()).Body)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := grant.ReadRequest(body)
		if err != nil {
			if !errors.Is(err, grant.ErrIncomplete) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		_ = r.Check()
		if _, err := o.rules().VerifyRequest(grant.Signed{Body: body, Signature: bytes.Repeat([]byte{1}, 64)}, o, now); err == nil {
			t.Fatal("an unsigned request was taken")
		}
	})
}

func FuzzReadApproval(f *testing.F) {
	o := open(f, suite.Intl())
	f.Add(o.approve(f, o.sign(f, request()), "approve").Body)
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := grant.ReadApproval(body); err != nil && !errors.Is(err, grant.ErrIncomplete) {
			t.Fatalf("an error of another kind: %v", err)
		}
	})
}
