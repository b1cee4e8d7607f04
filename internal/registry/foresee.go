package registry

import (
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/vault"
)

// A transaction that takes in many events asks for what it needs of all of them
// at once: first which are known, then where their numbers lead, then, the
// cases locked, what the ledger holds of those.

// foresee reads ahead what filing the events will ask for.
func (b *batch) foresee(arrivals []*arrival) error {
	fresh, err := b.fresh(arrivals)
	if err != nil {
		return err
	}
	var numbers []docket.Number
	for _, a := range fresh {
		if a.event.Subject == "" {
			numbers = append(numbers, a.event.Data.Numbers...)
		}
		if l := a.event.Data.Link; l != nil && l.Number != nil {
			numbers = append(numbers, *l.Number)
		}
	}
	if err := b.aheadOfNumbers(numbers); err != nil {
		return err
	}
	codes, err := b.codesOf(fresh)
	if err != nil {
		return err
	}
	if err := b.tx.LockCases(codes); err != nil {
		return err
	}
	return errors.Join(b.tx.AheadOfCases(codes), b.tx.AheadOfCaseLinks(codes))
}

// fresh is the events that did not come before.
func (b *batch) fresh(arrivals []*arrival) ([]*arrival, error) {
	keys := make(map[string][][]byte) // by source
	for _, a := range arrivals {
		if a.event == nil {
			continue
		}
		keys[a.event.Source] = append(keys[a.event.Source], a.key)
		if a.event.Corrects != "" {
			keys[a.event.Source] = append(keys[a.event.Source], b.r.eventKey(a.event.Source, a.event.Corrects))
		}
	}
	for _, source := range slices.Sorted(maps.Keys(keys)) {
		if err := b.tx.AheadOfEvents(source, keys[source]); err != nil {
			return nil, err
		}
	}
	var fresh []*arrival
	for _, a := range arrivals {
		if a.event == nil {
			continue
		}
		_, err := b.tx.Intake(a.event.Source, a.key)
		if errors.Is(err, store.ErrNotFound) {
			fresh = append(fresh, a)
		} else if err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// aheadOfNumbers looks where numbers lead: in the ledger and, those that lead
// nowhere there, in the vault. Who comes with such a number may open its case,
// and so waits for whoever may be doing that, and looks again.
func (b *batch) aheadOfNumbers(numbers []docket.Number) error {
	keys := make([][]byte, len(numbers))
	for i, n := range numbers {
		keys[i] = b.r.aliasKey(n)
	}
	if err := b.tx.AheadOfNumbers(keys); err != nil {
		return err
	}
	var (
		unknown []docket.Number
		turns   [][]byte
	)
	for i, n := range numbers {
		codes, err := b.tx.CasesByAlias(keys[i])
		if err != nil {
			return err
		}
		if len(codes) == 0 {
			unknown, turns = append(unknown, n), append(turns, keys[i])
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	if err := b.takeTurns(turns); err != nil {
		return err
	}
	if f, ok := b.r.vault.(vault.Foreseer); ok {
		return f.Foresee(b.tx, unknown, nil)
	}
	return nil
}

// takeTurns waits for other transactions that may open cases by these numbers,
// and looks again where they lead.
func (b *batch) takeTurns(keys [][]byte) error {
	if b.tx.Alone() {
		return nil
	}
	for _, k := range keys {
		b.turns[string(k)] = true
	}
	if err := b.tx.TakeTurns(keys); err != nil {
		return err
	}
	return b.tx.AheadOfNumbers(keys)
}

// codesOf is the cases that events name or their numbers lead to, with all that
// are one with them.
func (b *batch) codesOf(fresh []*arrival) ([]docket.Code, error) {
	seen := make(map[docket.Code]bool)
	for _, a := range fresh {
		var numbers []docket.Number
		if a.event.Subject == "" {
			numbers = a.event.Data.Numbers
		} else if code, err := docket.ParseCode(a.event.Subject); err == nil {
			seen[code] = true
		}
		if l := a.event.Data.Link; l != nil && l.Number != nil {
			numbers = append(slices.Clone(numbers), *l.Number)
		} else if l != nil {
			if code, err := docket.ParseCode(l.Code); err == nil {
				seen[code] = true
			}
		}
		codes, err := b.casesByNumbers(numbers)
		if err != nil {
			return nil, err
		}
		for _, c := range codes {
			seen[c] = true
		}
	}
	codes, _, err := b.tx.LinkedCases(slices.Sorted(maps.Keys(seen)))
	slices.Sort(codes)
	return codes, err
}

// foreseeDecisions locks the persons whose records the batch touched and reads
// ahead what deciding on them will ask for.
func (b *batch) foreseeDecisions() error {
	if err := b.tx.LockPersons(slices.Collect(maps.Values(b.locks)), b.now); err != nil {
		return err
	}
	touched := slices.Sorted(maps.Keys(b.persons))
	keys := make([][]byte, len(touched))
	sought := make([]vault.Sought, len(touched))
	for i, k := range touched {
		p := b.persons[k]
		keys[i], sought[i] = p.key, vault.Sought{Code: p.code, Who: p.who}
	}
	if err := errors.Join(b.tx.AheadOfPersons(keys), b.tx.AheadOfSame(keys)); err != nil {
		return err
	}
	if f, ok := b.r.vault.(vault.Foreseer); ok {
		if err := f.Foresee(b.tx, nil, sought); err != nil {
			return err
		}
	}
	return b.j.foreseeContents(b.tx, keys)
}

// foreseeContents reads ahead the cases of persons' records, with all that are
// one with them, and reads the records' events.
func (j *journal) foreseeContents(tx *store.Tx, personKeys [][]byte) error {
	var ids []docket.RecordID
	codes := make(map[docket.Code]bool)
	for _, k := range personKeys {
		held, err := tx.PersonRecords(k)
		if err != nil {
			return err
		}
		for _, id := range held {
			ids = append(ids, id)
			codes[id.Code] = true
		}
	}
	linked, _, err := tx.LinkedCases(slices.Sorted(maps.Keys(codes)))
	if err != nil {
		return err
	}
	if err := tx.AheadOfContents(linked); err != nil {
		return err
	}
	return j.decode(tx, ids)
}

// decode decrypts and reads the events of records, on all processors.
func (j *journal) decode(tx *store.Tx, ids []docket.RecordID) error {
	var slips []store.Slip
	seen := make(map[*byte]bool)
	for _, id := range ids {
		of, err := slipsOf(tx, id)
		if err != nil {
			return err
		}
		for _, s := range of {
			if k := bodyOf(&s); !seen[k] {
				seen[k] = true
				slips = append(slips, s)
			}
		}
	}
	events := make([]*docket.Event, len(slips))
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(slips))
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(slips); i += workers {
				events[i], _ = j.r.event(&slips[i]) // who asks for it is told what is wrong
			}
		})
	}
	wg.Wait()
	for i, e := range events {
		if e != nil {
			j.read[bodyOf(&slips[i])] = e
		}
	}
	return nil
}

// bodyOf tells slips apart: one whose body was written anew is another.
func bodyOf(s *store.Slip) *byte {
	if len(s.Body) == 0 {
		return nil
	}
	return &s.Body[0]
}
