package vaultd

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"github.com/fengcun/fengcun/internal/clock"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/vault"
)

// Spent is the vault's own book of redeemed tickets: a file that only grows, a
// line of hexadecimal digits for each, on disk before anything is decrypted.
// A vault that was started again, or whose clock was set back, knows them all.
// Beside it, in a file with «-clock» behind its name, lies the latest time that
// the vault has seen: it judges by no earlier one.
type Spent struct {
	*clock.File

	mu   sync.Mutex
	file *os.File
	seen map[[suite.Size]byte]bool
	bad  error // a write failed: nothing is spent until the program starts again
}

const spentLine = 2*suite.Size + 1

// OpenSpent opens the book, or begins one. One program at a time has it.
func OpenSpent(path string) (*Spent, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the book of spent tickets: %w", err)
	}
	s := &Spent{file: f, seen: make(map[[suite.Size]byte]bool)}
	if err := s.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("the book of spent tickets %s: %w", path, err), f.Close())
	}
	if s.File, err = clock.OpenFile(path + "-clock"); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func (s *Spent) load() error {
	if err := syscall.Flock(int(s.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.New("another vault's process has it")
	}
	whole, err := readSpent(s.file, s.seen)
	if err != nil {
		return err
	}
	// A line that power cut short was never acted on: Spend had not returned.
	if err := s.file.Truncate(whole); err != nil {
		return err
	}
	_, err = s.file.Seek(whole, io.SeekStart)
	return err
}

// readSpent reads lines into seen and gives the length of the whole ones.
func readSpent(r io.Reader, seen map[[suite.Size]byte]bool) (whole int64, err error) {
	in := bufio.NewReader(r)
	for {
		line := make([]byte, spentLine)
		n, err := io.ReadFull(in, line)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return whole, nil
		}
		if err != nil {
			return whole, err
		}
		var h [suite.Size]byte
		if _, err := hex.Decode(h[:], line[:n-1]); err != nil || line[n-1] != '\n' {
			return whole, fmt.Errorf("line %d is not one of its own: it was changed", whole/spentLine+1)
		}
		seen[h] = true
		whole += spentLine
	}
}

// Spend writes a ticket's hash down; vault.ErrTicket if it is there already.
func (s *Spent) Spend(hash []byte) error {
	var h [suite.Size]byte
	if copy(h[:], hash) != len(h) || len(hash) != len(h) {
		return vault.ErrTicket
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[h] {
		return vault.ErrTicket
	}
	if s.bad != nil {
		return s.bad
	}
	_, err := s.file.WriteString(hex.EncodeToString(h[:]) + "\n")
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		s.bad = fmt.Errorf("writing down a spent ticket: %w", err)
		return s.bad
	}
	s.seen[h] = true
	return nil
}

// Close closes the book.
func (s *Spent) Close() error {
	err := s.file.Close()
	if s.File != nil {
		err = errors.Join(err, s.File.Close())
	}
	return err
}
