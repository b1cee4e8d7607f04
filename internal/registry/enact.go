package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
)

// enacted holds the packs in force. A set is never changed: another takes its
// place, and what is being decided under the one before is decided under it.
type enacted struct{ set atomic.Pointer[policy.Set] }

func enactedSet(s *policy.Set) *enacted {
	e := &enacted{}
	e.set.Store(s)
	return e
}

// Commence holds the packs this process was started with to those that were in
// force here before: what has been in force stays as it was, over a restart,
// too. Otherwise the error says which pack and what to do instead.
func (r *Registry) Commence(ctx context.Context, now time.Time) error {
	return r.Enact(ctx, r.packs.set.Load(), now)
}

// Enact puts other packs in force from today on, while the platform runs. What
// was in force before must stay as it was; otherwise nothing changes, and the
// error says which pack and what to do instead.
func (r *Registry) Enact(ctx context.Context, next *policy.Set, now time.Time) error {
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		n, earlier, err := enactedBefore(tx)
		if err != nil {
			return err
		}
		body, err := json.Marshal(next.Terms())
		if err != nil || bytes.Equal(body, earlier) {
			return err
		}
		if n > 0 {
			var terms []policy.Term
			if err := json.Unmarshal(earlier, &terms); err != nil {
				return fmt.Errorf("the enactments on record: %w", err)
			}
			if err := next.Succeed(terms, civil.Of(now)); err != nil {
				return err
			}
		}
		return tx.AddEnactments(n+1, now, body)
	})
	if err == nil {
		r.packs.set.Store(next)
	}
	return err
}

// enactedBefore is the last list of enactments on record; n is 0 where there is
// none.
func enactedBefore(tx *store.Tx) (n int64, terms []byte, err error) {
	n, terms, err = tx.Enactments()
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil, nil
	}
	return n, terms, err
}
