package registry

import (
	"errors"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
)

// What links mean for sealed records, a human decides: no machine unseals
// (个人信息保护法 24). A sealed record of a person whom an open record of the same
// case concerns too is to be joined with it; one that holds events of a case
// that is another again is to be parted. Both take an unsealing, which is
// proposed as one by policy is.

// The rules that the proposals cite beside what policy says.
const (
	ruleJoined = "cases-joined"
	ruleParted = "cases-parted"
)

// linkReason is why a link has a sealed record put before a human. No article
// says how a sealed record follows its case: what is cited is that a human
// decides.
func linkReason(rule string) policy.Reason {
	c := &policy.Citation{Rule: rule, Basis: "个人信息保护法 24", Zh: "两案已并为一案，此人另有未封存记录", En: "two cases became one, and this person has an open record in it too"}
	if rule == ruleParted {
		c.Zh, c.En = "案件关联已撤回，封存内容含另案事件", "a link was taken back, and the sealed content holds events of the other case"
	}
	return policy.Reason{Citation: c, Holds: policy.True}
}

// awaited is what policy says of a record; of a sealed one that a link concerns,
// that it is to be unsealed, with the reason why. all are its person's records.
func (r *Registry) awaited(tx *store.Tx, s *standing, all []standing, v *policy.RecordDecision) (*policy.RecordDecision, error) {
	if s.row.Status != docket.Sealed {
		return v, nil
	}
	rule, err := awaits(tx, s.row.ID, all)
	if err != nil || rule == "" {
		return v, err
	}
	out := &policy.RecordDecision{ID: s.row.ID.String(), Pack: string(docket.CaseLinked)}
	if v != nil {
		*out = *v
	}
	out.Decision = policy.Unseal
	out.Reasons = append([]policy.Reason{linkReason(rule)}, out.Reasons...)
	return out, nil
}

// followLinks puts a person's sealed records before a human that links ask for,
// where there is nothing for policy to decide on.
func (r *Registry) followLinks(tx *store.Tx, j *journal, all []standing, now time.Time) error {
	for i := range all {
		v, err := r.awaited(tx, &all[i], all, nil)
		if err != nil || v == nil {
			if err != nil {
				return err
			}
			continue
		}
		if err := r.follow(tx, j, &all[i], v, now); err != nil {
			return err
		}
	}
	return nil
}

// awaits is the rule by which a sealed record waits for a human, "" for none.
func awaits(tx *store.Tx, id docket.RecordID, all []standing) (string, error) {
	u, err := oneCase(tx, id.Code)
	if err != nil {
		return "", err
	}
	parts, err := tx.CountedWith(id)
	if err != nil {
		return "", err
	}
	for _, p := range parts {
		if !u.has(p.ID.Code) {
			return ruleParted, nil
		}
	}
	for _, s := range all {
		if s.row.Status.InLedger() && s.row.ID.Code != id.Code && u.has(s.row.ID.Code) {
			return ruleJoined, nil
		}
	}
	return "", nil
}

// unsealedOnce says that something which counts with a record was unsealed
// before: only a human seals it again.
func (r *Registry) unsealedOnce(tx *store.Tx, id docket.RecordID) (bool, error) {
	u, err := oneCase(tx, id.Code)
	if err != nil {
		return false, err
	}
	parts, err := countedWith(tx, u, id)
	if err != nil {
		return false, err
	}
	for _, p := range parts {
		was := p.Status // where the change to merged is not written yet
		if was == docket.Merged {
			was, err = cameFrom(tx, p.ID)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
		if was == docket.Unsealed {
			return true, nil
		}
	}
	return false, nil
}
