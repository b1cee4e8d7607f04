package registry_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
)

func keeper(w *world, ring *keyring.Ring, worker string) *registry.Keeper {
	w.Helper()
	k, err := registry.NewKeeper(context.Background(), registry.Config{
		DB: w.DB, Ring: ring, Origin: "fengcun.test/trail", Rand: rand.Reader,
	}, nil, worker)
	if err != nil {
		w.Fatal(err)
	}
	return k
}

// rotate runs one rotation to its end, some ciphertexts at a time.
func rotate(w *world, k *registry.Keeper, t registry.KeyTarget, at string) (*registry.Rotation, error) {
	ctx := context.Background()
	r, err := k.Begin(ctx, t, at, w.Now)
	if err != nil {
		return nil, err
	}
	for more := true; more; {
		w.Now = w.Now.Add(time.Second)
		if more, err = r.Step(ctx, 3, w.Now); err != nil {
			return r, err
		}
	}
	return r, r.Finish(ctx, w.Now)
}

func mustRotate(w *world, k *registry.Keeper, t registry.KeyTarget, at string) *registry.Rotation {
	w.Helper()
	r, err := rotate(w, k, t, at)
	if err != nil {
		w.Fatalf("rotating %s: %v", t, err)
	}
	w.Check()
	return r
}

// story is what everyKind leaves: a sealed record and its person, an open one,
// and one that waits for a reviewer.
type story struct {
	sealed, open, waiting docket.RecordID
	who                   docket.Identity
}

// everyKind makes rows in every column that is re-wrapped: open and sealed
// records, a review with a note, queries, an approval, a certificate, an event
// for a sealed record, an original about two persons.
func everyKind(w *world) (s story) {
	w.Helper()
	s.who = w.Adult()
	code := w.Push(w.Case().DrunkDriver(s.who)...) // the last event comes after the sealing
	s.sealed = docket.RecordID{Code: code, Seq: 1}
	w.Wants(s.sealed, docket.Sealed)
	asked := w.About(s.who)
	w.Approve(asked, w.Ask(asked))
	w.Certify(w.Adult())
	_, settled := unknown(w, w.Adult())
	ruled(w, settled)
	_, s.waiting = unknown(w, w.Adult())
	one, two := w.Adult(), w.Adult()
	both := w.Case()
	code = w.Push(both.Event(registrytest.Police, docket.CaseFiled, "2025-04-02",
		registrytest.Suspect(one, registrytest.Theft, "2025-04-01"), registrytest.Suspect(two, registrytest.Theft, "2025-04-01")))
	s.open = docket.RecordID{Code: code, Seq: 1}
	w.Wants(s.open, docket.Open)
	_, _, wrong := impossible(w)
	if err := answer(w, noticeClerk(registrytest.Court), itemOf(w, registrytest.Court, wrong, "term-of-kind"), "已核对判决书"); err != nil {
		w.Fatal(err)
	}
	return s
}

// ruled lets a court's officer refuse a proposed sealing by a signed ruling.
func ruled(w *world, id docket.RecordID) {
	w.Helper()
	item := openItem(w, id, store.KindSeal)
	view, err := w.Reg.ReviewItem(context.Background(), rules, id.Code, item.ID)
	if err != nil {
		w.Fatal(err)
	}
	s := registrytest.SignWith(w, w.Passkey(rules), &grant.Ruling{
		Review: item.ID, Record: id.String(), Proposal: view.Digest, Officer: rules, Agency: registrytest.Court, Reason: "已核对判决书", At: w.Now,
	})
	if _, err := w.Reg.Rule(context.Background(), s, w.Now); err != nil {
		w.Fatal(err)
	}
	w.Check()
}

// A rotation re-wraps every column of the ledger or of a custodian, everything
// reads as before, and the old key can then be destroyed.
func TestRotations(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		s := everyKind(w)
		before := w.State(s.open)
		for _, c := range append(store.LedgerColumns(), store.VaultColumns()...) {
			if w.Count(`SELECT COUNT(*) FROM `+c.Table+` WHERE length(`+c.Value+`) > 0`) == 0 {
				w.Errorf("the story leaves nothing in %s.%s", c.Table, c.Value)
			}
		}
		k := keeper(w, w.Ring, "one")
		targets := []registry.KeyTarget{{}}
		for _, id := range w.Ring.Vault().Custodians() {
			targets = append(targets, registry.KeyTarget{Custodian: id})
		}
		ctx := context.Background()
		for _, target := range targets {
			if _, err := k.Destroy(ctx, target, w.Now); !errors.Is(err, registry.ErrInput) {
				w.Errorf("destroying %s, which was never rotated: %v", target, err)
			}
			r := mustRotate(w, k, target, "")
			if r.Version != 2 || r.Resumed || r.Total == 0 || r.Done != r.Total {
				w.Errorf("%s: version %d, %d of %d re-wrapped", target, r.Version, r.Done, r.Total)
			}
			state, err := k.State(ctx, target)
			if err != nil || state.Left != 0 || state.Finished.IsZero() || state.Worker != "" {
				w.Errorf("%s: %+v, %v", target, state, err)
			}
			if v, err := k.Destroy(ctx, target, w.Now); v != 2 || err != nil {
				w.Errorf("destroying %s: %d, %v", target, v, err)
			}
			if _, err := k.Destroy(ctx, target, w.Now); err != nil {
				w.Errorf("destroying %s again: %v", target, err)
			}
		}
		for _, i := range w.Ring.List() {
			if i.Version == 1 {
				w.Errorf("key %s still has its first version", i.Purpose)
			}
		}
		if after := w.State(s.open); after.Identity.Name != before.Identity.Name {
			w.Errorf("the open record reads %+v", after)
		}
		if got := w.Inspect(w.About(s.who)); len(got.Records) != 1 || got.Records[0].ID != s.sealed {
			w.Errorf("the sealed record opens to %+v", got)
		}
		settleItem(w, s.waiting, true) // its proposal reads
		w.Wants(s.waiting, docket.Sealed)
		w.Sealed(w.Adult()) // the platform goes on under the new keys
	})
}

// Sealing reaches the backups: a copy of the database that is older than the
// sealing opens the record with the key ring of the same day, and no longer
// once the ledger's epoch of that time is destroyed. What is open today reads
// as before.
func TestSealingReachesTheBackups(t *testing.T) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		w := registrytest.New(t, registrytest.Options{Suite: s})
		driver := w.Adult()
		events := w.Case().DrunkDriver(driver)
		code := w.Push(events[:4]...)
		id := docket.RecordID{Code: code, Seq: 1}
		_, open := w.Convicted(w.Adult(), registrytest.Theft, "2024-02-01", registrytest.Months(docket.FixedTerm, 48), "2025-06-20")
		w.Wants(open, docket.Open)
		w.Wants(id, docket.Open)
		saved := backup(w)

		w.Push(events[4:]...)
		w.Wants(id, docket.Sealed)
		if names, err := readSlips(w, saved, id); err != nil || !strings.Contains(names, driver.Name) {
			t.Fatalf("the backup is to be readable while its epoch lives: %v", err)
		}
		k := keeper(w, w.Ring, "one")
		mustRotate(w, k, registry.KeyTarget{}, "")
		if _, err := readSlips(w, saved, id); err != nil {
			t.Errorf("a rotation alone does not reach the backup: %v", err)
		}
		if _, err := k.Destroy(context.Background(), registry.KeyTarget{}, w.Now); err != nil {
			t.Fatal(err)
		}
		if _, err := readSlips(w, saved, id); !errors.Is(err, keyring.ErrNoKey) {
			t.Errorf("the backup and today's key ring still read the sealed record: %v", err)
		}
		if names, err := readSlips(w, w.URL, open); err != nil || names == "" {
			t.Errorf("today's open record: %v", err)
		}
		if got := w.Inspect(w.About(driver)); len(got.Records) != 1 {
			t.Error("the sealed record no longer opens to those who may")
		}
		w.Check()
	}
}

// backup copies the database's files and gives the copy's address.
func backup(w *world) string {
	w.Helper()
	from, _ := storetest.File(w.URL)
	to := filepath.Join(w.TempDir(), "saved.db")
	for _, pair := range [][2]string{{from, to}, {store.VaultFile(from), store.VaultFile(to)}} {
		b, err := os.ReadFile(pair[0])
		if err == nil {
			err = os.WriteFile(pair[1], b, 0o600)
		}
		if err != nil {
			w.Fatal(err)
		}
	}
	return "sqlite:" + to
}

// readSlips decrypts all that a database's ledger holds of a record with the
// key ring of today, as somebody would who has both.
func readSlips(w *world, url string, id docket.RecordID) (text string, err error) {
	w.Helper()
	db := storetest.Open(w, url)
	rerr := db.Read(context.Background(), func(tx *store.Tx) error {
		slips, err := tx.Slips(id)
		if err != nil {
			return err
		}
		for _, s := range slips {
			raw, err := w.Ring.Ledger().Open(s.Body, suite.Frame("slip", []byte(s.ID.Code), []byte("1"), s.EventKey))
			if err != nil {
				return err
			}
			text += string(raw)
		}
		return nil
	})
	return text, rerr
}

// A rotation and a destruction that are killed before or after any durable step
// are taken up by another process and come to the same end.
func TestKeysKilledAtEachStep(t *testing.T) {
	t.Parallel()
	w, path := fileWorld(t)
	made := everyKind(w)
	targets := []registry.KeyTarget{{}, {Custodian: registrytest.Court}}
	if testing.Short() {
		targets = targets[:1]
	}
	killed := errors.New("killed")
	for _, target := range targets {
		for at, over := 0, false; !over; at++ {
			n := 0
			k := keeper(w, reopen(t, path), "killed")
			var step string
			k.StopAt(func(name string) error {
				if n++; n > at {
					step = name
					return killed
				}
				return nil
			})
			_, err := rotate(w, k, target, "")
			if err == nil {
				_, err = k.Destroy(context.Background(), target, w.Now)
			}
			if over = err == nil; over {
				break
			}
			if !errors.Is(err, killed) {
				t.Fatalf("%s, stopped at step %d, %s: %v", target, at, step, err)
			}
			finishAfter(w, path, target, step)
			if s := w.State(made.open); s.Identity.Name == "" {
				t.Fatalf("after %s: the open record reads %+v", step, s)
			}
		}
	}
	if got := w.Inspect(w.About(made.who)); len(got.Records) != 1 {
		t.Errorf("the sealed record opens to %+v", got)
	}
}

// finishAfter takes up what was killed: at once it is refused, once the lease
// has run out it goes through.
func finishAfter(w *world, path string, target registry.KeyTarget, step string) {
	w.Helper()
	k := keeper(w, reopen(w, path), "next")
	w.Now = w.Now.Add(31 * time.Second)
	if _, err := rotate(w, k, target, ""); err != nil {
		w.Fatalf("after %s: %v", step, err)
	}
	if _, err := k.Destroy(context.Background(), target, w.Now); err != nil {
		w.Fatalf("after %s, destroying: %v", step, err)
	}
	if s, err := k.State(context.Background(), target); err != nil || s.Left != 0 {
		w.Fatalf("after %s: %+v, %v", step, s, err)
	}
	if err := w.Ring.Refresh(context.Background()); err != nil {
		w.Fatal(err)
	}
	w.Check()
}

// fileWorld is a world whose key ring lies in a file.
func fileWorld(t *testing.T) (*world, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	ring, err := keyring.Create(path, "口令", "intl", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return registrytest.New(t, registrytest.Options{Ring: ring}), path
}

func reopen(tb testing.TB, path string) *keyring.Ring {
	tb.Helper()
	ring, err := keyring.Open(path, "口令", rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return ring
}

// Two workers: the second is refused and told until when; a lease that was
// lost stops the first.
func TestConcurrentRotationIsRefused(t *testing.T) {
	ctx := context.Background()
	registrytest.Each(t, func(w *world) {
		everyKind(w)
		one, two := keeper(w, w.Ring, "one"), keeper(w, w.Ring, "two")
		target := registry.KeyTarget{}
		r, err := one.Begin(ctx, target, "", w.Now)
		if err != nil {
			w.Fatal(err)
		}
		if _, err := two.Begin(ctx, target, "", w.Now); !errors.Is(err, registry.ErrBusy) || !strings.Contains(err.Error(), "one has key ledger until 2026-") {
			w.Errorf("a second worker: %v", err)
		}
		if _, err := two.Destroy(ctx, target, w.Now); !errors.Is(err, registry.ErrBusy) {
			w.Errorf("a second worker that destroys: %v", err)
		}
		w.Now = w.Now.Add(time.Minute)
		again, err := two.Begin(ctx, target, "", w.Now)
		if err != nil || !again.Resumed || again.Version != r.Version {
			w.Fatalf("after the lease: %+v, %v", again, err)
		}
		if _, err := r.Step(ctx, 1, w.Now); !errors.Is(err, registry.ErrBusy) {
			w.Errorf("the first worker goes on: %v", err)
		}
		if err := again.Leave(ctx); err != nil {
			w.Error(err)
		}
		if _, err := two.Destroy(ctx, target, w.Now); !errors.Is(err, registry.ErrNeeded) {
			w.Errorf("destroying what is not re-wrapped: %v", err)
		}
		mustRotate(w, two, target, "")
		w.Check()
	})
}

// A platform that runs while another process rotates and destroys writes
// nothing under the old key, and reads on.
func TestAServerKeepsUp(t *testing.T) {
	w, path := fileWorld(t)
	made := everyKind(w)
	k := keeper(w, reopen(t, path), "one")
	ctx := context.Background()
	for _, target := range []registry.KeyTarget{{}, {Custodian: registrytest.Court}} {
		r, err := k.Begin(ctx, target, "", w.Now)
		if err != nil {
			t.Fatal(err)
		}
		w.Sealed(w.Adult()) // the server's own ring is one rotation behind
		for more := true; more; {
			if more, err = r.Step(ctx, 100, w.Now); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Finish(ctx, w.Now); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Destroy(ctx, target, w.Now); err != nil {
			t.Fatal(err)
		}
		if s := w.State(made.open); s.Identity.Name == "" {
			t.Errorf("the open record reads %+v", s)
		}
		_, id := w.Sealed(w.Adult())
		w.Wants(id, docket.Sealed)
	}
	if err := w.Ring.Refresh(ctx); err != nil || w.Ring.Generation() != 3 {
		t.Errorf("generation %d, %v", w.Ring.Generation(), err)
	}
}

// A key ring older than the database must not write: what it writes could be
// read by nobody once its keys are destroyed.
func TestAnOldKeyRingIsRefused(t *testing.T) {
	w, path := fileWorld(t)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	everyKind(w)
	mustRotate(w, keeper(w, w.Ring, "one"), registry.KeyTarget{}, "")
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Ring = reopen(t, path)
	w.Restart()
	_, err = w.Reg.Receive(context.Background(), w.Delivery(registrytest.Police,
		w.Case().Event(registrytest.Police, docket.CaseFiled, "2025-04-02", registrytest.Suspect(w.Adult(), registrytest.Theft, "2025-04-01"))), w.Now)
	if err == nil || !strings.Contains(err.Error(), "newest key ring") {
		t.Errorf("an old key ring wrote: %v", err)
	}
}

// Where the vault's keys lie in a ring of their own, each ring rotates its own,
// and a process that holds only one of them is not put off by the other.
func TestRingsApart(t *testing.T) {
	ctx := context.Background()
	w, path := fileWorld(t)
	made := everyKind(w)
	theirs := filepath.Join(t.TempDir(), "vault-keys")
	if err := w.Ring.MoveVault(ctx, theirs, keyring.Passphrase("口令"), rand.Reader); err != nil {
		t.Fatal(err)
	}
	ours, apart := reopen(t, path), reopen(t, theirs)
	k, err := registry.NewKeeper(ctx, registry.Config{DB: w.DB, Ring: ours, Origin: "fengcun.test/trail", Rand: rand.Reader}, apart, "one")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []registry.KeyTarget{{Custodian: registrytest.Court}, {}, {Custodian: registrytest.Court}} {
		r, err := rotate(w, k, target, "")
		if err != nil || r.Done == 0 {
			t.Fatalf("%s: %+v, %v", target, r, err)
		}
		if _, err := k.Destroy(ctx, target, w.Now); err != nil {
			t.Fatal(err)
		}
	}
	if s := w.State(made.open); s.Identity.Name == "" || ours.Ledger().Epoch() != 2 {
		t.Errorf("the open record reads %+v", s)
	}
	kek, err := apart.Vault().Custodian(registrytest.Court)
	if err != nil || kek.Version() != 3 {
		t.Errorf("the custodian's key: %v", err)
	}
	if _, err := registry.NewKeeper(ctx, registry.Config{DB: w.DB, Ring: ours, Origin: "fengcun.test/trail", Rand: rand.Reader}, nil, "one"); err != nil {
		t.Errorf("a keeper of the ledger alone: %v", err)
	}
}
