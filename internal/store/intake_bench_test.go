package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/trail"
)

// BenchmarkIntakeAgainstCopy stores batches of 500 events as the registry does,
// each event a case of its own and then, in a second batch, a further event of
// each: asking what came before, taking turns, locks, the rows of a dozen tables,
// the trail, the commit. The peer copies the same rows into tables with the same
// indexes, in one transaction too, and asks nothing. Both flush each commit to
// disk.
func BenchmarkIntakeAgainstCopy(b *testing.B) {
	ctx := context.Background()
	url := storetest.URL(b, storetest.Durable)
	db := storetest.Open(b, url)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	twins(b, conn)
	const size = 500
	var ours, peer time.Duration
	events := 0
	for b.Loop() {
		cases := newBatch(size)
		for range 2 { // the second finds the cases that the first made
			start := time.Now()
			if err := db.Write(ctx, cases.store); err != nil {
				b.Fatal(err)
			}
			ours += time.Since(start)
			peer += copyTwins(b, conn)
			events += size
			cases.next()
		}
	}
	b.ReportMetric(float64(events)/ours.Seconds(), "events/s")
	b.ReportMetric(float64(events)/peer.Seconds(), "copied/s")
	b.ReportMetric(peer.Seconds()/ours.Seconds(), "x-copy")
	share(b, ours, peer, 0.5)
}

const source = "urn:fengcun:agency:bench"

// incoming is one event of a batch, with what encryption would make of it.
type incoming struct {
	key, digest, alias, person, body []byte
	code                             docket.Code
}

type incomingBatch struct {
	round    int
	events   []incoming
	delivery store.Delivery
	leaves   []trail.Leaf
	sealed   []trail.Sealed
}

func drawn(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func newBatch(n int) *incomingBatch {
	b := &incomingBatch{events: make([]incoming, n)}
	for i := range b.events {
		code, err := docket.NewCode(rand.Reader)
		if err != nil {
			panic(err)
		}
		b.events[i] = incoming{alias: drawn(32), person: drawn(32), code: code}
	}
	b.draw(2 * n) // opening a record is an entry in the trail of its own
	return b
}

func (b *incomingBatch) next() {
	b.round++
	b.draw(len(b.events))
}

func (b *incomingBatch) draw(entries int) {
	b.delivery = store.Delivery{Source: source, ID: rand.Text(), SignedAt: noon, Received: noon, Digests: drawn(32 * len(b.events)), Signature: drawn(64)}
	for i := range b.events {
		b.events[i].key, b.events[i].digest, b.events[i].body = drawn(32), drawn(32), drawn(900)
	}
	b.leaves, b.sealed = make([]trail.Leaf, entries), make([]trail.Sealed, entries)
	for i := range b.leaves {
		b.leaves[i] = trail.Leaf(drawn(32))
		b.sealed[i] = trail.Sealed{Leaf: b.leaves[i], Epoch: "0123456789abcdef0123456789abcdef", Box: drawn(300)}
	}
}

func fieldOf[T any](events []incoming, f func(incoming) T) []T {
	out := make([]T, len(events))
	for i, e := range events {
		out[i] = f(e)
	}
	return out
}

// store asks and writes what the registry does, in its order.
func (b *incomingBatch) store(tx *store.Tx) error {
	codes, persons := fieldOf(b.events, func(e incoming) docket.Code { return e.code }), fieldOf(b.events, func(e incoming) []byte { return e.person })
	numbers := fieldOf(b.events, func(e incoming) []byte { return e.alias })
	if err := tx.AheadOfEvents(source, fieldOf(b.events, func(e incoming) []byte { return e.key })); err != nil {
		return err
	}
	if err := b.lookUp(tx, numbers, codes); err != nil {
		return err
	}
	for i, e := range b.events {
		if err := b.file(tx, i, &e); err != nil {
			return err
		}
	}
	if err := tx.AddDelivery(&b.delivery); err != nil {
		return err
	}
	if err := tx.LockPersons(persons, noon); err != nil {
		return err
	}
	b.quality(tx)
	return b.append(tx)
}

// quality has each record looked at again and counts how long the reports took.
func (b *incomingBatch) quality(tx *store.Tx) {
	tx.LookAtQuality(fieldOf(b.events, func(e incoming) docket.RecordID { return docket.RecordID{Code: e.code, Seq: 1} }), noon)
	rows := make([]store.SourceLags, len(quality.Bases()))
	for i, basis := range quality.Bases() {
		rows[i] = store.SourceLags{Source: source, Day: civil.Of(noon), Basis: basis}
		rows[i].Lags[0] = int64(len(b.events))
	}
	tx.AddLags(rows)
}

func (b *incomingBatch) lookUp(tx *store.Tx, numbers [][]byte, codes []docket.Code) error {
	if err := tx.AheadOfNumbers(numbers); err != nil {
		return err
	}
	if b.round > 0 {
		if err := tx.LockCases(codes); err != nil {
			return err
		}
		return tx.AheadOfCases(codes)
	}
	if err := tx.TakeTurns(numbers); err != nil {
		return err
	}
	if err := tx.AheadOfNumbers(numbers); err != nil {
		return err
	}
	return tx.AheadOfSealed(numbers, nil)
}

func (b *incomingBatch) file(tx *store.Tx, i int, e *incoming) error {
	id := docket.RecordID{Code: e.code, Seq: 1}
	if b.round == 0 {
		tx.NewCase(e.code)
		if err := tx.AddRecord(&store.Record{ID: id, Status: docket.Open, Since: noon, Custodian: "bench"}); err != nil {
			return err
		}
		if err := tx.Link(id, e.person); err != nil {
			return err
		}
	} else if held, err := tx.Holdings(e.code); err != nil || len(held) != 1 {
		return fmt.Errorf("event %d: %d holdings, %w", i, len(held), err)
	}
	if err := tx.AddSlips([]store.Slip{{ID: id, EventKey: e.key, Body: e.body}}); err != nil {
		return err
	}
	return tx.AddAlias(e.alias, e.code)
}

// append puts one entry for each event into the trail, and one for each record
// that was opened.
func (b *incomingBatch) append(tx *store.Tx) error {
	head, err := tx.TrailHead()
	if err != nil {
		return err
	}
	appended := head.Append(b.leaves...)
	if err := tx.AppendTrail(appended, b.sealed); err != nil {
		return err
	}
	for i, e := range b.events {
		in := &store.Intake{Source: source, EventKey: e.key, Digest: e.digest, Delivery: b.delivery.ID, Received: noon, Code: e.code, Leaf: appended.First + int64(i)}
		if err := tx.AddIntakes([]*store.Intake{in}); err != nil {
			return err
		}
		if b.round > 0 {
			continue
		}
		c := &docket.Change{Record: docket.RecordID{Code: e.code, Seq: 1}, To: docket.Open, At: noon, Operator: source, Basis: "case.filed", Reason: "立案"}
		if err := tx.MoveRecord(c, in.Leaf); err != nil {
			return err
		}
	}
	return nil
}

var twinned = []string{"delivery", "intake", "person", "person_record", "alias", "slip", "holding", "record", "lifecycle", "trail_entry", "trail_hash", "quality_look", "quality_lag"}

// twins makes an empty table beside each, with the same columns, checks and
// indexes, and notes where each stands.
func twins(b *testing.B, conn *pgx.Conn) {
	b.Helper()
	for _, t := range twinned {
		for _, q := range []string{
			"CREATE TABLE twin_" + t + " (LIKE " + t + " INCLUDING ALL)",
			"INSERT INTO twin_" + t + " SELECT * FROM " + t,
		} {
			if _, err := conn.Exec(context.Background(), q); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// copyTwins copies into the twins what the tables have and they have not, and
// says how long the copying took.
func copyTwins(b *testing.B, conn *pgx.Conn) time.Duration {
	b.Helper()
	ctx := context.Background()
	columns, rows := make([][]string, len(twinned)), make([][][]any, len(twinned))
	for i, t := range twinned {
		columns[i], rows[i] = uncopied(b, conn, t)
	}
	start := time.Now()
	tx, err := conn.Begin(ctx)
	if err != nil {
		b.Fatal(err)
	}
	for i, t := range twinned {
		if len(rows[i]) == 0 {
			continue
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"twin_" + t}, columns[i], pgx.CopyFromRows(rows[i])); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// uncopied reads the rows of a table whose key its twin does not have, in the
// order in which they lie: that in which they were written.
func uncopied(b *testing.B, conn *pgx.Conn, table string) (columns []string, out [][]any) {
	b.Helper()
	keys := map[string]string{
		"delivery": "source, id", "intake": "source, event_key", "person": "person_key", "person_record": "person_key, code, seq",
		"alias": "alias_key, code", "slip": "code, seq, event_key", "holding": "code, seq", "record": "code, seq", "lifecycle": "code, seq, n",
		"trail_entry": "seq", "trail_hash": "idx", "quality_look": "code, seq", "quality_lag": "source, day, basis",
	}[table]
	found, err := conn.Query(context.Background(), "SELECT * FROM "+table+" WHERE ("+keys+") NOT IN (SELECT "+keys+" FROM twin_"+table+") ORDER BY ctid")
	if err != nil {
		b.Fatal(err)
	}
	defer found.Close()
	for _, f := range found.FieldDescriptions() {
		columns = append(columns, f.Name)
	}
	for found.Next() {
		values, err := found.Values()
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, slices.Clone(values))
	}
	if err := found.Err(); err != nil {
		b.Fatal(err)
	}
	return columns, out
}
