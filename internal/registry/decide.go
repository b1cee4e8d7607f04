package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// OperatorPolicy is the operator of what policy does without a human.
const OperatorPolicy = "policy"

// settle lets policy decide on everybody whose records a batch touched.
func (b *batch) settle() error {
	if err := b.foreseeDecisions(); err != nil {
		return err
	}
	b.tx.QueueIdentities(slices.Collect(maps.Values(b.locks)), b.now)
	if err := b.queueQuality(); err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(b.persons)) {
		if err := b.r.settle(b.tx, b.j, b.persons[k], b.now); err != nil {
			return err
		}
	}
	for id := range b.sealed {
		if err := b.r.settleSealed(b.tx, b.j, id, b.now); err != nil {
			return err
		}
	}
	return nil
}

// arrange puts the records of cases in order that the batch joined or parted.
func (b *batch) arrange() error {
	if len(b.joined) == 0 {
		return nil
	}
	a, err := b.r.arrange(b.tx, b.j, b.joined, b.now)
	if err != nil {
		return err
	}
	for home := range b.joined {
		b.changed[docket.RecordID{Code: home}] = true
	}
	clear(b.joined)
	maps.Copy(b.persons, a.touched)
	maps.Copy(b.sealed, a.sealed)
	for k, t := range a.touched {
		b.locks[k] = t.key
	}
	for k, gone := range a.gone {
		if gone {
			delete(b.locks, k)
			delete(b.persons, k)
		}
	}
	return nil
}

// standing is one record of a person at the time of a decision.
type standing struct {
	row    store.Record
	state  docket.State
	joined []vault.Joined // the person under other identities; of those in the ledger
}

// settle decides on all records of one person (step 3) and does what follows:
// seals, asks a human, or sets the day on which to look again. A person of whom
// history waits is left to the wave.
func (r *Registry) settle(tx *store.Tx, j *journal, who touch, now time.Time) error {
	waits, err := r.leftToWave(tx, who.key)
	if err != nil || waits {
		return err
	}
	all, decision, err := r.decide(tx, j, who, civil.Of(now))
	if err != nil {
		return err
	}
	if decision == nil {
		return r.followLinks(tx, j, all, now)
	}
	return r.followAll(tx, j, all, decision, now)
}

// decide gives what policy says of all records of one person on a day; nil where
// none is settled.
func (r *Registry) decide(tx *store.Tx, j *journal, who touch, on civil.Date) ([]standing, *policy.Decision, error) {
	all, err := r.standings(tx, j, who)
	if err != nil || !slices.ContainsFunc(all, func(s standing) bool { return s.state.Kind != "" }) {
		return all, nil, err
	}
	decision, err := r.packs.set.Load().Decide(dossier(all, on), on)
	if err != nil {
		return all, nil, fmt.Errorf("%w: %w", errUndecided, err)
	}
	return all, decision, nil
}

// errUndecided says that policy has no answer on a person: too many records, or
// a rule that errs.
var errUndecided = errors.New("deciding")

func (r *Registry) followAll(tx *store.Tx, j *journal, all []standing, decision *policy.Decision, now time.Time) error {
	for i := range all {
		s := &all[i]
		v, err := r.awaited(tx, s, all, decision.Record(s.row.ID.String()))
		if err != nil {
			return err
		}
		if err := r.follow(tx, j, s, v, now); err != nil {
			return fmt.Errorf("record %s: %w", s.row.ID, err)
		}
	}
	return nil
}

// settleSealed decides on a sealed record of which something was said that does
// not identify the person: with the sealed records that the vault can join to
// it. What policy says of so few facts counts only where more of them could not
// change it: a reason to unseal stays one.
func (r *Registry) settleSealed(tx *store.Tx, j *journal, id docket.RecordID, now time.Time) error {
	weighed, err := r.vault.WeighRecord(tx, id)
	if err != nil {
		return err
	}
	all, err := r.weighed(tx, weighed)
	if err != nil {
		return err
	}
	on := civil.Of(now)
	decision, err := r.packs.set.Load().Decide(dossier(all, on), on)
	if err != nil {
		return fmt.Errorf("deciding: %w", err)
	}
	for i := range all {
		v, err := r.awaited(tx, &all[i], all, decision.Record(all[i].row.ID.String()))
		if err != nil {
			return err
		}
		if v != nil && v.Decision == policy.Unseal {
			if err := r.propose(tx, j, &all[i], store.KindUnseal, v, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Registry) weighed(tx *store.Tx, sealed []vault.Weighed) (all []standing, err error) {
	for _, w := range sealed {
		s := standing{state: docket.Fold(w.Events)}
		if s.row, err = tx.Record(w.Record); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// standings are the person's records in the ledger and, as far as policy may
// weigh them, in the vault; with those of whom officers found to be the same.
func (r *Registry) standings(tx *store.Tx, j *journal, who touch) ([]standing, error) {
	all, err := r.standingsOf(tx, j, who)
	if err != nil {
		return nil, err
	}
	same, err := tx.SamePersons(who.key)
	if err != nil || len(same) == 0 {
		return all, err
	}
	return r.withJoined(tx, j, who, all)
}

// standingsOf are the standings of one person under one identity.
func (r *Registry) standingsOf(tx *store.Tx, j *journal, who touch) ([]standing, error) {
	ids, err := tx.PersonRecords(who.key)
	if err != nil {
		return nil, err
	}
	var all []standing
	for _, id := range ids {
		s := standing{}
		if s.row, err = j.record(tx, id); err != nil {
			return nil, err
		}
		if s.state, err = j.state(tx, id); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	sealed, err := r.vault.Weigh(tx, who.code, who.who)
	if err != nil {
		return nil, err
	}
	locked, err := r.weighed(tx, sealed)
	return append(all, locked...), err
}

// decisive says that an event can change what policy decides. Those before the
// prosecution cannot: policy reads settled records.
func decisive(e *docket.Event) bool {
	switch e.Type {
	case docket.CaseFiled, docket.MeasureImposed, docket.ArrestDecided, docket.CaseReferred:
		return e.Corrects != ""
	default:
		return true
	}
}

// custodian is the agency that decided the record, or that first reported it.
func custodian(s *standing) string {
	if s.row.Status == docket.Sealed {
		return s.row.Custodian
	}
	source := s.state.Decider
	if source == "" && len(s.state.Holders) > 0 {
		source = s.state.Holders[0]
	}
	if id, err := agency.IDOf(source); err == nil {
		return id
	}
	return s.row.Custodian
}

// follow does what policy decided of one record.
func (r *Registry) follow(tx *store.Tx, j *journal, s *standing, v *policy.RecordDecision, now time.Time) error {
	if s.row.Status == docket.Sealed {
		if v != nil && v.Decision == policy.Unseal {
			return r.propose(tx, j, s, store.KindUnseal, v, now)
		}
		return r.supersede(tx, s.row.ID, store.KindUnseal, now)
	}
	var due civil.Date
	if v != nil && v.Decision == policy.Observe && !v.From.IsZero() {
		due = civil.Max(v.From, civil.Of(now).AddDays(1)) // never a day that has come: it would be due for ever
	}
	if c := custodian(s); c != s.row.Custodian || due != s.row.Due {
		if err := tx.Schedule(s.row.ID, c, due); err != nil {
			return err
		}
		s.row.Custodian = c
	}
	if err := r.putFact(tx, s); err != nil {
		return err
	}
	switch {
	case v == nil || v.Decision == policy.Keep || v.Decision == policy.Observe || v.Decision == policy.Unseal:
		if err := r.back(tx, j, s, v, now); err != nil {
			return err
		}
		return r.supersede(tx, s.row.ID, store.KindSeal, now)
	case v.Decision == policy.Review:
		return r.propose(tx, j, s, store.KindSeal, v, now)
	}
	human, err := r.wantsHuman(tx, s)
	if err != nil {
		return err
	}
	if human {
		return r.propose(tx, j, s, store.KindSeal, v, now)
	}
	return r.seal(tx, j, s, docket.Change{
		Record: s.row.ID, From: s.row.Status, To: docket.Sealed, At: now, Operator: OperatorPolicy, Basis: basis(v), Reason: reason(v),
	})
}

// wantsHuman says that a human confirms the sealing of a record though policy is
// sure of it: here each one's, or this one's because it was unsealed once.
func (r *Registry) wantsHuman(tx *store.Tx, s *standing) (bool, error) {
	if r.confirm || s.row.Status == docket.Unsealed {
		return true, nil
	}
	if s.row.Changes == 0 {
		return r.unsealedOnce(tx, s.row.ID)
	}
	from, err := cameFrom(tx, s.row.ID)
	if err != nil || from == docket.Unsealed {
		return true, err
	}
	return r.unsealedOnce(tx, s.row.ID)
}

// propose puts a record before a human; a proposal that waits is brought up to
// date.
func (r *Registry) propose(tx *store.Tx, j *journal, s *standing, kind string, v *policy.RecordDecision, now time.Time) error {
	item, err := tx.OpenReview(s.row.ID, kind)
	isNew := errors.Is(err, store.ErrNotFound)
	if err != nil && !isNew {
		return err
	}
	if isNew {
		id, err := uuid.NewRandomFromReader(r.rand)
		if err != nil {
			return err
		}
		item = store.Review{Record: s.row.ID, ID: id.String(), Kind: kind, Opened: now}
	}
	item.Custodian = custodian(s)
	if item.Proposal, err = r.lockJSON(v, contextOf("review", item.Record, []byte(item.ID))); err != nil {
		return err
	}
	if !isNew {
		return tx.UpdateReview(&item)
	}
	if err := tx.AddReview(&item); err != nil {
		return err
	}
	if _, err := j.add(trail.Entry{
		Kind: "review.open", At: now, Actor: OperatorPolicy, Code: s.row.ID.String(), Basis: basis(v),
		Detail: map[string]string{"review": item.ID, "kind": kind, "decision": string(v.Decision)},
	}, nil); err != nil {
		return err
	}
	if kind == store.KindUnseal || v.Decision != policy.Seal || s.row.Status == docket.Pending {
		return nil
	}
	return j.change(tx, docket.Change{
		Record: s.row.ID, From: s.row.Status, To: docket.Pending, At: now, Operator: OperatorPolicy, Basis: basis(v), Reason: reason(v),
	}, item.Custodian)
}

// back returns a record that waited for its sealing to where it came from,
// when policy no longer proposes it.
func (r *Registry) back(tx *store.Tx, j *journal, s *standing, v *policy.RecordDecision, now time.Time) error {
	if s.row.Status != docket.Pending {
		return nil
	}
	to, err := cameFrom(tx, s.row.ID)
	if err != nil {
		return err
	}
	return j.change(tx, docket.Change{
		Record: s.row.ID, From: docket.Pending, To: to, At: now, Operator: OperatorPolicy, Basis: basis(v), Reason: reason(v),
	}, s.row.Custodian)
}

// cameFrom is the status before the last change of a record.
func cameFrom(tx *store.Tx, id docket.RecordID) (docket.Status, error) {
	changes, err := tx.Changes(id)
	if err != nil || len(changes) == 0 {
		return "", err
	}
	return changes[len(changes)-1].From, nil
}

// supersede closes a proposal that the facts have overtaken.
func (r *Registry) supersede(tx *store.Tx, id docket.RecordID, kind string, now time.Time) error {
	item, err := tx.OpenReview(id, kind)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	item.Outcome, item.Closed, item.ClosedBy = store.OutcomeSuperseded, now, OperatorPolicy
	return tx.CloseReview(&item)
}

// Sweep looks again at records whose day has come, at most limit, and says how
// many it looked at.
func (r *Registry) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := r.write(ctx, func(tx *store.Tx, j *journal) error {
		due, err := tx.DueRecords(civil.Of(now), limit)
		if err != nil {
			return err
		}
		n = len(due)
		for i := range due {
			if err := r.settleRecord(tx, j, &due[i], now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// settleRecord decides on the person of a record in the ledger. The day of one
// that is left to the wave is past: the wave sets another.
func (r *Registry) settleRecord(tx *store.Tx, j *journal, row *store.Record, now time.Time) error {
	id := row.ID
	key, err := tx.Holder(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // sealed meanwhile
	}
	if err != nil {
		return err
	}
	if err := tx.LockPerson(key, now); err != nil {
		return err
	}
	waits, err := r.leftToWave(tx, key)
	if err != nil {
		return err
	}
	if waits {
		return tx.Schedule(id, row.Custodian, civil.Date{})
	}
	s, err := r.state(tx, id)
	if err != nil {
		return err
	}
	return r.settle(tx, j, touch{key: key, code: id.Code, who: s.Identity}, now)
}

// dossier is what policy reads: the person's settled records.
func dossier(all []standing, on civil.Date) *policy.Dossier {
	d := &policy.Dossier{On: on}
	for _, s := range all {
		id := s.state.Identity
		if d.Person.Birth.IsZero() {
			d.Person.Birth = id.Born()
		}
		d.Person.Sex = cmp.Or(d.Person.Sex, id.Gender())
		if s.state.Kind == "" {
			continue
		}
		d.Records = append(d.Records, policy.Record{
			ID: s.row.ID.String(), Kind: s.state.Kind, Status: s.row.Status,
			OffenceDate: s.state.OffenceDate, JudgmentDate: s.state.JudgmentDate,
			EffectiveDate: s.state.EffectiveDate, CompletedDate: s.state.CompletedDate,
			Crimes: crimesOf(&s.state), Sentence: s.state.Sentence, Flags: s.state.Flags,
		})
	}
	return d
}

// crimesOf is what a record is about: the crimes judged or, where no court has
// judged, those charged or suspected.
func crimesOf(s *docket.State) []docket.Crime {
	switch {
	case len(s.Crimes) > 0:
		return s.Crimes
	case len(s.Charged) > 0:
		return s.Charged
	}
	return s.Suspected
}

// basis is what a change rests on: the pack and its digest, by which the
// decision can be replayed.
func basis(v *policy.RecordDecision) string {
	if v == nil {
		return OperatorPolicy
	}
	if v.Pack == string(docket.CaseLinked) {
		return v.Pack // no pack, but a link between cases: see awaits.go
	}
	return v.Pack + "@" + v.Digest
}

// reason is the outcome with the rules that did not hold or are unknown.
func reason(v *policy.RecordDecision) string {
	if v == nil {
		return ""
	}
	var open []string
	for _, x := range v.Reasons {
		if x.Holds == policy.Unknown {
			open = append(open, x.Rule)
		}
	}
	if len(open) == 0 {
		return string(v.Decision)
	}
	return string(v.Decision) + ": " + strings.Join(open, ", ")
}
