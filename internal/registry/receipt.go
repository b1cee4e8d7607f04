package registry

import (
	"context"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// Prove gives the proof that the entry at an index is in the trail, against
// the last checkpoint published. It says nothing but that: the leaf is a salted
// commitment. ErrNotFound for an entry that no checkpoint covers yet.
func (r *Registry) Prove(ctx context.Context, index int64) (receipt trail.Receipt, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		cp, err := r.seq.published(tx)
		if err != nil {
			return err
		}
		if index < 0 || index >= cp.Size {
			return ErrNotFound
		}
		receipt, err = tx.Prove(cp, index)
		return err
	})
	return receipt, edge(err)
}
