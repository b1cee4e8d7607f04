package registry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/identity"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

var reviewer = registrytest.OfficerID(registrytest.Court, agency.SealReviewer)

// twice is one human whom the ledger knows as two persons: by number, and as
// somebody who gave no more than a name, a birthday and where they come from.
type twice struct {
	named, numbered         docket.Identity
	namedCase, numberedCase *registrytest.Case
	one, two                docket.RecordID
}

func selfReported(p docket.Identity) docket.Identity {
	return docket.Identity{Name: p.Name, Sex: p.Gender(), Birth: p.Born(), Domicile: p.Number[:6]}
}

// knownTwice gives a human a long sentence under their number and another, of
// which both stay open, under their name.
func knownTwice(w *world) *twice {
	w.Helper()
	t := &twice{numbered: w.Adult()}
	t.named = selfReported(t.numbered)
	t.numberedCase, t.two = w.Convicted(t.numbered, registrytest.Theft, "2024-01-05", registrytest.Months(docket.FixedTerm, 60), "2024-06-20")
	t.namedCase, t.one = w.Convicted(t.named, registrytest.Theft, "2023-05-05", registrytest.Months(docket.FixedTerm, 61), "2023-11-01")
	w.Identify()
	return t
}

func pairs(w *world, by, verdict string) []registry.PairView {
	w.Helper()
	list, total, err := w.Reg.Pairs(context.Background(), by, verdict, 20, 0)
	if err != nil || total != len(list) {
		w.Fatalf("pairs of %s: %d of %d, %v", by, len(list), total, err)
	}
	return list
}

func ruleIdentity(w *world, by, pair, was, verdict string) error {
	w.Helper()
	err := w.Reg.RuleIdentity(context.Background(), by, registry.IdentityRuling{
		Pair: pair, Was: was, Verdict: verdict, Basis: "biometric", Note: "十指指纹比对认定同一",
	}, w.Now)
	if msgs := w.Violations(); len(msgs) > 0 {
		w.Errorf("after %s: %v", verdict, msgs)
	}
	return err
}

// entryOf is the last entry of a kind in the trail.
func entryOf(w *world, kind string) (e trail.Entry) {
	w.Helper()
	for i := w.Count(`SELECT size FROM trail_head`) - 1; i >= 0; i-- {
		if e = w.Entry(int64(i)); e.Kind == kind {
			return e
		}
	}
	w.Errorf("the trail has no %s", kind)
	return trail.Entry{}
}

func TestTwoWhoMayBeOneComeBeforeAHuman(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		k := knownTwice(w)
		list := pairs(w, reviewer, "")
		if len(list) != 1 || list[0].Match.Points < identity.Likely {
			w.Fatalf("%+v", list)
		}
		p := list[0]
		if p.Row.Verdict != "" || len(pairs(w, reviewer, registry.SamePerson)) != 0 {
			w.Error("somebody was joined without a human")
		}
		seen := map[docket.RecordID]bool{}
		for _, s := range p.Sides {
			seen[s.Statements[0].Record] = true
		}
		if !seen[k.one] || !seen[k.two] {
			w.Errorf("the sides are of %v", seen)
		}
		for _, by := range []string{registrytest.OfficerID(registrytest.OtherCourt, agency.SealReviewer)} {
			if _, err := w.Reg.Pair(context.Background(), by, p.Row.ID); !errors.Is(err, registry.ErrNotFound) {
				w.Errorf("%s sees it: %v", by, err)
			}
			if len(pairs(w, by, "")) != 0 {
				w.Errorf("%s lists it", by)
			}
			if err := ruleIdentity(w, by, p.Row.ID, "", registry.SamePerson); !errors.Is(err, registry.ErrNotFound) {
				w.Errorf("%s rules on it: %v", by, err)
			}
		}
		for _, by := range []string{registrytest.OfficerID(registrytest.Police, agency.QueryOfficer), registrytest.OfficerID(registrytest.Procuratorate, agency.Supervisor)} {
			if _, _, err := w.Reg.Pairs(context.Background(), by, "", 20, 0); !errors.Is(err, registry.ErrForbidden) {
				w.Errorf("%s: %v", by, err)
			}
		}
	})
}

func TestJoiningAndPartingAreRecordedAndReversible(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		knownTwice(w)
		id := pairs(w, reviewer, "")[0].Row.ID
		for _, step := range []struct{ was, verdict, kind string }{
			{"", registry.SamePerson, "identity.join"},
			{registry.SamePerson, registry.DifferentPerson, "identity.part"},
			{registry.DifferentPerson, registry.SamePerson, "identity.join"},
		} {
			if err := ruleIdentity(w, reviewer, id, step.was, step.verdict); err != nil {
				w.Fatalf("%s: %v", step.kind, err)
			}
			if e := entryOf(w, step.kind); e.Actor != reviewer || e.Basis != "biometric" || e.Detail["note"] == "" || e.Detail["pair"] != id {
				w.Errorf("the trail says %+v", e)
			}
			if err := ruleIdentity(w, reviewer, id, step.was, step.verdict); !errors.Is(err, registry.ErrState) {
				w.Errorf("a second time: %v", err)
			}
			if got := pairs(w, reviewer, step.verdict); len(got) != 1 || got[0].Row.Officer != reviewer || got[0].Row.Decided.IsZero() {
				w.Errorf("%+v", got)
			}
			w.Identify()
			if len(pairs(w, reviewer, "")) != 0 {
				w.Error("what was ruled on waits again")
			}
		}
	})
}

func TestRulingsThatCannotBe(t *testing.T) {
	w := registrytest.New(t, registrytest.Options{})
	knownTwice(w)
	good := registry.IdentityRuling{Pair: pairs(w, reviewer, "")[0].Row.ID, Verdict: registry.SamePerson, Basis: "court", Note: "判决书认定"}
	for name, change := range map[string]func(*registry.IdentityRuling){
		"no verdict": func(v *registry.IdentityRuling) { v.Verdict = "" },
		"as it is":   func(v *registry.IdentityRuling) { v.Was = v.Verdict },
		"no basis":   func(v *registry.IdentityRuling) { v.Basis = "hunch" },
		"no words":   func(v *registry.IdentityRuling) { v.Note = "  " },
		"too many":   func(v *registry.IdentityRuling) { v.Note = strings.Repeat("字", 1000) },
	} {
		v := good
		v.Basis = "judgment"
		change(&v)
		if err := w.Reg.RuleIdentity(context.Background(), reviewer, v, w.Now); !errors.Is(err, registry.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good.Basis, good.Pair = "judgment", "0123"
	if err := w.Reg.RuleIdentity(context.Background(), reviewer, good, w.Now); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("no such pair: %v", err)
	}
}

// TestACertificateFollowsJoining: who has a conviction under another identity
// gets no certificate, and one that was given before is withdrawn.
func TestACertificateFollowsJoining(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Push(w.Case().Event(registrytest.Police, docket.CaseFiled, "2025-01-05", registrytest.Suspect(p, registrytest.Theft, "2025-01-01")))
		w.Convicted(selfReported(p), registrytest.Theft, "2023-05-05", registrytest.Months(docket.FixedTerm, 60), "2023-11-01")
		w.Identify()
		given := w.Certify(p)
		if given.Text == nil {
			w.Fatal("somebody was joined without a human")
		}
		id := pairs(w, reviewer, "")[0].Row.ID
		if err := ruleIdentity(w, reviewer, id, "", registry.SamePerson); err != nil {
			w.Fatal(err)
		}
		if s, err := w.Reg.CertificateStanding(context.Background(), given.ID); err != nil || s.Withdrawn.IsZero() {
			w.Errorf("the certificate stands: %+v, %v", s, err)
		}
		if w.Certify(p).Text != nil {
			w.Error("a certificate in spite of a conviction under another identity")
		}
		if err := ruleIdentity(w, reviewer, id, registry.SamePerson, registry.DifferentPerson); err != nil {
			w.Fatal(err)
		}
		if w.Certify(p).Text == nil {
			w.Error("no certificate though the two were parted")
		}
	})
}

// TestWhoIsSealedIsNoCandidate: with the last open record everything goes that
// would tell of the person; with unsealing the pair comes back before a human.
func TestWhoIsSealedIsNoCandidate(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Convicted(selfReported(p), registrytest.Theft, "2023-05-05", registrytest.Months(docket.FixedTerm, 60), "2023-11-01")
		c := w.Case()
		w.Push(c.Event(registrytest.Police, docket.CaseFiled, "2025-01-05", registrytest.Suspect(p, registrytest.DrunkDriving, "2025-01-01")))
		w.Identify()
		if len(pairs(w, reviewer, "")) != 1 {
			w.Fatal("no candidate while both are open")
		}
		code := w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(p, registrytest.DrunkDriving, "2025-01-01", registrytest.Months(docket.Detention, 2), "2025-06-20")))
		id := docket.RecordID{Code: code, Seq: 1}
		w.Wants(id, docket.Sealed)
		w.Identify()
		if n := w.Count(`SELECT COUNT(*) FROM identity_pair`); n != 0 {
			w.Errorf("%d pairs with somebody who is sealed", n)
		}
		if n := w.Count(`SELECT COUNT(DISTINCT person_key) FROM identity_token`); n != 1 {
			w.Errorf("%d persons can be looked for, want the one who is not sealed", n)
		}
		if err := w.Unseal(w.ToUnseal(id, registrytest.Court)); err != nil {
			w.Fatal(err)
		}
		w.Identify()
		if len(pairs(w, reviewer, "")) != 1 {
			w.Error("the pair did not come back with the record")
		}
	})
}

// TestJoiningDecidesAnew: a judgment that would be sealed on the day it takes
// effect is kept where its person has an earlier one under another identity,
// and waits again once the two are parted.
func TestJoiningDecidesAnew(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		id := docket.RecordID{Seq: 1, Code: w.Push(w.Case().Event(registrytest.Court, docket.JudgmentRendered, "2026-03-01",
			registrytest.Convict(p, registrytest.DrunkDriving, "2026-01-01", registrytest.Months(docket.Detention, 2), "2026-03-20")))}
		w.Convicted(selfReported(p), registrytest.Theft, "2019-05-05", registrytest.Months(docket.FixedTerm, 60), "2019-11-01")
		waits := func() bool {
			return w.Count(`SELECT COUNT(*) FROM record WHERE code = $1 AND due IS NOT NULL`, string(id.Code)) == 1
		}
		if !waits() {
			w.Fatal("the record does not wait for its day")
		}
		w.Identify()
		pair := pairs(w, reviewer, "")[0].Row.ID
		for _, step := range []struct{ was, verdict string }{{"", registry.SamePerson}, {registry.SamePerson, registry.DifferentPerson}} {
			if err := ruleIdentity(w, reviewer, pair, step.was, step.verdict); err != nil {
				w.Fatal(err)
			}
			if got, want := waits(), step.verdict == registry.DifferentPerson; got != want {
				w.Errorf("%s: waits for its day: %t, want %t", step.verdict, got, want)
			}
		}
	})
}

// TestASealedRecordIsWeighedForWhomItsPersonWasJoinedWith: the ledger forgets
// that the two were joined; policy still weighs the one for the other.
func TestASealedRecordIsWeighedForWhomItsPersonWasJoinedWith(t *testing.T) {
	for _, o := range []registrytest.Options{{ConfirmSealing: true}, {ConfirmSealing: true, Apart: true, Suite: suite.GM()}} {
		w := registrytest.New(t, o)
		p := w.Adult()
		_, id := w.Convicted(p, registrytest.DrunkDriving, "2025-01-05", registrytest.Months(docket.Detention, 2), "2025-06-20")
		w.Wants(id, docket.Pending)
		other := w.Case()
		named := selfReported(p)
		w.Push(other.Event(registrytest.OtherPolice, docket.CaseFiled, "2025-09-05", registrytest.Suspect(named, registrytest.Theft, "2025-09-05")))
		w.Identify()
		if err := ruleIdentity(w, reviewer, pairs(w, reviewer, "")[0].Row.ID, "", registry.SamePerson); err != nil {
			t.Fatal(err)
		}
		items, _, err := w.Reg.ReviewPage(context.Background(), reviewer, "", 10, 0)
		if err != nil || len(items) != 1 {
			t.Fatalf("%d items, %v", len(items), err)
		}
		if err := w.Reg.Review(context.Background(), reviewer, id.Code, items[0].Item.ID, true, "同意", w.Now); err != nil {
			t.Fatal(err)
		}
		w.Wants(id, docket.Sealed)
		if n := w.Count(`SELECT COUNT(*) FROM identity_pair`); n != 0 {
			t.Errorf("%d pairs tell that somebody is sealed", n)
		}
		code := w.Push(other.Event(registrytest.OtherCourt, docket.JudgmentRendered, "2026-01-09",
			registrytest.Convict(named, registrytest.Theft, "2025-09-05", registrytest.Months(docket.Detention, 3), "2026-01-20")))
		if got := w.Status(docket.RecordID{Code: code, Seq: 1}); got != docket.Open {
			t.Errorf("the second record is %s: policy takes its person for a first offender", got)
		}
		if a := w.Inspect(w.About(p)); len(a.Records) != 1 || strings.Contains(fmt.Sprint(a), string(code)) {
			t.Errorf("an opening tells whom the person was joined with: %+v", a)
		}
	}
}
