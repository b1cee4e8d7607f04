// Package cputime compares what two ways of doing a thing cost in processor
// time, for benchmarks that promise a ratio. Time by the clock would count what
// else the machine does.
package cputime

import (
	"slices"
	"syscall"
	"time"
)

// Spent is the processor time, user and system and of all threads, that the
// process used while do ran.
func Spent(do func()) time.Duration {
	before := used()
	do()
	return used() - before
}

// used is what getrusage(2) says of the process; its one error is for a wrong
// argument.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("cputime: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Ratio is the outcome of Compare: medians of the rounds.
type Ratio struct {
	A, B time.Duration // processor time of one run
	X    float64       // A over B, of the same round
}

// Compare runs a and b in turn, so many rounds, after one that does not count.
// The median of the rounds' ratios is not moved by a disturbance of a few.
func Compare(rounds int, a, b func()) Ratio {
	a()
	b()
	as, bs, xs := make([]time.Duration, rounds), make([]time.Duration, rounds), make([]float64, rounds)
	for i := range rounds {
		as[i], bs[i] = Spent(a), Spent(b)
		xs[i] = float64(as[i]) / float64(max(bs[i], 1))
	}
	return Ratio{A: median(as), B: median(bs), X: median(xs)}
}

func median[T int64 | float64 | time.Duration](of []T) T {
	slices.Sort(of)
	return of[len(of)/2]
}
