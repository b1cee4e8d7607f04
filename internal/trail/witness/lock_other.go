//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package witness

import (
	"errors"
	"os"
)

// lockFile cannot keep a second witness off the state here, so none runs.
func lockFile(string) (*os.File, error) {
	return nil, errors.New("this system has no file locks that this program knows; run the witness on Linux")
}
