package registry

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// The refusals of those who look after keys.
var (
	// ErrBusy says that another worker rotates or destroys this key.
	ErrBusy = errors.New("another worker has this key in hand")
	// ErrNeeded says that rows still lie under a key that was to be destroyed.
	ErrNeeded = errors.New("records still need the old key")
)

// OperatorKeys is the operator of what is done to keys.
const OperatorKeys = "keys"

// KeyTarget is a key that rotates: a custodian's, or the ledger's epochs.
type KeyTarget struct{ Custodian string }

// ParseKeyTarget reads "ledger" or "custodian AGENCY".
func ParseKeyTarget(text string) (KeyTarget, error) {
	if text == "ledger" {
		return KeyTarget{}, nil
	}
	if id, ok := strings.CutPrefix(text, "custodian "); ok && id != "" {
		return KeyTarget{id}, nil
	}
	return KeyTarget{}, fmt.Errorf("%w: %q: want ledger, or custodian and an agency", ErrInput, text)
}

func (t KeyTarget) String() string {
	if t.Custodian == "" {
		return "ledger"
	}
	return "custodian " + t.Custodian
}

// Keeper looks after the keys: it rotates them, re-wraps what lies under the
// old ones, and destroys these when nothing does. Each step is durable before
// the next: the intent in the database, the new key in the ring's file, the
// generation in the database that makes every process use it, batches, the
// end; and it may be killed between any two and run again.
type Keeper struct {
	reg    *Registry
	ring   *keyring.Ring // the ledger's keys
	vault  *keyring.Ring // the custodians'; the same ring, or one in a file of its own
	worker string
	stop   func(step string) error // before and after each durable step; tests stop there
}

// durably does one durable step; a test stops the keeper before or after it.
func (k *Keeper) durably(step string, do func() error) error {
	if k.stop == nil {
		return do()
	}
	if err := k.stop("before " + step); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return k.stop("after " + step)
}

// keeperLease is for how long a worker that is heard no more keeps others out.
const keeperLease = 30 * time.Second

// NewKeeper makes a keeper; the worker's name is its own among all processes.
// Where the vault's keys lie in a ring of their own, that is given too.
func NewKeeper(ctx context.Context, c Config, apart *keyring.Ring, worker string) (*Keeper, error) {
	if apart == nil {
		apart = c.Ring
	}
	if !c.Ring.HasVault() { // nothing is opened or sealed here
		c.Vault = vault.New(c.Ring.Suite(), apart.Vault(), nil, c.Rand)
	}
	reg, err := New(ctx, c)
	if err != nil {
		return nil, err
	}
	return &Keeper{reg: reg, ring: c.Ring, vault: apart, worker: worker}, nil
}

// refresh reads both rings again.
func (k *Keeper) refresh(ctx context.Context) error {
	return errors.Join(k.ring.Refresh(ctx), k.vault.Refresh(ctx))
}

// Rotation is a rotation under way.
type Rotation struct {
	Target  KeyTarget
	Version uint32 // under which everything is to lie
	Resumed bool   // it was begun before
	Total   int64  // ciphertexts that lay under an earlier version when it began or resumed
	Done    int64  // of these, by now

	k       *Keeper
	columns []store.CipherColumn
	after   []any
}

// Begin makes the next version of a key, or takes up a rotation that was not
// finished. A custodian's key is made where its last version lies unless at
// names another place: "ring", or a holder.
func (k *Keeper) Begin(ctx context.Context, t KeyTarget, at string, now time.Time) (*Rotation, error) {
	row, err := k.claim(ctx, t, now)
	if err != nil {
		return nil, err
	}
	r := &Rotation{Target: t, Version: row.Version, Resumed: row.Finished.IsZero(), k: k, columns: columnsOf(t)}
	if err := r.begin(ctx, at, now); err != nil {
		return nil, errors.Join(err, r.Leave(ctx))
	}
	return r, nil
}

func (r *Rotation) begin(ctx context.Context, at string, now time.Time) error {
	k := r.k
	if err := k.refresh(ctx); err != nil {
		return err
	}
	have, err := k.current(r.Target)
	if err != nil {
		return err
	}
	if !r.Resumed || have > r.Version {
		if !r.Resumed {
			have++
		}
		r.Version = have
		if err := k.record(ctx, r.Target, "key.rotate", r.Version, now, func(tx *store.Tx) error {
			return tx.BeginRotation(r.Target.String(), k.worker, r.Version, now)
		}); err != nil {
			return err
		}
	}
	if err := k.durably("new key", func() error { return k.make(ctx, r.Target, at, r.Version) }); err != nil {
		return err
	}
	err = k.durably("generation", func() error {
		return k.reg.db.Write(ctx, func(tx *store.Tx) error { return tx.RaiseKeyGeneration(k.ring.Generation()) })
	})
	if err != nil {
		return fmt.Errorf("making every process use the new key: %w", err)
	}
	r.Total, err = k.left(ctx, r.Target)
	return err
}

// make brings the ring to a version, which is its own or the next.
func (k *Keeper) make(ctx context.Context, t KeyTarget, at string, version uint32) error {
	have, err := k.current(t)
	if err != nil || have == version {
		return err
	}
	if have+1 != version {
		return fmt.Errorf("the ring has version %d of key %s, the database expects %d: put the newest key ring in its place", have, t, version)
	}
	if t.Custodian == "" {
		_, err = k.ring.Ledger().Rotate(ctx, k.reg.rand)
		return err
	}
	switch at {
	case "":
		at = k.vault.Vault().HolderOf(t.Custodian)
	case "ring":
		at = ""
	}
	return k.vault.Vault().RotateCustodian(ctx, k.reg.rand, t.Custodian, at)
}

// current is the ring's version of a key.
func (k *Keeper) current(t KeyTarget) (uint32, error) {
	if t.Custodian == "" {
		return k.ring.Ledger().Epoch(), nil
	}
	kek, err := k.vault.Vault().Custodian(t.Custodian)
	if err != nil {
		return 0, err
	}
	return kek.Version(), nil
}

// claim takes the work on a key, or says who has it.
func (k *Keeper) claim(ctx context.Context, t KeyTarget, now time.Time) (row store.Rotation, err error) {
	if t.Custodian != "" {
		if _, err := k.vault.Vault().Custodian(t.Custodian); err != nil {
			return row, err
		}
	}
	err = k.reg.db.Write(ctx, func(tx *store.Tx) error {
		err := tx.ClaimRotation(t.String(), k.worker, now, now.Add(keeperLease))
		if err != nil && !errors.Is(err, store.ErrStale) {
			return err
		}
		var rerr error
		if row, rerr = tx.Rotation(t.String()); rerr != nil {
			return rerr
		}
		return err
	})
	if errors.Is(err, store.ErrStale) {
		return row, fmt.Errorf("%w: %s has key %s until %s; if it was killed, try again then",
			ErrBusy, row.Worker, t, row.Lease.Format(time.RFC3339))
	}
	return row, err
}

// record does one durable step with its entry in the trail.
func (k *Keeper) record(ctx context.Context, t KeyTarget, kind string, version uint32, now time.Time, f func(*store.Tx) error) error {
	return k.durably(kind, func() error {
		return k.reg.write(ctx, func(tx *store.Tx, j *journal) error {
			if err := f(tx); err != nil {
				return err
			}
			_, err := j.add(trail.Entry{
				Kind: kind, At: now, Actor: OperatorKeys,
				Detail: map[string]string{"key": t.String(), "version": strconv.FormatUint(uint64(version), 10)},
			}, nil)
			return err
		})
	})
}

// left counts the ciphertexts under an earlier version of a key.
func (k *Keeper) left(ctx context.Context, t KeyTarget) (n int64, err error) {
	err = k.reg.db.Read(ctx, func(tx *store.Tx) error {
		n, err = k.leftIn(tx, t)
		return err
	})
	return n, err
}

func (k *Keeper) leftIn(tx *store.Tx, t KeyTarget) (total int64, err error) {
	for _, c := range columnsOf(t) {
		earlier, err := k.earlier(t, c)
		if err != nil {
			return 0, err
		}
		n, err := tx.CountEarlier(earlier)
		if err != nil {
			return 0, fmt.Errorf("counting what lies under the old key: %w", err)
		}
		total += n
	}
	return total, nil
}

func (k *Keeper) earlier(t KeyTarget, c store.CipherColumn) (store.Earlier, error) {
	version, err := k.current(t)
	e := store.Earlier{Column: c, Owner: t.Custodian, Version: binary.BigEndian.AppendUint32(nil, version)}
	if c.Table == "vault_original" {
		e.Owner = agency.SourceOf(t.Custodian)
	}
	return e, err
}

func columnsOf(t KeyTarget) []store.CipherColumn {
	if t.Custodian == "" {
		return store.LedgerColumns()
	}
	return store.VaultColumns()
}

// Step re-wraps at most limit ciphertexts and says whether more may be left.
// Those that change meanwhile are under the new key already.
func (r *Rotation) Step(ctx context.Context, limit int, now time.Time) (more bool, err error) {
	if len(r.columns) == 0 {
		return false, nil
	}
	column := r.columns[0]
	earlier, err := r.k.earlier(r.Target, column)
	if err != nil {
		return false, err
	}
	var batch []store.Cipher
	if err := r.k.reg.db.Read(ctx, func(tx *store.Tx) error {
		batch, err = tx.EarlierCiphers(earlier, r.after, limit)
		return err
	}); err != nil {
		return false, fmt.Errorf("reading what lies under the old key: %w", err)
	}
	bodies, err := r.rewrapAll(ctx, column, batch)
	if err != nil {
		return false, err
	}
	if err := r.k.durably("batch", func() error { return r.put(ctx, column, batch, bodies, now) }); err != nil {
		return false, err
	}
	r.Done += int64(len(batch))
	if len(batch) < limit {
		r.columns, r.after = r.columns[1:], nil
		return len(r.columns) > 0, nil
	}
	r.after = batch[len(batch)-1].Key
	return true, nil
}

// hands is how many data keys are re-wrapped at once: a service that holds the
// key answers over the network.
const hands = 8

func (r *Rotation) rewrapAll(ctx context.Context, column store.CipherColumn, batch []store.Cipher) ([][]byte, error) {
	bodies, errs := make([][]byte, len(batch)), make([]error, hands)
	var wg sync.WaitGroup
	for h := range hands {
		wg.Go(func() {
			for i := h; i < len(batch) && errs[h] == nil; i += hands {
				var err error
				if bodies[i], err = r.rewrap(ctx, column, batch[i]); err != nil {
					errs[h] = fmt.Errorf("%s %v: %w", column.Table, batch[i].Key, err)
				}
			}
		})
	}
	wg.Wait()
	return bodies, errors.Join(errs...)
}

func (r *Rotation) put(ctx context.Context, column store.CipherColumn, batch []store.Cipher, bodies [][]byte, now time.Time) error {
	err := r.k.reg.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.HoldRotation(r.Target.String(), r.k.worker, now.Add(keeperLease)); err != nil {
			return err
		}
		for i, c := range batch {
			if _, err := tx.ReplaceCipher(column, c, bodies[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrStale) {
		return fmt.Errorf("%w: the lease ran out and another took over", ErrBusy)
	}
	return err
}

func (r *Rotation) rewrap(ctx context.Context, column store.CipherColumn, c store.Cipher) ([]byte, error) {
	if r.Target.Custodian != "" {
		return vault.Rewrap(ctx, r.k.vault.Vault(), r.k.reg.rand,
			&vault.Wrapping{Table: column.Table, Custodian: r.Target.Custodian, Key: c.Key, Wrapped: c.Body})
	}
	bound, err := ledgerContext(column, c.Key)
	if err != nil {
		return nil, err
	}
	return r.k.ring.Ledger().Rewrap(r.k.reg.rand, c.Body, bound)
}

// ledgerContext is what a ciphertext of the ledger is bound to, by its row's
// primary key.
func ledgerContext(column store.CipherColumn, key []any) ([]byte, error) {
	text := make([]string, len(key))
	for i := range key {
		text[i], _ = key[i].(string)
	}
	switch column.Table + "." + column.Value {
	case "query.body":
		return queryContext(text[0]), nil
	case "approval.body":
		return approvalContext(text[0], text[1]), nil
	case "certificate.body":
		return certificateContext(text[0]), nil
	case "ruling.body":
		return rulingContext(docket.Code(text[0]), text[1]), nil
	case "slip.body":
		seq, ok := key[1].(int64)
		event, ok2 := key[2].([]byte)
		if ok && ok2 {
			return slipContext(docket.RecordID{Code: docket.Code(text[0]), Seq: int(seq)}, event), nil
		}
	case "quality_item.body", "quality_item.answer":
		if seq, ok := key[1].(int64); ok {
			q := &store.QualityItem{Record: docket.RecordID{Code: docket.Code(text[0]), Seq: int(seq)}, Rule: text[2], Agency: text[3]}
			return qualityContext(q, map[string]string{"body": "finding", "answer": "answer"}[column.Value]), nil
		}
	case "review.proposal", "review.note":
		if seq, ok := key[2].(int64); ok {
			id := docket.RecordID{Code: docket.Code(text[0]), Seq: int(seq)}
			return contextOf(map[string]string{"proposal": "review", "note": "review note"}[column.Value], id, []byte(text[1])), nil
		}
	}
	return nil, fmt.Errorf("%s.%s is no column of the ledger that is re-wrapped", column.Table, column.Value)
}

// Finish makes sure that nothing lies under an earlier version, records that,
// and ends the work.
func (r *Rotation) Finish(ctx context.Context, now time.Time) error {
	err := r.k.record(ctx, r.Target, "key.rewrapped", r.Version, now, func(tx *store.Tx) error {
		if err := tx.FinishRotation(r.Target.String(), r.k.worker, r.Version, now); err != nil {
			return err
		}
		n, err := r.k.leftIn(tx, r.Target)
		if err == nil && n > 0 {
			err = fmt.Errorf("%w: %d of them; run the rotation again", ErrNeeded, n)
		}
		return err
	})
	return errors.Join(err, r.Leave(ctx))
}

// Leave ends the work and lets another worker take it up.
func (r *Rotation) Leave(ctx context.Context) error { return r.k.leave(ctx, r.Target) }

func (k *Keeper) leave(ctx context.Context, t KeyTarget) error {
	return k.reg.db.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.LeaveRotation(t.String(), k.worker) })
}

// Destroy destroys all versions of a key before the current one, for ever, and
// says which that is. It refuses while the last rotation is not finished or
// any record lies under an earlier version.
func (k *Keeper) Destroy(ctx context.Context, t KeyTarget, now time.Time) (version uint32, err error) {
	row, err := k.claim(ctx, t, now)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, k.leave(ctx, t)) }()
	if err := k.refresh(ctx); err != nil {
		return 0, err
	}
	if version, err = k.current(t); err != nil {
		return 0, err
	}
	switch {
	case row.Version == 0:
		return version, fmt.Errorf("%w: key %s was never rotated: there is nothing to destroy", ErrInput, t)
	case row.Finished.IsZero() || row.Version != version:
		return version, fmt.Errorf("%w: the rotation of key %s to version %d is not finished: run it again", ErrNeeded, t, max(row.Version, version))
	}
	if row.Floor != version { // else it was killed between the intent and the act
		if err := k.record(ctx, t, "key.destroy", version, now, func(tx *store.Tx) error {
			n, err := k.leftIn(tx, t)
			if err == nil && n > 0 {
				err = fmt.Errorf("%w: %d of them; run the rotation again", ErrNeeded, n)
			}
			if err != nil {
				return err
			}
			return tx.LowerKeysGo(t.String(), k.worker, version)
		}); err != nil {
			return version, err
		}
	}
	return version, k.durably("destroy", func() error {
		if t.Custodian == "" {
			return k.ring.Ledger().DestroyBefore(ctx, version)
		}
		return k.vault.Vault().DestroyCustodianBefore(ctx, t.Custodian, version)
	})
}

// KeyState is how far the last rotation of a key got.
type KeyState struct {
	store.Rotation
	Left int64 // ciphertexts under an earlier version
}

// State reads how far the last rotation of a key got; a key that was never
// rotated has version 0.
func (k *Keeper) State(ctx context.Context, t KeyTarget) (s KeyState, err error) {
	err = k.reg.db.Read(ctx, func(tx *store.Tx) error {
		s.Rotation, err = tx.Rotation(t.String())
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		s.Left, err = k.leftIn(tx, t)
		return err
	})
	return s, err
}
