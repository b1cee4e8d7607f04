package registry_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

func nothingOpened(w *world, when string) {
	w.Helper()
	if n := w.Count(`SELECT (SELECT COUNT(*) FROM ticket WHERE redeemed IS NOT NULL) + (SELECT COUNT(*) FROM query WHERE state = 'opened')`); n != 0 {
		w.Errorf("%s: something was opened", when)
	}
}

// altered is signed bytes with one value changed after the signing.
func altered(s grant.Signed, from, to string) grant.Signed {
	return grant.Signed{Body: bytes.Replace(s.Body, []byte(from), []byte(to), 1), Signature: s.Signature}
}

// A request that is not complete, not the officer's own, or not the officer's
// to make is not even filed.
func TestRequestsThatAreNotFiled(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		_, id := w.Sealed(p)
		school := registrytest.OfficerID(registrytest.School, agency.QueryOfficer)
		for name, c := range map[string]struct {
			want   error
			change func(*grant.Request)
		}{
			"no ground":          {grant.ErrIncomplete, func(r *grant.Request) { r.Ground = "" }},
			"no basis":           {grant.ErrIncomplete, func(r *grant.Request) { r.Basis = "" }},
			"no matter":          {grant.ErrIncomplete, func(r *grant.Request) { r.Matter = "" }},
			"no reason":          {grant.ErrIncomplete, func(r *grant.Request) { r.Reason = "" }},
			"no scope":           {grant.ErrIncomplete, func(r *grant.Request) { r.Scope = "" }},
			"no target":          {grant.ErrIncomplete, func(r *grant.Request) { r.Subject = docket.Identity{} }},
			"a name alone":       {grant.ErrIncomplete, func(r *grant.Request) { r.Subject.Number = "" }},
			"two targets":        {grant.ErrIncomplete, func(r *grant.Request) { r.Record = id.String() }},
			"a week of validity": {grant.ErrIncomplete, func(r *grant.Request) { r.Expires = r.Filed.Add(7 * 24 * time.Hour) }},
			"expired":            {grant.ErrExpired, func(r *grant.Request) { r.Filed, r.Expires = w.Now.Add(-time.Hour), w.Now }},
			"a ground of nobody": {registry.ErrInput, func(r *grant.Request) { r.Ground = "curiosity" }},
			"to nobody":          {registry.ErrInput, func(r *grant.Request) { r.Approver = "court-999999" }},
			"to its own agency":  {grant.ErrSameAgency, func(r *grant.Request) { r.Approver = r.Agency }},
			"of another agency":  {grant.ErrDuty, func(r *grant.Request) { r.Agency = registrytest.Procuratorate }},
			"without the duty":   {grant.ErrDuty, func(r *grant.Request) { r.Officer = registrytest.OfficerID(registrytest.Police, agency.CertWindow) }},
			"an approver asks": {grant.ErrDuty, func(r *grant.Request) {
				r.Officer, r.Agency = registrytest.OfficerID(registrytest.Court, agency.QueryApprover), registrytest.Court
			}},
			"a clerk's duty": {grant.ErrDuty, func(r *grant.Request) { r.Purpose = grant.Unseal }},
			"a unit wants it all": {registry.ErrInput, func(r *grant.Request) {
				r.Officer, r.Agency, r.Ground = school, registrytest.School, "adult-state-provision"
			}},
			"a unit has a case": {registry.ErrInput, func(r *grant.Request) {
				r.Officer, r.Agency, r.Scope = school, registrytest.School, grant.Summary
			}},
		} {
			r := w.About(p)
			c.change(r)
			if err := w.File(w.Signed(r)); !errors.Is(err, c.want) {
				w.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		unit := w.About(p)
		unit.Officer, unit.Agency, unit.Ground, unit.Scope = school, registrytest.School, "adult-state-provision", grant.Summary
		if err := w.File(w.Signed(unit)); err != nil {
			w.Errorf("what a unit may ask: %v", err)
		}
		r := w.About(p)
		s := w.Signed(r)
		foreign := w.Request()
		foreign.Officer = registrytest.OfficerID(registrytest.OtherPolice, agency.QueryOfficer)
		for name, forged := range map[string]grant.Signed{
			"altered":                altered(s, `"full"`, `"summary"`),
			"without a signature":    {Body: s.Body},
			"with another signature": {Body: s.Body, Signature: w.Signed(foreign).Signature},
			"with something behind":  {Body: append(s.Body[:len(s.Body):len(s.Body)], '{'), Signature: s.Signature},
			"no JSON":                {Body: []byte("x")},
		} {
			if err := w.File(forged); !errors.Is(err, grant.ErrSignature) && !errors.Is(err, grant.ErrIncomplete) {
				w.Errorf("%s: %v", name, err)
			}
		}
		if n := w.Count(`SELECT COUNT(*) FROM query`); n != 1 {
			w.Errorf("%d were filed, want the unit's", n)
		}
		w.Ask(r)
		if err := w.File(s); !errors.Is(err, registry.ErrState) {
			w.Errorf("filed twice: %v", err)
		}
	})
}

// Nobody approves but an officer with the duty, of the agency asked, another
// than the asker's, for exactly this request, with the officer's own key.
func TestApprovalsThatDoNotCount(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		r, other := w.About(p), w.About(p)
		s, forOther := w.Ask(r), w.Ask(other)
		court := registrytest.OfficerID(registrytest.Court, agency.QueryApprover)
		colleague := w.Colleague(registrytest.Police, agency.QueryApprover)
		for name, c := range map[string]struct {
			want   error
			answer func() grant.Signed
		}{
			"by the asker": {grant.ErrSelf, func() grant.Signed { return w.SignAnswer(w.Approval(s, r.Officer, r.Agency)) }},
			"by a colleague": {grant.ErrSameAgency, func() grant.Signed {
				return w.SignAnswer(w.Approval(s, colleague, registrytest.Police))
			}},
			"by a colleague who says another agency": {grant.ErrDuty, func() grant.Signed {
				return w.SignAnswer(w.Approval(s, colleague, registrytest.Court))
			}},
			"by an agency that was not asked": {registry.ErrForbidden, func() grant.Signed {
				return w.SignAnswer(w.Approval(s, registrytest.OfficerID(registrytest.OtherCourt, agency.QueryApprover), registrytest.OtherCourt))
			}},
			"without the duty": {grant.ErrDuty, func() grant.Signed {
				return w.SignAnswer(w.Approval(s, registrytest.OfficerID(registrytest.Court, agency.QueryOfficer), registrytest.Court))
			}},
			"by a reviewer of sealings": {grant.ErrDuty, func() grant.Signed {
				return w.SignAnswer(w.Approval(s, registrytest.OfficerID(registrytest.Court, agency.SealReviewer), registrytest.Court))
			}},
			"for another request": {grant.ErrOther, func() grant.Signed { return w.SignAnswer(w.Approval(forOther, court, registrytest.Court)) }},
			"expired": {grant.ErrExpired, func() grant.Signed {
				a := w.Approval(s, court, registrytest.Court)
				a.At, a.Expires = w.Now.Add(-2*time.Hour), w.Now
				return w.SignAnswer(a)
			}},
			"for a month": {grant.ErrExpired, func() grant.Signed {
				a := w.Approval(s, court, registrytest.Court)
				a.Expires = w.Now.Add(30 * 24 * time.Hour)
				return w.SignAnswer(a)
			}},
			"a refusal made a consent": {grant.ErrSignature, func() grant.Signed {
				a := w.Approval(s, court, registrytest.Court)
				a.Verdict = grant.Refuse
				return altered(w.SignAnswer(a), `"refuse"`, `"approve"`)
			}},
			"under another's key": {grant.ErrSignature, func() grant.Signed {
				return altered(w.SignAnswer(w.Approval(s, colleague, registrytest.Court)), colleague, court)
			}},
			"of a word that is none": {grant.ErrIncomplete, func() grant.Signed {
				a := w.Approval(s, court, registrytest.Court)
				a.Verdict = "perhaps"
				return w.SignAnswer(a)
			}},
		} {
			if err := w.Answer(r.ID, c.answer()); !errors.Is(err, c.want) {
				w.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		good := w.SignAnswer(w.Approval(s, court, registrytest.Court))
		if err := w.Answer(other.ID, good); !errors.Is(err, grant.ErrOther) {
			w.Errorf("replayed for another request: %v", err)
		}
		if err := w.Answer("q0", good); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("for a request that there is not: %v", err)
		}
		if _, err := w.Open(r); !errors.Is(err, grant.ErrNotApproved) {
			w.Errorf("opened without an approval: %v", err)
		}
		if n := w.Count(`SELECT COUNT(*) FROM approval`); n != 0 {
			w.Errorf("%d approvals were stored", n)
		}
		nothingOpened(w, "after approvals that do not count")
		if err := w.Answer(r.ID, good); err != nil {
			w.Errorf("the one that counts: %v", err)
		}
		if err := w.Answer(r.ID, good); !errors.Is(err, registry.ErrState) {
			w.Errorf("approved twice: %v", err)
		}
	})
}

// What was approved opens for the asker alone, once, in time, for its purpose.
func TestOpeningsThatAreRefused(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		_, id := w.Sealed(p)
		open := func(by, query string) error {
			w.Helper()
			_, err := w.Reg.Open(context.Background(), by, query, w.Now)
			w.Check()
			return err
		}
		r := w.About(p)
		s := w.Ask(r)
		wants := func(name string, err, want error) {
			w.Helper()
			if !errors.Is(err, want) {
				w.Errorf("%s: %v, want %v", name, err, want)
			}
			nothingOpened(w, name)
		}
		wants("not approved", open(r.Officer, r.ID), grant.ErrNotApproved)
		w.Approve(r, s)
		wants("by another", open(registrytest.OfficerID(registrytest.OtherPolice, agency.QueryOfficer), r.ID), registry.ErrNotFound)
		wants("by the approver", open(registrytest.OfficerID(registrytest.Court, agency.QueryApprover), r.ID), registry.ErrNotFound)
		wants("no such query", open(r.Officer, "q0"), registry.ErrNotFound)
		_, err := w.Reg.Unseal(context.Background(), r.Officer, r.ID, w.Now)
		wants("to unseal", err, registry.ErrNotFound)
		w.Now = w.Now.Add(13 * time.Hour)
		wants("after the approval's time", open(r.Officer, r.ID), grant.ErrExpired)
		w.Now = w.Now.Add(12 * time.Hour)
		wants("after the request's time", open(r.Officer, r.ID), grant.ErrExpired)

		no := w.About(p)
		denial := w.Approval(w.Ask(no), registrytest.OfficerID(registrytest.Court, agency.QueryApprover), registrytest.Court)
		denial.Verdict = grant.Refuse
		if err := w.Answer(no.ID, w.SignAnswer(denial)); err != nil {
			w.Fatal(err)
		}
		wants("refused", open(no.Officer, no.ID), grant.ErrNotApproved)

		unseal := w.ToUnseal(id, registrytest.Court)
		w.Approve(unseal, w.Ask(unseal))
		wants("to read what was to be unsealed", open(unseal.Officer, unseal.ID), registry.ErrNotFound)

		yes := w.About(p)
		w.Approve(yes, w.Ask(yes))
		if err := open(yes.Officer, yes.ID); err != nil {
			w.Fatal(err)
		}
		if err := open(yes.Officer, yes.ID); !errors.Is(err, grant.ErrNotApproved) {
			w.Errorf("a second time: %v", err)
		}
	})
}

// An opening that is cut off between its two phases shows nothing; it can be
// begun again, and the trail has both beginnings.
func TestAnOpeningThatIsCutOff(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		r := w.About(p)
		w.Approve(r, w.Ask(r))
		w.Prepare(r)
		nothingOpened(w, "cut off")
		w.Restart()
		if a, err := w.Open(r); err != nil || len(a.Records) != 1 {
			w.Errorf("begun again: %v, %v", a, err)
		}
	})
}

// A grant whose stored bytes were altered opens nothing, even where the store
// says that it is approved.
func TestStoredGrantsAreNotBelieved(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p, other := w.Adult(), w.Adult()
		w.Sealed(p)
		w.Sealed(other)
		r := w.About(p)
		w.Ask(r)
		w.Exec(`UPDATE query SET state = 'approved' WHERE id = $1`, r.ID)
		if _, err := w.Open(r); !errors.Is(err, grant.ErrNotApproved) {
			w.Errorf("approved by a row alone: %v", err)
		}
		approved := w.About(other)
		w.Approve(approved, w.Ask(approved))
		w.Exec(`UPDATE approval SET query = $1 WHERE query = $2`, r.ID, approved.ID)
		if _, err := w.Open(r); err == nil {
			w.Error("opened by an approval that was moved")
		}
		w.Exec(`UPDATE query SET body = (SELECT body FROM query WHERE id = $1) WHERE id = $2`, r.ID, approved.ID)
		if _, err := w.Open(approved); err == nil {
			w.Error("opened by a request that was moved")
		}
		nothingOpened(w, "altered rows")
	})
}

// The scope cuts what the answer shows.
func TestScopes(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		full, summary := w.About(p), w.About(p)
		summary.Scope = grant.Summary
		a, b := w.Inspect(full), w.Inspect(summary)
		if len(a.Records) != 1 || len(b.Records) != 1 || len(a.Records[0].Timeline) == 0 || len(b.Records[0].Timeline) != 0 {
			w.Fatalf("%+v\n%+v", a.Records, b.Records)
		}
		s := b.Records[0].State
		if s.Identity.Name != p.Name || s.Identity.Number != p.Number || s.Identity.Address != "" || s.Numbers != nil || s.Holders != nil || *s.Sentence.Months != 2 {
			w.Errorf("the summary: %+v", s)
		}
		if a.Watermark == b.Watermark {
			w.Error("two answers with one watermark")
		}
	})
}

// Whether somebody was never recorded, has an open record, or is sealed but not
// meant, the answer has one shape.
func TestEmptyAnswersLookAlike(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		never, open := w.Adult(), w.Adult()
		_, openID := w.Convicted(open, registrytest.Injury, "2025-01-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20")
		w.Sealed(w.Adult())
		none, err := docket.NewCode(strings.NewReader(strings.Repeat("fengcun!", 8)))
		if err != nil {
			w.Fatal(err)
		}
		type shape struct {
			Records, Proof bool
			Watermark      int
		}
		var shapes []shape
		for _, r := range []*grant.Request{w.About(never), w.About(open), w.ForRecord(openID), w.ForRecord(docket.RecordID{Code: none, Seq: 1})} {
			a := w.Inspect(r)
			shapes = append(shapes, shape{len(a.Records) > 0, a.Receipt.Index > 0, len(a.Watermark)})
		}
		for _, s := range shapes[1:] {
			if diff := cmp.Diff(shapes[0], s); diff != "" || s.Records {
				w.Errorf("an answer looks different: %+v", shapes)
			}
		}
	})
}

// The proof in an answer shows the preparation of this very opening.
func TestAnswersProveTheirPreparation(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		w.Sealed(p)
		r := w.About(p)
		a := w.Inspect(r)
		cp, err := a.Receipt.Verify(w.Reg.Verifier(), a.Receipt.Leaf)
		if err != nil || cp.Size <= a.Receipt.Index {
			w.Fatalf("%+v, %v", cp, err)
		}
		e := w.Entry(a.Receipt.Index)
		if e.Kind != "query.prepare" || e.Detail["query"] != r.ID || e.Actor != r.Officer {
			w.Errorf("the entry proved is %+v", e)
		}
		if civil.Of(e.At) != w.Today() {
			w.Errorf("prepared on %s", e.At)
		}
	})
}
