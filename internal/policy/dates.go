package policy

import "github.com/fengcun/fengcun/internal/civil"

// MonthEnd says what becomes of a day that the month of arrival lacks.
type MonthEnd string

// The two roundings.
const (
	LastDay  MonthEnd = "last_day"   // 31 January + 1 month is 28 or 29 February
	NextDay  MonthEnd = "next_month" // … is 1 March
	maxDays           = 200_000      // no term of law is longer
	maxYears          = 500
)

// PeriodEnd says on which day a period of N years after day D has passed.
type PeriodEnd string

// The three readings.
const (
	OnTheDay  PeriodEnd = "on_the_day" // on the day with the number of D
	DayBefore PeriodEnd = "day_before" // on the day before it
	DayAfter  PeriodEnd = "day_after"  // on the day after it
)

// Dates is how a pack reckons periods.
type Dates struct {
	MonthEnd  MonthEnd  `yaml:"month_end"`
	PeriodEnd PeriodEnd `yaml:"period_end"`
}

// Wait is a length of time: years and months first, then days.
type Wait struct {
	Years  int `yaml:"years"`
	Months int `yaml:"months"`
	Days   int `yaml:"days"`
}

func (w Wait) zero() bool { return w == Wait{} }

// after is the first day on which w has passed since from. No wait has passed
// on the day itself.
func (d Dates) after(from civil.Date, w Wait) civil.Date {
	if w.zero() {
		return from
	}
	end := d.addMonths(from, 12*w.Years+w.Months).AddDays(w.Days)
	switch d.PeriodEnd {
	case DayBefore:
		return end.AddDays(-1)
	case DayAfter:
		return end.AddDays(1)
	case OnTheDay:
	}
	return end
}

func (d Dates) addMonths(from civil.Date, months int) civil.Date {
	if from.IsZero() || months > 12*maxYears || months < -12*maxYears {
		return from
	}
	to := from.AddMonths(months)
	if d.MonthEnd != NextDay {
		return to
	}
	_, _, was := from.YMD()
	if _, _, is := to.YMD(); is < was {
		return to.AddDays(1)
	}
	return to
}
