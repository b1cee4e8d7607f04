package registry

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/store"
)

// History is taken in first and decided afterwards, by a wave (wave.go): policy
// reads all of a person's records, and the one that bars the sealing of an
// earlier one may stand at the end of the last file. Until the wave has come to
// a person nothing else decides on them.

// HistoryFile is how far a file of history was taken in.
type HistoryFile = store.HistoryFile

// HistoryDigest names a file of history by its agency and a digest of its
// content. It is keyed: what a short file says could be guessed.
func (r *Registry) HistoryDigest(agencyID string, content []byte) string {
	k := r.ledger.Alias().Index("history/file", []byte(agencyID), content)
	return hex.EncodeToString(k[:])
}

// BeginHistory takes up a file of history where it stood; again has it read
// from its first line once more. The wave waits until the file is finished.
func (r *Registry) BeginHistory(ctx context.Context, f HistoryFile, again bool, now time.Time) (HistoryFile, error) {
	return f, r.write(ctx, func(tx *store.Tx, _ *journal) error {
		known, err := tx.HistoryFile(f.Digest)
		switch {
		case err == nil && !again:
			f = known
			return nil
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		}
		f.Began = now
		return tx.PutHistoryFile(&f)
	})
}

// TakeHistory takes checked deliveries of a file in, in one transaction, and
// writes down how far the file got: what stands in f was answered, and told,
// before. The persons wait for the wave.
func (r *Registry) TakeHistory(ctx context.Context, c *Checked, f *HistoryFile) ([][]Receipt, error) {
	err := r.bringIn(ctx, c.members, true, func(b *batch) error {
		if err := b.wait(); err != nil {
			return err
		}
		return b.tx.PutHistoryFile(f)
	})
	if err != nil {
		return nil, err
	}
	return c.receipts(), nil
}

// KeepHistory writes down how far a file got: to its end, or where it was left.
func (r *Registry) KeepHistory(ctx context.Context, f *HistoryFile) error {
	return r.write(ctx, func(tx *store.Tx, _ *journal) error { return tx.PutHistoryFile(f) })
}

// CloseHistory takes a file as it stands, where the rest of it will not come;
// the file is named by the beginning of its digest.
func (r *Registry) CloseHistory(ctx context.Context, digest string, now time.Time) (f HistoryFile, err error) {
	return f, r.write(ctx, func(tx *store.Tx, _ *journal) error {
		all, err := tx.HistoryFiles()
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(f HistoryFile) bool { return !f.Finished.IsZero() || !strings.HasPrefix(f.Digest, digest) })
		if len(all) != 1 || digest == "" {
			return ErrNotFound
		}
		f = all[0]
		f.Finished = now
		return tx.PutHistoryFile(&f)
	})
}

// HistoryFiles lists the files of history, the first first.
func (r *Registry) HistoryFiles(ctx context.Context) (all []HistoryFile, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		all, err = tx.HistoryFiles()
		return err
	})
	return all, err
}

// wait leaves everybody whose records a batch touched to the wave. One who is
// sealed and has nothing in the ledger leaves no mark there: what was said of
// them is decided at once, and can only lead to a human.
func (b *batch) wait() error {
	if err := b.tx.LockPersons(slices.Collect(maps.Values(b.locks)), b.now); err != nil {
		return err
	}
	b.tx.QueueIdentities(slices.Collect(maps.Values(b.locks)), b.now)
	touched := slices.Sorted(maps.Keys(b.persons))
	keys := make([][]byte, len(touched))
	for i, k := range touched {
		keys[i] = []byte(k)
	}
	if err := b.tx.AheadOfPersons(keys); err != nil {
		return err
	}
	for _, k := range keys {
		if err := b.waitOne(b.persons[string(k)]); err != nil {
			return err
		}
	}
	for id := range b.sealed {
		if err := b.r.settleSealed(b.tx, b.j, id, b.now); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) waitOne(who touch) error {
	held, err := b.tx.PersonRecords(who.key)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return b.r.settle(b.tx, b.j, who, b.now)
	}
	waits, err := b.tx.Waits(who.key)
	if err == nil && !waits {
		b.tx.Wait(who.key)
	}
	return err
}

// leftToWave says that a person, or somebody an officer found to be the same,
// waits for the wave; then the person does, too.
func (r *Registry) leftToWave(tx *store.Tx, key []byte) (bool, error) {
	keys, err := r.onePerson(tx, key)
	if err != nil {
		return false, err
	}
	for _, k := range keys {
		waits, err := tx.Waits(k)
		if err != nil {
			return false, err
		}
		if waits {
			if !bytes.Equal(k, key) {
				tx.Wait(key)
			}
			return true, nil
		}
	}
	return false, nil
}
