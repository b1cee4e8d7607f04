package indistinct_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// bound is where Welch's t-test takes two classes for different: the usual
// bound of tests for leaks through time (dudect, ISO/IEC 17825).
const bound = 4.5

// welch is Welch's t of two samples in nanoseconds, and the standard error of
// the difference of their means.
func welch(a, b []float64) (t, se float64) {
	ma, va := moments(a)
	mb, vb := moments(b)
	se = math.Sqrt(va/float64(len(a)) + vb/float64(len(b)))
	return (ma - mb) / se, se
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		variance += (v - mean) * (v - mean)
	}
	return mean, variance / float64(len(x)-1)
}

// cropped leaves out what took longer than a share of all measurements of both
// classes: what the machine did meanwhile, not what was asked.
func cropped(a, b []float64, share float64) ([]float64, []float64) {
	all := slices.Concat(a, b)
	slices.Sort(all)
	limit := all[int(share*float64(len(all)-1))]
	over := func(v float64) bool { return v > limit }
	return slices.DeleteFunc(slices.Clone(a), over), slices.DeleteFunc(slices.Clone(b), over)
}

// crops are the shares at which both are looked at: nearly all, and the half
// that the machine disturbed least, where smaller differences show.
var crops = []float64{0.9, 0.5}

// welchCropped is the largest t at any of the crops, and the smallest
// difference that would show at one of them.
func welchCropped(out [2][]float64) (t, visible float64) {
	visible = math.Inf(1)
	for _, share := range crops {
		a, b := cropped(out[never], out[sealed], share)
		tt, se := welch(a, b)
		if math.Abs(tt) > math.Abs(t) {
			t = tt
		}
		visible = min(visible, bound*se)
	}
	return t, visible
}

// subjects are two classes of persons made alike, one of whom has a sealed
// record and the other none, and the numbers of their cases.
type subjects struct {
	who     [2][]docket.Identity
	numbers [2][]string
}

const never, sealed = 0, 1

func newSubjects(w *registrytest.World, each int) *subjects {
	s := new(subjects)
	for i := range 2 * each {
		class, p := i%2, w.Adult()
		number := w.Case().Number().No
		if class == sealed {
			c, _ := w.Sealed(p)
			number = c.Number().No
		}
		s.who[class] = append(s.who[class], p)
		s.numbers[class] = append(s.numbers[class], number)
	}
	return s
}

// measure times n things of either class in random order.
func measure(n int, do func(class, i int)) (out [2][]float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range n / 20 { // caches and prepared statements
		do(rng.IntN(2), rng.IntN(1<<20))
	}
	for len(out[0]) < n || len(out[1]) < n {
		class, i := rng.IntN(2), rng.IntN(1<<20)
		start := time.Now()
		do(class, i)
		out[class] = append(out[class], float64(time.Since(start).Nanoseconds()))
	}
	return out
}

// alike fails where the two classes can be told apart by time. On a busy
// machine one run may be unlucky; a difference that is there shows each time.
func alike(t *testing.T, name string, n int, do func(class, i int)) {
	t.Helper()
	for attempt := 1; ; attempt++ {
		out := measure(n, do)
		tt, visible := welchCropped(out)
		mean, _ := moments(out[never])
		t.Logf("%s: %d and %d times of %.1f µs on average: t = %.2f; a difference of %.2f µs would show",
			name, len(out[never]), len(out[sealed]), mean/1000, tt, visible/1000)
		if math.Abs(tt) < bound {
			return
		}
		if attempt == 2 {
			t.Errorf("%s takes another time for a sealed person: t = %.2f, the bound is %.1f", name, tt, bound)
			return
		}
	}
}

// timed is a world in memory, and what is timed in it.
func timed(t *testing.T) (certify, find func(class, i int)) {
	t.Helper()
	if _, err := os.Stat("/dev/shm"); err == nil {
		t.Setenv("TMPDIR", "/dev/shm") // the time of a disk hides the rest
	}
	w := registrytest.New(t, registrytest.Options{})
	s := newSubjects(w, 40)
	ctx := context.Background()
	window, clerk := registrytest.OfficerID(registrytest.Police, agency.CertWindow), registrytest.OfficerID(registrytest.OtherPolice, agency.NoticeClerk)
	certify = func(class, i int) {
		p := s.who[class][i%len(s.who[class])]
		if _, err := w.Reg.Certify(ctx, &registry.Application{By: window, Subject: p, Purpose: "就业"}, w.Now); err != nil {
			t.Fatal(err)
		}
	}
	find = func(class, i int) {
		number := s.numbers[class][i%len(s.numbers[class])]
		if codes, err := w.Reg.FindCases(ctx, clerk, number); err != nil || len(codes) > 0 {
			t.Fatal(codes, err)
		}
	}
	return certify, find
}

// TestTiming: how long an application for a certificate and a search take does
// not tell whether somebody's record was sealed.
func TestTiming(t *testing.T) {
	n := 20_000
	switch {
	case os.Getenv("FENGCUN_SOAK") != "":
		n = 200_000
	case testing.Short():
		n = 1_000
	}
	certify, find := timed(t)
	alike(t, "a certificate", n, certify)
	alike(t, "a search by an agency's number", n, find)
}

// TestTimingSees: the same measurement sees two microseconds more, spent where
// the person's record is sealed.
func TestTimingSees(t *testing.T) {
	if testing.Short() {
		t.Skip("needs as many measurements as the test that it tests")
	}
	_, find := timed(t)
	slower := func(class, i int) {
		find(class, i)
		start := time.Now()
		for class == sealed && time.Since(start) < 2*time.Microsecond {
			continue
		}
	}
	var seen float64
	for range 3 {
		out := measure(20_000, slower)
		if seen, _ = welchCropped(out); seen < -bound {
			t.Logf("2 µs more: t = %.2f", seen)
			return
		}
	}
	t.Errorf("2 µs more are not seen: t = %.2f", seen)
}

// TestWelch compares with a value worked out by hand: means 2 and 4, variances
// 1 and 4, three of each.
func TestWelch(t *testing.T) {
	got, se := welch([]float64{1, 2, 3}, []float64{2, 4, 6})
	if want := -2 / math.Sqrt(1.0/3+4.0/3); math.Abs(got-want) > 1e-12 || math.Abs(se-math.Sqrt(5.0/3)) > 1e-12 {
		t.Errorf("t = %v, standard error %v", got, se)
	}
	a, b := cropped([]float64{1, 2, 100}, []float64{3, 4, 5, 6, 7, 8, 9}, 0.9)
	if len(a) != 2 || len(b) != 7 {
		t.Errorf("cropped to %v and %v", a, b)
	}
}
