package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/identity"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// PairRow is two persons who may be one, as the queue keeps them.
type PairRow = store.IdentityPair

// What an officer may say of a pair.
const (
	SamePerson      = store.VerdictSame
	DifferentPerson = store.VerdictDifferent
)

// IdentityBases are what a verdict on two persons may rest on, by code.
func IdentityBases() []string {
	return []string{"biometric", "household", "document", "judgment", "statement", "other"}
}

// Statement is what one record says of its person.
type Statement struct {
	Record   docket.RecordID
	Identity docket.Identity
}

// IdentitySide is one of the two persons of a pair.
type IdentitySide struct {
	Custodian  string // agency id
	Statements []Statement
	With       []string // names of co-defendants in the ledger
}

// PairView is a pair with the evidence, as the ledger has it now.
type PairView struct {
	Row   PairRow
	Match identity.Match
	Sides [2]IdentitySide
}

// Pairs lists a page of the pairs that wait for the officer's court, or of
// those with a verdict, and counts them all. An officer of another duty has no
// such list.
func (r *Registry) Pairs(ctx context.Context, by, verdict string, limit, offset int) (out []PairView, total int, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		if total, err = tx.PairCount(o.Agency, verdict); err != nil {
			return err
		}
		rows, err := tx.PairPage(o.Agency, verdict, limit, offset)
		if err != nil {
			return err
		}
		for _, row := range rows {
			v, err := r.pairView(tx, row)
			if err != nil {
				return err
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, total, edge(err)
}

// Pair reads one pair, for an officer of a court that keeps a record of either
// person.
func (r *Registry) Pair(ctx context.Context, by, id string) (v *PairView, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		v, err = r.pairOf(tx, o, id)
		return err
	})
	return v, edge(err)
}

// pairOf refuses a pair that concerns no record of the officer's court as one
// that is not there.
func (r *Registry) pairOf(tx *store.Tx, o *agency.Officer, id string) (*PairView, error) {
	row, err := tx.IdentityPair(id)
	if err != nil {
		return nil, err
	}
	for _, key := range [][]byte{row.PersonKey, row.OtherKey} {
		ids, err := tx.PersonRecords(key)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			record, err := tx.Record(id)
			if err != nil {
				return nil, err
			}
			if record.Custodian == o.Agency {
				return r.pairView(tx, row)
			}
		}
	}
	return nil, ErrNotFound
}

func (r *Registry) pairView(tx *store.Tx, row PairRow) (*PairView, error) {
	v := &PairView{Row: row}
	var who [2]identity.Person
	for i, key := range [][]byte{row.PersonKey, row.OtherKey} {
		k, err := r.known(tx, key)
		if err != nil {
			return nil, err
		}
		who[i] = k.who
		v.Sides[i] = IdentitySide{Custodian: k.custodian, With: k.who.With}
		for n, s := range k.who.Statements {
			v.Sides[i].Statements = append(v.Sides[i].Statements, Statement{k.records[n], s})
		}
	}
	v.Match = identity.Compare(who[0], who[1])
	return v, nil
}

// IdentityRuling is what an officer says of a pair: one person or two, on what
// basis (one of IdentityBases), and in words. Was is the verdict that the
// officer saw, "" for none.
type IdentityRuling struct {
	Pair, Was, Verdict string
	Basis, Note        string
}

func (v *IdentityRuling) check() error {
	switch {
	case v.Verdict != SamePerson && v.Verdict != DifferentPerson:
		return fmt.Errorf("%w: verdict: want %s or %s", ErrInput, SamePerson, DifferentPerson)
	case v.Verdict == v.Was:
		return fmt.Errorf("%w: verdict: it is so already", ErrInput)
	case !slices.Contains(IdentityBases(), v.Basis):
		return fmt.Errorf("%w: basis: want one of %s", ErrInput, strings.Join(IdentityBases(), ", "))
	case strings.TrimSpace(v.Note) == "" || len(v.Note) > 2000:
		return fmt.Errorf("%w: note: say in words what it rests on, in at most 2000 bytes", ErrInput)
	}
	return nil
}

// RuleIdentity joins two persons, parts them again, or says that they are two,
// and has policy decide anew on every open record of both. Who, when and on
// what basis goes into the trail; the words go there alone. Either verdict can
// be turned by the other. Sealed records stay where they are: joining brings
// none back and shows none.
func (r *Registry) RuleIdentity(ctx context.Context, by string, v IdentityRuling, now time.Time) error {
	if err := v.check(); err != nil {
		return err
	}
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		p, err := r.pairOf(tx, o, v.Pair)
		if err != nil {
			return err
		}
		if p.Row.Verdict != v.Was {
			return ErrState
		}
		held, err := tx.HoldPersons([][]byte{p.Row.PersonKey, p.Row.OtherKey})
		if err != nil {
			return err
		}
		if len(held) != 2 {
			return ErrNotFound // sealed meanwhile
		}
		if err := tx.DecidePair(&p.Row, v.Verdict, v.Basis, o.ID, now); err != nil {
			return err
		}
		if err := r.noteIdentity(j, o, p, &v, now); err != nil {
			return err
		}
		if v.Verdict != SamePerson && v.Was == "" {
			return nil // two persons, as they were
		}
		keys := [][]byte{p.Row.PersonKey, p.Row.OtherKey}
		if v.Verdict == SamePerson {
			if err := r.withdrawJoined(tx, j, o, keys[0], now); err != nil {
				return err
			}
			keys = keys[:1] // deciding on one decides on both
		}
		return r.redecide(tx, j, keys, now)
	})
}

// noteIdentity records a verdict: joined, parted, or told apart.
func (r *Registry) noteIdentity(j *journal, o *agency.Officer, p *PairView, v *IdentityRuling, now time.Time) error {
	kind := "identity.join"
	switch {
	case v.Verdict == DifferentPerson && v.Was == SamePerson:
		kind = "identity.part"
	case v.Verdict == DifferentPerson:
		kind = "identity.tell-apart"
	}
	_, err := j.add(trail.Entry{
		Kind: kind, At: now, Actor: o.ID, Agency: o.Agency, Code: recordsIn(p.Sides[0]), Basis: v.Basis,
		Detail: map[string]string{"pair": v.Pair, "other": recordsIn(p.Sides[1]), "points": fmt.Sprint(p.Match.Points), "note": strings.TrimSpace(v.Note)},
	}, nil)
	return err
}

func recordsIn(s IdentitySide) string {
	ids := make([]string, len(s.Statements))
	for i, x := range s.Statements {
		ids[i] = x.Record.String()
	}
	return strings.Join(ids, ", ")
}

// redecide lets policy decide on persons who are one now, or two again.
func (r *Registry) redecide(tx *store.Tx, j *journal, keys [][]byte, now time.Time) error {
	for _, key := range keys {
		t, ok, err := r.touchOf(tx, key)
		if err != nil {
			return err
		}
		if !ok {
			continue // sealed with the other's
		}
		if err := r.settle(tx, j, t, now); err != nil {
			return err
		}
	}
	return nil
}

// withdrawJoined withdraws the certificates that joining made untrue: those of
// one identity where another has a conviction.
func (r *Registry) withdrawJoined(tx *store.Tx, j *journal, o *agency.Officer, key []byte, now time.Time) error {
	id, convicted, err := r.convicted(tx, key)
	if err != nil || !convicted {
		return err
	}
	one, err := r.onePerson(tx, key)
	if err != nil {
		return err
	}
	for _, key := range one {
		n, err := tx.WithdrawCertificates(key, now)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if _, err := j.add(trail.Entry{
			Kind: "certificate.withdraw", At: now, Actor: o.ID, Agency: o.Agency, Code: id.String(), Basis: "identity.join",
		}, nil); err != nil {
			return err
		}
	}
	return nil
}
