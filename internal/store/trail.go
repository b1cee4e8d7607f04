package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/fengcun/fengcun/internal/trail"
)

var errNoHead = errors.New("the trail has no head: run fengcun migrate, or restore the database")

// TrailHead reads the log's head under its row's lock, so that only one
// transaction at a time appends.
func (t *Tx) TrailHead() (trail.Head, error) {
	// What waits is written first, in the same trip: nothing that can be done
	// before the head is locked is done while others wait for it. An update takes
	// the lock on both engines.
	var edge []byte
	t.queue.push(&queued{tables: []string{"trail_head"}, statement: statement{
		query: `UPDATE trail_head SET size = size WHERE id = 1 RETURNING edge`, want: 1, dest: []any{&edge}, fault: errNoHead,
	}})
	if err := t.flush(); err != nil {
		return trail.Head{}, err
	}
	return trail.ParseHead(edge)
}

// CurrentHead reads the head without locking it.
func (t *Tx) CurrentHead() (trail.Head, error) {
	var edge []byte
	if err := t.one(`SELECT edge FROM trail_head WHERE id = 1`, nil, &edge); err != nil {
		return trail.Head{}, fmt.Errorf("reading the trail's head: %w", err)
	}
	return trail.ParseHead(edge)
}

var (
	trailEntries = insertion{table: "trail_entry", columns: "seq, leaf, epoch, body", n: 4}
	trailHashes  = insertion{table: "trail_hash", columns: "idx, hash", n: 2}
)

// AppendTrail stores a batch and its private records in the order of the leaves.
func (t *Tx) AppendTrail(b trail.Batch, sealed []trail.Sealed) error {
	if len(sealed) != len(b.Leaves) {
		return errors.New("appending to the trail: each leaf needs its private record")
	}
	rows := make([][]any, len(sealed))
	for i, s := range sealed {
		rows[i] = []any{b.First + int64(i), s.Leaf[:], s.Epoch, s.Box}
	}
	t.insertSoon(&trailEntries, rows...)
	rows = make([][]any, len(b.Hashes))
	for i, h := range b.Hashes {
		rows[i] = []any{b.FirstHash + int64(i), h[:]}
	}
	t.insertSoon(&trailHashes, rows...)
	t.soon([]string{"trail_head"}, 1, `UPDATE trail_head SET size = $1, edge = $2 WHERE id = 1`, b.Head.Size(), b.Head.Bytes())
	return nil
}

// ReadHashes reads stored hashes of the tree by index: trail.HashReader. A
// proof is one statement, a tile too.
func (t *Tx) ReadHashes(indexes []int64) ([]trail.Hash, error) {
	out := make([]trail.Hash, 0, len(indexes))
	for part := range slices.Chunk(indexes, mostHashes) {
		found, err := t.hashesAt(part)
		if err != nil {
			return nil, err
		}
		for _, x := range part {
			h, ok := found[x]
			if !ok {
				return nil, fmt.Errorf("reading hash %d of the trail: %w", x, ErrNotFound)
			}
			out = append(out, h)
		}
	}
	return out, nil
}

const mostHashes = 256

// hashesAt reads hashes in one statement, which has room for a power of two, so
// that few need preparing; the last index fills it up.
func (t *Tx) hashesAt(indexes []int64) (map[int64]trail.Hash, error) {
	args := fill(indexes)
	rows, err := t.query(`SELECT idx, hash FROM trail_hash WHERE idx IN `+placeholders(1, len(args)), args)
	if err != nil {
		return nil, fmt.Errorf("reading hashes of the trail: %w", err)
	}
	defer rows.Close()
	var (
		out = make(map[int64]trail.Hash, len(indexes))
		idx int64
		raw sql.RawBytes
	)
	for rows.Next() {
		if err := rows.Scan(&idx, &raw); err != nil {
			return nil, fmt.Errorf("reading hashes of the trail: %w", err)
		}
		if len(raw) != len(trail.Hash{}) {
			return nil, fmt.Errorf("hash %d of the trail has %d bytes", idx, len(raw))
		}
		out[idx] = trail.Hash(raw)
	}
	return out, rows.Err()
}

// Prove makes the receipt of an entry under a checkpoint: the leaf, and the
// hashes that are not remembered, in one statement.
func (t *Tx) Prove(cp trail.Checkpoint, index int64) (trail.Receipt, error) {
	var (
		missing []int64
		read    []trail.Hash
	)
	r, err := cp.ProveStored(index, func(indexes []int64) (leaf trail.Leaf, hashes []trail.Hash, err error) {
		hashes = make([]trail.Hash, len(indexes))
		var at []int
		missing, at = t.db.top.fill(indexes, hashes)
		if leaf, read, err = t.leafAndHashes(index, missing); err != nil {
			return leaf, nil, err
		}
		for i, h := range read {
			hashes[at[i]] = h
		}
		return leaf, hashes, nil
	})
	if err == nil {
		t.db.top.keep(missing, read)
	}
	return r, err
}

// leafAndHashes reads the leaf at an index and stored hashes, all in one row:
// the keys are few, and a list of them would be sorted first.
func (t *Tx) leafAndHashes(index int64, indexes []int64) (leaf trail.Leaf, hashes []trail.Hash, err error) {
	columns := make([]sql.RawBytes, len(indexes)+1)
	args, dest := []any{index}, []any{&columns[0]}
	for i, x := range indexes {
		args, dest = append(args, x), append(dest, &columns[i+1])
	}
	rows, err := t.query(leafAndHashesQueries[len(indexes)], args)
	if err != nil {
		return leaf, nil, fmt.Errorf("reading hashes of the trail: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return leaf, nil, errors.Join(rows.Err(), ErrNotFound)
	}
	if err := rows.Scan(dest...); err != nil {
		return leaf, nil, fmt.Errorf("reading hashes of the trail: %w", err)
	}
	for _, c := range columns {
		if len(c) != trail.LeafSize {
			return leaf, nil, fmt.Errorf("proving entry %d of the trail: %w", index, ErrNotFound)
		}
		hashes = append(hashes, trail.Hash(c))
	}
	return trail.Leaf(hashes[0]), hashes[1:], nil
}

// leafAndHashesQueries are the statements for so many hashes: a path through the
// highest tree there can be has 63, and its last node may stand on as many.
var leafAndHashesQueries = func() (all [128]string) {
	q := "SELECT (SELECT leaf FROM trail_entry WHERE seq = $1)"
	for n := range all {
		all[n] = q
		q += fmt.Sprintf(", (SELECT hash FROM trail_hash WHERE idx = $%d)", n+2)
	}
	return all
}()

// TrailLeaf reads the public leaf at an index.
func (t *Tx) TrailLeaf(seq int64) (trail.Leaf, error) {
	var (
		b []byte
		l trail.Leaf
	)
	if err := t.one(`SELECT leaf FROM trail_entry WHERE seq = $1`, []any{seq}, &b); err != nil {
		return l, err
	}
	copy(l[:], b)
	return l, nil
}

// TrailRow is one stored entry of the log.
type TrailRow struct {
	Seq int64
	trail.Sealed
}

// TrailRows reads entries from an index on, at most limit.
func (t *Tx) TrailRows(from int64, limit int) ([]TrailRow, error) {
	return all(t, `SELECT seq, leaf, epoch, body FROM trail_entry WHERE seq >= $1 ORDER BY seq LIMIT $2`,
		[]any{from, limit}, func(scan func(...any) error) (r TrailRow, err error) {
			var leaf []byte
			err = scan(&r.Seq, &leaf, &r.Epoch, &r.Box)
			copy(r.Leaf[:], leaf)
			return r, err
		})
}

// AddEpoch stores an epoch's wrapped key.
func (t *Tx) AddEpoch(id string, wrapped []byte) error {
	return t.put(`INSERT INTO trail_epoch (id, wrapped) VALUES ($1, $2)`, id, wrapped)
}

// Epoch reads an epoch's wrapped key.
func (t *Tx) Epoch(id string) (wrapped []byte, err error) {
	err = t.one(`SELECT wrapped FROM trail_epoch WHERE id = $1`, []any{id}, &wrapped)
	return wrapped, err
}

// AddCheckpoint stores a signed checkpoint; one of the same size is kept.
func (t *Tx) AddCheckpoint(size int64, note []byte) {
	t.soon([]string{"trail_checkpoint"}, anyRows, `INSERT INTO trail_checkpoint (size, note) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING`, size, note)
}

// LastCheckpoint reads the largest checkpoint, or ErrNotFound.
func (t *Tx) LastCheckpoint() (note []byte, err error) {
	err = t.one(`SELECT note FROM trail_checkpoint ORDER BY size DESC LIMIT 1`, nil, &note)
	return note, err
}

// Log is the trail as its public readers may see it.
type Log struct {
	db   *DB
	last func(*Tx) (note []byte, err error)
}

var _ trail.Source = Log{}

// Log gives the public side of the trail.
func (db *DB) Log() Log { return Log{db, (*Tx).LastCheckpoint} }

// Hashes implements trail.Source.
func (l Log) Hashes(ctx context.Context, indexes []int64) (out []trail.Hash, err error) {
	err = l.db.Read(ctx, func(tx *Tx) error {
		out, err = tx.ReadHashes(indexes)
		return err
	})
	return out, err
}

// Leaves implements trail.Source.
func (l Log) Leaves(ctx context.Context, first int64, n int) (out []trail.Leaf, err error) {
	err = l.db.Read(ctx, func(tx *Tx) error {
		rows, err := tx.TrailRows(first, n)
		if err != nil {
			return err
		}
		if len(rows) != n {
			return ErrNotFound
		}
		out = make([]trail.Leaf, n)
		for i, r := range rows {
			out[i] = r.Leaf
		}
		return nil
	})
	return out, err
}
