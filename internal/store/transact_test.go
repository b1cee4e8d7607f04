package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/trail"
)

func TestOpenRefusesOtherDatabases(t *testing.T) {
	for _, url := range []string{"", "mysql://x", "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder.db")} {
		if db, err := store.Open(t.Context(), url); err == nil {
			t.Errorf("%q was opened", url)
			_ = db.Close()
		}
	}
	if _, err := store.Open(t.Context(), "postgres:///x?host="+t.TempDir()); err == nil {
		t.Error("a server that is not there was opened")
	}
}

// A folder may be named as it likes.
func TestFilesOfAnyName(t *testing.T) {
	for _, name := range []string{"a#b", "a?b", "a%20b", "a b", "封存", "a&mode=memory"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "x.db")
		db := storetest.Open(t, "sqlite:"+file)
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumberedParametersAreBoundByNumber(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var got [3]string
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.One(`SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT)`, []any{"one", "two"}, &got[0], &got[1], &got[2])
		})
		if want := [3]string{"two", "one", "two"}; err != nil || got != want {
			t.Errorf("%v, %v", got, err)
		}
	})
	if got := store.BindByNumber(`VALUES ($1, $12, '$')`); got != `VALUES (?1, ?12, '$')` {
		t.Error(got)
	}
}

// Whatever ends a transaction early, nothing of it stays and the next one
// works: an error, a panic, a context that has ended.
func TestNothingStaysOfWhatFailed(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		add := func(tx *store.Tx) error { return tx.AddAlias([]byte("no"), caseA) }
		boom := errors.New("boom")
		fails(t, db, boom, func(tx *store.Tx) error { return errors.Join(add(tx), boom) })
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Write(t.Context(), func(tx *store.Tx) error {
				_ = add(tx)
				panic("boom")
			})
		}()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Write(ctx, add); !errors.Is(err, context.Canceled) {
			t.Errorf("a context that has ended: %v", err)
		}
		if n := count(t, db, "alias"); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
		write(t, db, add)
		if n := count(t, db, "alias"); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

// A context may end at any moment: the transaction is then either whole, and
// says so, or not there.
func TestContextsThatEndAtAnyMoment(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		rows := 0
		for n := range 200 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n%40)*25*time.Microsecond)
			err := db.Write(ctx, func(tx *store.Tx) error {
				if tx.Context() != ctx {
					t.Error("the transaction runs under another context")
				}
				return tx.AddAlias(fmt.Append(nil, n), caseA)
			})
			cancel()
			if err == nil {
				rows++
			}
			if got := count(t, db, "alias"); got != rows {
				t.Fatalf("transaction %d ended with %v, %d rows are there, want %d", n, err, got, rows)
			}
		}
		write(t, db, func(tx *store.Tx) error { return tx.AddAlias([]byte("last"), caseA) })
	})
}

func TestTimesAreKeptToTheMicrosecond(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i, at := range []time.Time{
			noon, time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(2262, 4, 12, 0, 0, 0, 1000, time.UTC),
			time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.FixedZone("", -12*3600)),
		} {
			r := openRecord(id(caseA, i+1), at)
			addRecord(t, db, r)
			if got := record(t, db, r.ID).Since; !got.Equal(at.Truncate(time.Microsecond)) || got.Location() != time.UTC {
				t.Errorf("%s came back as %s", at, got)
			}
		}
	})
}

// Several writers at once: each locks the log's head, so that none appends to
// a head that another has moved.
func TestWritersTakeTurnsAtTheTrail(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		const writers, rounds = 6, 10
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range rounds {
					err := db.Write(t.Context(), func(tx *store.Tx) error {
						_, err := appendTrail(tx, leaves(1000*w+10*n, 1+n%3))
						return err
					})
					if err != nil {
						t.Errorf("writer %d: %v", w, err)
					}
				}
			})
		}
		wg.Wait()
		h := head(t, db)
		if n := count(t, db, "trail_entry"); int64(n) != h.Size() || n == 0 {
			t.Errorf("%d entries, the head counts %d", n, h.Size())
		}
		rebuilt := read(t, db, func(tx *store.Tx) (trail.Head, error) { return trail.LoadHead(h.Size(), tx) })
		if rebuilt.Root() != h.Root() {
			t.Error("the stored hashes give another root than the head")
		}
	})
}

// The person's row orders what concerns the person: read, think, write, without
// a lost update.
func TestWritersTakeTurnsAtAPerson(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		const writers, rounds = 6, 8
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range rounds {
					err := db.Write(t.Context(), func(tx *store.Tx) error {
						if err := tx.LockPerson(ann, noon); err != nil {
							return err
						}
						held, err := tx.PersonRecords(ann)
						if err != nil {
							return err
						}
						if w == 0 && n == rounds/2 { // the row may go and come back meanwhile
							if err := tx.DropPersonWithoutRecords(bob); err != nil {
								return err
							}
						}
						return tx.Link(id(caseA, len(held)+1), ann)
					})
					if err != nil {
						t.Errorf("writer %d: %v", w, err)
					}
				}
			})
		}
		wg.Wait()
		held := read(t, db, func(tx *store.Tx) ([]docket.RecordID, error) { return tx.PersonRecords(ann) })
		if len(held) != writers*rounds {
			t.Errorf("%d records, want %d", len(held), writers*rounds)
		}
	})
}

// Turns and the lock on a case order transactions that would otherwise both
// find nothing and both write; they leave nothing behind.
func TestTakingTurns(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		addRecord(t, db, openRecord(id(caseA, 1), noon))
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				keys := [][]byte{[]byte("b"), []byte("a"), []byte("a")}
				if w%2 == 0 {
					keys = [][]byte{[]byte("a"), []byte("b")}
				}
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					if err := tx.TakeTurns(keys); err != nil {
						return err
					}
					if known, err := tx.CasesByAlias([]byte("a")); err != nil || len(known) > 0 {
						return err
					}
					return tx.AddAlias([]byte("a"), docket.Code(fmt.Sprintf("%020d", w)))
				})
				if err != nil {
					t.Error(err)
				}
				err = db.Write(t.Context(), func(tx *store.Tx) error {
					if err := tx.LockCase(caseA); err != nil {
						return err
					}
					records, err := tx.CaseRecords(caseA)
					if err != nil {
						return err
					}
					return tx.AddRecord(openRecord(id(caseA, len(records)+1), noon))
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := count(t, db, "alias"); n != 1 {
			t.Errorf("%d opened the same case", n)
		}
		if n := count(t, db, "record"); n != 9 {
			t.Errorf("%d records", n)
		}
		if n := count(t, db, "turn"); n != 0 {
			t.Errorf("%d turns left behind", n)
		}
	})
}

// A ticket is redeemed once, however many try at once.
func TestOneOfManyRedeems(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		q := query("q", noon)
		write(t, db, func(tx *store.Tx) error { return tx.AddQuery(&q) })
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.MoveQuery("q", store.QueryFiled, store.QueryOpened) })
				switch {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, store.ErrStale):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d won", won.Load())
		}
	})
}

// A reader sees one moment of the database and does not wait for a writer at
// work. On SQLite the writer's commit waits until the reader has done.
func TestReadingWhileWriting(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error { return tx.AddAlias([]byte("no"), caseA) })
		countAliases := func(tx *store.Tx) (n int, err error) { return n, tx.One(`SELECT COUNT(*) FROM alias`, nil, &n) }
		written, committed := make(chan struct{}), make(chan error, 1)
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			before, err := countAliases(tx)
			if err != nil {
				return err
			}
			go func() {
				committed <- db.Write(t.Context(), func(tx *store.Tx) error {
					defer close(written)
					return tx.AddAlias([]byte("no"), caseB)
				})
			}()
			<-written
			if db.Engine() == "postgres" {
				committed <- <-committed
			}
			if during, err := countAliases(tx); err != nil || during != before {
				t.Errorf("the reader's moment moved: %d rows, then %d (%v)", before, during, err)
			}
			return nil
		})
		if err := errors.Join(err, <-committed); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "alias"); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestReadersChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.AddAlias([]byte("no"), caseA) })
		if err == nil {
			t.Error("a reader wrote")
		}
		if n := count(t, db, "alias"); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

// More readers at once than the embedded engine has connections, while two
// writers are busy: nobody fails, nobody starves.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		for w := range 2 {
			wg.Go(func() {
				for n := range 20 {
					write(t, db, func(tx *store.Tx) error { return tx.AddAlias(fmt.Append(nil, w, n), caseA) })
				}
			})
		}
		for range 12 {
			wg.Go(func() {
				for range 10 {
					_ = read(t, db, func(tx *store.Tx) ([]docket.Code, error) { return tx.CasesByAlias([]byte("0 1")) })
				}
			})
		}
		wg.Wait()
		if n := count(t, db, "alias"); n != 40 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestPing(t *testing.T) {
	for _, e := range storetest.Engines() {
		db := storetest.Open(t, storetest.URL(t, e))
		if err := db.Ping(t.Context()); err != nil || !strings.HasPrefix(db.Engine(), string(e)) {
			t.Errorf("%s: %v", db.Engine(), err)
		}
	}
}
