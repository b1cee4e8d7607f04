package vaultd

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/vault"
)

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, suite.Size) }

// A ticket is spent once, also by a vault that was started again, also after a
// line that was cut short by a power failure.
func TestSpent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spent")
	for round := range byte(3) {
		s, err := OpenSpent(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range round {
			if err := s.Spend(hash(n)); !errors.Is(err, vault.ErrTicket) {
				t.Errorf("round %d, ticket %d: %v", round, n, err)
			}
		}
		if err := s.Spend(hash(round)); err != nil {
			t.Error(err)
		}
		if err := s.Spend([]byte("short")); !errors.Is(err, vault.ErrTicket) {
			t.Error(err)
		}
		if _, err := OpenSpent(path); err == nil || !strings.Contains(err.Error(), "another") {
			t.Errorf("two vaults on one book: %v", err)
		}
		if _, err := s.file.WriteString("0123"); err != nil { // cut short
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestSpentAtOnce(t *testing.T) {
	s, err := OpenSpent(filepath.Join(t.TempDir(), "spent"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if s.Spend(hash(1)) == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won", won.Load())
	}
}

// Where the disk takes nothing, nothing is spent and nothing opens, until the
// program is started again.
func TestSpentOnAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	s := &Spent{file: full, seen: map[[suite.Size]byte]bool{}}
	for range 2 {
		if err := s.Spend(hash(1)); err == nil || errors.Is(err, vault.ErrTicket) {
			t.Error(err)
		}
	}
	_ = s.Close()
}

func TestSpentThatWasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spent")
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), spentLine), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSpent(path); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Error(err)
	}
	if _, err := OpenSpent(filepath.Join(t.TempDir(), "no", "folder")); err == nil {
		t.Error("opened")
	}
}

func FuzzReadSpent(f *testing.F) {
	f.Add([]byte(hex.EncodeToString(hash(1)) + "\n"))
	f.Add([]byte("x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		seen := map[[suite.Size]byte]bool{}
		whole, err := readSpent(bytes.NewReader(data), seen)
		if whole > int64(len(data)) || whole%spentLine != 0 || (err == nil && int64(len(data))-whole >= spentLine) {
			t.Fatalf("%d of %d bytes, %v", whole, len(data), err)
		}
	})
}
