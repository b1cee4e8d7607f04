package registry

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
)

// Queries that are opened at the same time check, prove and decrypt side by
// side, each by itself. What they write they write together: the intents of
// some and the redemptions of others, with the checkpoint over them, are one
// transaction. So however many open, the log's head is locked and the disk
// waited for once for all of them.

// step is one durable step of an opening: its intent, or its redemption.
type step struct {
	intent *prepared
	redeem *opening
}

// take puts steps into the books and the trail. Where this program signs
// checkpoints alone each intent knows one that covers it.
func (r *Registry) take(ctx context.Context, steps []step) error {
	s := r.seq
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var (
		intents []*prepared
		redeems []*opening
		next    signature
	)
	for _, st := range steps {
		if st.intent != nil {
			intents = append(intents, st.intent)
		} else {
			redeems = append(redeems, st.redeem)
		}
	}
	// Nothing in here is encrypted under a key that rotates, so the key ring's
	// generation is not asked for.
	var j *journal
	err := r.db.Write(ctx, func(tx *store.Tx) (err error) {
		j = r.journal()
		if err := redeem(tx, j, redeems); err != nil {
			return err
		}
		if err := intend(j, intents); err != nil {
			return err
		}
		fence := s.leaseSoon(tx, len(intents) > 0)
		if err := j.write(tx); err != nil {
			return err
		}
		addTickets(tx, intents)
		next, err = s.signWithin(tx, j, *fence)
		return err
	})
	s.settle(next, err)
	if err != nil {
		return edge(err)
	}
	return prove(next.cp, j.batch, intents)
}

// prove makes the receipts of intents under a checkpoint over their batch, from
// what the batch holds: now that both are committed the log says the same.
func prove(cp trail.Checkpoint, b trail.Batch, ps []*prepared) (err error) {
	for _, p := range ps {
		if cp.Size <= p.leaf {
			return nil
		}
		if p.receipt, err = cp.Prove(p.leaf, p.commitment.Leaf(), b); err != nil {
			return err
		}
	}
	return nil
}

func intend(j *journal, ps []*prepared) error {
	for _, p := range ps {
		c, err := j.add(p.entry, func(leaf int64) error {
			p.row.Leaf, p.leaf = leaf, leaf
			return nil
		})
		if err != nil {
			return err
		}
		p.commitment = c
	}
	return nil
}

func addTickets(tx *store.Tx, ps []*prepared) {
	if len(ps) == 0 {
		return
	}
	rows := make([]*vault.TicketRow, len(ps))
	for i, p := range ps {
		rows[i] = p.row
	}
	tx.AddTickets(rows)
}

// redeem ends openings: tickets and queries are used up, and the trail says so.
func redeem(tx *store.Tx, j *journal, os []*opening) error {
	if len(os) == 0 {
		return nil
	}
	queries, hashes := make([]string, len(os)), make([][]byte, len(os))
	var last time.Time
	for i, o := range os {
		queries[i], hashes[i] = o.request.ID, o.hash
		if o.at.After(last) {
			last = o.at
		}
		if _, err := j.add(o.opened(o.at), nil); err != nil {
			return err
		}
	}
	tx.RedeemTickets(queries, hashes, last)
	tx.MoveQueries(queries, store.QueryApproved, store.QueryOpened)
	return nil
}

// opening is what the vault gave for a grant, before its ticket is redeemed.
type opening struct {
	*prepared
	contents []*vault.Content
	hash     []byte // of the ticket
	at       time.Time
}

// deferred are the rows of a transaction that only reads: the ticket that the
// vault redeems is redeemed afterwards, with others, and until that is
// committed nothing of what it opened leaves this package.
type deferred struct {
	*store.Tx
	o *opening
}

func (d deferred) RedeemTicket(_ string, hash []byte, at time.Time) error {
	d.o.hash, d.o.at = hash, at
	return nil
}

// decrypt proves the intent against a checkpoint and opens (step 8).
func (r *Registry) decrypt(ctx context.Context, p *prepared, now time.Time) (*opening, trail.Receipt, error) {
	receipt, err := r.receiptOf(ctx, p)
	if err != nil {
		return nil, receipt, err
	}
	o := &opening{prepared: p}
	err = r.db.Read(ctx, func(tx *store.Tx) (err error) {
		if err := tx.AheadOfOfficers(slices.Collect(maps.Keys(p.signers))...); err != nil {
			return err
		}
		o.contents, err = r.vault.Open(deferred{tx, o}, p.ticket, p.grant, p.commitment, receipt, now)
		if err == nil && o.hash == nil {
			err = vault.ErrTicket // a vault that redeems nothing has opened nothing
		}
		return err
	})
	return o, receipt, edge(err)
}

// opened is the entry that ends an opening.
func (o *opening) opened(at time.Time) trail.Entry {
	return trail.Entry{
		Kind: "query.open", At: at, Actor: o.request.Officer, Agency: o.request.Agency,
		Code: o.request.Record, Basis: o.request.Ground,
		Detail: map[string]string{"query": o.request.ID, "records": fmt.Sprint(len(o.contents))},
	}
}
