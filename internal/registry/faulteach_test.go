package registry_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
)

var errCut = errors.New("the database was gone")

// cut breaks one step off while it is armed, and counts them.
type cut struct {
	at    int  // which step; 0 for none
	after bool // after it was done, not before
	n     int
	what  string // the step that was broken off
}

func (c *cut) step(s store.Step) error {
	if c.at == 0 || s.Done != c.after {
		return nil
	}
	if c.n++; c.n != c.at {
		return nil
	}
	c.what = s.What
	return errCut
}

// deed is one verb on the way to be done once: do may be done again after it
// failed, done sees that it took place once.
type deed struct {
	do   func() error
	done func()
	// after, which may be nil, looks at what came of doing it, told or not.
	after func()
}

func (d deed) look() {
	if d.after != nil {
		d.after()
	}
}

// again says that a verb refuses because it took place, as it may where the
// commit was done and nobody was told.
func again(err error) bool {
	return errors.Is(err, registry.ErrState) || errors.Is(err, grant.ErrNotApproved) ||
		errors.Is(err, registry.ErrEnrolment) || errors.Is(err, grant.ErrCounter)
}

// crowded is after how many places a world is exchanged for an empty one: the
// checker reads all of its books each time.
const crowded = 10

// eachStep breaks off a verb at each of its steps in turn, before the step and
// after it. It gives the number of places.
func eachStep(begin func() (*world, *cut, func() deed)) int {
	places := 0
	for _, after := range []bool{false, true} {
		w, c, prepare := begin()
		for k := 1; brokenOff(w, c, cut{at: k, after: after}, prepare()); k++ {
			if places++; places%crowded == 0 {
				w, c, prepare = begin()
			}
		}
	}
	return places
}

// brokenOff breaks off a verb at one place, starts the platform anew, looks at
// the books, does the verb again and looks once more. False says that the verb
// has no such place.
func brokenOff(w *world, c *cut, at cut, a deed) bool {
	w.Helper()
	*c = at
	err := a.do()
	c.at = 0
	a.look()
	if c.what == "" {
		if err != nil {
			w.Fatalf("nothing was broken off, and it failed: %v", err)
		}
		a.done()
		return false
	}
	place := fmt.Sprintf("broken off at step %d (after: %t), %.60s", at.at, at.after, c.what)
	if err == nil {
		w.Fatalf("%s: it says that it succeeded", place)
	}
	w.Restart()
	for _, v := range w.Violations() {
		w.Fatalf("%s: %s", place, v)
	}
	if err := a.do(); err != nil && (!again(err) || !at.after || c.what != "COMMIT") {
		w.Fatalf("%s, and again: %v", place, err)
	}
	a.look()
	for _, v := range w.Violations() {
		w.Fatalf("%s, and again: %s", place, v)
	}
	a.done()
	w.Now = w.Now.Add(time.Second)
	return true
}

// verbs are everything that changes the books, each ready to be done.
var verbs = map[string]func(w *world) func() deed{
	"receive":         receiveAct,
	"receive several": receiveSeveralAct,
	"link":            linkAct,
	"link sealed":     linkSealedAct,
	"unlink":          unlinkAct,
	"seal":            sealAct,
	"review":          reviewAct,
	"sweep":           sweepAct,
	"identify":        identifyAct,
	"join":            joinAct,
	"part":            partAct,
	"examine":         examineAct,
	"answer quality":  answerQualityAct,
	"acknowledge":     acknowledgeAct,
	"acknowledge all": acknowledgeAllAct,
	"ask":             askAct,
	"approve":         approveAct,
	"open":            openAct,
	"certify":         certifyAct,
	"unseal":          unsealAct,
	"publish":         publishAct,
	"enrol":           enrolAct,
	"enrol passkey":   enrolPasskeyAct,
	"approve by key":  approvePasskeyAct,
	"rule by key":     rulePasskeyAct,
	"issue code":      issueCodeAct,
	"add passkey":     addPasskeyAct,
	"revoke passkey":  revokePasskeyAct,
	"sign in by key":  signInPasskeyAct,
	"set account":     setAccountAct,
	"sign in":         signInAct,
	"reset clock":     resetClockAct,
	"take history":    takeHistoryAct,
	"close history":   closeHistoryAct,
	"wave":            waveAct,
	"issue letters":   issueLettersAct,
	"answer letter":   acknowledgeLetterAct,
	"answer a line":   acknowledgeLineAct,
}

// TestEveryStepBrokenOff enumerates the crash points of every verb: each SQL
// statement, each beginning and end of a transaction, broken off before it was
// done and after. Whatever the place, the books add up, nothing is lost and
// nothing doubled when it is done again.
func TestEveryStepBrokenOff(t *testing.T) {
	if _, err := os.Stat("/dev/shm"); err == nil {
		t.Setenv("TMPDIR", "/dev/shm") // thousands of commits
	}
	engines := []storetest.Engine{storetest.SQLite}
	if os.Getenv("FENGCUN_SOAK") != "" {
		engines = storetest.Engines()
	}
	total := 0
	for _, e := range engines {
		for name, verb := range verbs {
			if testing.Short() && name != "receive" && name != "open" {
				continue
			}
			t.Run(string(e)+" "+name, func(t *testing.T) {
				n := eachStep(func() (*world, *cut, func() deed) {
					w := registrytest.New(t, registrytest.Options{Engine: e, Suite: suite.Intl(), ConfirmSealing: name == "review"})
					c := new(cut)
					w.Interrupt(c.step)
					return w, c, verb(w)
				})
				if n < 8 {
					t.Errorf("only %d places: the steps are not seen", n)
				}
				t.Logf("%d places", n)
				total += n
			})
		}
	}
	t.Logf("%d places in all, each followed by a new start", total)
}

// deliver is a delivery that must be accepted once, however often it is sent.
func deliver(w *world, d *registry.Delivery, done func()) deed {
	acknowledged := false
	return deed{
		do: func() error {
			receipts, err := w.Reg.Receive(context.Background(), d, w.Now)
			if err != nil {
				return err
			}
			for _, r := range receipts {
				if r.Outcome == registry.Refused {
					return fmt.Errorf("refused: %v", r.Problems)
				}
			}
			return nil
		},
		done: func() {
			if !acknowledged {
				acknowledged = true
				done()
			}
		},
	}
}

func receiveAct(w *world) func() deed {
	return func() deed {
		c, p := w.Case(), w.Adult()
		d := w.Delivery(registrytest.Police, c.Event(registrytest.Police, docket.CaseFiled, "2025-04-02", registrytest.Suspect(p, registrytest.Theft, "2025-04-01")))
		return accepted(w, d, func() {})
	}
}

// accepted counts a delivery for the checker as soon as it is in, told or not.
func accepted(w *world, d *registry.Delivery, done func()) deed {
	a, counted := deliver(w, d, done), false
	a.after = func() {
		if !counted && w.Count(`SELECT COUNT(*) FROM delivery WHERE id = $1`, d.ID) > 0 {
			counted = true
			w.Acknowledged(d)
		}
	}
	return a
}

// receiveSeveralAct is two defendants in one delivery, with text that names both.
func receiveSeveralAct(w *world) func() deed {
	return func() deed {
		c, p, q := w.Case(), w.Adult(), w.Adult()
		e := c.Event(registrytest.Police, docket.CaseFiled, "2025-04-02",
			registrytest.Suspect(p, registrytest.Theft, "2025-04-01"), registrytest.Suspect(q, registrytest.Theft, "2025-04-01"))
		e.Data.Text = p.Name + "伙同" + q.Name
		return accepted(w, w.Delivery(registrytest.Police, e), func() {})
	}
}

func sealAct(w *world) func() deed {
	return func() deed {
		c, p := w.Case(), w.Adult()
		code := w.Push(c.Event(registrytest.Police, docket.CaseFiled, "2025-04-02", registrytest.Suspect(p, registrytest.DrunkDriving, "2025-04-01")))
		judged := c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(p, registrytest.DrunkDriving, "2025-04-01", registrytest.Months(docket.Detention, 2), "2025-06-20"))
		return accepted(w, w.Delivery(registrytest.Court, judged), func() { w.Wants(docket.RecordID{Code: code, Seq: 1}, docket.Sealed) })
	}
}

func askAct(w *world) func() deed {
	return func() deed {
		s := w.Signed(w.About(w.Adult()))
		return deed{do: func() error { _, err := w.Reg.Ask(context.Background(), s, w.Now); return err }, done: func() {}}
	}
}

func approveAct(w *world) func() deed {
	return func() deed {
		r := w.About(w.Adult())
		yes := w.SignAnswer(w.Approval(w.Ask(r), registrytest.OfficerID(registrytest.Court, agency.QueryApprover), registrytest.Court))
		return deed{do: func() error { _, err := w.Reg.Approve(context.Background(), r.ID, yes, w.Now); return err }, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM approval WHERE query = $1`, r.ID); n != 1 {
				w.Fatalf("%d approvals", n)
			}
		}}
	}
}

// openAct sees that whoever gets no answer gets nothing of one.
func openAct(w *world) func() deed {
	p := w.Adult()
	w.Sealed(p)
	return func() deed {
		r := w.About(p)
		w.Approve(r, w.Ask(r))
		return deed{do: func() error {
			a, err := w.Reg.Open(context.Background(), r.Officer, r.ID, w.Now)
			if (a == nil) != (err != nil) {
				w.Fatalf("an answer %v beside the error %v", a, err)
			}
			return err
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM query WHERE id = $1 AND state = 'opened'`, r.ID); n != 1 {
				w.Fatalf("the query is opened %d times", n)
			}
		}}
	}
}
