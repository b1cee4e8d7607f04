package quality

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
)

// Basis is from where a lag is counted to the receipt of a report.
type Basis string

// The two: the day of the act, and the sender's own recording.
const (
	FromAct      Basis = "act"
	FromRecorded Basis = "recorded"
)

// Bases lists them.
func Bases() []Basis { return []Basis{FromAct, FromRecorded} }

// Bounds are the upper ends of the classes in which lags are counted; one more
// class is open. They are classes and not lags so that a day of a source is one
// row however many reports came.
func Bounds() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{
		time.Hour, 6 * time.Hour, day, 2 * day, 3 * day, 5 * day, 7 * day, 10 * day, 15 * day, 30 * day, 60 * day, 90 * day,
	}
}

// Classes is how many classes there are.
const Classes = 13

// Class is the class of a lag. One that is negative, of a clock ahead, is none.
func Class(lag time.Duration) int {
	i, _ := slices.BinarySearch(Bounds(), max(lag, 0))
	return i
}

// Lags are counts by class.
type Lags [Classes]int64

// Count is how many there are.
func (l Lags) Count() (n int64) {
	for _, k := range l {
		n += k
	}
	return n
}

// Add adds others to them.
func (l *Lags) Add(o Lags) {
	for i := range o {
		l[i] += o[i]
	}
}

// Late counts those that came after a promise, which is one of the bounds.
func (l Lags) Late(promise time.Duration) (n int64) {
	for i := Class(promise) + 1; i < Classes; i++ {
		n += l[i]
	}
	return n
}

// Quantile is the upper end of the class in which the q-th part of the reports
// lies, 0 < q ≤ 1; false where there are none, or it is the open class.
func (l Lags) Quantile(q float64) (time.Duration, bool) {
	n := l.Count()
	if n == 0 {
		return 0, false
	}
	seen := int64(0)
	for i, bound := range Bounds() {
		if seen += l[i]; float64(seen) >= q*float64(n) {
			return bound, true
		}
	}
	return 0, false
}

// Promise is within how long reports are to come in, by basis; for each by
// agency, by kind of agency, or "default".
type Promise struct {
	Act      map[string]Within `yaml:"act"`
	Recorded map[string]Within `yaml:"recorded"`
}

// Within is a time of a promise, written as 6h or 3d.
type Within time.Duration

// UnmarshalText reads the written form.
func (w *Within) UnmarshalText(text []byte) error {
	s, unit := string(text), time.Hour
	if days, ok := strings.CutSuffix(s, "d"); ok {
		s, unit = days, 24*time.Hour
	} else {
		s = strings.TrimSuffix(s, "h")
	}
	n, err := strconv.Atoi(s)
	if err != nil || string(text) == s {
		return fmt.Errorf("%q: want a number of hours or days, as 6h or 3d", text)
	}
	*w = Within(time.Duration(n) * unit)
	return nil
}

// Check refuses a promise that is not the end of a class, or for whom nobody is.
func (p Promise) Check() error {
	var errs []error
	for _, b := range Bases() {
		by := p.of(b)
		for _, who := range slices.Sorted(maps.Keys(by)) {
			if !slices.Contains(Bounds(), time.Duration(by[who])) {
				errs = append(errs, fmt.Errorf("%s: %s: want one of 1h, 6h, 1d, 2d, 3d, 5d, 7d, 10d, 15d, 30d, 60d, 90d", b, who))
			}
		}
	}
	return errors.Join(errs...)
}

func (p Promise) of(b Basis) map[string]Within {
	if b == FromAct {
		return p.Act
	}
	return p.Recorded
}

// Strangers are those of whom something is promised and who are none of the
// agencies nor a kind of them.
func (p Promise) Strangers(agencies []*agency.Agency) (who []string) {
	known := map[string]bool{"default": true}
	for _, k := range agency.Kinds() {
		known[string(k)] = true
	}
	for _, a := range agencies {
		known[a.ID] = true
	}
	for _, b := range Bases() {
		for name := range p.of(b) {
			if !known[name] && !slices.Contains(who, name) {
				who = append(who, name)
			}
		}
	}
	slices.Sort(who)
	return who
}

// Over is the promise with what another leaves open.
func (p Promise) Over(other Promise) Promise {
	return Promise{Act: over(p.Act, other.Act), Recorded: over(p.Recorded, other.Recorded)}
}

func over(mine, other map[string]Within) map[string]Within {
	out := maps.Clone(other)
	if out == nil {
		out = make(map[string]Within)
	}
	maps.Copy(out, mine)
	return out
}

// To is within how long reports of an agency are to come in; zero where
// nothing is promised.
func (p Promise) To(b Basis, a *agency.Agency) time.Duration {
	by := p.of(b)
	for _, who := range []string{a.ID, string(a.Kind), "default"} {
		if w, ok := by[who]; ok {
			return time.Duration(w)
		}
	}
	return 0
}
