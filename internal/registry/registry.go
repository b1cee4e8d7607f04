// Package registry is what the platform does, one file for each verb: receive,
// decide, seal, ask, approve, open, certify, unseal, notify, oversee. Each
// verb is one transaction (opening is two: the intent is in the trail before
// anything is decrypted), checks the acting officer's duty itself, and leaves
// an entry in the trail. docs/flow.md tells the ten steps that the comments
// cite.
package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// The kinds of refusal; the edges map each to a status and words once.
var (
	// ErrNotFound is also what is withheld: the two must look the same.
	ErrNotFound = errors.New("not found")
	// ErrForbidden says that the officer's duty does not reach this.
	ErrForbidden = errors.New("this needs another duty or agency")
	// ErrUnsigned says that a delivery's signature is not its agency's.
	ErrUnsigned = errors.New("the delivery is not signed by its agency's key")
	// ErrCall says that a request is not signed by the officer it names.
	ErrCall = errors.New("the request is not signed by the officer's own key")
	// ErrState says that the thing has moved on since it was read.
	ErrState = errors.New("this was settled meanwhile; read it again")
	// ErrVault says that the vault's process does not answer; nothing was done.
	ErrVault = errors.New("the vault does not answer, and nothing was done; try again in a while")
	// ErrInput wraps what the caller must mend.
	ErrInput = errors.New("input")
)

// Config is what a registry is made of.
type Config struct {
	DB     *store.DB
	Ring   *keyring.Ring
	Origin string      // name of the log, a URL without scheme
	Packs  *policy.Set // in force
	// ConfirmSealing makes a clerk confirm each sealing that policy proposes.
	// Without it what policy is sure of is sealed at once: it is in the
	// person's favour, so no human need stand between (个人信息保护法 24).
	ConfirmSealing bool
	// Accept says which officers' keys are taken beside those of their systems.
	Accept grant.Accept
	// Vault, where given, holds the vault's keys elsewhere; nil keeps the vault
	// in this process, with the ring's.
	Vault vault.Book
	Rand  io.Reader
	// Sequencer says who signs checkpoints and who must cosign them.
	Sequencer Sequencer
	// Promise is within how long reports are to come in; what it leaves open is
	// as the rules of quality have it.
	Promise quality.Promise
}

// Registry is the platform. It is safe for concurrent use.
type Registry struct {
	db      *store.DB
	suite   suite.Suite
	ledger  keyring.LedgerKeys
	vault   vault.Book
	signer  *trail.Signer
	epoch   *trail.Epoch
	cert    suite.SignKey
	packs   *enacted
	confirm bool
	rules   grant.Rules
	rand    io.Reader
	seq     *sequencer
	watch   *watch
	asking  *turns[*prepared]
	opening *turns[step]
	group   *group
	rulesOf *quality.Set
	promise quality.Promise
}

// New makes the registry and starts an epoch of the trail.
func New(ctx context.Context, c Config) (*Registry, error) {
	tk := c.Ring.Trail()
	signer, err := trail.NewSigner(c.Origin, tk.Log()...)
	if err != nil {
		return nil, err
	}
	epoch, err := trail.NewEpoch(c.Rand, tk.AuditPublic())
	if err != nil {
		return nil, err
	}
	seq, err := newSequencer(c, signer)
	if err != nil {
		return nil, err
	}
	r := &Registry{
		seq: seq, watch: new(watch), asking: newTurns[*prepared](), opening: newTurns[step](), group: newGroup(), db: c.DB, suite: c.Ring.Suite(), ledger: c.Ring.Ledger(), signer: signer, epoch: epoch,
		vault: c.Vault,
		cert:  c.Ring.Certificate(), packs: enactedSet(c.Packs), confirm: c.ConfirmSealing, rand: c.Rand,
		rules:   grant.Rules{Accept: c.Accept, Digest: c.Ring.Suite().Digest},
		rulesOf: quality.Standard(), promise: c.Promise.Over(quality.Standard().Promise()),
	}
	if r.vault == nil {
		if !c.Ring.HasVault() {
			return nil, errors.New("the key ring does not hold the vault's keys: name the vault's process")
		}
		r.vault = vault.New(c.Ring.Suite(), c.Ring.Vault(), seq.verifier, c.Rand).Accepting(c.Accept)
	}
	err = r.db.Write(ctx, func(tx *store.Tx) error { return tx.AddEpoch(epoch.ID(), epoch.Wrapped()) })
	if err != nil {
		return nil, fmt.Errorf("starting an epoch of the trail: %w", err)
	}
	return r, nil
}

// Verifier is the public key of the platform's log, with the witnesses that
// must have cosigned what it verifies.
func (r *Registry) Verifier() *trail.Verifier { return r.seq.verifier }

// Suite is the cipher suite the platform runs on.
func (r *Registry) Suite() suite.Suite { return r.suite }

// lock encrypts for the ledger.
func (r *Registry) lock(plaintext, aad []byte) []byte {
	return r.ledger.Seal(r.rand, plaintext, aad)
}

func (r *Registry) unlock(body, aad []byte) ([]byte, error) { return r.ledger.Open(body, aad) }

// personKey is the ledger's index of a person. One without a document number
// is nobody beyond the case.
func (r *Registry) personKey(code docket.Code, p docket.Identity) []byte {
	if m := p.MatchKey(); m != "" {
		k := r.ledger.Person().Index("ledger/person", []byte(m))
		return k[:]
	}
	k := r.ledger.Person().Index("ledger/named", []byte(code), []byte(p.Name))
	return k[:]
}

func (r *Registry) aliasKey(n docket.Number) []byte {
	k := r.ledger.Alias().Index("ledger/alias", []byte(n.MatchKey()))
	return k[:]
}

func (r *Registry) eventKey(source, id string) []byte {
	k := r.ledger.Alias().Index("ledger/event", []byte(source), []byte(id))
	return k[:]
}

// officer reads the acting officer and checks the duty.
func officer(tx *store.Tx, id string, duties ...agency.Duty) (*agency.Officer, error) {
	o, err := tx.Officer(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrForbidden
	}
	if err != nil {
		return nil, err
	}
	for _, d := range duties {
		if o.Duty == d {
			return o, nil
		}
	}
	return nil, ErrForbidden
}

// edge turns what the store says into what callers are told.
func edge(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, store.ErrStale), errors.Is(err, store.ErrConflict):
		return fmt.Errorf("%w: %w", ErrState, err)
	case errors.Is(err, vault.ErrUnreachable):
		return fmt.Errorf("%w: %w", ErrVault, err)
	}
	return err
}

// journal gathers the entries of one transaction; write appends them at its
// end, so that the log's head is locked no longer than it takes.
type journal struct {
	r       *Registry
	entries []trail.Commitment
	then    []func(leaf int64) error
	read    map[*byte]*docket.Event           // of slips that were read already: see bodyOf
	moved   map[docket.RecordID]docket.Status // by changes that are written with the entries
	mailing *mailing                          // of a wave; nil: each record has letters of its own

	batch trail.Batch // the entries in the tree, once written
}

func (r *Registry) journal() *journal {
	return &journal{r: r, read: make(map[*byte]*docket.Event), moved: make(map[docket.RecordID]docket.Status)}
}

// add records an entry; then, which may be nil, runs when its place is known.
func (j *journal) add(e trail.Entry, then func(leaf int64) error) (trail.Commitment, error) {
	c, err := trail.Commit(j.r.suite, j.r.rand, e)
	if err != nil {
		return c, fmt.Errorf("recording %s: %w", e.Kind, err)
	}
	j.entries = append(j.entries, c)
	j.then = append(j.then, then)
	return c, nil
}

func (j *journal) write(tx *store.Tx) error {
	if len(j.entries) == 0 {
		return nil
	}
	leaves := make([]trail.Leaf, len(j.entries))
	sealed := make([]trail.Sealed, len(j.entries))
	for i, c := range j.entries {
		leaves[i], sealed[i] = c.Leaf(), j.r.epoch.Seal(j.r.rand, c)
	}
	head, err := tx.TrailHead()
	if err != nil {
		return err
	}
	b := head.Append(leaves...)
	j.batch = b
	if err := tx.AppendTrail(b, sealed); err != nil {
		return err
	}
	for i, f := range j.then {
		if f == nil {
			continue
		}
		if err := f(b.First + int64(i)); err != nil {
			return err
		}
	}
	return nil
}

// change moves a record and records the move.
func (j *journal) change(tx *store.Tx, c docket.Change, agencyID string) error {
	if err := c.Check(); err != nil {
		return err
	}
	e := trail.Entry{
		Kind: "record." + string(c.To), At: c.At, Actor: c.Operator, Agency: agencyID,
		Code: c.Record.String(), Basis: c.Basis,
		Detail: map[string]string{"from": string(c.From), "reason": c.Reason},
	}
	j.moved[c.Record] = c.To
	_, err := j.add(e, func(leaf int64) error { return tx.MoveRecord(&c, leaf) })
	return err
}

// record reads a record's row as it will be once the entries are written.
func (j *journal) record(tx *store.Tx, id docket.RecordID) (store.Record, error) {
	row, err := tx.Record(id)
	if to, ok := j.moved[id]; ok {
		row.Status = to
	}
	return row, err
}

// write runs one verb: f's rows and its entries in one transaction.
func (r *Registry) write(ctx context.Context, f func(*store.Tx, *journal) error) error {
	return edge(r.db.Write(ctx, func(tx *store.Tx) error {
		generation, err := tx.KeyGeneration()
		if err != nil {
			return err
		}
		if err := r.ledger.CatchUp(ctx, generation); err != nil {
			return err
		}
		j := r.journal()
		if err := f(tx, j); err != nil {
			return err
		}
		return j.write(tx)
	}))
}

// stamp is a time as it is signed: to the microsecond, as it is stored, so that
// what is kept of a delivery still proves it.
func stamp(t time.Time) string {
	return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
}
