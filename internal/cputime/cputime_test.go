package cputime

import (
	"runtime"
	"testing"
	"time"
)

func spin(n int) {
	x := uint64(n)
	for range n {
		x = x*6364136223846793005 + 1
	}
	runtime.KeepAlive(x)
}

// Sleeping costs nothing, and ten times the work costs about ten times.
func TestCompareCountsWorkAndNotWaiting(t *testing.T) {
	if got := Spent(func() { time.Sleep(20 * time.Millisecond) }); got > 15*time.Millisecond {
		t.Errorf("20 ms asleep cost %s", got)
	}
	r := Compare(7, func() { spin(20_000_000) }, func() { spin(2_000_000) })
	if r.X < 5 || r.X > 20 || r.A <= r.B {
		t.Errorf("ten times the work: %.1f times the cost (%s, %s)", r.X, r.A, r.B)
	}
}

func TestMedian(t *testing.T) {
	if got := median([]float64{9, 1, 2}); got != 2 {
		t.Errorf("median %v", got)
	}
}
