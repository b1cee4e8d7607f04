package keyring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fengcun/fengcun/internal/suite"
)

// file is where a ring is kept, and what it takes to write it again.
type file struct {
	path string
	lock rootLock
	rand io.Reader
	last []byte                  // what this ring last read or wrote
	step func(name string) error // before and after each durable step; tests stop there
}

// maxFile bounds what is read: a ring of a hundred thousand custodians.
const maxFile = 64 << 20

// Create makes a ring with fresh keys in a new file that only its owner can
// read, encrypted under the passphrase. It never overwrites a file.
func Create(path, passphrase, suiteName string, rand io.Reader) (*Ring, error) {
	return CreateUnder(context.Background(), path, Passphrase(passphrase), suiteName, rand)
}

// CreateUnder is Create under any root.
func CreateUnder(ctx context.Context, path string, root Root, suiteName string, rand io.Reader) (*Ring, error) {
	s, err := suite.ByName(suiteName)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keyring: %s is there already: keys are never overwritten; move it away first", path)
	}
	lock, err := root.fresh(ctx, s, rand)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	c, err := generate(s, rand)
	if err != nil {
		return nil, err
	}
	f := &file{path: path, lock: lock, rand: rand}
	if err := f.save(ctx, c); err != nil {
		return nil, err
	}
	return &Ring{keys: c, store: f}, nil
}

// Open reads a ring. Its file must be readable by its owner alone. The random
// source serves when keys are added.
func Open(path, passphrase string, rand io.Reader) (*Ring, error) {
	return OpenUnder(context.Background(), path, Passphrase(passphrase), rand)
}

// OpenUnder is Open under any root.
func OpenUnder(ctx context.Context, path string, root Root, rand io.Reader) (*Ring, error) {
	sealed, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	plain, lock, err := root.unlock(ctx, sealed)
	if errors.Is(err, suite.ErrOpen) {
		return nil, fmt.Errorf("keyring: %s does not open: the passphrase is wrong or the file was altered: %w", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("keyring: %s: %w", path, err)
	}
	c, err := parseContents(plain)
	if err != nil {
		return nil, fmt.Errorf("keyring: %s: %w", path, err)
	}
	return &Ring{keys: c, store: &file{path: path, lock: lock, rand: rand, last: sealed}}, nil
}

func readOwn(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w: make it with «fengcun keys init»", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keyring: others may read %s (%v): run chmod 600 on it", path, info.Mode().Perm())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("keyring: read %s: %w", path, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("keyring: %s is larger than a ring can be", path)
	}
	return data, nil
}

// changed reads what another process has written since; nil where none has.
func (f *file) changed(ctx context.Context) (*contents, error) {
	now, err := readOwn(f.path)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(now, f.last) {
		return nil, nil
	}
	plain, err := f.lock.open(ctx, now)
	if errors.Is(err, suite.ErrOpen) {
		return nil, fmt.Errorf("keyring: %s was put under another passphrase or root by another process: start again", f.path)
	}
	if err != nil {
		return nil, fmt.Errorf("keyring: %s: %w", f.path, err)
	}
	c, err := parseContents(plain)
	if err != nil {
		return nil, fmt.Errorf("keyring: %s: %w", f.path, err)
	}
	f.last = now
	return c, nil
}

// save writes the ring beside the old file and renames it into place, each
// step forced to disk, so that a crash leaves the old ring or the new one.
func (f *file) save(ctx context.Context, c *contents) error {
	plain, err := c.encode()
	if err != nil {
		return err
	}
	sealed, err := f.lock.seal(ctx, f.rand, plain)
	if err != nil {
		return fmt.Errorf("keyring: encrypting the ring, which stays as it was: %w", err)
	}
	place := os.Rename
	if f.last == nil {
		place = os.Link // fails where the file exists
	}
	if err := f.write(sealed, place); err != nil {
		return fmt.Errorf("keyring: storing the ring: %w", err)
	}
	f.last = sealed
	return nil
}

func (f *file) write(data []byte, place func(from, to string) error) error {
	dir := filepath.Dir(f.path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(f.path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // a rename has taken it away already
	err = f.durably("write", func() error {
		_, err := tmp.Write(data)
		return err
	})
	if err == nil {
		err = f.durably("sync", tmp.Sync)
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err = f.durably("rename", func() error { return place(tmp.Name(), f.path) }); err != nil {
		return err
	}
	return f.durably("sync directory", func() error { return syncDir(dir) })
}

// durably does one step of writing; a test stops it before or after.
func (f *file) durably(name string, do func() error) error {
	if f.step == nil {
		return do()
	}
	if err := f.step("before " + name); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return f.step("after " + name)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// locked runs f while no other process changes the ring. The lock is a file
// beside it that stays.
func (f *file) locked(do func() error) error {
	l, err := os.OpenFile(f.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	defer l.Close() // gives the lock back
	if err := lockFile(l); err != nil {
		return fmt.Errorf("keyring: waiting for %s: %w", l.Name(), err)
	}
	return do()
}
