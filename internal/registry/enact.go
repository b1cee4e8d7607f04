package registry

import (
	"sync/atomic"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
)

// enacted holds the packs in force. A set is never changed: another takes its
// place, and what is being decided under the one before is decided under it.
type enacted struct{ set atomic.Pointer[policy.Set] }

func enactedSet(s *policy.Set) *enacted {
	e := &enacted{}
	e.set.Store(s)
	return e
}

// Enact puts other packs in force from a day on, while the platform runs. What
// was in force before that day must stay as it was; otherwise nothing changes,
// and the error says which pack and what to do instead.
func (r *Registry) Enact(next *policy.Set, on civil.Date) error {
	for {
		was := r.packs.set.Load()
		if err := was.Succeed(next, on); err != nil {
			return err
		}
		if r.packs.set.CompareAndSwap(was, next) {
			return nil
		}
	}
}
