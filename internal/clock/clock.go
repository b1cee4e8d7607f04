// Package clock keeps time from going back: what has expired once stays
// expired, whatever becomes of the machine's clock.
package clock

import (
	"sync"
	"time"
)

// Watermark is the latest time seen. The zero Watermark has seen none. It is
// safe for concurrent use.
type Watermark struct {
	mu     sync.Mutex
	latest time.Time
}

// At is the time to judge by when the clock says now: the later of now and
// every time seen before. It compares and gives wall-clock time: the monotonic
// reading that Go keeps beside it would hide that the clock was set.
func (w *Watermark) At(now time.Time) time.Time {
	now = now.Round(0)
	w.mu.Lock()
	defer w.mu.Unlock()
	if now.After(w.latest) {
		w.latest = now
	}
	return w.latest
}

// Behind is how far now lies before the latest time seen; 0 where it does not.
func (w *Watermark) Behind(now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return max(0, w.latest.Sub(now.Round(0)))
}

// Steady is a clock that never goes back.
func Steady(now func() time.Time) func() time.Time {
	w := new(Watermark)
	return func() time.Time { return w.At(now()) }
}
