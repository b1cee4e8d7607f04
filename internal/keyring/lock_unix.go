//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package keyring

import (
	"os"
	"syscall"
)

// lockFile waits for the lock; closing the file, or the process's end, frees it.
func lockFile(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			return err
		}
	}
}
