package clock

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Grain is how far time moves on before a kept watermark is written again: a
// program that starts anew may know as much less.
const Grain = time.Second

// File is a watermark that outlives the program: eight bytes, microseconds
// since 1970, big endian, on disk before a time is given out.
type File struct {
	mu   sync.Mutex
	file *os.File
	mark Watermark
	kept time.Time
}

// OpenFile opens a watermark's file, or begins one.
func OpenFile(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the latest time seen: %w", err)
	}
	var b [8]byte
	switch n, err := f.ReadAt(b[:], 0); {
	case n == 0 && errors.Is(err, io.EOF):
		return &File{file: f}, nil
	case err != nil && !errors.Is(err, io.EOF), n != len(b):
		return nil, errors.Join(fmt.Errorf("the latest time seen: %s does not hold one; remove it once you are sure of this machine's clock", path), f.Close())
	}
	kept := time.UnixMicro(int64(binary.BigEndian.Uint64(b[:]))).UTC() //nolint:gosec // as it was written
	out := &File{file: f, kept: kept}
	out.mark.At(kept)
	return out, nil
}

// At is Watermark.At; a time that could not be written down is not given out.
func (f *File) At(now time.Time) (time.Time, error) {
	at := f.mark.At(now)
	f.mu.Lock()
	defer f.mu.Unlock()
	if at.Sub(f.kept) < Grain {
		return at, nil
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro()))
	if _, err := f.file.WriteAt(b, 0); err != nil {
		return at, fmt.Errorf("writing down the latest time seen: %w", err)
	}
	if err := f.file.Sync(); err != nil {
		return at, fmt.Errorf("writing down the latest time seen: %w", err)
	}
	f.kept = at
	return at, nil
}

// Behind is Watermark.Behind.
func (f *File) Behind(now time.Time) time.Duration { return f.mark.Behind(now) }

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }
