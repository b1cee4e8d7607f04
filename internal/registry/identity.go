package registry

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/identity"
	"github.com/fengcun/fengcun/internal/store"
)

// Who is who. A document's kind and number decide without a human. Whoever else
// may be one person is put before the courts that keep the records, with what
// speaks for and against it; only an officer joins two persons, and may part
// them again. Candidates are looked for in the ledger alone: the vault is
// asked for nobody.

// mostSharers is how many persons may share a token before it says nothing: a
// common name in a large county.
const mostSharers = 40

// Identify compares persons whose statements changed with those who are like
// them, at most limit persons, and says with how many it was done. It joins
// nobody: it keeps the list of pairs that a human has to look at.
func (r *Registry) Identify(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := r.write(ctx, func(tx *store.Tx, _ *journal) error {
		waiting, err := tx.IdentityWork(limit)
		if err != nil {
			return err
		}
		n = len(waiting)
		for _, key := range waiting {
			// The person before the work, as who files an event locks them.
			if _, err := tx.HoldPersons([][]byte{key}); err != nil {
				return err
			}
			mine, err := tx.TakeIdentityWork(key)
			if err != nil {
				return err
			}
			if !mine {
				continue // another was faster
			}
			if err := r.identify(tx, key, now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// known is what the ledger says of one person.
type known struct {
	key       []byte
	who       identity.Person
	records   []docket.RecordID // one for each statement
	custodian string            // of the record that changed last
	since     time.Time         // when that was
	named     map[[2]string]bool
}

func (r *Registry) identify(tx *store.Tx, key []byte, now time.Time) error {
	k, err := r.known(tx, key)
	if err != nil || len(k.records) == 0 {
		return err
	}
	tokens := r.tokens(k.who)
	others, err := sharers(tx, key, tokens)
	if err != nil {
		return err
	}
	held, err := tx.HoldPersons(others)
	if err != nil {
		return err
	}
	before, err := tx.PairsOf(key)
	if err != nil {
		return err
	}
	var pairs []store.IdentityPair
	for _, other := range held {
		o, err := r.known(tx, other)
		if err != nil {
			return err
		}
		m := identity.Compare(k.who, o.who)
		if m.Points < identity.Queue || together(k, o) {
			continue
		}
		pairs = append(pairs, r.pair(k, o, m, before, now))
	}
	if err := tx.PutTokens(key, tokens); err != nil {
		return err
	}
	return tx.PutOpenPairs(key, pairs)
}

// pair is a row for two persons who may be one; it keeps its age.
func (r *Registry) pair(k, o *known, m identity.Match, before []store.IdentityPair, now time.Time) store.IdentityPair {
	p := store.IdentityPair{
		PersonKey: k.key, OtherKey: o.key, ID: r.pairID(k.key, o.key), Points: m.Points,
		Custodian: k.custodian, OtherCustodian: o.custodian, Opened: now,
	}
	if i := slices.IndexFunc(before, func(b store.IdentityPair) bool { return b.ID == p.ID }); i >= 0 {
		p.Opened = before[i].Opened
	}
	return p
}

// pairID names a pair, whichever of the two comes first.
func (r *Registry) pairID(a, b []byte) string {
	if bytes.Compare(a, b) > 0 {
		a, b = b, a
	}
	k := r.ledger.Person().Index("ledger/pair", a, b)
	return hex.EncodeToString(k[:12])
}

// tokens are the keyed digests of what a person is looked for by.
func (r *Registry) tokens(p identity.Person) [][]byte {
	plain := identity.Tokens(p)
	out := make([][]byte, len(plain))
	for i, t := range plain {
		k := r.ledger.Person().Index("ledger/token", []byte(t))
		out[i] = k[:16]
	}
	return out
}

// sharers finds who shares a token that few share.
func sharers(tx *store.Tx, key []byte, tokens [][]byte) (out [][]byte, err error) {
	for _, t := range tokens {
		found, err := tx.Sharers(key, t, mostSharers+1)
		if err != nil {
			return nil, err
		}
		if len(found) > mostSharers {
			continue
		}
		for _, k := range found {
			if !slices.ContainsFunc(out, func(o []byte) bool { return bytes.Equal(o, k) }) {
				out = append(out, k)
			}
		}
	}
	return out, nil
}

// known reads what the ledger says of a person, and who stood beside them.
func (r *Registry) known(tx *store.Tx, key []byte) (*known, error) {
	ids, err := tx.PersonRecords(key)
	if err != nil {
		return nil, err
	}
	k := &known{key: key, named: make(map[[2]string]bool)}
	for _, id := range ids {
		row, err := tx.Record(id)
		if err != nil {
			return nil, err
		}
		events, err := r.events(tx, id)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if len(e.Data.Persons) > 0 {
				k.named[[2]string{e.Source, e.ID}] = true
			}
		}
		k.who.Statements = append(k.who.Statements, docket.Fold(events).Identity)
		k.records = append(k.records, id)
		if !row.Since.Before(k.since) {
			k.since, k.custodian = row.Since, row.Custodian
		}
		if err := r.beside(tx, k, id); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// beside adds the names of the other persons whom the ledger holds in a case.
func (r *Registry) beside(tx *store.Tx, k *known, id docket.RecordID) error {
	u, err := oneCase(tx, id.Code)
	if err != nil {
		return err
	}
	held, err := persons(tx, u)
	if err != nil {
		return err
	}
	for _, p := range held {
		if bytes.Equal(p.key, k.key) {
			continue
		}
		s, err := r.state(tx, p.id)
		if err != nil {
			return err
		}
		own := k.who.Statements[len(k.who.Statements)-1].Name
		if name := s.Identity.Name; name != own && !slices.Contains(k.who.With, name) {
			k.who.With = append(k.who.With, s.Identity.Name)
		}
	}
	return nil
}

// together says that one event names both: they are two.
func together(a, b *known) bool {
	for e := range a.named {
		if b.named[e] {
			return true
		}
	}
	return false
}

// onePerson is a person with all whom officers joined with them, the person
// first.
func (r *Registry) onePerson(tx *store.Tx, key []byte) ([][]byte, error) {
	out := [][]byte{key}
	for i := 0; i < len(out); i++ {
		same, err := tx.SamePersons(out[i])
		if err != nil {
			return nil, err
		}
		for _, k := range same {
			if !slices.ContainsFunc(out, func(o []byte) bool { return bytes.Equal(o, k) }) {
				out = append(out, k)
			}
		}
	}
	return out, nil
}

// recordsOf are the records in the ledger of a person and of all whom officers
// joined with them.
func (r *Registry) recordsOf(tx *store.Tx, key []byte) (all []docket.RecordID, err error) {
	keys, err := r.onePerson(tx, key)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		ids, err := tx.PersonRecords(k)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	return all, nil
}
