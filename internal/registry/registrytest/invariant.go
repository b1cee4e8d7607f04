package registrytest

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// audit is one look at all the books. It reads them as they lie, by its own
// SQL and with the auditor's key, not by the code under test.
type audit struct {
	w        *World
	problems []string
	entries  []trail.Entry // the private records, by index
	records  map[docket.RecordID]*recordRow
	unions   unions
}

type recordRow struct {
	status  docket.Status
	since   int64
	changes int
	due     int64
	custody string
	into    docket.RecordID
	replay  docket.Status // by its lifecycle
}

func (a *audit) bad(format string, args ...any) {
	a.problems = append(a.problems, fmt.Sprintf(format, args...))
}

// Check fails the test where the books do not add up:
// each record's lifecycle replays to its status and stands in the trail; open
// records lie in the ledger, sealed ones in the vault, wholly; what the ledger
// holds folds to a state on which policy decides as the record stands; cases that
// are one have one record of a person; nothing
// that tells a person stands in clear; every opening was prepared in the trail
// before; the tree's hashes recompute; intake holds what was acknowledged.
func (w *World) Check() {
	w.Helper()
	for _, p := range w.Violations() {
		w.Errorf("the books do not add up: %s", p)
	}
	if w.Failed() {
		w.FailNow()
	}
}

// Violations is what Check fails with.
func (w *World) Violations() []string {
	w.Helper()
	a := &audit{w: w, records: map[docket.RecordID]*recordRow{}, unions: w.unions()}
	a.trail()
	a.lifecycles()
	a.links()
	a.places()
	a.decisions()
	a.openings()
	a.intake()
	a.plaintext()
	return a.problems
}

// trail recomputes every hash from the leaves, opens every private record, and
// verifies the last checkpoint.
func (a *audit) trail() {
	a.w.Helper()
	a.w.read(func(tx *store.Tx) error {
		rows, err := tx.TrailRows(0, 1<<30)
		if err != nil {
			return err
		}
		auditor := trail.NewAuditor(a.w.Ring.Trail().Audit(), func(_ context.Context, epoch string) ([]byte, error) { return tx.Epoch(epoch) })
		leaves := make([]trail.Leaf, len(rows))
		for i, r := range rows {
			leaves[i] = r.Leaf
			a.entries = append(a.entries, a.entry(auditor, i, r))
		}
		return a.tree(tx, leaves)
	})
}

func (a *audit) entry(auditor *trail.Auditor, i int, r store.TrailRow) trail.Entry {
	if r.Seq != int64(i) {
		a.bad("the trail's entry %d has number %d", i, r.Seq)
	}
	c, err := auditor.Open(context.Background(), r.Sealed)
	if err != nil {
		a.bad("the private record of entry %d: %v", i, err)
		return trail.Entry{}
	}
	e, err := c.Entry()
	if err != nil {
		a.bad("the private record of entry %d: %v", i, err)
	}
	return e
}

func (a *audit) tree(tx *store.Tx, leaves []trail.Leaf) error {
	b := trail.Head{}.Append(leaves...)
	head, err := tx.CurrentHead()
	if err != nil {
		return err
	}
	if head.Size() != b.Head.Size() || head.Root() != b.Head.Root() {
		a.bad("the head has %d entries and root %s, the leaves give %d and %s", head.Size(), head.Root(), b.Head.Size(), b.Head.Root())
	}
	i := 0
	a.w.query(func(scan func(...any) error) error {
		var idx int64
		var h []byte
		if err := scan(&idx, &h); err != nil {
			return err
		}
		if i >= len(b.Hashes) || idx != int64(i) || string(h) != string(b.Hashes[i][:]) {
			a.bad("stored hash %d is not what the leaves give", idx)
		}
		i++
		return nil
	}, `SELECT idx, hash FROM trail_hash ORDER BY idx`)
	if i != len(b.Hashes) {
		a.bad("%d stored hashes, the leaves give %d", i, len(b.Hashes))
	}
	a.checkpoints(leaves)
	return nil
}

func (a *audit) checkpoints(leaves []trail.Leaf) {
	a.w.query(func(scan func(...any) error) error {
		var size int64
		var note []byte
		if err := scan(&size, &note); err != nil {
			return err
		}
		cp, err := a.w.Reg.Verifier().Requiring(trail.Quorum{}).Open(note)
		switch {
		case err != nil:
			a.bad("the checkpoint at %d: %v", size, err)
		case cp.Size != size || size > int64(len(leaves)):
			a.bad("the checkpoint at %d speaks of %d, the log has %d", size, cp.Size, len(leaves))
		case (trail.Head{}).Append(leaves[:size]...).Head.Root() != cp.Root:
			a.bad("the checkpoint at %d signs another root than the leaves give", size)
		}
		return nil
	}, `SELECT size, note FROM trail_checkpoint ORDER BY size DESC LIMIT 1`)
}

// lifecycles replays every record's changes and finds each in the trail.
func (a *audit) lifecycles() {
	a.w.Helper()
	a.w.query(func(scan func(...any) error) error {
		var id docket.RecordID
		r := new(recordRow)
		err := scan(&id.Code, &id.Seq, &r.status, &r.since, &r.changes, &r.due, &r.custody, &r.into.Code, &r.into.Seq)
		a.records[id] = r
		return err
	}, `SELECT code, seq, status, since, changes, COALESCE(due, 0), custodian, into_code, into_seq FROM record`)
	rows := 0
	next := map[docket.RecordID]int{}
	a.w.query(func(scan func(...any) error) error {
		var (
			c            docket.Change
			n            int
			at, leaf     int64
			from, to, by string
		)
		if err := scan(&c.Record.Code, &c.Record.Seq, &n, &from, &to, &at, &by, &c.Basis, &c.Reason, &leaf); err != nil {
			return err
		}
		c.From, c.To, c.Operator, c.At = docket.Status(from), docket.Status(to), by, time.UnixMicro(at).UTC()
		if n != next[c.Record] {
			a.bad("record %s: change %d follows %d", c.Record, n, next[c.Record]-1)
		}
		next[c.Record] = n + 1
		rows++
		a.change(c, n, leaf)
		return nil
	}, `SELECT code, seq, n, from_status, to_status, at, operator, basis, reason, leaf FROM lifecycle ORDER BY code, seq, n`)
	for id, r := range a.records {
		if r.replay != r.status {
			a.bad("record %s is %s, its lifecycle ends %q", id, r.status, r.replay)
		}
		if next[id] != r.changes+1 {
			a.bad("record %s counts %d changes, its lifecycle has %d", id, r.changes, next[id]-1)
		}
	}
	logged := 0
	for _, e := range a.entries {
		if len(e.Kind) > 7 && e.Kind[:7] == "record." {
			logged++
		}
	}
	if logged != rows {
		a.bad("the trail has %d changes of status, the lifecycles have %d", logged, rows)
	}
}

func (a *audit) change(c docket.Change, n int, leaf int64) {
	r := a.records[c.Record]
	if r == nil {
		a.bad("a lifecycle of record %s, which there is not", c.Record)
		return
	}
	if c.From != r.replay {
		a.bad("record %s: change %d starts from %q, the one before ended %q", c.Record, n, c.From, r.replay)
	}
	if err := c.Check(); err != nil {
		a.bad("change %d: %v", n, err)
	}
	r.replay = c.To
	if n == r.changes && c.At.UnixMicro() != r.since {
		a.bad("record %s: the last change was at %s, the record says %s", c.Record, c.At, time.UnixMicro(r.since).UTC())
	}
	if leaf < 0 || leaf >= int64(len(a.entries)) {
		a.bad("record %s: change %d points to entry %d of the trail", c.Record, n, leaf)
		return
	}
	e := a.entries[leaf]
	want := trail.Entry{Kind: "record." + string(c.To), At: c.At, Actor: c.Operator, Code: c.Record.String(), Basis: c.Basis}
	if e.Kind != want.Kind || !e.At.Equal(want.At) || e.Actor != want.Actor || e.Code != want.Code || e.Basis != want.Basis ||
		e.Detail["from"] != string(c.From) || e.Detail["reason"] != c.Reason {
		a.bad("record %s: change %d is %+v, its entry in the trail says %+v", c.Record, n, c, e)
	}
}

// openings matches queries, tickets and the trail.
func (a *audit) openings() {
	a.w.Helper()
	opened := map[string]int{}
	for i, e := range a.entries {
		if e.Kind == "query.open" {
			if opened[e.Detail["query"]] != 0 {
				a.bad("query %s was opened twice", e.Detail["query"])
			}
			opened[e.Detail["query"]] = i
		}
	}
	a.w.query(func(scan func(...any) error) error {
		var (
			query, state string
			leaf         int64
			redeemed     bool
		)
		if err := scan(&query, &leaf, &redeemed, &state); err != nil {
			return err
		}
		if leaf < 0 || leaf >= int64(len(a.entries)) || a.entries[leaf].Kind != "query.prepare" || a.entries[leaf].Detail["query"] != query {
			a.bad("the ticket of query %s has no preparation in the trail", query)
		}
		at, open := opened[query]
		if redeemed != open || redeemed != (state == string(store.QueryOpened)) {
			a.bad("query %s: state %s, ticket redeemed %t, opening in the trail %t", query, state, redeemed, open)
		}
		if open && int64(at) <= leaf {
			a.bad("query %s was opened at entry %d before its preparation at %d", query, at, leaf)
		}
		delete(opened, query)
		return nil
	}, `SELECT t.query, t.leaf, t.redeemed IS NOT NULL, q.state FROM ticket t JOIN query q ON q.id = t.query`)
	for query := range opened {
		a.bad("query %s was opened without a ticket", query)
	}
	if n := a.w.Count(`SELECT COUNT(*) FROM query WHERE state = 'opened' AND NOT EXISTS (SELECT 1 FROM ticket WHERE query = id)`); n > 0 {
		a.bad("%d queries are opened without a ticket", n)
	}
}

// intake compares what is kept with what was acknowledged.
func (a *audit) intake() {
	a.w.Helper()
	a.w.read(func(tx *store.Tx) error {
		counts, err := tx.IntakeCounts()
		if err == nil && !maps.Equal(counts, a.w.accepted) {
			a.bad("intake holds %v, acknowledged were %v", counts, a.w.accepted)
		}
		return err
	})
	received := 0
	for _, e := range a.entries {
		if e.Kind == "event.receive" {
			received++
		}
	}
	if n := a.w.Count(`SELECT COUNT(*) FROM intake`); n != received {
		a.bad("intake holds %d events, the trail %d", n, received)
	}
	a.deliveries()
}

// Entry is the private record of the trail's entry at an index, as an auditor
// reads it.
func (w *World) Entry(index int64) trail.Entry {
	w.Helper()
	a := &audit{w: w}
	a.trail()
	return a.entries[index]
}
