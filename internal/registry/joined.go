package registry

import (
	"bytes"
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/vault"
)

// withJoined adds the standings of all whom officers found to be the same
// person. Each record learns of the other identities, so that it is weighed for
// them once it is sealed.
func (r *Registry) withJoined(tx *store.Tx, j *journal, who touch, own []standing) ([]standing, error) {
	keys, err := r.onePerson(tx, who.key)
	if err != nil {
		return nil, err
	}
	if keys, err = r.holdAll(tx, keys); err != nil {
		return nil, err
	}
	all := own
	for _, key := range keys {
		t, ok, err := r.touchOf(tx, key)
		if err != nil {
			return nil, err
		}
		if !ok || bytes.Equal(key, who.key) {
			continue
		}
		more, err := r.standingsOf(tx, j, t)
		if err != nil {
			return nil, err
		}
		for _, s := range more { // a sealed record may be known under each identity
			if !slices.ContainsFunc(all, func(o standing) bool { return o.row.ID == s.row.ID }) {
				all = append(all, s)
			}
		}
	}
	for i := range all {
		if all[i].row.Status == docket.Sealed {
			continue
		}
		key, err := tx.Holder(all[i].row.ID)
		if err != nil {
			return nil, err
		}
		if all[i].joined, err = r.othersOf(tx, keys, key); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// holdAll locks persons who have a row and drops the others.
func (r *Registry) holdAll(tx *store.Tx, keys [][]byte) ([][]byte, error) {
	if tx.Alone() {
		return keys, nil
	}
	return tx.HoldPersons(keys)
}

// touchOf is a person as a decision wants to know them, or false where no open
// record is left.
func (r *Registry) touchOf(tx *store.Tx, key []byte) (touch, bool, error) {
	ids, err := tx.PersonRecords(key)
	if err != nil || len(ids) == 0 {
		return touch{}, false, err
	}
	s, err := r.state(tx, ids[0])
	return touch{key: key, code: ids[0].Code, who: s.Identity}, err == nil, err
}

// joined is a person's other identities, as officers joined them.
func (r *Registry) joined(tx *store.Tx, key []byte) ([]vault.Joined, error) {
	keys, err := r.onePerson(tx, key)
	if err != nil {
		return nil, err
	}
	return r.othersOf(tx, keys, key)
}

// othersOf is the identities of a group but for one's own.
func (r *Registry) othersOf(tx *store.Tx, keys [][]byte, own []byte) (out []vault.Joined, err error) {
	mine, err := tx.PersonRecords(own)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if bytes.Equal(key, own) {
			continue
		}
		t, ok, err := r.touchOf(tx, key)
		if err != nil {
			return nil, err
		}
		shared, err := r.inOneCase(tx, mine, key)
		if err != nil {
			return nil, err
		}
		if ok && !shared {
			out = append(out, vault.Joined{Code: t.code, Identity: t.who})
		}
	}
	return out, nil
}

// inOneCase says that a person has a record in one of the cases. There each of
// the two records must be found by its own identity.
func (r *Registry) inOneCase(tx *store.Tx, records []docket.RecordID, key []byte) (bool, error) {
	others, err := tx.PersonRecords(key)
	return slices.ContainsFunc(others, func(o docket.RecordID) bool {
		return slices.ContainsFunc(records, func(m docket.RecordID) bool { return m.Code == o.Code })
	}), err
}
