package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// clobber is the setting with which Go's runtime overwrites what it frees.
const clobber = "clobberfree"

// overwriteFreed starts the program again in the same process, so that memory
// is overwritten when it is freed: the setting is read once, before main. An
// operator's own word, GODEBUG=clobberfree=0, stands.
func overwriteFreed() error {
	debug := os.Getenv("GODEBUG")
	if strings.Contains(debug, clobber+"=") {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("where this program lies: %w", err)
	}
	if err := os.Setenv("GODEBUG", strings.TrimPrefix(debug+","+clobber+"=1", ",")); err != nil {
		return err
	}
	if err := syscall.Exec(program, os.Args, os.Environ()); err != nil { //nolint:gosec // itself, as it was started
		return fmt.Errorf("starting again with GODEBUG=%s=1: %w", clobber, err)
	}
	return nil
}

// forget has garbage collected each minute until the context ends: what a
// server that stands idle freed would else wait for its next requests. Twice,
// for what lies in a pool is freed the second time.
func forget(ctx context.Context) {
	every(ctx, time.Minute, func() {
		for range 2 {
			runtime.GC()
		}
	})
}
