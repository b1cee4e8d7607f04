// Package civil holds the calendar date the law reckons with: a day in
// Asia/Shanghai, without an hour. Terms, clocks and ages are all computed on
// it, so that no server's time zone can move a deadline.
package civil

import (
	"fmt"
	"time"
)

// Date is a day of the proleptic Gregorian calendar. The zero Date means "no
// date"; it is not a day, and the calculating methods keep it as it is.
type Date struct {
	// n is days since 1970-01-01 plus offset, so that the zero value is no day.
	n int32
}

const offset = 1 << 24

// Shanghai is the zone of every civil date here. China has had one zone and no
// daylight saving since 1991; a fixed zone needs no database at run time.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// New is the date of a year, month and day; out-of-range values are
// normalised as time.Date does. Use Parse for input.
func New(year int, month time.Month, day int) Date {
	return fromUTC(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// Of is the civil date in Shanghai at an instant; the zero Time has none.
func Of(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	y, m, d := t.In(Shanghai).Date()
	return New(y, m, d)
}

func fromUTC(t time.Time) Date {
	return Date{n: int32(t.Unix()/86400) + offset} //nolint:gosec // years 1..9999 fit
}

// Parse reads "2006-01-02" and nothing else. Years 1 to 9999.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%q is not a date of the form YYYY-MM-DD", s)
	}
	return fromUTC(t), nil
}

// MustParse is Parse for constants; it panics.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// FromDays is the date that Days returned n for; 0 is no date.
func FromDays(n int) Date {
	if n == 0 {
		return Date{}
	}
	return Date{n: int32(n)} //nolint:gosec // a column written by Days
}

// Days is a stable number for storage and ordering; 0 for no date.
func (d Date) Days() int { return int(d.n) }

// IsZero says that there is no date.
func (d Date) IsZero() bool { return d.n == 0 }

// Time is midnight in Shanghai at the start of the day.
func (d Date) Time() time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, Shanghai)
}

func (d Date) utc() time.Time {
	return time.Unix(int64(d.n-offset)*86400, 0).UTC()
}

// YMD is the year, month and day.
func (d Date) YMD() (year int, month time.Month, day int) { return d.utc().Date() }

// Year is the calendar year; 0 for no date.
func (d Date) Year() int {
	if d.IsZero() {
		return 0
	}
	return d.utc().Year()
}

// Before and After order days; a missing date is neither.
func (d Date) Before(o Date) bool { return d.n != 0 && o.n != 0 && d.n < o.n }

// After is the converse of Before.
func (d Date) After(o Date) bool { return d.n != 0 && o.n != 0 && d.n > o.n }

// Compare orders with a missing date first: -1, 0 or +1.
func (d Date) Compare(o Date) int {
	switch {
	case d.n < o.n:
		return -1
	case d.n > o.n:
		return 1
	}
	return 0
}

// Sub is the number of days from o to d.
func (d Date) Sub(o Date) int { return int(d.n - o.n) }

// AddDays moves by days.
func (d Date) AddDays(days int) Date {
	if d.IsZero() {
		return d
	}
	return Date{n: d.n + int32(days)} //nolint:gosec // terms of law, far from overflow
}

// AddMonths moves by calendar months. A day the target month lacks becomes its
// last day (法释〔2021〕1号 art. 202: 期间以月计算, 没有对应日的以月末日为期满日).
func (d Date) AddMonths(months int) Date {
	if d.IsZero() {
		return d
	}
	y, m, day := d.YMD()
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return fromUTC(first.AddDate(0, 0, min(day, last)-1))
}

// AddYears moves by calendar years; 29 February becomes 28 in a common year.
func (d Date) AddYears(years int) Date { return d.AddMonths(12 * years) }

// AgeOn is the number of full years (周岁) on a day, counted from the day after
// the birthday (法释〔2006〕1号 art. 2). Negative or missing input gives -1.
func AgeOn(birth, on Date) int {
	if birth.IsZero() || on.IsZero() || on.Before(birth) {
		return -1
	}
	by, bm, bd := birth.YMD()
	y, m, d := on.YMD()
	age := y - by
	if m < bm || (m == bm && d <= bd) {
		age--
	}
	return max(age, 0)
}

// Max is the latest of the dates given; a missing one is ignored.
func Max(dates ...Date) Date {
	var latest Date
	for _, d := range dates {
		if d.n > latest.n {
			latest = d
		}
	}
	return latest
}

// String is "2006-01-02", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// Chinese is "2006年1月2日", or "" for no date.
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.YMD()
	return fmt.Sprintf("%d年%d月%d日", y, m, day)
}

// MarshalText gives String; it makes Date a JSON string.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText takes String's form; "" is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
