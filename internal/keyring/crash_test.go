package keyring

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A change that is stopped before or after any step of writing leaves the old
// ring or the new one, and the next change succeeds.
func TestWritingStoppedAtEachStep(t *testing.T) {
	ctx := context.Background()
	power := errors.New("power failed")
	r, path := newFile(t)
	var steps []string
	r.store.step = func(name string) error {
		steps = append(steps, name)
		return nil
	}
	if _, err := r.Ledger().Rotate(ctx, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if len(steps) != 8 {
		t.Fatalf("steps: %v", steps)
	}
	for _, at := range steps {
		before := r.Ledger().Epoch()
		r.store.step = func(name string) error {
			if name == at {
				return power
			}
			return nil
		}
		if _, err := r.Ledger().Rotate(ctx, rand.Reader); !errors.Is(err, power) {
			t.Fatalf("%s: %v", at, err)
		}
		if got := r.Ledger().Epoch(); got != before {
			t.Errorf("%s: the ring in memory went on to epoch %d", at, got)
		}
		again, err := Open(path, "口令", rand.Reader)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		placed := at == "after rename" || strings.HasSuffix(at, "directory")
		if got := again.Ledger().Epoch(); (got == before+1) != placed || (got != before && got != before+1) {
			t.Errorf("%s: the file has epoch %d, before it was %d", at, got, before)
		}
		r.store.step = nil
		if got, err := r.Ledger().Rotate(ctx, rand.Reader); err != nil || got != again.Ledger().Epoch()+1 {
			t.Errorf("%s, and then again: epoch %d, %v", at, got, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A disk that is full leaves the ring as it was, in the file and in memory. It
// needs a small file system of its own, which only root can make.
func TestDiskFull(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24k", "fengcun-test", dir).CombinedOutput(); err != nil {
		t.Skipf("no file system of its own for this test: %v %s", err, bytes.TrimSpace(out))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	path := filepath.Join(dir, "keys")
	r, err := create(path, "口令", "intl", rand.Reader, cheap())
	if err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(dir, "full")
	f, err := os.Create(full)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	_ = f.Close()
	before := r.Ledger().Epoch()
	if _, err := r.Ledger().Rotate(ctx, rand.Reader); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Fatalf("on a full disk: %v", err)
	}
	again, err := Open(path, "口令", rand.Reader)
	if err != nil || again.Ledger().Epoch() != before || r.Ledger().Epoch() != before {
		t.Errorf("after a full disk: %v", err)
	}
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Ledger().Rotate(ctx, rand.Reader); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
