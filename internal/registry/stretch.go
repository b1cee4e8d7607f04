package registry

import (
	"errors"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/vault"
)

// stretch is the persons whom a wave decides on in one transaction.
type stretch struct {
	r      *Registry
	tx     *store.Tx
	j      *journal
	on     civil.Date
	report *Report
	dry    bool // nothing is written
}

func (s *stretch) run(keys [][]byte, now time.Time) error {
	if err := s.lock(keys, now); err != nil {
		return err
	}
	persons, err := s.foresee(keys)
	if err != nil {
		return err
	}
	for _, p := range persons {
		if err := s.person(p, now); err != nil {
			return err
		}
	}
	return nil
}

// lock locks the persons and the cases of their records, in the order of all
// who lock: cases first.
func (s *stretch) lock(keys [][]byte, now time.Time) error {
	if s.dry || s.tx.Alone() {
		return nil
	}
	codes, err := s.tx.CasesOf(keys)
	if err != nil {
		return err
	}
	if codes, _, err = s.tx.LinkedCases(codes); err != nil {
		return err
	}
	if err := s.tx.LockCases(codes); err != nil {
		return err
	}
	return s.tx.LockPersons(keys, now)
}

// foresee reads ahead what deciding on the persons will ask for. One whose last
// record was sealed meanwhile is left out.
func (s *stretch) foresee(keys [][]byte) ([]touch, error) {
	if err := s.tx.AheadOfPersons(keys); err != nil {
		return nil, err
	}
	if err := s.tx.AheadOfSame(keys); err != nil {
		return nil, err
	}
	if err := s.j.foreseeContents(s.tx, keys); err != nil {
		return nil, err
	}
	persons := make([]touch, 0, len(keys))
	sought := make([]vault.Sought, 0, len(keys))
	for _, key := range keys {
		p, ok, err := s.touch(key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		persons, sought = append(persons, p), append(sought, vault.Sought{Code: p.code, Who: p.who})
	}
	if f, ok := s.r.vault.(vault.Foreseer); ok {
		return persons, f.Foresee(s.tx, nil, sought)
	}
	return persons, nil
}

// touch is a person as a decision wants to know them, or false where no record
// is left in the ledger: then the lock on them leaves nothing behind.
func (s *stretch) touch(key []byte) (touch, bool, error) {
	held, err := s.tx.PersonRecords(key)
	if err != nil {
		return touch{}, false, err
	}
	if len(held) == 0 {
		if s.dry {
			return touch{}, false, nil
		}
		return touch{}, false, s.tx.DropPersonWithoutRecords(key)
	}
	state, err := s.j.state(s.tx, held[0])
	return touch{key: key, code: held[0].Code, who: state.Identity}, err == nil, err
}

// person decides on one person and counts what comes of it.
func (s *stretch) person(p touch, now time.Time) error {
	own, err := s.tx.PersonRecords(p.key)
	if err != nil || len(own) == 0 {
		return err // sealed with another's, as the same person's
	}
	all, decision, err := s.r.decide(s.tx, s.j, p, s.on)
	undecided := errors.Is(err, errUndecided)
	if err != nil && !undecided {
		return err
	}
	s.report.Persons++
	for i := range all {
		if err := s.count(&all[i], own, decision, undecided); err != nil {
			return err
		}
	}
	if s.dry || undecided { // they wait on
		return nil
	}
	if decision != nil {
		if err := s.r.followAll(s.tx, s.j, all, decision, now); err != nil {
			return err
		}
	}
	return s.release(p.key)
}

// release ends a person's waiting; what was sealed took its mark along.
func (s *stretch) release(key []byte) error {
	waits, err := s.tx.Waits(key)
	if err == nil && waits {
		s.tx.WaitNoMore(key)
	}
	return err
}

// count adds a record of the person's own to the report.
func (s *stretch) count(x *standing, own []docket.RecordID, decision *policy.Decision, undecided bool) error {
	if !slices.Contains(own, x.row.ID) {
		return nil
	}
	outcome, err := s.outcome(x, decision)
	if err != nil {
		return err
	}
	if undecided {
		outcome = Undecided
	}
	region, err := regionOf(s.tx, custodian(x))
	if err != nil {
		return err
	}
	s.report.record(&x.state, region, outcome)
	if outcome == string(policy.Seal) {
		s.report.letters(&x.state)
	}
	return nil
}

// outcome is what will be done with a record.
func (s *stretch) outcome(x *standing, decision *policy.Decision) (string, error) {
	if decision == nil {
		return Unsettled, nil
	}
	v := decision.Record(x.row.ID.String())
	switch {
	case v == nil:
		return Unsettled, nil
	case v.Decision != policy.Seal:
		return string(v.Decision), nil
	}
	human, err := s.r.wantsHuman(s.tx, x)
	if human {
		return string(policy.Review), err
	}
	return string(policy.Seal), err
}
