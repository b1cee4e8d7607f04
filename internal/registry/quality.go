package registry

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// Quality. What is wrong with what was reported of a record is an item for the
// agency at fault. It is found by the rules of package quality, in the ledger
// alone, when something was reported and when a legal time runs out; it closes
// by itself when a later or corrected report mends it. Sealing takes the items
// of a record along.

// OperatorQuality is the operator of what the rules find without a human.
const OperatorQuality = "quality"

// Examine looks at the quality of records whose time for it has come, at most
// limit, and says at how many.
func (r *Registry) Examine(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := r.write(ctx, func(tx *store.Tx, j *journal) error {
		waiting, err := tx.QualityWork(now, limit)
		if err != nil || len(waiting) == 0 {
			n = 0
			return err
		}
		n = len(waiting)
		codes := make([]docket.Code, len(waiting))
		for i, id := range waiting {
			codes[i] = id.Code
		}
		// The cases before the work, as who files an event locks them.
		if err := errors.Join(tx.LockCases(codes), tx.AheadOfCases(codes)); err != nil {
			return err
		}
		agencies, err := tx.Agencies()
		if err != nil {
			return err
		}
		who := quality.NewDirectory(agencies)
		for _, id := range waiting {
			mine, err := tx.TakeQualityWork(id, now)
			if err != nil {
				return err
			}
			if !mine {
				continue // another was faster, or something was reported meanwhile
			}
			if err := r.examine(tx, j, id, who, now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// examine brings the items of one record up to date.
func (r *Registry) examine(tx *store.Tx, j *journal, id docket.RecordID, who *quality.Directory, now time.Time) error {
	if _, err := tx.Holder(id); errors.Is(err, store.ErrNotFound) {
		return nil // sealed meanwhile
	} else if err != nil {
		return err
	}
	events, err := r.events(tx, id)
	if err != nil {
		return err
	}
	found, next := r.rulesOf.Examine(events, civil.Of(now), who)
	before, err := tx.QualityItems(id)
	if err != nil {
		return err
	}
	for i := range found {
		if err := r.fault(tx, j, id, &found[i], before, now); err != nil {
			return err
		}
	}
	for i := range before {
		if err := r.mend(tx, j, &before[i], found, now); err != nil {
			return err
		}
	}
	if !next.IsZero() {
		tx.LookAtQuality([]docket.RecordID{id}, next.Time())
	}
	return nil
}

// fault opens an item for a finding, or brings one up to date. What an officer
// has answered stays answered as long as it rests on the same facts.
func (r *Registry) fault(tx *store.Tx, j *journal, id docket.RecordID, f *quality.Finding, before []store.QualityItem, now time.Time) error {
	facts, err := r.factsOf(f)
	if err != nil {
		return err
	}
	known := slices.IndexFunc(before, func(q store.QualityItem) bool { return q.Rule == f.Rule && q.Agency == f.Agency })
	isOpen := known >= 0 && before[known].State == store.QualityOpen
	if known >= 0 && before[known].State != store.QualityMended && string(before[known].Facts) == string(facts) {
		return nil
	}
	q := &store.QualityItem{
		Record: id, Rule: f.Rule, Agency: f.Agency, ID: r.qualityID(id, f.Rule, f.Agency), Kind: string(r.kindOf(f.Rule)), Since: f.Since,
		Opened: now, State: store.QualityOpen, Facts: facts,
	}
	if isOpen {
		q.Opened = before[known].Opened
	}
	if q.Body, err = r.lockJSON(f, qualityContext(q, "finding")); err != nil {
		return err
	}
	tx.PutQualityItem(q)
	if isOpen {
		return nil
	}
	return j.quality("quality.open", q, OperatorQuality, "", now)
}

// mend closes an open item whose fault is gone.
func (r *Registry) mend(tx *store.Tx, j *journal, q *store.QualityItem, found []quality.Finding, now time.Time) error {
	stays := slices.ContainsFunc(found, func(f quality.Finding) bool { return f.Rule == q.Rule && f.Agency == q.Agency })
	if q.State != store.QualityOpen || stays {
		return nil
	}
	q.State, q.Settled = store.QualityMended, now
	tx.PutQualityItem(q)
	return j.quality("quality.mend", q, OperatorQuality, "", now)
}

// quality records what became of an item.
func (j *journal) quality(kind string, q *store.QualityItem, by, note string, now time.Time) error {
	e := trail.Entry{
		Kind: kind, At: now, Actor: by, Agency: q.Agency, Code: q.Record.String(), Basis: q.Rule,
		Detail: map[string]string{"item": q.ID},
	}
	if note != "" {
		e.Detail["note"] = note
	}
	_, err := j.add(e, nil)
	return err
}

// factsOf is a keyed digest of what a finding rests on.
func (r *Registry) factsOf(f *quality.Finding) ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	k := r.ledger.Alias().Index("ledger/quality-facts", b)
	return k[:16], nil
}

// qualityID names an item; it is the same whenever the fault is found.
func (r *Registry) qualityID(id docket.RecordID, rule, agencyID string) string {
	k := r.ledger.Alias().Index("ledger/quality-item", []byte(id.String()), []byte(rule), []byte(agencyID))
	return hex.EncodeToString(k[:12])
}

func (r *Registry) kindOf(rule string) quality.Kind {
	if known, ok := r.rulesOf.Rule(rule); ok {
		return known.Kind
	}
	return ""
}

func qualityContext(q *store.QualityItem, what string) []byte {
	return contextOf("quality "+what, q.Record, suite.Frame(q.Rule, []byte(q.Agency)))
}
