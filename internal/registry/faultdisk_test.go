package registry_test

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// fullAt runs a step while no file may grow beyond a size, as on a disk that is
// full: writes past it fail, those before it do not. The limit is the whole
// process's, so no other test may run meanwhile.
func fullAt(t *testing.T, size int64, step func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ) // which would end the process
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := before
	limit.Cur = uint64(size)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	step()
}

// TestDiskFull: what no longer fits is refused as a whole, whichever of the
// files it does not fit into: the journal, the ledger's, the vault's. The books
// add up, and with room again the same succeeds.
func TestDiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/shm"); err == nil {
		t.Setenv("TMPDIR", "/dev/shm")
	}
	refused := 0
	for _, name := range []string{"receive", "seal", "ask", "open", "certify", "unseal", "publish"} {
		t.Run(name, func(t *testing.T) {
			w := registrytest.New(t, registrytest.Options{})
			prepare := verbs[name](w)
			file, _ := storetest.File(w.URL)
			for _, size := range sizes(t, file) {
				a := prepare()
				var err error
				fullAt(t, size, func() { err = a.do() })
				a.look()
				if err == nil {
					a.done()
					continue
				}
				refused++
				for _, v := range w.Violations() {
					t.Fatalf("full at %d bytes (%v): %s", size, err, v)
				}
				if err := a.do(); err != nil {
					t.Fatalf("full at %d bytes, and with room again: %v", size, err)
				}
				a.look()
				a.done()
				w.Check()
			}
		})
	}
	if refused < 20 {
		t.Errorf("only %d verbs met the limit", refused)
	}
	t.Logf("%d verbs were refused for want of room", refused)
}

// sizes are limits from nothing at all to the last page of the files.
func sizes(t *testing.T, file string) []int64 {
	t.Helper()
	out := []int64{0, 512, 4096, 3 * 4096, 16 * 4096}
	for _, name := range []string{file, store.VaultFile(file)} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, info.Size()/2, info.Size()-4096, info.Size())
	}
	return out
}
