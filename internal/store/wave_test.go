package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

// linked is two persons in the ledger, the second of whom waits with one of two
// records.
func linked(t *testing.T, db *store.DB) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		if err := tx.LockPersons([][]byte{ann, bob}, noon); err != nil {
			return err
		}
		if err := tx.Link(id(caseA, 1), ann); err != nil {
			return err
		}
		if err := tx.LinkWaiting(id(caseA, 2), bob); err != nil {
			return err
		}
		return tx.Link(id(caseB, 1), bob)
	})
}

type counts struct{ Persons, Records int64 }

func waiting(tx *store.Tx) (c counts, err error) {
	c.Persons, c.Records, err = tx.WaitingRecords([]byte{})
	return c, err
}

func TestWhoWaits(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		linked(t, db)
		waits := func(key []byte) func(tx *store.Tx) (bool, error) {
			return func(tx *store.Tx) (bool, error) { return tx.Waits(key) }
		}
		page := func(tx *store.Tx) ([][]byte, error) { return tx.WaitingPersons([]byte{}, 10) }
		same(t, "ann waits", read(t, db, waits(ann)), false)
		same(t, "bob waits", read(t, db, waits(bob)), true)
		same(t, "who waits", read(t, db, page), [][]byte{bob})
		same(t, "how many wait", read(t, db, waiting), counts{1, 1})
		same(t, "who waits after bob", read(t, db, func(tx *store.Tx) ([][]byte, error) { return tx.WaitingPersons(bob, 10) }), [][]byte(nil))
		same(t, "everybody", read(t, db, func(tx *store.Tx) ([][]byte, error) { return tx.OpenPersons([]byte{}, 10) }), [][]byte{ann, bob})
		same(t, "the first", read(t, db, func(tx *store.Tx) ([][]byte, error) { return tx.OpenPersons([]byte{}, 1) }), [][]byte{ann})
		same(t, "all records", read(t, db, func(tx *store.Tx) (c counts, err error) {
			c.Persons, c.Records, err = tx.OpenRecords([]byte{})
			return c, err
		}), counts{2, 3})
		same(t, "cases", read(t, db, func(tx *store.Tx) ([]docket.Code, error) { return tx.CasesOf([][]byte{bob, ann}) }), []docket.Code{caseA, caseB})

		write(t, db, func(tx *store.Tx) error { tx.Wait(bob); return nil })
		same(t, "both of bob's wait", read(t, db, waiting), counts{1, 2})
		write(t, db, func(tx *store.Tx) error {
			if err := tx.AheadOfPersons([][]byte{ann, bob}); err != nil {
				return err
			}
			tx.WaitNoMore(bob)
			tx.Wait(ann)
			for key, want := range map[string]bool{string(ann): true, string(bob): false} { // as it was read ahead
				if got, err := tx.Waits([]byte(key)); err != nil || got != want {
					t.Errorf("%s waits: %t, %v", key, got, err)
				}
			}
			return nil
		})
		same(t, "only ann waits", read(t, db, page), [][]byte{ann})
		write(t, db, func(tx *store.Tx) error { return tx.Unlink(id(caseA, 1), ann) })
		same(t, "the mark went with the record", read(t, db, waiting), counts{})
	})
}

func TestHistoryFiles(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		f := store.HistoryFile{Digest: "aa", Agency: "court-1", Began: noon, Line: 0}
		missing(t, db, "a file", store.ErrNotFound, func(tx *store.Tx) (store.HistoryFile, error) { return tx.HistoryFile("aa") })
		write(t, db, func(tx *store.Tx) error { return tx.PutHistoryFile(&f) })
		unfinished := func(tx *store.Tx) (int, error) { return tx.UnfinishedFiles() }
		same(t, "unfinished", read(t, db, unfinished), 1)
		f.Line, f.Accepted, f.Repeated, f.Refused, f.Finished = 12, 7, 3, 2, noon.Add(time.Hour)
		write(t, db, func(tx *store.Tx) error { return tx.PutHistoryFile(&f) })
		f.Began, f.Finished = micro(f.Began), micro(f.Finished)
		same(t, "the file", read(t, db, func(tx *store.Tx) (store.HistoryFile, error) { return tx.HistoryFile("aa") }), f)
		same(t, "all files", read(t, db, func(tx *store.Tx) ([]store.HistoryFile, error) { return tx.HistoryFiles() }), []store.HistoryFile{f})
		same(t, "unfinished", read(t, db, unfinished), 0)
	})
}

func TestWaves(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		missing(t, db, "a wave", store.ErrNotFound, (*store.Tx).UnfinishedWave)
		w := store.Wave{ID: "w1", Kind: store.WaveOpen, Began: noon}
		write(t, db, func(tx *store.Tx) error { return tx.PutWave(&w) })
		w.Reached, w.Persons, w.Records = ann, 3, 4
		write(t, db, func(tx *store.Tx) error {
			tx.AddWaveCounts("w1", []store.WaveCount{{Topic: "all", Key: "seal", N: 3}, {Topic: "all", Key: "keep", N: 1}})
			return tx.PutWave(&w)
		})
		write(t, db, func(tx *store.Tx) error {
			tx.AddWaveCounts("w1", []store.WaveCount{{Topic: "all", Key: "seal", N: 2}})
			tx.AddWaveCounts("w2", []store.WaveCount{{Topic: "all", Key: "seal", N: 9}})
			return nil
		})
		w.Began = micro(w.Began)
		same(t, "the wave", read(t, db, (*store.Tx).UnfinishedWave), w)
		same(t, "its counts", read(t, db, func(tx *store.Tx) ([]store.WaveCount, error) { return tx.WaveCounts("w1") }),
			[]store.WaveCount{{Topic: "all", Key: "keep", N: 1}, {Topic: "all", Key: "seal", N: 5}})
		w.Finished = noon.Add(time.Hour)
		write(t, db, func(tx *store.Tx) error { return tx.PutWave(&w) })
		w.Finished = micro(w.Finished)
		missing(t, db, "a wave", store.ErrNotFound, (*store.Tx).UnfinishedWave)
		same(t, "waves", read(t, db, func(tx *store.Tx) ([]store.Wave, error) { return tx.Waves(5) }), []store.Wave{w})
	})
}

func TestOneWaveAtATime(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		hold := func(holder string, now time.Time) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return tx.HoldWave(holder, now, now.Add(time.Minute)) }
		}
		write(t, db, hold("a", noon))
		write(t, db, hold("a", noon.Add(time.Second)))
		fails(t, db, store.ErrStale, hold("b", noon.Add(time.Second)))
		holder := func(tx *store.Tx) (string, error) {
			holder, until, err := tx.WaveHolder()
			return holder + until.Sub(micro(noon)).String(), err
		}
		same(t, "the holder", read(t, db, holder), "a1m1s")
		write(t, db, hold("b", noon.Add(2*time.Minute))) // a was heard no more
		fails(t, db, store.ErrStale, hold("a", noon.Add(2*time.Minute)))
		write(t, db, func(tx *store.Tx) error { return tx.LeaveWave("a") }) // not a's to leave
		fails(t, db, store.ErrStale, hold("a", noon.Add(2*time.Minute)))
		write(t, db, func(tx *store.Tx) error { return tx.LeaveWave("b") })
		write(t, db, hold("a", noon.Add(2*time.Minute)))
	})
}
