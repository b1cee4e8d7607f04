package keyring

import (
	"bytes"
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
	lock suite.Lock
	rand io.Reader
	last []byte // what this ring last read or wrote
}

// maxFile bounds what is read: a ring of a hundred thousand custodians.
const maxFile = 64 << 20

// Create makes a ring with fresh keys in a new file that only its owner can
// read, encrypted under the passphrase. It never overwrites a file.
func Create(path, passphrase, suiteName string, rand io.Reader) (*Ring, error) {
	return create(path, passphrase, suiteName, rand, suite.DefaultCost())
}

func create(path, passphrase, suiteName string, rand io.Reader, cost suite.Cost) (*Ring, error) {
	s, err := suite.ByName(suiteName)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keyring: %s is there already: keys are never overwritten; move it away first", path)
	}
	lock, err := s.NewLock(rand, passphrase, cost)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	c, err := generate(s, rand)
	if err != nil {
		return nil, err
	}
	f := &file{path: path, lock: lock, rand: rand}
	if err := f.save(c); err != nil {
		return nil, err
	}
	return &Ring{keys: c, store: f}, nil
}

// Open reads a ring. Its file must be readable by its owner alone. The random
// source serves when keys are added.
func Open(path, passphrase string, rand io.Reader) (*Ring, error) {
	sealed, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	plain, lock, err := suite.OpenLocked(passphrase, sealed)
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

// save writes the ring beside the old file and renames it into place, each
// step forced to disk, so that a crash leaves the old ring or the new one.
func (f *file) save(c *contents) error {
	if err := f.unchanged(); err != nil {
		return err
	}
	plain, err := c.encode()
	if err != nil {
		return err
	}
	sealed := f.lock.Seal(f.rand, plain)
	place := os.Rename
	if f.last == nil {
		place = os.Link // fails where the file exists
	}
	if err := writeAtomic(f.path, sealed, place); err != nil {
		return fmt.Errorf("keyring: store the ring, which stays as it was: %w", err)
	}
	f.last = sealed
	return nil
}

// unchanged refuses to write over what another process wrote: its keys would
// be lost.
func (f *file) unchanged() error {
	if f.last == nil {
		return nil
	}
	now, err := readOwn(f.path)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.last) {
		return fmt.Errorf("keyring: %s was changed by another process since it was read: start again", f.path)
	}
	return nil
}

func writeAtomic(path string, data []byte, place func(from, to string) error) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // a rename has taken it away already
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err = place(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
